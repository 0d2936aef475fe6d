//! What somebody thinks likely of two units, without a proof.

use crate::loader::Role;

/// What is likely of two units.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Likely {
    /// The unit that had better land first.
    pub first: u32,
    /// The one that lands then.
    pub then: u32,
    /// The name that both have.
    pub name: String,
    /// The version that has it: what goes, or what comes.
    pub role: Role,
}
