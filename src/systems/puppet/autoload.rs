//! Where Puppet's autoloader looks: `a::b::c` in `a/manifests/b/c.pp`, then in
//! `a/manifests/b.pp` and `a/manifests/init.pp`.
//!
//! (Source: Puppet's `TypeLoader#try_load_fqname`; the manual, "Module fundamentals".)

use crate::extract::{Layout, Names, inside};
use crate::facts::{Entity, Kind, Relation, Standing, base_name, kinds, parent_folder, path_in};
use crate::graph::{Autoload, Graph, Site};
use crate::loader::{FileIx, SnapshotFile};
use rustc_hash::{FxHashMap, FxHashSet};
use smol_str::SmolStr;
use std::collections::BTreeSet;
use std::sync::OnceLock;

/// Folders whose manifests Puppet reads by itself, or that old main manifests import.
const OWN_FOLDERS: [&str; 9] = [
    "manifests",
    "functions",
    "types",
    "plans",
    "classes",
    "nodes",
    "definitions",
    "roles",
    "profiles",
];

/// Names of main manifests.
pub(super) const ENTRIES: [&str; 5] = ["site.pp", "nodes.pp", "init.pp", "default.pp", "main.pp"];

const DEFINITIONS: [Kind; 2] = [kinds::PUPPET_CLASS, kinds::PUPPET_DEFINE];

/// Manifests that nothing loads. Of modules: those none of whose definitions stands where the
/// autoloader looks for it; one that does brings the file's others with it, and an `import`
/// brings the file. Puppet 3, which looks for `b` inside `a` as `a::b` first, finds `b` there.
/// Elsewhere: those of a folder that is called otherwise than the module that they define, where
/// the tree lists that module as external.
fn unloadable(graph: &Graph<'_>) -> FxHashSet<FileIx> {
    let mut files = FxHashSet::default();
    let layout = &graph.snapshot.layout;
    let mut initial = None;
    let strays = Strays::of(graph);
    for (ix, file) in graph.snapshot.files.iter().enumerate() {
        let path = file.entry.path.as_str();
        let names =
            file.facts.provides.iter().filter(|provide| DEFINITIONS.contains(&provide.kind));
        let mut names = names.filter_map(|name| name.name.as_exact()).peekable();
        let Some(inside) = manifest(layout, path) else {
            let holder = path.rsplit_once("/manifests/").map_or("", |(folder, _)| folder);
            let external = |name: &SmolStr| {
                let first = name.split("::").next().unwrap_or(name);
                first != crate::facts::base_name(holder)
                    && graph.providers(kinds::PUPPET_EXTERNAL, first).next().is_some()
            };
            let is_external = !holder.is_empty() && names.peek().is_some() && names.all(external);
            if is_external || strays.holds(graph, path, file) {
                files.insert(ix as FileIx);
            }
            continue;
        };
        let relative = layout.names == Names::Relative;
        // Names are looked for in small letters, and Boxen does so on a Mac, where they do.
        let lower = inside.1.to_ascii_lowercase();
        let inside = match graph.providers(kinds::PUPPET_EXTERNAL, "boxen").next() {
            Some(_) => (inside.0, lower.as_str()),
            None => inside,
        };
        let is_found =
            |name: &SmolStr| is_place(inside, name) || relative && is_short(inside, name);
        if names.peek().is_some()
            && !names.any(is_found)
            && !initial.get_or_insert_with(|| Initial::of(graph)).holds(path)
        {
            files.insert(ix as FileIx);
        }
    }
    drop_imported(graph, &mut files);
    files
}

/// Manifests that lie where no module keeps any: in a module's folder beside its `manifests/`, or
/// at the tree's root with nothing but definitions of a module that the tree has.
struct Strays {
    /// The folders of modules that have manifests, by their names.
    modules: FxHashMap<SmolStr, SmolStr>,
}

impl Strays {
    fn of(graph: &Graph<'_>) -> Self {
        let layout = &graph.snapshot.layout;
        let paths = graph.snapshot.files.iter().map(|file| file.entry.path.as_str());
        let dirs = paths.filter(|path| path.ends_with(".pp")).filter_map(|path| {
            manifest(layout, path)?;
            layout.module_dir(path).filter(|dir| !dir.is_empty())
        });
        let modules = dirs.map(|dir| (SmolStr::new(layout.name_of(dir)), SmolStr::new(dir)));
        Self { modules: modules.collect() }
    }

    /// The folder of the module that the definitions of a stray manifest are of.
    fn folder(&self, path: &str, names: &[&SmolStr]) -> Option<SmolStr> {
        let first = names.first()?.split("::").next()?;
        if names.iter().any(|name| name.split("::").next() != Some(first)) {
            return None;
        }
        match path.rsplit_once('/') {
            Some((folder, _)) => {
                let (root, name) = folder.rsplit_once('/')?;
                let is_module = base_name(root) == "modules" && name == first;
                is_module.then(|| SmolStr::new(folder))
            }
            None if ENTRIES.contains(&path) => None,
            None => self.modules.get(first).cloned(),
        }
    }

    /// A manifest that declares something is for somebody to apply.
    fn holds(&self, graph: &Graph<'_>, path: &str, file: &SnapshotFile) -> bool {
        if !path.ends_with(".pp") || self.modules.is_empty() {
            return false;
        }
        let names = defined(file);
        let declares = file.facts.requires.iter().any(|own| own.within.is_none());
        !declares && self.folder(path, &names).is_some() && !is_named(graph, path)
    }
}

/// The names of the classes and types that a manifest defines.
fn defined(file: &SnapshotFile) -> Vec<&SmolStr> {
    let names = file.facts.provides.iter().filter(|own| DEFINITIONS.contains(&own.kind));
    names.filter_map(|own| own.name.as_exact()).collect()
}

/// Whether something names a file.
fn is_named(graph: &Graph<'_>, path: &str) -> bool {
    let mut targets = graph.targets(&[kinds::FILE]).filter(|own| own.kind == kinds::FILE);
    targets.any(|target| target.name.as_exact().is_some_and(|own| own == path))
}

/// Takes out the files that an `import` brings.
fn drop_imported(graph: &Graph<'_>, files: &mut FxHashSet<FileIx>) {
    if files.is_empty() {
        return;
    }
    let requires = graph.snapshot.files.iter().flat_map(|file| &file.facts.requires);
    for import in requires.filter(|require| require.relation == Relation::Loads) {
        for target in &import.any_of {
            files.retain(|ix| !target.name.matches(&graph.snapshot.file(*ix).entry.path));
        }
    }
}

/// Folders of the manifests that are read before any other, each with all that lies below it.
///
/// (Source: Puppet's `Puppet::Node::Environment#perform_initial_import`, which reads `**/*.pp`
/// of a main manifest that is a folder.)
struct Initial(Vec<SmolStr>);

impl Initial {
    fn of(graph: &Graph<'_>) -> Self {
        let paths = graph.paths.all().iter().map(|path| path.as_str());
        let environments = paths.filter_map(|path| path.strip_suffix("environment.conf"));
        let folders =
            environments.filter(|environment| environment.is_empty() || environment.ends_with('/'));
        Self(folders.map(|folder| SmolStr::from(format!("{folder}manifests/"))).collect())
    }

    fn holds(&self, path: &str) -> bool {
        self.0.iter().any(|folder| path.starts_with(folder.as_str()))
    }
}

/// The module and the path below its `manifests/`, without the ending.
fn manifest<'p>(layout: &'p Layout, path: &'p str) -> Option<(&'p str, &'p str)> {
    let dir = layout.module_dir(path)?;
    let rest = inside(dir, path)?.strip_prefix("manifests/")?.strip_suffix(".pp")?;
    Some((layout.name_of(dir), rest))
}

/// Where definitions stand for the module that their names begin with.
pub(super) struct Places {
    /// Whether the tree is a module: its manifests are none of an environment.
    is_module: bool,
}

impl Places {
    pub(super) fn of(graph: &Graph<'_>) -> Self {
        let main = ENTRIES.iter().filter(|name| **name != "init.pp");
        let mut main = main.map(|name| format!("manifests/{name}"));
        let is_module = !main.any(|path| graph.snapshot.find(&path).is_some());
        Self { is_module }
    }

    /// Whether a definition shows that the tree has the module of its name. In a tree that is
    /// one module, one that stands where nothing looks for it says nothing of where its namesakes
    /// are.
    pub(super) fn may_be_of_module(&self, path: &str, name: &str) -> bool {
        let first = name.split("::").next().unwrap_or(name);
        let rest = path.strip_prefix("manifests/").and_then(|own| own.strip_suffix(".pp"));
        rest.filter(|_| self.is_module).is_none_or(|rest| is_place((first, rest), name))
    }
}

/// The same by the path alone: a manifest that does not parse may be all that says that its
/// folder is a module.
fn manifest_by_path(path: &str) -> Option<(&str, &str)> {
    let (dir, rest) = path.split_once("/manifests/")?;
    Some((base_name(dir), rest.strip_suffix(".pp")?))
}

fn is_place((module, rest): (&str, &str), name: &str) -> bool {
    let Some(inside) = name.strip_prefix(module) else { return false };
    if rest == "init" {
        return inside.is_empty() || inside.starts_with("::");
    }
    inside.strip_prefix("::").is_some_and(|inside| {
        let path = inside.replace("::", "/");
        path.strip_prefix(rest).is_some_and(|more| more.is_empty() || more.starts_with('/'))
    })
}

/// Whether the file that is looked for as `MODULE::NAME` defines plain `NAME`: for one of the
/// class `MODULE::A::B`, in a folder of that class or above.
fn is_short((_, rest): (&str, &str), name: &str) -> bool {
    let head = rest.strip_suffix(name.replace("::", "/").as_str());
    rest != "init" && head.is_some_and(|head| head.is_empty() || head.ends_with('/'))
}

/// Whether a manifest lies in a folder of modules, under a name that no module has:
/// `modules/lab-users`. Puppet 4 and later pass such a folder by; Puppet 3 looks in it for
/// nothing that is called otherwise.
///
/// (Source: Puppet's `Puppet::Module.is_module_directory_name?`.)
fn is_no_module(layout: &Layout, file: &SnapshotFile) -> bool {
    let folder = file.entry.path.rsplit_once("/manifests/").map_or("", |(folder, _)| folder);
    let Some((holder, name)) = folder.rsplit_once('/') else { return false };
    let is_own = |text: &str| text.split("::").next() == Some(name);
    let defined = file.facts.provides.iter().filter(|own| DEFINITIONS.contains(&own.kind));
    let mut defined = defined.filter_map(|own| own.name.as_exact()).peekable();
    name.contains('-')
        && base_name(holder) == "modules"
        && (layout.names == Names::Absolute
            || defined.peek().is_some() && !defined.any(|own| is_own(own)))
}

/// Manifests outside of the folders that Puppet reads, which nothing names or imports. Those at
/// the tree's root are applied by name.
fn loose(graph: &Graph<'_>) -> FxHashSet<FileIx> {
    let layout = &graph.snapshot.layout;
    let is_apart = |path: &str| {
        path.contains('/')
            && !ENTRIES.contains(&base_name(path))
            && !path.rsplit('/').skip(1).any(|own| OWN_FOLDERS.contains(&own))
    };
    let is_loose = |file: &SnapshotFile| is_apart(&file.entry.path) || is_no_module(layout, file);
    let files = graph.snapshot.files.iter().enumerate();
    let mut loose: FxHashSet<FileIx> = files
        .filter(|(_, file)| file.entry.path.ends_with(".pp") && is_loose(file))
        .map(|(ix, _)| ix as FileIx)
        .collect();
    if loose.is_empty() {
        return loose;
    }
    let targets = graph.targets(&[kinds::FILE]).filter(|target| target.kind == kinds::FILE);
    for path in targets.filter_map(|target| target.name.as_exact()) {
        if let Some(file) = graph.snapshot.find(path) {
            loose.remove(&file);
        }
    }
    drop_imported(graph, &mut loose);
    loose
}

/// Puppet's autoloader.
struct Autoloader {
    /// See [`loose`]; found when it is first asked for.
    loose: OnceLock<FxHashSet<FileIx>>,
    /// See [`unloadable`].
    unloadable: FxHashSet<FileIx>,
    /// Folders of modules; found when a definition is first missing.
    folders: OnceLock<FxHashSet<SmolStr>>,
    /// Files of which part was not read; found when a definition is first missing.
    partly_read: OnceLock<Vec<FileIx>>,
}

pub(super) fn install(graph: &mut Graph<'_>) {
    let unloadable = unloadable(graph);
    graph.add_autoloader(Box::new(Autoloader {
        unloadable,
        loose: OnceLock::new(),
        folders: OnceLock::new(),
        partly_read: OnceLock::new(),
    }));
}

impl Autoload for Autoloader {
    fn skips(&self, file: FileIx) -> bool {
        self.unloadable.contains(&file)
    }

    fn is_loose(&self, graph: &Graph<'_>, file: FileIx) -> bool {
        self.loose.get_or_init(|| loose(graph)).contains(&file)
    }

    fn may_be_unread(&self, graph: &Graph<'_>, entity: &Entity) -> bool {
        // A variable of a class is where the class is.
        let is_variable =
            matches!(entity.kind, kinds::PUPPET_VARIABLE | kinds::PUPPET_PLAIN_VARIABLE);
        let name = match is_variable {
            true => entity.name.rsplit_once("::").map_or("", |(scope, _)| scope),
            false if DEFINITIONS.contains(&entity.kind) => entity.name.as_str(),
            false => return false,
        };
        let Some(module) = name.split("::").next().filter(|own| !own.is_empty()) else {
            return false;
        };
        let partly_read = self.partly_read.get_or_init(|| {
            let all = 0..graph.snapshot.files.len() as FileIx;
            all.filter(|ix| graph.is_partly_read(*ix)).collect()
        });
        partly_read.iter().any(|ix| {
            let path = graph.snapshot.file(*ix).entry.path.as_str();
            manifest(&graph.snapshot.layout, path)
                .or_else(|| manifest_by_path(path))
                .is_some_and(|inside| inside.0 == module && is_place(inside, name))
        })
    }

    fn is_supplied(&self, graph: &Graph<'_>, entity: &Entity) -> bool {
        if !DEFINITIONS.contains(&entity.kind) {
            return false;
        }
        let (module, rest) = match entity.name.split_once("::") {
            Some((module, rest)) => (module, rest.replace("::", "/")),
            None => (entity.name.as_str(), "init".to_owned()),
        };
        let layout = &graph.snapshot.layout;
        let folders = self.folders.get_or_init(|| {
            let paths = graph.snapshot.files.iter().map(|file| file.entry.path.as_str());
            paths.filter_map(|path| layout.module_dir(path)).map(SmolStr::from).collect()
        });
        // One of which git leaves all out is known by its place beside the others.
        let beside = folders.iter().filter(|dir| !dir.is_empty()).map(|dir| parent_folder(dir));
        let beside: BTreeSet<&str> = beside.collect();
        let beside = beside.into_iter().map(|root| SmolStr::from(path_in(root, module)));
        let own = folders.iter().filter(|dir| layout.name_of(dir) == module).cloned();
        own.chain(beside).any(|dir| {
            let root = if dir.is_empty() { String::new() } else { format!("{dir}/") };
            let path = format!("{root}manifests/{rest}.pp");
            // `x-sample.pp` is read as no manifest, and Puppet 3 has classes of that name.
            let is_aside = |ix| graph.snapshot.file(ix).standing == Standing::Example;
            graph.paths.is_ignored(&path, graph.snapshot)
                || graph.paths.is_supplied(&path)
                || graph.snapshot.find(&path).is_some_and(is_aside)
        })
    }

    fn misplaced(&self, graph: &Graph<'_>, entity: &Entity) -> Option<(Site, SmolStr)> {
        let mut sites = graph.providers(entity.kind, &entity.name);
        let site = sites.find(|site| self.unloadable.contains(&site.file))?;
        let layout = &graph.snapshot.layout;
        let path = graph.snapshot.file(site.file).entry.path.as_str();
        let rest = entity.name.split_once("::").map_or("init", |(_, rest)| rest).replace("::", "/");
        let Some(dir) = layout.module_dir(path) else {
            let file = graph.snapshot.file(site.file);
            let dir = Strays::of(graph).folder(path, &defined(file))?;
            return Some((site, path_in(&dir, &format!("manifests/{rest}.pp")).into()));
        };
        let itself = layout.name_of(dir) == entity.name.split("::").next().unwrap_or_default()
            && layout.modules.iter().any(|(own, _)| own == dir);
        if itself {
            let root = if dir.is_empty() { String::new() } else { format!("{dir}/") };
            return Some((site, format!("{root}manifests/{rest}.pp").into()));
        }
        let root = parent_folder(dir);
        let module = entity.name.split("::").next().unwrap_or_default();
        let root = if root.is_empty() { String::new() } else { format!("{root}/") };
        Some((site, format!("{root}{module}/manifests/{rest}.pp").into()))
    }

    /// The class of the same module that a plain class name stands for to Puppet 3 alone:
    /// `include tls` in the module `web`, which has `web::tls`. Only where the tree lists
    /// what comes from elsewhere, and no `tls` is among it.
    fn sibling(&self, graph: &Graph<'_>, place: Site, entity: &Entity) -> Option<(SmolStr, Site)> {
        let layout = &graph.snapshot.layout;
        let path = graph.snapshot.file(place.file).entry.path.as_str();
        if entity.kind != kinds::PUPPET_CLASS
            || layout.names == Names::Relative
            || entity.name.contains(['*', ':'])
            || !lists_modules_of(graph, path)
            || graph.providers(kinds::PUPPET_EXTERNAL, &entity.name).next().is_some()
        {
            return None;
        }
        let name = SmolStr::from(format!("{}::{}", layout.module_of(path)?, entity.name));
        let site = graph.providers(kinds::PUPPET_CLASS, &name).next()?;
        // A class does not declare itself, and `::tls` was never relative.
        let is_own = site.file == place.file;
        (!is_own && !is_absolute(graph, place)).then_some((name, site))
    }
}

/// Whether the name at `place` is written with its leading `::`.
fn is_absolute(graph: &Graph<'_>, place: Site) -> bool {
    let text = graph.snapshot.contents(place.file);
    let written = text.get(place.span.start as usize..).unwrap_or_default();
    written.strip_prefix(b"'").or(written.strip_prefix(b"\"")).unwrap_or(written).starts_with(b"::")
}

/// Whether something lists the modules that the one at `path` uses: the tree's own list, or that
/// of a module beside others. A module by itself is used among those of an environment, which its
/// list mostly does not name, unless it is empty.
fn lists_modules_of(graph: &Graph<'_>, path: &str) -> bool {
    let own = graph.snapshot.layout.module_dir(path);
    graph.all(kinds::PUPPET_MODULE_LIST).iter().any(|(name, site)| {
        let provides = &graph.snapshot.file(site.file).facts.provides;
        let folder = site.provide.and_then(|ix| provides.get(ix as usize));
        let folder = folder.map_or("", |list| list.detail.folder());
        // Skeletons come with an empty list, which says nothing of a module beside others.
        let names_any = || provides.iter().any(|own| own.kind == kinds::PUPPET_EXTERNAL);
        name == "Puppetfile"
            || match (folder, own) {
                ("", Some("")) => !names_any(),
                ("", _) => true,
                (folder, own) => own == Some(folder) && names_any(),
            }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_class_is_looked_for_at_its_own_path_and_above() {
        for rest in ["init", "b", "b/c"] {
            assert!(is_place(("a", rest), "a::b::c"), "{rest}");
        }
        for rest in ["c", "b/d", "b/c/d", "bb"] {
            assert!(!is_place(("a", rest), "a::b::c"), "{rest}");
        }
        assert!(!is_place(("a", "init"), "ab::c"));
        assert!(is_place(("a", "init"), "a"));
    }
}
