//! What a change can have moved: which names resolve otherwise in the tree after it.
//!
//! Two trees of the same paths differ in what a few files say. A name of a kind that means what is
//! provided under it, and that no such file provides or provided, resolves as it did.

use super::over::Shared;
use super::{Found, Graph};
use crate::facts::{Detail, Kind, NamePattern, Property, Provide, Require};
use crate::loader::{FileIx, SnapshotFile};
use rustc_hash::{FxHashMap, FxHashSet};
use std::sync::Arc;

/// Where more names of a kind come and go, all of them are taken to.
const MOST: usize = 64;

/// What differs between two trees of the same paths.
pub struct Moved {
    /// The files that differ.
    files: FxHashSet<FileIx>,
    /// Names that files which differ provide in one tree alone.
    names: FxHashMap<Kind, Vec<NamePattern>>,
}

impl Moved {
    /// What differs between the trees of two graphs; `None` where that may be anything.
    pub fn between(old: &Graph<'_>, new: &Graph<'_>) -> Option<Self> {
        Shared::of(new.snapshot, old).filter(Shared::has_same_paths)?;
        let is_plain = |graph: &Graph<'_>| graph.policy.is_none_or(|own| own.is_empty());
        if !is_plain(old)
            || !is_plain(new)
            || old.snapshot.layout != new.snapshot.layout
            || !has_same_authority(old, new)
        {
            return None;
        }
        let mut own = Self { files: FxHashSet::default(), names: FxHashMap::default() };
        let all = new.snapshot.files.iter().zip(&old.snapshot.files).enumerate();
        for (ix, (now, before)) in all {
            let ix = ix as FileIx;
            if old.is_unloadable(ix) != new.is_unloadable(ix)
                || old.is_misread(ix) != new.is_misread(ix)
            {
                return None;
            }
            if Arc::ptr_eq(&now.facts, &before.facts) && now.id == before.id {
                continue;
            }
            own.files.insert(ix);
            own.add(now, before)?;
        }
        Some(own)
    }

    fn add(&mut self, now: &SnapshotFile, before: &SnapshotFile) -> Option<()> {
        let problems = |file: &SnapshotFile| -> Vec<&'static str> {
            file.facts.problems.iter().map(|own| own.rule).collect()
        };
        // What is read in part may define anything.
        if problems(now) != problems(before) {
            return None;
        }
        for (kind, name, _) in named(now).symmetric_difference(&named(before)) {
            self.names.entry(*kind).or_default().push((*name).clone());
        }
        Some(())
    }

    /// The files that differ.
    pub fn files(&self) -> impl Iterator<Item = FileIx> {
        self.files.iter().copied()
    }

    /// Whether a file differs.
    pub fn has(&self, file: FileIx) -> bool {
        self.files.contains(&file)
    }

    /// Whether a requirement may resolve otherwise than it did.
    pub fn may_touch(&self, graph: &Graph<'_>, require: &Require) -> bool {
        // One that is not found may mean another name, by what lists of the tree say.
        let is_definition = require.any_of.iter().any(|own| own.kind.has(Property::DEFINITION));
        if is_definition && !graph.has(require) {
            return true;
        }
        require.any_of.iter().any(|target| {
            if graph.resolvers.contains_key(&target.kind) {
                return true;
            }
            let Some(names) = self.names.get(&target.kind) else { return false };
            names.len() > MOST || names.iter().any(|own| own.overlaps(&target.name))
        })
    }
}

/// What a file provides, wherever in it that stands.
fn named(file: &SnapshotFile) -> FxHashSet<(Kind, &NamePattern, &Detail)> {
    let all = file.facts.provides.iter();
    all.map(|Provide { kind, name, detail, .. }| (*kind, name, detail)).collect()
}

fn has_same_authority(old: &Found, new: &Found) -> bool {
    old.authority == new.authority && old.elsewhere == new.elsewhere
}
