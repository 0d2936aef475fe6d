//! Checks of data and templates.

mod hiera;
mod templates;

pub(super) use hiera::check as hiera;
pub(super) use templates::check as templates;
