//! Who has what loaded: texts of the change that bring in what it adds or takes away, directly or
//! through text that it does not touch.

use super::live::is_task_file;
use super::mentions::{brings_file, is_bringing, is_contract};
use super::requirements::{Builder, Providers, Reference, View, opposite};
use super::units::Landing;
use crate::facts::{Call, Property, Require, Strength, kinds};
use crate::graph::Resolution;
use crate::loader::{FileIx, Role};
use rustc_hash::FxHashSet;
use smol_str::SmolStr;
use std::borrow::Cow;

/// How many files that the change does not touch are gone through, for one of them.
const MOST_HOLDERS: usize = 200;

impl<'b, 'g> Builder<'b, 'g> {
    /// Notes that a text refers to what only its tree has.
    pub(super) fn refers(&mut self, role: Role, from: &'b str, require: &'g Require) {
        let is_wanted = match role {
            Role::Old => self.has_new || self.has_gone,
            _ => self.has_new,
        };
        if !is_wanted {
            return;
        }
        match self.graph(role).resolve(require) {
            Resolution::Found(sites) => {
                for site in sites.into_iter().filter(|_| is_bringing(require)) {
                    let facts = &self.graph(role).snapshot.file(site.file).facts;
                    if brings_file(facts, site.provide) {
                        self.brings(role, from, self.path(role, site.file));
                    }
                }
            }
            _ => self.missed(role, from, require),
        }
    }

    /// What new text runs by its path on the host, something has to put there first. The
    /// reverse is no need: who stops putting a file there does not take it away.
    pub(super) fn run_paths(
        &mut self,
        file: FileIx,
        calls: &'g [Call],
        found: &mut Vec<Reference<'g>>,
    ) {
        for call in calls.iter().filter(|call| call.strength != Strength::Guarded) {
            let Some(target) = call.any_of.first() else { continue };
            if target.kind != kinds::DEPLOYED_PATH || target.name.as_exact().is_none() {
                continue;
            }
            let require = Require::certain(target.clone(), call.span, "call", None);
            // What the old tree put there stays there.
            let path = self.path(Role::New, file);
            if self.providers(Role::Old, path, &require).is_none_or(|own| !own.paths.is_empty()) {
                continue;
            }
            self.compared(Role::New, file, Cow::Owned(require), found);
        }
    }

    /// Notes that the text at `from` brings in the file at `to`, if the change touches that.
    pub(super) fn brings(&mut self, role: Role, from: &str, to: &str) {
        if !self.units.of(to).is_empty() {
            self.referrers.add(role, from, to);
        }
    }

    pub(super) fn missed(&mut self, role: Role, from: &'b str, require: &'g Require) {
        let untouched = || self.units.of(from).is_empty() && !is_contract(require);
        if role == Role::Old && self.has_new && untouched() {
            self.in_vain.push((from, require));
        }
    }

    /// Text that the change does not touch brings in what is new where it asked for it in
    /// vain.
    pub(super) fn brought_in(&mut self, found: &mut Vec<Reference<'g>>) {
        for (from, require) in std::mem::take(&mut self.in_vain) {
            self.refers(Role::New, from, require);
            if !is_bringing(require) || self.turning(Role::New, from).is_empty() {
                continue;
            }
            let here = self.providers(Role::New, from, require);
            let Some(here) = here.filter(|own| !own.paths.is_empty()) else { continue };
            let is_new = |path: &SmolStr| self.old.snapshot.find(path).is_none();
            let file = self.new.snapshot.find(from).filter(|_| here.paths.iter().all(is_new));
            let Some(file) = file else { continue };
            let (role, there) = (Role::New, Providers::default());
            found.push(Reference { role, file, require: Cow::Borrowed(require), here, there });
        }
    }

    /// Notes that the text at `from` has a file loaded that the change does not touch.
    pub(super) fn holds(&mut self, role: Role, from: &str, to: &SmolStr) {
        if (self.has_new || self.has_gone) && self.units.of(to).is_empty() {
            self.holders.entry((role, to.clone())).or_default().push(from.into());
        }
    }

    /// The changed texts that have the file at `path` loaded at the version of `role` alone,
    /// themselves or through others that the change does not touch.
    fn turning(&self, role: Role, path: &str) -> Vec<SmolStr> {
        let other = opposite(role);
        let mut seen: FxHashSet<SmolStr> = FxHashSet::default();
        let mut open = vec![SmolStr::from(path)];
        let mut out = Vec::new();
        while let Some(next) = open.pop().filter(|_| seen.len() < MOST_HOLDERS) {
            if !seen.insert(next.clone()) {
                continue;
            }
            let after = self.holders.get(&(other, next.clone()));
            // Text that the change does not touch is looked at once.
            let touched = self.holders.get(&(role, next.clone())).into_iter().flatten();
            let same = self.holders.get(&(Role::Old, next)).into_iter().flatten();
            let touched = touched.filter(|own| !self.units.of(own).is_empty());
            let turns = |own: &&SmolStr| !after.is_some_and(|all| all.contains(own));
            out.extend(touched.filter(turns).cloned());
            open.extend(same.filter(|own| self.units.of(own).is_empty()).cloned());
        }
        out.sort_unstable();
        out.dedup();
        out.retain(|own| self.callers.include(own));
        out
    }

    /// The units of such texts: what makes text live that the change does not touch.
    pub(super) fn turned(
        &self,
        role: Role,
        path: &str,
        view: &View,
    ) -> Vec<(Option<u32>, SmolStr)> {
        let units = self.turning(role, path).into_iter().filter_map(|own| {
            match self.units.on(&own, view.0.as_ref()) {
                Landing::With(unit) => Some((Some(unit), own)),
                _ => None,
            }
        });
        units.collect()
    }

    /// Whether a text asks somewhere whether a variable is there at all, and goes without it.
    pub(super) fn is_asked_for(&self, role: Role, file: FileIx, require: &Require) -> bool {
        let target = require.any_of.first().filter(|own| own.kind.has(Property::GIVEN));
        let Some(name) = target.and_then(|own| own.name.as_exact()) else { return false };
        let text = self.graph(role).snapshot.contents(file);
        let text = String::from_utf8(text).unwrap_or_default();
        let mut uses = text.match_indices(name.as_str()).map(|(at, _)| &text[at + name.len()..]);
        uses.any(|after| {
            let after = after.trim_start_matches(' ');
            let filtered = after.strip_prefix('|').map(str::trim_start).unwrap_or_default();
            ["is defined", "is not defined", "is undefined"]
                .iter()
                .any(|own| after.starts_with(own))
                || ["default", "d("].iter().any(|own| filtered.starts_with(own))
        })
    }

    /// Whether a text only runs where one of the providers includes it: it has what that has.
    pub(super) fn is_included_by(&self, role: Role, path: &str, here: &Providers) -> bool {
        let other = if role == Role::Old { self.new } else { self.old };
        let includes = |own: &SmolStr| self.referrers.has(role, own, path);
        is_task_file(path) && other.snapshot.find(path).is_none() && here.paths.iter().any(includes)
    }

    /// The units that make a mention live, of a text that lands as `own` says; `is_alone` where
    /// nothing comes in the place of what it names.
    pub(super) fn lives(
        &self,
        (role, file): (Role, FileIx),
        require: &Require,
        (own, is_alone): (Landing, bool),
        view: &View,
    ) -> Vec<(Option<u32>, SmolStr)> {
        let path = self.path(role, file);
        match own {
            Landing::Absent => Vec::new(),
            Landing::Untouched if is_alone || role == Role::New => self.turned(role, path, view),
            Landing::Untouched => vec![(None, SmolStr::from(path))],
            Landing::With(own) => {
                let mut lives = self
                    .through_definition(role, file, require, view)
                    .unwrap_or_else(|| self.live(role, path, view));
                lives.iter_mut().for_each(|(unit, _)| _ = unit.get_or_insert(own));
                lives
            }
        }
    }
}
