//! Which text counts as a caller: what hosts run, not what tests and documentation say.

use crate::facts::Standing;

/// Whose requirements a plan respects.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Callers {
    /// Text that hosts run or read.
    #[default]
    Live,
    /// Tests, examples and documentation too.
    All,
}

impl Callers {
    /// Whether what the file at `path` needs counts.
    pub fn include(self, path: &str) -> bool {
        self.count(Standing::of(path))
    }

    /// Whether what a file of that standing needs counts.
    pub fn count(self, standing: Standing) -> bool {
        self == Self::All || standing.is_live()
    }
}
