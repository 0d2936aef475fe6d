//! Which names of controllers' objects a tree has to hold.
//!
//! A tree does not say which repository it is, nor what was made by hand when a cluster began.
//! What it holds most of, it is taken to hold all of.

use crate::facts::{Entity, Ref, Sought, base_name, kinds, parent_folder, path_in};
use crate::graph::{Graph, PathKind, Resolution, Resolver, Site};
use rustc_hash::{FxHashMap, FxHashSet};
use smallvec::smallvec;
use smol_str::SmolStr;
use std::sync::OnceLock;

/// Fewer names of a kind, or of a source, that are here say nothing about the others.
const ENOUGH: usize = 3;

pub(super) fn install(graph: &mut Graph<'_>) {
    graph.set_resolver(kinds::FLUX_NAMED, Box::<Objects>::default());
    graph.set_resolver(kinds::GITOPS_FOLDER, Box::<Folders>::default());
}

/// Of each group of names, those that are here and all that are named.
#[derive(Default)]
struct Held(FxHashMap<SmolStr, (FxHashSet<SmolStr>, FxHashSet<SmolStr>)>);

impl Held {
    fn add(&mut self, group: &str, name: &SmolStr, is_here: Here) {
        let (here, all) = self.0.entry(group.into()).or_default();
        if is_here == Here::Yes {
            here.insert(name.clone());
        }
        all.insert(name.clone());
    }

    /// Whether three of four that are named in a group are here.
    fn is_owned(&self, group: &str) -> bool {
        self.0
            .get(group)
            .is_some_and(|(here, all)| here.len() >= ENOUGH && here.len() * 4 >= all.len() * 3)
    }
}

#[derive(Clone, Copy, PartialEq)]
enum Here {
    Yes,
    No,
}

/// Every reference of a kind.
fn references<'g>(graph: &'g Graph<'_>, kind: crate::facts::Kind) -> impl Iterator<Item = &'g Ref> {
    let requires = graph.snapshot.files.iter().flat_map(|file| &file.facts.requires);
    requires.flat_map(|require| &require.any_of).filter(move |target| target.kind == kind)
}

/// Objects of Flux by kind and name; the namespace is not asked for.
#[derive(Default)]
struct Objects(OnceLock<Held>);

impl Resolver for Objects {
    fn resolve(&self, graph: &Graph<'_>, target: &Ref) -> Resolution {
        let found = graph.matching(kinds::FLUX_OBJECT, &target.name);
        if !found.is_empty() {
            return Resolution::Found(found);
        }
        let name = target.name.to_string();
        let kind = name.split('/').next().unwrap_or_default();
        let held = self.0.get_or_init(|| {
            let mut held = Held::default();
            for own in references(graph, kinds::FLUX_NAMED) {
                let here = match graph.matching(kinds::FLUX_OBJECT, &own.name).is_empty() {
                    true => Here::No,
                    false => Here::Yes,
                };
                let name: SmolStr = own.name.to_string().into();
                held.add(name.split('/').next().unwrap_or_default(), &name, here);
            }
            held
        });
        let entity = Entity::new(kinds::FLUX_OBJECT, name.as_str());
        match held.is_owned(kind) {
            true => Resolution::Missing(entity),
            false => Resolution::Open(entity),
        }
    }

    fn nearest(&self, graph: &Graph<'_>, name: &str) -> Option<SmolStr> {
        let kind = name.split('/').next().unwrap_or_default();
        let all = graph.all(kinds::FLUX_OBJECT).iter().map(|(own, _)| own.as_str());
        let same = all.filter(|own| own.split('/').next() == Some(kind));
        crate::facts::nearest_of(name, same)
    }
}

/// Folders of a repository, by the name or address that objects give it.
#[derive(Default)]
struct Folders(OnceLock<Held>);

/// What makes a folder one of Kustomize's.
const ROOT: &str = "kustomization.yaml";

impl Resolver for Folders {
    fn resolve(&self, graph: &Graph<'_>, target: &Ref) -> Resolution {
        let Some(folder) = target.name.as_exact() else { return Resolution::Elsewhere };
        let source = source(target);
        let root = path_in(folder, ROOT);
        match (graph.paths.look_up(&root), graph.paths.look_up(folder)) {
            (PathKind::File(file), _) | (_, PathKind::File(file)) => {
                return Resolution::Found(smallvec![Site::whole(file)]);
            }
            (_, PathKind::Folder) => return Resolution::Found(smallvec![]),
            (_, PathKind::Elsewhere) => return Resolution::Elsewhere,
            _ => {}
        }
        let held = self.0.get_or_init(|| {
            let mut held = Held::default();
            for own in references(graph, kinds::GITOPS_FOLDER) {
                let Some(path) = own.name.as_exact() else { continue };
                let here = match graph.paths.look_up(path) {
                    PathKind::Absent => Here::No,
                    _ => Here::Yes,
                };
                held.add(self::source(own), path, here);
            }
            held
        });
        let entity = Entity::new(kinds::GITOPS_FOLDER, folder.clone());
        let ignored = graph.paths.is_ignored(&root, graph.snapshot);
        match held.is_owned(source) && !ignored {
            true => Resolution::Missing(entity),
            false => Resolution::Open(entity),
        }
    }

    fn nearest(&self, graph: &Graph<'_>, name: &str) -> Option<SmolStr> {
        let paths = graph.paths.all().iter().map(|path| parent_folder(path));
        let mut same = paths.filter(|own| base_name(own) == base_name(name));
        let first = same.next()?;
        same.all(|own| own == first).then(|| first.into())
    }
}

fn source(target: &Ref) -> &str {
    match target.scope.as_deref().map(|scope| &scope.sought) {
        Some(Sought::Inside(source)) => source,
        _ => "",
    }
}
