//! Commands of `exec` for which nothing sets a search path.

use crate::check::Context;
use crate::facts::{Strength, kinds};
use crate::finding::{Finding, Place, Severity};
use crate::loader::FileIx;
use crate::systems::puppet::execs::PATH;

/// Said where the tree has nodes: nothing else sets defaults for all of them.
pub(crate) fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    let graph = context.new;
    let is_live = |file: FileIx| graph.snapshot.file(file).standing.is_live();
    let mut nodes = graph.all(kinds::PUPPET_NODE).iter();
    if !nodes.any(|(_, site)| is_live(site.file))
        || graph.providers(kinds::PUPPET_DEFAULTS, PATH).next().is_some()
    {
        return;
    }
    for (ix, file) in graph.asking(&[kinds::PUPPET_DEFAULTS]) {
        if !file.standing.is_live() || graph.is_partly_read(ix) || graph.is_unloadable(ix) {
            continue;
        }
        for require in &file.facts.requires {
            let is_exec = require.via == "exec" && require.strength == Strength::Guarded;
            let is_path = require.any_of.first().is_some_and(|own| {
                own.kind == kinds::PUPPET_DEFAULTS
                    && own.name.as_exact().is_some_and(|own| own == PATH)
            });
            if !is_exec || !is_path {
                continue;
            }
            let place = Place { tree: graph.snapshot.role, file: ix, span: require.span };
            let message = "this command is not given in full, and nothing sets a `path` for it";
            findings.push(
                Finding::new("incompatible-value", message, place).severity(Severity::Error).help(
                    "Puppet refuses to run it: write the program with its folder, or set `path`",
                ),
            );
        }
    }
}
