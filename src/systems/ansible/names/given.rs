//! Variables that something other than a file of the tree sets, as far as names say.

use super::unit;
use crate::facts::{Detail, NamePattern, is_secret_name, kinds, split_path};
use crate::graph::{Graph, Site};

/// Names that Ansible gives a value, beside those that begin with `ansible_`.
pub(super) const SPECIAL: [&str; 24] = [
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
    // What `package_facts`, `service_facts` and `mount_facts` fill.
    "packages",
    "services",
    "mount_points",
    "systemd",
];

/// Whether the file at `path` is part of the unit, or of an inventory.
pub(super) fn is_near(own: Option<&str>, path: &str) -> bool {
    is_of_inventory(path) || own.is_some() && unit(path) == own
}

/// Whether a file belongs to an inventory, whose variables all roles may read.
pub(super) fn is_of_inventory(path: &str) -> bool {
    split_path(path)
        .0
        .split('/')
        .any(|part| matches!(part, "group_vars" | "host_vars" | "inventory" | "inventories"))
}

pub(in super::super) fn is_special(name: &str) -> bool {
    ["ansible_", "facter_", "ohai_", "awx_", "tower_", "molecule_", "getent_"]
        .iter()
        .any(|own| name.starts_with(own))
        || SPECIAL.contains(&name)
}

/// Whether somebody else sets the variable for the file at `path`, or what it is part of does
/// without it.
pub(in super::super) fn is_supplied_at(graph: &Graph<'_>, path: &str, name: &str) -> bool {
    is_supplied(graph, unit(path), name)
}

/// Whether somebody else sets the variable, or the unit does without it.
pub(super) fn is_supplied(graph: &Graph<'_>, own: Option<&str>, name: &str) -> bool {
    is_supplied_near(graph, own, name) || graph.is_aside(kinds::ANSIBLE_VARIABLE, name)
}

/// Whether the unit, or whoever uses it, sets the variable or does without it.
pub(super) fn is_supplied_near(graph: &Graph<'_>, own: Option<&str>, name: &str) -> bool {
    supplies(graph, own, name).next().is_some()
}

/// Whether nothing but comments of files of variables says that somebody else sets it.
pub(super) fn is_only_commented(graph: &Graph<'_>, own: Option<&str>, name: &str) -> bool {
    let is_comment = |site: Site| {
        let file = graph.snapshot.file(site.file);
        let provide = site.provide.and_then(|ix| file.facts.provides.get(ix as usize));
        // A role's `vars/` shows what some systems may set.
        let is_shown = file.entry.path.contains("/vars/");
        provide.is_some_and(|own| own.detail == Detail::Mention && !is_shown)
    };
    !graph.is_aside(kinds::ANSIBLE_VARIABLE, name) && supplies(graph, own, name).all(is_comment)
}

/// Where it is said that the unit, or whoever uses it, sets the variable or does without it.
fn supplies<'g>(
    graph: &'g Graph<'_>,
    own: Option<&'g str>,
    name: &str,
) -> impl Iterator<Item = Site> + 'g {
    let exact = NamePattern::exact(name);
    let counts = move |site: &Site| {
        let file = graph.snapshot.file(site.file);
        let path = &file.entry.path;
        let provide = site.provide.and_then(|ix| file.facts.provides.get(ix as usize));
        // A play that takes in whatever it is given.
        let is_any = provide.is_some_and(|provide| provide.name == NamePattern::any());
        is_near(own, path) || is_any && unit(path).is_none()
    };
    graph.matching(kinds::ANSIBLE_SUPPLIED, &exact).into_iter().filter(counts)
}

/// Whether a variable may be among those that are encrypted.
pub(in super::super) fn is_kept_secret(name: &str) -> bool {
    is_secret_name(name)
        || ["vault", "user", "login", "cred", "auth"].iter().any(|word| name.contains(word))
}
