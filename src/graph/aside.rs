//! What is provided by files that are not live: tests, examples, documentation.

use super::{Graph, Site};
use crate::facts::Kind;
use smol_str::SmolStr;

impl Graph<'_> {
    /// As [`Graph::all`], of what is not live.
    pub fn all_aside(&self, kind: Kind) -> &[(SmolStr, Site)] {
        self.aside.get(&kind).map_or(&[], |table| &table.exact)
    }

    /// Whether something that is not live provides exactly `name`.
    pub fn is_aside(&self, kind: Kind, name: &str) -> bool {
        self.aside.get(&kind).is_some_and(|table| !table.exactly(name).is_empty())
    }
}
