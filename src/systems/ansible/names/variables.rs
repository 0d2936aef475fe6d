//! Which definitions a file's variables have.
//!
//! A variable may be set in more ways than a tree shows: on the command line, by whoever uses a
//! role, in an inventory elsewhere. So one that nothing sets is not missing; one that a role, or
//! the inventory, has set and sets no more is.
//!
//! (Source: Ansible's documentation, "Using Variables", "Special Variables".)

use super::slips::Slips;
use super::{PARTS, Resolver, unit};
use crate::facts::{
    Entity, NamePattern, Ref, Standing, base_name, is_secret_name, kinds, nearest_of, split_path,
};
use crate::graph::{Autoload, Graph, Resolution, Site};
use crate::loader::FileIx;
use rayon::prelude::*;
use rustc_hash::FxHashSet;
use smallvec::SmallVec;
use smol_str::SmolStr;
use std::sync::OnceLock;

/// Names that Ansible gives a value, beside those that begin with `ansible_`.
const SPECIAL: [&str; 20] = [
    "ansible",
    "environment",
    "group_names",
    "groups",
    "hostvars",
    "inventory_dir",
    "inventory_file",
    "inventory_hostname",
    "inventory_hostname_short",
    "module_setup",
    "omit",
    "play_hosts",
    "playbook_dir",
    "role_name",
    "role_names",
    "role_path",
    "vars",
    "gather_subset",
    "discovered_interpreter_python",
    "inventory_manager",
];

/// Files of more bytes are not looked through.
const MAX_SEARCHED: u64 = 256 * 1024;

pub(super) fn install(graph: &mut Graph<'_>) {
    graph.set_resolver(kinds::ANSIBLE_VARIABLE, Box::new(Variables::default()));
    graph.add_autoloader(Box::new(Mentioned::default()));
}

#[derive(Default)]
struct Variables {
    slips: OnceLock<Slips>,
}

impl Resolver for Variables {
    fn resolve(&self, graph: &Graph<'_>, target: &Ref) -> Resolution {
        let name = &target.name;
        let sites = graph.matching(kinds::ANSIBLE_VARIABLE, name);
        let open = || Resolution::Open(Entity::new(kinds::ANSIBLE_VARIABLE, name.to_string()));
        let Some((path, exact)) = target.placed() else {
            return if sites.is_empty() { open() } else { Resolution::Found(sites) };
        };
        let unit = unit(path);
        let mut found = SmallVec::new();
        let mut is_elsewhere = false;
        for site in sites {
            let file = graph.snapshot.file(site.file);
            let other = &file.entry.path;
            let is_near = other == path || is_near(unit, other);
            let provide = site.provide.and_then(|ix| file.facts.provides.get(ix as usize));
            match provide.map(|provide| &provide.name) {
                Some(NamePattern::Exact(_)) if is_near => found.push(site),
                // What is encrypted may be any name.
                Some(own) if *own == NamePattern::any() => {
                    is_elsewhere |= is_near && is_kept_secret(exact);
                }
                _ => is_elsewhere = true,
            }
        }
        if !found.is_empty() {
            return Resolution::Found(found);
        }
        if is_elsewhere || is_special(exact) || is_supplied(graph, unit, exact) {
            return Resolution::Elsewhere;
        }
        let slips = self.slips.get_or_init(|| Slips::new(graph));
        match unit.and_then(|unit| slips.meant(unit, exact)) {
            Some(_) => Resolution::Missing(Entity::new(kinds::ANSIBLE_VARIABLE, exact)),
            None => open(),
        }
    }

    fn nearest(&self, graph: &Graph<'_>, name: &str) -> Option<SmolStr> {
        let names = graph.all(kinds::ANSIBLE_VARIABLE).iter().map(|(own, _)| own.as_str());
        nearest_of(name, names)
    }
}

/// Whether the file at `path` is part of the unit, or of an inventory.
fn is_near(own: Option<&str>, path: &str) -> bool {
    is_of_inventory(path) || own.is_some() && unit(path) == own
}

/// Whether a file belongs to an inventory, whose variables all roles may read.
fn is_of_inventory(path: &str) -> bool {
    split_path(path)
        .0
        .split('/')
        .any(|part| matches!(part, "group_vars" | "host_vars" | "inventory" | "inventories"))
}

fn is_special(name: &str) -> bool {
    ["ansible_", "facter_", "ohai_"].iter().any(|own| name.starts_with(own))
        || SPECIAL.contains(&name)
}

/// Whether somebody else sets the variable for the file at `path`, or what it is part of does
/// without it.
pub(in super::super) fn is_supplied_at(graph: &Graph<'_>, path: &str, name: &str) -> bool {
    is_supplied(graph, unit(path), name)
}

/// Whether somebody else sets the variable, or the unit does without it.
fn is_supplied(graph: &Graph<'_>, own: Option<&str>, name: &str) -> bool {
    let exact = NamePattern::exact(name);
    let counts = |site: &Site| {
        let file = graph.snapshot.file(site.file);
        let path = &file.entry.path;
        let provide = site.provide.and_then(|ix| file.facts.provides.get(ix as usize));
        // A play that takes in whatever it is given.
        let is_any = provide.is_some_and(|provide| provide.name == NamePattern::any());
        is_near(own, path) || is_any && unit(path).is_none()
    };
    let aside = graph.all_aside(kinds::ANSIBLE_VARIABLE);
    let from = aside.partition_point(|(own, _)| own.as_str() < name);
    graph.matching(kinds::ANSIBLE_SUPPLIED, &exact).iter().any(counts)
        || aside.get(from).is_some_and(|(own, _)| own == name)
}

/// Whether a variable may be among those that are encrypted.
fn is_kept_secret(name: &str) -> bool {
    is_secret_name(name)
        || ["vault", "user", "login", "cred", "auth"].iter().any(|word| name.contains(word))
}

/// Variables that nothing sets as far as facts say, and that text of other sorts names.
#[derive(Default)]
struct Mentioned(OnceLock<FxHashSet<SmolStr>>);

impl Autoload for Mentioned {
    fn is_loose(&self, _graph: &Graph<'_>, _file: FileIx) -> bool {
        false
    }

    /// Of a host, or of a group other than that of all hosts.
    fn is_for_some(&self, graph: &Graph<'_>, site: &Site) -> bool {
        let path = &graph.snapshot.file(site.file).entry.path;
        let is_all = |inner: &str| {
            inner
                .strip_prefix("all")
                .is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '/']))
        };
        let of_all = path.rsplit_once("group_vars/").is_some_and(|(_, inner)| is_all(inner));
        is_of_inventory(path) && !of_all
    }

    fn may_be_set(&self, graph: &Graph<'_>, entity: &Entity) -> bool {
        entity.kind == kinds::ANSIBLE_VARIABLE
            && self.0.get_or_init(|| mentioned(graph)).contains(&entity.name)
    }
}

fn mentioned(graph: &Graph<'_>) -> FxHashSet<SmolStr> {
    let requires = graph.snapshot.files.iter().flat_map(|file| &file.facts.requires);
    let targets = requires.filter_map(|require| require.any_of.first());
    let names = targets.filter(|target| target.kind == kinds::ANSIBLE_VARIABLE);
    let wanted: FxHashSet<&SmolStr> = names.filter_map(|target| target.name.as_exact()).collect();
    let is_looked_through = |ix: &usize| {
        let file = &graph.snapshot.files[*ix];
        let is_large = file.entry.size.is_some_and(|size| size > MAX_SEARCHED);
        let holds_plays = || file.facts.provides.iter().any(|own| own.kind == kinds::ANSIBLE_PLAYS);
        let is_told = is_read(&file.entry.path) || file.standing.is_live() && holds_plays();
        !is_large && !is_told
    };
    let files = 0..graph.snapshot.files.len();
    let found = files.into_par_iter().filter(is_looked_through).flat_map_iter(|ix| {
        let contents = graph.snapshot.contents(ix as FileIx);
        words(&contents)
            .filter_map(|word| std::str::from_utf8(word).ok())
            .filter_map(|word| wanted.get(&SmolStr::new(word)).map(|name| (*name).clone()))
            .collect::<FxHashSet<SmolStr>>()
    });
    found.collect()
}

/// Whether facts say what a file sets, or it only reads: tasks, templates, files of variables.
/// What tests set is for who uses what they test to set.
fn is_read(path: &str) -> bool {
    let (folders, base) = split_path(path);
    let base = base.to_ascii_lowercase();
    let is_history = ["changelog", "changes", "history", "news", "release"]
        .iter()
        .any(|word| base.starts_with(word))
        || folders.split('/').any(|part| matches!(part, "changelogs" | "releasenotes"));
    let is_part = folders.split('/').any(|part| {
        matches!(part, "group_vars" | "host_vars") || PARTS.contains(&part) && part != "library"
    });
    is_history || is_part && Standing::of(path).is_live() || base_name(path).ends_with(".lock")
}

fn words(text: &[u8]) -> impl Iterator<Item = &[u8]> {
    text.split(|byte| !byte.is_ascii_alphanumeric() && *byte != b'_').filter(|word| word.len() > 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_of_one_role() {
        let own = Some("roles/web");
        for path in ["tasks/main.yml", "templates/tasks/a.j2", "defaults/main.yml"] {
            assert_eq!(unit(&format!("roles/web/{path}")), own, "{path}");
        }
        assert_eq!(unit("a/roles/x/web/vars/main.yml"), Some("a/roles/x/web"));
        assert_eq!(unit("defaults/main.yml"), Some(""));
        assert_eq!(unit("playbooks/templates/x.j2"), Some("playbooks"));
        assert_eq!(unit("site.yml"), None);
        assert_eq!(unit("croles/tasks/x.yml"), Some("croles"));
    }
}
