//! Command lines of a shell: text whose parts keep their places, words, simple commands.

mod argument;
pub(crate) mod grammar;
pub(crate) mod lexer;
pub(crate) mod parse;
mod split;
mod text;

pub use argument::Argument;
pub use split::split;
pub use text::{CommandText, HOLE};
