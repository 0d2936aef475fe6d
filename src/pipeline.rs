//! One run from trees to findings.

use crate::check::{self, Context};
use crate::extract::Settings;
use crate::finding::{Finding, Scope};
use crate::graph::Graph;
use crate::report::{Resolved, Sources};
use crate::session::{Role, Session, Snapshot};
use crate::tree::{BlobId, Tree};
use rustc_hash::{FxHashMap, FxHashSet};
use smol_str::SmolStr;
use std::sync::Arc;

/// The trees of a run with their facts.
pub struct World {
    /// The tree that is checked.
    pub new: Snapshot,
    /// The tree before the change.
    pub old: Option<Snapshot>,
}

impl World {
    /// Contents of all trees.
    pub fn sources(&self) -> Sources<'_> {
        Sources::new(std::iter::once(&self.new).chain(&self.old).collect())
    }
}

/// Extracts facts of both trees; what they share is read once.
pub fn load(settings: Settings, new: Arc<dyn Tree>, old: Option<Arc<dyn Tree>>) -> World {
    let session = Session::new(settings);
    let new = session.load(Role::New, new);
    let old = old.map(|old| session.load(Role::Old, old));
    World { new, old }
}

/// What the checks found.
pub struct Outcome {
    /// In the new tree and about the change.
    pub findings: Vec<Finding>,
    /// In the old tree alone, to tell what the change introduced.
    pub old_findings: Option<Vec<Finding>>,
}

/// Builds the graphs and runs every check.
pub fn check(world: &World) -> Outcome {
    let Some(old) = &world.old else {
        let graph = Graph::new(&world.new);
        let findings = check::run(&Context { new: &graph, old: None, comparing: false });
        return Outcome { findings, old_findings: None };
    };
    let (new_graph, old_graph) = rayon::join(|| Graph::new(&world.new), || Graph::new(old));
    let (findings, old_findings) = rayon::join(
        || check::run(&Context { new: &new_graph, old: Some(&old_graph), comparing: true }),
        || check::run(&Context { new: &old_graph, old: None, comparing: true }),
    );
    Outcome { findings, old_findings: Some(old_findings) }
}

/// Drops findings about the tree that the old tree has too. In a file that moved, a
/// finding is recognised by its content alone.
pub fn keep_introduced(findings: &mut Vec<Resolved>, old: &[Resolved], world: &World) {
    let known: FxHashSet<&str> = old.iter().map(|finding| finding.fingerprint.as_str()).collect();
    let mut moved: FxHashMap<(SmolStr, u64), usize> = FxHashMap::default();
    let origins = origins(world);
    for finding in old {
        *moved.entry((finding.primary.path.clone(), finding.content_fingerprint)).or_default() += 1;
    }
    findings.retain(|finding| {
        if finding.scope == Scope::Change {
            return true;
        }
        if known.contains(finding.fingerprint.as_str()) {
            return false;
        }
        let Some(origin) = origins.get(&finding.primary.path) else { return true };
        match moved.get_mut(&(origin.clone(), finding.content_fingerprint)) {
            Some(left) if *left > 0 => {
                *left -= 1;
                false
            }
            _ => true,
        }
    });
}

/// New path → old path of files that moved: same contents, or the same name where only
/// one file of that name went and one came.
fn origins(world: &World) -> FxHashMap<SmolStr, SmolStr> {
    let Some(old) = &world.old else { return FxHashMap::default() };
    let gone: Vec<_> =
        old.files.iter().filter(|file| world.new.find(&file.entry.path).is_none()).collect();
    if gone.is_empty() {
        return FxHashMap::default();
    }
    let name = |path: &str| SmolStr::new(path.rsplit('/').next().unwrap_or(path));
    let mut by_id: FxHashMap<BlobId, SmolStr> = FxHashMap::default();
    let mut by_name: FxHashMap<SmolStr, Vec<SmolStr>> = FxHashMap::default();
    for file in &gone {
        if let Some(id) = file.id {
            by_id.insert(id, file.entry.path.clone());
        }
        by_name.entry(name(&file.entry.path)).or_default().push(file.entry.path.clone());
    }
    let mut origins = FxHashMap::default();
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
