//! Environments that stand side by side in one tree: a key that a change begins to read in what
//! they share and that one of two twins sets, or that it begins to set in one of them and that what
//! they share reads already.

use super::readers::{self, Key, Reader, object_of};
use super::{Compared, Extent, is_elsewhere, text};
use crate::facts::{FileFacts, Kind, NamePattern, Property, Span, kinds, parent_folder};
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

/// What a change does with a key.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Begins {
    /// What environments share reads it.
    Reading,
    /// One environment sets it.
    Setting,
}

/// Keys that a change begins to read, or to set, and that only one of two `twins` sets, as
/// warnings: whoever reads them may be meant for that environment.
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
    let mut begun: Vec<(Begins, Key, Reader)> = readers::of(&compared, changed.into_iter())
        .into_iter()
        .chain(of_objects)
        .filter(|(key, reader)| !reader.stands && is_shared(old, new, key, reader))
        .map(|(key, reader)| (Begins::Reading, key, reader))
        .chain(begun_to_set(&compared, &known, &own))
        .filter(|(_, key, _)| !is_elsewhere(new, &key.entity()) && !new.may_be_set(&key.entity()))
        .filter(|(_, key, _)| !is_set_by(new, key, &|file| !own.contains(&file)))
        .collect();
    let variables = begun.iter().filter(|(_, key, _)| key.is_variable());
    let named: Vec<SmolStr> = variables.map(|(_, key, _)| key.name.clone()).collect();
    let is_own = |path: &str| twins.iter().any(|own| own.here == path || own.there == path);
    let assigned = text::assigned(&is_own, new.snapshot, &named);
    begun.retain(|(_, key, _)| !(key.is_variable() && assigned.contains(&key.name)));
    let mut findings = Vec::new();
    for (begins, key, reader) in &begun {
        for (twins, files) in &known {
            let sets = files.map(|file| is_set_by(new, key, &|own| own == file));
            let (has, lacks) = match sets {
                [true, false] => (0, 1),
                [false, true] => (1, 0),
                _ => continue,
            };
            if is_called_for(twins, key) {
                continue;
            }
            let reaches = files.iter().all(|file| super::set::is_read_for(new, *file, key));
            let is_of = reaches && makes_object(new, files[lacks], key);
            let is_whole = are_alike(old, twins, key.kind)
                || begins == &Begins::Reading && is_required_parameter(new, key, reader);
            if is_of && is_whole && !is_closed(new, files[lacks]) {
                findings.push(finding(new, (*begins, key, reader), [files[has], files[lacks]]));
                // One of several environments is enough.
                break;
            }
        }
    }
    findings
}

/// Whether a key has a word in its name that is in the path of one of two twins alone: `test_region`
/// is for the environment that is called so.
fn is_called_for(twins: &Twins, key: &Key) -> bool {
    let words = |text: &str| -> FxHashSet<String> {
        let all = text.split(|c: char| !c.is_ascii_alphanumeric());
        all.filter(|own| !own.is_empty()).map(str::to_ascii_lowercase).collect()
    };
    let (here, there, own) = (words(&twins.here), words(&twins.there), words(&key.name));
    here.symmetric_difference(&there).any(|word| own.contains(word))
}

/// Keys that the change begins to set in one of two twins alone, with what read them before: what
/// was lacking in both lacks in one of them still.
fn begun_to_set(
    compared: &Compared<'_>,
    known: &[(&Twins, [FileIx; 2])],
    own: &FxHashSet<FileIx>,
) -> Vec<(Begins, Key, Reader)> {
    let (old, new) = (compared.before.snapshot, compared.after.snapshot);
    let mut set: FxHashSet<(Kind, &SmolStr)> = FxHashSet::default();
    for (twins, files) in known {
        for (path, at) in [(&twins.here, 0), (&twins.there, 1)] {
            let Some(before) = old.find(path) else { continue };
            if old.blob_id(before) == new.blob_id(files[at]) {
                continue;
            }
            let before = names(&old.file(before).facts);
            let other = names(&new.file(files[1 - at]).facts);
            let now = names(&new.file(files[at]).facts);
            set.extend(now.into_iter().filter(|key| !before.contains(key) && !other.contains(key)));
        }
    }
    if set.is_empty() {
        return Vec::new();
    }
    let shared = new
        .files
        .iter()
        .enumerate()
        .filter(|(ix, file)| !own.contains(&(*ix as FileIx)) && may_read(&file.facts, &set));
    let found = readers::of(compared, shared.map(|(_, file)| &file.entry.path));
    let stood = found.into_iter().filter(|(key, reader)| {
        let path = &new.file(reader.file).entry.path;
        reader.stands && old.find(path).is_some() && set.contains(&(key.kind, &key.name))
    });
    stood.map(|(key, reader)| (Begins::Setting, key, reader)).collect()
}

/// Whether a file reads one of some keys, whatever way.
fn may_read(facts: &FileFacts, keys: &FxHashSet<(Kind, &SmolStr)>) -> bool {
    let mut targets = facts.requires.iter().flat_map(|own| &own.any_of);
    let is_named =
        targets.any(|own| own.name.as_exact().is_some_and(|name| keys.contains(&(own.kind, name))));
    is_named
        || facts.interfaces.iter().any(|own| {
            let is_param = |name: &str| {
                let rest = name.strip_prefix(own.entity.name.as_str());
                rest.is_some_and(|rest| rest.starts_with("::"))
            };
            own.entity.kind.has(Property::BY_DATA) && keys.iter().any(|(_, name)| is_param(name))
                || own.environment.iter().any(|own| keys.contains(&(kinds::ENV, &own.name)))
        })
}

/// The keys that a file sets.
fn names(facts: &FileFacts) -> FxHashSet<(Kind, &SmolStr)> {
    let keys = facts.provides.iter().filter(|own| own.kind.has(Property::KEY));
    keys.filter_map(|own| Some((own.kind, own.name.as_exact()?))).collect()
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

/// Whether a reader is a parameter without a default: where nothing sets its key, whatever else the
/// twins set, what has it is not made.
fn is_required_parameter(graph: &Graph<'_>, key: &Key, reader: &Reader) -> bool {
    let Some((name, param)) = key.name.rsplit_once("::").filter(|_| key.is_looked_up()) else {
        return false;
    };
    let interfaces = graph.snapshot.file(reader.file).facts.interfaces.iter();
    let mut own =
        interfaces.filter(|own| own.entity.kind.has(Property::BY_DATA) && own.entity.name == name);
    own.any(|own| own.params.iter().any(|own| own.name == param && own.required))
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

fn finding(
    graph: &Graph<'_>,
    (begins, key, reader): (Begins, &Key, &Reader),
    [has, lacks]: [FileIx; 2],
) -> Finding {
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
    let read = Place { tree, file: reader.file, span: reader.span };
    let set = Place { tree, file: has, span };
    let (place, label) = match begins {
        Begins::Reading => (read, "read here since this change"),
        Begins::Setting => (set, "set here since this change"),
    };
    let mut finding = Finding::new("environment-gap", message, place)
        .severity(Severity::Warning)
        .of_change()
        .label(label)
        .help(format!("add it to {there} with its own value"))
        .entity(key.entity());
    // A report shows the lines around a place.
    if begins == Begins::Setting {
        finding = finding.related("read here", read);
    } else if !text::is_near_secret(&graph.snapshot.contents(has), span.start) {
        finding = finding.related("set here", set);
    }
    finding.related("its counterpart lacks it", Place { tree, file: lacks, span: Span::default() })
}
