//! How messages call a command, and how bad a wrong call of it is.

use crate::facts::{Call, Strength, base_name};
use crate::finding::{Finding, Severity};
use smol_str::SmolStr;

/// What is said of one call at most: whoever sees that much looks at the whole of it, and a large
/// interface that many calls miss would fill the memory.
pub(super) const MOST_OF_CALL: usize = 25;

/// Says with the last finding of a call that there are more than [`MOST_OF_CALL`].
pub(super) fn cut(findings: &mut Vec<Finding>) {
    if findings.len() > MOST_OF_CALL {
        findings.truncate(MOST_OF_CALL);
        if let Some(last) = findings.last_mut() {
            last.help.push_str("; there is more of the kind in this call, which is not listed");
        }
    }
}

/// How a command is called in messages: by the name that the caller uses.
pub(super) fn command_name(call: &Call) -> SmolStr {
    let exact = call.any_of.first().filter(|target| target.name.as_exact().is_some());
    SmolStr::new(exact.map(|target| target.shown()).as_deref().map_or("", base_name))
}

/// A call whose failure is expected, or tested for, is not certain to break anything.
pub(super) fn severity(call: &Call) -> Severity {
    if call.strength == Strength::Certain { Severity::Error } else { Severity::Warning }
}
