//! The fewest waves.
//!
//! A wave may land in any order, so it is safe for a clause exactly when one of the clause's
//! rescues has landed in an earlier wave, or one of its triggers lands in a later one:
//!
//! > the earliest rescue's wave < the latest trigger's wave   (*)
//!
//! For if (*) fails, landing the wave's triggers before its rescues violates the clause; and
//! if it holds, the rescue is new before the last trigger is. Say of each clause which of its
//! triggers is *held back*, to land after a rescue. A plan obeys (*) exactly when it is a
//! plan for some such choice: hold back the trigger that lands last.
//!
//! Given the choice, [`timetable`] is minimal: once it has made `k` waves of free units and
//! no unit that lands alone is ready, everything has landed that any plan lands before its
//! free wave number `k + 1`. For suppose not, and take the first such unit in the order of
//! that plan. In each of its clauses a rescue landed earlier in that plan, so here too; if
//! the unit lands alone, it is therefore ready, against the assumption. If it is free, it
//! belongs to the plan's free wave `j ≤ k`, and its rescues came before that wave; by
//! induction they came before free wave `j` here, which took the unit along. So no plan needs
//! fewer free waves, and those that land alone are equally many in all plans.
//!
//! With one trigger to each clause there is nothing to choose, and the result is exact. With
//! more, a choice is improved step by step, compared with the waves that are needed when
//! those clauses are left out, and, if it is still in doubt, all choices are tried where they
//! are few ([`CHOICES`]). In general this is a search that nobody knows how to do fast.

use super::problem::{Index, Problem};
use std::collections::BTreeSet;

/// So many choices of what to hold back are tried.
const CHOICES: usize = 4096;

/// So many elementary steps those trials may take.
const STEPS: usize = 8_000_000;

/// Which trigger each clause holds back; none for a clause that is left out.
type Held = Vec<Option<u32>>;

/// An order in waves.
pub(super) struct Timetable {
    /// Units of each wave, sorted.
    pub(super) waves: Vec<Vec<u32>>,
    /// Whether no plan has fewer.
    pub(super) fewest: bool,
}

/// Puts the units of `problem` into waves, those of which `alone` into waves of their own.
/// `position` is an order without violation (units of equal position are one unit).
pub(super) fn schedule(
    problem: &Problem,
    alone: impl Fn(u32) -> bool,
    position: impl Fn(u32) -> usize,
) -> Timetable {
    let index = problem.index();
    let alone: Vec<bool> = problem.units.iter().map(|&unit| alone(unit)).collect();
    let position: Vec<usize> = problem.units.iter().map(|&unit| position(unit)).collect();
    let named = |waves: Vec<Vec<u32>>, fewest| Timetable {
        waves: waves
            .into_iter()
            .map(|wave| wave.into_iter().map(|place| problem.units[place as usize]).collect())
            .collect(),
        fewest,
    };
    let mut best = timetable(&index, &hold_last(&index, &position), &alone).unwrap_or_default();
    if index.trigger.iter().all(|trigger| trigger.len() == 1) {
        return named(best, true);
    }
    // A plan is one for the choice that holds back what it lands last, so this never gets worse.
    loop {
        let mut wave_of = vec![0; index.units()];
        for (at, wave) in best.iter().enumerate() {
            wave.iter().for_each(|&unit| wave_of[unit as usize] = at);
        }
        match timetable(&index, &hold_last(&index, &wave_of), &alone) {
            Some(next) if next.len() < best.len() => best = next,
            _ => break,
        }
    }
    let relaxed = index.trigger.iter().map(|trigger| match trigger[..] {
        [unit] => Some(unit),
        _ => None,
    });
    let bound = timetable(&index, &relaxed.collect(), &alone).map_or(0, |waves| waves.len());
    if best.len() <= bound {
        return named(best, true);
    }
    let choices = index.trigger.iter().try_fold(1_usize, |all, trigger| {
        all.checked_mul(trigger.len()).filter(|&all| all <= CHOICES)
    });
    if choices.is_none_or(|choices| choices.saturating_mul(problem.size()) > STEPS) {
        return named(best, false);
    }
    try_all(&index, &alone, bound, &mut best);
    named(best, true)
}

/// The latest trigger of each clause; the first of those that land at the same time.
fn hold_last(index: &Index, time: &[usize]) -> Held {
    let latest = |trigger: &[u32]| {
        trigger.iter().rev().copied().max_by_key(|&unit| time.get(unit as usize).copied())
    };
    index.trigger.iter().map(|trigger| latest(trigger)).collect()
}

/// Tries every choice; stops at a plan of `bound` waves.
fn try_all(index: &Index, alone: &[bool], bound: usize, best: &mut Vec<Vec<u32>>) {
    let mut choice = vec![0_usize; index.trigger.len()];
    loop {
        let held = choice.iter().zip(&index.trigger).map(|(&at, units)| units.get(at).copied());
        if let Some(waves) = timetable(index, &held.collect(), alone)
            && waves.len() < best.len()
        {
            *best = waves;
        }
        if best.len() <= bound {
            return;
        }
        // The next choice, as an odometer counts.
        let Some(wheel) = (0..choice.len()).find(|&at| choice[at] + 1 < index.trigger[at].len())
        else {
            return;
        };
        choice[..wheel].fill(0);
        choice[wheel] += 1;
    }
}

/// The fewest waves for one choice; none if it leaves units without an order.
fn timetable(index: &Index, held: &Held, alone: &[bool]) -> Option<Vec<Vec<u32>>> {
    let mut blocked = vec![0_u32; index.units()];
    held.iter().flatten().for_each(|&unit| blocked[unit as usize] += 1);
    let mut done = vec![false; held.len()];
    let mut ready_alone = BTreeSet::new();
    let mut ready = Vec::new();
    for unit in 0..index.units() as u32 {
        match (blocked[unit as usize] == 0, alone[unit as usize]) {
            (true, true) => _ = ready_alone.insert(unit),
            (true, false) => ready.push(unit),
            _ => {}
        }
    }
    let mut waves = Vec::new();
    let mut landed = 0;
    loop {
        let mut wave = match ready_alone.pop_first() {
            Some(unit) => vec![unit],
            None => std::mem::take(&mut ready),
        };
        if wave.is_empty() {
            return (landed == index.units()).then_some(waves);
        }
        wave.sort_unstable();
        landed += wave.len();
        for &clause in wave.iter().flat_map(|&unit| &index.rescues_of[unit as usize]) {
            if std::mem::replace(&mut done[clause as usize], true) {
                continue;
            }
            let Some(unit) = held[clause as usize] else { continue };
            blocked[unit as usize] -= 1;
            match (blocked[unit as usize] == 0, alone[unit as usize]) {
                (true, true) => _ = ready_alone.insert(unit),
                (true, false) => ready.push(unit),
                _ => {}
            }
        }
        waves.push(wave);
    }
}
