//! What objects of a cluster make, and what they name.

use serde::Deserialize;
use smol_str::SmolStr;

/// A kind of object of a cluster. Several entries of one kind add up.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ClusterObject {
    /// The kind; `*` for any.
    pub kind: SmolStr,
    /// The objects that a controller makes for one.
    #[serde(default)]
    pub makes: Vec<Made>,
    /// The objects that one names.
    #[serde(default)]
    pub refers: Vec<Referred>,
}

/// An object that a controller makes for another one. A path goes down by keys, `a.b`; `a[]` is
/// each item of a list, `a{}` each key of a mapping.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Made {
    /// Its kind.
    pub kind: SmolStr,
    /// Paths to its name, the first that is there; or texts with paths in braces, and `*` for
    /// what is not known.
    pub name: Vec<SmolStr>,
    /// Paths to its keys; any without one.
    #[serde(default)]
    pub keys: Vec<SmolStr>,
    /// Paths to what gives it any keys.
    #[serde(default)]
    pub open: Vec<SmolStr>,
}

/// A name of another object.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Referred {
    /// The path to it.
    pub path: SmolStr,
    /// The kind of what it names.
    pub to: SmolStr,
    /// Whether the mapping has to say that kind beside it; where it says none, another is meant.
    #[serde(default)]
    pub told: bool,
}
