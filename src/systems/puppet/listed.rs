//! What lists of modules have in common.

use crate::facts::{Detail, FileFacts, Kind, NamePattern, Provide, Span};

/// Adds what a list names.
pub(super) fn provide(
    out: &mut FileFacts,
    kind: Kind,
    name: &str,
    span: Span,
    detail: impl Into<Detail>,
) {
    out.provides.push(Provide {
        kind,
        name: NamePattern::exact(name),
        span,
        within: None,
        detail: detail.into(),
    });
}

/// `author/name` and `author-name` are the module `name`.
pub(super) fn module_name(full: &str) -> &str {
    full.rsplit(['/', '-']).next().unwrap_or(full)
}
