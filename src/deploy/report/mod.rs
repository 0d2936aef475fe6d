//! A plan for people and for tools.

mod diagram;
mod html;
mod text;

pub use diagram::{dot, mermaid};
pub use html::html;
pub use text::{human, markdown};
