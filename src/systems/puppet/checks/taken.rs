//! Resources that a change took away while resources whose titles come from data stand for them:
//! `@user { $login: }` beside `@user { 'deploy': }`. As they stood beside it before, they were not it.

use crate::facts::{Entity, NamePattern, Require, kinds};
use crate::finding::{Finding, Place, Severity};
use crate::graph::{Graph, Site};
use crate::loader::{FileIx, Role};
use smol_str::SmolStr;

/// A reference to one of them: data may declare it, so that it is a warning.
pub(super) fn taken(
    graph: &Graph<'_>,
    old: &Graph<'_>,
    whole: &SmolStr,
    (ix, require): (FileIx, &Require),
) -> Option<Finding> {
    let live = |site: &Site| old.snapshot.file(site.file).standing.is_live();
    let site = old.providers(kinds::PUPPET_RESOURCE, whole).find(live)?;
    let (before, now) = (names(old, whole), names(graph, whole));
    // With none of them the reference itself is told of.
    if now.is_empty() || !now.iter().all(|own| before.contains(own)) {
        return None;
    }
    let place = Place { tree: graph.snapshot.role, file: ix, span: require.span };
    let before = Place { tree: Role::Old, file: site.file, span: site.span };
    let message = format!("resource `{whole}` was removed but is still used");
    Some(
        Finding::new("removed-but-referenced", message, place)
            .severity(Severity::Warning)
            .of_change()
            .label(format!("still required here by `{}`", require.via))
            .help("change this reference too, unless data declares it")
            .related("declared here before this change", before)
            .entity(Entity::new(kinds::PUPPET_RESOURCE, whole.clone())),
    )
}

/// The titles and patterns of titles that may be that of a resource.
fn names(graph: &Graph<'_>, whole: &SmolStr) -> Vec<NamePattern> {
    let sites = graph.matching(kinds::PUPPET_RESOURCE, &NamePattern::Exact(whole.clone()));
    let name = |site: &Site| {
        let provides = &graph.snapshot.file(site.file).facts.provides;
        Some(provides.get(site.provide? as usize)?.name.clone())
    };
    sites.iter().filter_map(name).collect()
}
