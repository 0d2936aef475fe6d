//! Units: what lands together.

use super::changes::Changed;
use crate::config::{Mechanism, Rollout as Settings};
use globset::{Glob, GlobSet, GlobSetBuilder};
use rustc_hash::FxHashMap;
use smol_str::SmolStr;

/// A unit of the rollout.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unit {
    /// How reports call it: its path, or its name in the configuration.
    pub name: SmolStr,
    /// The changed paths in it, sorted; empty where its contents are in no tree.
    pub paths: Vec<SmolStr>,
    /// Whether all it does is delete.
    pub deletes: bool,
    /// How it is brought.
    pub mechanism: Mechanism,
    /// Services that are restarted when it lands.
    pub restarts: Vec<SmolStr>,
    /// The hosts that get it.
    pub hosts: Option<String>,
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
    by_path: FxHashMap<SmolStr, u32>,
}

impl Units {
    /// Puts every changed file into a unit: one of the settings, the joined tree that it
    /// comes from, or one of its own.
    /// Settings are taken to be valid, as [`Settings::validate`] finds them.
    pub fn assign(changed: &[Changed], settings: &Settings, joined: &[SmolStr]) -> Self {
        let globs: Vec<GlobSet> = settings.units.iter().map(|unit| globs(&unit.paths)).collect();
        let mut found: FxHashMap<SmolStr, Unit> = FxHashMap::default();
        for file in changed {
            let own = globs.iter().position(|globs| globs.is_match(file.path.as_str()));
            let first = file.path.split('/').next().unwrap_or_default();
            let name = match own {
                Some(ix) => settings.units[ix].name.clone(),
                None if joined.iter().any(|name| name == first) => first.into(),
                None => file.path.clone(),
            };
            let unit = found.entry(name.clone()).or_insert_with(|| Unit {
                name,
                paths: Vec::new(),
                deletes: true,
                mechanism: own.map_or(settings.mechanism, |ix| settings.units[ix].mechanism),
                restarts: own.map(|ix| settings.units[ix].restarts.clone()).unwrap_or_default(),
                hosts: own.and_then(|ix| settings.units[ix].hosts.clone()),
                elsewhere: None,
            });
            unit.paths.push(file.path.clone());
            unit.deletes &= file.new.is_none();
        }
        for own in &settings.units {
            if let Some(reason) = &own.elsewhere {
                found.entry(own.name.clone()).or_insert_with(|| Unit {
                    name: own.name.clone(),
                    paths: Vec::new(),
                    deletes: false,
                    mechanism: own.mechanism,
                    restarts: own.restarts.clone(),
                    hosts: own.hosts.clone(),
                    elsewhere: Some(reason.clone()),
                });
            }
        }
        let mut all: Vec<Unit> = found.into_values().collect();
        all.sort_by(|a, b| a.name.cmp(&b.name));
        let mut units = Self { all, ..Self::default() };
        for (ix, unit) in units.all.iter().enumerate() {
            for path in &unit.paths {
                units.by_path.insert(path.clone(), ix as u32);
            }
        }
        for own in &settings.units {
            for other in &own.coupled {
                if let (Some(a), Some(b)) = (units.named(&own.name), units.named(other)) {
                    let why = own.elsewhere.clone().unwrap_or_else(|| "by configuration".into());
                    units.coupled.push((a, b, why));
                }
            }
        }
        units
    }

    /// The unit of a changed path; `None` for what the change does not touch.
    pub fn of(&self, path: &str) -> Option<u32> {
        self.by_path.get(path).copied()
    }

    /// The unit of that name.
    pub fn named(&self, name: &str) -> Option<u32> {
        let ix = self.all.binary_search_by(|unit| unit.name.as_str().cmp(name)).ok()?;
        Some(ix as u32)
    }

    /// A unit's name.
    pub fn name(&self, unit: u32) -> &str {
        self.all.get(unit as usize).map_or("", |unit| unit.name.as_str())
    }
}

pub(super) fn globs(paths: &[String]) -> GlobSet {
    let mut set = GlobSetBuilder::new();
    paths.iter().filter_map(|path| Glob::new(path).ok()).for_each(|glob| {
        set.add(glob);
    });
    set.build().unwrap_or_default()
}
