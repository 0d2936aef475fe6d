//! Checks of data, templates and references to resources.

mod bare;
mod hiera;
mod reach;
mod resources;
mod templates;

pub(super) use bare::check as bare;
pub(super) use hiera::check as hiera;
pub(super) use resources::check as resources;
pub(super) use templates::check as templates;
