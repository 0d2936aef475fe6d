//! Where roles are, as one file of a tree finds them.
//!
//! (Source: Ansible's documentation, "Storing and finding roles"; the order is that of
//! `RoleDefinition._load_role_path`.)

use super::addresses::{Addresses, documented};
use crate::facts::{
    Detail, Entity, Ref, base_name, is_slip, join_path, kinds, nearest_of, parent_folder,
};
use crate::graph::{Graph, PathKind, Resolution, Resolver, Site};
use crate::systems::ansible::surroundings::is_package;
use rustc_hash::{FxHashMap, FxHashSet};
use smallvec::SmallVec;
use smol_str::SmolStr;
use std::sync::{Arc, OnceLock};

/// Folders that make a folder a role.
const FOLDERS: [&str; 5] = ["/tasks/", "/handlers/", "/meta/", "/defaults/", "/vars/"];

/// Where Ansible looks for roles by itself, outside any tree.
///
/// (Source: Ansible's documentation, "DEFAULT_ROLES_PATH".)
const DEFAULT_PATHS: [&str; 3] =
    ["~/.ansible/roles", "/usr/share/ansible/roles", "/etc/ansible/roles"];

pub(super) fn install(graph: &mut Graph<'_>, index: &Arc<OnceLock<Index>>) {
    graph.set_resolver(kinds::ANSIBLE_ROLE, Box::new(Names(index.clone())));
    graph.set_resolver(kinds::ANSIBLE_ROLE_USE, Box::new(Uses(index.clone())));
}

/// The role that the file at `path` is a part of: its folder.
pub(super) fn role_of(path: &str) -> Option<&str> {
    let at = FOLDERS.iter().filter_map(|inner| path.rfind(inner)).max()?;
    let folder = &path[..at];
    folder.split('/').any(|segment| segment == "roles").then_some(folder)
}

pub(super) fn below(folder: &str, name: &str) -> Option<String> {
    join_path(folder, name).filter(|path| !path.is_empty())
}

/// `folder` and all folders above it.
pub(in super::super) fn upwards(folder: &str) -> impl Iterator<Item = &str> {
    std::iter::successors(Some(folder), |own| (!own.is_empty()).then(|| parent_folder(own)))
}

/// What a tree says of roles as a whole.
pub(super) struct Index {
    /// A role's own name → the folders of roles of that name.
    folders: FxHashMap<SmolStr, Vec<SmolStr>>,
    /// Folders that hold roles.
    holders: FxHashSet<SmolStr>,
    /// Folders that configuration names.
    search: Vec<SmolStr>,
    /// Folders whose `ansible.cfg` looks for roles outside the tree too.
    outside: FxHashSet<SmolStr>,
    /// Folders of packages whose roles and plays are installed among those of others.
    shared: FxHashSet<SmolStr>,
    /// Roles that are installed from elsewhere, by name.
    listed: FxHashSet<SmolStr>,
    /// Folders with a list of such roles.
    lists: FxHashSet<SmolStr>,
    /// Where repositories are fetched from.
    addresses: Addresses,
    /// Collections of the tree, by name → folder.
    collections: FxHashMap<SmolStr, SmolStr>,
    /// Files and roles that look into collections from elsewhere.
    foreign: FxHashSet<SmolStr>,
    /// A folder of plays → the folders that it finds roles in.
    found: FxHashMap<SmolStr, FxHashSet<SmolStr>>,
    /// Folders of plays that another tool runs, from among its own.
    strangers: FxHashSet<SmolStr>,
    /// Whether the tree is a role itself, whose name is that of wherever it is installed.
    is_role: bool,
}

/// What plays of one folder name of roles.
#[derive(Default)]
struct Named<'g> {
    found: FxHashSet<&'g str>,
    absent: FxHashSet<&'g str>,
}

/// As many absent roles are no slips: plays of a folder that lacks more than it finds are run
/// from another folder.
const STRANGE: usize = 4;

impl Index {
    pub(super) fn new(graph: &Graph<'_>) -> Self {
        let mut folders: FxHashMap<SmolStr, Vec<SmolStr>> = FxHashMap::default();
        let mut holders = FxHashSet::default();
        let mut last = "";
        for path in graph.paths.all() {
            let Some(folder) = role_folder(path) else { continue };
            if folder == last {
                continue;
            }
            last = folder;
            let base = folder.rsplit('/').next().unwrap_or(folder);
            let known = folders.entry(base.into()).or_default();
            if !known.iter().any(|own| own == folder) {
                known.push(folder.into());
                holders.insert(parent_folder(folder).into());
            }
        }
        let names = |kind| graph.all(kind).iter();
        let detail = |site: &Site| {
            let provides = &graph.snapshot.file(site.file).facts.provides;
            site.provide.and_then(|ix| provides.get(ix as usize)).map(|own| &own.detail)
        };
        let mut collections: FxHashMap<SmolStr, SmolStr> = names(kinds::ANSIBLE_COLLECTION)
            .filter_map(|(name, site)| Some((name.clone(), detail(site)?.folder().into())))
            .collect();
        collections.extend(graph.paths.all().iter().filter_map(|path| installed(path)));
        let foreign = names(kinds::ANSIBLE_LISTED_COLLECTION)
            .filter(|(name, _)| !collections.contains_key(name) && !is_builtin(name))
            .filter_map(|(_, site)| detail(site).map(|own| SmolStr::new(own.text())))
            .filter(|own| !own.is_empty())
            .collect();
        let list_folder = |site: &Site| {
            let path = &graph.snapshot.file(site.file).entry.path;
            let is_list = detail(site).is_some_and(|own| *own != Detail::Mention);
            (is_list && !path.contains("/meta/")).then(|| SmolStr::new(parent_folder(path)))
        };
        let leaves_tree = |site: &Site| {
            let entry = detail(site)?.text();
            let path = &graph.snapshot.file(site.file).entry.path;
            (!DEFAULT_PATHS.contains(&entry.trim_end_matches('/')))
                .then(|| SmolStr::new(parent_folder(path)))
        };
        let is_file = |path: &str| matches!(graph.paths.look_up(path), PathKind::File(_));
        let mut index = Self {
            folders,
            holders,
            search: names(kinds::ANSIBLE_ROLES_PATH)
                .filter(|(folder, _)| !folder.is_empty())
                .map(|(folder, _)| folder.clone())
                .collect(),
            outside: names(kinds::ANSIBLE_ROLES_PATH)
                .filter(|(folder, _)| folder.is_empty())
                .filter_map(|(_, site)| leaves_tree(site))
                .collect(),
            shared: names(kinds::ANSIBLE_ROLES_PATH)
                .filter(|(_, site)| is_package(&graph.snapshot.file(site.file).entry.path))
                .filter_map(|(_, site)| leaves_tree(site))
                .collect(),
            listed: names(kinds::ANSIBLE_LISTED_ROLE)
                .map(|(name, _)| name.clone())
                .chain(documented(graph))
                .collect(),
            lists: names(kinds::ANSIBLE_LISTED_ROLE)
                .filter_map(|(_, site)| list_folder(site))
                .collect(),
            addresses: Addresses::default(),
            collections,
            foreign,
            found: FxHashMap::default(),
            strangers: FxHashSet::default(),
            is_role: is_file("tasks/main.yml")
                && (is_file("meta/main.yml") || is_file("defaults/main.yml")),
        };
        index.find(graph);
        index
    }

    /// Which folders of plays find roles in which folders, and which find hardly any.
    fn find(&mut self, graph: &Graph<'_>) {
        let mut found: FxHashMap<SmolStr, FxHashSet<SmolStr>> = FxHashMap::default();
        let mut named: FxHashMap<&str, Named<'_>> = FxHashMap::default();
        for (_, file) in graph.asking(&[kinds::ANSIBLE_ROLE_USE]) {
            let targets = file.facts.requires.iter().flat_map(|require| &require.any_of);
            for target in targets.filter(|target| target.kind == kinds::ANSIBLE_ROLE_USE) {
                let Some((path, name)) = target.placed() else { continue };
                let of_play = role_of(path).is_none();
                let folder = self.folder(graph, path, name);
                if let Some(holder) = folder.as_ref().and_then(|folder| folder.strip_suffix(name)) {
                    let holder = holder.trim_end_matches('/').into();
                    found.entry(parent_folder(path).into()).or_default().insert(holder);
                }
                if !of_play {
                    continue;
                }
                let named = named.entry(parent_folder(path)).or_default();
                if folder.is_some() {
                    named.found.insert(name);
                } else if !self.is_known_elsewhere(graph, path, name) {
                    named.absent.insert(name);
                }
            }
        }
        let lacks =
            |own: &Named<'_>| own.absent.len() >= STRANGE && own.absent.len() > own.found.len();
        let strangers = named.into_iter().filter(|(_, own)| lacks(own));
        self.strangers = strangers.map(|(folder, _)| folder.into()).collect();
        self.found = found;
    }

    /// Whether plays in `folder` are run from among another tool's.
    pub(super) fn is_run_elsewhere(&self, folder: &str) -> bool {
        self.strangers.contains(folder)
            || upwards(folder).any(|upward| self.shared.contains(upward))
    }

    /// Whether the tree says where a role is that it does not hold, or holds it where other
    /// files find it.
    fn is_known_elsewhere(&self, graph: &Graph<'_>, path: &str, name: &str) -> bool {
        self.is_elsewhere_or_ignored(graph, path, name)
            || self.is_elsewhere_in_tree(name)
            || self.may_be_bundled(name)
            || self.may_come_along(path, name)
            || name.starts_with(['.', '/'])
            || name.split('/').next().is_some_and(|first| first.contains('.'))
    }

    /// Whether the role is listed as one from elsewhere, or ignored by git.
    fn is_elsewhere_or_ignored(&self, graph: &Graph<'_>, path: &str, name: &str) -> bool {
        let is_away = |folder: String| {
            graph.paths.look_up(&folder) == PathKind::Elsewhere
                || graph.paths.is_ignored(&folder, graph.snapshot)
        };
        self.is_listed(name) || self.places(path, name).any(is_away)
    }

    /// Folders that may be the role `name` for the file at `path`, nearest first.
    fn places<'p>(&'p self, path: &'p str, name: &'p str) -> impl Iterator<Item = String> + 'p {
        let inner = format!("roles/{name}");
        let beside = upwards(parent_folder(path)).filter_map(move |own| below(own, &inner));
        // The role that asks may lie anywhere: its folder is where its `meta/` is.
        let asking = path.split_once("/meta/main.").map(|(folder, _)| folder);
        let sibling =
            role_of(path).or(asking).map(parent_folder).and_then(|folder| below(folder, name));
        let by_path = beside_by_path(path, name);
        // At last, what is a role beside the plays that use the asking role.
        let plays = role_of(path).and_then(|own| parent_folder(own).strip_suffix("roles"));
        let beside_plays = plays.and_then(|own| below(own.trim_end_matches('/'), name));
        let beside_plays = beside_plays.filter(|own| {
            self.folders.get(base_name(own)).is_some_and(|all| all.iter().any(|known| known == own))
        });
        let configured = self.search.iter().filter_map(move |folder| below(folder, name));
        beside.chain(configured).chain(sibling).chain(by_path).chain(beside_plays)
    }

    /// The folder of the role in the tree.
    pub(super) fn folder(&self, graph: &Graph<'_>, path: &str, name: &str) -> Option<String> {
        self.places(path, name)
            .find(|folder| graph.paths.look_up(folder) == PathKind::Folder)
            .or_else(|| self.of_collection(graph, name))
    }

    /// `namespace.collection.role`, of a collection that the tree holds.
    fn of_collection(&self, graph: &Graph<'_>, name: &str) -> Option<String> {
        let (collection, role) = split(name)?;
        let folder = self.collections.get(collection)?;
        let folder = below(folder, &format!("roles/{}", role.replace('.', "/")))?;
        (graph.paths.look_up(&folder) == PathKind::Folder).then_some(folder)
    }

    /// Whether the tree holds all roles that the file at `path` can find.
    fn owns(&self, path: &str, name: &str) -> bool {
        let folder = parent_folder(path);
        if let Some((collection, _)) = split(name) {
            return self.collections.contains_key(collection);
        }
        if name.starts_with("../") || name.starts_with('/') {
            return false;
        }
        // A sibling repository of roles.
        if upwards(folder).any(|upward| self.outside.contains(upward)) {
            return false;
        }
        // Its plays use it, by that name.
        let role = role_of(path);
        if self.is_role && role.is_none() {
            return false;
        }
        let foreign = |own: &str| self.foreign.contains(own);
        if foreign(path) || role.is_some_and(|role| foreign(role) || foreign(parent_folder(role))) {
            return false;
        }
        let listed_here = || upwards(folder).any(|upward| self.lists.contains(upward));
        // Of Galaxy, by the look of it.
        if name.split('/').next().is_some_and(|first| first.contains('.')) {
            return listed_here();
        }
        let holds = |folder: &str| self.holders.contains(folder);
        role.is_some_and(|role| holds(parent_folder(role)))
            || below(folder, "roles").is_some_and(|own| holds(&own))
            // Plays that find none of their roles here run beside another tree's.
            || self.found.contains_key(folder) && self.search.iter().any(|own| holds(own))
            || self.found.get(folder).is_some_and(|found| {
                upwards(folder)
                    .filter_map(|upward| below(upward, "roles"))
                    .any(|own| found.contains(own.as_str()))
            })
            || listed_here()
    }

    /// Whether another folder of roles holds one of that name.
    fn is_elsewhere_in_tree(&self, name: &str) -> bool {
        let base = name.rsplit('/').next().unwrap_or(name);
        let inner = format!("roles/{name}");
        let is_it = |folder: &SmolStr| {
            folder
                .strip_suffix(inner.as_str())
                .is_some_and(|own| own.is_empty() || own.ends_with('/'))
        };
        self.folders.get(base).is_some_and(|all| all.iter().any(is_it))
    }

    /// Whether the file at `path` belongs to a collection, and nothing says how the tree
    /// itself is run.
    fn is_library(&self, path: &str) -> bool {
        let holds = |folder: &str| self.collections.values().any(|value| value == folder);
        // Another project's search path says nothing of this one.
        let is_ours =
            |own: &SmolStr| upwards(parent_folder(path)).any(|folder| folder == parent_folder(own));
        !self.search.iter().any(is_ours) && upwards(parent_folder(path)).any(holds)
    }

    /// Whether a list says that the role comes from elsewhere.
    fn is_listed(&self, name: &str) -> bool {
        let base = name.rsplit('/').next().unwrap_or(name);
        self.listed.contains(name) || self.listed.contains(base)
    }

    /// Whether a role that another role uses may come with one of the same author that is listed:
    /// Galaxy installs what a role depends on.
    fn may_come_along(&self, path: &str, name: &str) -> bool {
        let is_of_author = |own: &SmolStr| {
            let both = name.split_once('.').zip(own.split_once('.'));
            both.is_some_and(|((author, role), (other, own))| {
                author == other && !is_slip(role, own)
            })
        };
        role_of(path).is_some() && self.listed.iter().any(is_of_author)
    }

    /// Whether a product that is listed as one role may bring it: `ceph-ansible` is a
    /// repository of roles that begin with `ceph-`.
    fn may_be_bundled(&self, name: &str) -> bool {
        let word = |text: &str| text.split(['-', '_', '.']).next().unwrap_or_default().to_owned();
        let bundles = ["-ansible", "_ansible", "-roles", "-jobs"];
        let of_bundle =
            |own: &SmolStr| bundles.iter().find_map(|end| own.strip_suffix(end).map(word));
        self.listed.iter().filter_map(of_bundle).any(|product| product == word(name))
    }
}

/// The role's folder that a path shows: `roles/NAME/tasks/…`, or the folder of a main file.
fn role_folder(path: &str) -> Option<&str> {
    let at = FOLDERS.iter().filter_map(|inner| path.rfind(inner)).max()?;
    let folder = &path[..at];
    let rest = &path[at + 1..];
    let is_main = rest.split_once('/').is_some_and(|(_, own)| own.starts_with("main."));
    let holder = parent_folder(folder);
    (is_main || holder == "roles" || holder.ends_with("/roles")).then_some(folder)
}

/// A role that is named by its path: from the play's folder, or from where Ansible runs.
fn beside_by_path(path: &str, name: &str) -> Vec<String> {
    let folder = parent_folder(path);
    let mut all: Vec<String> = below(folder, name).into_iter().collect();
    if name.contains('/') {
        all.extend(upwards(folder).skip(1).filter_map(|upward| below(upward, name)));
    }
    all
}

/// `namespace.collection` and what follows.
fn split(name: &str) -> Option<(&str, &str)> {
    if name.contains('/') {
        return None;
    }
    let first = name.find('.')?;
    let second = first + 1 + name[first + 1..].find('.')?;
    Some((&name[..second], &name[second + 1..]))
}

/// The collection that a file is a part of where collections are installed, with its folder:
/// `collections/ansible_collections/NAMESPACE/NAME/…`.
fn installed(path: &str) -> Option<(SmolStr, SmolStr)> {
    const HOLDER: &str = "ansible_collections/";
    let at = path.find(HOLDER).filter(|at| *at == 0 || path[..*at].ends_with('/'))?;
    let mut parts = path[at + HOLDER.len()..].splitn(3, '/');
    let (namespace, name, rest) = (parts.next()?, parts.next()?, parts.next()?);
    let end = path.len() - rest.len() - 1;
    rest.contains('/').then(|| (format!("{namespace}.{name}").into(), path[..end].into()))
}

fn is_builtin(collection: &str) -> bool {
    matches!(
        collection,
        "ansible.builtin" | "ansible.legacy" | "ansible.posix" | "community.general"
    )
}

/// A role's own entry files; any of its files where it has none of them.
fn parts(graph: &Graph<'_>, folder: &str) -> SmallVec<[Site; 1]> {
    let site = |file| Site::whole(file);
    let names = ["tasks/main", "handlers/main", "meta/main", "defaults/main", "vars/main"];
    let paths =
        names.iter().flat_map(|name| [".yml", ".yaml"].map(|end| format!("{folder}/{name}{end}")));
    let sites: SmallVec<[Site; 1]> = paths
        .filter_map(|path| match graph.paths.look_up(&path) {
            PathKind::File(file) => Some(site(file)),
            _ => None,
        })
        .collect();
    if !sites.is_empty() {
        return sites;
    }
    graph.paths.under(folder).next().map(|(file, _)| site(file)).into_iter().collect()
}

/// Roles as files name them.
struct Uses(Arc<OnceLock<Index>>);

impl Resolver for Uses {
    fn resolve(&self, graph: &Graph<'_>, target: &Ref) -> Resolution {
        let Some((path, name)) = target.placed() else {
            return Resolution::Open(Entity::new(kinds::ANSIBLE_ROLE, target.name.to_string()));
        };
        let name = name.trim_end_matches('/');
        let entity = Entity::new(kinds::ANSIBLE_ROLE, name);
        let index = self.0.get_or_init(|| Index::new(graph));
        for folder in index.places(path, name) {
            match graph.paths.look_up(&folder) {
                PathKind::Folder => return Resolution::Found(parts(graph, &folder)),
                PathKind::Elsewhere => return Resolution::Elsewhere,
                PathKind::File(_) | PathKind::Absent => {}
            }
        }
        if let Some(folder) = index.of_collection(graph, name) {
            return Resolution::Found(parts(graph, &folder));
        }
        if index.is_elsewhere_or_ignored(graph, path, name) {
            return Resolution::Elsewhere;
        }
        // `acme.web.server` for `acme.web-server`: meant to be the one that is here.
        let is_slip = |own: &SmolStr| own.len() > 7 && strsim::osa_distance(own, name) == 1;
        if name.contains('.') && index.folders.keys().any(is_slip) {
            return Resolution::Missing(entity);
        }
        // Here, but where this file does not find it as far as the tree says.
        if index.is_elsewhere_in_tree(name)
            || index.may_be_bundled(name)
            || index.may_come_along(path, name)
            || !index.owns(path, name)
            || index.addresses.has(graph, name)
        {
            return Resolution::Open(entity);
        }
        // A library of roles is used beside others, and so are plays that are run from another
        // tree: what is no slip may be one of theirs.
        // One by the full name of a collection that is here is in it, or nowhere.
        let is_own = split(name).is_some();
        let beside_others =
            !is_own && index.is_library(path) || index.is_run_elsewhere(parent_folder(path));
        if beside_others && graph.nearest(kinds::ANSIBLE_ROLE, name).is_none() {
            return Resolution::Open(entity);
        }
        Resolution::Missing(entity)
    }
}

/// Roles by their bare names.
struct Names(Arc<OnceLock<Index>>);

impl Resolver for Names {
    fn resolve(&self, graph: &Graph<'_>, target: &Ref) -> Resolution {
        let name = &target.name;
        let index = self.0.get_or_init(|| Index::new(graph));
        let known = name.as_exact().and_then(|name| {
            let base = name.rsplit('/').next().unwrap_or(name);
            index.folders.get(base)?.first()
        });
        match known {
            Some(folder) => Resolution::Found(parts(graph, folder)),
            None => Resolution::Open(Entity::new(kinds::ANSIBLE_ROLE, name.to_string())),
        }
    }

    fn nearest(&self, graph: &Graph<'_>, name: &str) -> Option<SmolStr> {
        let index = self.0.get_or_init(|| Index::new(graph));
        let names = index.folders.values().flatten().map(SmolStr::as_str);
        let names = names.map(|own| own.rsplit_once("roles/").map_or(own, |(_, own)| own));
        let mut names: Vec<&str> = names.collect();
        names.sort_unstable();
        let near = nearest_of(name, names.iter().copied());
        near.or_else(|| {
            let (collection, role) = split(name)?;
            index.collections.get(collection)?;
            let near = nearest_of(role, names.into_iter())?;
            Some(format!("{collection}.{near}").into())
        })
    }
}
