//! `probe-mismatch` of a health check that wants a page of a port which now redirects every
//! request: each server fails it at once.

use super::Context;
use crate::facts::{Detail, kinds};
use crate::finding::{Finding, Place, Severity};
use crate::graph::{Graph, Site};
use crate::loader::Role;

pub(super) fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    let Some(old) = context.old else { return };
    let new = context.new;
    if new.all(kinds::HTTP_PORT).is_empty() {
        return;
    }
    for (ix, file) in new.asking(&[kinds::HTTP_PORT]) {
        for require in &file.facts.requires {
            let target = require.any_of.first().filter(|target| target.kind == kinds::HTTP_PORT);
            let Some(port) = target.and_then(|target| target.name.as_exact()) else { continue };
            let (answers, redirects) = of_port(new, port);
            let (Some(now), None) = (redirects, answers) else { continue };
            let (Some(before), _) = of_port(old, port) else { continue };
            let place = |tree, site: Site| Place { tree, file: site.file, span: site.span };
            let role = new.snapshot.role;
            let at = Place { tree: role, file: ix, span: require.span };
            findings.push(
                Finding::new(
                    "probe-mismatch",
                    format!("port {port} now redirects every request, and this check wants another answer"),
                    at,
                )
                .severity(Severity::Warning)
                .of_change()
                .label("checked here")
                .help("let the check follow: ask the port that answers, or answer its path before the redirect")
                .related("every request is redirected here", place(role, now))
                .related("answered here before this change", place(Role::Old, before)),
            );
        }
    }
}

/// What answers requests to a port, and what redirects all of them.
fn of_port(graph: &Graph<'_>, port: &str) -> (Option<Site>, Option<Site>) {
    let (mut answers, mut redirects) = (None, None);
    for site in graph.providers(kinds::HTTP_PORT, port) {
        let provides = &graph.snapshot.file(site.file).facts.provides;
        let provide = site.provide.and_then(|ix| provides.get(ix as usize));
        match provide.is_some_and(|provide| provide.detail == Detail::Redirect) {
            true => redirects = redirects.or(Some(site)),
            false => answers = answers.or(Some(site)),
        }
    }
    (answers, redirects)
}
