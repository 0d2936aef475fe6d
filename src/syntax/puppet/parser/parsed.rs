//! What the parser makes of a text.

use super::super::ast::Expr;
use super::super::error::SyntaxError;
use crate::facts::Span;

/// The result of a parse.
#[derive(Debug)]
pub struct Parsed<'a> {
    /// Top-level statements.
    pub body: &'a [Expr<'a>],
    /// Errors in source order; empty for a valid manifest.
    pub errors: Vec<SyntaxError>,
    /// How many of the first errors say what the text has wrong and nothing else: before each,
    /// all was read as it is written. The others may follow from one of these.
    pub certain: usize,
    /// Lists of attributes and hashes that lack a comma: what they ask for waits for that.
    pub torn: Vec<Span>,
    /// Constructs that Puppet 4 and later reject.
    pub legacy: Vec<SyntaxError>,
    /// Nesting went over the bound; that part was not read.
    pub too_deep: Option<Span>,
    /// Application orchestration of Puppet 4 to 6, which was not read: the first place.
    pub orchestration: Option<Span>,
}
