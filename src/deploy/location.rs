//! A place as a reader finds it.

use serde::Serialize;
use smol_str::SmolStr;

/// A place.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[non_exhaustive]
pub struct Location {
    /// `old` or `new`.
    pub tree: &'static str,
    /// Path.
    pub path: SmolStr,
    /// Line, from 1.
    pub line: u32,
}

impl Location {
    /// `path:line`, with the version.
    pub fn show(&self) -> String {
        format!("{}:{} ({})", self.path, self.line, self.tree)
    }
}
