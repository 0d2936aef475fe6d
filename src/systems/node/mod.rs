//! JavaScript: the command lines of programs, the routes of services, methods by name.

mod commander;
mod environment;
mod flags;
mod imports;
mod javascript;
mod tokens;

use crate::domain::programs::Flags;
use crate::extract::Extractor;
use crate::syntax::shebang::Interpreter;
use crate::systems::System;

/// JavaScript.
pub(super) struct Room;

impl System for Room {
    fn name(&self) -> &'static str {
        "node"
    }

    fn readers(&self) -> &'static [&'static dyn Extractor] {
        &[&javascript::JavaScript, &FLAGS]
    }
}

/// JavaScript: yargs, commander, minimist, `util.parseArgs`.
const FLAGS: Flags = Flags {
    system: "node",
    endings: &[".js", ".mjs", ".cjs", ".ts"],
    interpreter: Some(Interpreter::Node),
    words: &["yargs", "commander", "minimist", "parseArgs"],
    read: flags::interface,
    environment: Some(("process.env", environment::reads)),
};
