//! Names below mounts: `files/` and `templates/` of modules, mounts of the file server.

use super::Modules;
use crate::facts::{
    Entity, Kind, NamePattern, Piece, Ref, is_slip, kinds, nearest_of, parent_folder, path_in,
};
use crate::graph::{Graph, PathKind, Resolution, Resolver, Site};
use smallvec::{SmallVec, smallvec};
use smol_str::SmolStr;

pub(super) fn install(graph: &mut Graph<'_>, modules: &Modules) {
    let mount = |kind: Kind, folder| Mount { kind, folder, modules: modules.clone() };
    graph.set_resolver(kinds::PUPPET_FILES, Box::new(mount(kinds::PUPPET_FILES, "files")));
    graph
        .set_resolver(kinds::PUPPET_TEMPLATE, Box::new(mount(kinds::PUPPET_TEMPLATE, "templates")));
    let known = modules.dirs.keys().cloned().collect();
    let root = modules.dirs.values().flatten().any(|dir| dir.is_empty());
    let root = if root { Root::Module } else { Root::Site };
    graph.set_resolver(kinds::PUPPET_MOUNT, Box::new(ServerMount { modules: known, root }));
}

/// A mount of the file server beside `modules`: a folder of the tree's root, unless
/// `fileserver.conf` says that it is another.
struct ServerMount {
    modules: Vec<SmolStr>,
    root: Root,
}

/// What the root of the tree is.
#[derive(PartialEq, Eq)]
enum Root {
    /// A module: its `files/` are no mount of the server that uses it.
    Module,
    /// A site.
    Site,
}

impl Resolver for ServerMount {
    fn resolve(&self, graph: &Graph<'_>, target: &Ref) -> Resolution {
        let name = &target.name;
        let entity = || Entity::new(kinds::PUPPET_MOUNT, name.to_string());
        let missing = || Resolution::Missing(Entity::new(kinds::FILE, name.to_string()));
        let Some((mount, rest)) = name.prefix().split_once('/') else {
            return Resolution::Open(entity());
        };
        if let Some(found) = existing(graph, name) {
            return found;
        }
        // What git ignores is put there beside it.
        let is_ignored = |path: &SmolStr| graph.paths.is_ignored(path, graph.snapshot);
        if name.as_exact().is_some_and(is_ignored) {
            return Resolution::Elsewhere;
        }
        let declared = graph.providers(kinds::PUPPET_MOUNT, mount).next();
        let folder = match declared.and_then(|site| Some((site.file, site.provide?))) {
            Some((file, provide)) => {
                let facts = &graph.snapshot.file(file).facts;
                let path = facts.provides.get(provide as usize).map_or("", |own| own.detail.text());
                crate::facts::base_name(path.trim_end_matches('/'))
            }
            // One letter too few: no server is called so by accident.
            None if matches!(mount, "module" | "puppet:") || is_slip(mount, "modules") => {
                let module = rest.trim_start_matches("/modules/").split('/').next();
                let known =
                    module.is_some_and(|module| self.modules.iter().any(|name| name == module));
                return if known {
                    Resolution::Missing(entity())
                } else {
                    Resolution::Open(entity())
                };
            }
            None if rest.starts_with("modules/") => {
                return match self.modules.iter().any(|name| name == mount) {
                    true => Resolution::Missing(entity()),
                    false => Resolution::Open(entity()),
                };
            }
            None if self.root == Root::Module => return Resolution::Open(entity()),
            None => mount,
        };
        let mut held = graph.paths.under(folder);
        if !folder.is_empty()
            && held.any(|(_, path)| !path.ends_with("/.gitkeep"))
            && folder == mount
        {
            return missing();
        }
        Resolution::Open(entity())
    }
}

/// `files/` or `templates/` of modules: names are `MODULE/path`.
struct Mount {
    kind: Kind,
    folder: &'static str,
    modules: Modules,
}

impl Mount {
    /// Tree paths that a name may mean, in the order Puppet looks.
    fn candidates(&self, name: &NamePattern) -> Option<Vec<NamePattern>> {
        let (module, _) = name.prefix().split_once('/')?;
        let dirs = self.modules.dirs.get(module)?;
        let pieces = name.pieces();
        let rest =
            NamePattern::from_pieces(pieces.into_iter().enumerate().map(
                |(ix, piece)| match piece {
                    Piece::Text(text) if ix == 0 => {
                        Piece::Text(SmolStr::new(&text[module.len() + 1..]))
                    }
                    piece => piece,
                },
            ));
        let paths = dirs.iter().map(|dir| match dir.as_str() {
            "" => rest.prepend(&format!("{}/", self.folder)),
            dir => rest.prepend(&format!("{dir}/{}/", self.folder)),
        });
        Some(paths.collect())
    }
}

impl Mount {
    /// The file of a module that an absolute path names but for its first slash: `/web/a.erb`.
    fn as_relative(&self, graph: &Graph<'_>, name: &NamePattern) -> Option<SmolStr> {
        let rest = name.as_exact()?.strip_prefix('/')?;
        let paths = self.candidates(&NamePattern::exact(rest))?;
        let is_there = paths.iter().any(|path| existing(graph, path).is_some());
        is_there.then(|| SmolStr::new(rest))
    }

    /// Where a file would lie whose module is not there, if a module that is called nearly so
    /// has a file of that name.
    fn of_near_module(&self, graph: &Graph<'_>, name: &NamePattern) -> Option<String> {
        let (module, rest) = name.as_exact()?.split_once('/')?;
        let folder = self.folder;
        let near = self.modules.dirs.iter().filter(|(own, _)| is_slip(module, own));
        let dirs = near.flat_map(|(_, dirs)| dirs);
        let mut holders: Vec<&SmolStr> = dirs
            .filter(|dir| {
                existing(graph, &NamePattern::exact(path_in(dir, &format!("{folder}/{rest}"))))
                    .is_some()
            })
            .collect();
        holders.sort();
        let beside = parent_folder(holders.first()?);
        Some(path_in(beside, &format!("{module}/{folder}/{rest}")))
    }
}

impl Resolver for Mount {
    fn has(&self, graph: &Graph<'_>, target: &Ref) -> bool {
        let Some(name) = target.name.as_exact() else { return false };
        let Some((module, rest)) = name.split_once('/').filter(|own| !own.0.is_empty()) else {
            return false;
        };
        let dirs = self.modules.dirs.get(module).into_iter().flatten();
        dirs.map(|dir| path_in(dir, &format!("{}/{rest}", self.folder)))
            .any(|path| matches!(graph.paths.look_up(&path), PathKind::File(_)))
    }

    fn resolve(&self, graph: &Graph<'_>, target: &Ref) -> Resolution {
        let name = &target.name;
        let open = || Resolution::Open(Entity::new(self.kind, name.to_string()));
        if name.prefix().starts_with('/') {
            return match self.as_relative(graph, name) {
                Some(_) => Resolution::Missing(Entity::new(kinds::FILE, name.to_string())),
                None => open(),
            };
        }
        // Templates may also lie in the folder at the root.
        let root = name.prepend(&format!("{}/", self.folder));
        if self.kind == kinds::PUPPET_TEMPLATE
            && let Some(found) = existing(graph, &root)
        {
            return found;
        }
        let Some(candidates) = self.candidates(name) else {
            let module = name.prefix().split('/').next().unwrap_or_default();
            if self.modules.elsewhere.contains(module) {
                return Resolution::Elsewhere;
            }
            // No such module here; a plain name can only be in the root folder.
            let root_folder =
                graph.paths.look_up(self.folder) == PathKind::Folder && !is_module(graph);
            let plain = self.kind == kinds::PUPPET_TEMPLATE && root_folder;
            let first = name.prefix().split('/').next().unwrap_or_default();
            let in_root = graph.paths.look_up(&format!("{}/{first}", self.folder));
            if plain
                && (name.as_exact().is_some_and(|n| !n.contains('/'))
                    || in_root == PathKind::Folder)
            {
                return Resolution::Missing(Entity::new(kinds::FILE, root.to_string()));
            }
            return match self.of_near_module(graph, name) {
                Some(path) => Resolution::Missing(Entity::new(kinds::FILE, path)),
                None => open(),
            };
        };
        for candidate in &candidates {
            if let Some(found) = existing(graph, candidate) {
                return found;
            }
        }
        let module = name.prefix().split('/').next().unwrap_or_default();
        if self.modules.elsewhere.contains(module) {
            return Resolution::Elsewhere;
        }
        let supplied =
            |path: &NamePattern| path.as_exact().is_some_and(|path| graph.paths.is_supplied(path));
        match candidates.first() {
            Some(_) if candidates.iter().any(supplied) => open(),
            Some(first) => Resolution::Missing(Entity::new(kinds::FILE, first.to_string())),
            None => open(),
        }
    }

    fn nearest(&self, graph: &Graph<'_>, name: &str) -> Option<SmolStr> {
        if name.starts_with('/') {
            return self.as_relative(graph, &NamePattern::exact(name));
        }
        let paths = graph.paths.under("modules").map(|(_, path)| path.as_str());
        nearest_of(name, paths)
    }
}

/// Whether the tree's root is itself a module, whose `templates/` has names of its own.
fn is_module(graph: &Graph<'_>) -> bool {
    let holds = |path: &str| graph.paths.look_up(path) != PathKind::Absent;
    holds("manifests") && !holds("manifests/site.pp") && !holds("modules")
}

fn existing(graph: &Graph<'_>, path: &NamePattern) -> Option<Resolution> {
    let found = match path {
        NamePattern::Exact(exact) => match graph.paths.look_up(exact) {
            PathKind::File(file) => {
                smallvec![Site::whole(file)]
            }
            PathKind::Folder => SmallVec::new(),
            PathKind::Elsewhere => return Some(Resolution::Elsewhere),
            PathKind::Absent => return None,
        },
        pattern if graph.paths.any_match(pattern) => SmallVec::new(),
        _ => return None,
    };
    Some(Resolution::Found(found))
}
