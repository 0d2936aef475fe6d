//! Environments that stand side by side in one tree: a key that a change begins to read in what
//! they share, and that one of two twins sets.

use super::readers::{self, Key, Reader, object_of};
use super::{Compared, Extent, is_elsewhere, text};
use crate::facts::{FileFacts, Kind, NamePattern, Span, parent_folder};
use crate::finding::{Finding, Place, Severity};
use crate::graph::Graph;
use crate::loader::FileIx;
use rustc_hash::FxHashSet;
use smol_str::SmolStr;

/// Most twins that are looked at.
const MAX_TWINS: usize = 400;
/// Most files beside one that are looked at.
const MAX_BESIDE: usize = 200;

/// Two files of values of environments that follow on each other.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Twins {
    /// The file of the one.
    pub here: SmolStr,
    /// The file of the other.
    pub there: SmolStr,
}

/// Keys that a change begins to read and that only one of two `twins` sets, as warnings: whoever
/// reads them may be meant for that environment.
pub fn of_twins(twins: &[Twins], old: &Graph<'_>, new: &Graph<'_>) -> Vec<Finding> {
    let known: Vec<(&Twins, [FileIx; 2])> = twins
        .iter()
        .filter(|own| {
            old.snapshot.find(&own.here).is_some() && old.snapshot.find(&own.there).is_some()
        })
        .filter_map(|own| {
            Some((own, [new.snapshot.find(&own.here)?, new.snapshot.find(&own.there)?]))
        })
        .take(MAX_TWINS)
        .collect();
    if known.is_empty() {
        return Vec::new();
    }
    let compared = Compared { staging: new, before: old, after: new, extent: Extent::Change };
    let changed = super::changed(old, new);
    let own: FxHashSet<FileIx> = known.iter().flat_map(|(_, files)| *files).collect();
    let of_objects = readers::of_objects(&compared, changed.iter().copied());
    let mut begun: Vec<(Key, Reader)> = readers::of(&compared, changed.into_iter())
        .into_iter()
        .chain(of_objects)
        .filter(|(key, reader)| !reader.stands && is_shared(old, new, key, reader))
        .filter(|(key, _)| !is_elsewhere(new, &key.entity()) && !new.may_be_set(&key.entity()))
        .filter(|(key, _)| !is_set_by(new, key, &|file| !own.contains(&file)))
        .collect();
    let variables = begun.iter().filter(|(key, _)| key.is_variable());
    let named: Vec<SmolStr> = variables.map(|(key, _)| key.name.clone()).collect();
    let is_own = |path: &str| twins.iter().any(|own| own.here == path || own.there == path);
    let assigned = text::assigned(&is_own, new.snapshot, &named);
    begun.retain(|(key, _)| !(key.is_variable() && assigned.contains(&key.name)));
    let mut findings = Vec::new();
    for (key, reader) in &begun {
        for (twins, files) in &known {
            let sets = files.map(|file| is_set_by(new, key, &|own| own == file));
            let (has, lacks) = match sets {
                [true, false] => (0, 1),
                [false, true] => (1, 0),
                _ => continue,
            };
            let reaches = files.iter().all(|file| super::set::is_read_for(new, *file, key));
            let is_of = reaches && makes_object(new, files[lacks], key);
            if is_of && are_alike(old, twins, key.kind) && !is_closed(new, files[lacks]) {
                findings.push(finding(new, key, reader, [files[has], files[lacks]]));
                // One of several environments is enough.
                break;
            }
        }
    }
    findings
}

/// Whether the reader is no environment's own, and stood before, or belongs to what did.
fn is_shared(old: &Graph<'_>, new: &Graph<'_>, key: &Key, reader: &Reader) -> bool {
    let path = &new.snapshot.file(reader.file).entry.path;
    key.part.is_some() || old.snapshot.find(path).is_some()
}

/// Whether one of the files that `counts` admits sets a key.
fn is_set_by(graph: &Graph<'_>, key: &Key, counts: &dyn Fn(FileIx) -> bool) -> bool {
    if let Some((keys, part)) = super::set::of_part(graph, key) {
        return keys.is_set(graph, part, &key.name, counts);
    }
    let name = NamePattern::exact(key.name.clone());
    graph.matching(key.kind, &name).iter().any(|site| counts(site.file))
}

/// Whether a file, or one beside it, is encrypted: it may set anything.
fn is_closed(graph: &Graph<'_>, file: FileIx) -> bool {
    let folder = parent_folder(&graph.snapshot.file(file).entry.path);
    let beside = graph.paths.under(folder).take(MAX_BESIDE);
    let mut beside = beside.filter(|(_, path)| parent_folder(path) == folder);
    beside.any(|(file, _)| text::is_encrypted(&graph.snapshot.contents(file)))
}

/// Whether a file makes the object that a key is of, where it is of one.
fn makes_object(graph: &Graph<'_>, file: FileIx, key: &Key) -> bool {
    object_of(&key.name).is_none_or(|object| {
        let facts = &graph.snapshot.file(file).facts;
        set_names(facts, key.kind).any(|name| name.starts_with(object))
    })
}

/// Whether twins set mostly the same keys before the change.
fn are_alike(old: &Graph<'_>, twins: &Twins, kind: Kind) -> bool {
    let names = |path: &str| -> FxHashSet<&SmolStr> {
        let file = old.snapshot.find(path).map(|file| &old.snapshot.file(file).facts);
        file.into_iter().flat_map(|facts| set_names(facts, kind)).collect()
    };
    let (here, there) = (names(&twins.here), names(&twins.there));
    let common = here.intersection(&there).count();
    common * 4 >= here.len().max(there.len()) * 3 && common > 0
}

fn set_names(facts: &FileFacts, kind: Kind) -> impl Iterator<Item = &SmolStr> {
    facts.provides.iter().filter(move |own| own.kind == kind).filter_map(|own| own.name.as_exact())
}

fn finding(graph: &Graph<'_>, key: &Key, reader: &Reader, [has, lacks]: [FileIx; 2]) -> Finding {
    let tree = graph.snapshot.role;
    let path = |file: FileIx| &graph.snapshot.file(file).entry.path;
    let (here, there) = (path(has), path(lacks));
    let name = match object_of(&key.name) {
        Some(object) => {
            format!("`{}` of {}", &key.name[object.len()..], object.trim_end_matches('#'))
        }
        None => format!("`{}`", key.name),
    };
    let message = format!("{name} is set in {here} and not in {there}");
    let provides = &graph.snapshot.file(has).facts.provides;
    let own = |name: &SmolStr| *name == key.name || name.ends_with(&format!("/{}", key.name));
    let span = provides.iter().find(|site| site.name.as_exact().is_some_and(own));
    let span = span.map_or(Span::default(), |site| site.span);
    let mut finding = Finding::new(
        "environment-gap",
        message,
        Place { tree, file: reader.file, span: reader.span },
    )
    .severity(Severity::Warning)
    .of_change()
    .label("read here since this change")
    .help(format!("add it to {there} with its own value"))
    .entity(key.entity());
    // A report shows the lines around a place.
    if !text::is_near_secret(&graph.snapshot.contents(has), span.start) {
        finding = finding.related("set here", Place { tree, file: has, span });
    }
    finding.related("its counterpart lacks it", Place { tree, file: lacks, span: Span::default() })
}
