//! Checks of charts and their releases.

mod releases;
mod values;

pub(super) use releases::check as releases;
pub(super) use values::check as values;
pub(super) use values::{Values, needed};
