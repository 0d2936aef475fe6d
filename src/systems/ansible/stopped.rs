//! What stops at variables whose values Jinja refuses: the file that sets one says so of its own
//! facts, and here is asked what reads it.

use super::names::{holds_plays, unit};
use crate::check::Context;
use crate::facts::{Detail, Entity, Relation, Span, base_name, kinds};
use crate::finding::{Finding, Place, Severity};
use crate::graph::{Graph, Site};
use crate::loader::FileIx;
use rustc_hash::FxHashMap;

/// Reports such variables: an error where something of the tree reads one.
pub(super) fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    let graph = context.new;
    let mut readers = None;
    for (name, site) in graph.all(kinds::ANSIBLE_VARIABLE) {
        let file = graph.snapshot.file(site.file);
        let provide = site.provide.and_then(|ix| file.facts.provides.get(ix as usize));
        let Some(Detail::Text(what)) = provide.map(|own| &own.detail) else { continue };
        let place = |file, span| Place { tree: graph.snapshot.role, file, span };
        let readers = readers.get_or_insert_with(|| readers_of(graph));
        let reader = readers.get(name.as_str()).into_iter().flatten();
        let mut reader = reader.filter(|own| is_read_by(graph, name, site, own.0));
        let message = format!("not valid Jinja: {what}");
        let finding = Finding::new("parse-error", message, place(site.file, site.span))
            .label("this variable")
            .entity(Entity::new(kinds::ANSIBLE_VARIABLE, name.clone()));
        findings.push(match reader.next() {
            Some(&(file, span)) => finding
                .severity(Severity::Error)
                .help("what reads the variable stops")
                .related("read here", place(file, span)),
            None => finding.severity(Severity::Warning).help("whatever reads the variable stops"),
        });
    }
}

/// A place where a variable is read.
type Reader = (FileIx, Span);

fn readers_of<'g>(graph: &'g Graph<'_>) -> FxHashMap<&'g str, Vec<Reader>> {
    let mut all: FxHashMap<&str, Vec<Reader>> = FxHashMap::default();
    let asking = graph.asking(&[kinds::ANSIBLE_VARIABLE]);
    for (ix, file) in asking.filter(|(_, own)| own.standing.is_live()) {
        for require in &file.facts.requires {
            let target = require.any_of.first().filter(|own| own.kind == kinds::ANSIBLE_VARIABLE);
            let is_read = matches!(require.relation, Relation::FilledIn | Relation::Sometimes);
            if let Some(name) = target.and_then(|own| own.name.as_exact()).filter(|_| is_read) {
                all.entry(name).or_default().push((ix, require.span));
            }
        }
    }
    all
}

/// Whether the value that stands at `site` is what the file reads.
fn is_read_by(graph: &Graph<'_>, name: &str, site: &Site, reader: FileIx) -> bool {
    let own = graph.snapshot.file(site.file);
    if !own.standing.is_live() {
        return false;
    }
    let path = |file: FileIx| graph.snapshot.file(file).entry.path.as_str();
    if holds_plays(own) {
        let calls = own.facts.calls.iter().flat_map(|call| &call.any_of);
        let mut roles = calls.filter(|target| target.kind == kinds::ANSIBLE_ROLE);
        return reader == site.file
            || unit(path(reader)).is_some_and(|role| {
                roles.any(|target| {
                    target.name.as_exact().is_some_and(|name| base_name(name) == base_name(role))
                })
            });
    }
    // Another value may hide this one, except for one that gives way to all others.
    let mut others = graph.providers(kinds::ANSIBLE_VARIABLE, name).filter(|own| *own != *site);
    others.all(|own| path(own.file).contains("/defaults/"))
        && (unit(path(site.file)).is_none_or(str::is_empty)
            || unit(path(site.file)) == unit(path(reader)))
}
