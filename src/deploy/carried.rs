//! What a thing needs besides the file that provides it: a text that has that file read, or that
//! no other file takes its place.

use super::mentions::is_listing;
use super::requirements::{Builder, Providers, View, opposite};
use super::units::Landing;
use crate::facts::hiding;
use crate::loader::Role;
use smol_str::SmolStr;

/// Units that are dangerous once all of them are new, and those that take the danger away.
type Set = (Vec<u32>, Vec<u32>);

impl Builder<'_, '_> {
    /// Further states that break a requirement, besides the one in which what provides it at
    /// the old version is gone and what does at the new one is not there.
    pub(super) fn carried(
        &self,
        (role, from): (Role, &str),
        (before, after): (&Providers, &Providers),
        (trigger, rescue): (&[u32], &[u32]),
        view: &View,
    ) -> Vec<Set> {
        let mut out = Vec::new();
        // A text that comes or goes itself is listed where its objects are.
        let is_lasting = [self.old, self.new].iter().all(|own| own.snapshot.find(from).is_some());
        // Each of the two has its file read by texts of its own.
        let dropped = self.importers(Role::Old, before, is_lasting, view);
        let taken = self.importers(Role::New, after, is_lasting, view);
        if let Some(own) = &dropped {
            out.push((own.clone(), rescue.to_vec()));
            out.extend(taken.iter().map(|new| (own.clone(), new.clone())));
        }
        out.extend(taken.into_iter().map(|own| (trigger.to_vec(), own)));
        out.extend(self.hidden(role, (before, after), view));
        out
    }

    /// Adds what is said only where nothing else says it.
    pub(super) fn add_late(&mut self) {
        for (trigger, rescue, reason) in std::mem::take(&mut self.late) {
            self.add_unless_implied(trigger, rescue, reason);
        }
    }

    /// The units whose texts, at the version of `role` alone, have the providers read.
    fn importers(
        &self,
        role: Role,
        providers: &Providers,
        is_lasting: bool,
        view: &View,
    ) -> Option<Vec<u32>> {
        let reading = |role: Role, path: &str| -> Vec<&str> {
            let reads = |(own, from, require): &&(Role, &str, &crate::facts::Require)| {
                (*own == role || self.units.of(from).is_empty())
                    && (is_lasting || !is_listing(require))
                    && require.any_of.iter().any(|target| target.name.matches(path))
            };
            self.imports.iter().filter(reads).map(|(_, from, _)| *from).collect()
        };
        let other = opposite(role);
        let mut units = Vec::new();
        for path in &providers.paths {
            let own = reading(role, path);
            if own.is_empty() || !reading(other, path).is_empty() {
                return None;
            }
            units.extend(own.iter().filter_map(|from| self.unit(from, view)));
        }
        (!units.is_empty()).then_some(units)
    }

    /// A package of the name of a module is found in its place while both are there.
    fn hidden(
        &self,
        role: Role,
        (before, after): (&Providers, &Providers),
        view: &View,
    ) -> Vec<Set> {
        let (own, other, graph, counterpart) = match role {
            Role::Old => (before, after, self.new, self.old),
            _ => (after, before, self.old, self.new),
        };
        if !other.paths.is_empty() {
            return Vec::new();
        }
        let has = |graph: &crate::graph::Graph<'_>, path: &str| graph.snapshot.find(path).is_some();
        let hiders = own.paths.iter().filter_map(|path: &SmolStr| hiding(path));
        let hiders = hiders.filter(|path| has(graph, path) && !has(counterpart, path));
        let units = hiders.filter_map(|path| self.unit(&path, view));
        match role {
            Role::Old => units.map(|unit| (vec![unit], Vec::new())).collect(),
            _ => units.map(|unit| (Vec::new(), vec![unit])).collect(),
        }
    }

    fn unit(&self, path: &str, view: &View) -> Option<u32> {
        match self.met(path, view) {
            Landing::With(unit) => Some(unit),
            _ => None,
        }
    }
}
