//! Lands everything, one unit at a time where that is possible.
//!
//! A unit that triggers nothing can land first, and one that rescues nothing last, whatever
//! the others do. What is left when these are gone is split into parts. A part that
//! [`Problem::split`] cannot divide any further is a *core*: every unit of it is among
//! the triggers of some clause and among the rescues of another.
//!
//! - Where every clause has one trigger, no unit can land first: there is no order.
//! - Where every clause has one rescue, no unit can land last: the same, mirrored in time.
//! - Else a search decides ([`exact`]).
//!
//! A core without an order needs a *jump*: units that land together, after which the state is
//! consistent again. The smallest one is taken, and the rest of the core goes on from there.

use super::budget::Budget;
use super::exact::{self, Search};
use super::problem::Problem;
use super::scheduler::peel;

/// Units that land in one step.
#[derive(Debug, Clone)]
pub(super) struct Step {
    /// Sorted; several only where they have to land together.
    pub(super) units: Vec<u32>,
    /// Whether it was proved that no order exists without such a step.
    pub(super) proven: bool,
}

impl Step {
    pub(super) fn single(unit: u32) -> Self {
        Self { units: vec![unit], proven: true }
    }
}

/// How a problem can be tackled in which each unit is a trigger and a rescue.
enum Kind {
    /// No unit can be first.
    NoFirst,
    /// No unit can be last.
    NoLast,
    /// Unknown until searched.
    Mixed,
}

fn kind(core: &Problem) -> Kind {
    if core.clauses.iter().all(|clause| clause.trigger.len() == 1) {
        Kind::NoFirst
    } else if core.clauses.iter().all(|clause| clause.rescue.len() == 1) {
        Kind::NoLast
    } else {
        Kind::Mixed
    }
}

enum Task {
    Solve(Problem, bool),
    Land(Step),
}

/// All units of `problem` in an order whose every state is consistent.
pub(super) fn solve(problem: Problem, budget: &mut Budget) -> Vec<Step> {
    let mut steps = Vec::new();
    // What is to be done next is last.
    let mut tasks = vec![Task::Solve(problem, true)];
    while let Some(task) = tasks.pop() {
        let (problem, proven) = match task {
            Task::Land(step) => {
                steps.push(step);
                continue;
            }
            Task::Solve(problem, proven) => (problem, proven),
        };
        let (first, problem) = peel(problem);
        steps.extend(first.into_iter().map(Step::single));
        let (last, problem) = peel(problem.mirrored());
        tasks.extend(last.into_iter().map(|unit| Task::Land(Step::single(unit))));
        let problem = problem.mirrored();
        if problem.units.is_empty() {
            continue;
        }
        let mut parts = problem.split();
        if parts.len() > 1 {
            tasks.extend(parts.into_iter().rev().map(|part| Task::Solve(part, proven)));
            continue;
        }
        let Some(core) = parts.pop() else { continue };
        match kind(&core) {
            Kind::NoFirst => {
                let units = exact::smallest_jump(&core, budget);
                tasks.push(Task::Solve(core.after(&units), proven));
                tasks.push(Task::Land(Step { units, proven }));
            }
            Kind::NoLast => {
                let mirrored = core.mirrored();
                let units = exact::smallest_jump(&mirrored, budget);
                let before = mirrored.after(&units).mirrored();
                tasks.push(Task::Land(Step { units, proven }));
                tasks.push(Task::Solve(before, proven));
            }
            Kind::Mixed => match exact::search(&core, budget) {
                Search::Order(order) => steps.extend(order.into_iter().map(Step::single)),
                Search::Dead { ends, proven: all } => {
                    let proven = proven && all;
                    let (landed, units) = exact::best_jump(&core, ends, budget);
                    let mut new = landed.clone();
                    new.extend(&units);
                    new.sort_unstable();
                    steps.extend(landed.into_iter().map(Step::single));
                    tasks.push(Task::Solve(core.after(&new), proven));
                    tasks.push(Task::Land(Step { units, proven }));
                }
            },
        }
    }
    steps
}

/// Whether the units can land one at a time; none if the budget did not suffice to tell.
pub(super) fn has_order(problem: Problem, budget: &mut Budget) -> Option<bool> {
    let mut problems = vec![problem];
    let mut sure = true;
    while let Some(problem) = problems.pop() {
        if !budget.take(problem.size()) {
            return None;
        }
        let (_, problem) = peel(problem);
        let problem = peel(problem.mirrored()).1.mirrored();
        if problem.units.is_empty() {
            continue;
        }
        // Here each unit triggers something, and rescues something.
        if !matches!(kind(&problem), Kind::Mixed) {
            return Some(false);
        }
        let mut parts = problem.split();
        if parts.len() > 1 {
            problems.extend(parts);
            continue;
        }
        let Some(core) = parts.pop() else { continue };
        match kind(&core) {
            Kind::NoFirst | Kind::NoLast => return Some(false),
            Kind::Mixed => match exact::search(&core, budget) {
                Search::Order(_) => {}
                Search::Dead { proven: true, .. } => return Some(false),
                Search::Dead { proven: false, .. } => sure = false,
            },
        }
    }
    sure.then_some(true)
}
