//! The hosts of an inventory's groups.

use crate::facts::{Detail, Relation, kinds};
use crate::graph::query::Thing;
use crate::graph::{Graph, Hosts, Inventory};
use rustc_hash::FxHashSet;
use smol_str::SmolStr;

/// Groups of inventories.
pub(super) struct Groups;

impl Inventory for Groups {
    fn hosts(&self, graph: &Graph<'_>, things: &FxHashSet<Thing>, _named: &[String]) -> Vec<Hosts> {
        groups(graph, things)
    }
}

/// Groups that one of the found plays is for.
fn groups(graph: &Graph<'_>, found: &FxHashSet<Thing>) -> Vec<Hosts> {
    let mut out = Vec::new();
    if graph.all(kinds::ANSIBLE_GROUP).is_empty() {
        return out;
    }
    for thing in found.iter().filter(|thing| thing.provide.is_none()) {
        let requires = graph.snapshot.file(thing.file).facts.requires.iter();
        for require in requires.filter(|require| require.relation == Relation::IsFor) {
            let Some(target) = require.any_of.first() else { continue };
            let Some(name) = target.name.as_exact() else { continue };
            let Some(site) = graph.providers(kinds::ANSIBLE_GROUP, name).next() else { continue };
            let hosts = hosts_of(graph, name);
            if hosts == 0 {
                continue;
            }
            out.push(Hosts { name: name.clone(), count: Some(hosts), site });
        }
    }
    out
}

/// How many hosts a group and its children have, each counted once.
fn hosts_of(graph: &Graph<'_>, name: &str) -> u64 {
    let mut hosts: FxHashSet<&str> = FxHashSet::default();
    let mut seen: FxHashSet<SmolStr> = FxHashSet::default();
    let mut queue = vec![SmolStr::new(name)];
    while let Some(group) = queue.pop() {
        if !seen.insert(group.clone()) {
            continue;
        }
        for site in graph.providers(kinds::ANSIBLE_GROUP, &group) {
            let facts = &graph.snapshot.file(site.file).facts;
            let provide = site.provide.and_then(|ix| facts.provides.get(ix as usize));
            if let Some(Detail::Members(own)) = provide.map(|provide| &provide.detail) {
                hosts.extend(own.iter().map(SmolStr::as_str));
            }
            let children = facts.requires.iter().filter(|require| require.within == site.provide);
            let names = children
                .filter(|own| own.relation == Relation::HasMember)
                .flat_map(|own| &own.any_of);
            queue.extend(names.filter_map(|name| name.name.as_exact().cloned()));
        }
    }
    hosts.len() as u64
}
