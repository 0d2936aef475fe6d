//! From a change to a rollout: its units, what each needs of the others at either version,
//! the waves in which it can land, and what stands in the way.
//!
//! [`crate::rollout`] knows units as numbers and requirements as clauses; this part knows
//! what they are.

mod changes;
mod clauses;
mod findings;
mod hosts;
mod mechanism;
mod monitors;
mod order;
mod proposal;
pub mod report;
mod restarts;
mod routes;
mod services;
mod sheet;
mod silences;
mod units;

pub use changes::{Changed, changed_files};
pub use clauses::{Needs, Reason, needs};
pub use findings::findings;
pub use hosts::{HostGroup, reached};
pub use mechanism::{Window, name as mechanism_name, windows};
pub use monitors::{Watch, WatchKind, watches};
pub use order::{Unsafe, check as check_order};
pub use proposal::{Proposal, proposal};
pub use routes::Served;
pub use sheet::Sheet;
pub use silences::Silenced;
pub use units::{Unit, Units};

use crate::config::Rollout as Settings;
use crate::graph::Graph;
use crate::packs::Family;
use crate::rollout::{Plan, Rollout};
use smol_str::SmolStr;

/// A planned rollout.
pub struct Deployment {
    /// What lands.
    pub units: Units,
    /// What each unit needs of others.
    pub needs: Needs,
    /// The waves.
    pub plan: Plan,
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
    ) -> Self {
        let changed = changed_files(old, new);
        let mut units = Units::assign(&changed, settings, joined);
        let notified = restarts::restarted(new, &units);
        units.all.iter_mut().zip(notified).for_each(|(unit, notified)| unit.notifies = notified);
        let needs = needs(old, new, &units, families);
        let rollout = Rollout::new(units.all.len() as u32, needs.clauses.clone());
        let plan = rollout.plan();
        Self { units, needs, plan }
    }

    /// Whether every unit can land at any time.
    pub fn is_free(&self) -> bool {
        self.plan.waves.len() <= 1 && self.plan.stuck.is_empty()
    }
}
