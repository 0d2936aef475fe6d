//! What files of a tree tell of its Puppet: where modules and data lie, and which Puppet it is
//! written for.

use super::hierarchy::{self, Hierarchy};
use super::surroundings;
use crate::extract::{Extractor, Layout, Names, Told};
use crate::facts::{Standing, base_name, parent_folder, path_in};
use crate::syntax::yaml;
use crate::tree::{Entry, EntryKind, Tree};
use rustc_hash::FxHashMap;
use smol_str::SmolStr;
use std::sync::Arc;

/// From so many manifests on that Puppet 4 refuses, a module for Puppet 4 beside them is no sign of
/// what runs them.
const OUTDATED: usize = 5;

pub(super) fn settings(tree: &dyn Tree, told: &mut Told) {
    let entries = tree.entries();
    // Scripts are read for what they tell Puppet alone.
    let has_manifests = entries.iter().any(|entry| entry.path.ends_with(".pp"));
    let mut shown = Shown::default();
    let mut reader = tree.reader();
    for (ix, entry) in entries.iter().enumerate().filter(|(_, own)| own.kind == EntryKind::File) {
        // One that cannot be read is reported with the rest of the tree.
        let mut read = || {
            let bytes = reader.read(ix).unwrap_or_default();
            String::from_utf8_lossy(&bytes).into_owned()
        };
        let path = entry.path.as_str();
        if let Some(folder) = initial_of(path) {
            shown.initial.extend(surroundings::class_of(&read()).map(|own| (folder.into(), own)));
        }
        if shown.roots_own.wants(path) {
            shown.roots_own.add(path, &read());
        }
        if Hierarchy.claims(path) {
            let text = read();
            let documents = yaml::parse(&text);
            told.hiera_datadirs.extend(hierarchy::datadirs(path, &documents));
            shown.modern |= Standing::of(path).is_live() && hierarchy::is_version_5(&documents);
        }
        match base_name(path) {
            "environment.conf" => shown.roots.extend(surroundings::module_path(path, &read())),
            "metadata.json" if Standing::of(path).is_live() => shown.metadata(path, &read()),
            "Gemfile.lock" if has_manifests && path == "Gemfile.lock" => {
                shown.locked_old = surroundings::locks_old(&read());
            }
            ".fixtures.yml" if Standing::of(path).is_live() => shown.fixtures(path, &read()),
            _ if has_manifests && surroundings::may_apply(path) => {
                let text = read();
                shown.modern |= surroundings::runs_modern(&text);
                shown.roots.extend(surroundings::applied_paths(path, &text));
            }
            _ if !shown.modern
                && (path.ends_with(".epp") || super::Puppet.claims(path))
                && Standing::of(path).is_live() =>
            {
                shown.manifest(path, entries, read);
            }
            _ => {}
        }
    }
    told.layout = Arc::new(shown.layout(entries));
}

/// What files of a tree show of its Puppet.
#[derive(Default)]
struct Shown {
    modern: bool,
    /// A module from elsewhere is written for Puppet 4 or later, which says less: it may be newer
    /// than what runs it.
    modern_modules: bool,
    /// The gems of the tree's root hold a Puppet before 4.
    locked_old: bool,
    /// Manifests of the tree's own that no Puppet since 4 takes.
    outdated: usize,
    roots: Vec<SmolStr>,
    modules: Vec<(SmolStr, SmolStr)>,
    /// Folders of modules and the names under which their tests link them.
    linked: FxHashMap<SmolStr, SmolStr>,
    /// Folders that may be modules and the classes that their first manifests define.
    initial: FxHashMap<SmolStr, SmolStr>,
    /// What the manifests of the root are called after, which it may be the module of.
    roots_own: surroundings::CalledAfter,
}

/// The folder of which `path` is the first manifest, where its name does not tell what module it
/// is: the tree's root, or one at the root that is called like a checkout.
fn initial_of(path: &str) -> Option<&str> {
    if path == "manifests/init.pp" {
        return Some("");
    }
    let folder = path.strip_suffix("/manifests/init.pp")?;
    (!folder.contains('/') && folder.contains('-')).then_some(folder)
}

/// Folders beside the `manifests/` of an environment, and what else only such a one has.
const OF_ENVIRONMENT: [&str; 8] = [
    "site/",
    "site-modules/",
    "modules/",
    "dist/",
    "hieradata/",
    "puppet.conf",
    "manifests/nodes",
    "manifests/default.pp",
];

impl Shown {
    fn fixtures(&mut self, path: &str, text: &str) {
        if let Some(name) = surroundings::linked_name(text) {
            self.linked.insert(parent_folder(path).into(), name);
        }
    }

    fn manifest(&mut self, path: &str, entries: &[Entry], read: impl FnOnce() -> String) {
        let is_there =
            |path: &str| entries.binary_search_by(|entry| entry.path.as_str().cmp(path)).is_ok();
        let module = Layout::default().module_dir(path);
        let is_taken_in = module.is_some_and(|dir| is_there(&path_in(dir, "metadata.json")));
        match is_taken_in {
            true if self.modern_modules => {}
            true => {
                self.modern_modules = path.ends_with(".epp") || surroundings::is_modern(&read());
            }
            false if path.ends_with(".epp") => self.modern = true,
            false => {
                let text = read();
                self.modern = surroundings::is_modern(&text);
                self.outdated += usize::from(surroundings::is_outdated(&text));
            }
        }
    }

    fn metadata(&mut self, path: &str, text: &str) {
        if let Some((name, modern)) = surroundings::metadata(text) {
            let folder = parent_folder(path);
            // A tree that is one module itself says what it runs on.
            match folder {
                "" => self.modern |= modern,
                _ => self.modern_modules |= modern,
            }
            self.modules.push((folder.into(), name));
        }
    }

    /// A folder is a module where it has manifests; one that has a `site.pp`, or lists modules
    /// and has some, is an environment.
    fn layout(self, entries: &[Entry]) -> Layout {
        let is_old = self.locked_old || self.outdated >= OUTDATED;
        // What a tree locks runs its manifests, whatever one of them says.
        let modern = self.modern && !self.locked_old || self.modern_modules && !is_old;
        let names = if modern { Names::Absolute } else { Names::Relative };
        let layout = Layout { names, roots: self.roots, modules: Vec::new() };
        let at = |folder: &str, name: &str| {
            let path = path_in(folder, name);
            let from = entries.partition_point(|entry| entry.path.as_str() < path.as_str());
            entries.get(from).is_some_and(|entry| entry.path.starts_with(&path))
        };
        let is_module = |(folder, _): &(SmolStr, SmolStr)| {
            layout.module_dir(&format!("{folder}/manifests/init.pp")).is_none()
                && at(folder, "manifests/")
                && !["manifests/site.pp", "environment.conf"].iter().any(|word| at(folder, word))
                // A module lists others for its tests; an environment has some beside the list.
                && !(at(folder, "Puppetfile")
                    && ["site/", "site-modules/", "modules/", "dist/"]
                        .iter()
                        .any(|word| at(folder, word)))
        };
        let mut all = self.modules;
        // A root without the metadata of the Forge is the module of its first class.
        if let Some(name) = self.initial.get("").or(self.roots_own.module())
            && !all.iter().any(|(folder, _)| folder.is_empty())
            && !OF_ENVIRONMENT.iter().any(|word| at("", word))
            && !entries.iter().any(|entry| is_module_at_root(&entry.path))
        {
            all.push((SmolStr::default(), name.clone()));
        }
        let mut modules: Vec<_> = all.into_iter().filter(is_module).collect();
        // The tests of a module link it under the name that its classes have; the Forge may know
        // it under another.
        for (folder, name) in &mut modules {
            if let Some(linked) = self.linked.get(folder) {
                name.clone_from(linked);
            }
        }
        modules.extend(at_root(entries, &layout, &modules, &self.initial));
        // A module is called like its folder; the name in its metadata is for the Forge. Only
        // a folder that stands alone may be a checkout under another name.
        let holder = |folder: &str| SmolStr::new(parent_folder(folder));
        let mut held: FxHashMap<SmolStr, usize> = FxHashMap::default();
        for (folder, _) in modules.iter().filter(|(folder, _)| !folder.is_empty()) {
            *held.entry(holder(folder)).or_default() += 1;
        }
        for (folder, name) in &mut modules {
            if !folder.is_empty() && held.get(&holder(folder)).is_some_and(|count| *count > 1) {
                *name = base_name(folder).into();
            }
        }
        Layout { modules, ..layout }
    }
}

/// Whether a path is the first manifest of a folder at the root.
fn is_module_at_root(path: &str) -> bool {
    path.strip_suffix("/manifests/init.pp").is_some_and(|folder| !folder.contains('/'))
}

/// Modules that lie side by side at the tree's root: folders that have a manifest for a class of
/// their own names. What is called with a hyphen may be a checkout of a module of another name,
/// unless its class is called so too, which Puppet 3 takes.
fn at_root(
    entries: &[Entry],
    layout: &Layout,
    known: &[(SmolStr, SmolStr)],
    initial: &FxHashMap<SmolStr, SmolStr>,
) -> Vec<(SmolStr, SmolStr)> {
    let around = around_all(entries);
    let names = entries.iter().filter_map(|own| {
        let folder = own.path.strip_suffix("/manifests/init.pp")?;
        let is_name = folder
            .strip_prefix(around)
            .unwrap_or(folder)
            .bytes()
            .all(|own| own.is_ascii_lowercase() || own.is_ascii_digit() || own == b'_');
        let is_name = is_name || initial.get(folder).is_some_and(|class| class == folder);
        (is_name && layout.module_dir(&own.path).is_none()).then(|| SmolStr::new(folder))
    });
    let found: Vec<SmolStr> = names.collect();
    if found.len() + known.len() < 2 || known.iter().any(|(folder, _)| folder.is_empty()) {
        return Vec::new();
    }
    let is_new = |own: &SmolStr| !known.iter().any(|(folder, _)| folder == own);
    let named = |own: SmolStr| (own.clone(), SmolStr::new(base_name(&own)));
    found.into_iter().filter(is_new).map(named).collect()
}

/// The folder at the root in which all manifests lie, with its slash: a tree that moved into one is
/// the tree that it was.
fn around_all(entries: &[Entry]) -> &str {
    let mut manifests = entries.iter().filter(|own| own.path.ends_with(".pp"));
    let first = manifests.next().and_then(|own| own.path.find('/').map(|at| &own.path[..=at]));
    first.filter(|first| manifests.all(|own| own.path.starts_with(first))).unwrap_or_default()
}
