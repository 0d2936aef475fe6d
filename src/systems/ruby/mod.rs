//! Ruby: the command lines of programs, what they run, the routes of services.

mod entries;
mod environment;
mod flags;
mod loads;
mod methods;
mod routes;
mod runs;

use crate::domain::programs::Flags;
use crate::extract::Extractor;
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
