//! What the units of a change need of each other, at either version.
//!
//! For a requirement of some text, let A be the units whose old files satisfy it and B those
//! whose new files do. A state breaks it when every unit of A is new and every unit of B is
//! old, while the text itself is live: the old text while its unit is old, the new text once
//! its unit is new, text that the change does not touch always.

use super::units::Units;
use crate::compat::{Issue, judge_beyond, skipped};
use crate::facts::{Call, Entity, Interface, Kind, Ref, Require, Span, Strength, kinds};
use crate::finding::Place;
use crate::graph::{Graph, Resolution};
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
pub fn needs(old: &Graph<'_>, new: &Graph<'_>, units: &Units) -> Needs {
    let mut builder =
        Builder { old, new, units, out: Needs::default(), known: FxHashMap::default() };
    if units.all.len() > 1 {
        builder.references(old, Role::Old);
        builder.references(new, Role::New);
        builder.calls();
        builder.data();
        builder.coupled();
    }
    builder.out
}

struct Builder<'b, 'g> {
    old: &'b Graph<'g>,
    new: &'b Graph<'g>,
    units: &'b Units,
    out: Needs,
    /// Clauses that are there already: by what they are about, so that a file that refers to
    /// a thing ten times waits for it once.
    known: FxHashMap<(crate::rollout::Units, crate::rollout::Units, Entity), ()>,
}

/// Where a thing is provided.
struct Providers {
    /// The units of the providing files that the change touches.
    units: Vec<u32>,
    /// The first of them.
    place: Option<Place>,
    /// Some provider is not touched.
    constant: bool,
    /// Paths of the providing files.
    paths: Vec<SmolStr>,
}

impl<'g> Builder<'_, 'g> {
    fn graph(&self, role: Role) -> &Graph<'g> {
        if role == Role::Old { self.old } else { self.new }
    }

    fn unit(&self, role: Role, file: FileIx) -> Option<u32> {
        self.units.of(&self.graph(role).snapshot.file(file).entry.path)
    }

    fn providers(&self, role: Role, require: &Require) -> Option<Providers> {
        let graph = self.graph(role);
        let sites = match graph.resolve(require) {
            Resolution::Found(sites) if !sites.is_empty() => sites,
            Resolution::Missing(_) | Resolution::Open(_) => Default::default(),
            _ => return None,
        };
        let mut out =
            Providers { units: Vec::new(), place: None, constant: false, paths: Vec::new() };
        for site in sites {
            let path = &graph.snapshot.file(site.file).entry.path;
            match self.units.of(path) {
                Some(unit) => out.units.push(unit),
                None => out.constant = true,
            }
            out.place.get_or_insert(Place { tree: role, file: site.file, span: site.span });
            out.paths.push(path.clone());
        }
        Some(out)
    }

    /// Requirements of the files of one tree.
    fn references(&mut self, graph: &Graph<'_>, role: Role) {
        for (ix, file) in graph.snapshot.files.iter().enumerate() {
            let own = self.units.of(&file.entry.path);
            // Text that is not touched is the same in both trees: once is enough.
            if own.is_none() && role == Role::New {
                continue;
            }
            for require in &file.facts.requires {
                if require.strength == Strength::Guarded && !is_contract(require) {
                    continue;
                }
                self.reference(role, ix as FileIx, own, require);
                // A class that is loaded on demand needs the map that says where it is, too.
                if let Some(target) = require.any_of.first()
                    && target.kind == kinds::PHP_CLASS
                {
                    let map = Ref::new(kinds::PHP_CLASS_MAP, target.name.clone());
                    let any_of = smallvec::smallvec![map];
                    let mapped = Require { any_of, ..require.clone() };
                    self.reference(role, ix as FileIx, own, &mapped);
                }
            }
        }
    }

    fn reference(&mut self, role: Role, file: FileIx, own: Option<u32>, require: &Require) {
        let Some(here) = self.providers(role, require) else { return };
        // What neither version has is a defect of the tree, not of the way.
        // What the change does not touch is there all the time.
        if here.paths.is_empty() || here.constant {
            return;
        }
        let other = if role == Role::Old { Role::New } else { Role::Old };
        let Some(there) = self.providers(other, require) else { return };
        if there.constant || here.paths.iter().any(|path| there.paths.contains(path)) {
            return;
        }
        let (before, after) = if role == Role::Old { (&here, &there) } else { (&there, &here) };
        let Some(target) = require.any_of.first() else { return };
        let entity = Entity::new(target.kind.clone(), target.name.to_string());
        let mut trigger = before.units.clone();
        let mut rescue = after.units.clone();
        match (role, own) {
            (Role::Old, Some(own)) => rescue.push(own),
            (_, Some(own)) => trigger.push(own),
            (_, None) if rescue.is_empty() => return,
            (_, None) => {}
        }
        let version = match (role, own) {
            (_, None) => "",
            (Role::Old, _) => "old ",
            _ => "new ",
        };
        let state = if role == Role::Old { "goes" } else { "comes" };
        let message = format!(
            "the {version}text requires {} by `{}`, and it {state} with this change",
            shown(&entity),
            require.via
        );
        let from = Place { tree: role, file, span: require.span };
        let to = here.place;
        self.add(trigger, rescue, Reason { entity, message, from: Some(from), to });
    }

    /// Calls of interfaces that changed.
    fn calls(&mut self) {
        let mut changed: FxHashMap<Entity, (FileIx, &'g Interface, FileIx, &'g Interface)> =
            FxHashMap::default();
        for (ix, file) in self.new.snapshot.files.iter().enumerate() {
            if self.units.of(&file.entry.path).is_none() {
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
                let Some(own) = self.units.of(&file.entry.path) else { continue };
                for call in &file.facts.calls {
                    if call.strength == Strength::Guarded {
                        continue;
                    }
                    for (_, interface) in graph.callees(call) {
                        if let Some(pair) = changed.get(&interface.entity) {
                            self.call(role, own, ix as FileIx, call, *pair);
                        }
                    }
                }
            }
        }
    }

    fn call(
        &mut self,
        role: Role,
        own: u32,
        file: FileIx,
        call: &Call,
        (old_at, old, new_at, new): (FileIx, &Interface, FileIx, &Interface),
    ) {
        let Some(unit) = self.unit(Role::New, new_at) else { return };
        let place = |span: Span| Some(Place { tree: role, file, span });
        let name = call.any_of.first().map(|target| target.name.to_string()).unwrap_or_default();
        let name = name.rsplit('/').next().unwrap_or(&name).to_owned();
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
            let entity = match disagreement.issue {
                Issue::Unset(_) => Entity::new(kinds::ENV, parameter),
                _ => Entity::new(Kind::fixed("param"), format!("{name}::{parameter}")),
            };
            let reason = Reason { entity, message, from: place(disagreement.span), to: Some(at) };
            match role {
                Role::Old => self.add(vec![unit], vec![own], reason),
                _ => self.add(vec![own], vec![unit], reason),
            }
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
                entity: Entity::new(
                    Kind::fixed("flag"),
                    format!("{name}/{}", behaviour.param.name),
                ),
                message,
                from: place(call.span),
                to: Some(to),
            };
            self.add(vec![unit], vec![own], reason);
        }
    }

    /// Class parameters that only data fills, where class and data both change.
    fn data(&mut self) {
        for (ix, file) in self.new.snapshot.files.iter().enumerate() {
            let Some(unit) = self.units.of(&file.entry.path) else { continue };
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
                    let rescue =
                        sites.iter().filter_map(|site| self.unit(Role::New, site.file)).collect();
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
                        to,
                    };
                    self.add(vec![unit], rescue, reason);
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
        let key = (clause.trigger.clone(), clause.rescue.clone(), reason.entity.clone());
        if self.known.insert(key, ()).is_none() {
            self.out.clauses.push(clause);
            self.out.reasons.push(reason);
        }
    }
}

/// Mentions that are never reported as missing, since what they name may come from anywhere,
/// and that do break when what they name goes away: methods of a dynamic language.
fn is_contract(require: &Require) -> bool {
    require.any_of.first().is_some_and(|target| target.kind == kinds::JS_METHOD)
}

/// An entity without internal marks.
fn shown(entity: &Entity) -> String {
    let name = entity.name.rsplit('\u{1f}').next().unwrap_or(&entity.name);
    format!("`{}:{name}`", entity.kind)
}
