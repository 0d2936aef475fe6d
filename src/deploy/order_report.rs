//! A judged order as plain data.

use super::rollout_report::{Edge, RolloutReport};
use super::{Deployment, Unsafe};
use serde::Serialize;
use smol_str::SmolStr;

/// What is wrong with an order that somebody made.
#[derive(Debug, Clone, Serialize)]
#[non_exhaustive]
pub struct OrderReport {
    /// Version of this format.
    pub version: u32,
    /// Whether every need that was found holds on the way, and every unit lands.
    pub safe: bool,
    /// Steps that break something.
    pub violations: Vec<EarlyStep>,
    /// Units that change, and that no step brings.
    pub never: Vec<SmolStr>,
    /// Units of which not all was read: what they need beside what was found is not known.
    pub unknown: usize,
}

/// A step that comes too early.
#[derive(Debug, Clone, Serialize)]
#[non_exhaustive]
pub struct EarlyStep {
    /// Its line in the list, from 1.
    pub line: usize,
    /// The unit that lands too early.
    pub unit: SmolStr,
    /// The line that mends it, if one does.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until: Option<usize>,
    /// What it breaks.
    #[serde(flatten)]
    pub edge: Edge,
}

impl OrderReport {
    /// Shows what [`super::check_order`] found; `report` is the deployment's.
    pub fn of(
        deployment: &Deployment,
        report: &RolloutReport,
        broken: &[Unsafe],
        never: &[u32],
    ) -> Self {
        let name = |unit: u32| SmolStr::new(deployment.units.name(unit));
        let violations: Vec<EarlyStep> = broken
            .iter()
            .filter_map(|own| {
                let mut clauses = deployment.needs.clauses.iter();
                let ix = clauses.position(|clause| clause.reason == own.reason)?;
                let edge = report.edges.get(ix)?.clone();
                Some(EarlyStep { line: own.line, unit: name(own.unit), until: own.until, edge })
            })
            .collect();
        Self {
            version: 1,
            safe: violations.is_empty() && never.is_empty(),
            violations,
            never: never.iter().map(|unit| name(*unit)).collect(),
            unknown: deployment.known.iter().filter(|own| !own.unread.is_empty()).count(),
        }
    }
}
