//! Rust: the command lines of programs.

mod clap;
mod clap_attributes;
mod clap_field;

use crate::domain::programs::Flags;
use crate::extract::Extractor;
use crate::systems::System;

/// Rust.
pub(super) struct Room;

impl System for Room {
    fn name(&self) -> &'static str {
        "rust"
    }

    fn readers(&self) -> &'static [&'static dyn Extractor] {
        &[&FLAGS]
    }
}

/// Rust: clap's and structopt's derive.
const FLAGS: Flags = Flags {
    system: "rust",
    endings: &[".rs"],
    interpreter: None,
    words: &["Parser", "StructOpt"],
    read: clap::interface,
    environment: None,
};
