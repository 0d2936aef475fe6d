//! What of a change's findings stood before it.

use super::World;
use crate::facts::{Entity, base_name, parent_folder, path_in};
use crate::finding::FindingScope;
use crate::loader::{FileIx, Snapshot};
use crate::report::Resolved;
use crate::tree::BlobId;
use rustc_hash::{FxHashMap, FxHashSet};
use smol_str::SmolStr;

/// New path → old path of files that moved.
pub type Origins = FxHashMap<SmolStr, SmolStr>;

/// The files of the old tree in which what is found now may have stood before: those of the same
/// paths, and those that they were. [`only_new`] compares with nothing else.
pub fn places_before(
    findings: &[Resolved],
    old: &Snapshot,
    origins: &Origins,
) -> FxHashSet<FileIx> {
    let of_tree = findings.iter().filter(|own| own.scope != FindingScope::Change);
    let paths = of_tree.map(|own| &own.primary.path);
    let before = paths.flat_map(|path| std::iter::once(path).chain(origins.get(path)));
    before.filter_map(|path| old.find(path)).collect()
}

/// Drops findings about the tree that the old tree has too. In a file that moved, a
/// finding is recognised by its content alone.
pub fn only_new(findings: &mut Vec<Resolved>, old: &[Resolved], origins: &Origins) {
    let known: FxHashSet<&str> = old.iter().map(|finding| finding.fingerprint.as_str()).collect();
    let mut moved: FxHashMap<(SmolStr, u64), usize> = FxHashMap::default();
    let mut standing: FxHashMap<Said<'_>, usize> = FxHashMap::default();
    let fresh: FxHashSet<&str> =
        findings.iter().map(|finding| finding.fingerprint.as_str()).collect();
    for finding in old.iter().filter(|own| !fresh.contains(own.fingerprint.as_str())) {
        *standing.entry(said(finding)).or_default() += 1;
    }
    let mut reformatted = vec![false; findings.len()];
    for (ix, finding) in findings.iter().enumerate() {
        if !known.contains(finding.fingerprint.as_str())
            && let Some(left) = standing.get_mut(&said(finding)).filter(|left| **left > 0)
        {
            *left -= 1;
            reformatted[ix] = true;
        }
    }
    let mut reformatted = reformatted.into_iter();
    let mut went_along: FxHashSet<Lacks<'_>> = FxHashSet::default();
    for finding in old {
        *moved.entry((finding.primary.path.clone(), finding.content_fingerprint)).or_default() += 1;
        if let Some(entity) = &finding.entity {
            let path = finding.primary.path.as_str();
            went_along.insert((finding.rule, path, entity.clone(), finding.wording));
        }
    }
    findings.retain(|finding| {
        let reformatted = reformatted.next().unwrap_or_default();
        if finding.scope == FindingScope::Change {
            return true;
        }
        if reformatted || known.contains(finding.fingerprint.as_str()) {
            return false;
        }
        let Some(origin) = origins.get(&finding.primary.path) else { return true };
        if lacked(finding, origin).is_some_and(|own| went_along.contains(&own)) {
            return false;
        }
        match moved.get_mut(&(origin.clone(), finding.content_fingerprint)) {
            Some(left) if *left > 0 => {
                *left -= 1;
                false
            }
            _ => true,
        }
    });
}

/// A rule, the path of a file, what it lacks, and the words that name it.
type Lacks<'f> = (&'static str, &'f str, Entity, u64);

/// What a file that moved lacked at its old place, if it lacks the same from where it is now: its
/// folder went to another place, and what was not in it is not there either.
fn lacked<'f>(finding: &Resolved, origin: &'f str) -> Option<Lacks<'f>> {
    let entity = finding.entity.as_ref()?;
    let (now, before) = apart(&finding.primary.path, origin);
    let rest = match now {
        "" => entity.name.as_str(),
        folder => entity.name.strip_prefix(folder)?.strip_prefix('/')?,
    };
    let entity = Entity::new(entity.kind, path_in(before, rest));
    Some((finding.rule, origin, entity, finding.wording))
}

/// The folders of two paths that are left where both end in the same parts.
fn apart<'p>(one: &'p str, other: &'p str) -> (&'p str, &'p str) {
    let (mut one, mut other) = (one, other);
    while !one.is_empty() && !other.is_empty() && base_name(one) == base_name(other) {
        (one, other) = (parent_folder(one), parent_folder(other));
    }
    (one, other)
}

/// What a finding says and what it points at, whatever the text around it looks like. A
/// reference that the change words anew and leaves broken is the change's.
type Said<'f> = (&'static str, &'f str, Option<&'f Entity>, &'f str, u64);

fn said(finding: &Resolved) -> Said<'_> {
    let path = finding.primary.path.as_str();
    (finding.rule, path, finding.entity.as_ref(), finding.message.as_str(), finding.wording)
}

/// New path → old path of files that moved: same contents, or the same name where only
/// one file of that name went and one came.
pub fn origins(world: &World) -> Origins {
    let Some(old) = &world.old else { return Origins::default() };
    let gone: Vec<_> =
        old.files.iter().filter(|file| world.new.find(&file.entry.path).is_none()).collect();
    if gone.is_empty() {
        return Origins::default();
    }
    let name = |path: &str| SmolStr::new(base_name(path));
    let mut by_id: FxHashMap<BlobId, SmolStr> = FxHashMap::default();
    let mut by_name: FxHashMap<SmolStr, Vec<SmolStr>> = FxHashMap::default();
    for file in &gone {
        if let Some(id) = file.id {
            by_id.insert(id, file.entry.path.clone());
        }
        by_name.entry(name(&file.entry.path)).or_default().push(file.entry.path.clone());
    }
    let mut origins = Origins::default();
    for file in world.new.files.iter().filter(|file| old.find(&file.entry.path).is_none()) {
        let same = file.id.and_then(|id| by_id.get(&id));
        let alike = || match by_name.get(&name(&file.entry.path)).map(Vec::as_slice) {
            Some([only]) => Some(only),
            _ => None,
        };
        if let Some(origin) = same.or_else(alike) {
            origins.insert(file.entry.path.clone(), origin.clone());
        }
    }
    origins
}
