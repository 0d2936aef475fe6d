//! Facts that no host has and that are called almost like one that all have:
//! `$facts['netowrking']['ip']`.
//!
//! A tree's own facts may have any name, and so may those that lie on its hosts: several facts of a
//! sort are often called after one. (Source: Facter's manual, "Core facts".)

use crate::check::Context;
use crate::facts::{Entity, NamePattern, Require, is_one_edit, is_slip, kinds};
use crate::finding::{Finding, Place, Remedy, Severity};
use crate::graph::{Graph, Site};
use crate::loader::{FileIx, Role};
use crate::systems::puppet::every_scope;
use crate::systems::puppet::walk::FACT;
use smol_str::SmolStr;

pub(crate) fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    let graph = context.new;
    for (ix, file) in context.asking(&[kinds::PUPPET_TOP_SCOPE]) {
        if !file.standing.is_live() {
            continue;
        }
        for require in &file.facts.requires {
            let Some((name, near)) = misspelt(graph, require).or_else(|| of_tree(graph, require))
            else {
                let gone = context.old.and_then(|old| gone(graph, old, ix, require));
                findings.extend(gone);
                continue;
            };
            // Told last: it takes longer than to see that a name is right, as nearly all are.
            if graph.snapshot.layout.is_nested(&file.entry.path) {
                break;
            }
            let place = Place { tree: graph.snapshot.role, file: ix, span: require.span };
            // A part of what is not there stops a catalogue; by itself it is empty.
            let is_core = every_scope::has(&near);
            let severity = match require.via == FACT && is_core {
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
                .remedy(Remedy::nearest(name, near))
                .entity(Entity::new(kinds::PUPPET_FACT, name)),
            );
        }
    }
}

/// A fact of the tree's own that the change takes away.
fn gone(graph: &Graph<'_>, old: &Graph<'_>, ix: FileIx, require: &Require) -> Option<Finding> {
    let target = require.any_of.first().filter(|own| own.kind == kinds::PUPPET_TOP_SCOPE)?;
    let name = target.name.as_exact()?;
    let live = |site: &Site| old.snapshot.file(site.file).standing.is_live();
    let site = old.providers(kinds::PUPPET_FACT, name).find(live)?;
    let path = &graph.snapshot.file(ix).entry.path;
    if is_known(graph, name)
        || every_scope::has(name)
        || graph.snapshot.layout.is_nested(path)
        || !path.ends_with(".pp") && !path.ends_with(".erb") && !path.ends_with(".epp")
    {
        return None;
    }
    let place = Place { tree: graph.snapshot.role, file: ix, span: require.span };
    let before = Place { tree: Role::Old, file: site.file, span: site.span };
    // By itself it is empty then.
    Some(
        Finding::new(
            "removed-but-referenced",
            format!("fact `{name}` was removed but is still used"),
            place,
        )
        .severity(Severity::Warning)
        .of_change()
        .label("read here")
        .help("keep the fact until nothing reads it, or change this place too")
        .related("made here before this change", before)
        .entity(Entity::new(kinds::PUPPET_FACT, name.clone())),
    )
}

/// The name of a fact that is another but for a letter, and that one.
fn misspelt<'r>(graph: &Graph<'_>, require: &'r Require) -> Option<(&'r str, SmolStr)> {
    let target = require.any_of.first().filter(|own| own.kind == kinds::PUPPET_TOP_SCOPE)?;
    let name = target.name.as_exact()?.as_str();
    if name.len() < 6 || name.contains("::") || every_scope::has(name) {
        return None;
    }
    let near = every_scope::near(name)?;
    (!is_known(graph, name)).then(|| (name, near.into()))
}

/// The name of a fact that is one of the tree's own but for a letter, and that one.
fn of_tree<'r>(graph: &Graph<'_>, require: &'r Require) -> Option<(&'r str, SmolStr)> {
    let target = require.any_of.first().filter(|own| own.kind == kinds::PUPPET_TOP_SCOPE)?;
    let name = target.name.as_exact()?.as_str();
    if name.len() < 8 || name.contains("::") || every_scope::has(name) {
        return None;
    }
    let mut own = graph.all(kinds::PUPPET_FACT).iter().map(|(own, _)| own);
    let near = own.find(|own| is_one_edit(own, name) && is_slip(own, name))?;
    // One and several of a thing are two facts.
    let is_part = near.starts_with(name) || name.starts_with(near.as_str());
    // Facter takes names in small letters, however they are written.
    let is_it = |own: &SmolStr| own.eq_ignore_ascii_case(name);
    let is_part = is_part || graph.all(kinds::PUPPET_FACT).iter().any(|(own, _)| is_it(own));
    (!is_part && !is_known(graph, name)).then(|| (name, near.clone()))
}

fn is_known(graph: &Graph<'_>, name: &str) -> bool {
    graph.providers(kinds::PUPPET_VARIABLE, name).next().is_some()
        || !graph.matching(kinds::PUPPET_FACT, &NamePattern::exact(name)).is_empty()
}
