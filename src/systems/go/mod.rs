//! Go: the command lines of programs and the routes of services.

mod cobra;
mod declared;
mod environment;
mod flags;
mod routes;

use crate::domain::programs::Flags;
use crate::extract::Extractor;
use crate::systems::System;

/// Go.
pub(super) struct Room;

impl System for Room {
    fn name(&self) -> &'static str {
        "go"
    }

    fn readers(&self) -> &'static [&'static dyn Extractor] {
        &[&routes::ROUTES, &FLAGS]
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
