//! Units: what lands together.

use super::changes::Changed;
use crate::config::{Mechanism, Rollout as Settings, Unit as Configured};
use globset::{Glob, GlobSet, GlobSetBuilder};
use rustc_hash::{FxHashMap, FxHashSet};
use smallvec::SmallVec;
use smol_str::SmolStr;

/// The unit of a tree that reaches a host as a whole.
const WHOLE: &str = ".";

/// A unit of the rollout.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unit {
    /// How reports call it: its path, or its name in the configuration.
    pub name: SmolStr,
    /// The changed paths in it, sorted; empty where its contents are in no tree.
    pub paths: Vec<SmolStr>,
    /// Whether all it does is delete.
    pub deletes: bool,
    /// Whether all it does is add files.
    pub adds: bool,
    /// How it is brought.
    pub mechanism: Mechanism,
    /// Services that are restarted when it lands, by configuration.
    pub restarts: Vec<SmolStr>,
    /// Services that the tree itself restarts when one of its files changes.
    pub notifies: Vec<SmolStr>,
    /// The hosts that get it.
    pub hosts: Option<String>,
    /// The host group on which it lands, where each group gets it by itself.
    pub group: Option<SmolStr>,
    /// What it provides is used from other hosts too.
    pub across: bool,
    /// Why its contents are in no tree.
    pub elsewhere: Option<String>,
}

/// All units of a change.
#[derive(Debug, Clone, Default)]
pub struct Units {
    /// The units, sorted by name.
    pub all: Vec<Unit>,
    /// Pairs that have to match by configuration, with why.
    pub coupled: Vec<(u32, u32, String)>,
    by_path: FxHashMap<SmolStr, SmallVec<[u32; 1]>>,
}

/// What becomes of a path on a host.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Landing {
    /// The change does not touch it.
    Untouched,
    /// It comes, changes or goes with this unit.
    With(u32),
    /// The host does not get it.
    Absent,
}

impl Units {
    /// Puts every changed file into a unit: one of the settings, the joined tree that it
    /// comes from, or one of its own.
    /// Settings are taken to be valid, as [`Settings::validate`] finds them.
    pub fn assign(changed: &[Changed], settings: &Settings, joined: &[SmolStr]) -> Self {
        let globs: Vec<GlobSet> = settings.units.iter().map(|unit| globs(&unit.paths)).collect();
        let mut found: FxHashMap<SmolStr, Unit> = FxHashMap::default();
        let unit_of = |path: &str| globs.iter().position(|globs| globs.is_match(path));
        let paths = changed.iter().map(|file| file.path.as_str());
        let single: FxHashSet<&str> = paths.filter(|path| unit_of(path).is_none()).collect();
        for file in changed {
            let mut put = |unit: Unit| {
                let unit = found.entry(unit.name.clone()).or_insert(unit);
                unit.paths.push(file.path.clone());
                unit.deletes &= file.new.is_none();
                unit.adds &= file.old.is_none();
            };
            match unit_of(&file.path).map(|ix| &settings.units[ix]) {
                Some(own) => configured(own).for_each(put),
                None => {
                    let name =
                        match (crate::facts::joined_in(joined, &file.path), settings.mechanism) {
                            (Some(name), _) => name.clone(),
                            // A host has all of it or nothing.
                            (None, Mechanism::Symlink) => SmolStr::new_static(WHOLE),
                            (None, _) => swapped(&single, &file.path).unwrap_or(&file.path).into(),
                        };
                    put(Unit::plain(name, settings.mechanism));
                }
            }
        }
        for own in settings.units.iter().filter(|unit| unit.elsewhere.is_some()) {
            for unit in configured(own) {
                found.entry(unit.name.clone()).or_insert(Unit {
                    elsewhere: own.elsewhere.clone(),
                    deletes: false,
                    adds: false,
                    ..unit
                });
            }
        }
        let mut all: Vec<Unit> = found.into_values().collect();
        all.sort_by(|a, b| a.name.cmp(&b.name));
        let mut units = Self { all, ..Self::default() };
        for (ix, unit) in units.all.iter().enumerate() {
            for path in &unit.paths {
                units.by_path.entry(path.clone()).or_default().push(ix as u32);
            }
        }
        for own in &settings.units {
            for other in &own.coupled {
                let Some(other) = settings.units.iter().find(|unit| unit.name == *other) else {
                    continue;
                };
                let why = own.elsewhere.clone().unwrap_or_else(|| "by configuration".into());
                let named = |unit: Unit| units.named(&unit.name);
                let pairs: Vec<_> = configured(own)
                    .filter_map(named)
                    .flat_map(|a| configured(other).filter_map(named).map(move |b| (a, b)))
                    .collect();
                units.coupled.extend(pairs.into_iter().map(|(a, b)| (a, b, why.clone())));
            }
        }
        units
    }

    /// The units of a changed path, one for each host group that gets it; none for what
    /// the change does not touch.
    pub fn of(&self, path: &str) -> &[u32] {
        self.by_path.get(path).map_or(&[], SmallVec::as_slice)
    }

    /// What becomes of a path on the hosts of a group; `None` stands for hosts in general.
    pub fn on(&self, path: &str, group: Option<&SmolStr>) -> Landing {
        let units = self.of(path);
        if units.is_empty() {
            return Landing::Untouched;
        }
        let lands = |ix: &&u32| {
            let unit = self.all.get(**ix as usize);
            unit.is_some_and(|unit| unit.group.is_none() || unit.group.as_ref() == group)
        };
        units.iter().find(lands).map_or(Landing::Absent, |ix| Landing::With(*ix))
    }

    /// From which hosts to which a requirement may lead: the group of the text, and that
    /// of what it needs. On one host without groups; within each group; and from each group
    /// to every other where a unit is used across hosts.
    pub fn views(&self) -> Vec<(Option<SmolStr>, Option<SmolStr>)> {
        let mut groups: Vec<_> = self.all.iter().filter_map(|unit| unit.group.clone()).collect();
        groups.sort();
        groups.dedup();
        if groups.is_empty() {
            return vec![(None, None)];
        }
        let across = |group: &SmolStr| {
            self.all.iter().any(|unit| unit.across && unit.group.as_ref() == Some(group))
        };
        let mut views = Vec::new();
        for from in &groups {
            views.push((Some(from.clone()), Some(from.clone())));
            let others = groups.iter().filter(|to| *to != from && across(to));
            views.extend(others.map(|to| (Some(from.clone()), Some(to.clone()))));
        }
        views
    }

    /// Whether a unit restarts a service, by configuration or by what the tree says.
    pub fn restarts(&self, unit: u32, service: &str) -> bool {
        let is_own =
            |unit: &Unit| unit.restarts.iter().chain(&unit.notifies).any(|own| own == service);
        self.all.get(unit as usize).is_some_and(is_own)
    }

    /// The unit of that name.
    pub fn named(&self, name: &str) -> Option<u32> {
        let ix = self.all.binary_search_by(|unit| unit.name.as_str().cmp(name)).ok()?;
        Some(ix as u32)
    }

    /// How a unit is brought.
    pub fn mechanism(&self, unit: u32) -> Mechanism {
        self.all.get(unit as usize).map_or_else(Mechanism::default, |unit| unit.mechanism)
    }

    /// Whether a unit's contents can be met from another host.
    pub fn is_across(&self, unit: u32) -> bool {
        self.all.get(unit as usize).is_some_and(|unit| unit.across)
    }

    /// A unit's name.
    pub fn name(&self, unit: u32) -> &str {
        self.all.get(unit as usize).map_or("", |unit| unit.name.as_str())
    }
}

impl Unit {
    fn plain(name: SmolStr, mechanism: Mechanism) -> Self {
        Self {
            name,
            paths: Vec::new(),
            deletes: true,
            adds: true,
            mechanism,
            restarts: Vec::new(),
            notifies: Vec::new(),
            hosts: None,
            group: None,
            across: false,
            elsewhere: None,
        }
    }
}

/// The changed path that is a folder above `path` in one tree and a file or a link in the other:
/// the two cannot stand beside each other, so they change places at once.
fn swapped<'p>(paths: &FxHashSet<&'p str>, path: &str) -> Option<&'p str> {
    path.match_indices('/').find_map(|(at, _)| paths.get(&path[..at]).copied())
}

/// A unit of the settings, once for each of its host groups.
fn configured(own: &Configured) -> impl Iterator<Item = Unit> {
    let unit = |name: SmolStr, group: Option<SmolStr>| Unit {
        restarts: own.restarts.clone(),
        hosts: group.as_ref().map(SmolStr::to_string).or_else(|| own.hosts.clone()),
        group,
        across: own.across_hosts,
        ..Unit::plain(name, own.mechanism)
    };
    let alone = own.groups.is_empty().then(|| unit(own.name.clone(), None));
    let grouped =
        move |group: &SmolStr| unit(format!("{}@{group}", own.name).into(), Some(group.clone()));
    alone.into_iter().chain(own.groups.iter().map(grouped))
}

pub(super) fn globs(paths: &[String]) -> GlobSet {
    let mut set = GlobSetBuilder::new();
    paths.iter().filter_map(|path| Glob::new(path).ok()).for_each(|glob| {
        set.add(glob);
    });
    set.build().unwrap_or_default()
}
