//! From a change to a rollout: its units, what each needs of the others at either version,
//! the waves in which it can land, and what stands in the way.
//!
//! [`crate::schedule`] knows units as numbers and requirements as clauses; this part knows
//! what they are.

mod brought;
mod built;
mod callers;
mod carried;
mod changes;
mod charts;
mod columns;
mod contracts;
mod coupled;
mod entries;
mod filled;
mod findings;
mod folders;
mod given;
mod grounded;
mod guess;
mod handed;
mod harmless;
mod hosts;
mod injected;
mod interfaces;
mod levels;
mod likely;
mod links;
mod live;
mod location;
mod lost;
mod mechanism;
mod mentions;
mod monitors;
mod named;
mod notes;
mod order;
mod order_report;
mod pairs;
mod proposal;
mod reading;
mod renamed;
mod report;
mod requirements;
mod restarts;
mod rollout_report;
mod routes;
mod schemas;
mod served;
mod services;
mod showing;
mod silences;
mod singles;
mod spelled;
mod units;
mod variables;
mod watch;
mod within;
mod words;

pub use callers::Callers;
pub use changes::changed_files;
pub use findings::findings;
pub use hosts::{HostGroup, reached};
pub use location::Location;
pub use mechanism::{Window, name as mechanism_name, windows};
pub use monitors::watches;
pub use order::{Unsafe, check as check_order};
pub use order_report::{EarlyStep, OrderReport};
pub use proposal::proposal;
pub use reading::{Known, Order};
pub use report::Format;
pub use requirements::{Reason, Requirements, needs};
pub use rollout_report::{
    Basis, Cycle, Edge, MechanismResult, Member, Reach, Rebuild, RolloutReport, Step, Unread, Wave,
};
pub use routes::Served;
pub use services::{Deployed, ServiceOutage, Suppression, Watcher};
pub use units::{Unit, Units};
pub use watch::{Watch, WatchKind};

use crate::config::Rollout as Settings;
use crate::facts::kinds;
use crate::graph::Graph;
use crate::packs::Family;
use crate::schedule::{Phase, Plan, Schedule};
use crate::syntax::declared::{Growth, growth};
use smol_str::SmolStr;

/// Longer files are not compared line by line.
const MOST_BYTES: usize = 1 << 20;

/// Whether the file at `path` is a migration that takes from the shape of the data.
fn takes(new: &Graph<'_>, path: &str) -> bool {
    let Some(file) = new.snapshot.find(path) else { return false };
    let provides = &new.snapshot.file(file).facts.provides;
    provides.iter().any(|own| own.kind == kinds::MIGRATION && own.detail.text() == "takes")
}

/// When a unit lands of which nothing better is known.
fn phase(unit: &Unit, (old, new): (&Graph<'_>, &Graph<'_>), callers: Callers) -> Phase {
    // What no host runs waits for nothing, and nothing waits for it; where it goes, it can wait.
    let is_aside = unit.paths.iter().all(|path| !callers.include(path));
    if unit.paths.is_empty() || is_aside && !unit.deletes {
        return Phase::Between;
    }
    if unit.deletes || unit.paths.iter().any(|path| takes(new, path)) {
        return Phase::Last;
    }
    if unit.adds {
        return Phase::First;
    }
    let text = |graph: &Graph<'_>, path: &str| {
        let bytes = graph.snapshot.contents(graph.snapshot.find(path)?);
        if bytes.len() > MOST_BYTES { None } else { String::from_utf8(bytes).ok() }
    };
    let growth = |path: &SmolStr| match (text(old, path), text(new, path)) {
        (Some(old), Some(new)) => growth(path, &old, &new),
        (None, Some(_)) => Growth::Adds,
        (Some(_), None) => Growth::Takes,
        (None, None) => Growth::Changes,
    };
    let all = |own: Growth| unit.paths.iter().all(|path| growth(path) == own);
    if all(Growth::Adds) {
        Phase::Adds
    } else if all(Growth::Takes) {
        Phase::Takes
    } else {
        Phase::Between
    }
}

/// A planned rollout.
pub struct Deployment {
    /// What lands.
    pub units: Units,
    /// What each unit needs of others.
    pub needs: Requirements,
    /// The waves.
    pub plan: Plan,
    /// What is known of each unit.
    pub known: Vec<Known>,
}

impl Deployment {
    /// Plans the change from `old` to `new`. `joined` names the trees that are joined to the
    /// main one: each is a unit of its own unless `settings` say otherwise.
    /// `families` tell which packages bring what.
    pub fn plan(
        old: &Graph<'_>,
        new: &Graph<'_>,
        settings: &Settings,
        joined: &[SmolStr],
        families: &[Family],
        callers: Callers,
    ) -> Self {
        let changed = changed_files(old, new);
        let mut units = Units::assign(&changed, settings, joined);
        let notified = restarts::restarted(new, &units);
        units.all.iter_mut().zip(notified).for_each(|(unit, notified)| unit.notifies = notified);
        let needs = needs(old, new, &units, families, callers);
        let rollout = Schedule::new(units.all.len() as u32, needs.clauses.clone());
        let known = reading::known((old, new), &units, &needs, callers);
        let mut plan = rollout.plan();
        // Where all is known, what was found is all that an order has to respect.
        let is_unread = |own: &Known| own.order == Order::Unknown || !own.unread.is_empty();
        if known.iter().any(is_unread) {
            let wishes: Vec<(u32, u32)> =
                needs.likely.iter().map(|own| (own.first, own.then)).collect();
            let phase = |unit: u32| {
                let unit = units.all.get(unit as usize);
                unit.map_or(Phase::Between, |unit| phase(unit, (old, new), callers))
            };
            plan = rollout.phased(plan, phase, &wishes);
        }
        Self { units, needs, plan, known }
    }

    /// Migrations of the change that take from the shape of the data.
    pub(super) fn taking<'d>(&'d self, new: &'d Graph<'_>) -> impl Iterator<Item = &'d SmolStr> {
        let paths = self.units.all.iter().flat_map(|unit| &unit.paths);
        paths.filter(|path| takes(new, path))
    }

    /// Whether every changed file was read, and no unit waits for another.
    pub fn is_free(&self) -> bool {
        self.known.iter().all(|own| own.order == Order::Free && own.unread.is_empty())
    }
}
