//! From clauses to a plan.

use super::budget::Budget;
use super::cut_set;
use super::cycle::{self, Step};
use super::problem::Problem;
use super::waves::{self, Timetable};
use super::{Clause, Schedule, merge};
use std::collections::BTreeMap;

/// Elementary steps for the searches of one plan: some tenths of a second.
const SEARCH: u64 = 1 << 25;

/// Elementary steps for the smallest freeing sets of all components, and of each.
const FREEING: (u64, u64) = (1 << 22, 1 << 20);

/// The waves in which a rollout can land.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Plan {
    /// The waves, in order. The units of a wave (sorted) may land in any order: every state
    /// on the way is consistent. Where units were grouped, a group lands as one. A component
    /// of [`Self::stuck`] is a wave of its own, and lands as one.
    pub waves: Vec<Vec<u32>>,
    /// Units for which no order exists, by wave.
    pub stuck: Vec<Component>,
    /// Indexes of waves of units that are thought to wait for each other: see
    /// [`Schedule::phased`]. Sorted.
    pub bound: Vec<usize>,
    /// Whether no plan with the same components has fewer waves. Always so when each clause
    /// has one trigger.
    pub fewest: bool,
}

/// Units that cannot land one after the other: wherever one of them is first, or last, a
/// state on the way is inconsistent.
///
/// It is as small as it can be at its place in the plan: neither does an order of its units
/// exist there, nor can it be divided into parts that land one after the other. With clauses
/// of one trigger and one rescue it is a strongly connected component of the precedence graph.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Component {
    /// The units, sorted.
    pub units: Vec<u32>,
    /// Index into [`Plan::waves`].
    pub wave: usize,
    /// Reasons of the clauses that can be violated while the units land. Sorted.
    pub forcing: Vec<u32>,
    /// Of these, a set without whose clauses the units could land one at a time, at this
    /// place in the plan. Sorted.
    pub freeing: Vec<u32>,
    /// Whether no smaller set would do. If not, the search for it was given up: the set is
    /// then one of which no reason can be spared, except where components are so large, or so
    /// many, that even that takes too long.
    pub smallest: bool,
    /// Whether it is certain that no order exists. If not, the search for one was given up
    /// (that takes more than 16 units in clauses of several triggers).
    pub exact: bool,
}

impl Plan {
    /// The component that lands in wave number `wave`.
    pub fn component(&self, wave: usize) -> Option<&Component> {
        let at = self.stuck.binary_search_by_key(&wave, |component| component.wave).ok()?;
        self.stuck.get(at)
    }

    /// Whether every unit can land by itself (or with its group) without harm.
    pub fn is_orderly(&self) -> bool {
        self.stuck.is_empty()
    }
}

impl Schedule {
    /// Finds the fewest waves, and the units that have to land together.
    ///
    /// An order exists exactly when the plan has no component, unless one of them is not
    /// [`Component::exact`]. The plan depends on nothing but the rollout.
    pub fn plan(&self) -> Plan {
        let groups = self.groups();
        let clauses = self.merged(&groups);
        let mut members: BTreeMap<u32, Vec<u32>> = BTreeMap::new();
        for (unit, &group) in (0_u32..).zip(&groups) {
            members.entry(group).or_default().push(unit);
        }
        let units: Vec<u32> = members.keys().copied().collect();
        let mut budget = Budget::new(SEARCH);
        let whole = Problem { units, clauses: clauses.clone() };
        let mut draft = Draft::new(cycle::solve(whole, &mut budget), &clauses, self.units);
        while let Some(steps) = draft.refined(&clauses, &mut budget) {
            draft = Draft::new(steps, &clauses, self.units);
        }
        let mut budget = Budget::new(FREEING.0);
        let expand = |units: &[u32]| -> Vec<u32> {
            let mut all: Vec<u32> =
                units.iter().filter_map(|unit| members.get(unit)).flatten().copied().collect();
            all.sort_unstable();
            all
        };
        let stuck = draft.inner(&clauses).into_iter().map(|(wave, inner)| {
            let mut lent = budget.lend(FREEING.1);
            let (freeing, smallest) = cut_set::freeing(&inner, &mut lent);
            budget.repay(lent);
            Component {
                units: expand(&inner.units),
                wave,
                forcing: inner.reasons(),
                freeing,
                smallest,
                exact: draft.waves[wave].proven,
            }
        });
        Plan {
            stuck: stuck.collect(),
            waves: draft.waves.iter().map(|wave| expand(&wave.units)).collect(),
            bound: Vec::new(),
            fewest: draft.fewest,
        }
    }
}

/// A plan over groups.
struct Draft {
    waves: Vec<Wave>,
    fewest: bool,
}

struct Wave {
    units: Vec<u32>,
    /// Whether the units have to land as one.
    atomic: bool,
    proven: bool,
}

impl Draft {
    /// Makes each step of several units one unit, and puts all into waves.
    fn new(steps: Vec<Step>, clauses: &[Clause], units: u32) -> Self {
        let mut into: Vec<u32> = (0..units).collect();
        let mut position = vec![0; units as usize];
        let mut jumps: BTreeMap<u32, &Step> = BTreeMap::new();
        for (at, step) in steps.iter().enumerate() {
            let Some(&first) = step.units.first() else { continue };
            position[first as usize] = at;
            step.units.iter().for_each(|&unit| into[unit as usize] = first);
            if step.units.len() > 1 {
                jumps.insert(first, step);
            }
        }
        let mut units: Vec<u32> =
            steps.iter().filter_map(|step| step.units.first().copied()).collect();
        units.sort_unstable();
        let clauses = clauses.iter().filter_map(|clause| merge(clause, &into)).collect();
        let Timetable { waves, fewest } = waves::schedule(
            &Problem { units, clauses },
            |unit| jumps.contains_key(&unit),
            |unit| position[unit as usize],
        );
        let waves = waves.into_iter().map(|units| match units.first().and_then(|u| jumps.get(u)) {
            Some(jump) => Wave { units: jump.units.clone(), atomic: true, proven: jump.proven },
            None => Wave { units, atomic: false, proven: true },
        });
        Self { waves: waves.collect(), fewest }
    }

    /// For each wave that lands as one, what stands against landing it one by one, given what
    /// has landed before.
    fn inner(&self, clauses: &[Clause]) -> BTreeMap<usize, Problem> {
        let atomic = self.waves.iter().enumerate().filter(|(_, wave)| wave.atomic);
        let mut inner: BTreeMap<usize, Problem> = atomic
            .map(|(at, wave)| (at, Problem { units: wave.units.clone(), clauses: Vec::new() }))
            .collect();
        let last = self.waves.iter().flat_map(|wave| &wave.units).max();
        let mut wave_of = vec![usize::MAX; last.map_or(0, |&unit| unit as usize + 1)];
        for (at, wave) in self.waves.iter().enumerate() {
            wave.units.iter().for_each(|&unit| wave_of[unit as usize] = at);
        }
        let wave = |unit: &u32| wave_of[*unit as usize];
        for clause in clauses {
            // Everything before has landed; nothing after counts yet.
            let Some(last) = clause.trigger.iter().map(wave).max() else { continue };
            if clause.rescue.iter().map(wave).min() != Some(last) {
                continue;
            }
            let Some(problem) = inner.get_mut(&last) else { continue };
            let mut clause = clause.clone();
            clause.trigger.retain(|unit| wave(unit) == last);
            clause.rescue.retain(|unit| wave(unit) == last);
            problem.clauses.push(clause);
        }
        inner
    }

    /// The same in finer steps, if what lands as one can be divided where it now stands:
    /// another component that was found later may rescue it.
    fn refined(&self, clauses: &[Clause], budget: &mut Budget) -> Option<Vec<Step>> {
        let mut steps = Vec::new();
        let mut finer = false;
        let mut inner = self.inner(clauses);
        for (at, wave) in self.waves.iter().enumerate() {
            let Some(problem) = inner.remove(&at) else {
                steps.extend(wave.units.iter().copied().map(Step::single));
                continue;
            };
            let mut parts = cycle::solve(problem, budget);
            finer |= parts.len() > 1;
            parts.iter_mut().for_each(|part| part.proven &= wave.proven);
            steps.extend(parts);
        }
        finer.then_some(steps)
    }
}
