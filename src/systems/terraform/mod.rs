//! Terraform and OpenTofu: what the files of a folder declare and read, and the modules that
//! they call.
//!
//! (Source: "Terraform Language": "References to Named Values", "Modules", "Input Variables",
//! "Module Sources". OpenTofu's is the same in all that is read here.)

mod arguments;
mod attributes;
mod bare;
mod body;
mod chain;
mod checks;
mod details;
mod directives;
mod doubled;
mod environments;
mod files;
mod grounds;
mod names;
mod providers;
mod read;
mod said;
mod several;
mod shapes;
mod singles;
mod templates;
mod terragrunt;
mod units;
mod unused;
mod values;

use crate::check::Check;
use crate::extract::{Extractor, Settings, Source};
use crate::facts::{FileFacts, base_name};
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
        providers::install(graph);
        graph.add_singles(Box::new(singles::Blocks));
        graph.add_arguments(Box::new(arguments::Variables));
        graph.add_grounds(Box::new(grounds::Roots));
    }

    fn checks(&self) -> &'static [Check] {
        &[
            checks::check,
            several::check,
            shapes::check,
            units::check,
            doubled::check,
            environments::check,
            providers::check,
            templates::check,
            directives::check,
        ]
    }
}

/// Extracts from `.tf` and `.tofu` files, files of variables and those of Terragrunt.
pub struct Terraform;

impl Extractor for Terraform {
    fn system(&self) -> &'static str {
        "terraform"
    }

    fn claims(&self, path: &str) -> bool {
        let ends = [".tf", ".tofu", ".tfvars"].iter().any(|ending| path.ends_with(ending));
        // Helm renders whatever lies in a chart's `templates/`.
        ends && !(path.starts_with("charts/") && path.contains("/templates/"))
            || base_name(path) == terragrunt::FILE
            || terragrunt::is_included(path)
    }

    fn extract(&self, source: &Source<'_>, _settings: &Settings, out: &mut FileFacts) {
        if source.path.ends_with(".tfvars") {
            values::extract(source, out);
        } else if base_name(source.path) == terragrunt::FILE {
            terragrunt::extract(source, out);
        } else if terragrunt::is_included(source.path) {
            terragrunt::included(source, out);
        } else {
            let body = read::extract(source, out);
            if let Some(body) = body {
                attributes::check(&body, &mut out.problems);
                several::of_modern_ones(&body, out);
                bare::check(&body, &mut out.problems);
                providers::extract(source, &body, out);
            }
        }
    }
}
