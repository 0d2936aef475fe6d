//! Classes of another module that something waits for, where its own module has one of that name:
//! `require => Class['old_ntp::install']` in the module `ntp`, which has `ntp::install`.
//!
//! Puppet refuses such a catalogue ("Could not find resource 'Class[…]'"). What is not in the tree
//! may come from elsewhere, so this is said of a module that nothing else of the tree uses, surely
//! only where one name is part of the other; and of a class that is here where the block takes in
//! its namesake, and no node has that one beside it.

use super::reach::Reach;
use crate::check::Context;
use crate::facts::{Entity, Relation, Strength, kinds};
use crate::finding::{Finding, Place, Severity};
use crate::graph::{Graph, Resolution, Site};
use crate::loader::FileIx;
use rustc_hash::FxHashSet;
use smol_str::SmolStr;

pub(crate) fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    let graph = context.new;
    let layout = &graph.snapshot.layout;
    let mut used = None;
    for (ix, file) in context.asking(&[kinds::PUPPET_CLASS]) {
        let path = file.entry.path.as_str();
        if !path.ends_with(".pp") || !file.standing.is_live() || graph.is_unloadable(ix) {
            continue;
        }
        let Some(module) = layout.module_of(path).filter(|_| !layout.is_nested(path)) else {
            continue;
        };
        for require in &file.facts.requires {
            // Old Puppet tries other names too.
            let Some(target) = require.any_of.first() else { continue };
            let is_awaited = target.kind == kinds::PUPPET_CLASS
                && matches!(require.relation, Relation::Orders | Relation::Names)
                && require.strength != Strength::Guarded;
            let Some(name) = target.name.as_exact().filter(|_| is_awaited) else { continue };
            let Some((other, rest)) = name.split_once("::").filter(|own| own.0 != module) else {
                continue;
            };
            let twin = SmolStr::from(format!("{module}::{rest}"));
            let Some(meant) = graph.providers(kinds::PUPPET_CLASS, &twin).next() else { continue };
            let holder = (ix, require.within);
            let severity = match graph.resolve_from(ix, require) {
                Resolution::Open(_) => {
                    let used = used.get_or_insert_with(|| modules(graph));
                    let is_part = other.contains(module) || module.contains(other);
                    let severity = if is_part { Severity::Error } else { Severity::Warning };
                    (!used.contains(other)).then_some(severity)
                }
                Resolution::Found(sites) => {
                    is_apart(graph, holder, &sites, meant).then_some(Severity::Error)
                }
                _ => None,
            };
            if let Some(severity) = severity {
                let place = |file, span| Place { tree: graph.snapshot.role, file, span };
                let message = format!("class `{name}` is waited for, and nothing here takes it in");
                findings.push(
                    Finding::new("unresolved-reference", message, place(ix, require.span))
                        .severity(severity)
                        .label("waited for here")
                        .help(format!("did you mean `{twin}`?"))
                        .related("the class of this module", place(meant.file, meant.span))
                        .entity(Entity::new(kinds::PUPPET_CLASS, name.clone())),
                );
            }
        }
    }
}

/// Whether a block takes in `meant`, and none of `sites` can be in a catalogue with it.
fn is_apart(graph: &Graph<'_>, holder: (FileIx, Option<u32>), sites: &[Site], meant: Site) -> bool {
    let Some(reach) = graph.view::<Reach>() else { return false };
    reach.is_named()
        && reach.is_used(holder)
        && reach.takes(holder, (meant.file, meant.provide))
        && !sites.iter().any(|site| reach.may_meet(holder, (site.file, site.provide)))
}

/// The modules that something takes a class or a type from, and those that the tree lists.
fn modules(graph: &Graph<'_>) -> FxHashSet<SmolStr> {
    let listed = graph.all(kinds::PUPPET_EXTERNAL).iter().map(|(name, _)| name.clone());
    let files = graph.asking(&[kinds::PUPPET_CLASS, kinds::PUPPET_DEFINE]);
    let requires = files.flat_map(|(_, file)| &file.facts.requires);
    let brings = requires.filter(|own| !matches!(own.relation, Relation::Orders | Relation::Names));
    let targets = brings
        .flat_map(|own| &own.any_of)
        .filter(|target| matches!(target.kind, kinds::PUPPET_CLASS | kinds::PUPPET_DEFINE));
    let first = |name: &str| SmolStr::new(name.split("::").next().unwrap_or(name));
    listed.chain(targets.map(|target| first(target.name.prefix()))).collect()
}
