//! Files of roles, and of plays, as other files name them.

use super::roles::{Index, upwards};
use crate::facts::{Entity, Ref, Scope, Sought, is_secret_path, join_path, kinds, parent_folder};
use crate::graph::{Graph, PathKind, Resolution, Resolver, Site};
use rustc_hash::{FxHashMap, FxHashSet};
use smallvec::{SmallVec, smallvec};
use smol_str::SmolStr;
use std::sync::{Arc, OnceLock};

pub(super) fn install(graph: &mut Graph<'_>, index: &Arc<OnceLock<Index>>) {
    graph.set_resolver(kinds::ANSIBLE_PLAY_FILE, Box::new(PlayFiles(index.clone())));
    graph.set_resolver(kinds::ANSIBLE_VARS_FILE, Box::new(VarsFiles::default()));
    graph.set_resolver(kinds::ANSIBLE_ROLE_PART, Box::new(Parts(index.clone())));
}

/// Files of plays that others of their folder import: open where those are run from another
/// folder, or where a task brings them.
struct PlayFiles(Arc<OnceLock<Index>>);

impl Resolver for PlayFiles {
    fn resolve(&self, graph: &Graph<'_>, target: &Ref) -> Resolution {
        let name = &target.name;
        let resolution = graph.resolve_ref(&Ref::new(kinds::FILE, name.clone()));
        let Resolution::Missing(entity) = resolution else { return resolution };
        let index = self.0.get_or_init(|| Index::new(graph));
        if index.is_run_elsewhere(parent_folder(&entity.name)) || is_brought(graph, &entity.name) {
            return Resolution::Open(entity);
        }
        Resolution::Missing(entity)
    }
}

/// Whether a task of the tree brings a folder of `path` to where the tree is used: a
/// repository that is cloned beside the plays.
fn is_brought(graph: &Graph<'_>, path: &str) -> bool {
    // A single name says too little.
    let folders: Vec<String> = upwards(parent_folder(path))
        .filter(|upward| upward.contains('/') && graph.paths.look_up(upward) == PathKind::Absent)
        .map(|upward| format!("/{upward}"))
        .collect();
    let ends = |name: &str| {
        let name = name.trim_end_matches('/');
        folders.iter().any(|folder| name.ends_with(folder.as_str()))
    };
    let files = graph.providing(&[kinds::DEPLOYED_PATH]);
    let provides = files.flat_map(|(_, file)| &file.facts.provides);
    let mut deployed = provides.filter(|provide| provide.kind == kinds::DEPLOYED_PATH);
    !folders.is_empty() && deployed.any(|own| ends(own.name.suffix()))
}

/// Files of variables of plays. Where plays name several of a folder that the tree does not
/// have, it is written where the plays are run; one alone is a slip.
#[derive(Default)]
struct VarsFiles(OnceLock<FxHashMap<SmolStr, FxHashSet<SmolStr>>>);

/// As many files of one absent folder are no slips.
const SEVERAL: usize = 3;

impl VarsFiles {
    /// Folders as plays name them → the files of them that plays name.
    fn named(graph: &Graph<'_>) -> FxHashMap<SmolStr, FxHashSet<SmolStr>> {
        let mut named: FxHashMap<SmolStr, FxHashSet<SmolStr>> = FxHashMap::default();
        for target in graph.targets(&[kinds::ANSIBLE_VARS_FILE]) {
            let name = target.name.as_exact().filter(|_| target.kind == kinds::ANSIBLE_VARS_FILE);
            if let Some(name) = name {
                named.entry(parent_folder(name).into()).or_default().insert(name.clone());
            }
        }
        named
    }
}

/// Whether a file stands beside a path that has its name but for the ending, as people write it:
/// `.yml` and `.yaml`.
fn has_twin(graph: &Graph<'_>, path: &str) -> bool {
    let twin = match path.rsplit_once('.') {
        Some((stem, "yml")) => format!("{stem}.yaml"),
        Some((stem, "yaml")) => format!("{stem}.yml"),
        _ => return false,
    };
    matches!(graph.paths.look_up(&twin), PathKind::File(_))
}

impl Resolver for VarsFiles {
    fn resolve(&self, graph: &Graph<'_>, target: &Ref) -> Resolution {
        let Some((play, name)) = target.placed() else { return Resolution::Elsewhere };
        let path = join_path(play, name).unwrap_or_else(|| name.to_owned());
        // What is kept secret is often kept elsewhere, but not beside its like.
        if is_secret_path(name) && !has_twin(graph, &path) {
            return Resolution::Elsewhere;
        }
        let entity = Entity::new(kinds::FILE, path);
        let folder = parent_folder(name);
        let holds = |own: &str| {
            let folder = join_path(own, folder);
            folder.is_some_and(|path| graph.paths.look_up(&path) != PathKind::Absent)
        };
        let named = self.0.get_or_init(|| Self::named(graph));
        let several = named.get(folder).is_some_and(|all| all.len() >= SEVERAL);
        match several && !folder.is_empty() && !upwards(play).any(holds) {
            true => Resolution::Open(entity),
            false => Resolution::Missing(entity),
        }
    }
}

/// Files of roles as other files name them.
struct Parts(Arc<OnceLock<Index>>);

impl Resolver for Parts {
    fn resolve(&self, graph: &Graph<'_>, target: &Ref) -> Resolution {
        let name = &target.name;
        let Some(Scope { from: path, sought: Sought::Inside(role) }) = target.scope.as_deref()
        else {
            return Resolution::Open(target.entity());
        };
        let open = || {
            let shown = format!("{path} {role} {name}");
            Resolution::Open(Entity::new(kinds::FILE, shown))
        };
        let index = self.0.get_or_init(|| Index::new(graph));
        let Some(folder) = index.folder(graph, path, role) else { return open() };
        let inner = name.prepend(&format!("{folder}/"));
        let Some(inner) = inner.as_exact() else {
            return if graph.paths.any_match(&inner) {
                Resolution::Found(SmallVec::new())
            } else {
                open()
            };
        };
        let Some(inner) = join_path("", inner) else { return open() };
        // Ansible looks into the folder of handlers alone where there is one.
        let is_handlers = name.prefix().starts_with("handlers/");
        if is_handlers && graph.paths.look_up(&format!("{folder}/handlers")) == PathKind::Absent {
            return open();
        }
        for end in ["", ".yml", ".yaml", ".json"] {
            match graph.paths.look_up(&format!("{inner}{end}")) {
                PathKind::File(file) => {
                    let site = Site::whole(file);
                    return Resolution::Found(smallvec![site]);
                }
                PathKind::Folder => return Resolution::Found(SmallVec::new()),
                PathKind::Elsewhere => return Resolution::Elsewhere,
                PathKind::Absent => {}
            }
        }
        let has_ending = inner.ends_with(".yml") || inner.ends_with(".yaml");
        let shown = if has_ending { inner } else { format!("{inner}.yml") };
        if graph.paths.is_ignored(&shown, graph.snapshot) {
            return Resolution::Elsewhere;
        }
        Resolution::Missing(Entity::new(kinds::FILE, shown))
    }
}
