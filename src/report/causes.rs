//! Findings of one cause: a class that went and its forty callers are one thing to mend.

use super::{Report, Resolved, reach};
use rustc_hash::FxHashMap;
use std::cmp::Reverse;

/// Findings that one thing causes; never empty.
pub struct Cause<'r> {
    /// The one to show.
    pub shown: &'r Resolved,
    /// The others, in the order of reports.
    pub others: Vec<&'r Resolved>,
}

impl Cause<'_> {
    /// Whether nothing that was read leads to any of the texts that it shows in.
    pub fn is_unused(&self) -> bool {
        reach::is_unused(self.shown) && self.others.iter().all(|own| reach::is_unused(own))
    }
}

/// The findings that count, the worst first, those of texts in use before the others, and by path
/// within these; those of one cause together where the first of them stands.
pub fn causes(report: &Report) -> Vec<Cause<'_>> {
    let mut causes: Vec<Cause<'_>> = Vec::new();
    let mut known: FxHashMap<_, usize> = FxHashMap::default();
    for finding in report.counting() {
        let key = (finding.severity, finding.rule, finding.cause.as_str());
        match known.get(&key) {
            Some(ix) => causes[*ix].others.push(finding),
            None => {
                known.insert(key, causes.len());
                causes.push(Cause { shown: finding, others: Vec::new() });
            }
        }
    }
    causes.sort_by_key(|cause| (Reverse(cause.shown.severity), cause.is_unused()));
    causes
}
