//! Where nothing is known of a unit, additions come first and deletions last: most of what
//! nobody saw is a need of something that comes, or a use of something that goes. That is a
//! wish; an order that was found goes before it.
//!
//! The waves that a plan has decide, of each clause, which of its rescues lands before which
//! of its triggers. These pairs are kept; whatever else is free is put by its phase. A unit
//! takes over the phase of what has to follow it, if that is earlier, so that the phases do
//! not mix. Pairs that somebody only thinks likely are kept where nothing stands against it;
//! units that are thought to wait for each other land at once.

use super::plan::{Component, Plan};
use super::{Clause, Schedule};
use std::collections::{BTreeMap, BTreeSet, VecDeque};

/// So many wishes are looked at.
const MOST_WISHES: usize = 500;

/// When a unit lands if nothing else decides.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Phase {
    /// It is new.
    First,
    /// It adds to what is there.
    Adds,
    /// It changes what is there.
    Between,
    /// It takes from what is there.
    Takes,
    /// It goes.
    Last,
}

/// What lands as one.
struct Node {
    units: Vec<u32>,
    phase: Phase,
    /// The component that it is.
    component: Option<Component>,
}

/// Which node lands before which.
type Pairs = BTreeSet<(usize, usize)>;

impl Schedule {
    /// `plan` with its units by phase as far as its clauses allow, and each of `wishes`, the
    /// first before the second, where nothing else stands against it. Components stay as they
    /// are, and stand between what comes and what goes.
    pub fn phased(&self, plan: Plan, phase: impl Fn(u32) -> Phase, wishes: &[(u32, u32)]) -> Plan {
        let mut nodes: Vec<Node> = Vec::new();
        let mut node_of = vec![usize::MAX; self.units as usize];
        let mut wave_of = vec![0; self.units as usize];
        for (at, wave) in plan.waves.iter().enumerate() {
            let component = plan.component(at);
            let parts: Vec<Vec<u32>> = match component {
                Some(_) => vec![wave.clone()],
                None => wave.iter().map(|unit| vec![*unit]).collect(),
            };
            for part in parts {
                for &unit in &part {
                    node_of[unit as usize] = nodes.len();
                    wave_of[unit as usize] = at;
                }
                let own = if part.len() == 1 { phase(part[0]) } else { Phase::Between };
                nodes.push(Node { units: part, phase: own, component: component.cloned() });
            }
        }
        let kept = self.kept(&node_of, &wave_of);
        let at = |unit: u32| node_of.get(unit as usize).copied().filter(|at| *at != usize::MAX);
        let wished: Vec<(usize, usize)> = wishes
            .iter()
            .take(MOST_WISHES)
            .filter_map(|(first, then)| Some((at(*first)?, at(*then)?)))
            .filter(|(first, then)| first != then)
            .collect();
        let (mut nodes, mut pairs, into) = bound(nodes, kept, &wished);
        for (first, then) in wished.iter().map(|(first, then)| (into[*first], into[*then])) {
            if first != then && !pairs.contains(&(first, then)) && !leads(&pairs, then, first) {
                pairs.insert((first, then));
            }
        }
        pull(&mut nodes, &pairs);
        let (waves, stuck, bound) = laid(&nodes, &pairs);
        let fewest = plan.fewest && waves.len() == plan.waves.len();
        Plan { waves, stuck, bound, fewest }
    }

    /// Pairs of nodes of which the first lands in an earlier wave, so that each clause holds.
    fn kept(&self, node_of: &[usize], wave_of: &[usize]) -> Pairs {
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

/// Nodes that are wished before each other made one, where no pair orders them already: the
/// nodes, their pairs, and which node each became.
fn bound(
    nodes: Vec<Node>,
    pairs: Pairs,
    wished: &[(usize, usize)],
) -> (Vec<Node>, Pairs, Vec<usize>) {
    let all: BTreeSet<(usize, usize)> = wished.iter().copied().collect();
    let mut into: Vec<usize> = (0..nodes.len()).collect();
    let mut pairs = pairs;
    for &(a, b) in all.iter().filter(|(a, b)| a < b && all.contains(&(*b, *a))) {
        let (a, b) = (into[a], into[b]);
        let is_stuck = nodes[a].component.is_some() || nodes[b].component.is_some();
        if a == b || is_stuck || leads(&pairs, a, b) || leads(&pairs, b, a) {
            continue;
        }
        let (keep, drop) = (a.min(b), a.max(b));
        into.iter_mut().filter(|own| **own == drop).for_each(|own| *own = keep);
        let moved = |own: usize| if own == drop { keep } else { own };
        pairs = pairs.iter().map(|(first, then)| (moved(*first), moved(*then))).collect();
    }
    // Numbered anew, without gaps.
    let mut number: BTreeMap<usize, usize> = BTreeMap::new();
    for own in &into {
        let next = number.len();
        number.entry(*own).or_insert(next);
    }
    let mut out: Vec<Node> = Vec::new();
    for (ix, node) in nodes.into_iter().enumerate() {
        match out.get_mut(number[&into[ix]]) {
            Some(own) => {
                own.units.extend(node.units);
                own.units.sort_unstable();
                own.phase = Phase::Between;
            }
            None => out.push(node),
        }
    }
    let pairs = pairs.iter().map(|(first, then)| (number[first], number[then])).collect();
    let into = into.iter().map(|own| number[own]).collect();
    (out, pairs, into)
}

/// Whether the pairs lead from one node to another.
fn leads(pairs: &Pairs, from: usize, to: usize) -> bool {
    let mut seen = BTreeSet::from([from]);
    let mut open = VecDeque::from([from]);
    while let Some(node) = open.pop_front() {
        for &(_, then) in pairs.range((node, 0)..=(node, usize::MAX)) {
            if then == to {
                return true;
            }
            if seen.insert(then) {
                open.push_back(then);
            }
        }
    }
    false
}

/// Gives each node the phase of what has to follow it, if that is earlier.
fn pull(nodes: &mut [Node], pairs: &Pairs) {
    let mut left = vec![0_usize; nodes.len()];
    let mut before: Vec<Vec<usize>> = vec![Vec::new(); nodes.len()];
    for &(first, then) in pairs {
        left[first] += 1;
        before[then].push(first);
    }
    // Backwards: what nothing follows is done first.
    let mut open: VecDeque<usize> = (0..nodes.len()).filter(|ix| left[*ix] == 0).collect();
    while let Some(then) = open.pop_front() {
        for &first in &before[then] {
            nodes[first].phase = nodes[first].phase.min(nodes[then].phase);
            left[first] -= 1;
            if left[first] == 0 {
                open.push_back(first);
            }
        }
    }
}

/// The nodes in waves by their phases: the waves, the components, and which waves are thought
/// to have to land at once.
fn laid(nodes: &[Node], pairs: &Pairs) -> (Vec<Vec<u32>>, Vec<Component>, Vec<usize>) {
    let mut before = vec![0_usize; nodes.len()];
    let mut after: Vec<Vec<usize>> = vec![Vec::new(); nodes.len()];
    for &(first, then) in pairs {
        before[then] += 1;
        after[first].push(then);
    }
    let mut ready: BTreeSet<(Phase, usize)> =
        (0..nodes.len()).filter(|ix| before[*ix] == 0).map(|ix| (nodes[ix].phase, ix)).collect();
    let (mut waves, mut stuck, mut bound) = (Vec::new(), Vec::new(), Vec::new());
    while let Some(&(now, _)) = ready.first() {
        let own: Vec<usize> =
            ready.iter().take_while(|(phase, _)| *phase == now).map(|(_, ix)| *ix).collect();
        let is_whole = |ix: &usize| nodes[*ix].component.is_some() || nodes[*ix].units.len() > 1;
        let whole = own.iter().copied().find(is_whole);
        match whole.map(|ix| &nodes[ix].component) {
            Some(Some(own)) => stuck.push(Component { wave: waves.len(), ..own.clone() }),
            Some(None) => bound.push(waves.len()),
            None => {}
        }
        let mut units = Vec::new();
        for ix in whole.map_or(own, |ix| vec![ix]) {
            ready.remove(&(now, ix));
            units.extend(&nodes[ix].units);
            for &then in &after[ix] {
                before[then] -= 1;
                if before[then] == 0 {
                    ready.insert((nodes[then].phase, then));
                }
            }
        }
        units.sort_unstable();
        waves.push(units);
    }
    (waves, stuck, bound)
}
