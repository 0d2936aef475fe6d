//! The graph of a tree over that of another one with the same paths: the two trees of a change
//! share nearly all files, and what no file that differs has a part in is taken over.

use super::{Graph, PathIndex};
use crate::facts::{Kind, base_name};
use crate::loader::{Snapshot, SnapshotFile};
use crate::tree::EntryKind;
use rustc_hash::FxHashSet;
use std::sync::Arc;

/// Where more files differ, all is found out anew.
const MOST: usize = 256;

/// What a tree shares with the one before it.
pub(super) struct Shared<'b> {
    pub(super) before: &'b Graph<'b>,
    /// Kinds of what files that differ provide.
    pub(super) other: FxHashSet<Kind>,
    /// Whether a file that differs has interfaces.
    has_interfaces: bool,
    /// Whether something differs that says what paths are.
    has_paths: bool,
}

impl<'b> Shared<'b> {
    /// What `snapshot` shares with the tree of `before`, if their paths are the same.
    pub(super) fn of(snapshot: &Snapshot, before: &'b Graph<'b>) -> Option<Self> {
        let (now, old) = (&snapshot.files, &before.snapshot.files);
        let is_there = |(now, old): (&SnapshotFile, &SnapshotFile)| {
            now.entry.path == old.entry.path && now.entry.kind == old.entry.kind
        };
        if now.len() != old.len() || !now.iter().zip(old).all(is_there) {
            return None;
        }
        let mut own =
            Self { before, other: FxHashSet::default(), has_interfaces: false, has_paths: false };
        let mut differ = 0;
        for (now, old) in now.iter().zip(old) {
            // What git ignores, and where its submodules lie, is in no facts.
            let is_of_git = matches!(base_name(&now.entry.path), ".gitignore" | ".gitmodules");
            own.has_paths |= is_of_git && (now.id.is_none() || now.id != old.id);
            if Arc::ptr_eq(&now.facts, &old.facts) {
                continue;
            }
            differ += 1;
            own.has_paths |= now.entry.kind == EntryKind::Symlink;
            for file in [now, old] {
                own.other.extend(&file.facts.provides_of);
                own.has_interfaces |= !file.facts.interfaces.is_empty();
            }
        }
        (differ <= MOST).then_some(own)
    }

    pub(super) fn has_same_paths(&self) -> bool {
        !self.has_paths
    }

    pub(super) fn paths(&self) -> Option<Arc<PathIndex>> {
        (!self.has_paths).then(|| self.before.paths.clone())
    }

    pub(super) fn interfaces(&self) -> Option<Arc<super::Interfaces>> {
        (!self.has_interfaces).then(|| self.before.interfaces.clone())
    }
}
