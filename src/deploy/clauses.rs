//! What the units of a change need of each other, at either version.
//!
//! For a requirement of some text, let A be the units whose old files satisfy it and B those
//! whose new files do. A state breaks it when every unit of A is new and every unit of B is
//! old, while the text itself is live: the old text while its unit is old, the new text once
//! its unit is new, text that the change does not touch always.

use super::units::{Landing, Units};
use crate::compat::{Issue, judge_beyond, skipped};
use crate::config::Mechanism;
use crate::facts::{
    Call, Entity, Interface, Kind, Ref, Require, Span, Standing, Strength, base_name, kinds,
};
use crate::finding::Place;
use crate::graph::{Graph, Resolution};
use crate::packs::Family;
use crate::rollout::Clause;
use crate::session::{FileIx, Role};
use rustc_hash::FxHashMap;
use smol_str::SmolStr;

/// A requirement between units.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reason {
    /// What is needed.
    pub entity: Entity,
    /// What goes wrong when it is not there, one clause.
    pub message: String,
    /// The text that needs it; its tree says at which version.
    pub from: Option<Place>,
    /// Where that text's name of it is put together, if elsewhere.
    pub composed: Option<Place>,
    /// What provides it; its tree says at which version.
    pub to: Option<Place>,
}

/// All requirements of a change.
#[derive(Debug, Clone, Default)]
pub struct Needs {
    /// Why, by [`Clause::reason`].
    pub reasons: Vec<Reason>,
    /// What must not happen.
    pub clauses: Vec<Clause>,
}

/// Collects what the units need.
pub fn needs(old: &Graph<'_>, new: &Graph<'_>, units: &Units, families: &[Family]) -> Needs {
    let mut builder = Builder {
        old,
        new,
        units,
        views: units.views(),
        families,
        out: Needs::default(),
        known: FxHashMap::default(),
    };
    if units.all.len() > 1 {
        builder.references(old, Role::Old);
        builder.references(new, Role::New);
        builder.calls();
        builder.data();
        builder.coupled();
    }
    builder.out
}

/// The host group of a text, and that of what it needs; see [`Units::views`].
type View = (Option<SmolStr>, Option<SmolStr>);

struct Builder<'b, 'g> {
    old: &'b Graph<'g>,
    new: &'b Graph<'g>,
    units: &'b Units,
    views: Vec<View>,
    families: &'b [Family],
    out: Needs,
    /// Clauses that are there already: by what they are about, so that a file that refers to
    /// a thing ten times waits for it once.
    known: FxHashMap<(crate::rollout::Units, crate::rollout::Units, Entity), ()>,
}

/// Where a thing is provided.
#[derive(Default)]
struct Providers {
    /// The first place.
    place: Option<Place>,
    /// Paths of the providing files.
    paths: Vec<SmolStr>,
}

impl<'b, 'g> Builder<'b, 'g> {
    fn graph(&self, role: Role) -> &Graph<'g> {
        if role == Role::Old { self.old } else { self.new }
    }

    fn path(&self, role: Role, file: FileIx) -> &'b str {
        let graph = if role == Role::Old { self.old } else { self.new };
        &graph.snapshot.file(file).entry.path
    }

    /// The unit that changes what a text of group `from` finds at `path` on `to`.
    fn met(&self, path: &str, (from, to): &View) -> Landing {
        match self.units.on(path, to.as_ref()) {
            Landing::With(unit) if from != to && !self.units.is_across(unit) => Landing::Absent,
            landing => landing,
        }
    }

    /// The units that bring or take what is provided; `None` where some of it stays.
    fn landing(&self, providers: &Providers, view: &View) -> Option<Vec<u32>> {
        let mut units = Vec::new();
        for path in &providers.paths {
            match self.met(path, view) {
                Landing::Untouched => return None,
                Landing::With(unit) => units.push(unit),
                Landing::Absent => {}
            }
        }
        Some(units)
    }

    fn providers(&self, role: Role, require: &Require) -> Option<Providers> {
        let graph = self.graph(role);
        let sites = match graph.resolve(require) {
            Resolution::Found(sites) if !sites.is_empty() => sites,
            Resolution::Missing(_) | Resolution::Open(_) => Default::default(),
            _ => return None,
        };
        let mut out = Providers::default();
        for site in sites {
            out.place.get_or_insert(Place { tree: role, file: site.file, span: site.span });
            out.paths.push(graph.snapshot.file(site.file).entry.path.clone());
        }
        if out.paths.is_empty() {
            self.packaged(role, require, &mut out);
        }
        Some(out)
    }

    /// What no file of the tree is may come with a package that the tree installs.
    fn packaged(&self, role: Role, require: &Require, out: &mut Providers) {
        let Some(target) = require.any_of.first() else { return };
        let Some(name) = target.name.as_exact() else { return };
        let families = || self.families.iter().filter(|own| own.kind == target.kind.as_str());
        if families().next().is_none() {
            return;
        }
        let graph = self.graph(role);
        for (package, site) in graph.all(&kinds::PACKAGE) {
            if families().any(|family| family.brings(package, name)) {
                out.place.get_or_insert(Place { tree: role, file: site.file, span: site.span });
                out.paths.push(graph.snapshot.file(site.file).entry.path.clone());
            }
        }
    }

    /// Requirements of the files of one tree.
    fn references(&mut self, graph: &Graph<'_>, role: Role) {
        for (ix, file) in graph.snapshot.files.iter().enumerate() {
            // Text that is not touched is the same in both trees: once is enough.
            if role == Role::New && self.units.of(&file.entry.path).is_empty() {
                continue;
            }
            for require in &file.facts.requires {
                if require.strength == Strength::Guarded && !is_contract(require) {
                    continue;
                }
                self.reference(role, ix as FileIx, require);
                // A class that is loaded on demand needs the map that says where it is, too.
                if let Some(target) = require.any_of.first()
                    && target.kind == kinds::PHP_CLASS
                {
                    let map = Ref::new(kinds::PHP_CLASS_MAP, target.name.clone());
                    let any_of = smallvec::smallvec![map];
                    let mapped = Require { any_of, ..require.clone() };
                    self.reference(role, ix as FileIx, &mapped);
                }
            }
        }
    }

    fn reference(&mut self, role: Role, file: FileIx, require: &Require) {
        let Some(here) = self.providers(role, require) else { return };
        // What neither version has is a defect of the tree, not of the way.
        if here.paths.is_empty() || here.paths.iter().any(|path| self.units.of(path).is_empty()) {
            return;
        }
        // What only a test brings, a program gets from elsewhere.
        let is_test = |path: &str| Standing::of(path) == Standing::Test;
        if !is_test(self.path(role, file)) && here.paths.iter().all(|own| is_test(own)) {
            return;
        }
        let other = if role == Role::Old { Role::New } else { Role::Old };
        let Some(there) = self.providers(other, require) else { return };
        if here.paths.iter().any(|path| there.paths.contains(path)) {
            return;
        }
        let (before, after) = if role == Role::Old { (&here, &there) } else { (&there, &here) };
        let Some(target) = require.any_of.first() else { return };
        // Scoped names carry marks before the name that people know.
        let name = target.name.to_string();
        let entity = match name.split('\u{1f}').collect::<Vec<_>>()[..] {
            [_, _, kind, name] => Entity::new(Kind::named(kind), name),
            [.., name] => Entity::new(target.kind.clone(), name),
            [] => return,
        };
        for view in self.views.clone() {
            let own = self.units.on(self.path(role, file), view.0.as_ref());
            // What the change does not touch is there all the time.
            let Some(mut trigger) = self.landing(before, &view) else { continue };
            let Some(mut rescue) = self.landing(after, &view) else { continue };
            match (role, own) {
                (_, Landing::Absent) => continue,
                (_, Landing::Untouched) if rescue.is_empty() || role == Role::New => continue,
                (_, Landing::Untouched) => {}
                (Role::Old, Landing::With(own)) => rescue.push(own),
                (_, Landing::With(own)) => trigger.push(own),
            }
            let version = match (role, own) {
                (_, Landing::Untouched) => "",
                (Role::Old, _) => "old ",
                _ => "new ",
            };
            let state = if role == Role::Old { "goes" } else { "comes" };
            let message = format!(
                "the {version}text requires `{entity}` by `{}`, and it {state} with this change",
                require.via
            );
            let from = Some(Place { tree: role, file, span: require.span });
            let composed = require.composed.map(|span| Place { tree: role, file, span });
            let reason = Reason { entity: entity.clone(), message, from, composed, to: here.place };
            self.add(trigger, rescue, reason);
        }
    }

    /// Calls of interfaces that changed.
    fn calls(&mut self) {
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
                if self.units.of(&file.entry.path).is_empty() {
                    continue;
                }
                for call in &file.facts.calls {
                    if call.strength == Strength::Guarded {
                        continue;
                    }
                    for (_, interface) in graph.callees(call) {
                        if let Some(pair) = changed.get(&interface.entity) {
                            self.call(role, ix as FileIx, call, *pair);
                        }
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
        let name = call.any_of.first().map(|target| target.name.to_string()).unwrap_or_default();
        let name = base_name(&name).to_owned();
        let (same, other, at) = match role {
            Role::Old => (old, new, Place { tree: Role::New, file: new_at, span: new.span }),
            _ => (new, old, Place { tree: Role::Old, file: old_at, span: old.span }),
        };
        let completed = self.graph(role).completed(call);
        for disagreement in judge_beyond(other, same, &completed) {
            let parameter = disagreement.issue.parameter().unwrap_or_default();
            if let Issue::Missing(param) = &disagreement.issue
                && other.entity.kind == kinds::PUPPET_CLASS
                && self.graph(role).sets_key(&format!("{}::{}", other.entity.name, param.name))
            {
                continue;
            }
            let (caller, callee) = if role == Role::Old { ("old", "new") } else { ("new", "old") };
            let message =
                format!("the {caller} call and the {callee} `{name}` disagree on `{parameter}`");
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
            match role {
                Role::Old => self.add(vec![unit], vec![own], reason.clone()),
                _ => self.add(vec![own], vec![unit], reason.clone()),
            }
        }
    }

    /// Class parameters that only data fills, where class and data both change.
    fn data(&mut self) {
        for (ix, file) in self.new.snapshot.files.iter().enumerate() {
            if self.units.of(&file.entry.path).is_empty() {
                continue;
            }
            for interface in &file.facts.interfaces {
                if interface.entity.kind != kinds::PUPPET_CLASS {
                    continue;
                }
                let before = self.old.interfaces(&interface.entity).next();
                for param in interface.params.iter().filter(|param| param.required) {
                    let known = before.is_some_and(|(_, old)| {
                        old.params.iter().any(|own| own.required && own.name == param.name)
                    });
                    let key = format!("{}::{}", interface.entity.name, param.name);
                    if known || !self.new.sets_key(&key) || self.old.sets_key(&key) {
                        continue;
                    }
                    let sites: Vec<_> = self.new.providers(&kinds::KEY, &key).collect();
                    let paths = sites.iter().map(|site| self.path(Role::New, site.file).into());
                    let data = Providers { paths: paths.collect(), place: None };
                    let to = sites.first().map(|site| Place {
                        tree: Role::New,
                        file: site.file,
                        span: site.span,
                    });
                    let reason = Reason {
                        message: format!(
                            "the new class requires `{}`, which the data sets with this change",
                            param.name
                        ),
                        entity: Entity::new(kinds::KEY, key),
                        from: Some(Place { tree: Role::New, file: ix as FileIx, span: param.span }),
                        composed: None,
                        to,
                    };
                    for view in self.views.clone().into_iter().filter(|(from, to)| from == to) {
                        if let Landing::With(unit) = self.met(&file.entry.path, &view)
                            && let Some(rescue) = self.landing(&data, &view)
                        {
                            self.add(vec![unit], rescue, reason.clone());
                        }
                    }
                }
            }
        }
    }

    /// Units that configuration couples: neither version of one is known to fit the other
    /// version of the other.
    fn coupled(&mut self) {
        for (a, b, why) in &self.units.coupled {
            for (first, second) in [(*a, *b), (*b, *a)] {
                let reason = Reason {
                    entity: Entity::new(Kind::fixed("unit"), self.units.name(second)),
                    message: format!(
                        "`{}` has to match `{}` ({why}): what they need of each other cannot be checked",
                        self.units.name(first),
                        self.units.name(second)
                    ),
                    from: None,
                    composed: None,
                    to: None,
                };
                self.add(vec![first], vec![second], reason);
            }
        }
    }

    fn add(&mut self, trigger: Vec<u32>, rescue: Vec<u32>, reason: Reason) {
        let clause = Clause::new(trigger, rescue, self.out.reasons.len() as u32);
        let empty = clause.trigger.is_empty() || clause.rescue.is_empty();
        if empty || clause.trigger.iter().any(|unit| clause.rescue.contains(unit)) {
            return;
        }
        // A catalog is compiled from one version of the tree.
        let mut units = clause.trigger.iter().chain(&clause.rescue);
        if is_compiled(&reason.entity.kind)
            && units.all(|unit| self.units.mechanism(*unit) == Mechanism::Puppet)
        {
            return;
        }
        let key = (clause.trigger.clone(), clause.rescue.clone(), reason.entity.clone());
        if self.known.insert(key, ()).is_none() {
            self.out.clauses.push(clause);
            self.out.reasons.push(reason);
        }
    }
}

/// Whether Puppet looks for things of this kind while it compiles a catalog. What a `source`
/// names is fetched later, when the catalog is applied.
fn is_compiled(kind: &Kind) -> bool {
    let is_puppets = kind.as_str().starts_with("puppet.") && *kind != kinds::PUPPET_FILES;
    is_puppets || *kind == kinds::KEY || kind.as_str() == "param"
}

/// Mentions that are never reported as missing, since what they name may come from anywhere,
/// and that do break when what they name goes away: methods of a dynamic language.
fn is_contract(require: &Require) -> bool {
    require.any_of.first().is_some_and(|target| target.kind == kinds::JS_METHOD)
}
