//! Classes that something waits for and nothing takes in: `require => Class['a']`.
//!
//! Puppet refuses such a catalogue ("Could not find resource"). What takes in a class by a name that
//! is put together, data or a classifier may do so too, so this is said only of trees whose nodes
//! name their classes.

use super::reach::Reach;
use crate::check::Context;
use crate::facts::{Entity, Relation, Strength, kinds};
use crate::finding::{Finding, Place, Severity};
use crate::graph::{Graph, Resolution};
use rustc_hash::FxHashSet;
use smol_str::SmolStr;

pub(crate) fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    let graph = context.new;
    let mut by_data = None;
    for (ix, file) in graph.asking(&[kinds::PUPPET_CLASS]) {
        let path = file.entry.path.as_str();
        let counts = path.ends_with(".pp")
            && file.standing.is_live()
            && !graph.snapshot.layout.is_nested(path)
            && !graph.is_unloadable(ix);
        for require in file.facts.requires.iter().filter(|_| counts) {
            let [target] = require.any_of.as_slice() else { continue };
            let is_awaited = target.kind == kinds::PUPPET_CLASS
                && require.relation == Relation::Orders
                && require.strength != Strength::Guarded;
            let Some(name) = target.name.as_exact().filter(|_| is_awaited) else { continue };
            let Resolution::Found(sites) = graph.resolve(require) else { continue };
            let Some(reach) = graph.view::<Reach>() else { return };
            let by_data = by_data.get_or_insert_with(|| named_in_data(graph));
            if !reach.is_named() {
                return;
            }
            let holders = || sites.iter().map(|site| (site.file, site.provide));
            if holders().any(|own| reach.is_taken(own) || own.0 == ix)
                || by_data.contains(name)
                || !reach.is_used((ix, require.within))
            {
                continue;
            }
            let place = |file, span| Place { tree: graph.snapshot.role, file, span };
            let message = format!("class `{name}` is waited for, and nothing takes it in");
            let finding = Finding::new("unresolved-reference", message, place(ix, require.span))
                .severity(Severity::Warning)
                .label("waited for here")
                .help("Puppet refuses the catalogue: include it, or take this out")
                .entity(Entity::new(kinds::PUPPET_CLASS, name.clone()));
            findings.push(match sites.first() {
                Some(site) => finding.related("defined here", place(site.file, site.span)),
                None => finding,
            });
        }
    }
}

/// Classes that files beside manifests name.
fn named_in_data(graph: &Graph<'_>) -> FxHashSet<SmolStr> {
    let files = graph.asking(&[kinds::PUPPET_CLASS]);
    let files = files.filter(|(_, file)| !file.entry.path.ends_with(".pp"));
    let targets = files.flat_map(|(_, file)| &file.facts.requires).flat_map(|own| &own.any_of);
    let classes = targets.filter(|own| own.kind == kinds::PUPPET_CLASS);
    classes.filter_map(|own| own.name.as_exact().cloned()).collect()
}
