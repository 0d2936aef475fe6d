//! What the files of Compose in a folder declare together.

use super::hosts::Hosts;
use super::listed::project;
use super::parts::{EXTENDED, SECTIONS};
use crate::facts::{Detail, Entity, Kind, Ref, join_path, kinds, parent_folder};
use crate::graph::{Graph, PathKind, Resolution, Resolver, Site, is_generated};
use smallvec::SmallVec;
use smol_str::SmolStr;

pub(super) fn install(graph: &mut Graph<'_>) {
    graph.set_resolver(kinds::COMPOSE_NAMED, Box::new(Named));
    graph.set_resolver(kinds::COMPOSE_BOUND, Box::new(Bound));
    graph.set_resolver(kinds::COMPOSE_BUILD, Box::new(Build));
    graph.set_resolver(kinds::COMPOSE_MEMBER, Box::new(Members));
    graph.set_resolver(kinds::COMPOSE_HEALTH, Box::new(Health));
    graph.set_resolver(kinds::SERVICE_HOST, Box::new(Hosts));
    graph.set_resolver(kinds::SERVICE_RUN, Box::new(Run));
    graph.set_resolver(kinds::ROUTE_PROBED, Box::new(Probed));
    for (_, kind) in SECTIONS {
        graph.set_resolver(kind, Box::new(Declared(kind)));
    }
}

/// A service that a command names, of the project beside the command's file, or of that at the root.
struct Run;

impl Resolver for Run {
    fn resolve(&self, graph: &Graph<'_>, target: &Ref) -> Resolution {
        let own = target.placed().and_then(|(from, name)| Some((from, name.split_once(':')?)));
        let Some((from, (inside, name))) = own else { return Resolution::Elsewhere };
        let folders = [join_path(from, inside), join_path("", inside)].into_iter().flatten();
        let is_project = |own: &SmolStr| graph.providers(kinds::COMPOSE_PART, own).next().is_some();
        let found = folders.map(SmolStr::from).find(is_project);
        let Some(folder) = found else { return Resolution::Elsewhere };
        let Some(project) = project(graph, &folder) else { return Resolution::Elsewhere };
        let at = |own: &SmolStr| -> SmallVec<[Site; 1]> {
            graph.providers(kinds::COMPOSE_SERVICE, &format!("{own}:{name}")).collect()
        };
        match project.iter().map(at).find(|own| !own.is_empty()) {
            Some(found) => Resolution::Found(found),
            None => Resolution::Open(Entity::new(kinds::COMPOSE_SERVICE, name)),
        }
    }
}

/// A path that a service answers: of what is not read, only what was answered before is missed.
struct Probed;

impl Resolver for Probed {
    fn resolve(&self, graph: &Graph<'_>, target: &Ref) -> Resolution {
        match graph.matching(kinds::ROUTE, &target.name) {
            found if found.is_empty() => {
                Resolution::Open(Entity::new(kinds::ROUTE, target.name.to_string()))
            }
            found => Resolution::Found(found),
        }
    }
}

/// What a path of the tree is to a service that uses it.
fn at(graph: &Graph<'_>, path: &str) -> Resolution {
    match graph.paths.look_up(path) {
        PathKind::File(file) => Resolution::Found(SmallVec::from_buf([Site::whole(file)])),
        PathKind::Folder => Resolution::Found(SmallVec::new()),
        PathKind::Elsewhere => Resolution::Elsewhere,
        PathKind::Absent if is_generated(graph, path) => Resolution::Elsewhere,
        PathKind::Absent => Resolution::Open(Entity::new(kinds::FILE, path)),
    }
}

/// A path beside the file that a service has bound, or takes its variables from.
struct Bound;

impl Resolver for Bound {
    fn resolve(&self, graph: &Graph<'_>, target: &Ref) -> Resolution {
        target.name.as_exact().map_or(Resolution::Elsewhere, |path| at(graph, path))
    }
}

/// The Dockerfile of a service: of a folder that is in the tree, where it could be read.
struct Build;

impl Resolver for Build {
    fn resolve(&self, graph: &Graph<'_>, target: &Ref) -> Resolution {
        let Some((folder, file)) = target.name.as_exact().and_then(|own| own.split_once(':'))
        else {
            return Resolution::Elsewhere;
        };
        let Some(path) = join_path(folder, file) else { return Resolution::Elsewhere };
        let holds = folder.is_empty() || graph.paths.look_up(folder) == PathKind::Folder;
        match at(graph, &path) {
            Resolution::Open(own) if holds => Resolution::Missing(own),
            found => found,
        }
    }
}

/// A name that a service uses: files of one folder are given to Compose together.
struct Named;

impl Resolver for Named {
    fn resolve(&self, graph: &Graph<'_>, target: &Ref) -> Resolution {
        let (Some(name), Some(scope)) = (target.name.as_exact(), &target.scope) else {
            return Resolution::Elsewhere;
        };
        let Some((section, own)) = name.split_once('/') else { return Resolution::Elsewhere };
        let kind = SECTIONS.iter().find(|(word, _)| *word == section).map(|(_, kind)| *kind);
        let Some(kind) = kind else { return Resolution::Elsewhere };
        let folder = parent_folder(&scope.from);
        let at = |folder: &str| -> SmallVec<[Site; 1]> {
            graph.providers(kind, &format!("{folder}:{own}")).collect()
        };
        let found = at(folder);
        if !found.is_empty() {
            return Resolution::Found(found);
        }
        // Whatever a file takes in that is not here may have it.
        let Some(project) = project(graph, folder) else { return Resolution::Elsewhere };
        if let Some(found) = project.iter().map(|own| at(own)).find(|own| !own.is_empty()) {
            return Resolution::Found(found);
        }
        let entity = Entity::new(kind, own);
        if section != "services" && is_extended(graph, &scope.from) {
            return Resolution::Open(entity);
        }
        // A file that takes in others may have more.
        let is_open = |site: Site| {
            let provides = &graph.snapshot.file(site.file).facts.provides;
            let provide = site.provide.and_then(|ix| provides.get(ix as usize));
            provide.is_some_and(|own| own.detail != Detail::None)
        };
        match project.iter().any(|own| graph.providers(kinds::COMPOSE_PART, own).any(is_open)) {
            true => Resolution::Open(entity),
            false => Resolution::Missing(entity),
        }
    }
}

/// Whether other files take services from a file: they have to declare what these use.
/// (Source: Compose file reference, "extends".)
fn is_extended(graph: &Graph<'_>, path: &str) -> bool {
    let inner = path.match_indices('/').map(|(at, _)| &path[at + 1..]);
    std::iter::once(path).chain(inner).any(|own| {
        graph.providers(kinds::COMPOSE_PART, &format!("{EXTENDED}{own}")).next().is_some()
    })
}

/// The same as a project has it.
struct Declared(Kind);

impl Resolver for Declared {
    fn resolve(&self, graph: &Graph<'_>, target: &Ref) -> Resolution {
        match graph.matching(self.0, &target.name) {
            found if found.is_empty() => Resolution::Open(target.entity()),
            found => Resolution::Found(found),
        }
    }

    fn nearest(&self, graph: &Graph<'_>, name: &str) -> Option<SmolStr> {
        let all = graph.all(self.0).iter().filter_map(|(own, _)| Some(own.split_once(':')?.1));
        crate::facts::nearest_of(name, all)
    }
}

/// A service of one file.
struct Members;

impl Resolver for Members {
    fn resolve(&self, graph: &Graph<'_>, target: &Ref) -> Resolution {
        let found = graph.matching(kinds::COMPOSE_MEMBER, &target.name);
        let Some(name) = target.name.as_exact().filter(|_| found.is_empty()) else {
            return Resolution::Found(found);
        };
        let (path, own) = name.rsplit_once(':').unwrap_or_default();
        let entity = Entity::new(kinds::COMPOSE_SERVICE, own);
        let PathKind::File(file) = graph.paths.look_up(path) else { return Resolution::Elsewhere };
        let provides = &graph.snapshot.file(file).facts.provides;
        let part = provides.iter().find(|own| own.kind == kinds::COMPOSE_PART);
        match part.map(|own| own.detail == Detail::None) {
            Some(true) => Resolution::Missing(entity),
            Some(false) => Resolution::Open(entity),
            None => Resolution::Elsewhere,
        }
    }
}

/// The health check of a service, which its image may bring.
struct Health;

impl Resolver for Health {
    fn resolve(&self, graph: &Graph<'_>, target: &Ref) -> Resolution {
        let found = graph.matching(kinds::COMPOSE_HEALTH, &target.name);
        let Some(name) = target.name.as_exact().filter(|_| found.is_empty()) else {
            return Resolution::Found(found);
        };
        // Of a service that is gone, that is said.
        match graph.providers(kinds::COMPOSE_SERVICE, name).next() {
            Some(_) => {
                let own = name.rsplit(':').next().unwrap_or(name);
                Resolution::Open(Entity::new(kinds::COMPOSE_HEALTH, own))
            }
            None => Resolution::Elsewhere,
        }
    }
}
