//! Where a thing comes from that the tree has only once or not at all: what lists it as coming
//! from elsewhere, and what declares it, of which two at a time break what loads both.

use super::callers::Callers;
use super::requirements::{Builder, Providers, Reason};
use super::units::Landing;
use crate::facts::{Entity, Kind, Ref, Require, base_name, kinds};
use crate::finding::Place;
use crate::graph::{Graph, Resolution, Single, Singles, Site};
use crate::loader::{FileIx, Role};
use rustc_hash::FxHashMap;

/// Who declares a thing, and where.
type Declared = FxHashMap<Entity, Vec<(FileIx, Single)>>;

impl<'b, 'g> Builder<'b, 'g> {
    /// What comes from elsewhere comes with the entry that lists it.
    pub(super) fn listed(&self, role: Role, require: &Require, out: &mut Providers) {
        let Some((kind, part)) = require.any_of.first().and_then(entry_of) else { return };
        let graph = self.graph(role);
        for site in graph.providers(kind, part).filter(|site| is_deployed(graph, *site)) {
            out.place.get_or_insert(Place { tree: role, file: site.file, span: site.span });
            out.paths.push(graph.snapshot.file(site.file).entry.path.clone());
        }
    }

    /// What no file of the tree is may come with a package that the tree installs.
    pub(super) fn packaged(&self, role: Role, require: &Require, out: &mut Providers) {
        let Some(target) = require.any_of.first() else { return };
        let Some(name) = target.name.as_exact() else { return };
        let families = || self.families.iter().filter(|family| family.kind == target.kind);
        if families().next().is_none() {
            return;
        }
        let graph = self.graph(role);
        for (package, site) in graph.all(kinds::PACKAGE) {
            if families().any(|family| family.brings(package, name)) {
                out.place.get_or_insert(Place { tree: role, file: site.file, span: site.span });
                out.paths.push(graph.snapshot.file(site.file).entry.path.clone());
            }
        }
    }

    /// What new text hands to a thing from elsewhere for the first time, while the entry changes
    /// that lists it: the version before may not take it.
    pub(super) fn of_versions(&mut self) {
        let (old, new) = (self.old, self.new);
        let paths = self.units.all.iter().flat_map(|unit| &unit.paths);
        for path in paths.cloned().collect::<Vec<_>>() {
            let (Some(file), Some(was)) = (new.snapshot.find(&path), old.snapshot.find(&path))
            else {
                continue;
            };
            let before = &old.snapshot.file(was).facts.calls;
            for call in &new.snapshot.file(file).facts.calls {
                let Some(target) = call.any_of.first() else { continue };
                let Some(list) = self.changed_entry(target) else { continue };
                let known = |name: &str| {
                    let mut same = before.iter().filter(|own| own.any_of.first() == Some(target));
                    same.any(|own| own.args.iter().any(|arg| arg.name == name))
                };
                let is_used = before.iter().any(|own| own.any_of.first() == Some(target));
                let arg = call.args.iter().find(|arg| !known(&arg.name)).filter(|_| is_used);
                let Some(arg) = arg else { continue };
                let entity = Entity::new(target.kind, target.shown());
                let reason = Reason {
                    message: format!(
                        "the new text passes `{}` to {}, whose version changes: the old one may not take it",
                        arg.name,
                        entity.spoken()
                    ),
                    entity,
                    from: Some(Place { tree: Role::New, file, span: arg.span }),
                    composed: None,
                    to: Some(list),
                };
                let list = self.path(Role::New, list.file);
                for view in self.views.clone().into_iter().filter(|(from, to)| from == to) {
                    if let (Landing::With(own), Landing::With(list)) =
                        (self.met(&path, &view), self.met(list, &view))
                    {
                        self.add(vec![own], vec![list], reason.clone());
                    }
                }
            }
        }
    }

    /// The entry that lists what a thing of another place comes with, if the change touches it.
    fn changed_entry(&self, target: &Ref) -> Option<Place> {
        let (kind, part) = entry_of(target)?;
        if !matches!(self.new.resolve_ref(target), Resolution::Elsewhere) {
            return None;
        }
        let entry = |graph: &Graph<'_>| {
            let site = graph.providers(kind, part).find(|site| is_deployed(graph, *site))?;
            let text = graph.snapshot.contents(site.file);
            let rest = text.get(site.span.start as usize..)?;
            // It goes up to the next one, or to an empty line.
            let end = ["\nmod", "\n- ", "\n\n"]
                .iter()
                .filter_map(|own| memchr::memmem::find(rest, own.as_bytes()))
                .min();
            Some((site, rest[..end.unwrap_or(rest.len())].to_vec()))
        };
        let ((_, before), (site, after)) = (entry(self.old)?, entry(self.new)?);
        let place = Place { tree: Role::New, file: site.file, span: site.span };
        (before != after).then_some(place)
    }

    /// What moves from one declaration to another that is loaded beside it: the old text of the
    /// first has to go before, or with, the new text of the second.
    pub(super) fn singles(&mut self) {
        let (old, new): (&'b _, &'b _) = (self.old, self.new);
        for system in new.singles() {
            let mut before: Option<Declared> = None;
            let paths = self.units.all.iter().flat_map(|unit| &unit.paths);
            for path in paths.cloned().collect::<Vec<_>>() {
                let Some(file) = new.snapshot.find(&path) else { continue };
                let own = old.snapshot.find(&path).map(|own| system.declared(old, own));
                let own = own.unwrap_or_default();
                for single in system.declared(new, file) {
                    let is_same =
                        |own: &Single| own.entity == single.entity && own.holder == single.holder;
                    if own.iter().any(is_same) {
                        continue;
                    }
                    let callers = self.callers;
                    let before = before.get_or_insert_with(|| all_declared(system, old, callers));
                    let others = before.get(&single.entity).map(Vec::as_slice).unwrap_or_default();
                    for (from, other) in others {
                        self.moved(system, (file, &single), (*from, other));
                    }
                }
            }
        }
    }

    fn moved(
        &mut self,
        system: &dyn Singles,
        (file, single): (FileIx, &Single),
        (from, other): (FileIx, &Single),
    ) {
        let (path, source) = (self.path(Role::New, file), self.path(Role::Old, from));
        if path == source || single.holder == other.holder {
            return;
        }
        let mut both = system.with_both(self.old, &single.holder, &other.holder);
        let stays = self.new.snapshot.find(source).is_some_and(|own| {
            let mut all = system.declared(self.new, own).into_iter();
            all.any(|own| own.entity == other.entity && own.holder == other.holder)
        });
        // What has both at the end too is broken there, whatever the way.
        if stays {
            let after = system.with_both(self.new, &single.holder, &other.holder);
            both.retain(|own| !after.contains(own));
        }
        if both.is_empty() {
            return;
        }
        let apart = match stays {
            false => vec![source],
            true => {
                let after = system.loaders(self.new, &other.holder);
                let after: Vec<&str> =
                    after.into_iter().map(|own| self.path(Role::New, own)).collect();
                let before = system.loaders(self.old, &other.holder).into_iter();
                before
                    .map(|own| self.path(Role::Old, own))
                    .filter(|own| !after.contains(own))
                    .collect()
            }
        };
        let reason = Reason {
            entity: single.entity.clone(),
            message: format!(
                "the new text declares {}, which the old text of `{source}` declares too, and both are loaded together",
                single.entity.spoken()
            ),
            from: Some(Place { tree: Role::New, file, span: single.span }),
            composed: None,
            to: Some(Place { tree: Role::Old, file: from, span: other.span }),
        };
        let lost = system.lost(&single.entity).map(|what| Reason {
            message: format!(
                "{} moves to `{path}`, and where neither declares it, {what}",
                single.entity.spoken()
            ),
            from: reason.to,
            to: reason.from,
            ..reason.clone()
        });
        for view in self.views.clone().into_iter().filter(|(from, to)| from == to) {
            let Landing::With(own) = self.met(path, &view) else { continue };
            let landings = apart.iter().filter_map(|path| match self.met(path, &view) {
                Landing::With(unit) => Some(unit),
                _ => None,
            });
            let rescue: Vec<u32> = landings.collect();
            if let Some(lost) = &lost {
                self.add(rescue.clone(), vec![own], lost.clone());
            }
            self.add(vec![own], rescue, reason.clone());
        }
    }
}

/// The kind and name of the entry that lists what a thing comes with.
fn entry_of(target: &Ref) -> Option<(Kind, &str)> {
    let (kind, ends) = target.kind.listed_by()?;
    let name = target.name.as_exact()?;
    Some((kind, name.split(ends).next().unwrap_or(name)))
}

/// Whether a list is one that a deploy follows, and not for tests alone.
fn is_deployed(graph: &Graph<'_>, site: Site) -> bool {
    let file = graph.snapshot.file(site.file);
    file.standing.is_live() && !base_name(&file.entry.path).contains("fixtures")
}

/// What the files of a tree declare.
fn all_declared(system: &dyn Singles, graph: &Graph<'_>, callers: Callers) -> Declared {
    let mut out = Declared::default();
    for (ix, file) in graph.snapshot.files.iter().enumerate() {
        if callers.count(file.standing) {
            for own in system.declared(graph, ix as FileIx) {
                out.entry(own.entity.clone()).or_default().push((ix as FileIx, own));
            }
        }
    }
    out
}
