//! What a user means by a name: a path, `kind:name`, or a name alone.

use super::Graph;
use super::query::{Need, Thing};
use crate::facts::{Entity, Kind, Property, kinds, nearest_of};
use crate::loader::FileIx;
use smol_str::SmolStr;
use std::collections::BTreeSet;

/// One thing that a text may mean.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Meaning {
    /// The entity.
    pub entity: Entity,
    /// Where the tree has it; empty where it is only referred to.
    pub things: Vec<Thing>,
}

/// Most names that are suggested at once.
const SUGGESTED: usize = 3;

/// What `text` may mean in the tree: a path that it has stands for itself alone; then
/// `kind:name`, where the last part of the kind is enough (`class:web`); then a name of a kind that
/// people ask for by name; then the end of a path; then a name of any other kind.
pub fn meanings(graph: &Graph<'_>, text: &str) -> Vec<Meaning> {
    let path = text.strip_prefix("file:").unwrap_or(text).trim_end_matches('/');
    let path = path.strip_prefix("./").unwrap_or(path);
    let things = at_path(graph, path);
    if !things.is_empty() {
        return vec![meaning(kinds::FILE, path, things)];
    }
    if let Some((kind, name)) = split_kind(text) {
        let mut own: Vec<Kind> = Kind::known().filter(|own| is_called(*own, kind)).collect();
        own.sort_by_key(|own| own.place().unwrap_or(u8::MAX));
        return own.into_iter().filter_map(|own| of_kind(graph, own, name)).collect();
    }
    let mut found: Vec<Meaning> =
        Kind::named_alone().into_iter().filter_map(|kind| of_kind(graph, kind, text)).collect();
    // A class map names the same class as the file that defines it.
    let maps: Vec<Kind> = found.iter().filter_map(|own| own.entity.kind.mapped_by()).collect();
    found.retain(|own| !maps.contains(&own.entity.kind));
    if found.is_empty() {
        found = ends(graph, path);
    }
    // What is only referred to by a name that people use is meant before.
    match found.is_empty() && mentions(graph, text).is_empty() {
        true => of_other_kinds(graph, text),
        false => found,
    }
}

/// What `text` is the name of among kinds that nobody asks for by name alone: a key or a variable
/// before all that readers note of it.
fn of_other_kinds(graph: &Graph<'_>, text: &str) -> Vec<Meaning> {
    let others = Kind::known().filter(|kind| kind.place().is_none());
    let mut found: Vec<Meaning> = others.filter_map(|kind| of_kind(graph, kind, text)).collect();
    let is_key = |own: &Meaning| {
        own.entity.kind.has(Property::KEY) || own.entity.kind.has(Property::VARIABLE)
    };
    if found.iter().any(is_key) {
        found.retain(is_key);
    }
    found
}

/// References to `text` where nothing in the tree is called so, by entity, in file order.
pub fn mentions(graph: &Graph<'_>, text: &str) -> Vec<(Entity, Vec<(Thing, Need)>)> {
    let split = split_kind(text);
    let is_meant = |kind: Kind, name: &str| match split {
        Some((own, rest)) => is_called(kind, own) && name == rest,
        None => kind.place().is_some() && name == text.trim_start_matches("::"),
    };
    let mut found: Vec<(Entity, Vec<(Thing, Need)>)> = Vec::new();
    for (ix, file) in graph.snapshot.files.iter().enumerate() {
        for require in &file.facts.requires {
            let own = require.any_of.iter().find(|target| {
                target.name.as_exact().is_some_and(|name| is_meant(target.kind, name))
            });
            let Some(target) = own else { continue };
            let entity = Entity::new(target.kind, target.name.to_string());
            let thing = Thing { file: ix as FileIx, provide: require.within };
            let need = Need::of(require, ix as FileIx);
            match found.iter_mut().find(|(own, _)| *own == entity) {
                Some((_, needs)) => needs.push((thing, need)),
                None => found.push((entity, vec![(thing, need)])),
            }
        }
    }
    found
}

/// Names of the tree that are like `text`, the most like first: those that end in it, then
/// the nearest by spelling. Never `text` itself.
pub fn suggestions(graph: &Graph<'_>, text: &str) -> Vec<SmolStr> {
    let name = split_kind(text).map_or(text, |(_, name)| name).trim_end_matches('/');
    let mut known: BTreeSet<SmolStr> = BTreeSet::new();
    for kind in Kind::named_alone() {
        known.extend(graph.all(kind).iter().map(|(name, _)| name.clone()));
    }
    let paths = graph.paths.all();
    known.extend(paths.iter().cloned());
    for path in paths {
        let mut folder = path.as_str();
        while let Some((above, _)) = folder.rsplit_once('/') {
            if !known.insert(above.into()) {
                break;
            }
            folder = above;
        }
    }
    known.remove(name);
    known.remove(text);
    let has_end = |own: &&SmolStr| {
        let rest = own.strip_suffix(name);
        !name.is_empty() && rest.is_some_and(|rest| rest.ends_with([':', '/', '.']))
    };
    let mut out: Vec<SmolStr> = known.iter().filter(has_end).take(SUGGESTED).cloned().collect();
    let near = nearest_of(name, known.iter().map(SmolStr::as_str));
    out.extend(near.filter(|near| !out.contains(near)));
    out.truncate(SUGGESTED);
    out
}

/// How a user writes a meaning so that it is not taken for any of the `others`.
pub fn spelling(meaning: &Meaning, others: &[Meaning]) -> String {
    let kind = meaning.entity.kind.as_str();
    let short = kind.rsplit('.').next().unwrap_or(kind);
    let is_shared =
        others.iter().any(|other| other != meaning && is_called(other.entity.kind, short));
    if meaning.entity.kind == kinds::FILE {
        meaning.entity.name.to_string()
    } else {
        format!("{}:{}", if is_shared { kind } else { short }, meaning.entity.name)
    }
}

fn meaning(kind: Kind, name: impl Into<SmolStr>, things: Vec<Thing>) -> Meaning {
    Meaning { entity: Entity::new(kind, name), things }
}

/// `kind:name`, but not `a::b`, where the kind is one that is known.
fn split_kind(text: &str) -> Option<(&str, &str)> {
    let (kind, name) = text.split_once(':')?;
    let is_known = Kind::known().any(|own| is_called(own, kind));
    (is_known && !name.is_empty() && !name.starts_with(':')).then_some((kind, name))
}

/// Whether `word` is a kind, or its last part.
fn is_called(kind: Kind, word: &str) -> bool {
    let own = kind.as_str();
    own == word || own.strip_suffix(word).is_some_and(|rest| rest.ends_with('.'))
}

fn at_path(graph: &Graph<'_>, path: &str) -> Vec<Thing> {
    match graph.snapshot.find(path) {
        _ if path.is_empty() => Vec::new(),
        Some(file) => with_commands(graph, Thing { file, provide: None }),
        None => graph.paths.under(path).map(|(file, _)| Thing { file, provide: None }).collect(),
    }
}

fn of_kind(graph: &Graph<'_>, kind: Kind, name: &str) -> Option<Meaning> {
    let name = name.trim_start_matches("::");
    let folded = name.to_lowercase();
    let name = if kind.has(Property::FOLDED) { folded.as_str() } else { name };
    let mut things: Vec<Thing> = graph
        .providers(kind, name)
        .map(|site| Thing { file: site.file, provide: site.provide })
        .collect();
    if kind == kinds::COMMAND {
        let files = things.iter().filter_map(|thing| runs(graph, *thing)).collect::<Vec<_>>();
        things.extend(files.into_iter().map(|file| Thing { file, provide: None }));
    }
    if let Some(holder) = kind.holder().filter(|_| things.is_empty()) {
        let folder = format!("{holder}/{name}");
        things = at_path(graph, &folder);
        things.extend(ends(graph, &folder).into_iter().flat_map(|end| end.things));
    }
    things.dedup();
    (!things.is_empty()).then(|| meaning(kind, name, things))
}

/// The file that a command runs.
fn runs(graph: &Graph<'_>, thing: Thing) -> Option<FileIx> {
    let facts = &graph.snapshot.file(thing.file).facts;
    let detail = &facts.provides.get(thing.provide? as usize)?.detail;
    let entity = detail.entity().filter(|own| own.kind == kinds::FILE)?;
    graph.snapshot.find(&entity.name)
}

/// A file, and the commands that run it.
fn with_commands(graph: &Graph<'_>, file: Thing) -> Vec<Thing> {
    let mut things = vec![file];
    for kind in [kinds::COMMAND, kinds::DEPLOYED_PATH] {
        let own = graph.all(kind).iter().map(|(_, site)| *site);
        let own = own.map(|site| Thing { file: site.file, provide: site.provide });
        things.extend(own.filter(|thing| runs(graph, *thing) == Some(file.file)));
    }
    things
}

/// Files and folders whose paths end in `path`.
fn ends(graph: &Graph<'_>, path: &str) -> Vec<Meaning> {
    if path.is_empty() {
        return Vec::new();
    }
    let (end, inner) = (format!("/{path}"), format!("/{path}/"));
    let mut found: BTreeSet<&str> = BTreeSet::new();
    for own in graph.paths.all() {
        if own.ends_with(&end) {
            found.insert(own.as_str());
        } else if let Some(at) = own.find(&inner) {
            found.insert(&own[..at + end.len()]);
        }
    }
    found.into_iter().map(|own| meaning(kinds::FILE, own, at_path(graph, own))).collect()
}
