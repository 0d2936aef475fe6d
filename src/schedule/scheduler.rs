//! Counts what can land next.

use super::problem::{Index, Problem};

/// Units landing one after the other, with what can be undone.
pub(super) struct Scheduler {
    pub(super) index: Index,
    /// Who has landed, in order.
    pub(super) order: Vec<u32>,
    /// Per unit: whether it has.
    pub(super) landed: Vec<bool>,
    /// Per clause: rescues that landed.
    rescued: Vec<u32>,
    /// Per clause: triggers that did not.
    left: Vec<u32>,
    /// Per unit: clauses that it triggers and that no rescue has landed for.
    pending: Vec<u32>,
}

impl Scheduler {
    pub(super) fn new(problem: &Problem) -> Self {
        let index = problem.index();
        Self {
            order: Vec::with_capacity(index.units()),
            landed: vec![false; index.units()],
            rescued: vec![0; index.rescue.len()],
            left: index.trigger.iter().map(|units| units.len() as u32).collect(),
            pending: index.triggers_of.iter().map(|clauses| clauses.len() as u32).collect(),
            index,
        }
    }

    /// Lands `unit` and then, again and again, every unit that no pending clause names as a
    /// trigger: to land such a unit can only help.
    pub(super) fn land(&mut self, unit: u32) {
        let mut ready = vec![unit];
        while let Some(unit) = ready.pop() {
            if std::mem::replace(&mut self.landed[unit as usize], true) {
                continue;
            }
            self.order.push(unit);
            for &clause in &self.index.triggers_of[unit as usize] {
                self.left[clause as usize] -= 1;
            }
            for &clause in &self.index.rescues_of[unit as usize] {
                self.rescued[clause as usize] += 1;
                if self.rescued[clause as usize] > 1 {
                    continue;
                }
                for &unit in &self.index.trigger[clause as usize] {
                    self.pending[unit as usize] -= 1;
                    if self.pending[unit as usize] == 0 {
                        ready.push(unit);
                    }
                }
            }
        }
    }

    /// Takes back all but the first `count` landings.
    pub(super) fn undo_to(&mut self, count: usize) {
        while self.order.len() > count {
            let Some(unit) = self.order.pop() else { return };
            self.landed[unit as usize] = false;
            for &clause in &self.index.triggers_of[unit as usize] {
                self.left[clause as usize] += 1;
            }
            for &clause in &self.index.rescues_of[unit as usize] {
                self.rescued[clause as usize] -= 1;
                if self.rescued[clause as usize] == 0 {
                    for &unit in &self.index.trigger[clause as usize] {
                        self.pending[unit as usize] += 1;
                    }
                }
            }
        }
    }

    /// The first unit from `from` on that can land now.
    pub(super) fn next(&self, from: u32) -> Option<u32> {
        (from..self.landed.len() as u32).find(|&unit| {
            let safe =
                |&clause: &u32| self.rescued[clause as usize] > 0 || self.left[clause as usize] > 1;
            !self.landed[unit as usize] && self.index.triggers_of[unit as usize].iter().all(safe)
        })
    }
}

/// Lands every unit that can land without harm to any clause, whatever lands later, and says
/// in which order; the rest of the problem is left.
pub(super) fn peel(problem: Problem) -> (Vec<u32>, Problem) {
    let mut landing = Scheduler::new(&problem);
    for unit in 0..problem.units.len() as u32 {
        if landing.pending[unit as usize] == 0 {
            landing.land(unit);
        }
    }
    let order: Vec<u32> =
        landing.order.iter().map(|&place| problem.units[place as usize]).collect();
    if order.is_empty() {
        return (order, problem);
    }
    let mut landed = order.clone();
    landed.sort_unstable();
    (order, problem.after(&landed))
}
