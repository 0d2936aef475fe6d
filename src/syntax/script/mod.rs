//! Scripts and programs in Ruby, Perl, JavaScript, Go and Rust: one tokenizer serves all.

pub(crate) mod lexer;
mod literals;
pub(crate) mod tokens;
