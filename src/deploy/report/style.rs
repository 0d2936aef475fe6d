//! How the text of a plan is set, for a terminal or as Markdown.

use crate::deploy::location::Location;
use crate::deploy::rollout_report::Edge;

/// Most reasons that are spelled out for one unit.
pub(super) const MOST: usize = 5;

pub(super) struct Style {
    pub(super) head: &'static str,
    pub(super) item: &'static str,
    pub(super) code: &'static str,
    pub(super) list: &'static str,
}

impl Style {
    pub(super) fn code(&self, text: &str) -> String {
        format!("{0}{text}{0}", self.code)
    }
}

/// Why, with both ends.
pub(super) fn because(edge: &Edge) -> String {
    let mut out = edge.message.clone();
    let show = |at: &Option<Location>| at.as_ref().map(Location::show);
    if let Some(from) = show(&edge.from) {
        out.push_str(&format!(", {from}"));
    }
    if let Some(composed) = show(&edge.composed) {
        out.push_str(&format!(", composed at {composed}"));
    }
    if let Some(to) = show(&edge.to) {
        out.push_str(&format!(" → {to}"));
    }
    out
}
