//! How long a plan takes: `cargo test --release --lib -- --ignored --nocapture how_long`.
//!
//! Prints, for changes of 10,000 units and 100,000 clauses of several shapes, the best of
//! three runs and what came out.

use crate::schedule::{Clause, Schedule};
use std::time::Instant;

const UNITS: u32 = 10_000;
const CLAUSES: u32 = 100_000;

/// Numbers that are the same on every run (xorshift).
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, bound: u32) -> u32 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        ((self.0 >> 32) % u64::from(bound.max(1))) as u32
    }

    /// Up to `count` units below `bound`.
    fn units(&mut self, count: u32, bound: u32) -> Vec<u32> {
        (0..count).map(|_| self.below(bound)).collect()
    }
}

/// Clauses with `triggers` triggers, whose rescues have lower numbers: they have an order.
fn forward(numbers: &mut Numbers, triggers: u32) -> Vec<Clause> {
    let clause = |reason| {
        let last = 1 + numbers.below(UNITS - 1);
        let mut trigger = numbers.units(triggers - 1, UNITS);
        trigger.push(last);
        let rescues = 1 + numbers.below(3);
        Clause::new(trigger, numbers.units(rescues, last), reason)
    };
    (0..CLAUSES).map(clause).collect()
}

/// Clauses between any units.
fn anyhow(numbers: &mut Numbers, triggers: u32, rescues: u32) -> Vec<Clause> {
    let clause =
        |reason| Clause::new(numbers.units(triggers, UNITS), numbers.units(rescues, UNITS), reason);
    (0..CLAUSES).map(clause).collect()
}

/// Pairs of units that need each other, and clauses from earlier pairs to later ones.
fn pairs(numbers: &mut Numbers) -> Vec<Clause> {
    let mut clauses = forward(numbers, 1);
    clauses.retain(|clause| clause.trigger[0] / 2 > clause.rescue[clause.rescue.len() - 1] / 2);
    clauses.extend((0..UNITS).map(|unit| Clause::after(unit, unit ^ 1, CLAUSES + unit)));
    clauses
}

/// Blocks of twelve units with clauses of every shape inside.
fn blocks(numbers: &mut Numbers) -> Vec<Clause> {
    let clause = |reason| {
        let base = numbers.below(UNITS / 12) * 12;
        let (triggers, rescues) = (1 + numbers.below(3), 1 + numbers.below(3));
        let inside = |units: Vec<u32>| units.into_iter().map(move |unit| base + unit);
        let trigger = inside(numbers.units(triggers, 12));
        Clause::new(trigger, inside(numbers.units(rescues, 12)), reason)
    };
    (0..CLAUSES / 5).map(clause).collect()
}

#[test]
#[ignore = "a measurement"]
fn how_long_a_plan_takes() {
    let numbers = &mut Numbers(0x9E37_79B9_7F4A_7C15);
    let shapes = [
        ("has an order, one trigger", forward(numbers, 1)),
        ("has an order, two triggers", forward(numbers, 2)),
        ("5,000 cycles of two", pairs(numbers)),
        ("random, one trigger, one rescue", anyhow(numbers, 1, 1)),
        ("random, one trigger, three rescues", anyhow(numbers, 1, 3)),
        ("random, three triggers, one rescue", anyhow(numbers, 3, 1)),
        ("random, two triggers, two rescues", anyhow(numbers, 2, 2)),
        ("random blocks of twelve units", blocks(numbers)),
    ];
    for (name, clauses) in shapes {
        let rollout = Schedule::new(UNITS, clauses);
        let mut best = f64::INFINITY;
        let mut plan = Default::default();
        for _ in 0..3 {
            let start = Instant::now();
            plan = rollout.plan();
            best = best.min(start.elapsed().as_secs_f64());
        }
        let exact = plan.stuck.iter().filter(|component| component.exact).count();
        let smallest = plan.stuck.iter().filter(|component| component.smallest).count();
        let largest = plan.stuck.iter().map(|component| component.units.len()).max();
        println!(
            "{:>8.1} ms  {name}: {} waves{}, {} components ({exact} exact, {smallest} freed by \
             the smallest set), the largest of {} units",
            best * 1000.0,
            plan.waves.len(),
            if plan.fewest { ", the fewest" } else { "" },
            plan.stuck.len(),
            largest.unwrap_or(0),
        );
    }
}
