//! A judged order as plain data.

use super::sheet::{Edge, Sheet};
use super::{Deployment, Unsafe};
use serde::Serialize;
use smol_str::SmolStr;

/// What is wrong with an order that somebody made.
#[derive(Debug, Clone, Serialize)]
pub struct OrderSheet {
    /// Version of this format.
    pub version: u32,
    /// Whether every need that was found holds on the way, and every unit lands.
    pub safe: bool,
    /// Steps that break something.
    pub violations: Vec<Early>,
    /// Units that change, and that no step brings.
    pub never: Vec<SmolStr>,
    /// Units of which not all was read: what they need beside what was found is not known.
    pub unknown: usize,
}

/// A step that comes too early.
#[derive(Debug, Clone, Serialize)]
pub struct Early {
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

impl OrderSheet {
    /// Shows what [`super::check_order`] found; `sheet` is the deployment's.
    pub fn of(deployment: &Deployment, sheet: &Sheet, broken: &[Unsafe], never: &[u32]) -> Self {
        let name = |unit: u32| SmolStr::new(deployment.units.name(unit));
        let violations: Vec<Early> = broken
            .iter()
            .filter_map(|own| {
                let mut clauses = deployment.needs.clauses.iter();
                let ix = clauses.position(|clause| clause.reason == own.reason)?;
                let edge = sheet.edges.get(ix)?.clone();
                Some(Early { line: own.line, unit: name(own.unit), until: own.until, edge })
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
