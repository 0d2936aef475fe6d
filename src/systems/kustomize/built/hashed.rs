//! Names of generated objects in fields that Kustomize does not know: it adds a hash to the name of the
//! object, and leaves the field as it is.
//!
//! (Source: "configMapGenerator" and "nameReference" of Kustomize's reference; "Kustomize config" in
//! Flux's guide to `valuesFrom`.)

use super::tree::Tree;
use super::{Built, Object, Told};
use crate::facts::{Entity, kinds};

/// Kinds that name objects in lists of their own.
const LISTS: [(&str, &str, &[&str]); 2] = [
    ("HelmRelease", "helm.toolkit.fluxcd.io/", &["spec", "valuesFrom"]),
    ("Kustomization", "kustomize.toolkit.fluxcd.io/", &["spec", "postBuild", "substituteFrom"]),
];

pub(super) fn check(built: &Built, told: &mut Told<'_, '_>) {
    if built.is_configured {
        return;
    }
    for object in &built.objects {
        let is_own = |(kind, group, _): &&(&str, &str, &[&str])| {
            object.kind == *kind && object.version.starts_with(group)
        };
        let Some((_, _, path)) = LISTS.iter().find(is_own).filter(|_| !object.is_open) else {
            continue;
        };
        for own in object.tree.below(path).map(Tree::items).unwrap_or_default() {
            named(built, object, own, told);
        }
    }
}

fn named(built: &Built, object: &Object, own: &Tree, told: &mut Told<'_, '_>) {
    let (Some(kind), Some(name)) = (own.word("kind"), own.get("name")) else { return };
    let Some(text) = name.text().filter(|_| own.word("optional") != Some("true")) else { return };
    let is_meant = |own: &&std::sync::Arc<Object>| {
        own.kind == kind && own.is_called(text) && own.is_beside(object)
    };
    let mut all = built.objects.iter().filter(is_meant);
    let (Some(first), None) = (all.next(), all.next()) else { return };
    if !first.is_hashed {
        return;
    }
    let shown = format!("{kind}/{text}");
    let message =
        format!("`{}` adds a hash to the name of `{shown}`, and not to this one", told.root);
    let help = "nothing of this name is there: tell Kustomize of the field by `configurations` with a \
                `nameReference`, or set `disableNameSuffixHash`";
    let entity = Entity::new(kinds::CLUSTER_OBJECT, shown);
    let more = |own: crate::finding::Finding| own.label("named here").help(help).entity(entity);
    told.add(name.at, message, more, Some(("generated here", first.at)));
}
