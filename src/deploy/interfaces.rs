//! What calls need of interfaces that change, and classes of data that comes with them.

use super::requirements::{Builder, Providers, Reason, opposite};
use super::units::Landing;
use crate::compat::{Issue, judge_beyond, skipped};
use crate::facts::{
    Call, Entity, Interface, Param, Property, Provide, Ref, Require, Span, Strength, base_name,
    kinds, parent_folder,
};
use crate::finding::Place;
use crate::graph::Resolution;
use crate::loader::{FileIx, Role};
use rustc_hash::{FxHashMap, FxHashSet};
use smol_str::SmolStr;
use std::cell::OnceCell;

impl<'b, 'g> Builder<'b, 'g> {
    /// Whether the text at `path`, if it is there at the version of `role`, makes this mention.
    pub(super) fn asks(&self, role: Role, path: &str, require: &Require) -> Option<bool> {
        let snapshot = self.graph(role).snapshot;
        let requires = &snapshot.file(snapshot.find(path)?).facts.requires;
        Some(requires.iter().any(|own| own.any_of == require.any_of))
    }

    /// Whether a mention says nothing at its version, of a thing that guarded text misses where
    /// it goes, and other text where it comes.
    pub(super) fn is_of_other_version(&self, role: Role, file: FileIx, require: &Require) -> bool {
        let of_two =
            require.any_of.first().is_some_and(|own| own.kind.has(Property::SURE_WHERE_NEW));
        let is_guarded = require.strength == Strength::Guarded;
        let asked = || self.asks(Role::Old, self.path(role, file), require) == Some(true);
        of_two && (is_guarded != (role == Role::Old) || role == Role::New && asked())
    }

    /// Whether the caller's other version no longer makes this mention, of a thing that its
    /// own version has one of: a name that stays in use is another thing's.
    pub(super) fn is_given_up(&self, role: Role, file: FileIx, require: &Require) -> bool {
        let other = opposite(role);
        let asks = self.asks(other, self.path(role, file), require);
        let found = self.graph(role).resolve(require);
        asks == Some(false) && matches!(found, Resolution::Found(sites) if sites.len() == 1)
    }

    /// What may be elsewhere at the version of `role`, text that no longer asks for it does not
    /// need there.
    /// What `here` of the other version goes on providing there, it does not lack.
    pub(super) fn let_go(
        &self,
        role: Role,
        path: &str,
        require: &Require,
        here: &Providers,
    ) -> Option<Providers> {
        let is_elsewhere = || self.graph(role).resolve(require) == Resolution::Elsewhere;
        let by_path =
            || require.any_of.first().is_some_and(|own| own.kind.has(Property::SURE_WHERE_NEW));
        let is_let_go = match self.asks(role, path, require) {
            Some(asks) => !asks,
            // What a text sees by where it lies is not there for one that is not there.
            None => by_path(),
        };
        (is_let_go && is_elsewhere() && !self.goes_on(role, here)).then(Providers::default)
    }

    /// Whether the file that provides a thing of the other version does so at the version of `role`.
    fn goes_on(&self, role: Role, here: &Providers) -> bool {
        let Some(place) = here.place.filter(|own| own.span != Span::default()) else {
            return false;
        };
        let graph = self.graph(role);
        let Some(file) = graph.snapshot.find(self.path(opposite(role), place.file)) else {
            return false;
        };
        let provides = &graph.snapshot.file(file).facts.provides;
        let before = &self.graph(opposite(role)).snapshot.file(place.file).facts.provides;
        let mut own = before.iter().filter(|own| own.span == place.span).peekable();
        let is_same =
            |own: &Provide| provides.iter().any(|it| it.kind == own.kind && it.name == own.name);
        own.peek().is_some() && own.all(is_same)
    }

    /// Calls of interfaces that changed.
    pub(super) fn calls(&mut self) {
        let mut changed: FxHashMap<Entity, (FileIx, &'g Interface, FileIx, &'g Interface)> =
            FxHashMap::default();
        for (ix, file) in self.new.snapshot.files.iter().enumerate() {
            if self.units.of(&file.entry.path).is_empty() {
                continue;
            }
            for interface in &file.facts.interfaces {
                if let Some((at, old)) = self.old.interfaces(&interface.entity).next()
                    && old != interface
                {
                    let own = (at, old, ix as FileIx, interface);
                    changed.insert(interface.entity.clone(), own);
                }
            }
        }
        if changed.is_empty() {
            return;
        }
        for role in [Role::Old, Role::New] {
            let graph = if role == Role::Old { self.old } else { self.new };
            for (ix, file) in graph.snapshot.files.iter().enumerate() {
                let path = &file.entry.path;
                if self.units.of(path).is_empty() || !self.callers.include(path) {
                    continue;
                }
                for call in &file.facts.calls {
                    if call.strength == Strength::Guarded {
                        continue;
                    }
                    let callees = graph.callees(call);
                    for (_, interface) in &callees {
                        if let Some(pair) = changed.get(&interface.entity) {
                            self.call(role, ix as FileIx, call, *pair);
                        }
                    }
                    if callees.is_empty() {
                        let built = self.built(role, call, changed.keys());
                        let built = built.and_then(|entity| changed.get(entity));
                        built.into_iter().for_each(|own| self.call(role, ix as FileIx, call, *own));
                    }
                }
            }
        }
    }

    fn call(
        &mut self,
        role: Role,
        file: FileIx,
        call: &Call,
        (old_at, old, new_at, new): (FileIx, &Interface, FileIx, &Interface),
    ) {
        let (caller_path, callee_path) = (self.path(role, file), self.path(Role::New, new_at));
        let place = |span: Span| Some(Place { tree: role, file, span });
        let name = call.any_of.first().map(Ref::shown).unwrap_or_default();
        let name = base_name(&name).to_owned();
        let (same, other, at) = match role {
            Role::Old => (old, new, Place { tree: Role::New, file: new_at, span: new.span }),
            _ => (new, old, Place { tree: Role::Old, file: old_at, span: old.span }),
        };
        let completed = self.graph(role).completed(call);
        for disagreement in judge_beyond(other, same, &completed) {
            let parameter = disagreement.issue.parameter().unwrap_or_default();
            if let Issue::Missing(param) = &disagreement.issue
                && other.entity.kind.has(Property::BY_DATA)
                && self.graph(role).sets_key(&format!("{}::{}", other.entity.name, param.name))
            {
                continue;
            }
            let (caller, callee) = if role == Role::Old { ("old", "new") } else { ("new", "old") };
            let what = match parameter {
                "" => "how many arguments there are".to_owned(),
                parameter => format!("`{parameter}`"),
            };
            let message = format!("the {caller} call and the {callee} `{name}` disagree on {what}");
            let entity = disagreement.issue.entity(other, &name);
            let from = place(disagreement.span);
            let reason = Reason { entity, message, from, composed: None, to: Some(at) };
            self.add_call(role, caller_path, callee_path, &reason);
        }
        if role != Role::Old {
            return;
        }
        for behaviour in skipped(old, new, call) {
            let message = format!(
                "the old call does not pass `{}`, without which the new `{name}` skips `{}`",
                behaviour.param.name, behaviour.now.what
            );
            let to = Place { tree: Role::New, file: new_at, span: behaviour.now.span };
            let reason = Reason {
                entity: new.parameter(&name, &behaviour.param.name),
                message,
                from: place(call.span),
                composed: None,
                to: Some(to),
            };
            self.add_call(role, caller_path, callee_path, &reason);
        }
    }

    /// The caller at the version of `role` and the callee at the other do not fit.
    fn add_call(&mut self, role: Role, caller: &str, callee: &str, reason: &Reason) {
        for view in self.views.clone() {
            let own = self.units.on(caller, view.0.as_ref());
            let (Landing::With(own), Landing::With(unit)) = (own, self.met(callee, &view)) else {
                continue;
            };
            for (live, _) in self.live(role, caller, &view) {
                let live = live.unwrap_or(own);
                self.tie(role, live, unit, reason.clone());
            }
        }
    }

    /// Class parameters that only data fills, where class and data both change.
    pub(super) fn data(&mut self) {
        for role in [Role::New, Role::Old] {
            let (own, other) = match role {
                Role::Old => (self.old, self.new),
                _ => (self.new, self.old),
            };
            for (ix, file) in own.snapshot.files.iter().enumerate() {
                if self.units.of(&file.entry.path).is_empty() {
                    continue;
                }
                let of_data = file.facts.interfaces.iter();
                for interface in of_data.filter(|own| own.entity.kind.has(Property::BY_DATA)) {
                    let before = other.interfaces(&interface.entity).next();
                    for param in &interface.params {
                        // One with a default matters where it is new: it has another value until
                        // the data is there.
                        let known = before.is_some_and(|(_, old)| {
                            let is_same = |own: &&Param| own.name == param.name;
                            let same = old.params.iter().find(is_same);
                            same.is_some_and(|own| own.required || !param.required)
                        });
                        let key = format!("{}::{}", interface.entity.name, param.name);
                        if !known && own.sets_key(&key) && !other.sets_key(&key) {
                            self.param(role, ix as FileIx, param, key);
                        }
                    }
                }
            }
        }
    }

    /// A parameter that the class of `file` has, and data sets, at the version of `role` alone.
    fn param(&mut self, role: Role, file: FileIx, param: &Param, key: String) {
        let graph = self.graph(role);
        let sites: Vec<_> = graph.providers(kinds::KEY, &key).collect();
        let paths = sites.iter().map(|site| self.path(role, site.file).into());
        let data = Providers { paths: paths.collect(), ..Providers::default() };
        let to = sites.first().map(|site| Place { tree: role, file: site.file, span: site.span });
        if !param.required && self.is_same_default((role, file), param, &sites) {
            return;
        }
        let verb = if param.required { "requires" } else { "asks for" };
        let message = match role {
            Role::Old => format!(
                "the old class {verb} `{}`, which the data no longer sets with this change",
                param.name
            ),
            _ => format!(
                "the new class {verb} `{}`, which the data sets with this change",
                param.name
            ),
        };
        let reason = Reason {
            message,
            entity: Entity::new(kinds::KEY, key),
            from: Some(Place { tree: role, file, span: param.span }),
            composed: None,
            to,
        };
        let path = self.path(role, file);
        for view in self.views.clone().into_iter().filter(|(from, to)| from == to) {
            if let Landing::With(unit) = self.met(path, &view)
                && let Some(landing) = self.landing(&data, &view)
            {
                for (live, _) in self.live(role, path, &view) {
                    let live = live.unwrap_or(unit);
                    // Each level of the data holds for hosts of its own.
                    for data in &landing {
                        self.tie(role, live, *data, reason.clone());
                    }
                }
            }
        }
    }

    /// Keys that some text of either version looks up.
    fn looked_up(&self) -> FxHashSet<&'g str> {
        let files = [self.old, self.new].into_iter().flat_map(|graph| &graph.snapshot.files);
        files
            .flat_map(|file| &file.facts.requires)
            .flat_map(|require| &require.any_of)
            .filter(|target| target.kind == kinds::KEY)
            .filter_map(|target| target.name.as_exact().map(|name| name.as_str()))
            .collect()
    }

    /// Keys that go from one level of the data and come in another: where they go first,
    /// nothing sets them.
    pub(super) fn moved_keys(&mut self) {
        let paths: Vec<&SmolStr> = self.units.all.iter().flat_map(|unit| &unit.paths).collect();
        let read = OnceCell::new();
        let mut told: Option<&SmolStr> = None;
        for path in paths {
            let Some(file) = self.old.snapshot.find(path) else { continue };
            for provide in &self.old.snapshot.file(file).facts.provides {
                let Some(key) = provide.name.as_exact().filter(|_| provide.kind == kinds::KEY)
                else {
                    continue;
                };
                // Beside it lies data of other hosts, if it has another name.
                let folder = |path: &str| parent_folder(path).to_owned();
                let stem = |path: &str| base_name(path).split('.').next().map(str::to_owned);
                let mut after = self.new.providers(kinds::KEY, key);
                let before: Vec<FileIx> =
                    self.old.providers(kinds::KEY, key).map(|site| site.file).collect();
                let came = after.find_map(|site| {
                    let own = self.path(Role::New, site.file);
                    let known = before.iter().any(|old| self.path(Role::Old, *old) == own);
                    let is_own = folder(own) == folder(path) && stem(own) != stem(path);
                    (!known && !is_own).then_some((own, site))
                });
                let stays = self
                    .new
                    .providers(kinds::KEY, key)
                    .any(|site| self.path(Role::New, site.file) == path);
                let Some((other, site)) = came.filter(|_| !stays) else { continue };
                // What nothing looks up is no data of Hiera, as far as is known.
                let looked_up = read.get_or_init(|| self.looked_up());
                if !key.contains("::") && !looked_up.contains(key.as_str()) {
                    continue;
                }
                // Of a file that only gets another ending, once is enough.
                if folder(other) == folder(path) && told.replace(path) == Some(path) {
                    continue;
                }
                let reason = Reason {
                    entity: Entity::new(kinds::KEY, key.clone()),
                    message: format!("the key goes from `{path}`, and comes in `{other}`"),
                    from: Some(Place { tree: Role::Old, file, span: provide.span }),
                    composed: None,
                    to: Some(Place { tree: Role::New, file: site.file, span: site.span }),
                };
                for view in self.views.clone().into_iter().filter(|(from, to)| from == to) {
                    let (from, to) = (self.met(path, &view), self.met(other, &view));
                    if let (Landing::With(from), Landing::With(to)) = (from, to) {
                        self.add(vec![from], vec![to], reason.clone());
                    }
                }
            }
        }
    }
}
