//! A plan for people and for tools.

mod diagram;
mod html;
mod order;
mod style;
mod text;
mod waves;

pub use diagram::{dot, mermaid};
pub use html::html;
pub use order::order;
pub use text::{human, markdown};
