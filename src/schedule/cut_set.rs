//! The smallest set of reasons without which the units of a component could land one by one.
//!
//! Every set of reasons that together leave no order, a *conflict*, must lose one. A conflict
//! from which no reason can be spared is mostly small (a cycle), so trying its reasons one
//! after the other, to a depth that grows, finds the smallest set in few steps. Where that is
//! too long, there is a good set from an order that does little harm.

use super::budget::Budget;
use super::cycle::has_order;
use super::problem::Problem;
use std::cmp::Reverse;
use std::collections::BTreeSet;

/// Up to so many distinct reasons the smallest set is searched for.
const REASONS: usize = 64;

/// A set of reasons (sorted) that frees all units of `inner`, and whether none is smaller.
pub(super) fn freeing(inner: &Problem, budget: &mut Budget) -> (Vec<u32>, bool) {
    let greedy = spared(inner, violated(inner), budget);
    if greedy.len() <= 1 {
        return (greedy, true);
    }
    let all = inner.reasons();
    if all.len() > REASONS {
        return (greedy, false);
    }
    let mut search = Smallest { inner, all, conflicts: Vec::new() };
    for size in 1..greedy.len() {
        let mut removed = Vec::new();
        match search.within(size, &mut removed, budget) {
            Some(true) => {
                removed.sort_unstable();
                return (removed, true);
            }
            Some(false) => {}
            None => return (greedy, false),
        }
    }
    (greedy, true)
}

struct Smallest<'p> {
    inner: &'p Problem,
    all: Vec<u32>,
    /// Conflicts that were met.
    conflicts: Vec<Vec<u32>>,
}

impl Smallest<'_> {
    /// Whether removing `more` further reasons can be enough; `removed` then holds them.
    fn within(&mut self, more: usize, removed: &mut Vec<u32>, budget: &mut Budget) -> Option<bool> {
        if !budget.take(1 + self.conflicts.len()) {
            return None;
        }
        let untouched = |conflict: &&Vec<u32>| !conflict.iter().any(|r| removed.contains(r));
        let conflict = match self.conflicts.iter().find(untouched) {
            Some(conflict) => conflict.clone(),
            None => match self.conflict(removed, budget)? {
                None => return Some(true),
                Some(conflict) => {
                    self.conflicts.push(conflict.clone());
                    conflict
                }
            },
        };
        if more == 0 {
            return Some(false);
        }
        for reason in conflict {
            removed.push(reason);
            if self.within(more - 1, removed, budget)? {
                return Some(true);
            }
            removed.pop();
        }
        Some(false)
    }

    /// A conflict among the reasons that are left, from which none can be spared. The outer
    /// none: the budget is used up; the inner: there is no conflict.
    fn conflict(&self, removed: &[u32], budget: &mut Budget) -> Option<Option<Vec<u32>>> {
        let mut gone = removed.to_vec();
        if possible(self.inner, &gone, budget)? {
            return Some(None);
        }
        let mut conflict = Vec::new();
        for &reason in self.all.iter().filter(|reason| !removed.contains(reason)) {
            gone.push(reason);
            if possible(self.inner, &gone, budget)? {
                gone.pop();
                conflict.push(reason);
            }
        }
        Some(Some(conflict))
    }
}

/// Whether an order exists without `reasons`.
fn possible(inner: &Problem, reasons: &[u32], budget: &mut Budget) -> Option<bool> {
    has_order(inner.without(reasons), budget)
}

/// `reasons` without those that can be spared, while the budget lasts.
fn spared(inner: &Problem, mut reasons: Vec<u32>, budget: &mut Budget) -> Vec<u32> {
    for at in (0..reasons.len()).rev() {
        let reason = reasons.remove(at);
        let spare = possible(inner, &reasons, budget);
        if spare != Some(true) {
            reasons.insert(at, reason);
        }
        if spare.is_none() {
            break;
        }
    }
    reasons
}

/// The reasons (sorted) that an order violates which lands, each time, the unit that harms
/// the fewest clauses, and among these the one that rescues the most.
fn violated(inner: &Problem) -> Vec<u32> {
    let index = inner.index();
    let mut harm = vec![0_u32; index.units()];
    let mut left: Vec<usize> = index.trigger.iter().map(|units| units.len()).collect();
    let mut settled = vec![false; left.len()];
    let mut landed = vec![false; index.units()];
    for trigger in index.trigger.iter().filter(|trigger| trigger.len() == 1) {
        harm[trigger[0] as usize] += 1;
    }
    let rank = |harm: &[u32], unit: u32| {
        (harm[unit as usize], Reverse(index.rescues_of[unit as usize].len()), unit)
    };
    let mut queue: BTreeSet<_> = (0..index.units() as u32).map(|unit| rank(&harm, unit)).collect();
    let mut reasons = BTreeSet::new();
    while let Some((_, _, unit)) = queue.pop_first() {
        landed[unit as usize] = true;
        let mut changes = Vec::new();
        for &clause in &index.triggers_of[unit as usize] {
            let clause = clause as usize;
            left[clause] -= 1;
            if settled[clause] {
                continue;
            }
            match left[clause] {
                0 => {
                    settled[clause] = true;
                    reasons.insert(inner.clauses[clause].reason);
                }
                1 => changes.push((clause, true)),
                _ => {}
            }
        }
        for &clause in &index.rescues_of[unit as usize] {
            let clause = clause as usize;
            if !std::mem::replace(&mut settled[clause], true) && left[clause] == 1 {
                changes.push((clause, false));
            }
        }
        for (clause, more) in changes {
            let last = index.trigger[clause].iter().find(|&&unit| !landed[unit as usize]);
            let Some(&last) = last else { continue };
            queue.remove(&rank(&harm, last));
            let harm_of = &mut harm[last as usize];
            *harm_of = if more { *harm_of + 1 } else { harm_of.saturating_sub(1) };
            queue.insert(rank(&harm, last));
        }
    }
    reasons.into_iter().collect()
}
