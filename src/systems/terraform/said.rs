//! What is said of a declaration, and where it stands.

use crate::facts::{Detail, Kind, NamePattern, Provide, Span};
use hcl_edit::expr::Expression;
use std::ops::Range;

pub(super) fn provide(
    kind: Kind,
    name: String,
    span: Option<Range<usize>>,
    detail: Detail,
) -> Provide {
    Provide { kind, name: NamePattern::exact(name), span: place(span), within: None, detail }
}

pub(super) fn place(span: Option<Range<usize>>) -> Span {
    span.map_or(Span::default(), |range| Span::new(range.start, range.end))
}

/// The text that an expression is, with nothing put in.
pub(super) fn literal(expression: &Expression) -> Option<String> {
    match expression {
        Expression::String(text) => Some(text.as_str().to_owned()),
        _ => None,
    }
}
