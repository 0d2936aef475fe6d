//! Puppet manifests: classes, defined types, resources, references, calls.
//!
//! What is emitted, by construct, stands in `docs/architecture.md`; in short: every
//! definition is a provided entity with an interface, every declaration a requirement
//! and a call, every `puppet:///` source, `template()` and `file()` a requirement of a
//! module file, every resource title a provided resource.

mod attributes;
mod autoload;
mod bare;
mod builtin;
mod calls;
mod checks;
mod commands;
mod data;
mod definitions;
mod duplicates;
mod every_scope;
mod external_facts;
mod files;
mod guards;
mod hiera;
mod hierarchy;
mod hosts;
mod monitors;
mod names;
mod nodes;
mod reads;
mod resources;
mod restarts;
mod ruby;
mod scopes;
mod settings;
mod surroundings;
mod template;
mod text;
mod walk;

pub use external_facts::ExternalFacts;
pub use surroundings::Surroundings;
use text::variable;

use crate::check::Check;
use crate::extract::{Extractor, Settings, Source, Told};
use crate::extract::{Layout, inside};
use crate::facts::{FileFacts, Problem, Strength, is_handed_out};
use crate::graph::Graph;
use crate::systems::System;
use crate::tree::Tree;

/// Puppet, with Hiera, templates and Ruby functions.
pub(super) struct Room;

impl System for Room {
    fn name(&self) -> &'static str {
        "puppet"
    }

    fn settings(&self, tree: &dyn Tree, told: &mut Told) {
        settings::settings(tree, told);
    }

    fn readers(&self) -> &'static [&'static dyn Extractor] {
        &[
            &Puppet,
            &Surroundings,
            &ExternalFacts,
            &hiera::Hiera,
            &hierarchy::Hierarchy,
            &ruby::Ruby,
            &template::Templates,
        ]
    }

    fn names(&self, graph: &mut Graph<'_>) {
        autoload::install(graph);
        names::install(graph);
        data::install(graph);
        graph.add_templates(Box::new(scopes::Scopes));
        graph.add_inventory(Box::new(hosts::Nodes));
    }

    fn checks(&self) -> &'static [Check] {
        &[
            checks::attributes,
            checks::functions,
            checks::hiera,
            checks::templates,
            checks::resources,
            checks::bare,
        ]
    }
}

/// Extracts from `.pp` manifests.
pub struct Puppet;

impl Extractor for Puppet {
    fn system(&self) -> &'static str {
        "puppet"
    }

    fn claims(&self, path: &str) -> bool {
        // What renders a manifest is a template, whatever its name; Puppet reads no manifest
        // from a folder of data.
        path.ends_with(".pp")
            && !in_templates(path)
            && !path.split('/').any(|folder| folder == "hieradata")
    }

    /// SELinux policy packages share the ending; theirs is a binary format.
    fn accepts(&self, bytes: &[u8]) -> bool {
        // Beaker runs tests in Ruby under this ending.
        !bytes.starts_with(&[0x8f, 0xff, 0x7c, 0xf9]) && !bytes.starts_with(b"require 'spec_helper")
    }

    fn extract(&self, source: &Source<'_>, settings: &Settings, out: &mut FileFacts) {
        let arena = bumpalo::Bump::with_capacity(source.text.len() * 12);
        let parsed = crate::syntax::puppet::parse(source.text, &arena);
        if let Some(error) = parsed.errors.first()
            && !is_template(source)
        {
            let more = parsed.errors.len() - 1;
            let mut problem = Problem::new("parse-error", error.message.clone(), error.span);
            if more > 0 {
                problem.help =
                    format!("the parser found {more} more in this file; the rest of it was read");
            }
            // What no catalogue is made of only happens to end so.
            if is_handed_out(source.path) || is_skeleton(source.text) {
                problem.strength = Strength::Likely;
            }
            out.problems.push(problem);
        }
        if let Some(span) = parsed.orchestration {
            let message = "application orchestration, of Puppet 4 to 6, is not read";
            let mut problem = Problem::new("unsupported-syntax", message, span);
            problem.strength = Strength::Guarded;
            out.problems.push(problem);
        }
        if let Some(span) = parsed.too_deep {
            let message = "nested too deeply; this part was not read";
            out.problems.push(Problem::new("limit-reached", message, span));
        }
        // What hosts are given as a file is no part of this tree's catalogues.
        if !is_handed_out(source.path) {
            walk::Walk::new(source, settings, out).file(parsed.body);
        }
    }
}

/// Whether a path lies in a module's `templates/`.
fn in_templates(path: &str) -> bool {
    path.contains("/templates/")
        && Layout::default()
            .module_dir(path)
            .is_some_and(|dir| inside(dir, path).is_some_and(|rest| rest.starts_with("templates/")))
}

/// Whether it is to be copied, its names filled in: `class MODULE_NAME::config`. No class of
/// Puppet's is called so.
fn is_skeleton(text: &str) -> bool {
    text.lines().any(|line| {
        let name = ["class ", "define "].iter().find_map(|word| line.strip_prefix(word));
        let name = name.and_then(|name| name.split([':', ' ', '(', '{']).next());
        let is_capital =
            |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_';
        name.is_some_and(|name| name.len() > 3 && name.bytes().all(is_capital))
    })
}

/// Whether it is a template that produces a manifest.
fn is_template(source: &Source<'_>) -> bool {
    is_handed_out(source.path) && source.text.contains("<%")
}
