//! Services that the tree restarts by itself when one of a unit's files changes: by Puppet's
//! `notify` and `subscribe`, by Ansible's handlers.

use super::units::Units;
use crate::facts::{Entity, Kind, Property, Ref, kinds};
use crate::finding::Place;
use crate::graph::{Graph, Resolution};
use rustc_hash::FxHashMap;
use smol_str::SmolStr;

/// For each unit, the services that are restarted when it lands, sorted.
pub fn restarted(graph: &Graph<'_>, units: &Units) -> Vec<Vec<SmolStr>> {
    let mut out = vec![Vec::new(); units.all.len()];
    let mut known: FxHashMap<&Entity, Vec<u32>> = FxHashMap::default();
    for (name, site) in graph.all(kinds::RESTART) {
        let facts = &graph.snapshot.file(site.file).facts;
        let Some(provide) = site.provide.and_then(|ix| facts.provides.get(ix as usize)) else {
            continue;
        };
        let Some(thing) = provide.detail.entity() else { continue };
        let landing = known.entry(thing).or_insert_with(|| landing(graph, units, thing));
        if landing.is_empty() {
            continue;
        }
        for service in services(graph, name) {
            landing.iter().for_each(|unit| out[*unit as usize].push(service.clone()));
        }
    }
    for services in &mut out {
        services.sort();
        services.dedup();
    }
    out
}

/// Repositories whose deployment restarts a service by itself, with where the tree says so.
pub fn repositories(graph: &Graph<'_>, service: &str) -> Vec<(SmolStr, Place)> {
    let mut out = Vec::new();
    for site in graph.providers(kinds::RESTART, service) {
        let facts = &graph.snapshot.file(site.file).facts;
        let provide = site.provide.and_then(|ix| facts.provides.get(ix as usize));
        let thing = provide.and_then(|provide| provide.detail.entity());
        if let Some(thing) = thing.filter(|thing| thing.kind == kinds::REPOSITORY) {
            let place = Place { tree: graph.snapshot.role, file: site.file, span: site.span };
            out.push((thing.name.clone(), place));
        }
    }
    out.sort_by(|a, b| (&a.0, a.1).cmp(&(&b.0, b.1)));
    out.dedup_by(|a, b| a.0 == b.0);
    out
}

/// Units that change a thing.
fn landing(graph: &Graph<'_>, units: &Units, thing: &Entity) -> Vec<u32> {
    let target = Ref::exact(thing.kind, thing.name.clone());
    let Resolution::Found(sites) = graph.resolve_any(&[target]) else {
        return Vec::new();
    };
    let paths = sites.iter().map(|site| &graph.snapshot.file(site.file).entry.path);
    paths.flat_map(|path| units.of(path)).copied().collect()
}

/// The services behind a name: those that handlers of that name restart, or the service itself.
fn services(graph: &Graph<'_>, name: &str) -> Vec<SmolStr> {
    let handlers: Vec<_> =
        Kind::with(Property::HANDLER).flat_map(|kind| graph.providers(kind, name)).collect();
    if handlers.is_empty() {
        return vec![SmolStr::new(name)];
    }
    let detail = |site: &crate::graph::Site| {
        let facts = &graph.snapshot.file(site.file).facts;
        facts
            .provides
            .get(site.provide? as usize)
            .map(|provide| SmolStr::new(provide.detail.text()))
    };
    handlers.iter().filter_map(detail).filter(|own| !own.is_empty()).collect()
}
