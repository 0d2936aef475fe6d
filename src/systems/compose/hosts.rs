//! Services by the names under which the others of their project reach them.
//!
//! A name that is no service's may be any host's: only one that went with a change is missed.
//! (Source: Compose file reference, "networks": `aliases`, "links", "container_name", "hostname",
//! "extra_hosts"; "Networking in Compose".)

use super::included::several;
use super::listed::{details, project};
use super::parts::{Parts, names};
use crate::domain::addresses::hosts;
use crate::facts::{Detail, Entity, Ref, Require, Span, Strength, join_path, kinds, parent_folder};
use crate::graph::{Graph, PathKind, Resolution, Resolver, Site};
use crate::syntax::yaml::Node;
use smallvec::SmallVec;
use smol_str::SmolStr;

impl Parts<'_> {
    /// The names of one service.
    pub(super) fn known_as(&mut self, name: &Node<'_>, service: &Node<'_>) {
        let mut all: Vec<(&str, Span)> = Vec::new();
        for own in [Some(name), service.get("container_name"), service.get("hostname")] {
            all.extend(own.and_then(|own| Some((own.as_str()?, own.span))));
        }
        for (_, network) in service.get("networks").map(Node::entries).unwrap_or_default() {
            for own in network.get("aliases").map(Node::items).unwrap_or_default() {
                all.extend(own.as_str().map(|text| (text, own.span)));
            }
        }
        for key in ["links", "external_links", "extra_hosts"] {
            for own in names(service.get(key)) {
                let text = own.as_str().unwrap_or_default();
                let first = text.split([':', '=']).next().unwrap_or_default();
                let last = text.rsplit(':').next().unwrap_or_default();
                let known = if key == "extra_hosts" { first } else { last };
                all.push((known, own.span));
            }
        }
        for (text, span) in all.into_iter().filter(|(text, _)| !text.is_empty()) {
            let own = format!("{}:{text}", self.folder);
            self.provide(kinds::SERVICE_HOST, own, span, Detail::None);
        }
    }

    /// The hosts that a service's variables and command name.
    pub(super) fn reached(&mut self, service: &Node<'_>) {
        let mut found: Vec<(String, Span)> = Vec::new();
        let mut add = |name: &str, node: &Node<'_>, value: &str| {
            let all = hosts(name, value).into_iter();
            found.extend(all.map(|host| (host.to_owned(), node.span)));
        };
        if let Some(variables) = service.get("environment") {
            for (key, value) in variables.entries() {
                if let (Some(key), Some(text)) = (key.as_str(), value.as_str()) {
                    add(key, value, text);
                }
            }
            for own in variables.items() {
                let pair = own.as_str().and_then(|text| text.split_once('='));
                if let Some((key, text)) = pair {
                    add(key, own, text);
                }
            }
        }
        for key in ["command", "entrypoint"] {
            for own in service.get(key).map(several).unwrap_or_default() {
                add("", own, own.as_str().unwrap_or_default());
            }
        }
        for (host, span) in found {
            let target = Ref::exact(kinds::SERVICE_HOST, host).seen_from(self.scope.clone());
            let require = Require::certain(target, span, "address", None);
            self.out.requires.push(require.with_strength(Strength::Likely));
        }
    }

    /// The paths of the tree that a service has mounted, takes its variables from or is built from,
    /// the root of the project apart: what lies there runs beside the services.
    pub(super) fn mounts(&mut self, service: &Node<'_>) {
        let mut all: Vec<(String, Span)> = Vec::new();
        let mut add = |path: &str, span: Span| {
            let is_known = !path.contains(['$', '{', '~', ':']) && !path.starts_with('/');
            let path = join_path(self.folder, path).filter(|_| is_known);
            all.extend(path.map(|path| (path.to_string(), span)));
        };
        for own in service.get("volumes").map(several).unwrap_or_default() {
            let long = || own.get("source").and_then(Node::as_str);
            let short = own.as_str().and_then(|text| text.split(':').next());
            if let Some(path) = short.or_else(long).filter(|path| path.starts_with('.')) {
                add(path, own.span);
            }
        }
        for own in service.get("env_file").map(several).unwrap_or_default() {
            add(own.get("path").unwrap_or(own).as_str().unwrap_or_default(), own.span);
        }
        if let Some(build) = service.get("build") {
            let context = build.get("context").unwrap_or(build);
            add(context.as_str().unwrap_or_default(), context.span);
            let file = self.dockerfile_of(build);
            let folder = file.as_deref().map(parent_folder).unwrap_or_default();
            all.push((folder.to_owned(), build.span));
        }
        for (path, span) in all {
            if !path.is_empty() && path != self.folder {
                let detail = Detail::from(self.folder);
                self.provide(kinds::COMPOSE_MOUNT, path, span, detail);
            }
        }
    }
}

/// A host that a file names: one of the services that the file runs beside.
pub(super) struct Hosts;

impl Resolver for Hosts {
    fn resolve(&self, graph: &Graph<'_>, target: &Ref) -> Resolution {
        let Some((from, host)) = target.placed() else { return Resolution::Elsewhere };
        let mut is_of_project = false;
        for folder in folders(graph, from) {
            let Some(project) = project(graph, &folder) else { return Resolution::Elsewhere };
            is_of_project = true;
            for own in project {
                let found: SmallVec<[Site; 1]> =
                    graph.providers(kinds::SERVICE_HOST, &format!("{own}:{host}")).collect();
                if !found.is_empty() {
                    return Resolution::Found(found);
                }
                if details(graph, &own).iter().any(|own| !own.is_empty()) {
                    return Resolution::Elsewhere;
                }
            }
        }
        match is_of_project {
            true => Resolution::Open(Entity::new(kinds::COMPOSE_SERVICE, host)),
            false => Resolution::Elsewhere,
        }
    }
}

/// The folders of the projects that a file is of: its own, where it is one of Compose, or those of
/// the services that have it.
fn folders(graph: &Graph<'_>, from: &str) -> Vec<SmolStr> {
    let PathKind::File(file) = graph.paths.look_up(from) else { return Vec::new() };
    let provides = &graph.snapshot.file(file).facts.provides;
    if provides.iter().any(|own| own.kind == kinds::COMPOSE_PART) {
        return vec![parent_folder(from).into()];
    }
    let above = from.match_indices('/').map(|(at, _)| &from[..at]);
    let mut all: Vec<SmolStr> = Vec::new();
    for path in above.chain([from]) {
        for site in graph.providers(kinds::COMPOSE_MOUNT, path) {
            let provides = &graph.snapshot.file(site.file).facts.provides;
            let own = site.provide.and_then(|ix| provides.get(ix as usize));
            all.extend(own.map(|own| SmolStr::new(own.detail.text())));
        }
    }
    all.sort();
    all.dedup();
    all
}
