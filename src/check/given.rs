//! Variables that somebody may set whom the tree does not show.

use crate::facts::{Entity, Property, Relation, Require};
use crate::finding::Place;
use crate::graph::{Graph, Site};

/// Whether a variable that the tree set before may still have its value, or nothing reads it.
pub(super) fn is_given(
    graph: &Graph<'_>,
    old: &Graph<'_>,
    entity: &Entity,
    sites: &[Site],
    place: Place,
) -> bool {
    entity.kind.has(Property::GIVEN)
        && (sites.iter().all(|site| old.is_for_some(site))
            || is_unread(graph, place)
            || graph.may_be_set(entity))
}

/// Whether a variable that only looks like a slip is one: nothing else names it, and it is read
/// whatever the case.
pub(super) fn is_slip(graph: &Graph<'_>, entity: &Entity, require: &Require, place: Place) -> bool {
    require.relation != Relation::InBranch && !is_unread(graph, place) && !graph.may_be_set(entity)
}

/// Where anything that is run sets a variable, whoever reads it.
fn was_set(graph: &Graph<'_>, entity: &Entity) -> Option<Site> {
    let live = |site: &Site| graph.snapshot.file(site.file).standing.is_live();
    graph.providers(entity.kind, &entity.name).find(live)
}

/// Whether nothing runs what stands at a place.
fn is_unread(graph: &Graph<'_>, place: Place) -> bool {
    !graph.snapshot.file(place.file).standing.is_live() || graph.is_loose(place.file)
}

/// Where the old tree set a variable that nothing sets, or names, any more: elsewhere than where it
/// is read, or with `-e` in a script, which has no place.
pub(super) fn lost(
    graph: &Graph<'_>,
    old: &Graph<'_>,
    entity: &Entity,
    place: Place,
) -> Option<Option<Site>> {
    if !entity.kind.has(Property::GIVEN) || is_unread(graph, place) {
        return None;
    }
    if was_set(graph, entity).is_some() {
        return None;
    }
    let site = was_set(old, entity);
    let is_lost = match site {
        Some(_) => !graph.may_be_set(entity),
        None => graph.may_be_set_no_more(old, entity),
    };
    is_lost.then_some(site)
}
