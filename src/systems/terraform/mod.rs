//! Terraform and OpenTofu: what the files of a folder declare and read, and the modules that
//! they call.
//!
//! (Source: "Terraform Language": "References to Named Values", "Modules", "Input Variables",
//! "Module Sources". OpenTofu's is the same in all that is read here.)

mod checks;
mod names;
mod read;

use crate::check::Check;
use crate::extract::{Extractor, Settings, Source};
use crate::facts::FileFacts;
use crate::graph::Graph;
use crate::systems::System;

/// Terraform and OpenTofu.
pub(super) struct Room;

impl System for Room {
    fn name(&self) -> &'static str {
        "terraform"
    }

    fn readers(&self) -> &'static [&'static dyn Extractor] {
        &[&Terraform]
    }

    fn names(&self, graph: &mut Graph<'_>) {
        names::install(graph);
    }

    fn checks(&self) -> &'static [Check] {
        &[checks::check]
    }
}

/// Extracts from `.tf` and `.tofu` files.
pub struct Terraform;

impl Extractor for Terraform {
    fn system(&self) -> &'static str {
        "terraform"
    }

    fn claims(&self, path: &str) -> bool {
        path.ends_with(".tf") || path.ends_with(".tofu")
    }

    fn extract(&self, source: &Source<'_>, _settings: &Settings, out: &mut FileFacts) {
        read::extract(source, out);
    }
}
