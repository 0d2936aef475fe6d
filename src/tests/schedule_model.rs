//! The rollout planner against a model that looks at every state.

mod examples;

use crate::schedule::{Clause, Component, OrderCheck, Phase, Plan, Schedule};
use proptest::collection::vec;
use proptest::prelude::*;
use std::collections::{BTreeSet, HashSet};

/// A set of units, one bit each.
type Set = u32;

fn set(units: &[u32]) -> Set {
    units.iter().map(|unit| 1 << unit).sum()
}

/// Whether every unit lands and every state on the way is consistent.
fn is_safe(check: &OrderCheck) -> bool {
    check.violations.is_empty() && check.never.is_empty()
}

fn consistent(clauses: &[Clause], state: Set) -> bool {
    clauses.iter().all(|clause| {
        let all_new = clause.trigger.iter().all(|unit| state >> unit & 1 == 1);
        let all_old = clause.rescue.iter().all(|unit| state >> unit & 1 == 0);
        !(all_new && all_old)
    })
}

fn subsets(of: Set) -> impl Iterator<Item = Set> {
    let mut next = Some(of);
    std::iter::from_fn(move || {
        let set = next?;
        next = (set > 0).then(|| (set - 1) & of);
        Some(set)
    })
}

/// Whether `part` contains each atom wholly or not at all.
fn whole(atoms: &[Set], part: Set) -> bool {
    atoms.iter().all(|atom| atom & part == 0 || atom & part == *atom)
}

/// What lands at once: the groups, and each other unit by itself.
fn atoms(rollout: &Schedule) -> Vec<Set> {
    let mut atoms: Vec<Set> = (0..rollout.units).map(|unit| 1 << unit).collect();
    for group in &rollout.together {
        let mut merged = set(group);
        atoms.retain(|atom| {
            let touches = atom & merged != 0;
            merged |= if touches { *atom } else { 0 };
            !touches
        });
        atoms.push(merged);
    }
    atoms.retain(|atom| *atom != 0);
    atoms
}

/// Whether `atoms` can land one after the other when `new` has landed.
fn has_order(clauses: &[Clause], atoms: &[Set], new: Set) -> bool {
    let all = atoms.iter().fold(new, |all, atom| all | atom);
    let mut seen = HashSet::from([new]);
    let mut open = vec![new];
    while let Some(state) = open.pop() {
        if state == all {
            return true;
        }
        let next = atoms.iter().filter(|atom| state & **atom == 0).map(|atom| state | atom);
        open.extend(next.filter(|&next| consistent(clauses, next) && seen.insert(next)));
    }
    false
}

/// Whether every state is consistent that landing `wave` after `new` can pass.
fn wave_is_safe(clauses: &[Clause], atoms: &[Set], new: Set, wave: Set) -> bool {
    subsets(wave).filter(|&part| whole(atoms, part)).all(|part| consistent(clauses, new | part))
}

/// The fewest waves, where each of `alone` is a wave by itself.
fn fewest_waves(clauses: &[Clause], free: &[Set], alone: &[Set]) -> Option<usize> {
    let all = free.iter().chain(alone).fold(0, |all, atom| all | atom);
    let free_units = free.iter().fold(0, |all, atom| all | atom);
    let mut reached = BTreeSet::from([0]);
    for count in 0..=all.count_ones() as usize {
        if reached.contains(&all) {
            return Some(count);
        }
        let mut next = BTreeSet::new();
        for &state in &reached {
            let waves = subsets(free_units & !state).filter(|&w| w > 0 && whole(free, w));
            let safe = waves.filter(|&wave| wave_is_safe(clauses, free, state, wave));
            next.extend(safe.map(|wave| state | wave));
            let jumps = alone.iter().filter(|&&jump| state & jump == 0).map(|jump| state | jump);
            next.extend(jumps.filter(|&state| consistent(clauses, state)));
        }
        reached = next;
    }
    None
}

/// Whether every state of the plan is consistent, and each unit in it once.
fn follow(rollout: &Schedule, plan: &Plan) -> Result<(), TestCaseError> {
    let atoms = atoms(rollout);
    let mut new = 0;
    for (at, wave) in plan.waves.iter().enumerate() {
        let units = set(wave);
        prop_assert!(units != 0 && units & new == 0, "a unit twice or an empty wave");
        prop_assert!(wave.is_sorted());
        if let Some(component) = plan.component(at) {
            prop_assert_eq!(&component.units, wave);
            prop_assert!(consistent(&rollout.clauses, new | units));
        } else {
            prop_assert!(wave_is_safe(&rollout.clauses, &atoms, new, units), "wave {} unsafe", at);
        }
        new |= units;
    }
    prop_assert_eq!(new, (1 << rollout.units) - 1, "not every unit lands");
    Ok(())
}

fn landed_before(plan: &Plan, wave: usize) -> Set {
    plan.waves[..wave].iter().fold(0, |all, wave| all | set(wave))
}

/// Whether the component is what its documentation promises.
fn judge(rollout: &Schedule, plan: &Plan, component: &Component) -> Result<(), TestCaseError> {
    let new = landed_before(plan, component.wave);
    let units = set(&component.units);
    let mut atoms = atoms(rollout);
    atoms.retain(|atom| atom & units != 0);
    prop_assert!(component.exact && component.smallest);
    prop_assert!(atoms.len() > 1, "a component of one");
    for part in subsets(units).filter(|&part| part != 0 && part != units && whole(&atoms, part)) {
        prop_assert!(
            !consistent(&rollout.clauses, new | part),
            "{part:b} can land before the rest"
        );
    }
    let freed = |reasons: &[u32]| {
        let left = rollout.clauses.iter().filter(|clause| !reasons.contains(&clause.reason));
        has_order(&left.cloned().collect::<Vec<_>>(), &atoms, new)
    };
    prop_assert!(freed(&component.freeing), "not freed");
    let reasons: BTreeSet<u32> = rollout.clauses.iter().map(|clause| clause.reason).collect();
    let reasons: Vec<u32> = reasons.into_iter().collect();
    for chosen in subsets((1 << reasons.len()) - 1) {
        let chosen: Vec<u32> =
            (0..reasons.len()).filter(|at| chosen >> at & 1 == 1).map(|at| reasons[at]).collect();
        if chosen.len() < component.freeing.len() {
            prop_assert!(!freed(&chosen), "{chosen:?} is enough");
        }
    }
    // A reason forces exactly if its clauses alone can be violated here.
    for &reason in &reasons {
        let alone: Vec<Clause> =
            rollout.clauses.iter().filter(|clause| clause.reason == reason).cloned().collect();
        let forcing = !wave_is_safe(&alone, &atoms, new, units);
        prop_assert_eq!(component.forcing.contains(&reason), forcing, "reason {}", reason);
    }
    prop_assert!(component.freeing.iter().all(|reason| component.forcing.contains(reason)));
    Ok(())
}

fn clause(units: u32, triggers: usize) -> impl Strategy<Value = Clause> {
    let side = move |most| vec(0..units, 1..=most);
    (side(triggers), side(3), 0_u32..8)
        .prop_map(|(trigger, rescue, reason)| Clause::new(trigger, rescue, reason))
}

fn rollout(triggers: usize, clauses: usize) -> impl Strategy<Value = Schedule> {
    (1_u32..=7).prop_flat_map(move |units| {
        let groups = prop_oneof![3 => Just(Vec::new()), 1 => vec(vec(0..units, 1..3), 1..3)];
        (vec(clause(units, triggers), 0..=clauses), groups).prop_map(move |(clauses, together)| {
            let together = together
                .into_iter()
                .map(|group: Vec<u32>| BTreeSet::from_iter(group).into_iter().collect())
                .collect();
            Schedule { units, clauses, together }
        })
    })
}

fn matches_the_model(rollout: &Schedule) -> Result<(), TestCaseError> {
    let plan = rollout.plan();
    follow(rollout, &plan)?;
    let atoms = atoms(rollout);
    prop_assert_eq!(plan.is_orderly(), has_order(&rollout.clauses, &atoms, 0));
    for component in &plan.stuck {
        judge(rollout, &plan, component)?;
    }
    let stuck: Vec<Set> = plan.stuck.iter().map(|component| set(&component.units)).collect();
    let free: Vec<Set> = atoms
        .into_iter()
        .filter(|atom| stuck.iter().all(|component| component & atom == 0))
        .collect();
    let fewest = fewest_waves(&rollout.clauses, &free, &stuck);
    prop_assert!(plan.fewest || rollout.clauses.iter().any(|clause| clause.trigger.len() > 1));
    if plan.fewest {
        prop_assert_eq!(Some(plan.waves.len()), fewest);
    }
    Ok(())
}

/// The components of a plan as groups, as one would configure them.
fn with_components(rollout: &Schedule, plan: &Plan) -> Schedule {
    let mut joined = rollout.clone();
    joined.together.extend(plan.stuck.iter().map(|component| component.units.clone()));
    joined
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1500))]

    #[test]
    fn plans_with_one_trigger_to_a_clause_match_the_model(rollout in rollout(1, 10)) {
        matches_the_model(&rollout)?;
    }

    #[test]
    fn plans_with_several_triggers_match_the_model(rollout in rollout(3, 10)) {
        matches_the_model(&rollout)?;
    }

    #[test]
    fn small_multi_trigger_plans_have_the_fewest_waves(rollout in rollout(2, 6)) {
        prop_assert!(rollout.plan().fewest);
    }

    #[test]
    fn phases_break_no_order_that_was_found(
        rollout in rollout(3, 10),
        phases in vec(0_u8..5, 7),
        wishes in vec((0_u32..7, 0_u32..7), 0..6),
    ) {
        let rollout = Schedule { together: Vec::new(), ..rollout };
        let phase = |unit: u32| match phases[unit as usize] {
            0 => Phase::First,
            1 => Phase::Adds,
            2 => Phase::Between,
            3 => Phase::Takes,
            _ => Phase::Last,
        };
        let plan = rollout.phased(rollout.plan(), phase, &wishes);
        follow(&rollout, &plan)?;
    }

    #[test]
    fn an_order_is_safe_exactly_when_all_its_states_are(
        rollout in rollout(3, 6),
        steps in vec(0_usize..4, 7),
    ) {
        let mut order = vec![Vec::new(); 4];
        (0..rollout.units).for_each(|unit| order[steps[unit as usize]].push(unit));
        let all = atoms(&rollout);
        let mut new = 0;
        let mut safe = true;
        for step in &order {
            // Members of a group land at once where they stand in one step.
            let here: Vec<Set> = all.iter().map(|atom| atom & set(step)).collect();
            safe &= wave_is_safe(&rollout.clauses, &here, new, set(step));
            new |= set(step);
        }
        let check = rollout.check_order(&order);
        prop_assert_eq!(is_safe(&check), safe, "{:?}", check);
    }

    #[test]
    fn hazards_are_what_some_order_violates(rollout in rollout(3, 6)) {
        let atoms = atoms(&rollout);
        let everything = (1 << rollout.units) - 1;
        for clause in &rollout.clauses {
            if !wave_is_safe(std::slice::from_ref(clause), &atoms, 0, everything) {
                prop_assert!(rollout.hazards().contains(&clause.reason));
            }
        }
        for reason in rollout.hazards() {
            let mut clauses = rollout.clauses.clone();
            clauses.retain(|clause| clause.reason == reason);
            prop_assert!(!wave_is_safe(&clauses, &atoms, 0, everything));
        }
    }

    #[test]
    fn with_plain_precedence_components_are_strongly_connected(
        edges in vec((0_u32..12, 0_u32..12), 0..20),
    ) {
        let clauses: Vec<Clause> = (0..)
            .zip(&edges)
            .map(|(reason, &(unit, first))| Clause::after(unit, first, reason))
            .collect();
        let plan = Schedule::new(12, clauses).plan();
        let mut reach: Vec<Set> = (0..12).map(|unit| 1 << unit).collect();
        for _ in 0..12 {
            for &(unit, first) in &edges {
                reach[unit as usize] |= reach[first as usize];
            }
        }
        let mutual = |unit: u32| -> Vec<u32> {
            let both = |&other: &u32| {
                reach[unit as usize] >> other & 1 == 1 && reach[other as usize] >> unit & 1 == 1
            };
            (0..12).filter(both).collect()
        };
        let expected: BTreeSet<Vec<u32>> = (0..12).map(mutual).filter(|c| c.len() > 1).collect();
        let found: BTreeSet<Vec<u32>> = plan.stuck.into_iter().map(|c| c.units).collect();
        prop_assert_eq!(found, expected);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn large_plans_are_safe(
        clauses in vec(clause(60, 3), 0..150),
        shift in 0_u32..60,
    ) {
        // Mostly forward, so that some of it has an order.
        let rollout = Schedule::new(60, clauses.into_iter().map(|clause| Clause::new(
            clause.trigger.iter().map(|unit| unit.max(&shift)).copied(),
            clause.rescue,
            clause.reason,
        )).collect());
        let plan = rollout.plan();
        let check = with_components(&rollout, &plan).check_order(&plan.waves);
        prop_assert!(check.violations.is_empty() && check.never.is_empty(), "{:?}", check);
        prop_assert_eq!(plan.clone(), rollout.plan());
    }

    #[test]
    fn no_input_is_too_strange(
        units in 0_u32..5,
        clauses in vec((vec(0_u32..9, 0..3), vec(0_u32..9, 0..3)), 0..8),
        together in vec(vec(0_u32..9, 0..4), 0..3),
        order in vec(vec(0_u32..9, 0..4), 0..4),
    ) {
        let clauses = (0..).zip(clauses).map(|(at, (t, r))| Clause::new(t, r, at)).collect();
        let rollout = Schedule { units, clauses, together };
        let plan = rollout.plan();
        let check = with_components(&rollout, &plan).check_order(&plan.waves);
        prop_assert!(check.violations.is_empty() && check.never.is_empty(), "{:?}", check);
        rollout.check_order(&order);
        rollout.hazards();
    }
}
