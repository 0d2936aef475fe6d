//! Which names a tree is authoritative for.

use crate::facts::NamePattern;
use rustc_hash::FxHashSet;
use smol_str::SmolStr;

/// Which names of a kind a tree is authoritative for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Authority {
    /// None: whatever is not here may be elsewhere.
    #[default]
    Open,
    /// All of them.
    Closed,
    /// Those whose first segment (before `separator`) is in the set.
    Segments {
        /// Splits a name: `::` or `/`.
        separator: &'static str,
        /// First segments that the tree owns.
        owned: FxHashSet<SmolStr>,
        /// What holds of names with other first segments.
        others: Others,
    },
    /// Those that begin with one of these.
    Prefixes(Vec<SmolStr>),
}

/// Whether a tree is authoritative for names beyond the segments that it owns: it lists
/// everything that comes from elsewhere.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Others {
    /// It is not.
    #[default]
    Open,
    /// For every name that is known exactly.
    Exact,
    /// For those of them that have several segments.
    Qualified,
}

impl Authority {
    /// Whether every text that `name` can stand for is covered.
    pub(super) fn covers(&self, name: &NamePattern) -> bool {
        let is_exact = name.as_exact().is_some();
        let name = name.prefix();
        match self {
            Self::Open => false,
            Self::Closed => true,
            Self::Segments { separator, owned, others } => {
                let first = name.split(separator).next().unwrap_or(name);
                (is_exact || name.contains(separator)) && owned.contains(first)
                    || match others {
                        Others::Open => false,
                        Others::Exact => is_exact,
                        Others::Qualified => is_exact && name.contains(separator),
                    }
            }
            Self::Prefixes(prefixes) => {
                prefixes.iter().any(|prefix| name.starts_with(prefix.as_str()))
            }
        }
    }
}
