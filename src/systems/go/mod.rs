//! Go: the command lines of programs and the routes of services.

mod cobra;
mod declared;
mod environment;
mod exported;
mod flags;
mod gone;
mod programs;
mod routes;

use crate::check::Check;
use crate::domain::programs::Flags;
use crate::extract::Extractor;
use crate::graph::Graph;
use crate::systems::System;

/// Go.
pub(super) struct Room;

impl System for Room {
    fn name(&self) -> &'static str {
        "go"
    }

    fn readers(&self) -> &'static [&'static dyn Extractor] {
        &[&routes::ROUTES, &FLAGS, &exported::Exported]
    }

    fn names(&self, graph: &mut Graph<'_>) {
        programs::install(graph);
    }

    fn checks(&self) -> &'static [Check] {
        &[gone::check]
    }
}

/// Go: `flag`, pflag, cobra.
const FLAGS: Flags = Flags {
    system: "go",
    endings: &[".go"],
    interpreter: None,
    words: &["\"flag\"", "spf13/pflag\"", "spf13/cobra\""],
    read: flags::interface,
    environment: Some(("os.Getenv", environment::reads)),
};
