//! Crosscheck: a pre-flight consistency checker for configuration trees.
//!
//! It answers questions about a configuration tree before it is deployed: is it consistent, what
//! does a change break, in which order can it land, is a promotion from staging to production
//! complete, and what needs what. It reads trees and runs nothing of them.
//!
//! A [`Tree`] is a folder, a git revision, the index, an archive, or files in memory. [`Options`]
//! say what a question depends on beside its trees. An [`Analysis`] of a tree, or of the change
//! from one tree to another, and a [`Promotion`] answer with reports that are owned, can be sent
//! to other threads, and serialise to the JSON that the command line prints.
//!
//! ```
//! use crosscheck::{Analysis, Options, Tree};
//!
//! # fn main() -> Result<(), crosscheck::Error> {
//! let old = Tree::open("fixtures/library/old")?; // or Tree::git("repository", "HEAD~1")?
//! let new = Tree::open("fixtures/library/new")?; // or Tree::git("repository", "HEAD")?
//! let report = Analysis::new(new, &Options::new())?.against(old)?.check()?;
//! for finding in report.findings() {
//!     let at = &finding.primary;
//!     println!("{}:{}: {}", at.path, at.start.line, finding.message);
//! }
//! # assert_eq!(report.findings().count(), 2);
//! # Ok(())
//! # }
//! ```
//!
//! The same trees, options and version give the same bytes. Nothing here panics on any input,
//! writes anything but what [`Promotion::apply`] and [`Options::cache`] are asked to, or uses the
//! network.
//! [`catalog`] explains the rules, [`facts`] is the vocabulary of what files say.

// What panics by its name is not written, but for what stands with a reason.
#![cfg_attr(
    not(test),
    deny(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::panic,
        clippy::unreachable,
        clippy::todo,
        clippy::unimplemented
    )
)]

mod api;
/// The guide's page on the library: its examples run with the tests.
#[cfg(doctest)]
#[doc = include_str!("../docs/guide/library.md")]
mod guide {}
pub mod catalog;
mod check;
mod cochange;
mod compat;
mod config;
mod deadline;
mod deploy;
mod domain;
mod editor;
mod extract;
pub mod facts;
mod finding;
mod fleet;
mod graph;
mod ledger;
mod loader;
mod mapping;
mod mend;
mod packages;
mod packs;
mod pipeline;
mod promote;
mod report;
mod schedule;
mod severity;
mod store;
mod suppress;
mod survey;
mod syntax;
mod systems;
#[cfg(test)]
mod tests;
mod tree;
mod twins;
mod yaml;

pub use api::{
    Analysis, Cache, CacheExtent, Completion, Day, EMPTY_TREE, Error, ErrorKind, FactArg,
    FactFilter, FactLine, FactParam, FactSort, FactsFile, File, Fixes, KnownSystem, Options,
    PackCase, PackProblem, PackReport, Promoted, PromotedPath, Promotion, Repository, Stop, Survey,
    Tree, Workspace, environments, facts_of, interface, known_systems, lint_pack, merge_base,
    query, replay, rollout,
};
pub use config::{ConfigError, FILE_NAME as CONFIG_NAME, OTHER_NAMES as OTHER_CONFIG_NAMES};
pub use deadline::Unfinished;
pub use editor::{Answers, Candidate, Hover, Symbol, SymbolSort};
pub use facts::Position;
pub use finding::{EntryKind, Means, Silence, Sureness};
pub use loader::Role;
pub use mend::{Mended, WriteError};
pub use packages::IndexError;
pub use promote::ApplyError;
pub use report::{
    Detail, Drawing, Edge, Edit, Fix, Format, Node, NotRead, Promotes, References, Report,
    Resolved as Finding, ResolvedPlace as Location, Style, Summary, Understood, printable,
};
pub use severity::Severity;
pub use suppress::{Baseline, Entry};
pub use tree::TreeError;
