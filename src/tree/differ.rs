//! What differs between two trees of one repository, found by going into those folders alone that
//! differ.

use super::{Entry, EntryKind, path_text};
use gix::ObjectId;
use gix::objs::tree::EntryKind as GitKind;
use smol_str::SmolStr;
use std::collections::BTreeMap;
use std::ops::ControlFlow;

/// What a tree has at a path; `None` where it has nothing.
type Held = Option<(EntryKind, ObjectId)>;

/// What the newer tree has at a path that differs; `None` where it has nothing.
pub type Differences = BTreeMap<SmolStr, Held>;

/// The records of a folder, by name.
type Folder = BTreeMap<Vec<u8>, (GitKind, ObjectId)>;

/// A folder that differs: its path, and what it is in both trees.
type Open = (Vec<u8>, Option<ObjectId>, Option<ObjectId>);

/// What sort of entry a record is; `None` of a folder.
pub fn sort_of(kind: GitKind) -> Option<EntryKind> {
    match kind {
        GitKind::Tree => None,
        GitKind::Blob | GitKind::BlobExecutable => Some(EntryKind::File),
        GitKind::Link => Some(EntryKind::Symlink),
        GitKind::Commit => Some(EntryKind::Submodule),
    }
}

/// Every path that differs between the trees `old` and `new`.
pub fn differ(repo: &gix::Repository, old: ObjectId, new: ObjectId) -> Result<Differences, String> {
    let mut found = Differences::new();
    each(repo, old, new, |path, _, come| {
        found.insert(path, come);
        ControlFlow::Continue(())
    })?;
    Ok(found)
}

/// The paths that both trees hold, with other contents, sorted; `None` where more than `most` paths
/// differ.
pub fn modified(
    repo: &gix::Repository,
    old: ObjectId,
    new: ObjectId,
    most: usize,
) -> Result<Option<Vec<SmolStr>>, String> {
    let (mut found, mut count) = (Vec::new(), 0);
    each(repo, old, new, |path, gone, come| {
        count += 1;
        if gone.is_some() && come.is_some() {
            found.push(path);
        }
        if count > most { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    })?;
    found.sort();
    Ok((count <= most).then_some(found))
}

/// Hands each path that differs to `take`, with what the old and the new tree hold there, for as
/// long as it wants more.
fn each(
    repo: &gix::Repository,
    old: ObjectId,
    new: ObjectId,
    mut take: impl FnMut(SmolStr, Held, Held) -> ControlFlow<()>,
) -> Result<(), String> {
    // Not the stack: folders may lie as deep as somebody likes.
    let mut open: Vec<Open> = vec![(Vec::new(), Some(old), Some(new))];
    while let Some((path, old, new)) = open.pop() {
        if old == new {
            continue;
        }
        let (before, after) = (folder(repo, old)?, folder(repo, new)?);
        let names = before.keys().chain(after.keys().filter(|own| !before.contains_key(*own)));
        for name in names {
            let (one, other) = (before.get(name).copied(), after.get(name).copied());
            if one == other {
                continue;
            }
            let inner = [&path[..], name].concat();
            let tree = |own: Option<(GitKind, ObjectId)>| {
                own.filter(|(kind, _)| *kind == GitKind::Tree).map(|(_, id)| id)
            };
            let (below, beyond) = (tree(one), tree(other));
            let file = |own: Option<(GitKind, ObjectId)>| {
                own.and_then(|(kind, id)| Some((sort_of(kind)?, id)))
            };
            let (gone, come) = (file(one), file(other));
            if gone != come && take(path_text(&inner), gone, come).is_break() {
                return Ok(());
            }
            if below.is_some() || beyond.is_some() {
                open.push(([&inner[..], b"/"].concat(), below, beyond));
            }
        }
    }
    Ok(())
}

fn folder(repo: &gix::Repository, id: Option<ObjectId>) -> Result<Folder, String> {
    let Some(id) = id else { return Ok(Folder::new()) };
    let tree = repo.find_tree(id).map_err(|error| error.to_string())?;
    let mut all = Folder::new();
    for record in tree.iter() {
        let record = record.map_err(|error| error.to_string())?;
        let name = record.filename().to_vec();
        all.insert(name, (record.mode().kind(), record.object_id()));
    }
    Ok(all)
}

/// Entries of a tree, with what differs put in.
pub fn with(
    entries: &[Entry],
    oids: &[ObjectId],
    differences: &Differences,
    made: impl Fn(&SmolStr, EntryKind, ObjectId) -> Entry,
) -> (Vec<Entry>, Vec<ObjectId>) {
    let mut out = (Vec::with_capacity(entries.len()), Vec::with_capacity(entries.len()));
    let mut rest = differences.iter().peekable();
    let add = |out: &mut (Vec<Entry>, Vec<ObjectId>), path: &SmolStr, own: &Option<_>| {
        if let Some((kind, id)) = *own {
            out.0.push(made(path, kind, id));
            out.1.push(id);
        }
    };
    for (entry, oid) in entries.iter().zip(oids) {
        while let Some((path, own)) = rest.next_if(|(path, _)| **path < entry.path) {
            add(&mut out, path, own);
        }
        match rest.next_if(|(path, _)| **path == entry.path) {
            Some((path, own)) => add(&mut out, path, own),
            None => {
                out.0.push(entry.clone());
                out.1.push(*oid);
            }
        }
    }
    rest.for_each(|(path, own)| add(&mut out, path, own));
    out
}
