//! Jobs and steps, which a file knows of itself, and the actions of a tree.

use super::ACTIONS;
use crate::facts::{Entity, Ref, base_name, kinds, parent_folder, path_in};
use crate::graph::{Graph, PathKind, Resolution, Resolver, Site};
use smallvec::smallvec;
use smol_str::SmolStr;

pub(super) fn install(graph: &mut Graph<'_>) {
    for kind in [kinds::CI_JOB, kinds::CI_STEP, kinds::CI_NEED, kinds::CI_OUTPUT] {
        graph.set_resolver(kind, Box::new(Own));
    }
    graph.set_resolver(kinds::CI_ACTION, Box::new(Actions));
    graph.set_resolver(kinds::CI_INPUT, Box::new(Inputs));
    graph.set_resolver(kinds::CI_FOLDER, Box::new(Folders));
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

/// Folders of the tree, which a checkout brings.
struct Folders;

impl Resolver for Folders {
    fn resolve(&self, graph: &Graph<'_>, target: &Ref) -> Resolution {
        let Some(folder) = target.name.as_exact() else { return Resolution::Elsewhere };
        match graph.paths.look_up(folder) {
            PathKind::Folder => return Resolution::Found(smallvec![]),
            PathKind::File(file) => return Resolution::Found(smallvec![Site::whole(file)]),
            PathKind::Elsewhere => return Resolution::Elsewhere,
            PathKind::Absent => {}
        }
        let inside = path_in(folder, "file");
        let ignored =
            [folder, inside.as_str()].iter().any(|own| graph.paths.is_ignored(own, graph.snapshot));
        match ignored {
            true => Resolution::Elsewhere,
            false => Resolution::Missing(target.entity()),
        }
    }

    /// The one folder of the same name.
    fn nearest(&self, graph: &Graph<'_>, name: &str) -> Option<SmolStr> {
        let ending = format!("/{}/", base_name(name));
        let within = |path: &SmolStr| {
            let path = format!("/{path}");
            path.find(&ending).map(|at| SmolStr::new(&path[1..at + ending.len() - 1]))
        };
        let mut same = graph.paths.all().iter().filter_map(within);
        let first = same.next()?;
        same.all(|own| own == first).then_some(first)
    }
}
