//! Perl: the command lines of programs, what they run, and the modules that they use.

mod effects;
mod environment;
mod exports;
mod flags;
mod modules;
mod runs;

use crate::domain::programs::Flags;
use crate::extract::Extractor;
use crate::facts::kinds;
use crate::graph::Graph;
use crate::syntax::shebang::Interpreter;
use crate::systems::System;

/// Perl.
pub(super) struct Room;

impl System for Room {
    fn name(&self) -> &'static str {
        "perl"
    }

    fn readers(&self) -> &'static [&'static dyn Extractor] {
        &[&FLAGS, &runs::RUNS, &runs::SCRIPT_RUNS, &modules::Modules, &exports::Exports]
    }

    fn names(&self, graph: &mut Graph<'_>) {
        modules::install(graph);
        graph.set_resolver(kinds::PERL_NAME, Box::new(exports::Names));
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
