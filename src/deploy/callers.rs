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
    /// These, or everybody where a change has nothing that hosts run or read: what it has runs
    /// somewhere, and an order for nothing helps nobody.
    pub fn of_change<'p>(self, mut paths: impl Iterator<Item = &'p str> + Clone) -> Self {
        let all = paths.clone();
        let is_live = paths.any(|path| Standing::of(path).is_live());
        let runs = |path: &str| !matches!(Standing::of(path), Standing::Documentation);
        if !is_live && all.into_iter().any(runs) { Self::All } else { self }
    }

    /// Whether what the file at `path` needs counts.
    pub fn include(self, path: &str) -> bool {
        if self.count(Standing::of(path)) {
            return true;
        }
        // In a tree that is a skeleton for others, what is rendered elsewhere is as live there.
        path.contains("{{") && self.count(Standing::of(&path.replace("{{", "").replace("}}", "")))
    }

    /// Whether what a file of that standing needs counts.
    pub fn count(self, standing: Standing) -> bool {
        self == Self::All || standing.is_live()
    }
}
