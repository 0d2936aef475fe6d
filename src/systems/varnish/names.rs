//! VCL's names: those of all files that make up one configuration.

use crate::facts::{Entity, Extent, Ref, Scope, Sought, kinds};
use crate::graph::{Graph, Resolution, Resolver};

pub(super) fn install(graph: &mut Graph<'_>) {
    graph.set_resolver(kinds::VCL_NAME, Box::new(Names));
}

/// A name is looked for in all files of the tree. It is missing where the file begins a
/// configuration and everything that it includes is in the tree.
struct Names;

impl Resolver for Names {
    fn resolve(&self, graph: &Graph<'_>, target: &Ref) -> Resolution {
        let Some(Scope { from: path, sought: Sought::Kind(kind, extent) }) =
            target.scope.as_deref()
        else {
            return Resolution::Elsewhere;
        };
        let sites = graph.matching(*kind, &target.name);
        if !sites.is_empty() {
            return Resolution::Found(sites);
        }
        let entity = Entity::new(*kind, target.name.to_string());
        if *extent == Extent::Whole && includes_known(graph, path) {
            Resolution::Missing(entity)
        } else {
            Resolution::Open(entity)
        }
    }
}

/// Whether every file that this one includes is here, and each one's own includes are.
fn includes_known(graph: &Graph<'_>, path: &str) -> bool {
    let Some(file) = graph.snapshot.find(path) else { return false };
    let mut waiting = vec![file];
    let mut at = 0;
    while let Some(file) = waiting.get(at).copied() {
        at += 1;
        for target in
            graph.snapshot.file(file).facts.requires.iter().flat_map(|require| &require.any_of)
        {
            if target.kind != kinds::VCL_FILE {
                continue;
            }
            let sites = graph.matching(kinds::VCL_FILE, &target.name);
            if sites.is_empty() || waiting.len() > 1000 {
                return false;
            }
            for site in sites {
                if !waiting.contains(&site.file) {
                    waiting.push(site.file);
                }
            }
        }
    }
    true
}
