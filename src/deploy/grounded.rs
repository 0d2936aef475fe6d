//! What the files of a folder are applied with: those that come after it does, and go before it.

use super::requirements::{Builder, Reason};
use crate::facts::parent_folder;
use crate::finding::Place;
use crate::graph::{Graph, Ground};
use crate::loader::Role;
use smol_str::SmolStr;

/// How many files of a change are compared.
const MOST_FILES: usize = 400;

impl<'b, 'g> Builder<'b, 'g> {
    /// Files that come or go together with what they are applied with.
    pub(super) fn grounded(&mut self) {
        let (old, new): (&'b Graph<'g>, &'b Graph<'g>) = (self.old, self.new);
        let all = self.units.all.iter().flat_map(|unit| &unit.paths);
        let paths: Vec<SmolStr> = all.filter(|path| self.callers.include(path)).cloned().collect();
        if paths.len() > MOST_FILES {
            return;
        }
        for (role, own, other) in [(Role::Old, old, new), (Role::New, new, old)] {
            // What the other version has too neither comes nor goes.
            let moving: Vec<&SmolStr> = paths
                .iter()
                .filter(|path| own.snapshot.find(path).is_some())
                .filter(|path| other.snapshot.find(path).is_none())
                .collect();
            for system in own.grounds() {
                for path in &moving {
                    let Some(file) = own.snapshot.find(path) else { continue };
                    for ground in system.laid(own, file) {
                        let is_beside =
                            |it: &&SmolStr| parent_folder(it) == parent_folder(path) && it != path;
                        let stays = paths.iter().filter(is_beside).any(|it| {
                            let at = other.snapshot.find(it);
                            let laid = at.map(|at| system.laid(other, at)).unwrap_or_default();
                            laid.iter().any(|it| it.entity == ground.entity)
                        });
                        if stays {
                            continue;
                        }
                        for user in moving.iter().copied().filter(is_beside) {
                            let Some(from) = own.snapshot.find(user) else { continue };
                            if let Some(span) = system.builds(own, from, &ground.entity) {
                                let from = Place { tree: role, file: from, span };
                                let to = Place { tree: role, file, span: ground.span };
                                self.ground(role, &ground, (user, from), (path, to));
                            }
                        }
                    }
                }
            }
        }
    }

    fn ground(
        &mut self,
        role: Role,
        ground: &Ground,
        (user, from): (&str, Place),
        (path, to): (&str, Place),
    ) {
        let state = if role == Role::Old { "goes" } else { "comes" };
        let reason = Reason {
            entity: ground.entity.clone(),
            message: format!(
                "the {} text is applied with `{}`, and it {state} with this change: without it, {}",
                role.as_str(),
                ground.entity.name,
                ground.without
            ),
            from: Some(from),
            composed: None,
            to: Some(to),
        };
        for (user, path) in self.pairs(user, path) {
            self.tie(role, user, path, reason.clone());
        }
    }
}
