//! What a tree looks like: which systems it has, where its code stands, which of its paths
//! are staging's and which production's, and what it takes from elsewhere. `init` writes
//! that down as configuration.

mod external;
mod objects;
mod pairs;
mod text;

pub use external::{Listed, Referred};
pub use objects::{Read, pairs_objects};
pub use pairs::{Pairs, pairs};

use crate::graph::Graph;
use smol_str::SmolStr;
use std::collections::{BTreeMap, BTreeSet};

/// Whether something that was seen is written as it is, or for the reader to decide.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Certainty {
    /// Written as configuration.
    Sure,
    /// Written as a comment.
    Guess,
}

/// What was seen of a tree.
#[derive(Debug, Default)]
pub struct Survey {
    /// Systems with the number of their files, largest first.
    pub systems: Vec<(&'static str, usize)>,
    /// All files.
    pub files: usize,
    /// Folders that hold Puppet modules, with their number.
    pub modules: Vec<(SmolStr, usize)>,
    /// Folders that hold Ansible roles, with their number.
    pub roles: Vec<(SmolStr, usize)>,
    /// Search paths that the tree states itself: the file, and its line.
    pub stated: Vec<(SmolStr, String)>,
    /// Rules that pair staging with production.
    pub pairs: Vec<Pairs>,
    /// Folders and files that are package indexes.
    pub indexes: Vec<SmolStr>,
    /// What the tree's own lists name as external.
    pub listed: Vec<Listed>,
    /// What is referred to, and neither here nor listed.
    pub referred: Vec<Referred>,
    /// A schema of the configuration that the tree holds.
    pub schema: Option<SmolStr>,
}

/// Name of the schema, as this project publishes it.
pub const SCHEMA_NAME: &str = "crosscheck.schema.json";

impl Survey {
    /// Looks at a tree.
    pub fn of(graph: &Graph<'_>) -> Self {
        let snapshot = graph.snapshot;
        let paths: Vec<&str> = graph.paths.all().iter().map(SmolStr::as_str).collect();
        let mut systems: BTreeMap<&'static str, usize> = BTreeMap::new();
        for system in snapshot.files.iter().flat_map(|file| &file.systems) {
            *systems.entry(system).or_default() += 1;
        }
        let mut systems: Vec<_> = systems.into_iter().collect();
        systems.sort_by_key(|(name, count)| (std::cmp::Reverse(*count), *name));
        let listed = external::listed(graph);
        let is_schema = |path: &&&str| path.rsplit('/').next() == Some(SCHEMA_NAME);
        Self {
            systems,
            files: paths.len(),
            modules: holders(&paths, |path| path.ends_with(".pp"), "/manifests/"),
            roles: holders(&paths, is_yaml, "/tasks/"),
            stated: external::stated(graph),
            pairs: pairs_of(graph, &paths),
            indexes: indexes(&paths),
            referred: external::referred(graph, &listed),
            listed,
            schema: paths.iter().find(is_schema).map(SmolStr::new),
        }
    }
}

/// The pairs of a tree. Two objects that stand beside each other are none for sure.
fn pairs_of(graph: &Graph<'_>, paths: &[&str]) -> Vec<Pairs> {
    let mut pairs = pairs(paths);
    let files = &graph.snapshot.files;
    let files: Vec<Read<'_>> =
        files.iter().map(|file| (file.entry.path.as_str(), file.facts.facts())).collect();
    for own in pairs.iter_mut().filter(|own| pairs_objects(&files, &own.rule)) {
        own.certainty = Certainty::Guess;
    }
    pairs.sort_by_key(|own| own.certainty == Certainty::Guess);
    pairs
}

fn is_yaml(path: &str) -> bool {
    path.ends_with(".yml") || path.ends_with(".yaml")
}

/// Folders whose folders have a `part` with files that count: `modules` for
/// `modules/web/manifests/init.pp`.
fn holders(paths: &[&str], counts: impl Fn(&str) -> bool, part: &str) -> Vec<(SmolStr, usize)> {
    let mut found: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for path in
        paths.iter().filter(|path| counts(path) && crate::facts::Standing::of(path).is_live())
    {
        let Some(at) = path.find(part) else { continue };
        let own = &path[..at];
        let (holder, name) = own.rsplit_once('/').unwrap_or((".", own));
        found.entry(holder).or_default().insert(name);
    }
    let mut out: Vec<_> =
        found.into_iter().map(|(holder, own)| (SmolStr::new(holder), own.len())).collect();
    out.sort_by_key(|(holder, count)| (std::cmp::Reverse(*count), holder.clone()));
    out
}

fn indexes(paths: &[&str]) -> Vec<SmolStr> {
    let mut out: BTreeSet<&str> = BTreeSet::new();
    for path in paths {
        let (folder, name) = path.rsplit_once('/').unwrap_or((".", path));
        match name {
            "repomd.xml" => {
                out.insert(folder);
            }
            "Packages" | "Packages.gz" | "Packages.xz" => {
                out.insert(path);
            }
            _ => {}
        }
    }
    out.into_iter().map(SmolStr::new).collect()
}
