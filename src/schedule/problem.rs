//! A part of a rollout: some units and the clauses among them.
//!
//! A clause demands that one of its rescues lands strictly before the last of its triggers.
//! Draw an arrow from every rescue to every trigger. Where a rescue and a trigger of a clause
//! lie in different strongly connected parts of that graph, landing the parts in topological
//! order fulfils the clause, whatever happens inside the parts; and an order of everything
//! restricted to a part fulfils the clauses that lie inside it. So an order exists exactly
//! when each part has one for its inner clauses alone: [`Problem::split`] loses nothing.

use super::{Clause, Units};
use petgraph::algo::kosaraju_scc;
use petgraph::graph::{DiGraph, NodeIndex};
use rustc_hash::FxHashSet;
use std::mem::swap;

/// Units (sorted) and clauses none of which is vacuous or names another unit.
#[derive(Debug, Clone, Default)]
pub(super) struct Problem {
    pub(super) units: Vec<u32>,
    pub(super) clauses: Vec<Clause>,
}

impl Problem {
    /// The strongly connected parts in an order in which they can land, each with the
    /// clauses that lie inside it.
    pub(super) fn split(self) -> Vec<Self> {
        let Self { units, clauses } = self;
        let count = units.len();
        let local = |unit: u32| NodeIndex::new(units.binary_search(&unit).unwrap_or(0));
        let nodes = count + clauses.len();
        let mut graph = DiGraph::<(), ()>::with_capacity(nodes, clauses.iter().map(size).sum());
        (0..nodes).for_each(|_| {
            graph.add_node(());
        });
        // A clause is a node of its own: fewer arrows than from every rescue to every trigger.
        for (at, clause) in clauses.iter().enumerate() {
            let at = NodeIndex::new(count + at);
            clause.rescue.iter().for_each(|&unit| {
                graph.add_edge(local(unit), at, ());
            });
            clause.trigger.iter().for_each(|&unit| {
                graph.add_edge(at, local(unit), ());
            });
        }
        let mut part_of = vec![0_usize; count];
        let mut parts: Vec<Self> = Vec::new();
        for found in kosaraju_scc(&graph).into_iter().rev() {
            let mut members: Vec<usize> =
                found.into_iter().map(NodeIndex::index).filter(|&ix| ix < count).collect();
            members.sort_unstable();
            if members.is_empty() {
                continue;
            }
            members.iter().for_each(|&ix| part_of[ix] = parts.len());
            let units = members.iter().map(|&ix| units[ix]).collect();
            parts.push(Self { units, clauses: Vec::new() });
        }
        let part = |unit: &u32| part_of[local(*unit).index()];
        for clause in clauses {
            let mut parts_of = clause.trigger.iter().chain(&clause.rescue).map(part);
            let Some(first) = parts_of.next() else { continue };
            if parts_of.all(|other| other == first) {
                parts[first].clauses.push(clause);
            }
        }
        parts
    }

    /// What is left once `landed` (sorted) is new.
    pub(super) fn after(mut self, landed: &[u32]) -> Self {
        let is_new = |unit: &u32| landed.binary_search(unit).is_ok();
        self.units.retain(|unit| !is_new(unit));
        self.clauses.retain(|clause| !clause.rescue.iter().any(is_new));
        self.clauses.iter_mut().for_each(|clause| clause.trigger.retain(|unit| !is_new(unit)));
        self
    }

    /// The same with time turned round: an order read backwards solves it.
    pub(super) fn mirrored(mut self) -> Self {
        self.clauses.iter_mut().for_each(|clause| swap(&mut clause.trigger, &mut clause.rescue));
        self
    }

    /// Without the clauses of these reasons.
    pub(super) fn without(&self, reasons: &[u32]) -> Self {
        let reasons: FxHashSet<u32> = reasons.iter().copied().collect();
        let clauses = self.clauses.iter().filter(|clause| !reasons.contains(&clause.reason));
        Self { units: self.units.clone(), clauses: clauses.cloned().collect() }
    }

    /// The distinct reasons, sorted.
    pub(super) fn reasons(&self) -> Vec<u32> {
        let mut reasons: Vec<u32> = self.clauses.iter().map(|clause| clause.reason).collect();
        reasons.sort_unstable();
        reasons.dedup();
        reasons
    }

    /// What a look at everything costs.
    pub(super) fn size(&self) -> usize {
        self.units.len() + self.clauses.iter().map(size).sum::<usize>()
    }

    /// The same with units numbered by their place in `units`, and who is in which clause.
    pub(super) fn index(&self) -> Index {
        let place = |unit: &u32| self.units.binary_search(unit).unwrap_or(0) as u32;
        let places = |units: &Units| -> Units { units.iter().map(place).collect() };
        let mut index = Index {
            trigger: self.clauses.iter().map(|clause| places(&clause.trigger)).collect(),
            rescue: self.clauses.iter().map(|clause| places(&clause.rescue)).collect(),
            triggers_of: vec![Vec::new(); self.units.len()],
            rescues_of: vec![Vec::new(); self.units.len()],
        };
        for (at, (trigger, rescue)) in (0_u32..).zip(index.trigger.iter().zip(&index.rescue)) {
            trigger.iter().for_each(|&unit| index.triggers_of[unit as usize].push(at));
            rescue.iter().for_each(|&unit| index.rescues_of[unit as usize].push(at));
        }
        index
    }
}

fn size(clause: &Clause) -> usize {
    clause.trigger.len() + clause.rescue.len()
}

/// A problem with units numbered from 0, ready for counting.
#[derive(Debug)]
pub(super) struct Index {
    /// Triggers of each clause.
    pub(super) trigger: Vec<Units>,
    /// Rescues of each clause.
    pub(super) rescue: Vec<Units>,
    /// For each unit the clauses that it triggers.
    pub(super) triggers_of: Vec<Vec<u32>>,
    /// For each unit the clauses that it rescues.
    pub(super) rescues_of: Vec<Vec<u32>>,
}

impl Index {
    /// How many units there are.
    pub(super) fn units(&self) -> usize {
        self.triggers_of.len()
    }
}
