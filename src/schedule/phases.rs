//! Where nothing is known of a unit, additions come first and deletions last: most of what
//! nobody saw is a need of something that comes, or a use of something that goes. That is a
//! wish; an order that was found goes before it.
//!
//! The waves that a plan has decide, of each clause, which of its rescues lands before which
//! of its triggers. These pairs are kept; whatever else is free is put by its phase. A unit
//! takes over the phase of what has to follow it, if that is earlier, so that the phases do
//! not mix.

use super::plan::Plan;
use super::{Clause, Schedule};
use std::collections::BTreeSet;

/// When a unit lands if nothing else decides.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Phase {
    /// It adds.
    First,
    /// It changes what is there.
    Between,
    /// It deletes.
    Last,
}

impl Schedule {
    /// `plan` with its units by phase as far as its clauses allow. Components stay as they
    /// are, and stand between what comes and what goes.
    pub fn phased(&self, plan: Plan, phase: impl Fn(u32) -> Phase) -> Plan {
        // A node is a unit, or a component.
        let mut node_of = vec![usize::MAX; self.units as usize];
        let mut nodes: Vec<(Vec<u32>, usize, Phase)> = Vec::new();
        let mut wave_of = vec![0; self.units as usize];
        for (at, wave) in plan.waves.iter().enumerate() {
            let parts: Vec<Vec<u32>> = match plan.component(at) {
                Some(_) => vec![wave.clone()],
                None => wave.iter().map(|unit| vec![*unit]).collect(),
            };
            for part in parts {
                for &unit in &part {
                    node_of[unit as usize] = nodes.len();
                    wave_of[unit as usize] = at;
                }
                let own = if part.len() == 1 { phase(part[0]) } else { Phase::Between };
                nodes.push((part, at, own));
            }
        }
        let edges = self.kept(&node_of, &wave_of);
        let mut before = vec![0_usize; nodes.len()];
        let mut after: Vec<Vec<usize>> = vec![Vec::new(); nodes.len()];
        for &(first, then) in &edges {
            before[then] += 1;
            after[first].push(then);
        }
        // Nodes stand in an order that keeps all pairs: backwards, followers are done first.
        for ix in (0..nodes.len()).rev() {
            let earliest = after[ix].iter().map(|then| nodes[*then].2).min();
            nodes[ix].2 = nodes[ix].2.min(earliest.unwrap_or(Phase::Last));
        }
        let mut ready: BTreeSet<(Phase, usize)> =
            (0..nodes.len()).filter(|ix| before[*ix] == 0).map(|ix| (nodes[ix].2, ix)).collect();
        let mut waves = Vec::new();
        let mut stuck = Vec::new();
        while let Some(&(now, _)) = ready.first() {
            let own: Vec<usize> =
                ready.iter().take_while(|(phase, _)| *phase == now).map(|(_, ix)| *ix).collect();
            let whole = own.iter().copied().find(|ix| plan.component(nodes[*ix].1).is_some());
            let wave = whole.map_or(own, |ix| vec![ix]);
            if let Some(component) = whole.and_then(|ix| plan.component(nodes[ix].1)) {
                stuck.push(super::Component { wave: waves.len(), ..component.clone() });
            }
            let mut units = Vec::new();
            for ix in wave {
                ready.remove(&(now, ix));
                units.extend(&nodes[ix].0);
                for &then in &after[ix] {
                    before[then] -= 1;
                    if before[then] == 0 {
                        ready.insert((nodes[then].2, then));
                    }
                }
            }
            units.sort_unstable();
            waves.push(units);
        }
        let fewest = plan.fewest && waves.len() == plan.waves.len();
        Plan { waves, stuck, fewest }
    }

    /// Pairs of nodes of which the first lands in an earlier wave, so that each clause holds.
    fn kept(&self, node_of: &[usize], wave_of: &[usize]) -> BTreeSet<(usize, usize)> {
        let at = |unit: &u32| (wave_of[*unit as usize], *unit);
        let known = |clause: &&Clause| {
            !clause.is_vacuous() && clause.trigger.iter().all(|unit| self.has(*unit))
        };
        let mut edges = BTreeSet::new();
        for clause in self.clauses.iter().filter(known) {
            let first = clause.rescue.iter().filter(|unit| self.has(**unit)).map(at).min();
            let last = clause.trigger.iter().map(at).max();
            let (Some((early, first)), Some((late, last))) = (first, last) else { continue };
            if early < late {
                edges.insert((node_of[first as usize], node_of[last as usize]));
            }
        }
        edges
    }
}
