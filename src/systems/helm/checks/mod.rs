//! Checks of charts and their releases.

mod absent;
mod blocks;
mod conditions;
mod dependencies;
mod globals;
mod locked;
mod releases;
mod schema;
mod settings;
mod slips;
mod stored;
mod subcharts;
mod tags;
mod uses;
mod values;

pub(super) use absent::check as absent;
pub(super) use blocks::check as blocks;
pub(super) use conditions::check as conditions;
pub(super) use dependencies::check as dependencies;
pub(super) use globals::check as globals;
pub(super) use locked::check as locked;
pub(super) use releases::check as releases;
pub(super) use schema::check as schema;
pub(super) use settings::check as settings;
pub(super) use slips::check as slips;
pub(super) use stored::check as stored;
pub(super) use subcharts::check as subcharts;
pub(super) use values::check as values;
pub(super) use values::{Values, needed};
