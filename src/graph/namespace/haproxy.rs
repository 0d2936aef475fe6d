//! HAProxy's namespaces. A section that a whole configuration refers to must be in the
//! tree; a path on the host is known where a folder beside the configuration mirrors it.

use super::Resolver;
use crate::facts::{Entity, Kind, NamePattern, Span, kinds};
use crate::graph::{Authority, Graph, PathKind, Resolution, Site};
use smallvec::smallvec;

pub(super) fn install(graph: &mut Graph<'_>) {
    let sections = ["peers", "resolvers", "userlist", "mailers", "cache", "http-errors"];
    for kind in sections.iter().map(|section| Kind::named(format!("haproxy.{section}"))) {
        graph.set_authority(kind, Authority::Closed);
    }
    graph.set_authority(kinds::HAPROXY_BACKEND, Authority::Closed);
    graph.set_resolver(kinds::HAPROXY_PATH, Box::new(HostPaths));
}

/// Folders of the host that HAProxy's own files lie in.
const HOST_FOLDERS: &[&str] = &["/etc/haproxy/", "/usr/local/etc/haproxy/", "/etc/"];

/// Names are `FOLDER\x1f/path/on/host`.
struct HostPaths;

impl Resolver for HostPaths {
    fn resolve(&self, graph: &Graph<'_>, name: &NamePattern) -> Resolution {
        let open = |path: &str| Resolution::Open(Entity::new(kinds::FILE, path));
        let Some((folder, path)) = name.as_exact().and_then(|name| name.split_once('\u{1f}'))
        else {
            return open(&name.to_string());
        };
        let Some(relative) = HOST_FOLDERS.iter().find_map(|host| path.strip_prefix(host)) else {
            return open(path);
        };
        let Some((inner, _)) = relative.rsplit_once('/') else { return open(path) };
        let join = |rest: &str| {
            if folder.is_empty() { rest.to_owned() } else { format!("{folder}/{rest}") }
        };
        match graph.paths.look_up(&join(relative)) {
            PathKind::File(file) => {
                Resolution::Found(smallvec![Site { file, span: Span::default(), provide: None }])
            }
            PathKind::Folder => Resolution::Found(smallvec![]),
            PathKind::Elsewhere => Resolution::Elsewhere,
            PathKind::Absent if graph.paths.look_up(&join(inner)) == PathKind::Folder => {
                Resolution::Missing(Entity::new(kinds::FILE, join(relative)))
            }
            PathKind::Absent => open(path),
        }
    }
}
