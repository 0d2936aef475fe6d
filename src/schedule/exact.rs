//! Searches in a core: for an order, and for the smallest set of units that can jump.

use super::budget::Budget;
use super::problem::Problem;
use super::scheduler::Scheduler;
use rustc_hash::FxHashSet;

/// Up to so many units every subset is tried for the smallest jump.
const SUBSETS_OF: usize = 16;

/// Up to so many choices a search is finished, whatever it costs: 65,536 states at most.
const ALWAYS: usize = 16;

/// Up to so many dead ends are kept to choose a jump from.
const DEAD_ENDS: usize = 64;

/// What a search for an order found.
#[derive(Debug)]
pub(super) enum Search {
    /// An order of all units.
    Order(Vec<u32>),
    /// There is none, or none was found.
    Dead {
        /// Orders that lead to a state from which no unit can land; at least one.
        ends: Vec<Vec<u32>>,
        /// Whether there is none.
        proven: bool,
    },
}

/// Looks for an order of a core.
///
/// A unit that triggers no clause of several triggers lands as soon as it can: that helps and
/// never hurts. So a state is told by which of the other units, the *choices*, are new, and
/// the search visits each set of choices once: at most 2^choices states. With more than
/// [`ALWAYS`] choices it gives up when the budget is used up, but not before it has met one
/// dead end.
pub(super) fn search(core: &Problem, budget: &mut Budget) -> Search {
    let mut landing = Scheduler::new(core);
    let mut is_choice = vec![false; core.units.len()];
    for trigger in landing.index.trigger.iter().filter(|trigger| trigger.len() > 1) {
        trigger.iter().for_each(|&unit| is_choice[unit as usize] = true);
    }
    let choices: Vec<usize> = (0..is_choice.len()).filter(|&unit| is_choice[unit]).collect();
    let named = |order: &[u32]| -> Vec<u32> {
        order.iter().map(|&place| core.units[place as usize]).collect()
    };
    let cost = core.size();
    let mut seen: FxHashSet<Vec<u64>> = FxHashSet::default();
    let mut ends = Vec::new();
    // How many had landed before the choice that led here, and the choice to try next.
    let mut path = vec![(0_usize, 0_u32)];
    while let Some((before, from)) = path.last_mut() {
        let tried_none = *from == 0;
        let Some(unit) = landing.next(*from) else {
            if tried_none && ends.len() < DEAD_ENDS {
                ends.push(named(&landing.order));
            }
            landing.undo_to(*before);
            path.pop();
            continue;
        };
        if !budget.take(cost) && !ends.is_empty() && choices.len() > ALWAYS {
            return Search::Dead { ends, proven: false };
        }
        *from = unit + 1;
        let before = landing.order.len();
        landing.land(unit);
        if landing.order.len() == core.units.len() {
            return Search::Order(named(&landing.order));
        }
        let mut key = vec![0_u64; choices.len().div_ceil(64)];
        for (at, &unit) in choices.iter().enumerate() {
            key[at / 64] |= u64::from(landing.landed[unit]) << (at % 64);
        }
        if seen.insert(key) {
            path.push((before, 0));
        } else {
            landing.undo_to(before);
        }
    }
    Search::Dead { ends, proven: true }
}

/// The dead end from which the fewest units have to jump: what lands before, and the jump.
pub(super) fn best_jump(
    core: &Problem,
    ends: Vec<Vec<u32>>,
    budget: &mut Budget,
) -> (Vec<u32>, Vec<u32>) {
    let mut best: Option<(Vec<u32>, Vec<u32>)> = None;
    for end in ends {
        if best.as_ref().is_some_and(|(_, jump)| jump.len() <= 2)
            || (best.is_some() && !budget.take(core.size()))
        {
            break;
        }
        let mut landed = end.clone();
        landed.sort_unstable();
        let jump = smallest_jump(&first_core(core.clone().after(&landed)), budget);
        if best.as_ref().is_none_or(|(_, best)| jump.len() < best.len()) {
            best = Some((end, jump));
        }
    }
    best.unwrap_or_else(|| (Vec::new(), core.units.clone()))
}

/// The first part, split as far as it goes. It waits for nothing outside, so it can jump.
fn first_core(mut problem: Problem) -> Problem {
    loop {
        let mut parts = problem.split();
        let last = parts.len() < 2;
        parts.truncate(1);
        problem = parts.pop().unwrap_or_default();
        if last {
            return problem;
        }
    }
}

/// The fewest units of a core that can land together.
///
/// Smallest for up to [`SUBSETS_OF`] units while the budget lasts; beyond, none can be spared.
pub(super) fn smallest_jump(problem: &Problem, budget: &mut Budget) -> Vec<u32> {
    let plain = |problem: &Problem| {
        problem.clauses.iter().all(|clause| clause.trigger.len() == 1 && clause.rescue.len() == 1)
    };
    if plain(problem) {
        return problem.units.clone();
    }
    let jump = without_spare(problem, budget);
    let within = if problem.units.len() <= SUBSETS_OF { &problem.units } else { &jump };
    if within.len() > SUBSETS_OF {
        return jump;
    }
    smallest_subset(problem, within, jump.len(), budget).unwrap_or(jump)
}

/// Leaves out of all units one after the other, with whatever cannot jump without it.
fn without_spare(problem: &Problem, budget: &mut Budget) -> Vec<u32> {
    let index = problem.index();
    let mut inside = vec![true; index.units()];
    let mut count = inside.len();
    // Units that need one another and nothing else stand and fall together.
    let single = problem
        .clauses
        .iter()
        .filter(|clause| clause.trigger.len() == 1 && clause.rescue.len() == 1);
    let hard = Problem { units: problem.units.clone(), clauses: single.cloned().collect() }.split();
    if hard.len() == 1 {
        return problem.units.clone();
    }
    let place = |unit: &u32| problem.units.binary_search(unit).unwrap_or(0);
    let mut spares: Vec<usize> =
        hard.iter().filter_map(|part| part.units.first().map(place)).collect();
    spares.sort_unstable();
    let mut rescues: Vec<usize> = index.rescue.iter().map(|units| units.len()).collect();
    for spare in spares.into_iter().rev() {
        if !inside[spare] {
            continue;
        }
        if !budget.take(problem.size()) {
            break;
        }
        let mut gone = Vec::new();
        let mut going = vec![spare as u32];
        while let Some(unit) = going.pop() {
            if !std::mem::replace(&mut inside[unit as usize], false) {
                continue;
            }
            gone.push(unit);
            for &clause in &index.rescues_of[unit as usize] {
                rescues[clause as usize] -= 1;
                let trigger = &index.trigger[clause as usize];
                if rescues[clause as usize] == 0
                    && trigger.iter().all(|&unit| inside[unit as usize])
                {
                    going.extend(trigger.last());
                }
            }
        }
        if gone.len() < count {
            count -= gone.len();
            continue;
        }
        for unit in gone {
            inside[unit as usize] = true;
            index.rescues_of[unit as usize].iter().for_each(|&at| rescues[at as usize] += 1);
        }
    }
    let kept = problem.units.iter().zip(&inside).filter(|(_, inside)| **inside);
    kept.map(|(&unit, _)| unit).collect()
}

/// The smallest set among `within` that can jump, if it has fewer than `below` units.
fn smallest_subset(
    problem: &Problem,
    within: &[u32],
    below: usize,
    budget: &mut Budget,
) -> Option<Vec<u32>> {
    let mask = |units: &[u32]| -> u32 {
        units.iter().filter_map(|unit| within.binary_search(unit).ok()).map(|at| 1 << at).sum()
    };
    let inside = |units: &[u32]| units.iter().all(|unit| within.binary_search(unit).is_ok());
    let clauses = problem.clauses.iter().filter(|clause| inside(&clause.trigger));
    let mut masks: Vec<(u32, u32)> =
        clauses.map(|clause| (mask(&clause.trigger), mask(&clause.rescue))).collect();
    masks.sort_unstable();
    masks.dedup();
    let can_jump = |set: u32| {
        masks.iter().all(|&(trigger, rescue)| trigger & set != trigger || rescue & set != 0)
    };
    for count in 1..below {
        let mut set = (1_u32 << count) - 1;
        while set < 1 << within.len() {
            if !budget.take(masks.len()) {
                return None;
            }
            if can_jump(set) {
                let members = (0..within.len()).filter(|at| set >> at & 1 == 1);
                return Some(members.map(|at| within[at]).collect());
            }
            // The next larger number with as many bits.
            let low = set & set.wrapping_neg();
            let next = set + low;
            set = next | (((set ^ next) >> 2) / low);
        }
    }
    None
}
