//! The Puppet language, 2.6 to 8: lexer, syntax tree, parser and static validation.
//!
//! The parser accepts what Puppet 4 and later accept, and beyond that the constructs of
//! 2.6 and 3 that later versions dropped; each use of one is listed in
//! [`Parsed::legacy`], so that a caller can tell "valid today" from "was valid once".
//! Errors never end the parse: the broken statement is skipped, the rest is kept.
//!
//! Grammar and static checks follow the Puppet language specification as implemented in
//! Puppet 7.23; `src/tests/puppet_parser.rs` compares verdicts with `puppet parser validate`.

#[expect(dead_code, reason = "the tree says all that a manifest does, and no reader needs it all")]
pub mod ast;
mod error;
mod lexer;
mod parser;
mod validate;
mod visit;

pub use error::SyntaxError;
pub use parser::{EARLY_LAMBDA, TRAILING, parse, parse_strictly};
pub use validate::TWICE_DEFAULT;
pub use visit::children;

#[cfg(test)]
mod tests;
