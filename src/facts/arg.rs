//! A name with its value, as a call passes it.

use super::Span;
use serde::{Deserialize, Serialize};
use smol_str::SmolStr;

/// One argument of a call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Arg {
    /// Parameter name, without sigil.
    pub name: SmolStr,
    /// The value where it is a literal.
    pub value: Option<SmolStr>,
    /// The parameter's name at the call.
    pub span: Span,
}
