//! The rules that one file alone can break.

use serde::de::Error;
use serde::{Deserialize, Deserializer};

/// The name of one of [`RULES`]. It has a name of its own since serde would borrow a plain
/// `&str` from what it reads.
pub type RuleName = &'static str;

/// Every rule that a [`Problem`](super::Problem) can name, sorted.
pub const RULES: &[RuleName] = &[
    "duplicate-definition",
    "incompatible-value",
    "limit-reached",
    "missing-required-parameter",
    "no-maintenance-fallback",
    "parse-error",
    "removed-directive",
    "shadowed-rule",
    "unchecked-server",
    "unknown-parameter",
    "unreferenced-file",
    "unresolved-reference",
    "unsupported-syntax",
];

/// A rule by its name, as the program has it.
pub(super) fn read<'de, D: Deserializer<'de>>(from: D) -> Result<RuleName, D::Error> {
    let name = String::deserialize(from)?;
    let at = RULES.binary_search(&name.as_str());
    at.map(|ix| RULES[ix]).map_err(|_| D::Error::custom(format!("no file alone breaks `{name}`")))
}
