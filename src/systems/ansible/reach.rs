//! Which files of roles anything runs.
//!
//! A role's `main` files run where a play, a task or another role brings the role, its other
//! task files where something includes them. What nothing includes stops no play.

use super::names::upwards;
use crate::facts::{Kind, NamePattern, Ref, Sought, base_name, kinds, parent_folder};
use crate::graph::{Autoload, Graph, PathKind, Resolution};
use crate::loader::FileIx;
use rustc_hash::{FxHashMap, FxHashSet};
use smol_str::SmolStr;
use std::sync::OnceLock;

/// Folders of a role whose files run, or say what runs before them.
const PARTS: [&str; 3] = ["tasks", "handlers", "meta"];

pub(super) fn install(graph: &mut Graph<'_>) {
    graph.add_autoloader(Box::new(Reach::default()));
}

/// What follows plays, includes and roles; found when it is first asked for.
#[derive(Default)]
struct Reach {
    unreached: OnceLock<FxHashSet<FileIx>>,
    unrendered: OnceLock<FxHashSet<FileIx>>,
}

impl Autoload for Reach {
    fn lists(&self, graph: &Graph<'_>, kind: Kind) -> Option<bool> {
        (kind == kinds::ANSIBLE_ROLE).then(|| !graph.all(kinds::ANSIBLE_LISTED_ROLE).is_empty())
    }

    fn is_loose(&self, graph: &Graph<'_>, file: FileIx) -> bool {
        self.unreached.get_or_init(|| unreached(graph)).contains(&file)
            || self.unrendered.get_or_init(|| unrendered(graph)).contains(&file)
    }
}

/// A role, by the files of it that run.
#[derive(Default)]
struct Unit {
    main: Vec<FileIx>,
    others: Vec<FileIx>,
}

/// A tree's roles, and what has been reached of them.
struct Walk<'g, 's> {
    graph: &'g Graph<'s>,
    units: FxHashMap<SmolStr, Unit>,
    /// The role that a file is a part of.
    unit_of: FxHashMap<FileIx, SmolStr>,
    reached: FxHashSet<FileIx>,
    next: Vec<FileIx>,
    /// Patterns that were followed already, with the role that they were followed in.
    followed: FxHashSet<(Option<SmolStr>, String)>,
}

/// Files of roles that nothing runs.
fn unreached(graph: &Graph<'_>) -> FxHashSet<FileIx> {
    let mut walk = Walk::new(graph);
    if walk.units.is_empty() {
        return FxHashSet::default();
    }
    walk.go();
    walk.add_roles_for_others();
    walk.go();
    let all = walk.unit_of.keys().copied();
    all.filter(|file| !walk.reached.contains(file)).collect()
}

/// Templates of roles that something is wrong with, and that nothing names.
fn unrendered(graph: &Graph<'_>) -> FxHashSet<FileIx> {
    let files = graph.snapshot.files.iter().enumerate();
    let wrong = files.filter_map(|(ix, file)| {
        let path = file.entry.path.as_str();
        let (_, inner) =
            path.split_once("/templates/").filter(|(own, _)| own.contains("roles/"))?;
        (!file.facts.problems.is_empty()).then_some((ix as FileIx, path, inner))
    });
    let mut wrong: Vec<_> = wrong.collect();
    if wrong.is_empty() {
        return FxHashSet::default();
    }
    let requires = graph.snapshot.files.iter().flat_map(|file| &file.facts.requires);
    let names: Vec<&NamePattern> =
        requires.flat_map(|own| &own.any_of).map(|target| &target.name).collect();
    let exact = names.iter().filter_map(|name| name.as_exact());
    let bases: FxHashSet<&str> = exact.map(|name| base_name(name)).collect();
    let built: FxHashSet<&NamePattern> =
        names.iter().copied().filter(|name| name.as_exact().is_none()).collect();
    wrong.retain(|(_, path, inner)| {
        let is_built = |name: &&NamePattern| name.matches(path) || name.matches(inner);
        !bases.contains(base_name(path)) && !built.iter().any(is_built)
    });
    wrong.into_iter().map(|(file, ..)| file).collect()
}

/// The role's folder, its part and the rest of the path.
fn place(path: &str) -> Option<(&str, &str, &str)> {
    if !path.ends_with(".yml") && !path.ends_with(".yaml") {
        return None;
    }
    let (at, part) = PARTS.iter().find_map(|part| {
        let inner = format!("/{part}/");
        Some((path.find(&inner)?, *part))
    })?;
    Some((&path[..at], part, &path[at + part.len() + 2..]))
}

impl<'g, 's> Walk<'g, 's> {
    fn new(graph: &'g Graph<'s>) -> Self {
        let mut units: FxHashMap<SmolStr, Unit> = FxHashMap::default();
        let mut unit_of = FxHashMap::default();
        let is_role = |folder: &str| {
            let ends = ["yml", "yaml"];
            ends.iter().any(|end| {
                let path = format!("{folder}/tasks/main.{end}");
                matches!(graph.paths.look_up(&path), PathKind::File(_))
            })
        };
        for (ix, file) in graph.snapshot.files.iter().enumerate() {
            let Some((folder, _, rest)) = place(&file.entry.path) else { continue };
            if !units.contains_key(folder) && !is_role(folder) {
                continue;
            }
            let unit = units.entry(folder.into()).or_default();
            let is_main = rest == "main.yml" || rest == "main.yaml";
            if is_main { &mut unit.main } else { &mut unit.others }.push(ix as FileIx);
            unit_of.insert(ix as FileIx, SmolStr::new(folder));
        }
        let all = (0..graph.snapshot.files.len() as FileIx).filter(|ix| !unit_of.contains_key(ix));
        let next: Vec<FileIx> = all.collect();
        let reached = next.iter().copied().collect();
        Self { graph, units, unit_of, reached, next, followed: FxHashSet::default() }
    }

    fn go(&mut self) {
        while let Some(file) = self.next.pop() {
            let unit = self.unit_of.get(&file).cloned();
            // What it includes beyond where it breaks off is not known.
            if self.graph.is_partly_read(file) {
                self.reach_unit(unit.as_deref());
            }
            let requires = &self.graph.snapshot.file(file).facts.requires;
            for target in requires.iter().flat_map(|own| &own.any_of) {
                self.follow(target, unit.as_ref());
            }
        }
    }

    fn reach(&mut self, file: FileIx) {
        if self.reached.insert(file) {
            self.next.push(file);
        }
    }

    /// All of a role; of all roles their main files, where no role is known.
    fn reach_unit(&mut self, unit: Option<&str>) {
        let files: Vec<FileIx> = match unit {
            Some(unit) => self.units.get(unit).map(|own| own.others.clone()).unwrap_or_default(),
            None => self.units.values().flat_map(|own| own.main.iter().copied()).collect(),
        };
        files.into_iter().for_each(|file| self.reach(file));
    }

    fn follow(&mut self, target: &Ref, unit: Option<&SmolStr>) {
        let kind = target.kind;
        let is_path =
            [kinds::FILE, kinds::ANSIBLE_FAR_FILE, kinds::ANSIBLE_PLAY_FILE, kinds::ANSIBLE_ROOTED]
                .contains(&kind);
        let is_role = [kinds::ANSIBLE_ROLE, kinds::ANSIBLE_ROLE_USE].contains(&kind);
        if !is_path && !is_role && kind != kinds::ANSIBLE_ROLE_PART {
            return;
        }
        if target.name.as_exact().is_none() {
            return self.follow_pattern(target, unit, is_role);
        }
        if let Resolution::Found(sites) = self.graph.resolve_ref(target) {
            sites.iter().for_each(|site| self.reach(site.file));
        }
    }

    /// Whatever a name may be that is put together at run time.
    fn follow_pattern(&mut self, target: &Ref, unit: Option<&SmolStr>, is_role: bool) {
        let pattern = &target.name;
        let inside = match target.scope.as_deref().map(|own| &own.sought) {
            Some(Sought::Inside(role)) => Some(SmolStr::new(role)),
            _ => unit.cloned(),
        };
        if !self.followed.insert((inside.clone(), format!("{is_role} {pattern}"))) {
            return;
        }
        let found: Vec<FileIx> = if is_role {
            let named = self.units.iter().filter(|(folder, _)| is_named(pattern, folder));
            named.flat_map(|(_, own)| own.main.iter().copied()).collect()
        } else {
            // A path that begins with what is put together is one of the same role.
            let own = inside.filter(|_| pattern.prefix().is_empty() || unit.is_none());
            let is_own = |folder: &SmolStr| {
                own.as_ref().is_none_or(|own| folder == own || folder.ends_with(&format!("/{own}")))
            };
            let is_part = target.kind == kinds::ANSIBLE_ROLE_PART;
            let files = self.unit_of.iter().filter(|(_, folder)| is_own(folder));
            let matches = |file: FileIx| {
                is_part || pattern.matches(&self.graph.snapshot.file(file).entry.path)
            };
            files.map(|(file, _)| *file).filter(|file| matches(*file)).collect()
        };
        found.into_iter().for_each(|file| self.reach(file));
    }

    /// Roles that other trees may use: all, unless plays here use most of those beside them.
    fn add_roles_for_others(&mut self) {
        let mut used: FxHashMap<SmolStr, (usize, usize)> = FxHashMap::default();
        for (folder, unit) in &self.units {
            let count = used.entry(holder(folder).into()).or_default();
            count.0 += 1;
            count.1 += usize::from(unit.main.iter().any(|file| self.reached.contains(file)));
        }
        let collections: Vec<&str> = self
            .graph
            .all(kinds::ANSIBLE_COLLECTION)
            .iter()
            .map(|(_, site)| parent_folder(&self.graph.snapshot.file(site.file).entry.path))
            .collect();
        let is_shared = |folder: &str| {
            let (all, own) = used.get(holder(folder)).copied().unwrap_or_default();
            own * 2 < all || upwards(folder).any(|own| collections.contains(&own))
        };
        let shared: Vec<FileIx> = self
            .units
            .iter()
            .filter(|(folder, _)| is_shared(folder))
            .flat_map(|(_, unit)| unit.main.iter().copied())
            .collect();
        shared.into_iter().for_each(|file| self.reach(file));
    }
}

/// The folder that a role is one of: `roles` of `roles/create/node`.
fn holder(folder: &str) -> &str {
    upwards(parent_folder(folder))
        .find(|own| *own == "roles" || own.ends_with("/roles"))
        .unwrap_or_else(|| parent_folder(folder))
}

/// Whether a role in `folder` may be called so: by the last part of its path, or by what
/// follows the folder of roles.
fn is_named(pattern: &NamePattern, folder: &str) -> bool {
    let inner = folder.strip_prefix(holder(folder)).unwrap_or(folder).trim_start_matches('/');
    let base = folder.rsplit('/').next().unwrap_or(folder);
    pattern.matches(inner) || pattern.matches(base) || pattern.matches(folder)
}
