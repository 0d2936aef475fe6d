//! Jobs and steps, which a file knows of itself, and the actions of a tree.

use super::ACTIONS;
use crate::facts::{Entity, Ref, kinds, parent_folder, path_in};
use crate::graph::{Graph, PathKind, Resolution, Resolver, Site};
use smallvec::smallvec;

pub(super) fn install(graph: &mut Graph<'_>) {
    for kind in [kinds::CI_JOB, kinds::CI_STEP, kinds::CI_NEED, kinds::CI_OUTPUT] {
        graph.set_resolver(kind, Box::new(Own));
    }
    graph.set_resolver(kinds::CI_ACTION, Box::new(Actions));
    graph.set_resolver(kinds::CI_INPUT, Box::new(Inputs));
}

/// What stands in the same file, or nowhere.
struct Own;

impl Resolver for Own {
    fn resolve(&self, graph: &Graph<'_>, target: &Ref) -> Resolution {
        let found = graph.matching(target.kind, &target.name);
        match found.is_empty() {
            true => Resolution::Missing(target.entity()),
            false => Resolution::Found(found),
        }
    }
}

/// The folder of an action, which holds its file or a Dockerfile.
struct Actions;

impl Resolver for Actions {
    fn resolve(&self, graph: &Graph<'_>, target: &Ref) -> Resolution {
        let Some(folder) = target.name.as_exact() else { return Resolution::Elsewhere };
        for name in ACTIONS.iter().chain(&["Dockerfile"]) {
            match graph.paths.look_up(&path_in(folder, name)) {
                PathKind::File(file) => return Resolution::Found(smallvec![Site::whole(file)]),
                PathKind::Elsewhere => return Resolution::Elsewhere,
                _ => {}
            }
        }
        let file = path_in(folder, ACTIONS[0]);
        match graph.resolve_ref(&Ref::exact(kinds::FILE, file)) {
            Resolution::Missing(_) => {
                Resolution::Missing(Entity::new(kinds::CI_ACTION, folder.clone()))
            }
            other => other,
        }
    }
}

/// What an action takes, where its file is here.
struct Inputs;

impl Resolver for Inputs {
    fn resolve(&self, graph: &Graph<'_>, target: &Ref) -> Resolution {
        let found = graph.matching(kinds::CI_INPUT, &target.name);
        if !found.is_empty() {
            return Resolution::Found(found);
        }
        let name = target.name.to_string();
        match graph.providers(kinds::CI_ACTION, parent_folder(&name)).next() {
            Some(_) => Resolution::Missing(target.entity()),
            None => Resolution::Elsewhere,
        }
    }
}
