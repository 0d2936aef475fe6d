//! Ansible's namespaces: roles, handlers, paths below the repository's own folders.

use super::Resolver;
use crate::facts::{Entity, NamePattern, Span, join_path, kinds, nearest_of};
use crate::graph::{Graph, PathKind, Resolution, Site};
use smallvec::{SmallVec, smallvec};
use smol_str::SmolStr;

mod handlers;

pub(super) fn install(graph: &mut Graph<'_>) {
    handlers::install(graph);
    graph.set_resolver(kinds::ANSIBLE_ROLE, Box::new(Roles));
    graph.set_resolver(kinds::ANSIBLE_ROOTED, Box::new(Rooted));
}

/// Roles are folders below `roles/`.
struct Roles;

impl Resolver for Roles {
    fn resolve(&self, graph: &Graph<'_>, name: &NamePattern) -> Resolution {
        let open = || Resolution::Open(Entity::new(kinds::ANSIBLE_ROLE, name.to_string()));
        let Some(name) = name.as_exact().map(|name| name.trim_matches('/')) else { return open() };
        // A role of a collection or of Galaxy: `namespace.name`.
        if name.contains('.') && !name.contains('/') || name.starts_with("..") {
            return open();
        }
        let mut owned = false;
        for root in ["roles", "playbooks/roles"] {
            owned |= graph.paths.look_up(root) == PathKind::Folder;
            let folder = format!("{root}/{name}");
            match graph.paths.look_up(&folder) {
                PathKind::Folder => return Resolution::Found(parts(graph, &folder)),
                PathKind::Elsewhere => return Resolution::Elsewhere,
                _ => {}
            }
        }
        if owned { Resolution::Missing(Entity::new(kinds::ANSIBLE_ROLE, name)) } else { open() }
    }

    fn nearest(&self, graph: &Graph<'_>, name: &str) -> Option<SmolStr> {
        let folders = graph.paths.under("roles").filter_map(|(_, path)| {
            let inner = path.strip_prefix("roles/")?;
            ["/tasks/", "/meta/", "/handlers/"]
                .iter()
                .find_map(|part| inner.find(part).map(|at| &inner[..at]))
        });
        nearest_of(name, folders)
    }
}

/// A role's own entry files.
fn parts(graph: &Graph<'_>, folder: &str) -> SmallVec<[Site; 1]> {
    let names = ["tasks/main.yml", "handlers/main.yml", "meta/main.yml", "tasks/main.yaml"];
    let paths =
        names.iter().filter_map(|name| match graph.paths.look_up(&format!("{folder}/{name}")) {
            PathKind::File(file) => Some(Site { file, span: Span::default(), provide: None }),
            _ => None,
        });
    paths.collect()
}

/// Paths whose first folder may be one at the tree's root: `files/x`, or the absolute path
/// of a checkout, of which some tail begins with such a folder.
struct Rooted;

impl Resolver for Rooted {
    fn resolve(&self, graph: &Graph<'_>, name: &NamePattern) -> Resolution {
        let open = || Resolution::Open(Entity::new(kinds::FILE, name.to_string()));
        let text = name.to_string();
        let absolute = text.starts_with('/');
        let mut tail = text.trim_start_matches('/');
        // Folders that hosts have too say nothing in an absolute path.
        let on_hosts = |folder: &str| {
            matches!(
                folder,
                "etc"
                    | "usr"
                    | "var"
                    | "srv"
                    | "opt"
                    | "root"
                    | "home"
                    | "tmp"
                    | "boot"
                    | "bin"
                    | "lib"
            )
        };
        loop {
            let Some((first, rest)) = tail.split_once('/') else { return open() };
            let is_root =
                !(absolute && on_hosts(first)) && graph.paths.look_up(first) == PathKind::Folder;
            // In an absolute path the checkout's name stands before the folder.
            let behind_checkout = !absolute || text.contains("ansible");
            if is_root && behind_checkout {
                break;
            }
            if !absolute {
                return open();
            }
            tail = rest;
        }
        if name.as_exact().is_none() {
            let mut pieces = name.pieces();
            let skip = text.len() - tail.len();
            if let Some(crate::facts::Piece::Text(first)) = pieces.first_mut() {
                let Some(rest) = first.get(skip..) else { return open() };
                *first = SmolStr::new(rest);
            }
            let pattern = NamePattern::from_pieces(pieces);
            return if graph.paths.any_match(&pattern) {
                Resolution::Found(SmallVec::new())
            } else {
                open()
            };
        }
        let Some(path) = join_path("", tail) else { return open() };
        let path = path.as_str();
        match graph.paths.look_up(path) {
            PathKind::File(file) => {
                Resolution::Found(smallvec![Site { file, span: Span::default(), provide: None }])
            }
            PathKind::Folder => Resolution::Found(SmallVec::new()),
            PathKind::Elsewhere => Resolution::Elsewhere,
            PathKind::Absent if graph.paths.is_ignored(path, graph.snapshot) => {
                Resolution::Elsewhere
            }
            PathKind::Absent => Resolution::Missing(Entity::new(kinds::FILE, path)),
        }
    }
}
