//! Names that may have been meant, for advice.

use crate::facts::Entity;
use crate::graph::Graph;
use smol_str::SmolStr;

/// Most names that are looked for among those that exist: each is compared with all of them, and
/// nobody reads more advice than that.
const MAX_HINTS: usize = 1000;

/// Looks for names that may have been meant.
pub struct Hints {
    left: usize,
}

impl Hints {
    /// None were looked for so far.
    pub fn new() -> Self {
        Self { left: MAX_HINTS }
    }

    /// The existing name that is most like one that does not exist.
    pub fn nearest(&mut self, graph: &Graph<'_>, entity: &Entity) -> Option<SmolStr> {
        self.left = self.left.checked_sub(1)?;
        graph.nearest(entity.kind, &entity.name).filter(|near| *near != entity.name)
    }
}
