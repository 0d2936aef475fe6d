//! Parameters that plays hand to a role, misspelt in one of them.
//!
//! A role reads variables, and none that it is handed is refused: one that nothing reads changes
//! nothing. Where other plays hand the role a parameter that is nearly called so, or the role has
//! a default that is, that one was meant.

use super::spelling::is_slip;
use crate::check::Context;
use crate::facts::{Arg, Entity, Span, base_name, kinds};
use crate::finding::{Finding, Place, Severity};
use crate::graph::Graph;
use crate::loader::FileIx;
use rustc_hash::FxHashSet;
use std::collections::BTreeMap;

/// So many other uses of the role hand it what was meant.
const SEVERAL: usize = 3;

/// Uses of one role: name of a parameter → where it is handed.
type Uses<'g> = BTreeMap<&'g str, Vec<(FileIx, &'g Arg)>>;

/// What a parameter was to be, and where that stands.
#[derive(Clone, Copy)]
struct Meant<'g> {
    name: &'g str,
    file: FileIx,
    span: Span,
    label: &'static str,
}

/// Reports parameters that nothing reads, beside those that were meant.
pub(super) fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    let graph = context.new;
    let mut read = None;
    let mut defaults = None;
    for (role, uses) in uses(graph) {
        for (name, sites) in &uses {
            let [(file, arg)] = sites.as_slice() else { continue };
            let read = read.get_or_insert_with(|| read_names(graph));
            if read.contains(name) || set_elsewhere(graph, name, *file) {
                continue;
            }
            let defaults = defaults.get_or_insert_with(|| self::defaults(graph));
            let mut of_role = defaults.get(base_name(role)).into_iter().flatten().copied();
            let meant =
                of_uses(name, &uses).or_else(|| of_role.find(|own| is_slip(name, own.name)));
            let Some(meant) = meant else { continue };
            let place = |file, span| Place { tree: graph.snapshot.role, file, span };
            let message = format!("nothing reads `{name}`, which is handed to role `{role}`");
            findings.push(
                Finding::new("unknown-parameter", message, place(*file, arg.span))
                    .severity(Severity::Warning)
                    .label("handed here")
                    .help(format!("did you mean `{}`?", meant.name))
                    .related(meant.label, place(meant.file, meant.span))
                    .entity(Entity::parameter(role, name)),
            );
        }
    }
}

/// The parameter that several other uses of the role hand it.
fn of_uses<'g>(name: &str, uses: &Uses<'g>) -> Option<Meant<'g>> {
    let others = uses.iter().filter(|(_, sites)| sites.len() >= SEVERAL);
    let mut meant = others.filter(|(own, _)| is_slip(name, own));
    let (own, known) = meant.next()?;
    let (file, arg) = known.first()?;
    Some(Meant { name: own, file: *file, span: arg.span, label: "another use of the role" })
}

/// Variables that roles have defaults of, by the names of the roles' folders.
fn defaults<'g>(graph: &'g Graph<'_>) -> BTreeMap<&'g str, Vec<Meant<'g>>> {
    let mut all: BTreeMap<&str, Vec<Meant<'_>>> = BTreeMap::new();
    for (name, site) in graph.all(kinds::ANSIBLE_VARIABLE) {
        let file = graph.snapshot.file(site.file);
        let Some((role, _)) = file.entry.path.rsplit_once("/defaults/") else { continue };
        if file.standing.is_live() {
            let (file, span) = (site.file, site.span);
            let meant = Meant { name, file, span, label: "the role's default" };
            all.entry(base_name(role)).or_default().push(meant);
        }
    }
    all
}

fn uses<'g>(graph: &'g Graph<'_>) -> BTreeMap<&'g str, Uses<'g>> {
    let mut roles: BTreeMap<&str, Uses<'_>> = BTreeMap::new();
    for (ix, file) in graph.calling(&[kinds::ANSIBLE_ROLE]) {
        for call in file.facts.calls.iter().filter(|_| file.standing.is_live()) {
            let target = call.any_of.first().filter(|own| own.kind == kinds::ANSIBLE_ROLE);
            let Some(role) = target.and_then(|target| target.name.as_exact()) else { continue };
            let uses = roles.entry(role.as_str()).or_default();
            for arg in &call.args {
                uses.entry(arg.name.as_str()).or_default().push((ix, arg));
            }
        }
    }
    roles
}

/// Names that anything reads, or does without.
pub(super) fn read_names<'g>(graph: &'g Graph<'_>) -> FxHashSet<&'g str> {
    let read = [kinds::ANSIBLE_VARIABLE, kinds::ANSIBLE_RESULT];
    let reads = graph.targets(&read).filter(|own| read.contains(&own.kind));
    let names = reads.filter_map(|own| own.name.as_exact().map(|name| name.as_str()));
    let supplied = graph.all(kinds::ANSIBLE_SUPPLIED).iter().map(|(name, _)| name.as_str());
    names.chain(supplied).collect()
}

/// Whether another file sets the variable too: it is one that somebody knows.
fn set_elsewhere(graph: &Graph<'_>, name: &str, file: FileIx) -> bool {
    graph.providers(kinds::ANSIBLE_VARIABLE, name).any(|site| site.file != file)
        || graph.may_be_set(&Entity::new(kinds::ANSIBLE_VARIABLE, name))
}
