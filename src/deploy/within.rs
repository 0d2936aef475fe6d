//! Definitions that one version of a file has and the other does not: what stands in them is
//! dead until something asks for them.

use super::requirements::{Builder, View};
use crate::facts::{Property, Provide, Require};
use crate::loader::{FileIx, Role};
use smol_str::SmolStr;

impl Builder<'_, '_> {
    /// The changed files that ask for the definition in which a mention stands, where only this
    /// version of its file has that; `None` where the file's own liveness counts.
    fn askers(&self, role: Role, file: FileIx, require: &Require) -> Option<Vec<&SmolStr>> {
        let graph = self.graph(role);
        let own = &graph.snapshot.file(file).facts;
        let definition = own.provides.get(require.within? as usize)?;
        let name = definition.name.as_exact()?;
        let other = if role == Role::Old { self.new } else { self.old };
        let counterpart = other.snapshot.find(self.path(role, file))?;
        let is_same = |it: &Provide| it.kind == definition.kind && it.name.as_exact() == Some(name);
        let stays = other.snapshot.file(counterpart).facts.provides.iter().any(is_same);
        if stays || !definition.kind.has(Property::ON_DEMAND) {
            return None;
        }
        let asks = |require: &Require| {
            let target = require.any_of.first();
            target.is_some_and(|target| {
                target.sought() == definition.kind && target.name.as_exact() == Some(name)
            })
        };
        let paths = self.units.all.iter().flat_map(|unit| &unit.paths);
        let asking = paths.filter(|path| {
            let from = graph.snapshot.find(path).filter(|from| *from != file);
            from.is_some_and(|from| {
                let from = graph.snapshot.file(from);
                self.callers.count(from.standing) && from.facts.requires.iter().any(asks)
            })
        });
        Some(asking.collect())
    }

    /// Whether nothing asks for the definition that a mention came or goes with.
    pub(super) fn is_unasked(&self, role: Role, file: FileIx, require: &Require) -> bool {
        self.askers(role, file, require).is_some_and(|own| own.is_empty())
    }

    /// What makes a mention live that stands in a definition which only this version of its file
    /// has; `None` where the file's own liveness counts.
    pub(super) fn through_definition(
        &self,
        role: Role,
        file: FileIx,
        require: &Require,
        view: &View,
    ) -> Option<Vec<(Option<u32>, SmolStr)>> {
        let mut out = Vec::new();
        for path in self.askers(role, file, require)? {
            let own = self.units.of(path).first().copied();
            let lives = self.live(role, path, view).into_iter();
            out.extend(lives.map(|(unit, through)| (unit.or(own), through)));
        }
        Some(out)
    }
}
