//! What systems say alike: command lines, packages, environments, routes, monitors and silences.
//! Each is written once here, and said by every system that has it.

pub(crate) mod addresses;
pub(crate) mod beside;
pub(crate) mod commands;
pub(crate) mod commas;
pub(crate) mod completed;
pub(crate) mod doubled;
pub(crate) mod environment;
pub(crate) mod keys;
pub(crate) mod loads;
pub(crate) mod methods;
pub(crate) mod packages;
pub(crate) mod pages;
pub(crate) mod programs;
pub(crate) mod refused;
pub(crate) mod routes;
pub(crate) mod sed;
pub(crate) mod servers;
pub(crate) mod silences;
pub(crate) mod tasks;
pub(crate) mod traefik;
pub(crate) mod urls;
pub(crate) mod watch;
