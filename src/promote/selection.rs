//! Which paths of production a promotion changes, and the trees that follow from it.

use crate::check::environment_gap::Environments;
use crate::mapping::Mapping;
use crate::tree::{Change, OverlayTree, Tree};
use rustc_hash::{FxHashMap, FxHashSet};
use smol_str::SmolStr;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Changes of production, by path there.
pub type Changes = BTreeMap<SmolStr, Change>;

/// Staging and production with the mapping between them.
pub struct Trees {
    /// What is promoted from.
    pub staging: Arc<dyn Tree>,
    /// What is promoted to.
    pub production: Arc<dyn Tree>,
    mapping: Mapping,
    /// Both are folders of one tree, told apart by the mapping alone.
    is_one_tree: bool,
    /// Production path → entry of staging.
    by_target: BTreeMap<SmolStr, usize>,
}

/// A path to promote that neither tree has.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("neither staging nor production has {0}")]
pub struct UnknownPath(pub SmolStr);

/// How staging and production stand to each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stand {
    /// Each is a tree of its own.
    Apart,
    /// Both are the same tree, in which folders stand for them.
    OneTree,
}

impl Trees {
    /// Maps every path of staging.
    pub fn new(
        staging: Arc<dyn Tree>,
        production: Arc<dyn Tree>,
        mapping: Mapping,
        stand: Stand,
    ) -> Self {
        let is_one_tree = stand == Stand::OneTree;
        let mut by_target = BTreeMap::new();
        for (ix, entry) in staging.entries().iter().enumerate() {
            if mapping.to_production(&entry.path).is_none() {
                by_target.insert(entry.path.clone(), ix);
            }
        }
        // A rule's image wins over the same path in staging itself.
        for (ix, entry) in staging.entries().iter().enumerate() {
            if let Some(target) = mapping.to_production(&entry.path) {
                by_target.insert(target, ix);
            }
        }
        let production =
            if is_one_tree { without_staging(production, &mapping) } else { production };
        Self { staging, production, mapping, is_one_tree, by_target }
    }

    /// The staging path of what would stand at `target` in production.
    pub fn staging_path(&self, target: &str) -> Option<&SmolStr> {
        let ix = *self.by_target.get(target)?;
        self.staging.entries().get(ix).map(|entry| &entry.path)
    }

    /// Staging as production would name it.
    pub fn mapped_staging(&self) -> Arc<dyn Tree> {
        let mut changes: Changes = self
            .staging
            .entries()
            .iter()
            .map(|entry| (entry.path.clone(), Change::Delete))
            .collect();
        changes.extend(self.by_target.iter().map(|(path, ix)| (path.clone(), Change::Put(*ix))));
        let staging = self.staging.clone();
        Arc::new(OverlayTree::new(self.staging.label(), staging.clone(), staging, &changes))
    }

    /// Production with `changes` made.
    pub fn candidate(&self, changes: &Changes) -> Arc<dyn Tree> {
        let label = format!("{} with {} promoted", self.production.label(), changes.len());
        Arc::new(OverlayTree::new(label, self.production.clone(), self.staging.clone(), changes))
    }

    /// The change that makes production's `target` what staging has, if they differ.
    pub fn change(&self, target: &str) -> Option<Change> {
        let own =
            self.production.entries().binary_search_by(|entry| entry.path.as_str().cmp(target));
        match (self.by_target.get(target), own) {
            (None, Err(_)) => None,
            (None, Ok(_)) => Some(Change::Delete),
            (Some(ix), Err(_)) => Some(Change::Put(*ix)),
            (Some(upper), Ok(own)) => {
                (!same(self.staging.as_ref(), *upper, self.production.as_ref(), own))
                    .then_some(Change::Put(*upper))
            }
        }
    }

    /// Everything that differs. A folder that stands for production inside one tree
    /// may hold what staging never had: there nothing is deleted unless it is named.
    pub fn all_changes(&self) -> Changes {
        let mut changes = Changes::new();
        for target in self.by_target.keys() {
            if let Some(change) = self.change(target) {
                changes.insert(target.clone(), change);
            }
        }
        if self.is_one_tree {
            return changes;
        }
        let entries = self.staging.entries();
        let staged: FxHashSet<&str> = entries.iter().map(|entry| entry.path.as_str()).collect();
        let has_folder = |folder: &str| {
            let from = entries.partition_point(|entry| entry.path.as_str() < folder);
            entries.get(from).is_some_and(|entry| entry.path.starts_with(folder))
        };
        for entry in self.production.entries() {
            let path = &entry.path;
            let is_paired =
                || self.mapping.paired_staging(path).any(|pair| staged.contains(pair.as_str()));
            // Where staging's folder has only some of production's, the rest is not gone.
            let is_kept = || {
                let (mut is_used, mut is_known) = (false, false);
                for own in self.mapping.to_staging(path) {
                    let (here, there) = roots(&own, path);
                    is_used |= has_folder(here);
                    let rest = &own[here.len()..];
                    let first = rest.find('/').map_or(0, |at| at + 1);
                    is_known |= has_folder(&own[..here.len() + first])
                        || first > 0 && has_folder(&path[..there.len() + first]);
                }
                is_used && !is_known
            };
            if !self.by_target.contains_key(path) && !is_paired() && !is_kept() {
                changes.insert(path.clone(), Change::Delete);
            }
        }
        changes
    }

    /// What made `candidate` of production, as far as staging can tell.
    pub fn changes_to(&self, candidate: &dyn Tree) -> Changes {
        let has = |path: &str| {
            candidate.entries().binary_search_by(|entry| entry.path.as_str().cmp(path)).ok()
        };
        let entries = self.production.entries();
        let mut changes: Changes = entries
            .iter()
            .filter(|entry| has(&entry.path).is_none())
            .map(|entry| (entry.path.clone(), Change::Delete))
            .collect();
        for (ix, entry) in candidate.entries().iter().enumerate() {
            let own = entries.binary_search_by(|own| own.path.cmp(&entry.path));
            let is_same = own.is_ok_and(|own| same(candidate, ix, self.production.as_ref(), own));
            if !is_same && let Some(upper) = self.by_target.get(&entry.path) {
                changes.insert(entry.path.clone(), Change::Put(*upper));
            }
        }
        changes
    }

    /// What promoting `paths` (of staging, files or folders) changes. A path that only
    /// production has any more is deleted there.
    pub fn changes_of(&self, paths: &[SmolStr]) -> Result<Changes, UnknownPath> {
        let staged: FxHashMap<&str, ()> =
            self.staging.entries().iter().map(|entry| (entry.path.as_str(), ())).collect();
        let mut changes = Changes::new();
        for wanted in paths {
            let wanted = normal(wanted);
            let mut known = false;
            for (target, ix) in &self.by_target {
                let Some(entry) = self.staging.entries().get(*ix) else { continue };
                if covers(&wanted, &entry.path) {
                    known = true;
                    changes.extend(self.change(target).map(|change| (target.clone(), change)));
                }
            }
            for entry in self.production.entries() {
                let mut sources: Vec<_> = self.mapping.to_staging(&entry.path).collect();
                // Staging may hold production's layout beside the folders that are mapped.
                if !self.is_one_tree {
                    sources.push(entry.path.clone());
                }
                let is_named = sources.iter().any(|source| covers(&wanted, source));
                known |= is_named;
                if is_named && !sources.iter().any(|source| staged.contains_key(source.as_str())) {
                    changes.insert(entry.path.clone(), Change::Delete);
                }
            }
            if !known {
                return Err(UnknownPath(wanted));
            }
        }
        Ok(changes)
    }
}

impl Environments for Trees {
    fn mapping(&self) -> &Mapping {
        &self.mapping
    }

    fn staging_path(&self, target: &str) -> Option<&SmolStr> {
        Self::staging_path(self, target)
    }
}

/// The tree without the folders that stand for staging: what they hold is not in
/// production yet.
fn without_staging(tree: Arc<dyn Tree>, mapping: &Mapping) -> Arc<dyn Tree> {
    let changes: Changes = tree
        .entries()
        .iter()
        .filter(|entry| mapping.to_production(&entry.path).is_some())
        .map(|entry| (entry.path.clone(), Change::Delete))
        .collect();
    Arc::new(OverlayTree::new(tree.label(), tree.clone(), tree.clone(), &changes))
}

/// The folders in which both paths begin to be the same, each with its `/`.
fn roots<'p>(one: &'p str, other: &'p str) -> (&'p str, &'p str) {
    let same = one.bytes().rev().zip(other.bytes().rev()).take_while(|(a, b)| a == b).count();
    let tail = &one.as_bytes()[one.len() - same..];
    let cut = match memchr::memchr(b'/', tail) {
        Some(at) if same < one.len() && same < other.len() => same - at - 1,
        _ => one.rsplit('/').next().map_or(0, str::len).min(same),
    };
    (&one[..one.len() - cut], &other[..other.len() - cut])
}

/// Whether both entries have one identity; contents are read where no id tells.
fn same(left: &dyn Tree, a: usize, right: &dyn Tree, b: usize) -> bool {
    let (Some(one), Some(other)) = (left.entries().get(a), right.entries().get(b)) else {
        return false;
    };
    if one.kind != other.kind || one.size.zip(other.size).is_some_and(|(one, other)| one != other) {
        return false;
    }
    if let (Some(one), Some(other)) = (one.id, other.id) {
        return one == other;
    }
    match (left.reader().read(a), right.reader().read(b)) {
        (Ok(one), Ok(other)) => one == other,
        _ => false,
    }
}

/// Without `./` before it and `/` behind it; empty for the whole tree.
fn normal(path: &str) -> SmolStr {
    let path = path.trim_end_matches('/');
    let path = path.strip_prefix("./").unwrap_or(path);
    SmolStr::new(if path == "." { "" } else { path })
}

fn covers(wanted: &str, path: &str) -> bool {
    wanted.is_empty()
        || path.strip_prefix(wanted).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}
