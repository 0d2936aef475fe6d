//! Perl: the command lines of programs and what they run.

mod effects;
mod environment;
mod flags;
mod runs;

use crate::domain::programs::Flags;
use crate::extract::Extractor;
use crate::syntax::shebang::Interpreter;
use crate::systems::System;

/// Perl.
pub(super) struct Room;

impl System for Room {
    fn name(&self) -> &'static str {
        "perl"
    }

    fn readers(&self) -> &'static [&'static dyn Extractor] {
        &[&FLAGS, &runs::RUNS, &runs::SCRIPT_RUNS]
    }
}

/// Perl: Getopt::Long, Getopt::Std.
const FLAGS: Flags = Flags {
    system: "perl",
    endings: &[".pl"],
    interpreter: Some(Interpreter::Perl),
    words: &["Getopt::Long", "Getopt::Std"],
    read: flags::interface,
    environment: Some(("$ENV", environment::reads)),
};
