//! Jobs and steps, which a file knows of itself, and the actions of a tree.

use super::artifacts::Extent;
use super::{ACTIONS, ALL};
use crate::facts::{Entity, Ref, Sought, base_name, kinds, parent_folder, path_in};
use crate::graph::{Graph, PathKind, Resolution, Resolver, Site, View};
use rustc_hash::FxHashSet;
use smallvec::{SmallVec, smallvec};
use smol_str::SmolStr;

pub(super) fn install(graph: &mut Graph<'_>) {
    for kind in [kinds::CI_JOB, kinds::CI_MATRIX, kinds::CI_NAMED, kinds::CI_NEED, kinds::CI_STEP] {
        graph.set_resolver(kind, Box::new(Own));
    }
    graph.add_view::<Called>();
    graph.set_resolver(kinds::CI_OUTPUT, Box::new(Outputs));
    graph.set_resolver(kinds::CI_ARTIFACT, Box::new(Artifacts));
    graph.set_resolver(kinds::CI_ACTION, Box::new(Actions));
    graph.set_resolver(kinds::CI_INPUT, Box::new(Inputs));
    graph.set_resolver(kinds::CI_FOLDER, Box::new(Folders));
    graph.set_resolver(kinds::CI_SCRIPT, Box::new(Folders));
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

/// Artifacts of a run: those that its own steps upload, or, where it calls others or is called
/// by them, those that any of the tree do.
struct Artifacts;

impl Resolver for Artifacts {
    fn resolve(&self, graph: &Graph<'_>, target: &Ref) -> Resolution {
        let mut found = graph.matching(target.kind, &target.name);
        let Some(scope) = &target.scope else { return Resolution::Elsewhere };
        let is_open = scope.sought == Sought::Inside(Extent::OPEN.into());
        if !is_open {
            let own = graph.snapshot.find(&scope.from);
            found.retain(|site| Some(site.file) == own);
        }
        match (found.is_empty(), is_open) {
            (false, _) => Resolution::Found(found),
            (true, true) => Resolution::Open(target.entity()),
            (true, false) => Resolution::Missing(target.entity()),
        }
    }
}

/// Outputs of jobs and steps: those that a job lists, or those of the workflow or the action that
/// it is.
struct Outputs;

impl Resolver for Outputs {
    fn resolve(&self, graph: &Graph<'_>, target: &Ref) -> Resolution {
        let found = Own.resolve(graph, target);
        let (Resolution::Missing(_), Some(name)) = (&found, target.name.as_exact()) else {
            return found;
        };
        let Some((own, output)) = name.rsplit_once('.') else { return found };
        let Some(site) = graph.providers(kinds::CI_OUTPUT, &format!("{own}.")).next() else {
            return found;
        };
        let provides = &graph.snapshot.file(site.file).facts.provides;
        let leads = site.provide.and_then(|ix| provides.get(ix as usize)).map(|own| &own.detail);
        let all = format!("{}{ALL}", leads.map_or("", |own| own.text()));
        // It may not be here, or be of another sort.
        if graph.providers(kinds::CI_OUTPUT, &all).next().is_none() {
            return Resolution::Elsewhere;
        }
        let handed: SmallVec<[Site; 1]> =
            graph.providers(kinds::CI_OUTPUT, &format!("{all}{output}")).collect();
        if handed.is_empty() { found } else { Resolution::Found(handed) }
    }

    /// The output of the same job or step whose name is most like it.
    fn nearest(&self, graph: &Graph<'_>, name: &str) -> Option<SmolStr> {
        let (own, _) = name.rsplit_once('.')?;
        let begun = format!("{own}.");
        let all = graph.all(kinds::CI_OUTPUT).iter().map(|(own, _)| own.as_str());
        crate::facts::nearest_of(name, all.filter(|own| own.starts_with(&begun) && **own != *begun))
    }
}

/// The workflows of this tree that others of it call.
struct Called(FxHashSet<SmolStr>);

impl View for Called {
    fn of(graph: &Graph<'_>) -> Self {
        let calling = graph.calling(&[kinds::CI_WORKFLOW]);
        let calls = calling.flat_map(|(_, file)| &file.facts.calls);
        let targets = calls.flat_map(|call| &call.any_of);
        let workflows = targets.filter(|target| target.kind == kinds::CI_WORKFLOW);
        Self(workflows.filter_map(|target| target.name.as_exact().cloned()).collect())
    }
}

/// The folder of an action, which holds its file or a Dockerfile.
struct Actions;

impl Resolver for Actions {
    fn resolve(&self, graph: &Graph<'_>, target: &Ref) -> Resolution {
        let Some(folder) = target.name.as_exact() else { return Resolution::Elsewhere };
        // Of a workflow that nothing here calls, the action is one of the callers' trees.
        let is_called = |from: &str| graph.view::<Called>().is_some_and(|own| own.0.contains(from));
        let is_here = target.placed().is_none_or(|(from, _)| is_called(from));
        for name in ACTIONS.iter().chain(&["Dockerfile"]) {
            match graph.paths.look_up(&path_in(folder, name)) {
                PathKind::File(file) => return Resolution::Found(smallvec![Site::whole(file)]),
                PathKind::Elsewhere => return Resolution::Elsewhere,
                _ => {}
            }
        }
        let file = path_in(folder, ACTIONS[0]);
        match graph.resolve_ref(&Ref::exact(kinds::FILE, file)) {
            Resolution::Missing(_) if !is_here => Resolution::Elsewhere,
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
