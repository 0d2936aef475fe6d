//! Puppet's namespaces: modules, autoload, file and template mounts.
//!
//! The tree is authoritative for the names of a module that it holds. Modules come from
//! the folders named `modules` and their like; a submodule's contents are elsewhere.

mod mounts;
mod programs;
mod variables;

pub(super) use variables::may_be_outer;

use crate::extract::inside;
use crate::facts::{Standing, base_name, kinds, parent_folder, path_in};
use crate::graph::{Authority, Graph, Others, PathKind};
use crate::systems::puppet::autoload::Places;
use crate::systems::puppet::surroundings::module_path;
use crate::tree::EntryKind;
use rustc_hash::{FxHashMap, FxHashSet};
use smallvec::SmallVec;
use smol_str::SmolStr;

/// Modules that Puppet Enterprise brings along, in one release or another. (Source:
/// `/opt/puppetlabs/puppet/modules` and `/opt/puppet/share/puppet/modules` of its servers.)
const ENTERPRISE: [&str; 24] = [
    "pe_accounts",
    "pe_caproxy",
    "pe_concat",
    "pe_console_prune",
    "pe_databases",
    "pe_failover",
    "pe_hocon",
    "pe_infrastructure",
    "pe_inifile",
    "pe_install",
    "pe_java_ks",
    "pe_manager",
    "pe_mcollective",
    "pe_nginx",
    "pe_patch",
    "pe_postgresql",
    "pe_puppet_authorization",
    "pe_puppetdbquery",
    "pe_r10k",
    "pe_razor",
    "pe_repo",
    "pe_staging",
    "pe_support_script",
    "puppet_enterprise",
];

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
        // Those of which the tree has more than overlaid files.
        let mut whole: FxHashSet<SmolStr> = FxHashSet::default();
        let layout = &graph.snapshot.layout;
        for file in &graph.snapshot.files {
            let path = file.entry.path.as_str();
            if file.entry.kind == EntryKind::Submodule {
                if let Some(name) = path.rsplit('/').next() {
                    modules.elsewhere.insert(name.into());
                }
            } else if file.standing.is_live()
                && let Some(dir) = layout.module_dir(path)
                && !layout.is_nested(path)
            {
                let name = layout.name_of(dir);
                if !modules.dirs.get(name).is_some_and(|dirs| dirs.iter().any(|own| own == dir)) {
                    modules.dirs.entry(name.into()).or_default().push(dir.into());
                }
                // What another environment holds, this one does not.
                let here = !format!("/{dir}").contains("/environments/");
                if here && path.ends_with(".pp") && !whole.contains(name) {
                    whole.insert(name.into());
                }
            }
        }
        shadowed(graph).for_each(|name| _ = whole.remove(name));
        let listed = externals(graph).filter(|name| !whole.contains(name.as_str())).cloned();
        modules.elsewhere.extend(listed);
        modules
    }
}

/// Modules that the Puppetfile brings to a folder that the environment's `modulepath` names
/// before the one in which the tree has its own: Puppet never sees that one. (Sources: r10k's
/// manual, `moduledir`; Puppet's, "Directory environments".)
fn shadowed<'g>(graph: &'g Graph<'_>) -> impl Iterator<Item = &'g str> {
    let order = graph.snapshot.find("environment.conf").map(|file| {
        let text = graph.snapshot.contents(file);
        module_path("environment.conf", &String::from_utf8_lossy(&text))
    });
    let order = order.unwrap_or_default();
    let installed = order.iter().position(|own| own == "modules");
    let puppetfile = graph
        .all(kinds::PUPPET_EXTERNAL)
        .iter()
        .filter(|(_, site)| graph.snapshot.file(site.file).entry.path == "Puppetfile");
    puppetfile.map(|(name, _)| name.as_str()).filter(move |name| {
        let own = order.iter().position(|folder| {
            graph.paths.look_up(&format!("{folder}/{name}")) == PathKind::Folder
        });
        matches!((installed, own), (Some(installed), Some(own)) if installed < own)
    })
}

/// Modules that the tree lists as external. What a module of the tree depends on is not
/// thereby elsewhere: the tree is to hold it.
fn externals<'g>(graph: &'g Graph<'_>) -> impl Iterator<Item = &'g SmolStr> {
    graph.all(kinds::PUPPET_EXTERNAL).iter().filter_map(|(name, site)| {
        let path = graph.snapshot.file(site.file).entry.path.as_str();
        let own = matches!(base_name(path), "metadata.json" | ".fixtures.yml");
        let folder = parent_folder(path);
        let of_module = || graph.snapshot.layout.module_dir(&format!("{folder}/files/x")).is_some();
        let root = folder.is_empty();
        (root || !own || !of_module()).then_some(name)
    })
}

/// Whether the tree's modules are all here or listed: it is a control repository, and its
/// `Puppetfile` computes nothing.
fn lists_all(graph: &Graph<'_>) -> bool {
    let lists = graph.all(kinds::PUPPET_MODULE_LIST).iter();
    lists.filter(|(name, _)| name == "Puppetfile").any(|(_, site)| {
        let path = graph.snapshot.file(site.file).entry.path.as_str();
        let folder = parent_folder(path);
        let is_file =
            |name: &str| matches!(graph.paths.look_up(&path_in(folder, name)), PathKind::File(_));
        let mut manifests = graph.snapshot.files.iter().map(|file| file.entry.path.as_str());
        is_file("environment.conf")
            && Standing::of(path).is_live()
            && manifests
                .all(|manifest| !manifest.ends_with(".pp") || inside(folder, manifest).is_some())
    })
}

/// Classes of one module that nothing lists; so many are no slip.
const MOST_OF_UNLISTED: usize = 3;

/// Whether the tree uses several classes of a module that it neither has nor lists: some modules
/// then come from a folder of the server's own, `$basemodulepath`.
fn uses_unlisted(graph: &Graph<'_>, modules: &Modules) -> bool {
    let mut used: FxHashMap<&str, FxHashSet<&str>> = FxHashMap::default();
    let asking = graph.asking(&[kinds::PUPPET_CLASS]);
    let live = asking.filter(|(_, file)| file.standing.is_live());
    for require in live.flat_map(|(_, file)| &file.facts.requires) {
        let Some(target) = require.any_of.first().filter(|own| own.kind == kinds::PUPPET_CLASS)
        else {
            continue;
        };
        let Some(name) = target.name.as_exact() else { continue };
        let Some((module, _)) = name.split_once("::") else { continue };
        if !modules.dirs.contains_key(module) && !modules.elsewhere.contains(module) {
            let names = used.entry(module).or_default();
            names.insert(name.as_str());
            if names.len() >= MOST_OF_UNLISTED
                && graph.providers(kinds::PUPPET_CLASS, name).next().is_none()
            {
                return true;
            }
        }
    }
    false
}

pub(super) fn install(graph: &mut Graph<'_>) {
    let mut modules = Modules::find(graph);
    let all = lists_all(graph) && !uses_unlisted(graph, &modules);
    if all {
        modules.elsewhere.extend(ENTERPRISE.map(SmolStr::new_static));
    }
    for kind in [kinds::PUPPET_CLASS, kinds::PUPPET_DEFINE, kinds::PUPPET_TYPE] {
        let mut owned = owned_segments(graph, &modules);
        let others = match all {
            true if kind == kinds::PUPPET_CLASS => Others::Exact,
            true if kind == kinds::PUPPET_DEFINE => Others::Qualified,
            _ => Others::Open,
        };
        if kind == kinds::PUPPET_TYPE {
            // A native type is in any module, whatever the type's name.
            if !graph.all(kinds::PUPPET_EXTERNAL).is_empty() {
                owned.clear();
            }
        }
        graph.set_authority(kind, Authority::Segments { separator: "::", owned, others });
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
        .all(kinds::PUPPET_DATATYPE)
        .iter()
        .filter_map(|(name, _)| name.split("::").next())
        .filter(|segment| !modules.elsewhere.contains(*segment))
        .map(SmolStr::new)
        .collect();
    graph.set_authority(
        kinds::PUPPET_DATATYPE,
        Authority::Segments { separator: "::", owned: datatypes, others: Others::Open },
    );
    mounts::install(graph, &modules);
    variables::install(graph);
}

/// First segments of class and type names that the tree defines.
fn owned_segments(graph: &Graph<'_>, modules: &Modules) -> FxHashSet<SmolStr> {
    let mut owned: FxHashSet<SmolStr> = modules.dirs.keys().cloned().collect();
    let places = Places::of(graph);
    for kind in [kinds::PUPPET_CLASS, kinds::PUPPET_DEFINE] {
        for (name, site) in graph.all(kind) {
            let first = name.split("::").next().unwrap_or(name);
            let path = graph.snapshot.file(site.file).entry.path.as_str();
            if !owned.contains(first) && places.may_be_of_module(path, name) {
                owned.insert(SmolStr::new(first));
            }
        }
    }
    for name in &modules.elsewhere {
        owned.remove(name);
    }
    owned
}
