//! What the units of a change need of each other, at either version.
//!
//! For a requirement of some text, let A be the units whose old files satisfy it and B those
//! whose new files do. A state breaks it when every unit of A is new and every unit of B is
//! old, while the text itself is live: the old text while its unit is old, the new text once
//! its unit is new, text that the change does not touch always.

use super::callers::Callers;
use super::guess::Likely;
use super::live::{Live, Referrers};
use super::mentions::{
    beside, brings_file, is_apart, is_bringing, is_contract, is_each, is_import, is_key,
    is_listing, is_passing,
};
use super::units::{Landing, Units};
use crate::config::Mechanism;
use crate::deadline::Work;
use crate::facts::{Entity, Property, Relation, Require, Standing, Strength, kinds};
use crate::finding::Place;
use crate::graph::{Graph, Resolution};
use crate::loader::{FileIx, Role};
use crate::packs::Family;
use crate::schedule::Clause;
use rustc_hash::FxHashMap;
use smol_str::SmolStr;
use std::borrow::Cow;
use std::cell::RefCell;

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
pub struct Requirements {
    /// Why, by [`Clause::reason`].
    pub reasons: Vec<Reason>,
    /// What must not happen.
    pub clauses: Vec<Clause>,
    /// What something goes on asking for, with the units whose landing takes it away.
    pub lost: Vec<(Vec<u32>, Reason)>,
    /// What is likely.
    pub likely: Vec<Likely>,
    /// How many references and calls of the changed files were looked at, at both versions.
    pub looked_at: usize,
}

/// What is looked at beside references, in order.
const STEPS: [fn(&mut Builder<'_, '_>); 23] = [
    |own| own.calls(),
    |own| own.given(),
    |own| own.grounded(),
    |own| own.data(),
    |own| own.moved_keys(),
    |own| own.moved_entries(),
    |own| own.of_classes(),
    |own| own.levels(),
    |own| own.variables(),
    |own| own.declared_names(),
    |own| own.words(),
    |own| own.coupled(),
    |own| own.singles(),
    |own| own.links(),
    |own| own.fitting(),
    |own| own.charts(),
    |own| own.schemas(),
    |own| own.of_versions(),
    |own| own.spelled(),
    |own| own.filled(),
    |own| own.columns(),
    |own| own.contracts(),
    |own| own.served_paths(),
];

/// Collects what the units need.
pub fn needs(
    old: &Graph<'_>,
    new: &Graph<'_>,
    units: &Units,
    families: &[Family],
    callers: Callers,
) -> Requirements {
    let paths = || units.all.iter().flat_map(|unit| &unit.paths);
    let mut builder = Builder {
        old,
        new,
        units,
        views: units.views(),
        families,
        callers,
        referrers: Referrers::default(),
        holders: FxHashMap::default(),
        has_new: paths().any(|path| old.snapshot.find(path).is_none()),
        has_gone: paths().any(|path| new.snapshot.find(path).is_none()),
        in_vain: Vec::new(),
        imports: Vec::new(),
        late: Vec::new(),
        apart: RefCell::default(),
        out: Requirements::default(),
        known: FxHashMap::default(),
    };
    if units.all.len() > 1 {
        let mut found = Vec::new();
        builder.references(old, Role::Old, &mut found);
        builder.references(new, Role::New, &mut found);
        builder.brought_in(&mut found);
        for own in found {
            if !builder.lost(&own) {
                let Reference { role, file, require, here, there } = own;
                builder.reference(role, file, &require, &here, &there);
            }
        }
        builder.add_late();
        STEPS
            .iter()
            .filter(|_| new.snapshot.deadline.allows(Work::Checks))
            .for_each(|step| step(&mut builder));
    }
    builder.out
}

/// A requirement that only one tree satisfies by what it does.
pub(super) struct Reference<'g> {
    pub(super) role: Role,
    pub(super) file: FileIx,
    pub(super) require: Cow<'g, Require>,
    pub(super) here: Providers,
    pub(super) there: Providers,
}

/// The host group of a text, and that of what it needs; see [`Units::views`].
pub(super) type View = (Option<SmolStr>, Option<SmolStr>);

pub(super) struct Builder<'b, 'g> {
    pub(super) old: &'b Graph<'g>,
    pub(super) new: &'b Graph<'g>,
    pub(super) units: &'b Units,
    pub(super) views: Vec<View>,
    pub(super) families: &'b [Family],
    pub(super) callers: Callers,
    /// Who brings in what only one tree has.
    pub(super) referrers: Referrers,
    /// Who has files loaded that the change does not touch.
    pub(super) holders: FxHashMap<(Role, SmolStr), Vec<SmolStr>>,
    /// Whether the change adds files, and whether it deletes some.
    pub(super) has_new: bool,
    pub(super) has_gone: bool,
    /// What text that the change does not touch asks the old tree for in vain.
    pub(super) in_vain: Vec<(&'b str, &'g Require)>,
    /// Which texts read all files whose names fit.
    pub(super) imports: Vec<(Role, &'b str, &'g Require)>,
    /// What is said only where nothing else says it.
    pub(super) late: Vec<(Vec<u32>, Vec<u32>, Reason)>,
    /// Packages that only one version has, and whether nothing has them loaded.
    pub(super) apart: RefCell<FxHashMap<(Role, SmolStr), bool>>,
    pub(super) out: Requirements,
    /// Clauses that are there, by what they are about: ten references to a thing wait once.
    known: FxHashMap<(crate::schedule::Units, crate::schedule::Units, Entity), ()>,
}

/// Where a thing is provided.
#[derive(Default)]
pub(super) struct Providers {
    /// The first place.
    pub(super) place: Option<Place>,
    /// Paths of the providing files.
    pub(super) paths: Vec<SmolStr>,
    /// Those that are loaded where they are asked for.
    pub(super) brought: Vec<SmolStr>,
    /// Whether each of them is needed: files of one folder.
    pub(super) each: bool,
}

impl<'b, 'g> Builder<'b, 'g> {
    pub(super) fn graph(&self, role: Role) -> &Graph<'g> {
        if role == Role::Old { self.old } else { self.new }
    }

    pub(super) fn path(&self, role: Role, file: FileIx) -> &'b str {
        let graph = if role == Role::Old { self.old } else { self.new };
        &graph.snapshot.file(file).entry.path
    }

    /// The unit that changes what a text of group `from` finds at `path` on `to`.
    pub(super) fn met(&self, path: &str, (from, to): &View) -> Landing {
        match self.units.on(path, to.as_ref()) {
            Landing::With(unit) if from != to && !self.units.is_across(unit) => Landing::Absent,
            landing => landing,
        }
    }

    /// The units that bring or take what is provided; `None` where some of it stays.
    pub(super) fn landing(&self, providers: &Providers, view: &View) -> Option<Vec<u32>> {
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

    /// What satisfies a requirement of the text at `from`.
    pub(super) fn providers(&self, role: Role, from: &str, require: &Require) -> Option<Providers> {
        if let Some(own) = self.patterned(role, from, require) {
            return Some(own);
        }
        let graph = self.graph(role);
        let mut out = Providers::default();
        let resolution = graph.resolve(require);
        // A module that the tree itself has may be listed too: that brings none of its classes back.
        let may_be_listed = !matches!(resolution, Resolution::Missing(_));
        let sites = match resolution {
            Resolution::Found(sites) if !sites.is_empty() => sites,
            Resolution::Missing(_) | Resolution::Open(_) => Default::default(),
            Resolution::Elsewhere => {
                self.listed(role, require, &mut out);
                return (!out.paths.is_empty()).then_some(out);
            }
            Resolution::Found(_) => return self.folder(role, require),
        };
        let kind = require.any_of.first().map(|target| target.kind);
        let led_by = kind.and_then(crate::facts::Kind::led_to_by).map(|(own, _)| own);
        let sites = self.telling((role, from), &require.any_of, sites);
        for site in &sites {
            // It is asked for by itself.
            let facts = &graph.snapshot.file(site.file).facts;
            let provide = site.provide.and_then(|ix| facts.provides.get(ix as usize));
            if led_by.is_some() && provide.map(|own| own.kind) == led_by {
                continue;
            }
            if kind.is_some_and(|kind| is_apart(kind, from, self.path(role, site.file))) {
                continue;
            }
            out.place.get_or_insert(Place { tree: role, file: site.file, span: site.span });
            let file = graph.snapshot.file(site.file);
            if brings_file(&file.facts, site.provide) {
                out.brought.push(file.entry.path.clone());
            }
            out.paths.push(file.entry.path.clone());
        }
        if out.paths.is_empty() {
            self.packaged(role, require, &mut out);
        }
        if out.paths.is_empty() && may_be_listed {
            self.listed(role, require, &mut out);
        }
        Some(out)
    }

    /// Requirements of the files of one tree that the other does not satisfy likewise.
    fn references(&mut self, graph: &'b Graph<'g>, role: Role, found: &mut Vec<Reference<'g>>) {
        let snapshot: &'g crate::loader::Snapshot = graph.snapshot;
        for (ix, file) in snapshot.files.iter().enumerate() {
            let changes = !self.units.of(&file.entry.path).is_empty();
            if role == Role::New && !changes {
                continue;
            }
            if changes {
                self.out.looked_at += file.facts.requires.len() + file.facts.calls.len();
            }
            if !self.callers.count(file.standing) && !self.callers.include(&file.entry.path) {
                continue;
            }
            let ix = ix as FileIx;
            for require in &file.facts.requires {
                if is_import(require) || is_listing(require) {
                    self.imports.push((role, self.path(role, ix), require));
                }
                if is_passing(require) {
                    self.refers(role, self.path(role, ix), require);
                    continue;
                }
                if require.relation == Relation::Watches
                    || is_contract(require) && !self.is_given_up(role, ix, require)
                    || self.is_of_other_version(role, ix, require)
                {
                    continue;
                }
                self.compared(role, ix, Cow::Borrowed(require), found);
                if let Some(own) = beside(require) {
                    self.compared(role, ix, Cow::Owned(own), found);
                }
            }
            if role == Role::New {
                self.run_paths(ix, &file.facts.calls, found);
            }
        }
    }

    /// Compares what satisfies a requirement at either version.
    pub(super) fn compared(
        &mut self,
        role: Role,
        file: FileIx,
        require: Cow<'g, Require>,
        found: &mut Vec<Reference<'g>>,
    ) {
        let from = self.path(role, file);
        let Some(here) = self.providers(role, from, &require) else { return };
        if is_bringing(&require) && !self.is_unasked(role, file, &require) {
            here.brought.iter().for_each(|path| {
                self.brings(role, from, path);
                self.holds(role, from, path);
            });
        }
        if let Cow::Borrowed(own) = require
            && here.paths.is_empty()
        {
            self.missed(role, from, own);
        }
        // What neither version has is a defect of the tree, not of the way.
        if here.paths.is_empty() || here.paths.iter().any(|path| self.units.of(path).is_empty()) {
            return;
        }
        // Text that brings along what it needs never lacks it.
        if !is_each(&require) && here.paths.iter().any(|path| path == from) {
            return;
        }
        // What only a test brings, a program gets from elsewhere.
        let is_test = |path: &str| Standing::of(path) == Standing::Test;
        if !is_test(from) && here.paths.iter().all(|path| is_test(path)) {
            return;
        }
        let other = opposite(role);
        let there = self.providers(other, from, &require);
        // New text finds a file in another folder only while it is not all there.
        let is_whole = role == Role::New
            && require.any_of.first().is_some_and(|own| own.kind == kinds::FILE)
            && self.old.snapshot.find(from).is_none();
        let Some(there) = there.or_else(|| self.let_go(other, from, &require, &here)) else {
            return;
        };
        if !here.paths.iter().any(|path| there.paths.contains(path))
            && !self.is_asked_for(role, file, &require)
        {
            let there = if is_whole { Providers::default() } else { there };
            found.push(Reference { role, file, require, here, there });
        }
    }

    /// The units whose text makes the text of `path` live, at the version of `role`; none
    /// where nothing live does. An untouched text is `None`.
    pub(super) fn live(&self, role: Role, path: &str, view: &View) -> Vec<(Option<u32>, SmolStr)> {
        if self.is_apart_package(role, path) {
            return Vec::new();
        }
        let other = if role == Role::Old { self.new } else { self.old };
        let graphs = (self.graph(role), other);
        let through = match self.referrers.live(role, path, graphs, self.units, self.callers) {
            Live::Itself => vec![path.into()],
            Live::Through(paths) => paths,
        };
        let mut out: Vec<(Option<u32>, SmolStr)> = Vec::new();
        for path in through {
            let landing = match self.units.on(&path, view.0.as_ref()) {
                Landing::Untouched => None,
                Landing::With(unit) => Some(unit),
                Landing::Absent => continue,
            };
            if !out.iter().any(|(own, _)| *own == landing) {
                out.push((landing, path));
            }
        }
        out
    }

    fn reference(
        &mut self,
        role: Role,
        file: FileIx,
        require: &Require,
        here: &Providers,
        there: &Providers,
    ) {
        let (before, after) = if role == Role::Old { (here, there) } else { (there, here) };
        let Some(target) = require.any_of.first() else { return };
        // A file may be looked for in several folders.
        let found =
            here.paths.first().filter(|_| target.kind == kinds::FILE && here.paths.len() == 1);
        let entity = match found {
            Some(path) if !here.each => Entity::new(target.kind, path.clone()),
            _ => Entity::new(target.sought(), target.shown()),
        };
        let path = self.path(role, file);
        if self.is_included_by(role, path, here)
            || self.is_default((role, file), require, here)
            || self.is_silent((role, file), require)
        {
            return;
        }
        for view in self.views.clone() {
            let own = self.units.on(path, view.0.as_ref());
            // What the change does not touch is there all the time.
            let Some(trigger) = self.landing(before, &view) else { continue };
            let Some(rescue) = self.landing(after, &view) else { continue };
            let lives = self.lives((role, file), require, (own, rescue.is_empty()), &view);
            let version = match (role, own) {
                (_, Landing::Untouched) => "",
                (Role::Old, _) => "old ",
                _ => "new ",
            };
            let state = if role == Role::Old { "goes" } else { "comes" };
            let further = self.carried((role, path), (before, after), (&trigger, &rescue), &view);
            let each = is_each(require) || here.each;
            let mut sets: Vec<(Vec<u32>, Vec<u32>)> = match (each, role) {
                (true, Role::Old) => {
                    trigger.iter().map(|unit| (vec![*unit], rescue.clone())).collect()
                }
                (true, _) => rescue.iter().map(|unit| (trigger.clone(), vec![*unit])).collect(),
                (false, _) => vec![(trigger, rescue)],
            };
            let first = sets.len();
            sets.extend(further);
            let sets = || sets.iter().enumerate();
            let pairs = lives.iter().flat_map(|live| sets().map(move |set| (live, set)));
            for ((unit, through), (at, (trigger, rescue))) in pairs {
                let (mut trigger, mut rescue) = (trigger.clone(), rescue.clone());
                if role == Role::Old {
                    rescue.extend(unit)
                } else {
                    trigger.extend(unit)
                }
                let by = match *through == path {
                    true => String::new(),
                    false => format!("; `{through}` makes it live"),
                };
                let has_default = require.strength == Strength::Guarded && is_key(require);
                let verb = if has_default { "asks for" } else { "requires" };
                let message = format!(
                    "the {version}text {verb} {} by `{}`, and it {state} with this change{by}",
                    entity.spoken(),
                    require.via
                );
                let from = Some(Place { tree: role, file, span: require.span });
                let composed = require.composed.map(|span| Place { tree: role, file, span });
                let entity = entity.clone();
                let to = self.part(role, (require, here), (&trigger, &rescue)).or(here.place);
                let reason = Reason { entity, message, from, composed, to };
                match at < first {
                    true => self.add(trigger, rescue, reason),
                    false => self.late.push((trigger, rescue, reason)),
                }
            }
        }
    }

    /// At the version of `role` alone `user` needs `used`: the old one keeps it until it goes
    /// itself, the new one lands behind it.
    pub(super) fn tie(&mut self, role: Role, user: u32, used: u32, reason: Reason) {
        match role {
            Role::Old => self.add(vec![used], vec![user], reason),
            _ => self.add(vec![user], vec![used], reason),
        }
    }

    pub(super) fn add(&mut self, trigger: Vec<u32>, rescue: Vec<u32>, reason: Reason) {
        let clause = Clause::new(trigger, rescue, self.out.reasons.len() as u32);
        let empty = clause.trigger.is_empty() || clause.rescue.is_empty();
        if empty || clause.trigger.iter().any(|unit| clause.rescue.contains(unit)) {
            return;
        }
        // A catalog is compiled from one version of the tree.
        let mut units = clause.trigger.iter().chain(&clause.rescue);
        if reason.entity.kind.has(Property::COMPILED)
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

/// The other side of the change.
pub(super) fn opposite(role: Role) -> Role {
    if role == Role::Old { Role::New } else { Role::Old }
}
