//! Ansible's namespaces: roles, handlers, paths below the repository's own folders.

use crate::facts::{Entity, NamePattern, Ref, join_path, kinds, parent_folder};
use crate::graph::{Graph, PathKind, Resolution, Resolver, Site};
use crate::loader::SnapshotFile;
use smallvec::{SmallVec, smallvec};
use smol_str::SmolStr;
use std::sync::Arc;

mod addresses;
mod bare;
mod delimiters;
mod given;
mod groups;
mod handled;
mod handlers;
mod named_files;
mod nowhere;
mod roles;
mod slips;
mod texts;
mod variables;

pub(super) use given::{is_kept_secret, is_special, is_supplied_at};
pub(super) use handlers::is_akin;
pub(super) use roles::upwards;
pub(super) use slips::{near_special, own_name};
pub(super) use variables::holder;

pub(super) fn install(graph: &mut Graph<'_>) {
    bare::install(graph);
    delimiters::install(graph);
    groups::install(graph);
    handlers::install(graph);
    let index = Arc::default();
    roles::install(graph, &index);
    named_files::install(graph, &index);
    variables::install(graph);
    graph.set_resolver(kinds::ANSIBLE_ROOTED, Box::new(Rooted));
    graph.set_resolver(kinds::ANSIBLE_FAR_FILE, Box::new(FarFiles));
}

/// Folders of a role, or of a tree of plays.
const PARTS: [&str; 8] =
    ["tasks", "handlers", "defaults", "vars", "meta", "templates", "files", "library"];

/// Whether a file holds plays.
pub(super) fn holds_plays(file: &SnapshotFile) -> bool {
    file.facts.provides.iter().any(|own| own.kind == kinds::ANSIBLE_PLAYS)
}

/// The folder of the role, or of the plays, whose part a file is.
pub(super) fn unit(path: &str) -> Option<&str> {
    let from = path.rfind("roles/").filter(|at| *at == 0 || path[..*at].ends_with('/'));
    let from = from.map_or(0, |at| at + "roles/".len());
    let mut at = from;
    for folder in path[from..].split('/') {
        let is_file = at + folder.len() == path.len();
        if !is_file && PARTS.contains(&folder) {
            return Some(path[..at].trim_end_matches('/'));
        }
        at += folder.len() + 1;
    }
    None
}

/// Files in a folder that is not the first that Ansible looks in: one that is ignored there
/// by a pattern for all files of the folder says nothing of the file that is meant.
struct FarFiles;

impl Resolver for FarFiles {
    fn resolve(&self, graph: &Graph<'_>, target: &Ref) -> Resolution {
        let name = &target.name;
        match graph.resolve_ref(&Ref::new(kinds::FILE, name.clone())) {
            // What git ignores in a folder that is not there says nothing, whatever it is called.
            Resolution::Elsewhere if is_guess(graph, name.prefix()) => {
                Resolution::Missing(Entity::new(kinds::ANSIBLE_FAR_FILE, name.to_string()))
            }
            Resolution::Elsewhere if !is_elsewhere(graph, name) => {
                Resolution::Missing(Entity::new(kinds::FILE, name.to_string()))
            }
            // Nor does one that is filled where the tree is used.
            Resolution::Open(entity) => Resolution::Missing(entity),
            resolution => resolution,
        }
    }
}

/// Whether a path lies in a folder where some trees keep their plays, and this one does not.
fn is_guess(graph: &Graph<'_>, path: &str) -> bool {
    ["playbooks", "playbooks/groups", "playbooks/hosts", "playbooks/include"].iter().any(|folder| {
        path.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/'))
            && graph.paths.look_up(folder) == PathKind::Absent
    })
}

fn is_elsewhere(graph: &Graph<'_>, name: &NamePattern) -> bool {
    let path = name.to_string();
    let absent = match name.as_exact() {
        Some(path) => graph.paths.look_up(path) == PathKind::Absent,
        None => {
            let folder = parent_folder(name.prefix());
            graph.paths.look_up(folder) != PathKind::Elsewhere
        }
    };
    !absent || graph.paths.is_ignored_by_name(&path, graph.snapshot)
}

/// Paths whose first folder may be one at the tree's root: `files/x`, or the absolute path
/// of a checkout, of which some tail begins with such a folder.
struct Rooted;

impl Resolver for Rooted {
    fn resolve(&self, graph: &Graph<'_>, target: &Ref) -> Resolution {
        let name = &target.name;
        let open = || Resolution::Open(Entity::new(kinds::FILE, name.to_string()));
        let text = name.to_string();
        let absolute = text.starts_with('/');
        // What packages install is no checkout.
        if text.starts_with("/usr/") {
            return open();
        }
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
            PathKind::File(file) => Resolution::Found(smallvec![Site::whole(file)]),
            PathKind::Folder => Resolution::Found(SmallVec::new()),
            PathKind::Elsewhere => Resolution::Elsewhere,
            PathKind::Absent if graph.paths.is_ignored(path, graph.snapshot) => {
                Resolution::Elsewhere
            }
            // Another checkout has folders of these names too.
            PathKind::Absent
                if absolute && graph.paths.look_up(parent_folder(path)) == PathKind::Absent =>
            {
                open()
            }
            PathKind::Absent => Resolution::Missing(Entity::new(kinds::FILE, path)),
        }
    }
}
