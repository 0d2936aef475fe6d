//! Judges an order that somebody made.

use super::{Schedule, Units};

/// A clause that a step breaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Violation {
    /// Index of the step.
    pub step: usize,
    /// The clause's reason.
    pub reason: u32,
    /// The first of its triggers that land in this step.
    pub unit: u32,
    /// The step that lands a rescue, and ends it. Where that is `step` itself, it depends on
    /// who is first within the step; none: no step ends it.
    pub until: Option<usize>,
}

/// What is wrong with an order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct OrderCheck {
    /// Each clause that some state on the way violates, with the step that does so first;
    /// sorted.
    pub violations: Vec<Violation>,
    /// Units that no step lands: they stay old. Sorted.
    pub never: Vec<u32>,
    /// Units that the order names and the rollout does not have. Sorted.
    pub unknown: Vec<u32>,
}

impl Schedule {
    /// Judges an order: in each step its units land one by one, in any order, and only those
    /// of a group that stand in the same step at once. A unit lands where it is named first.
    pub fn check_order(&self, order: &[Vec<u32>]) -> OrderCheck {
        let groups = self.groups();
        let mut step_of: Vec<Option<usize>> = vec![None; groups.len()];
        let mut unknown = Vec::new();
        for (at, step) in order.iter().enumerate() {
            for &unit in step {
                match step_of.get_mut(unit as usize) {
                    Some(step) => _ = step.get_or_insert(at),
                    None => unknown.push(unit),
                }
            }
        }
        unknown.sort_unstable();
        unknown.dedup();
        let step = |unit: &u32| step_of.get(*unit as usize).copied().flatten();
        let group = |unit: &u32| groups.get(*unit as usize).copied();
        let mut violations = Vec::new();
        for clause in self.clauses.iter().filter(|clause| !clause.is_vacuous()) {
            // The clause is in danger from the step of its last trigger on, if all land.
            let steps: Option<Vec<usize>> = clause.trigger.iter().map(step).collect();
            let Some(last) = steps.and_then(|steps| steps.into_iter().max()) else { continue };
            let triggers: Units =
                clause.trigger.iter().copied().filter(|unit| step(unit) == Some(last)).collect();
            let until = clause.rescue.iter().filter_map(step).min();
            let beside = |rescue: &u32| {
                step(rescue) == Some(last) && triggers.iter().any(|t| group(t) == group(rescue))
            };
            if until.is_some_and(|until| until < last) || clause.rescue.iter().any(beside) {
                continue;
            }
            // No rescue lands at all: that is the new tree's own defect, if all of them are
            // outside the rollout.
            if clause.rescue.iter().all(|&unit| !self.has(unit)) {
                continue;
            }
            let Some(unit) = triggers.into_iter().min() else { continue };
            violations.push(Violation { step: last, reason: clause.reason, unit, until });
        }
        violations.sort_unstable();
        violations.dedup();
        let never = (0..self.units).filter(|unit| step(unit).is_none()).collect();
        OrderCheck { violations, never, unknown }
    }
}
