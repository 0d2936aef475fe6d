//! Crosscheck: a pre-flight consistency checker for configuration trees.
//!
//! Data flows one way: [`tree`] → [`systems`] → [`facts`] → [`graph`] → [`check`] →
//! [`finding`]s → [`report`]. Extractors know no graph, checks know no file format,
//! reporters know no check. `docs/architecture.md` names the invariants.

pub mod catalog;
pub mod check;
pub mod cli;
pub mod compat;
pub mod config;
pub mod deploy;
pub mod domain;
pub mod extract;
pub mod facts;
pub mod finding;
pub mod graph;
pub mod mapping;
pub mod packages;
pub mod packs;
pub mod pipeline;
pub mod promote;
pub mod report;
pub mod rollout;
pub mod session;
pub mod severity;
pub mod suppress;
pub mod survey;
pub mod syntax;
pub mod systems;
pub mod tree;
pub mod yaml;
