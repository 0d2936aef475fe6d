//! `images` and `replicas` of a root.
//!
//! (Source: "images" and "replicas" of Kustomize's reference, and what Kustomize 5.5 does: an image that
//! nothing has is passed over, replicas of what is not there are refused.)

use super::tree::{Data, Tree};
use super::{Built, Object, Part, Told, Unmatched};
use crate::facts::{Entity, kinds, nearest_of};
use crate::finding::Severity;
use smol_str::{SmolStr, format_smolstr};
use std::sync::Arc;

/// Kinds that have a number of replicas.
const SCALED: [&str; 4] = ["Deployment", "ReplicaSet", "ReplicationController", "StatefulSet"];

/// Notes which `replicas` are for nothing.
pub(super) fn replicas(all: Vec<Tree>, part: Part, built: &mut Built) {
    for own in &all {
        let Some(name) = own.get("name") else { continue };
        let Some(text) = name.text().filter(|own| is_plain(own)) else { continue };
        let is_meant = |object: &Arc<Object>| {
            (built.is_configured || SCALED.contains(&object.kind.as_str()))
                && object.is_called(text)
        };
        if part == Part::Root && !built.objects.iter().any(is_meant) {
            built.replicas.push(Unmatched { at: name.at, name: text.into() });
        }
    }
}

/// Gives images their new names, and notes which are for nothing.
pub(super) fn images(all: Vec<Tree>, part: Part, built: &mut Built) {
    for own in &all {
        let Some(name) = own.get("name") else { continue };
        let Some(text) = name.text().filter(|own| is_plain(own)) else { continue };
        let new = own.word("newName");
        let fields = if built.is_configured { Fields::Any } else { Fields::Images };
        let mut found = false;
        for object in &mut built.objects {
            if !has(&object.tree, text, fields) && !object.is_open {
                continue;
            }
            found = true;
            if let Some(new) = new {
                rename(&mut Arc::make_mut(object).tree, text, new);
            }
        }
        if part == Part::Root && !found {
            built.images.push(Unmatched { at: name.at, name: text.into() });
        }
    }
}

/// Whether a name is no expression, and nothing that is filled in.
fn is_plain(name: &str) -> bool {
    !name.is_empty()
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._/:@".contains(&byte))
}

/// Whether an image is the one of a name, whatever its tag.
fn is_of(image: &str, name: &str) -> bool {
    image.strip_prefix(name).is_some_and(|rest| rest.is_empty() || rest.starts_with([':', '@']))
}

/// Parts of objects that hold no containers.
const OTHERS: [&str; 8] =
    ["args", "command", "data", "env", "metadata", "rules", "stringData", "tls"];

/// Whether an image of a name stands anywhere, as a field or, where a configuration may tell of other
/// fields, as any text.
fn has(tree: &Tree, name: &str, fields: Fields) -> bool {
    match &tree.data {
        Data::Text(text) => fields == Fields::Any && is_of(text, name),
        Data::Map(entries) => entries.iter().any(|own| match own.value.text() {
            Some(text) if own.key == "image" => is_of(text, name),
            _ => !OTHERS.contains(&own.key.as_str()) && has(&own.value, name, fields),
        }),
        Data::List(items) => items.iter().any(|own| has(own, name, fields)),
        // What is not known may be it.
        Data::Unknown => true,
        Data::Nothing => false,
    }
}

/// Which fields hold images.
#[derive(Clone, Copy, PartialEq)]
enum Fields {
    Images,
    Any,
}

fn rename(tree: &mut Tree, name: &str, new: &str) {
    match &mut tree.data {
        Data::Map(entries) => {
            for own in entries {
                match &mut own.value.data {
                    Data::Text(text) if own.key == "image" && is_of(text, name) => {
                        *text = format_smolstr!("{new}{}", &text[name.len()..]);
                    }
                    _ => rename(&mut own.value, name, new),
                }
            }
        }
        Data::List(items) => items.iter_mut().for_each(|own| rename(own, name, new)),
        _ => {}
    }
}

/// All images that containers of a root have, without their tags.
fn of_containers(tree: &Tree, out: &mut Vec<SmolStr>) {
    for own in tree.entries() {
        if let Some(text) = own.value.text().filter(|_| own.key == "image") {
            let name = text.split('@').next().unwrap_or_default();
            let at = name.rfind('/').unwrap_or(0);
            let end = name[at..].find(':').map_or(name.len(), |colon| at + colon);
            out.push(name[..end].into());
        }
        of_containers(&own.value, out);
    }
    tree.items().iter().for_each(|own| of_containers(own, out));
}

pub(super) fn check(built: &Built, told: &mut Told<'_, '_>) {
    for own in &built.replicas {
        let names = built.objects.iter().filter(|own| SCALED.contains(&own.kind.as_str()));
        let near = nearest_of(&own.name, names.flat_map(|own| &own.names).map(SmolStr::as_str));
        let root = &told.root;
        let message =
            format!("nothing that `{root}` builds has replicas and is called `{}`", own.name);
        let help = match near {
            Some(near) => format!("`kustomize build` refuses the root; did you mean `{near}`?"),
            None => {
                "`kustomize build` refuses the root: correct the name, or take it out".to_owned()
            }
        };
        let entity = Entity::new(kinds::KUSTOMIZE_TARGET, format!("replicas {}", own.name));
        told.add(own.at, message, |own| own.label("named here").help(help).entity(entity), None);
    }
    if built.images.is_empty() {
        return;
    }
    let mut all = Vec::new();
    built.objects.iter().for_each(|own| of_containers(&own.tree, &mut all));
    all.sort();
    all.dedup();
    for own in &built.images {
        let last = |own: &str| own.rsplit('/').next().unwrap_or_default().to_owned();
        let same = all.iter().find(|other| last(other) == last(&own.name));
        let near = same.cloned().or_else(|| nearest_of(&own.name, all.iter().map(SmolStr::as_str)));
        let root = &told.root;
        let message = format!("no container that `{root}` builds has the image `{}`", own.name);
        let help = match near {
            Some(near) => format!("the tag that is set here has no effect; did you mean `{near}`?"),
            None => "what is set here has no effect: correct the name, or take it out".to_owned(),
        };
        let entity = Entity::new(kinds::KUSTOMIZE_TARGET, format!("image {}", own.name));
        let more = |own: crate::finding::Finding| {
            own.severity(Severity::Warning).label("named here").help(help).entity(entity)
        };
        told.add(own.at, message, more, None);
    }
}
