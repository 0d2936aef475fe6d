//! HAProxy's namespaces. A section that a whole configuration refers to must be in the
//! tree; a path on the host is known where a folder beside the configuration mirrors it.

use crate::facts::{
    Detail, Entity, Extent, Kind, NamePattern, Property, Ref, Scope, Sought, kinds, path_in,
};
use crate::graph::{Authority, Graph, PathKind, Resolution, Resolver, Site};
use smallvec::smallvec;

pub(super) fn install(graph: &mut Graph<'_>) {
    graph.set_authority(kinds::HAPROXY_BACKEND, Authority::Closed);
    graph.set_resolver(kinds::HAPROXY_SECTION, Box::new(Sections));
    graph.set_resolver(kinds::HAPROXY_PATH, Box::new(HostPaths));
}

/// Sections are looked for in the file itself and in fragments that may be read with it,
/// not in another configuration that stands by itself.
struct Sections;

impl Resolver for Sections {
    fn resolve(&self, graph: &Graph<'_>, target: &Ref) -> Resolution {
        let name = &target.name;
        let Some(Scope { from: path, sought: Sought::Kind(kind, extent) }) =
            target.scope.as_deref()
        else {
            return Resolution::Open(target.entity());
        };
        let (kind, extent) = (*kind, *extent);
        let mut sites = graph.matching(kind, name);
        sites.retain(|site| {
            let file = graph.snapshot.file(site.file);
            let other = file.entry.path.as_str();
            let stands_alone = site
                .provide
                .and_then(|ix| file.facts.provides.get(ix as usize))
                .is_some_and(|provide| provide.detail == Detail::Whole);
            other == path || !stands_alone || extent != Extent::Whole && is_near(path, other)
        });
        if !sites.is_empty() {
            return Resolution::Found(sites);
        }
        // The rest of a fragment's configuration may be anywhere.
        let is_known = match extent {
            Extent::Whole => true,
            Extent::Body => kind == kinds::HAPROXY_BACKEND,
            Extent::Beginning => {
                let any = graph.matching(kinds::HAPROXY_BACKEND, &NamePattern::any());
                kind == kinds::HAPROXY_BACKEND
                    && !any
                        .iter()
                        .any(|site| is_near(path, &graph.snapshot.file(site.file).entry.path))
            }
            Extent::Fragment => false,
        };
        let entity = Entity::new(kind, name.to_string());
        if is_known { Resolution::Missing(entity) } else { Resolution::Open(entity) }
    }
}

/// Whether two files lie in one folder, or one in a folder below the other's.
fn is_near(one: &str, other: &str) -> bool {
    let folder = |path: &str| path.rfind('/').map_or(0, |at| at + 1);
    other.starts_with(&one[..folder(one)]) || one.starts_with(&other[..folder(other)])
}

/// Folders of the host that HAProxy's own files lie in.
const HOST_FOLDERS: &[&str] = &["/etc/haproxy/", "/usr/local/etc/haproxy/", "/etc/"];

/// The tree knows the path where it deploys it, or
/// keeps the file in a folder of the same name beside the configuration.
struct HostPaths;

impl Resolver for HostPaths {
    fn resolve(&self, graph: &Graph<'_>, target: &Ref) -> Resolution {
        let open = |path: &str| Resolution::Open(Entity::new(kinds::FILE, path));
        let Some((folder, path)) = target.placed() else { return open(&target.name.to_string()) };
        let resource = NamePattern::exact(format!("File[{path}]"));
        let mut declared =
            Kind::with(Property::DECLARED).map(|kind| graph.matching(kind, &resource));
        if let Some(found) = declared.find(|own| !own.is_empty()) {
            return Resolution::Found(found);
        }
        let Some(relative) = HOST_FOLDERS.iter().find_map(|host| path.strip_prefix(host)) else {
            return open(path);
        };
        // A template's files lie apart from it.
        let apart = folder.strip_suffix("templates").map(|outer| format!("{outer}files"));
        for root in [Some(folder), apart.as_deref()].into_iter().flatten() {
            match graph.paths.look_up(&path_in(root, relative)) {
                PathKind::File(file) => {
                    let site = Site::whole(file);
                    return Resolution::Found(smallvec![site]);
                }
                PathKind::Folder => return Resolution::Found(smallvec![]),
                PathKind::Elsewhere => return Resolution::Elsewhere,
                PathKind::Absent => {}
            }
        }
        let own = path_in(folder, relative);
        let mirrored = !folder.split('/').any(|part| part == "templates")
            && has_sibling(graph, &own)
            && !graph.paths.is_ignored(&own, graph.snapshot);
        if mirrored { Resolution::Missing(Entity::new(kinds::FILE, own)) } else { open(path) }
    }
}

/// Whether the folder of `path`, one of its own, holds another file of the same sort.
fn has_sibling(graph: &Graph<'_>, path: &str) -> bool {
    let Some((folder, base)) = path.rsplit_once('/') else { return false };
    let ending = base.rsplit_once('.').map(|(_, ending)| ending);
    graph.paths.under(folder).any(|(_, other)| {
        let inner = other.strip_prefix(folder).and_then(|rest| rest.strip_prefix('/'));
        inner.is_some_and(|inner| {
            !inner.contains('/') && inner.rsplit_once('.').map(|(_, ending)| ending) == ending
        })
    })
}
