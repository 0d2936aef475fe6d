//! The Puppet language, 2.6 to 8: lexer, syntax tree, parser and static validation.
//!
//! The parser accepts what Puppet 4 and later accept, and beyond that the constructs of
//! 2.6 and 3 that later versions dropped; each use of one is listed in
//! [`Parsed::legacy`], so that a caller can tell "valid today" from "was valid once".
//! Errors never end the parse: the broken statement is skipped, the rest is kept.
//!
//! Grammar and static checks follow the Puppet language specification as implemented in
//! Puppet 7.23; `tests/puppet_parser.rs` compares verdicts with `puppet parser validate`.

use crate::facts::base_name;
pub mod ast;
mod lexer;
mod parser;
mod validate;

pub use lexer::{Lexer, Token, TokenKind};
pub use parser::{Parsed, SyntaxError, parse};

#[cfg(test)]
mod tests;

/// The module that a path lies in: the folder below the innermost module directory
/// (`modules`, `vendor_modules`, `site-modules`, `site`, `dist`). `None` outside modules.
pub fn module_of(path: &str) -> Option<&str> {
    module_dir(path).map(base_name)
}

/// The module's folder, as [`module_of`] finds it.
pub fn module_dir(path: &str) -> Option<&str> {
    const PARTS: &[&str] = &[
        "manifests",
        "files",
        "templates",
        "lib",
        "functions",
        "types",
        "facts.d",
        "tasks",
        "plans",
    ];
    let mut start = 0;
    let mut segments = path.split('/').peekable();
    let mut previous = "";
    while let Some(segment) = segments.next() {
        let end = start + segment.len();
        if is_module_root(previous) && segments.peek().is_some_and(|next| PARTS.contains(next)) {
            return Some(&path[..end]);
        }
        previous = segment;
        start = end + 1;
    }
    None
}

/// Whether a folder of this name holds modules.
pub fn is_module_root(name: &str) -> bool {
    matches!(name, "modules" | "site" | "dist")
        || name.ends_with("_modules")
        || name.ends_with("-modules")
        || name.starts_with("modules-")
}
