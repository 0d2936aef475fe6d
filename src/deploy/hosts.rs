//! Which hosts a unit reaches: host groups of the tree whose configuration needs one of its
//! files, directly or not.

use super::units::Units;
use crate::facts::{Kind, Property, Relation};
use crate::finding::Place;
use crate::graph::query::{Need, Needs, Thing, find, with_contents};
use crate::graph::{DataOf, Graph, Hosts};
use rustc_hash::FxHashSet;
use smol_str::SmolStr;

/// Hosts that are configured alike.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HostGroup {
    /// Its name: a node definition's title, an inventory's group.
    pub name: SmolStr,
    /// How many hosts are in it at most: as many as its names can match; `None` where the
    /// tree does not tell.
    pub hosts: Option<u64>,
    /// Its definition.
    pub place: Place,
}

/// The host groups that each unit reaches, the smallest first; what is deleted reaches those
/// that needed it.
pub fn reached(old: &Graph<'_>, new: &Graph<'_>, units: &Units) -> Vec<Vec<HostGroup>> {
    let has_groups = Kind::with(Property::HOSTS).any(|kind| !new.all(kind).is_empty());
    if !has_groups {
        return vec![Vec::new(); units.all.len()];
    }
    let after = Needs::new(new);
    let deletes = units.all.iter().any(|unit| unit.deletes && !unit.paths.is_empty());
    let before = deletes.then(|| Needs::new(old));
    let of = |unit: &super::Unit| match &before {
        Some(before) if unit.deletes => groups(old, before, &unit.paths),
        _ => groups(new, &after, &unit.paths),
    };
    units.all.iter().map(of).collect()
}

fn groups(graph: &Graph<'_>, needs: &Needs, paths: &[SmolStr]) -> Vec<HostGroup> {
    let mut files = Vec::new();
    let mut named = Vec::new();
    for path in paths {
        match graph.inventories().find_map(|inventory| inventory.data_of(path)) {
            // Data of one host or role: whoever else reads the same keys gets others.
            Some(DataOf::Host(name)) => named.push(name),
            Some(DataOf::Definition(own)) => {
                files.extend(find(graph, &format!("{}:{}", own.kind, own.name)));
            }
            None => files.extend(with_contents(graph, &find(graph, path))),
        }
    }
    let mut found: FxHashSet<Thing> = files.iter().copied().collect();
    // `File['x']` orders what is in the catalog anyway; it brings nothing in.
    let brings = |need: &Need| need.relation != Relation::Orders;
    found.extend(needs.impact(&files, brings).into_iter().map(|(_, thing, _)| thing));
    let mut out = Vec::new();
    for Hosts { name, count, site } in
        graph.inventories().flat_map(|inventory| inventory.hosts(graph, &found, &named))
    {
        let place = Place { tree: graph.snapshot.role, file: site.file, span: site.span };
        out.push(HostGroup { name, hosts: count, place });
    }
    let size = |group: &HostGroup| group.hosts.unwrap_or(u64::MAX);
    out.sort_by(|a, b| (size(a), &a.name, a.place).cmp(&(size(b), &b.name, b.place)));
    out.dedup_by(|a, b| a.name == b.name && a.place == b.place);
    out
}
