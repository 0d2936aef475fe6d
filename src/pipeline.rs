//! One run from trees to findings.

use crate::check::{self, Context};
use crate::config::Config;
use crate::finding::{Finding, Scope};
use crate::graph::Graph;
use crate::report::{Resolved, Sources};
use crate::session::{Role, Session, Snapshot};
use crate::suppress::{self, Judged, Terms};
use crate::tree::{BlobId, EntryKind, Tree};
use rustc_hash::FxHashMap;
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
    /// Whether any file of either tree belongs to a known system, or is a link.
    pub fn has_facts(&self) -> bool {
        let files = std::iter::once(&self.new).chain(&self.old).flat_map(|tree| &tree.files);
        let mut known =
            files.filter(|file| !file.systems.is_empty() || file.entry.kind == EntryKind::Symlink);
        known.next().is_some()
    }

    /// Contents of all trees.
    pub fn sources(&self) -> Sources<'_> {
        Sources::new(std::iter::once(&self.new).chain(&self.old).collect())
    }
}

/// Extracts facts of both trees; what they share is read once.
pub fn load(config: &Config, new: Arc<dyn Tree>, old: Option<Arc<dyn Tree>>) -> World {
    let session = Session::new(config.settings()).excluding(config.exclude.clone());
    let new = session.load(Role::New, new);
    let old = old.map(|old| session.load(Role::Old, old));
    World { new, old }
}

/// What the checks found in one tree.
pub struct Found {
    /// Unsorted, before any silence.
    pub findings: Vec<Finding>,
    /// Entries of `provided-elsewhere` that no reference needs.
    pub unneeded: Vec<usize>,
}

impl Found {
    fn run(context: &Context<'_>) -> Self {
        Self { findings: check::run(context), unneeded: context.new.unneeded_elsewhere() }
    }
}

/// What the checks found.
pub struct Outcome {
    /// In the new tree and about the change.
    pub new: Found,
    /// In the old tree alone, to tell what the change introduced.
    pub old: Option<Found>,
}

/// Builds the graphs and runs every check.
pub fn check(world: &World, config: &Config) -> Outcome {
    let graph = |snapshot| Graph::with_policy(snapshot, config.policy());
    let Some(old) = &world.old else {
        let graph = graph(&world.new);
        let new = Found::run(&Context { new: &graph, old: None, comparing: false });
        return Outcome { new, old: None };
    };
    let (new_graph, old_graph) = rayon::join(|| graph(&world.new), || graph(old));
    let (new, old) = rayon::join(
        || Found::run(&Context { new: &new_graph, old: Some(&old_graph), comparing: true }),
        || Found::run(&Context { new: &old_graph, old: None, comparing: true }),
    );
    Outcome { new, old: Some(old) }
}

/// Applies every silence, and with an old tree keeps what the change introduced.
pub fn judge(world: &World, outcome: Outcome, sources: &Sources<'_>, terms: &Terms<'_>) -> Judged {
    let of = |found: Found, snapshot| {
        suppress::judge(found.findings, &found.unneeded, snapshot, sources, terms)
    };
    let mut judged = of(outcome.new, &world.new);
    if let (Some(found), Some(old)) = (outcome.old, &world.old) {
        let known = of(found, old).findings;
        keep_introduced(&mut judged.findings, &known, world);
    }
    judged
}

/// Drops findings about the tree that the old tree has too. In a file that moved, a
/// finding is recognised by its content alone. One that was silenced before and is not
/// any more counts as introduced.
fn keep_introduced(findings: &mut Vec<Resolved>, old: &[Resolved], world: &World) {
    let known: FxHashMap<&str, bool> = old
        .iter()
        .map(|finding| (finding.fingerprint.as_str(), finding.silenced.is_some()))
        .collect();
    let mut moved: FxHashMap<(SmolStr, u64, bool), usize> = FxHashMap::default();
    let origins = origins(world);
    for finding in old {
        let key = (finding.primary.path.clone(), finding.content_fingerprint, finding.silenced.is_some());
        *moved.entry(key).or_default() += 1;
    }
    findings.retain(|finding| {
        if finding.scope == Scope::Change {
            return true;
        }
        let silenced = finding.silenced.is_some();
        if known.get(finding.fingerprint.as_str()).is_some_and(|before| silenced || !before) {
            return false;
        }
        let Some(origin) = origins.get(&finding.primary.path) else { return true };
        let mut take = |before: bool| {
            let key = (origin.clone(), finding.content_fingerprint, before);
            match moved.get_mut(&key) {
                Some(left) if *left > 0 => {
                    *left -= 1;
                    true
                }
                _ => false,
            }
        };
        !(take(false) || silenced && take(true))
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
