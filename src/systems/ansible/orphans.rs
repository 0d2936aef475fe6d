//! Variables that are set and that nothing reads, beside one that is read and nearly called so.
//!
//! What nothing reads changes nothing, and what reads the other name goes without the value, or
//! with that which another part of the tree gives it.

use super::names::unit;
use super::parameters::read_names;
use super::spelling::{is_shuffled, is_slip, is_turned};
use crate::facts::{Entity, Ref, Scope, kinds};
use crate::finding::{Finding, Place, Severity};
use crate::graph::{Graph, Resolution, Site};
use crate::loader::{FileIx, Sought};
use memchr::memmem;
use rayon::prelude::*;
use rustc_hash::{FxHashMap, FxHashSet};
use std::collections::BTreeMap;

/// Files of more bytes are not looked through.
const MAX_SEARCHED: u64 = 256 * 1024;
/// Shorter names are like too many others.
const MIN_NAME: usize = 8;
/// A name that stands in more places is known to somebody.
const MAX_SITES: usize = 3;

/// A name and where it is set.
type Sets<'g> = BTreeMap<&'g str, Vec<Site>>;

/// Reports variables that nothing reads, where a part of the tree reads nearly the same name.
/// `told` are names that are reported where they are read.
pub(super) fn check(graph: &Graph<'_>, told: &FxHashSet<&str>, findings: &mut Vec<Finding>) {
    let mut near = near(graph);
    if near.is_empty() {
        return;
    }
    let named = counted(graph, near.keys().copied().collect(), |_| true);
    near.retain(|name, (sites, meant)| {
        named.get(name).is_some_and(|count| *count == sites.len()) && !told.contains(*meant)
    });
    for (name, (sites, meant)) in near {
        let Some(site) = sites.first() else { continue };
        let place = Place { tree: graph.snapshot.role, file: site.file, span: site.span };
        let message = format!("variable `{name}` is set, and nothing reads it");
        findings.push(
            Finding::new("unknown-parameter", message, place)
                .severity(Severity::Warning)
                .label("set here")
                .help(format!("did you mean `{meant}`, which is read here?"))
                .entity(Entity::new(kinds::ANSIBLE_VARIABLE, name)),
        );
    }
}

/// Names that nothing reads, with where they are set and the name that is read in their part of
/// the tree.
fn near<'g>(graph: &'g Graph<'_>) -> BTreeMap<&'g str, (Vec<Site>, &'g str)> {
    let read = read_names(graph);
    let mut sets: FxHashMap<&str, Sets<'_>> = FxHashMap::default();
    for (name, site) in graph.all(kinds::ANSIBLE_VARIABLE) {
        let file = graph.snapshot.file(site.file);
        let path = file.entry.path.as_str();
        if file.standing.is_live() && is_plain(name) {
            let own = sets.entry(unit(path).unwrap_or(path)).or_default();
            own.entry(name).or_default().push(*site);
        }
    }
    sets.retain(|_, own| own.keys().any(|name| !read.contains(name)));
    let reads = reads(graph, &sets);
    let mut found = BTreeMap::new();
    for (unit, own) in &sets {
        let Some(reads) = reads.get(unit) else { continue };
        for (name, sites) in own.iter().filter(|(name, _)| !read.contains(*name)) {
            let meant = reads.iter().find(|other| {
                is_near(name, other)
                    && sites.iter().all(|site| is_told(graph, site, other))
                    && (!own.contains_key(*other) || is_swapped(name, other))
            });
            if let Some(meant) = meant.filter(|_| sites.len() <= MAX_SITES) {
                found.insert(*name, (sites.clone(), *meant));
            }
        }
    }
    found
}

/// Whether a name is nearly another, or has its words but for the end of one. `_name` is what is
/// kept elsewhere for `name`.
fn is_near(name: &str, other: &str) -> bool {
    other.trim_start_matches('_') != name
        && (is_slip(name, other) || is_shuffled(name, other) || is_turned(name, other))
}

/// Whether nothing else says that a name that is read where `site` is has no value: if something
/// does, that is the finding.
fn is_told(graph: &Graph<'_>, site: &Site, name: &str) -> bool {
    let path = &graph.snapshot.file(site.file).entry.path;
    [kinds::ANSIBLE_VARIABLE, kinds::ANSIBLE_SUPPLIED]
        .iter()
        .any(|kind| graph.providers(*kind, name).next().is_some())
        || {
            let target =
                Ref::exact(kinds::ANSIBLE_VARIABLE, name).seen_from(Scope::of(path.as_str()));
            !matches!(graph.resolve_ref(&target), Resolution::Missing(_))
                && !graph.may_be_set(&Entity::new(kinds::ANSIBLE_VARIABLE, name))
        }
}

/// Names that each part of the tree reads, or does without.
fn reads<'g>(
    graph: &'g Graph<'_>,
    sets: &FxHashMap<&'g str, Sets<'g>>,
) -> FxHashMap<&'g str, Vec<&'g str>> {
    let mut all: FxHashMap<&str, Vec<&str>> = FxHashMap::default();
    let known = [kinds::ANSIBLE_VARIABLE, kinds::ANSIBLE_RESULT, kinds::ANSIBLE_SUPPLIED];
    for (_, file) in graph.naming(&known) {
        let path = file.entry.path.as_str();
        let unit = unit(path).unwrap_or(path);
        if !sets.contains_key(unit) {
            continue;
        }
        let own = all.entry(unit).or_default();
        let targets = file.facts.requires.iter().filter_map(|require| require.any_of.first());
        let targets = targets.filter(|own| known.contains(&own.kind));
        own.extend(targets.filter_map(|own| own.name.as_exact()).map(|own| own.as_str()));
        let supplied = file.facts.provides.iter();
        let supplied = supplied.filter(|own| own.kind == kinds::ANSIBLE_SUPPLIED);
        own.extend(supplied.filter_map(|own| own.name.as_exact()).map(|own| own.as_str()));
    }
    all
}

/// `_name` is what a role keeps beside `name`, and may be meant so.
fn is_plain(name: &str) -> bool {
    name.len() >= MIN_NAME
        && !name.starts_with('_')
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

/// Whether two letters of a name are the other way round, so that no other name was meant.
fn is_swapped(name: &str, other: &str) -> bool {
    let differ = || name.bytes().zip(other.bytes()).filter(|(own, other)| own != other);
    let mut pairs = differ();
    let (Some((a, b)), Some((c, d)), None) = (pairs.next(), pairs.next(), pairs.next()) else {
        return false;
    };
    name.len() == other.len() && (a, b) == (d, c)
}
/// How often those of the tree's texts that count, by their paths, have each of the names.
pub(super) fn counted<'g>(
    graph: &Graph<'_>,
    wanted: FxHashSet<&'g str>,
    counts: fn(&str) -> bool,
) -> FxHashMap<&'g str, usize> {
    let is_small = |ix: &usize| {
        let entry = &graph.snapshot.files[*ix].entry;
        entry.size.is_none_or(|size| size <= MAX_SEARCHED) && counts(&entry.path)
    };
    let sought = Sought::new(wanted.iter().copied());
    let may_have = |ix: &usize| graph.snapshot.may_have(*ix as FileIx, &sought);
    let files = (0..graph.snapshot.files.len()).into_par_iter().filter(is_small);
    let found = files.filter(may_have).flat_map_iter(|ix| {
        let contents = graph.snapshot.contents(ix as FileIx);
        let words = contents.split(|byte| !byte.is_ascii_alphanumeric() && *byte != b'_');
        let words = words.filter_map(|word| std::str::from_utf8(word).ok());
        let known = words.filter_map(|word| wanted.get(word).copied());
        known.collect::<Vec<_>>()
    });
    found.collect::<Vec<_>>().into_iter().fold(FxHashMap::default(), |mut all, name| {
        *all.entry(name).or_default() += 1;
        all
    })
}

/// Who reads a name: the files, and how many reads of them are told.
pub(super) type Readers = (FxHashSet<FileIx>, usize);

/// Those of the names that other texts have than the files that read them, or that these have
/// outside of their expressions as well: somebody knows them.
pub(super) fn known_elsewhere<'g>(
    graph: &Graph<'_>,
    wanted: &FxHashMap<&'g str, Readers>,
) -> FxHashSet<&'g str> {
    let is_small =
        |ix: &usize| graph.snapshot.files[*ix].entry.size.is_none_or(|size| size <= MAX_SEARCHED);
    let sought = Sought::new(wanted.keys().copied());
    let may_have = |ix: &usize| graph.snapshot.may_have(*ix as FileIx, &sought);
    let files = (0..graph.snapshot.files.len()).into_par_iter().filter(is_small);
    let found = files.filter(may_have).flat_map_iter(|ix| {
        let contents = graph.snapshot.contents(ix as FileIx);
        let mut found = Vec::new();
        for line in contents.split(|byte| *byte == b'\n') {
            let words = line.split(|byte| !byte.is_ascii_alphanumeric() && *byte != b'_');
            let words = words.filter_map(|word| std::str::from_utf8(word).ok());
            for (name, (files, _)) in words.filter_map(|word| wanted.get_key_value(word)) {
                found.push((*name, files.contains(&(ix as FileIx)), may_read(line)));
            }
        }
        found
    });
    let mut counts: FxHashMap<&str, (usize, bool)> = FxHashMap::default();
    let mut known = FxHashSet::default();
    for (name, is_reader, is_read) in found.collect::<Vec<_>>() {
        let own = counts.entry(name).or_default();
        own.0 += 1;
        own.1 |= !is_read;
        if !is_reader {
            known.insert(name);
        }
    }
    let is_more = |(name, (count, is_other)): &(&&str, &(usize, bool))| {
        *is_other && wanted.get(**name).is_none_or(|(_, reads)| count > reads)
    };
    known.extend(counts.iter().filter(is_more).map(|(name, _)| *name));
    known
}

/// Whether a line has an expression, and is no comment.
fn may_read(line: &[u8]) -> bool {
    let line = line.trim_ascii_start();
    let inner = line.strip_prefix(b"- ").unwrap_or(line);
    let keys: [&[u8]; 5] = [b"when:", b"that:", b"until:", b"changed_when:", b"failed_when:"];
    let has = |sign: &[u8]| memmem::find(line, sign).is_some();
    !line.starts_with(b"#")
        && !has(b"{#")
        && (has(b"{{") || has(b"{%") || keys.iter().any(|key| inner.starts_with(key)))
}
