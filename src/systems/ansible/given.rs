//! Variables that whoever uses a role sets.

use crate::facts::{Detail, FileFacts, NamePattern, Provide, Span, kinds};

/// Adds a variable that others set, if anybody does.
pub(super) fn supplied(name: NamePattern, span: Span, detail: Detail, out: &mut FileFacts) {
    let kind = kinds::ANSIBLE_SUPPLIED;
    out.provides.push(Provide { kind, name, span, within: None, detail });
}
