//! Objects that a root built before a change, that what it still builds names, and that it does not
//! build any more, while their files, or those of other roots, are there.

use super::routes;
use super::tree::Tree;
use super::{At, Built, FILES, Object, built, live, parts};
use crate::check::Context;
use crate::facts::{Entity, Span, base_name, kinds, parent_folder, path_in};
use crate::finding::{Finding, Place, Severity};
use crate::graph::Graph;
use crate::loader::{FileIx, Role};
use rustc_hash::{FxHashMap, FxHashSet};
use smol_str::SmolStr;
use std::sync::Arc;

pub(in super::super) fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    let Some(old) = context.old else { return };
    let new = context.new;
    let used = parts(new);
    let mut told: FxHashSet<(FileIx, Span)> = FxHashSet::default();
    let mut elsewhere: Option<FxHashSet<SmolStr>> = None;
    for (folder, root) in live(new) {
        let path = new.snapshot.file(root).entry.path.as_str();
        if used.contains(folder.as_str()) || used.contains(path) {
            continue;
        }
        let (Some(before), Some(after)) = (built(old, folder, 0), built(new, folder, 0)) else {
            continue;
        };
        if is_same(old, &before, new, &after) || after.is_added_to {
            continue;
        }
        let (had, has) = (made(old, &before), made(new, &after));
        hosts(context, (&before, &after), &mut told, findings);
        ports((&before, &after), &mut told, findings);
        for file in &after.files {
            for require in &new.snapshot.file(*file).facts.requires {
                let Some(target) = require.any_of.first() else { continue };
                let Some(name) = target.name.as_exact() else { continue };
                if !matches!(target.kind, kinds::CLUSTER_OBJECT | kinds::FLUX_NAMED)
                    || !had.contains_key(name)
                    || has.contains_key(name)
                {
                    continue;
                }
                // Another root may build it for the same namespace.
                let moved = elsewhere.get_or_insert_with(|| built_elsewhere(old, new));
                if moved.contains(name)
                    || new.providers(kinds::CLUSTER_OBJECT, name).next().is_none()
                {
                    continue;
                }
                if !told.insert((*file, require.span)) {
                    continue;
                }
                let message = format!(
                    "what `{folder}` builds names `{name}`, which it does not build any more"
                );
                let place = |file, span| Place { tree: Role::New, file, span };
                let mut own = Finding::new(
                    "removed-but-referenced",
                    message,
                    place(*file, require.span),
                )
                .of_change()
                .severity(Severity::Warning)
                .label("named here")
                .help("list it, or what makes it, among the `resources` or `components` again")
                .entity(Entity::new(kinds::CLUSTER_OBJECT, name.as_str()))
                .related("the root", place(root, Span::default()));
                if let Some(At { file, span }) = had.get(name) {
                    own = own.related(
                        "built from here before",
                        Place { tree: Role::Old, file: *file, span: *span },
                    );
                }
                findings.push(own);
            }
        }
    }
}

/// Ports of Services that Ingresses name, and that the pods alone still call so: some controllers take
/// that too, and others lead nowhere.
fn ports(
    (before, after): (&Built, &Built),
    told: &mut FxHashSet<(FileIx, Span)>,
    findings: &mut Vec<Finding>,
) {
    let has = |ports: &[Tree], keys: &[&str], text: &str| {
        ports.iter().any(|port| keys.iter().any(|key| port.word(key) == Some(text)))
    };
    for object in after.objects.iter().filter(|own| own.kind == "Ingress" && !own.is_open) {
        for (name, port) in routes::backends(object) {
            let Some(text) = port.text() else { continue };
            let found = |built: &'_ Built| built.named("Service", name, object).cloned();
            let (Some(old), Some(new)) = (found(before), found(after)) else { continue };
            let (Some(had), Some(all)) = (routes::ports(&old), routes::ports(&new)) else {
                continue;
            };
            let is_left = has(had, &["name", "port"], text)
                && !has(all, &["name", "port"], text)
                && has(all, &["targetPort"], text);
            if !is_left || !told.insert((port.at.file, port.at.span)) {
                continue;
            }
            let message = format!("`Service/{name}` has no port `{text}` any more");
            let place = Place { tree: Role::New, file: port.at.file, span: port.at.span };
            let entity = Entity::new(kinds::CLUSTER_PORT, format!("Service/{name}#{text}"));
            findings.push(
                Finding::new("removed-but-referenced", message, place)
                    .of_change()
                    .severity(Severity::Warning)
                    .label("named here")
                    .help("the pods have one of that name, which few controllers take: name the Service's")
                    .entity(entity),
            );
        }
    }
}

/// Hosts in texts that a Service was called which goes with the change.
fn hosts(
    context: &Context<'_>,
    (before, after): (&Built, &Built),
    told: &mut FxHashSet<(FileIx, Span)>,
    findings: &mut Vec<Finding>,
) {
    let new = context.new;
    let is_service = |own: &&Arc<Object>| own.kind == "Service";
    let names = before.objects.iter().filter(is_service).flat_map(|own| &own.names);
    let gone: Vec<&SmolStr> = names
        .filter(|name| {
            let is_here = after.objects.iter().filter(is_service).any(|own| own.is_called(name));
            let object = format!("Service/{name}");
            !is_here && new.providers(kinds::CLUSTER_OBJECT, &object).next().is_none()
        })
        .collect();
    if gone.is_empty() {
        return;
    }
    let mut texts = Vec::new();
    for own in &after.objects {
        let lists = ["data", "stringData", "spec"].into_iter().filter_map(|key| own.tree.get(key));
        lists.for_each(|own| addresses(own, &mut texts));
    }
    for (text, at) in texts {
        let Some(name) = gone.iter().find(|name| is_host(text, name)) else { continue };
        if !told.insert((at.file, at.span)) {
            continue;
        }
        let message = format!("this names the host `{name}`, and the Service of that name goes");
        let place = Place { tree: Role::New, file: at.file, span: at.span };
        findings.push(
            Finding::new("removed-but-referenced", message, place)
                .of_change()
                .severity(Severity::Warning)
                .label("named here")
                .help("name the Service that takes its place")
                .entity(Entity::new(kinds::CLUSTER_OBJECT, format!("Service/{name}"))),
        );
    }
}

/// Texts that may be addresses, wherever they stand.
fn addresses<'t>(tree: &'t Tree, out: &mut Vec<(&'t str, At)>) {
    if let Some(text) = tree.text().filter(|own| own.contains([':', '.'])) {
        out.push((text, tree.at));
    }
    tree.entries().iter().for_each(|own| addresses(&own.value, out));
    tree.items().iter().for_each(|own| addresses(own, out));
}

/// Whether a text has a host: `http://web`, `web:8080`, `web.shop.svc`.
fn is_host(text: &str, name: &str) -> bool {
    text.match_indices(name).any(|(at, _)| {
        let (before, rest) = (&text[..at], &text[at + name.len()..]);
        let is_url = before.ends_with("://") || before.ends_with('@');
        let begins = is_url || before.is_empty() || before.ends_with([' ', ',', '=', '"', '\'']);
        let has_port = rest
            .strip_prefix(':')
            .is_some_and(|own| own.starts_with(|own: char| own.is_ascii_digit()));
        let is_whole = rest.is_empty() || rest.starts_with(['/', '?', ' ', ',', '"', '\'']);
        begins && (has_port || is_url && is_whole || rest.contains(".svc") && rest.starts_with('.'))
    })
}

/// Whether a root is built of the same files with the same contents.
fn is_same(old: &Graph<'_>, before: &Built, new: &Graph<'_>, after: &Built) -> bool {
    let of = |graph: &Graph<'_>, own: &Built| {
        let all = own.files.iter().map(|file| {
            (graph.snapshot.file(*file).entry.path.clone(), graph.snapshot.blob_id(*file))
        });
        all.collect::<Vec<_>>()
    };
    of(old, before) == of(new, after)
}

/// The objects that a root builds, and what is made of them, with a place each.
pub(super) fn made(graph: &Graph<'_>, own: &Built) -> FxHashMap<SmolStr, At> {
    let mut all = FxHashMap::default();
    for file in &own.files {
        let provides = graph.snapshot.file(*file).facts.provides.iter();
        for own in provides.filter(|own| own.kind == kinds::CLUSTER_OBJECT) {
            if let Some(name) = own.name.as_exact() {
                all.insert(name.clone(), At { file: *file, span: own.span });
            }
        }
    }
    // Patches change what is named in them, and make nothing.
    let built: FxHashSet<String> = own
        .objects
        .iter()
        .flat_map(|own| own.names.iter().map(move |name| format!("{}/{name}", own.kind)))
        .collect();
    for object in &own.objects {
        for name in &object.names {
            all.insert(smol_str::format_smolstr!("{}/{name}", object.kind), object.at);
        }
    }
    let is_patch = |file: FileIx| {
        let path = &graph.snapshot.file(file).entry.path;
        !FILES.contains(&base_name(path)) && !own.objects.iter().any(|own| own.at.file == file)
    };
    all.retain(|name, at| built.contains(name.as_str()) || !is_patch(at.file));
    all
}

/// What roots that are new, or build more than before, build now.
fn built_elsewhere(old: &Graph<'_>, new: &Graph<'_>) -> FxHashSet<SmolStr> {
    let mut all = FxHashSet::default();
    for (folder, _) in live(new) {
        let Some(after) = built(new, folder, 0) else { continue };
        let has = made(new, &after);
        let had = built(old, folder, 0).map(|before| made(old, &before)).unwrap_or_default();
        all.extend(has.into_keys().filter(|name| !had.contains_key(name)));
    }
    // What no root lists may be applied as it is, or with its whole folder.
    for file in new.snapshot.files.iter() {
        let folder = parent_folder(&file.entry.path);
        let is_listed =
            FILES.iter().any(|name| new.snapshot.find(&path_in(folder, name)).is_some());
        if !is_listed && old.snapshot.find(&file.entry.path).is_none() {
            let provides = file.facts.provides.iter();
            let objects = provides.filter(|own| own.kind == kinds::CLUSTER_OBJECT);
            all.extend(objects.filter_map(|own| own.name.as_exact().cloned()));
        }
    }
    all
}
