//! In which order the units of a change can land, and which have no order.
//!
//! A rollout takes units from old to new one at a time; a *state* is the set of units that
//! are new. [`Clause`]s say which states are consistent. [`Schedule::plan`] finds the fewest
//! waves such that no state on the way is inconsistent, and names the units that have to
//! land together; [`Schedule::check_order`] judges an order that somebody else made. Nothing
//! here knows what a unit is: the caller numbers its own.

mod budget;
mod check;
mod cut_set;
mod cycle;
mod exact;
mod phases;
mod plan;
mod problem;
mod scheduler;
mod waves;

#[cfg(test)]
pub use check::{OrderCheck, Violation};
pub use phases::Phase;
pub use plan::{Component, Plan};

use petgraph::unionfind::UnionFind;
use smallvec::SmallVec;

/// A few units.
pub type Units = SmallVec<[u32; 4]>;

/// What makes a state inconsistent: every `trigger` is new while every `rescue` is old.
///
/// | the requirement | `trigger` | `rescue` |
/// | --- | --- | --- |
/// | `u`'s old text needs what `p`'s new text lacks | `p` | `u` |
/// | `u`'s new text needs what only `p`'s new text has | `u` | `p` |
/// | `u` needs, old and new, what moves from `p` to `q` | `p` | `q` |
/// | `u`'s old text needs what moves from `p` to `q` | `p` | `q`, `u` |
/// | `u`'s old text needs what `p` and `q` both lose | `p`, `q` | `u` |
///
/// A clause without trigger or without rescue would blame the old or the new tree as a
/// whole, which no order can help, and one with a unit on both sides always holds: such
/// clauses are ignored.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Clause {
    /// Units that are dangerous once all of them are new.
    pub trigger: Units,
    /// Units any of which, once new, takes the danger away.
    pub rescue: Units,
    /// The caller's name for the requirement; several clauses may share it.
    pub reason: u32,
}

impl Clause {
    /// The clause that forbids all of `trigger` new with all of `rescue` old.
    pub fn new(
        trigger: impl IntoIterator<Item = u32>,
        rescue: impl IntoIterator<Item = u32>,
        reason: u32,
    ) -> Self {
        Self { trigger: sorted(trigger), rescue: sorted(rescue), reason }
    }

    /// `unit` lands strictly after `first`.
    pub fn after(unit: u32, first: u32, reason: u32) -> Self {
        Self::new([unit], [first], reason)
    }

    /// Whether a state is consistent with this clause; `is_new` tells a unit's side.
    pub fn holds(&self, is_new: impl Fn(u32) -> bool) -> bool {
        self.trigger.iter().any(|&unit| !is_new(unit))
            || self.rescue.iter().any(|&unit| is_new(unit))
    }

    /// Whether no order matters to it.
    fn is_vacuous(&self) -> bool {
        self.trigger.is_empty()
            || self.rescue.is_empty()
            || self.trigger.iter().any(|unit| self.rescue.contains(unit))
    }
}

/// Units sorted, each once.
fn sorted(units: impl IntoIterator<Item = u32>) -> Units {
    let mut units: Units = units.into_iter().collect();
    units.sort_unstable();
    units.dedup();
    units
}

/// A change that has to land: its units and what must not happen on the way.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Schedule {
    /// How many units there are; they are numbered from 0. A clause may name others: those
    /// take no part and stay old.
    pub units: u32,
    /// What must not happen.
    pub clauses: Vec<Clause>,
    /// Groups of units that land in one step by configuration; groups that overlap are one.
    pub together: Vec<Vec<u32>>,
}

impl Schedule {
    /// A rollout without groups.
    pub fn new(units: u32, clauses: Vec<Clause>) -> Self {
        Self { units, clauses, together: Vec::new() }
    }

    /// The reasons of all clauses that some order would violate: what is at stake where
    /// units land in whichever order they happen to. Sorted.
    ///
    /// That is every clause that is not vacuous: land its triggers first.
    pub fn hazards(&self) -> Vec<u32> {
        let clauses = self.merged(&self.groups());
        let mut reasons: Vec<u32> = clauses.iter().map(|clause| clause.reason).collect();
        reasons.sort_unstable();
        reasons.dedup();
        reasons
    }

    /// For each unit the first unit of its group.
    fn groups(&self) -> Vec<u32> {
        let mut sets = UnionFind::<u32>::new(self.units as usize);
        for group in &self.together {
            let mut members = group.iter().copied().filter(|&unit| self.has(unit));
            if let Some(first) = members.next() {
                members.for_each(|unit| {
                    sets.union(first, unit);
                });
            }
        }
        first_members(sets)
    }

    /// The clauses over groups, without those that say nothing about an order.
    fn merged(&self, groups: &[u32]) -> Vec<Clause> {
        let stays_old = |unit: &u32| !self.has(*unit);
        let clauses = self.clauses.iter().filter(|clause| !clause.trigger.iter().any(stays_old));
        clauses.filter_map(|clause| merge(clause, groups)).collect()
    }

    fn has(&self, unit: u32) -> bool {
        unit < self.units
    }
}

/// `clause` with each unit replaced by what it is merged into; none if it is vacuous then.
/// Rescues that have no entry never come.
fn merge(clause: &Clause, into: &[u32]) -> Option<Clause> {
    let merged =
        |units: &Units| sorted(units.iter().filter_map(|&u| into.get(u as usize).copied()));
    let clause = Clause {
        trigger: merged(&clause.trigger),
        rescue: merged(&clause.rescue),
        reason: clause.reason,
    };
    (!clause.is_vacuous()).then_some(clause)
}

/// For each element the smallest of its set.
fn first_members(sets: UnionFind<u32>) -> Vec<u32> {
    let labels = sets.into_labeling();
    let mut first = vec![u32::MAX; labels.len()];
    for (unit, &label) in (0_u32..).zip(&labels) {
        let slot = &mut first[label as usize];
        *slot = unit.min(*slot);
    }
    labels.iter().map(|&label| first[label as usize]).collect()
}
