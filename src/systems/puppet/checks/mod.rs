//! Checks of data, templates, attributes and references to resources.

mod attributes;
mod bare;
mod created;
mod execs;
mod facts;
mod folders;
mod foreign;
mod functions;
mod hiera;
mod levels;
mod lookups;
mod near;
mod ordered;
mod reach;
mod resources;
mod templates;
mod together;

pub(super) use attributes::check as attributes;
pub(super) use bare::check as bare;
pub(super) use created::check as created;
pub(super) use execs::check as execs;
pub(super) use facts::check as facts;
pub(super) use folders::check as folders;
pub(super) use functions::check as functions;
pub(super) use hiera::check as hiera;
pub(super) use levels::check as levels;
pub(super) use lookups::check as lookups;
pub(super) use near::check as near;
pub(super) use ordered::check as ordered;
pub(super) use reach::Reach;
pub(super) use resources::check as resources;
pub(super) use templates::check as templates;
pub(super) use together::{Above, check as together};
