//! JavaScript: the command lines of programs, the routes of services, methods by name.

mod commander;
mod environment;
mod exports;
mod flags;
mod imports;
mod javascript;
mod names;
mod tokens;

use crate::domain::programs::Flags;
use crate::extract::Extractor;
use crate::graph::Graph;
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

    fn names(&self, graph: &mut Graph<'_>) {
        names::install(graph);
    }
}

/// How the reader of modules is called.
const SYSTEM: &str = "javascript";

/// JavaScript: yargs, commander, minimist, `util.parseArgs`.
const FLAGS: Flags = Flags {
    system: "node",
    endings: &[".js", ".mjs", ".cjs", ".ts"],
    interpreter: Some(Interpreter::Node),
    words: &["yargs", "commander", "minimist", "parseArgs"],
    read: flags::interface,
    environment: Some(("process.env", environment::reads)),
};
