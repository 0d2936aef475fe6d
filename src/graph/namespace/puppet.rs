//! Puppet's namespaces: modules, autoload, file and template mounts.
//!
//! The tree is authoritative for the names of a module that it holds. Modules come from
//! the folders named `modules` and their like; a submodule's contents are elsewhere.

use super::Resolver;
use crate::facts::nearest_of;
use crate::facts::{Entity, Kind, NamePattern, Span, base_name, kinds};
use crate::graph::{Authority, Graph, PathKind, Resolution, Site};
use crate::puppet::module_dir;
use crate::tree::EntryKind;
use rustc_hash::{FxHashMap, FxHashSet};
use smallvec::{SmallVec, smallvec};
use smol_str::SmolStr;

/// Modules by name: their folders, in path order.
#[derive(Default, Clone)]
struct Modules {
    dirs: FxHashMap<SmolStr, SmallVec<[SmolStr; 1]>>,
    /// Modules whose contents are (also) elsewhere.
    elsewhere: FxHashSet<SmolStr>,
}

impl Modules {
    fn find(graph: &Graph<'_>) -> Self {
        let mut modules = Modules::default();
        for file in &graph.snapshot.files {
            let path = file.entry.path.as_str();
            if file.entry.kind == EntryKind::Submodule {
                if let Some(name) = path.rsplit('/').next() {
                    modules.elsewhere.insert(name.into());
                }
            } else if file.standing.is_live()
                && let Some(dir) = module_dir(path)
            {
                let name = SmolStr::new(base_name(dir));
                let dirs = modules.dirs.entry(name).or_default();
                if dirs.last().is_none_or(|last| last != dir) && !dirs.iter().any(|own| own == dir)
                {
                    dirs.push(dir.into());
                }
            }
        }
        modules
    }
}

pub(super) fn install(graph: &mut Graph<'_>) {
    let modules = Modules::find(graph);
    for kind in [kinds::PUPPET_CLASS, kinds::PUPPET_DEFINE, kinds::PUPPET_TYPE] {
        let owned = owned_segments(graph, &modules);
        graph.set_authority(kind.clone(), Authority::Segments { separator: "::", owned });
        graph.set_elsewhere(kind, "::", modules.elsewhere.clone());
    }
    let functions = modules
        .dirs
        .keys()
        .filter(|name| !modules.elsewhere.contains(*name))
        .map(|name| SmolStr::from(format!("{name}::")))
        .collect();
    graph.set_authority(kinds::PUPPET_FUNCTION, Authority::Prefixes(functions));
    let datatypes = graph
        .all(&kinds::PUPPET_DATATYPE)
        .iter()
        .filter_map(|(name, _)| name.split("::").next())
        .filter(|segment| !modules.elsewhere.contains(*segment))
        .map(SmolStr::new)
        .collect();
    graph.set_authority(
        kinds::PUPPET_DATATYPE,
        Authority::Segments { separator: "::", owned: datatypes },
    );
    let mount = |kind: Kind, folder| Mount { kind, folder, modules: modules.clone() };
    graph.set_resolver(kinds::PUPPET_FILES, Box::new(mount(kinds::PUPPET_FILES, "files")));
    graph
        .set_resolver(kinds::PUPPET_TEMPLATE, Box::new(mount(kinds::PUPPET_TEMPLATE, "templates")));
}

/// First segments of class and type names that the tree defines.
fn owned_segments(graph: &Graph<'_>, modules: &Modules) -> FxHashSet<SmolStr> {
    let mut owned: FxHashSet<SmolStr> = modules.dirs.keys().cloned().collect();
    for kind in [kinds::PUPPET_CLASS, kinds::PUPPET_DEFINE] {
        for (name, _) in graph.all(&kind) {
            owned.insert(SmolStr::new(name.split("::").next().unwrap_or(name)));
        }
    }
    for name in &modules.elsewhere {
        owned.remove(name);
    }
    owned
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
                    crate::facts::Piece::Text(text) if ix == 0 => {
                        crate::facts::Piece::Text(SmolStr::new(&text[module.len() + 1..]))
                    }
                    piece => piece,
                },
            ));
        let paths = dirs.iter().map(|dir| rest.prepend(&format!("{dir}/{}/", self.folder)));
        Some(paths.collect())
    }
}

impl Resolver for Mount {
    fn resolve(&self, graph: &Graph<'_>, name: &NamePattern) -> Resolution {
        let open = || Resolution::Open(Entity::new(self.kind.clone(), name.to_string()));
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
            let root_folder = graph.paths.look_up(self.folder) == PathKind::Folder;
            let plain = self.kind == kinds::PUPPET_TEMPLATE && root_folder;
            let first = name.prefix().split('/').next().unwrap_or_default();
            let in_root = graph.paths.look_up(&format!("{}/{first}", self.folder));
            if plain
                && (name.as_exact().is_some_and(|n| !n.contains('/'))
                    || in_root == PathKind::Folder)
            {
                return Resolution::Missing(Entity::new(kinds::FILE, root.to_string()));
            }
            return open();
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
        match candidates.first() {
            Some(first) => Resolution::Missing(Entity::new(kinds::FILE, first.to_string())),
            None => open(),
        }
    }

    fn nearest(&self, graph: &Graph<'_>, name: &str) -> Option<SmolStr> {
        let paths = graph.paths.under("modules").map(|(_, path)| path.as_str());
        nearest_of(name, paths)
    }
}

fn existing(graph: &Graph<'_>, path: &NamePattern) -> Option<Resolution> {
    let found = match path {
        NamePattern::Exact(exact) => match graph.paths.look_up(exact) {
            PathKind::File(file) => {
                smallvec![Site { file, span: Span::default(), provide: None }]
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
