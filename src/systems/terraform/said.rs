//! What is said of a declaration, and where it stands.

use crate::facts::{Detail, Kind, NamePattern, Provide, Span};
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
