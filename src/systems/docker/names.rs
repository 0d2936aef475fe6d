//! What the build of an image copies: it may also come from outside, so that only what was
//! here before is missed.

use crate::facts::{Entity, Ref, join_path, kinds};
use crate::graph::{Graph, PathKind, Resolution, Resolver, Site, is_generated};
use smallvec::{SmallVec, smallvec};

pub(super) fn install(graph: &mut Graph<'_>) {
    graph.set_resolver(kinds::DOCKER_SOURCE, Box::new(Sources));
    graph.set_resolver(kinds::DOCKER_FROM, Box::new(From));
    graph.set_resolver(kinds::IMAGE_STAGE, Box::new(Stages));
    graph.set_resolver(kinds::BUILT_FOLDER, Box::new(Built));
    graph.set_resolver(kinds::IMAGE_ARGUMENT, Box::new(Arguments));
}

/// An argument of a Dockerfile. Most builds do without one that is not taken: only what was taken
/// before is missed.
struct Arguments;

impl Resolver for Arguments {
    fn resolve(&self, graph: &Graph<'_>, target: &Ref) -> Resolution {
        let found = graph.matching(kinds::IMAGE_ARGUMENT, &target.name);
        let Some(name) = target.name.as_exact().filter(|_| found.is_empty()) else {
            return Resolution::Found(found);
        };
        let (path, own) = name.rsplit_once(':').unwrap_or_default();
        match graph.paths.look_up(path) {
            PathKind::File(file) if graph.snapshot.file(file).systems.contains(&"docker") => {
                Resolution::Open(Entity::new(kinds::IMAGE_ARGUMENT, own))
            }
            _ => Resolution::Elsewhere,
        }
    }
}

/// What a stage copies from: another one, or an image of that name.
struct From;

impl Resolver for From {
    fn resolve(&self, graph: &Graph<'_>, target: &Ref) -> Resolution {
        let found = graph.matching(kinds::IMAGE_STAGE, &target.name);
        match found.is_empty() {
            true => Resolution::Open(Entity::new(kinds::IMAGE_STAGE, target.name.to_string())),
            false => Resolution::Found(found),
        }
    }
}

/// A stage of a Dockerfile that was read.
struct Stages;

impl Resolver for Stages {
    fn resolve(&self, graph: &Graph<'_>, target: &Ref) -> Resolution {
        let found = graph.matching(kinds::IMAGE_STAGE, &target.name);
        if !found.is_empty() {
            return Resolution::Found(found);
        }
        let name = target.name.to_string();
        let path = name.rsplit_once(':').map_or("", |(path, _)| path);
        match graph.paths.look_up(path) {
            PathKind::File(file) if graph.snapshot.file(file).systems.contains(&"docker") => {
                Resolution::Missing(target.entity())
            }
            _ => Resolution::Elsewhere,
        }
    }
}

struct Sources;

impl Resolver for Sources {
    fn resolve(&self, graph: &Graph<'_>, target: &Ref) -> Resolution {
        let open = |path: &str| Resolution::Open(Entity::new(kinds::FILE, path));
        let Some((folder, path)) = target.placed() else { return open(&target.name.to_string()) };
        match context(graph, folder, path) {
            Some((_, PathKind::File(file))) => Resolution::Found(smallvec![Site::whole(file)]),
            Some((_, PathKind::Folder)) => Resolution::Found(SmallVec::new()),
            Some(_) => Resolution::Elsewhere,
            None => open(path),
        }
    }
}

/// The nearest folder, from one upwards, that has a path, and what it has: the context of a
/// build may lie above its Dockerfile. What is made there counts as something else.
pub(super) fn context<'f>(
    graph: &Graph<'_>,
    folder: &'f str,
    path: &str,
) -> Option<(&'f str, PathKind)> {
    let mut context = folder;
    loop {
        let full = join_path(context, path).unwrap_or_default();
        match graph.paths.look_up(&full) {
            PathKind::Absent if is_generated(graph, &full) => {
                return Some((context, PathKind::Elsewhere));
            }
            PathKind::Absent => {}
            found => return Some((context, found)),
        }
        match context.rsplit_once('/') {
            Some((above, _)) => context = above,
            None if context.is_empty() => return None,
            None => context = "",
        }
    }
}

/// A folder that a command builds, wherever that runs: only what was here before is missed.
struct Built;

impl Resolver for Built {
    fn resolve(&self, graph: &Graph<'_>, target: &Ref) -> Resolution {
        let Some(path) = target.name.as_exact() else { return Resolution::Elsewhere };
        match graph.paths.look_up(path) {
            PathKind::File(file) => Resolution::Found(smallvec![Site::whole(file)]),
            PathKind::Folder => Resolution::Found(SmallVec::new()),
            PathKind::Elsewhere => Resolution::Elsewhere,
            PathKind::Absent => Resolution::Open(target.entity()),
        }
    }
}
