//! Which text is live at which version.
//!
//! A file that is loaded on demand (a class, a role, a library) is dead until something live
//! refers to it: a module that comes or goes as a whole harms nobody by itself. Its text
//! counts from the landing of the text that brings it in, to the landing of the one that lets
//! it go. Text that is there at both versions is taken to be live at both.

use super::callers::Callers;
use super::units::Units;
use crate::facts::{Property, parent_folder};
use crate::graph::{Graph, PathKind};
use crate::loader::Role;
use rustc_hash::{FxHashMap, FxHashSet};
use smol_str::SmolStr;

/// What makes a text live.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Live {
    /// It is, wherever it stands.
    Itself,
    /// Texts at these paths bring it in; where one of them is untouched, it always is.
    Through(Vec<SmolStr>),
}

/// Who refers to files that only one of the two trees has.
#[derive(Debug, Default)]
pub(super) struct Referrers {
    /// By file, and by role: who refers to it from elsewhere.
    by_path: FxHashMap<(Role, SmolStr), FxHashSet<SmolStr>>,
}

impl Referrers {
    /// The text at `from` refers to the file at `to`, in the tree of `role`.
    pub fn add(&mut self, role: Role, from: &str, to: &str) {
        if from != to {
            self.by_path.entry((role, to.into())).or_default().insert(from.into());
        }
        let whole = home(to);
        if whole != to && home(from) != whole {
            self.by_path.entry((role, whole.into())).or_default().insert(from.into());
        }
    }

    /// Whether the text at `from` has the file at `to` loaded.
    pub fn has(&self, role: Role, from: &str, to: &str) -> bool {
        self.by_path.get(&(role, to.into())).is_some_and(|own| own.contains(from))
    }

    /// Who refers to the file at `to`, in the tree of `role`.
    pub fn of(&self, role: Role, to: &str) -> Vec<&SmolStr> {
        let mut all: Vec<&SmolStr> =
            self.by_path.get(&(role, to.into())).into_iter().flatten().collect();
        all.sort_unstable();
        all
    }

    /// What makes the text of `path` live in the tree of `role`, `graph`; `other` is the
    /// other tree.
    pub fn live(
        &self,
        role: Role,
        path: &str,
        (graph, other): (&Graph<'_>, &Graph<'_>),
        units: &Units,
        callers: Callers,
    ) -> Live {
        // A role that both trees have is not brought in by this change.
        let brought = |path: &'_ str| -> SmolStr {
            let whole = home(path);
            let is_new = whole != path && other.paths.look_up(whole) == PathKind::Absent;
            if is_new { whole.into() } else { path.into() }
        };
        let is_loaded = |path: &str| {
            if units.of(path).is_empty() {
                return false;
            }
            if brought(path) != path {
                return true;
            }
            // What is only copied says nothing before something copies it, nor does what is part
            // of a thing that something else uses.
            let is_carried = || {
                let mut from = self.by_path.get(&(role, path.into())).into_iter().flatten();
                let folder = parent_folder(path);
                match is_payload(path) {
                    true => from.next().is_some(),
                    false if !has(graph, path, Property::PART) => false,
                    false => from.any(|from| parent_folder(from) != folder),
                }
            };
            let is_one = home(path) == path && is_on_demand(graph, path);
            other.snapshot.find(path).is_none() && (is_one || is_carried())
        };
        if !is_loaded(path) {
            return Live::Itself;
        }
        let mut seen = FxHashSet::default();
        let mut through = FxHashSet::default();
        let mut open = vec![brought(path)];
        while let Some(next) = open.pop() {
            if !seen.insert(next.clone()) {
                continue;
            }
            for from in self.by_path.get(&(role, next)).into_iter().flatten() {
                if !callers.include(from) {
                    continue;
                }
                if is_loaded(from) {
                    open.push(brought(from));
                } else {
                    through.insert(from.clone());
                }
            }
        }
        let mut through: Vec<SmolStr> = through.into_iter().collect();
        through.sort_unstable();
        Live::Through(through)
    }
}

/// What is brought in as a whole: a role's folder, else the file.
fn home(path: &str) -> &str {
    let Some(at) = path.find("roles/").filter(|at| *at == 0 || path[..*at].ends_with('/')) else {
        return path;
    };
    let mut end = at + "roles/".len();
    // A role may lie in a folder of roles.
    for depth in 0..=MAX_DEPTH {
        let part = path[end..].split('/').next().unwrap_or_default();
        match part {
            "tasks" | "handlers" | "defaults" | "vars" | "meta" | "templates" | "files"
                if depth > 0 =>
            {
                return &path[..end - 1];
            }
            _ if end + part.len() == path.len() => break,
            _ => end += part.len() + 1,
        }
    }
    path
}

/// How many folders a role's path below `roles/` has at most.
const MAX_DEPTH: usize = 3;

/// Whether a file lies where roles and modules keep what they bring to hosts.
fn is_payload(path: &str) -> bool {
    path.rsplit_once('/').is_some_and(|(folder, _)| {
        folder.split('/').any(|part| matches!(part, "files" | "templates"))
    })
}

/// Whether a file holds tasks that run where another file includes them.
pub(super) fn is_task_file(path: &str) -> bool {
    let Some((folder, name)) = path.rsplit_once('/') else { return false };
    let is_tasks = folder.split('/').any(|own| own == "tasks");
    is_tasks && !name.starts_with("main.") && (name.ends_with(".yml") || name.ends_with(".yaml"))
}

fn is_on_demand(graph: &Graph<'_>, path: &str) -> bool {
    has(graph, path, Property::ON_DEMAND) && !has(graph, path, Property::HOSTS)
}

/// Whether the file at `path` provides anything of a kind with that property.
fn has(graph: &Graph<'_>, path: &str, property: Property) -> bool {
    let Some(file) = graph.snapshot.find(path) else { return false };
    let provides = &graph.snapshot.file(file).facts.provides;
    provides.iter().any(|provide| provide.kind.has(property))
}

#[cfg(test)]
mod tests {
    use super::home;

    #[test]
    fn what_roles_bring_lies_in_their_folders() {
        assert!(super::is_payload("roles/web/files/web.service"));
        assert!(super::is_payload("templates/a/b.j2"));
        assert!(!super::is_payload("site/files.yml"));
    }

    #[test]
    fn a_role_is_brought_in_as_a_whole() {
        assert_eq!(home("roles/web/tasks/main.yml"), "roles/web");
        assert_eq!(home("a/roles/web/templates/x/y.j2"), "a/roles/web");
        assert_eq!(home("roles/custom/web/tasks/main.yml"), "roles/custom/web");
        assert_eq!(home("roles/files/tasks/main.yml"), "roles/files");
        assert_eq!(home("modules/role/manifests/web.pp"), "modules/role/manifests/web.pp");
        assert_eq!(home("hieradata/roles/web/common.yaml"), "hieradata/roles/web/common.yaml");
        assert_eq!(home("croles/web/tasks/x"), "croles/web/tasks/x");
    }
}
