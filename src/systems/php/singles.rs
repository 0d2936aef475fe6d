//! Classes that are declared where a file is loaded by its path: PHP takes each once.
//!
//! (Source: PHP's manual, "Cannot declare class, because the name is already in use".)

use crate::facts::{Entity, kinds};
use crate::graph::{Graph, Resolution, Single, Singles, View};
use crate::loader::FileIx;
use rustc_hash::{FxHashMap, FxHashSet};
use smol_str::SmolStr;

pub(super) fn install(graph: &mut Graph<'_>) {
    graph.add_view::<Loads>();
    graph.add_singles(Box::new(Classes));
}

struct Classes;

impl Singles for Classes {
    fn declared(&self, graph: &Graph<'_>, file: FileIx) -> Vec<Single> {
        let file = graph.snapshot.file(file);
        let classes = file.facts.provides.iter().filter(|own| own.kind == kinds::PHP_CLASS);
        let single = |own: &crate::facts::Provide| {
            let entity = Entity::new(kinds::PHP_CLASS, own.name.as_exact()?.clone());
            Some(Single { entity, holder: file.entry.path.clone(), span: own.span })
        };
        classes.filter_map(single).collect()
    }

    fn with_both(&self, graph: &Graph<'_>, one: &str, other: &str) -> FxHashSet<SmolStr> {
        let other = self.loaders(graph, other);
        let both = self.loaders(graph, one).into_iter().filter(|own| other.contains(own));
        both.map(|own| graph.snapshot.file(own).entry.path.clone()).collect()
    }

    fn loaders(&self, graph: &Graph<'_>, holder: &str) -> Vec<FileIx> {
        let loads = graph.view::<Loads>().and_then(|own| own.by_path.get(holder));
        loads.cloned().unwrap_or_default()
    }
}

/// Who loads a file by its path.
struct Loads {
    by_path: FxHashMap<SmolStr, Vec<FileIx>>,
}

impl View for Loads {
    fn of(graph: &Graph<'_>) -> Self {
        let mut by_path: FxHashMap<SmolStr, Vec<FileIx>> = FxHashMap::default();
        for (ix, file) in graph.snapshot.files.iter().enumerate() {
            if !file.standing.is_live() || !file.systems.contains(&"php") {
                continue;
            }
            for require in &file.facts.requires {
                let is_load = ["require", "include"].iter().any(|own| require.via.starts_with(own));
                let is_file = require.any_of.first().is_some_and(|own| own.kind == kinds::FILE);
                if !is_load || !is_file {
                    continue;
                }
                let Resolution::Found(sites) = graph.resolve(require) else { continue };
                for site in sites {
                    let path = graph.snapshot.file(site.file).entry.path.clone();
                    let loaders = by_path.entry(path).or_default();
                    if loaders.last() != Some(&(ix as FileIx)) {
                        loaders.push(ix as FileIx);
                    }
                }
            }
        }
        Self { by_path }
    }
}
