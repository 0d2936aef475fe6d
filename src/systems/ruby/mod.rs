//! Ruby: the command lines of programs, what they run, the routes of services.

mod entries;
mod environment;
mod flags;
mod loads;
mod methods;
mod pages;
mod routes;
mod runs;
mod schedule;

use crate::domain::programs::Flags;
use crate::extract::{Extractor, Source};
use crate::facts::base_name;
use crate::syntax::shebang::Interpreter;
use crate::systems::System;

/// Ruby.
pub(super) struct Room;

impl System for Room {
    fn name(&self) -> &'static str {
        "ruby"
    }

    fn readers(&self) -> &'static [&'static dyn Extractor] {
        &[
            &routes::ROUTES,
            &FLAGS,
            &runs::RUNS,
            &runs::SCRIPT_RUNS,
            &loads::Loads,
            &methods::Defined,
            &entries::Entries,
            &pages::Partials,
            &schedule::Schedule,
        ]
    }
}

/// Ruby: OptionParser, Slop.
const FLAGS: Flags = Flags {
    system: "ruby",
    endings: &[".rb"],
    interpreter: Some(Interpreter::Ruby),
    words: &["OptionParser", "Slop"],
    read: flags::interface,
    environment: Some(("ENV", environment::reads)),
};

/// Whether a file is Ruby: by its ending, by its name, or by its first line where it has neither.
fn is_ruby(source: &Source<'_>) -> bool {
    let base = base_name(source.path);
    base.contains('.') || base == "Rakefile" || source.interpreter() == Some(Interpreter::Ruby)
}
