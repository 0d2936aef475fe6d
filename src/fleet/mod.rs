//! Facts of whole repositories as files, so that others can ask about them without the
//! repository: a table for SQL, and beside it all that a check needs to join it as a tree.
//!
//! ```text
//! PAR1 | whole facts, for this program | columns, for any reader of Parquet | footer
//! ```
//!
//! Readers of Parquet find the columns by the footer and pass over the rest.

mod bundle;
mod columns;
mod record;
mod tree;
mod veil;

pub use bundle::{Bundle, Damage, Head, encode, head_of, is_name};
pub use columns::{Cell, Column, Sort, Table};
pub use record::Record;
pub use tree::BundleTree;
pub use veil::veiled;

/// How a file of facts is compressed, of the ten levels that there are: the next ones take twice
/// the time for a twentieth less.
const LEVEL: u32 = 6;
