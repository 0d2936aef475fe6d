//! What a text only names, something else has to declare: without that, the name is of nothing.
//!
//! `require => Class['a']` fails where nothing that is loaded declares the class, although its
//! file is there. (Source: Puppet's manual: a reference to a resource declares nothing.)

use super::requirements::{Builder, Reason, opposite};
use super::units::Landing;
use crate::facts::{Entity, Kind, Property, Relation, Require, Strength};
use crate::finding::Place;
use crate::loader::{FileIx, Role};
use rustc_hash::FxHashMap;
use smol_str::SmolStr;

/// Who declares what, by the name of it.
type Declarers<'g> = FxHashMap<(Kind, &'g str), Vec<(FileIx, &'g Require)>>;

impl<'b, 'g> Builder<'b, 'g> {
    /// What changed texts name at one version alone, and what declares it at that version alone.
    pub(super) fn declared_names(&mut self) {
        let mut wanted: Vec<(Role, FileIx, &'g Require)> = Vec::new();
        for role in [Role::Old, Role::New] {
            let graph = self.graph(role);
            let snapshot: &'g crate::loader::Snapshot = graph.snapshot;
            for (ix, file) in snapshot.files.iter().enumerate() {
                let path = &file.entry.path;
                if self.units.of(path).is_empty() || !self.callers.include(path) {
                    continue;
                }
                let named = file.facts.requires.iter().filter(|own| is_name(own));
                let other = opposite(role);
                wanted.extend(
                    named
                        .filter(|own| self.asks(other, path, own) == Some(false))
                        .map(|own| (role, ix as FileIx, own)),
                );
            }
        }
        if wanted.is_empty() {
            return;
        }
        let all = [Role::Old, Role::New].map(|role| self.declarers(role));
        for (role, file, require) in wanted {
            self.name(role, (file, require), &all);
        }
    }

    fn declarers(&self, role: Role) -> Declarers<'g> {
        let mut out = Declarers::default();
        let snapshot: &'g crate::loader::Snapshot = self.graph(role).snapshot;
        for (ix, file) in snapshot.files.iter().enumerate() {
            for require in &file.facts.requires {
                let Some(target) = require.any_of.first() else { continue };
                let Some(name) = target.name.as_exact().map(SmolStr::as_str) else { continue };
                let declares = !matches!(require.relation, Relation::Names | Relation::Orders);
                if declares && target.kind.has(Property::BY_DATA) {
                    out.entry((target.kind, name)).or_default().push((ix as FileIx, require));
                }
            }
        }
        out
    }

    fn name(&mut self, role: Role, (file, require): (FileIx, &Require), all: &[Declarers<'g>; 2]) {
        let Some(target) = require.any_of.first() else { return };
        let Some(name) = target.name.as_exact() else { return };
        let [before, after] = all.each_ref().map(|own| {
            own.get(&(target.kind, name.as_str())).map(Vec::as_slice).unwrap_or_default()
        });
        let here = if role == Role::Old { before } else { after };
        let Some((at, first)) = here.first() else { return };
        let paths = |role: Role, own: &[(FileIx, &Require)]| -> Vec<SmolStr> {
            own.iter().map(|(file, _)| self.path(role, *file).into()).collect()
        };
        let (before, after) = (paths(Role::Old, before), paths(Role::New, after));
        let path = self.path(role, file);
        // What declares it at both versions goes on doing so.
        if before.iter().any(|own| after.contains(own)) || before.iter().any(|own| own == path) {
            return;
        }
        let (version, state) = match role {
            Role::Old => ("old", "goes"),
            _ => ("new", "comes"),
        };
        let entity = Entity::new(target.kind, name.clone());
        let message = format!(
            "the {version} text names {}, and what declares it {state} with this change",
            entity.spoken()
        );
        let reason = Reason {
            entity,
            message,
            from: Some(Place { tree: role, file, span: require.span }),
            composed: None,
            to: Some(Place { tree: role, file: *at, span: first.span }),
        };
        for view in self.views.clone().into_iter().filter(|(from, to)| from == to) {
            let landed = |paths: &[SmolStr]| -> Option<Vec<u32>> {
                let units = paths.iter().map(|path| match self.met(path, &view) {
                    Landing::With(unit) => Some(unit),
                    _ => None,
                });
                units.collect()
            };
            let (Some(mut trigger), Some(mut rescue)) = (landed(&before), landed(&after)) else {
                continue;
            };
            let Landing::With(own) = self.met(path, &view) else { continue };
            match role {
                Role::Old => rescue.push(own),
                _ => trigger.push(own),
            }
            self.add_unless_implied(trigger, rescue, reason.clone());
        }
    }
}

fn is_name(require: &Require) -> bool {
    require.relation == Relation::Names
        && require.strength == Strength::Certain
        && require
            .any_of
            .first()
            .is_some_and(|own| own.kind.has(Property::BY_DATA) && own.name.as_exact().is_some())
}
