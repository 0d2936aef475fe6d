//! Interfaces (parameters of a class, a defined type, a command…) and calls of them.

use super::{Entity, Ref, Span, Strength};
use smallvec::SmallVec;
use smol_str::SmolStr;

/// The parameters that an entity takes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Interface {
    /// What is called.
    pub entity: Entity,
    /// Its parameters, in source order.
    pub params: Vec<Param>,
    /// Takes arguments beyond `params` too; then no argument is unknown.
    pub open: bool,
    /// The definition's name.
    pub span: Span,
}

/// One parameter of an interface.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Param {
    /// Name, without sigil (`port`, `--register-proxy`).
    pub name: SmolStr,
    /// Must be passed: it has no default.
    pub required: bool,
    /// Whether it takes a value; `None` where that has no meaning.
    pub takes_value: Option<bool>,
    /// The only values that it accepts; empty means any.
    pub choices: Vec<SmolStr>,
    /// Its type, as written; empty when none is.
    pub ty: SmolStr,
    /// Its default, as written; empty when none is.
    pub default: SmolStr,
    /// The parameter's name in the definition.
    pub span: Span,
}

/// One use of an interface.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Call {
    /// What is called; the first target that exists is meant.
    pub any_of: SmallVec<[Ref; 1]>,
    /// The arguments, in source order.
    pub args: Vec<Arg>,
    /// Arguments may come from elsewhere too (a splat, Hiera, a resource default
    /// whose scope is not known): nothing is missing for certain.
    pub open: bool,
    /// The callee's name at the call.
    pub span: Span,
    /// How certain a failure is.
    pub strength: Strength,
    /// The construct, as its users call it: `resource`, `class {}`, `create_resources`.
    pub via: SmolStr,
    /// The definition (index into [`super::FileFacts::provides`]) that it stands in.
    pub within: Option<u32>,
}

/// One argument of a call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Arg {
    /// Parameter name, without sigil.
    pub name: SmolStr,
    /// The value where it is a literal.
    pub value: Option<SmolStr>,
    /// The parameter's name at the call.
    pub span: Span,
}
