//! Docker: what images are made of, run and bring.

mod dockerfile;
mod ignored;
mod instructions;
mod names;
mod stages;

use crate::check::Check;
use crate::extract::Extractor;
use crate::graph::Graph;
use crate::systems::System;

/// Docker.
pub(super) struct Room;

impl System for Room {
    fn name(&self) -> &'static str {
        "docker"
    }

    fn readers(&self) -> &'static [&'static dyn Extractor] {
        &[&dockerfile::Docker, &ignored::Ignored]
    }

    fn names(&self, graph: &mut Graph<'_>) {
        names::install(graph);
    }

    fn checks(&self) -> &'static [Check] {
        &[ignored::check]
    }
}
