//! What a candidate requires and only staging provides, and the paths that complete it.

use super::selection::{Changes, Trees};
use crate::check::{Systems, environment_gap};
use crate::facts::{Require, Strength, kinds};
use crate::graph::Policy;
use crate::graph::{Graph, Resolution, Search, Site};
use crate::loader::{FileIx, Loader, Role, Snapshot};
use smol_str::SmolStr;
use std::collections::{BTreeMap, BTreeSet};

/// A requirement of the candidate that only staging satisfies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Missed {
    /// The requiring file of the candidate.
    pub file: FileIx,
    /// Index into its requires.
    pub require: usize,
    /// Where staging provides it; none for a folder.
    pub site: Option<Site>,
    /// Alternatives, each a set of production paths that satisfies it.
    pub providers: Vec<BTreeSet<SmolStr>>,
}

/// The most paths whose necessity is checked one by one.
const MAX_PRUNED: usize = 64;

/// The loaded sides of a promotion; candidates are loaded as they are asked for.
pub struct Sides<'t> {
    trees: &'t Trees,
    loader: Loader,
    policy: &'t Policy,
    pub(super) systems: Systems,
    /// Staging, under production's paths.
    pub staging: Snapshot,
    /// Production.
    pub production: Snapshot,
}

impl<'t> Sides<'t> {
    /// Extracts facts of both; `systems` says how names resolve, and which checks there are.
    pub fn load(trees: &'t Trees, loader: Loader, policy: &'t Policy, systems: Systems) -> Self {
        let staging = loader.load(Role::Staging, trees.mapped_staging());
        let production = loader.load(Role::Production, trees.production.clone());
        Self { trees, loader, policy, systems, staging, production }
    }

    /// The candidate that `changes` make.
    pub fn candidate(&self, changes: &Changes) -> Snapshot {
        self.loader.load(Role::Candidate, self.trees.candidate(changes))
    }

    /// A candidate that was made elsewhere.
    pub fn given(&self, tree: std::sync::Arc<dyn crate::tree::Tree>) -> Snapshot {
        self.loader.load(Role::Candidate, tree)
    }

    /// Writes what is to outlive the run.
    pub fn save(&self) {
        self.loader.save();
    }

    /// The graph of one of the sides or a candidate.
    pub fn graph<'s>(&'s self, snapshot: &'s Snapshot) -> Graph<'s> {
        Graph::with_policy(snapshot, self.policy, self.systems.names)
    }

    /// What `candidate` requires and only staging provides.
    pub fn missed(&self, graphs: &Graphs<'_>, candidate: &Graph<'_>) -> Vec<Missed> {
        let mut missed = Vec::new();
        for (ix, file) in candidate.snapshot.files.iter().enumerate() {
            for (require_ix, require) in file.facts.requires.iter().enumerate() {
                let run = self.run(graphs, candidate, ix as FileIx, require);
                if let Some((site, providers)) = run {
                    let (file, require) = (ix as FileIx, require_ix);
                    missed.push(Missed { file, require, site: Some(site), providers });
                    continue;
                }
                if require.strength == Strength::Guarded
                    || !is_unresolved(candidate, require)
                    || self.is_standing(graphs, &file.entry.path, &file.facts, require)
                {
                    continue;
                }
                let Resolution::Found(sites) = graphs.staging.resolve(require) else { continue };
                let providers = self.providers(candidate.snapshot, &sites, require);
                if !providers.is_empty() {
                    let site = sites.first().copied();
                    missed.push(Missed {
                        file: ix as FileIx,
                        require: require_ix,
                        site,
                        providers,
                    });
                }
            }
        }
        missed
    }

    /// What a line runs by its path on the host that only staging has: the file, and where it is.
    fn run(
        &self,
        graphs: &Graphs<'_>,
        candidate: &Graph<'_>,
        ix: FileIx,
        require: &Require,
    ) -> Option<(Site, Vec<BTreeSet<SmolStr>>)> {
        let is_path = require.any_of.first().is_some_and(|own| own.kind == kinds::DEPLOYED_PATH);
        let file = candidate.snapshot.file(ix);
        if !is_path || require.strength != Strength::Guarded || !file.standing.is_live() {
            return None;
        }
        let program = |graph: &Graph<'_>| {
            let all = require.any_of.iter();
            all.flat_map(|target| graph.programs(target, Search::Nowhere)).next()
        };
        let own = program(&graphs.staging)?;
        let is_run = file.facts.calls.iter().any(|call| {
            call.span == require.span
                && call.any_of == require.any_of
                && call.strength == Strength::Certain
        });
        if !is_run || program(candidate).is_some() {
            return None;
        }
        let stood = self.production.find(&file.entry.path).is_some_and(|own| {
            let requires = &self.production.file(own).facts.requires;
            requires.iter().any(|own| own.any_of == require.any_of)
        });
        if stood && program(&graphs.production).is_none() {
            return None;
        }
        let site = Site::whole(own);
        let providers = self.providers(candidate.snapshot, &[site], require);
        (!providers.is_empty()).then_some((site, providers))
    }

    /// Whether production's own file has the same requirement unresolved already.
    fn is_standing(
        &self,
        graphs: &Graphs<'_>,
        path: &str,
        facts: &std::sync::Arc<crate::loader::Told>,
        require: &Require,
    ) -> bool {
        let Some(own) = self.production.find(path) else { return false };
        let own = &self.production.file(own).facts;
        let has = std::sync::Arc::ptr_eq(own, facts)
            || own.requires.iter().any(|other| other.any_of == require.any_of);
        has && is_unresolved(&graphs.production, require)
    }

    /// The alternatives that satisfy a requirement: paths that differ from the candidate.
    fn providers(
        &self,
        candidate: &Snapshot,
        sites: &[Site],
        require: &Require,
    ) -> Vec<BTreeSet<SmolStr>> {
        // A file of an environment's values is no remedy: a line in its counterpart is.
        let differs = |path: &SmolStr, file: FileIx| match candidate.find(path) {
            _ if environment_gap::is_environment(
                self.trees,
                path,
                &self.staging.file(file).facts,
            ) =>
            {
                false
            }
            None => true,
            Some(own) => candidate.blob_id(own) != self.staging.blob_id(file),
        };
        let mut found: Vec<BTreeSet<SmolStr>> = Vec::new();
        for site in sites {
            let path = &self.staging.file(site.file).entry.path;
            if differs(path, site.file) {
                let one = BTreeSet::from([path.clone()]);
                if !found.contains(&one) {
                    found.push(one);
                }
            }
        }
        if !sites.is_empty() {
            return found;
        }
        // A folder: all of its files.
        let folders = require.any_of.iter().filter(|target| target.kind == kinds::FILE);
        for folder in folders.filter_map(|target| target.name.as_exact()) {
            let prefix = format!("{folder}/");
            let files = self.staging.files.iter().enumerate();
            let below: BTreeSet<SmolStr> = files
                .filter(|(_, file)| file.entry.path.starts_with(prefix.as_str()))
                .filter(|(ix, file)| differs(&file.entry.path, *ix as FileIx))
                .map(|(_, file)| file.entry.path.clone())
                .collect();
            if !below.is_empty() {
                found.push(below);
            }
        }
        found
    }

    /// Further changes without which `changes` lack something, such that none of them can
    /// be left out. Where several files could provide one thing, the one that provides
    /// most of what is missed is taken, then the first by path.
    pub fn complete(&self, graphs: &Graphs<'_>, changes: &Changes) -> Changes {
        let mut all = changes.clone();
        let mut added: Vec<SmolStr> = Vec::new();
        loop {
            let missed = self.missed_by(graphs, &all);
            let mut uses: BTreeMap<&SmolStr, usize> = BTreeMap::new();
            for path in missed.iter().flat_map(|missed| &missed.providers).flatten() {
                *uses.entry(path).or_default() += 1;
            }
            let before = all.len();
            for missed in &missed {
                let satisfied = missed
                    .providers
                    .iter()
                    .any(|set| set.iter().all(|path| all.contains_key(path)));
                if satisfied {
                    continue;
                }
                let use_of = |set: &BTreeSet<SmolStr>| -> usize {
                    set.iter().filter_map(|path| uses.get(path)).sum::<usize>() / set.len().max(1)
                };
                let best = missed.providers.iter().min_by_key(|set| {
                    (std::cmp::Reverse(use_of(set)), set.len(), set.first().cloned())
                });
                for path in best.into_iter().flatten() {
                    if let Some(change) = self.trees.change(path)
                        && all.insert(path.clone(), change).is_none()
                    {
                        added.push(path.clone());
                    }
                }
            }
            if all.len() == before {
                break;
            }
        }
        self.prune(graphs, all, added)
    }

    fn prune(&self, graphs: &Graphs<'_>, mut all: Changes, added: Vec<SmolStr>) -> Changes {
        let mut kept = Changes::new();
        let unsolved = self.missed_by(graphs, &all).len();
        let is_checked = added.len() <= MAX_PRUNED;
        for path in added.into_iter().rev() {
            let Some(change) = all.remove(&path) else { continue };
            if !is_checked || self.missed_by(graphs, &all).len() > unsolved {
                all.insert(path.clone(), change);
                kept.insert(path, change);
            }
        }
        kept
    }

    fn missed_by(&self, graphs: &Graphs<'_>, changes: &Changes) -> Vec<Missed> {
        let candidate = self.candidate(changes);
        self.missed(graphs, &self.graph(&candidate))
    }
}

/// Graphs of the two sides.
pub struct Graphs<'s> {
    /// Of staging, under production's paths.
    pub staging: Graph<'s>,
    /// Of production.
    pub production: Graph<'s>,
}

impl<'s> Graphs<'s> {
    /// Builds both.
    pub fn new(sides: &'s Sides<'_>) -> Self {
        let (staging, production) =
            rayon::join(|| sides.graph(&sides.staging), || sides.graph(&sides.production));
        Self { staging, production }
    }
}

fn is_unresolved(graph: &Graph<'_>, require: &Require) -> bool {
    matches!(graph.resolve(require), Resolution::Missing(_) | Resolution::Open(_))
}
