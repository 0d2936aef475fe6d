//! What a change takes away from texts that go on asking for it: no order helps those.

use super::requirements::{Builder, Reason, Reference};
use super::units::Landing;
use crate::facts::Strength;
use crate::finding::Place;
use crate::graph::Resolution;
use crate::loader::Role;

impl Builder<'_, '_> {
    /// Notes a requirement of old text that the new tree does not satisfy, where the text stays as
    /// it is, or its new version asks for the same; whether it is one.
    pub(super) fn lost(&mut self, reference: &Reference<'_>) -> bool {
        let Reference { role, file, require, here, there } = reference;
        if *role != Role::Old || !there.paths.is_empty() || require.strength == Strength::Guarded {
            return false;
        }
        let path = self.path(*role, *file);
        let Some(again) = self.new.snapshot.find(path) else { return false };
        let is_touched = !self.units.of(path).is_empty();
        let requires = &self.new.snapshot.file(again).facts.requires;
        let own = match is_touched {
            true => requires
                .iter()
                .find(|own| own.any_of == require.any_of && own.strength != Strength::Guarded),
            false => Some(&**require),
        };
        let Some(own) = own else { return false };
        if !matches!(self.new.resolve_from(again, own), Resolution::Missing(_)) {
            return false;
        }
        let (span, via) = (own.span, own.via);
        let mut units = Vec::new();
        for view in self.views.clone() {
            // What makes an untouched text live may stop doing so.
            let is_live = || self.live(Role::Old, path, &view).iter().any(|own| own.0.is_none());
            if !is_touched && (!self.turned(*role, path, &view).is_empty() || !is_live()) {
                return false;
            }
            let landing = here.paths.iter().map(|own| self.units.on(own, view.0.as_ref()));
            units.extend(landing.filter_map(|own| match own {
                Landing::With(unit) => Some(unit),
                _ => None,
            }));
        }
        let Some(target) = require.any_of.first() else { return false };
        let entity = crate::facts::Entity::new(target.sought(), target.shown());
        let message = format!("{} by `{}`", entity.spoken(), via);
        let from = Some(Place { tree: Role::New, file: again, span });
        let reason = Reason { entity, message, from, composed: None, to: here.place };
        units.sort_unstable();
        units.dedup();
        let known = &mut self.out.lost;
        if !known.iter().any(|own| own.0 == units && own.1.entity == reason.entity) {
            known.push((units, reason));
        }
        true
    }
}
