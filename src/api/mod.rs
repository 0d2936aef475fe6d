//! What others may use: trees and options in, owned reports out.
//!
//! The parts below this one know no options and keep no state; here the trees are opened, the
//! configuration is found, and threads are started.

mod analysis;
mod cache;
mod check;
mod day;
pub mod environments;
mod error;
mod fact_lines;
mod facts;
mod fixes;
mod fleet;
mod fleet_rows;
mod given;
pub mod interface;
mod names;
mod options;
mod packs;
mod promotion;
pub mod query;
mod references;
pub mod replay;
mod repository;
pub mod rollout;
mod settings;
mod steps;
mod survey;
mod tree;
mod workspace;

pub use analysis::Analysis;
pub use cache::{Cache, CacheExtent};
pub use day::Day;
pub use error::{Error, ErrorKind};
pub use fact_lines::{FactArg, FactFilter, FactLine, FactParam, FactSort};
pub use facts::{File, KnownSystem, facts_of, known_systems};
pub use fixes::Fixes;
pub use fleet::FactsFile;
pub use options::Options;
pub use packs::{PackCase, PackProblem, PackReport, lint_pack};
pub use promotion::{Completion, Promoted, PromotedPath, Promotion};
pub use repository::Repository;
pub use survey::Survey;
pub use tree::{EMPTY_TREE, Tree, merge_base};
pub use workspace::{Stop, Workspace};
