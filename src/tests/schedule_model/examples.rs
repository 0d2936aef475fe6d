//! Single plans whose waves are known.

use super::is_safe;
use crate::schedule::{Clause, Component, OrderCheck, Plan, Schedule, Violation};

/// Units 1 and 2 call what unit 0 deletes.
#[test]
fn callers_land_before_the_deletion() {
    let rollout = Schedule::new(3, vec![Clause::after(0, 1, 10), Clause::after(0, 2, 11)]);
    let plan = rollout.plan();
    assert_eq!(
        plan,
        Plan { waves: vec![vec![1, 2], vec![0]], stuck: vec![], bound: vec![], fewest: true }
    );
    assert_eq!(rollout.hazards(), [10, 11]);
    // The deletion first: both calls fail until the callers land.
    let check = rollout.check_order(&[vec![0], vec![1]]);
    let violation = |reason, until| Violation { step: 0, reason, unit: 0, until };
    assert_eq!(
        check,
        OrderCheck {
            violations: vec![violation(10, Some(1)), violation(11, None)],
            never: vec![2],
            unknown: vec![],
        }
    );
    // All at once: it depends on who is first.
    assert_eq!(rollout.check_order(&[vec![0, 1, 2]]).violations[0].until, Some(0));
    assert!(is_safe(&rollout.check_order(&plan.waves)));
}

/// The new caller passes what only the new callee takes; the new callee demands what only the
/// new caller passes.
#[test]
fn two_units_that_need_each_other_are_one_component() {
    let clauses = vec![Clause::after(0, 1, 7), Clause::after(1, 0, 8), Clause::after(2, 1, 9)];
    let plan = Schedule::new(3, clauses.clone()).plan();
    assert_eq!(plan.waves, [vec![0, 1], vec![2]]);
    let component = Component {
        units: vec![0, 1],
        wave: 0,
        forcing: vec![7, 8],
        freeing: vec![7],
        smallest: true,
        exact: true,
    };
    assert_eq!(plan.component(0), Some(&component));
    assert_eq!(plan.component(1), None);
    // Declared as one, they are no problem.
    let joined = Schedule { units: 3, clauses, together: vec![vec![1, 0]] };
    assert!(joined.plan().is_orderly());
    assert_eq!(joined.plan().waves, [vec![0, 1], vec![2]]);
}

#[test]
fn a_chain_takes_a_wave_for_each_unit() {
    let count = 5000;
    let clauses = (1..count).map(|unit| Clause::after(unit - 1, unit, unit)).collect();
    let plan = Schedule::new(count, clauses).plan();
    assert!(plan.waves.into_iter().eq((0..count).rev().map(|unit| vec![unit])));
}

#[test]
fn a_ring_is_one_component_that_any_link_frees() {
    let count = 5000;
    let clauses =
        (0..count).map(|unit| Clause::after(unit, (unit + 1) % count, unit)).collect::<Vec<_>>();
    let plan = Schedule::new(count, clauses).plan();
    assert_eq!(plan.waves, [(0..count).collect::<Vec<_>>()]);
    assert_eq!(plan.stuck[0].freeing.len(), 1);
    assert!(plan.stuck[0].smallest);
}

#[test]
fn a_diamond_has_three_waves() {
    let after = [(1, 0), (2, 0), (3, 1), (3, 2)];
    let clauses = after.iter().map(|&(unit, first)| Clause::after(unit, first, 0)).collect();
    assert_eq!(Schedule::new(4, clauses).plan().waves, [vec![0], vec![1, 2], vec![3]]);
}

#[test]
fn one_of_several_providers_is_enough() {
    // 0 needs what 1 or 2 brings, and 1 waits for 3.
    let clauses = vec![Clause::new([0], [1, 2], 0), Clause::after(1, 3, 1)];
    assert_eq!(Schedule::new(4, clauses).plan().waves, [vec![2, 3], vec![0, 1]]);
}

/// What 0 needs leaves two places at once: the caller lands before the second of them.
#[test]
fn of_two_providers_that_lose_it_one_may_go_ahead() {
    let lost = Clause::new([1, 2], [0], 0);
    let plan = Schedule::new(3, vec![lost.clone()]).plan();
    assert_eq!((plan.waves.len(), plan.fewest), (2, true));
    // The caller needs the first one new, so it is the second that waits.
    let plan = Schedule::new(3, vec![lost, Clause::after(0, 2, 1)]).plan();
    assert_eq!(plan.waves, [vec![2], vec![0], vec![1]]);
    assert!(plan.is_orderly() && plan.fewest);
}

/// Two cycles share unit 0 and reason 5: one requirement to drop frees both.
#[test]
fn the_smallest_freeing_set_counts_requirements() {
    let clauses = vec![
        Clause::after(0, 1, 5),
        Clause::after(1, 0, 1),
        Clause::after(0, 2, 5),
        Clause::after(2, 0, 2),
    ];
    let plan = Schedule::new(3, clauses).plan();
    assert_eq!(plan.stuck[0].freeing, [5]);
    assert_eq!(plan.stuck[0].forcing, [1, 2, 5]);
}

#[test]
fn components_land_apart_and_the_rest_finds_its_place() {
    let pair = |a, b| [Clause::after(a, b, a), Clause::after(b, a, b)];
    let mut clauses = [pair(0, 1), pair(2, 3)].concat();
    clauses.push(Clause::after(2, 4, 9));
    clauses.push(Clause::after(5, 3, 9));
    let plan = Schedule::new(6, clauses).plan();
    assert_eq!(plan.waves, [vec![0, 1], vec![4], vec![2, 3], vec![5]]);
    assert_eq!(plan.stuck.iter().map(|c| c.wave).collect::<Vec<_>>(), [0, 2]);
}

/// 0, 1, 2 could jump, and so could 3, 4, which spares the others from it.
#[test]
fn the_smallest_jump_is_taken() {
    let clauses = vec![
        Clause::new([0], [1, 4], 0),
        Clause::after(1, 2, 1),
        Clause::after(2, 0, 2),
        Clause::new([3], [2, 4], 3),
        Clause::after(4, 3, 4),
    ];
    let plan = Schedule::new(5, clauses).plan();
    assert_eq!(plan.waves, [vec![3, 4], vec![0], vec![2], vec![1]]);
}

/// The same turned round in time: 3, 4 land last.
#[test]
fn the_smallest_jump_is_taken_at_the_end_too() {
    let clauses = vec![
        Clause::new([1, 4], [0], 0),
        Clause::after(2, 1, 1),
        Clause::after(0, 2, 2),
        Clause::new([2, 4], [3], 3),
        Clause::after(3, 4, 4),
    ];
    let plan = Schedule::new(5, clauses).plan();
    assert_eq!(plan.waves, [vec![1], vec![2], vec![0], vec![3, 4]]);
}

/// 0, 1 and 3, 4 are cycles, found in this order. The first has to wait for 5, and when it
/// lands, 3 is new: 0 need not wait for 1 any more.
#[test]
fn a_component_is_dissolved_where_another_rescues_it() {
    let clauses = vec![
        Clause::new([0], [1, 3], 0),
        Clause::after(1, 0, 1),
        Clause::after(0, 5, 2),
        Clause::after(2, 0, 3),
        Clause::new([3], [2, 4], 4),
        Clause::after(3, 4, 5),
        Clause::after(4, 3, 6),
    ];
    let plan = Schedule::new(6, clauses).plan();
    assert_eq!(plan.waves, [vec![3, 4], vec![5], vec![0], vec![1, 2]]);
    assert_eq!(plan.stuck.len(), 1);
}

/// 40 units in a cycle, and a clause that lets either 0 or 20 go ahead of the last ones: too
/// many states to visit all, but few choices.
#[test]
fn a_large_cycle_with_few_choices_is_decided() {
    let chain = (1..40).map(|unit| Clause::after(unit, unit - 1, unit));
    let mut clauses: Vec<Clause> = chain.collect();
    clauses.push(Clause::new([0, 20], [39, 38], 0));
    let plan = Schedule::new(40, clauses.clone()).plan();
    assert_eq!(plan.stuck.len(), 1);
    assert!(plan.stuck[0].exact);
    // Let 20 wait for the end of the chain, not for 19, and 21 go on without it.
    clauses.retain(|clause| clause.reason != 20 && clause.reason != 21);
    clauses.push(Clause::after(20, 39, 20));
    clauses.push(Clause::new([21], [20, 19], 21));
    let plan = Schedule::new(40, clauses).plan();
    assert!(plan.is_orderly());
    assert_eq!(plan.waves.len(), 40);
}
