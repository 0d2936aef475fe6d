//! Facts that no host has and that are called almost like one that all have:
//! `$facts['netowrking']['ip']`.
//!
//! A tree's own facts may have any name, and so may those that lie on its hosts: several facts of a
//! sort are often called after one. (Source: Facter's manual, "Core facts".)

use crate::check::Context;
use crate::facts::{Entity, NamePattern, Require, kinds};
use crate::finding::{Finding, Place, Severity};
use crate::graph::Graph;
use crate::loader::FileIx;
use crate::systems::puppet::every_scope;
use crate::systems::puppet::walk::FACT;

pub(crate) fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    let graph = context.new;
    for (ix, file) in graph.snapshot.files.iter().enumerate() {
        if !file.standing.is_live() || graph.snapshot.layout.is_nested(&file.entry.path) {
            continue;
        }
        for require in &file.facts.requires {
            let Some((name, near)) = misspelt(graph, require) else { continue };
            let place = Place { tree: graph.snapshot.role, file: ix as FileIx, span: require.span };
            // A part of what is not there stops a catalogue; by itself it is empty.
            let severity = match require.via == FACT {
                true => Severity::Error,
                false => Severity::Warning,
            };
            findings.push(
                Finding::new(
                    "unresolved-reference",
                    format!("fact `{name}` does not exist"),
                    place,
                )
                .severity(severity)
                .label("read here")
                .help(format!("did you mean `{near}`?"))
                .entity(Entity::new(kinds::PUPPET_FACT, name)),
            );
        }
    }
}

/// The name of a fact that is another but for a letter, and that one.
fn misspelt<'r>(graph: &Graph<'_>, require: &'r Require) -> Option<(&'r str, &'static str)> {
    let target = require.any_of.first().filter(|own| own.kind == kinds::PUPPET_TOP_SCOPE)?;
    let name = target.name.as_exact()?.as_str();
    if name.len() < 6 || name.contains("::") || every_scope::has(name) {
        return None;
    }
    let near = every_scope::near(name)?;
    let is_known = graph.providers(kinds::PUPPET_VARIABLE, name).next().is_some()
        || !graph.matching(kinds::PUPPET_FACT, &NamePattern::exact(name)).is_empty();
    (!is_known).then_some((name, near))
}
