//! What a definition has no value for by itself, and who gives one: a call of a module, a file of
//! variables. One that asks for more waits for who gives it, and who stops to give waits for it.

use super::requirements::{Builder, Reason};
use super::units::Landing;
use crate::facts::{Entity, Span, base_name, parent_folder};
use crate::finding::Place;
use crate::graph::{Arguments, Given, Giver, Graph};
use crate::loader::{FileIx, Role};
use rustc_hash::{FxHashMap, FxHashSet};
use smol_str::SmolStr;

/// What changed files of one tree give, by the folder that gets it.
type Gifts = FxHashMap<SmolStr, Vec<(FileIx, Given)>>;

impl<'b, 'g> Builder<'b, 'g> {
    /// Values that are asked for at one version alone, and given at that version alone.
    pub(super) fn given(&mut self) {
        let (old, new): (&'b Graph<'g>, &'b Graph<'g>) = (self.old, self.new);
        for (system, before) in new.arguments().zip(old.arguments()) {
            let gifts = [self.gifts(before, old), self.gifts(system, new)];
            if gifts.iter().all(FxHashMap::is_empty) {
                continue;
            }
            for (role, own, other) in [(Role::New, new, old), (Role::Old, old, new)] {
                let elsewhere: FxHashSet<Entity> = self
                    .changed(other)
                    .into_iter()
                    .flat_map(|file| system.asked(other, file))
                    .map(|(asked, _)| asked)
                    .collect();
                for file in self.changed(own) {
                    for (asked, span) in system.asked(own, file) {
                        if !elsewhere.contains(&asked) {
                            self.asked(role, (file, &asked, span), &gifts);
                        }
                    }
                }
            }
        }
    }

    fn changed(&self, graph: &Graph<'_>) -> Vec<FileIx> {
        let paths = self.units.all.iter().flat_map(|unit| &unit.paths);
        let live = paths.filter(|path| self.callers.include(path));
        let mut files: Vec<FileIx> = live.filter_map(|path| graph.snapshot.find(path)).collect();
        files.sort_unstable();
        files.dedup();
        files
    }

    fn gifts(&self, system: &dyn Arguments, graph: &Graph<'_>) -> Gifts {
        let mut out = Gifts::default();
        for file in self.changed(graph) {
            for given in system.given(graph, file) {
                out.entry(given.to.clone()).or_default().push((file, given));
            }
        }
        out
    }

    /// A value that `file` asks for at the version of `role` alone.
    fn asked(
        &mut self,
        role: Role,
        (file, asked, span): (FileIx, &Entity, Span),
        [before, after]: &[Gifts; 2],
    ) {
        let (folder, name) = (parent_folder(&asked.name), base_name(&asked.name));
        let (same, other, other_role) = match role {
            Role::Old => (before, after, Role::New),
            _ => (after, before, Role::Old),
        };
        let gives = |own: &Given| own.names.iter().any(|own| own == name);
        let path = self.path(role, file);
        for (giver, own) in same.get(folder).into_iter().flatten().filter(|(_, own)| gives(own)) {
            let from = self.path(role, *giver);
            if own.by == Giver::Beside && self.graph(other_role).snapshot.find(from).is_none() {
                self.whole(role, (file, asked, span), (*giver, from));
                continue;
            }
            let mut uses = other.get(folder).into_iter().flatten();
            let lacks = |(own, given): &&(FileIx, Given)| {
                self.path(other_role, *own) == from && !gives(given)
            };
            let Some((at, without)) = uses.find(lacks).filter(|_| from != path) else { continue };
            let (version, text) = match role {
                Role::Old => ("new", "old"),
                _ => ("old", "new"),
            };
            let reason = Reason {
                entity: asked.clone(),
                message: format!(
                    "the {version} text gives no value to `{name}`, which the {text} `{path}` has no default for"
                ),
                from: Some(Place { tree: other_role, file: *at, span: without.span }),
                composed: None,
                to: Some(Place { tree: role, file, span }),
            };
            for view in self.views.clone().into_iter().filter(|(from, to)| from == to) {
                let (Landing::With(giver), Landing::With(asks)) =
                    (self.met(from, &view), self.met(path, &view))
                else {
                    continue;
                };
                self.tie(role, asks, giver, reason.clone());
            }
        }
    }

    /// A file that is read wherever the folder is used comes or goes as a whole.
    fn whole(
        &mut self,
        role: Role,
        (file, asked, span): (FileIx, &Entity, Span),
        (giver, from): (FileIx, &str),
    ) {
        let path = self.path(role, file);
        let (version, state) = match role {
            Role::Old => ("old", "goes"),
            _ => ("new", "comes"),
        };
        let reason = Reason {
            entity: asked.clone(),
            message: format!(
                "the {version} text has no default for `{}`, and the file that gives it a value {state} with this change",
                base_name(&asked.name)
            ),
            from: Some(Place { tree: role, file, span }),
            composed: None,
            to: Some(Place { tree: role, file: giver, span: Span::default() }),
        };
        for (asks, giver) in self.pairs(path, from) {
            self.tie(role, asks, giver, reason.clone());
        }
    }
}
