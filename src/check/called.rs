//! How messages call a command, and how bad a wrong call of it is.

use crate::facts::{Call, Strength, base_name};
use crate::finding::Severity;
use smol_str::SmolStr;

/// How a command is called in messages: by the name that the caller uses.
pub(super) fn command_name(call: &Call) -> SmolStr {
    let exact = call.any_of.first().filter(|target| target.name.as_exact().is_some());
    SmolStr::new(exact.map(|target| target.shown()).as_deref().map_or("", base_name))
}

/// A call whose failure is expected, or tested for, is not certain to break anything.
pub(super) fn severity(call: &Call) -> Severity {
    if call.strength == Strength::Certain { Severity::Error } else { Severity::Warning }
}
