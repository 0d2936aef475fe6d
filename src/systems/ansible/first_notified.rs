//! Handlers that a change is the first to notify, and that nothing has.
//!
//! A role that is installed from elsewhere may bring any handler to a play that runs it. A role of
//! the tree that has handlers of its own, and that notifies these alone, hardly counts on another's.

use super::first_reads::is_changed;
use super::names::{is_akin, unit};
use crate::check::Context;
use crate::facts::{Entity, NamePattern, Require, Strength, kinds};
use crate::finding::{Finding, Place, Severity};
use crate::graph::{Graph, Resolution};
use crate::loader::FileIx;

/// Reports what a role is the first to notify, beside handlers that it has.
pub(super) fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    let (graph, Some(old)) = (context.new, context.old) else { return };
    for (ix, file) in context.files() {
        let is_run = file.standing.is_live() && !graph.is_loose(ix);
        if !is_run || !is_changed(graph, old, ix) {
            continue;
        }
        for require in &file.facts.requires {
            let Some(name) = notified(require) else { continue };
            if !is_first(graph, old, (ix, require), name) {
                continue;
            }
            let message =
                format!("no handler `{name}` exists, and this change is the first to notify it");
            let place = Place { tree: graph.snapshot.role, file: ix, span: require.span };
            findings.push(
                Finding::new("unresolved-reference", message, place)
                    .severity(Severity::Warning)
                    .label("notified here")
                    .help("the other handlers that this role notifies are its own")
                    .entity(Entity::new(kinds::ANSIBLE_HANDLER, name)),
            );
        }
    }
}

/// The name of the handler that a task notifies.
fn notified(require: &Require) -> Option<&str> {
    let target = require.any_of.first()?;
    let is_firm = target.kind == kinds::ANSIBLE_NOTIFIED && require.strength != Strength::Guarded;
    Some(target.name.as_exact().filter(|_| is_firm)?.as_str())
}

fn is_first(
    graph: &Graph<'_>,
    old: &Graph<'_>,
    (ix, require): (FileIx, &Require),
    name: &str,
) -> bool {
    let path = &graph.snapshot.file(ix).entry.path;
    let Some(role) = unit(path).filter(|own| own.split('/').any(|part| part == "roles")) else {
        return false;
    };
    let exact = NamePattern::exact(name);
    let is_listed = || {
        let mut listed = graph.all(kinds::ANSIBLE_LISTED_ROLE).iter();
        listed.any(|(own, _)| is_akin(own, &exact))
    };
    matches!(graph.resolve_from(ix, require), Resolution::Open(_))
        && graph.matching(kinds::ANSIBLE_HANDLER, &exact).is_empty()
        && !is_listed()
        && !is_notified(old, name)
        && notifies_own(graph, role, name)
}

/// Whether anything of a tree notifies a handler, or is one, of that name.
fn is_notified(graph: &Graph<'_>, name: &str) -> bool {
    let files = graph.snapshot.files.iter();
    let mut requires = files.flat_map(|file| &file.facts.requires);
    requires.any(|require| notified(require) == Some(name))
        || graph.providers(kinds::ANSIBLE_HANDLER, name).next().is_some()
}

/// Whether a role notifies others than `name`, all of which it has itself.
fn notifies_own(graph: &Graph<'_>, role: &str, name: &str) -> bool {
    let is_own = |ix: FileIx| unit(&graph.snapshot.file(ix).entry.path) == Some(role);
    let mut count = 0;
    for (ix, file) in graph.snapshot.files.iter().enumerate() {
        if unit(&file.entry.path) != Some(role) {
            continue;
        }
        for require in &file.facts.requires {
            let is_other = notified(require).is_some_and(|own| own != name);
            if !is_other {
                continue;
            }
            let Resolution::Found(sites) = graph.resolve_from(ix as FileIx, require) else {
                return false;
            };
            if !sites.iter().all(|site| is_own(site.file)) {
                return false;
            }
            count += 1;
        }
    }
    count > 0
}
