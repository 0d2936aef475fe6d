//! What is not valid Puppet, and where.

use crate::facts::Span;

/// A place where the text is not valid Puppet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SyntaxError {
    /// What is wrong.
    pub message: String,
    /// Where.
    pub span: Span,
}
