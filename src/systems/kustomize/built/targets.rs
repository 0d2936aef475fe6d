//! Patches of components, and patches for labels, that are for nothing in any root that has them.
//!
//! (Source: "components" and "patches" of Kustomize's reference; one that selects nothing is passed over
//! without a word.)

use super::tree::At;
use super::{Built, Told};
use crate::facts::{Entity, kinds, parent_folder};
use crate::finding::{Finding, Severity};
use crate::graph::{Graph, Site};
use crate::loader::FileIx;
use rustc_hash::{FxHashMap, FxHashSet};
use smol_str::SmolStr;

#[derive(Default)]
pub(super) struct Targets {
    /// What selects nothing, with the first root of which that is known.
    unmatched: FxHashMap<At, (SmolStr, String)>,
    matched: FxHashSet<At>,
    /// Folders that roots name of which it is not known what they build.
    unknown: FxHashSet<SmolStr>,
}

impl Targets {
    pub(super) fn add(&mut self, built: &Built, root: &str) {
        for (own, found) in &built.targets {
            if *found || built.is_added_to {
                self.matched.insert(own.at);
            } else {
                let told = || (own.name.clone(), root.to_owned());
                self.unmatched.entry(own.at).or_insert_with(told);
            }
        }
    }

    pub(super) fn add_unknown(&mut self, graph: &Graph<'_>, root: FileIx) {
        let requires = &graph.snapshot.file(root).facts.requires;
        let targets = requires.iter().flat_map(|own| &own.any_of);
        let paths = targets.filter(|own| own.kind == kinds::KUSTOMIZE_PATH);
        self.unknown.extend(paths.filter_map(|own| own.name.as_exact().cloned()));
    }

    pub(super) fn check(self, told: &mut Told<'_, '_>) {
        let graph = told.graph;
        let is_known = |at: &At| {
            let folder = parent_folder(&graph.snapshot.file(at.file).entry.path);
            // A controller gives it to folders that have no root which says so.
            let is_given =
                |site: Site| parent_folder(&graph.snapshot.file(site.file).entry.path) != folder;
            !self.matched.contains(at)
                && !self.unknown.contains(folder)
                && !graph.providers(kinds::KUSTOMIZE_OPEN, folder).any(is_given)
        };
        let mut all: Vec<_> = self.unmatched.iter().filter(|(at, _)| is_known(at)).collect();
        all.sort_by_key(|(at, _)| (at.file, at.span.start));
        for (at, (name, root)) in all {
            let message =
                format!("nothing that `{root}` builds is `{name}`, which this patch is for");
            let entity = Entity::new(kinds::KUSTOMIZE_TARGET, name.as_str());
            let help = "`kustomize build` passes over the patch: correct what it selects";
            let more = |own: Finding| {
                own.severity(Severity::Warning).label("selected here").help(help).entity(entity)
            };
            told.add(*at, message, more, None);
        }
    }
}
