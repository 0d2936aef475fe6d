//! One room for each system: its readers, how its names resolve, its own checks.
//!
//! A room is listed here, and named nowhere else: what runs over trees is handed the list.

mod ansible;
mod apache;
mod compose;
mod cron;
mod daemons;
mod docker;
mod env_files;
mod fail2ban;
mod github_actions;
mod gitlab_ci;
mod gitops;
mod go;
mod haproxy;
mod helm;
mod icinga2;
mod java;
mod jenkins;
mod jsonnet;
mod kubernetes;
mod kustomize;
mod mediawiki;
mod migrations;
mod nagios;
mod nginx;
mod node;
mod packaging;
mod perl;
mod php;
mod pre_commit;
mod prometheus;
mod puppet;
mod python;
mod ruby;
mod rust;
mod shell;
mod systemd;
mod terraform;
mod varnish;

use crate::check::{self, Check};
use crate::extract::{Extractor, Told};
use crate::graph::Graph;
use crate::tree::Tree;
use rustc_hash::FxHashSet;
use std::sync::LazyLock;

/// One system: a language, a tool, a format.
pub trait System: Sync {
    /// Its name: that of its folder.
    fn name(&self) -> &'static str;
    /// Adds what files of a tree tell of how this system's files are read.
    fn settings(&self, tree: &dyn Tree, told: &mut Told) {
        let _ = (tree, told);
    }
    /// What reads its files, in a fixed order.
    fn readers(&self) -> &'static [&'static dyn Extractor];
    /// Tells a new graph how its names resolve, where they are not simply equal to what is
    /// provided.
    fn names(&self, graph: &mut Graph<'_>) {
        let _ = graph;
    }
    /// Checks that only this system can have.
    fn checks(&self) -> &'static [Check] {
        &[]
    }
}

/// All systems. Their readers see a file in this order.
pub const SYSTEMS: &[&dyn System] = &[
    &puppet::Room,
    &php::Room,
    &mediawiki::Room,
    &haproxy::Room,
    &ansible::Room,
    &packaging::Room,
    &prometheus::Room,
    &helm::Room,
    &nagios::Room,
    &daemons::Room,
    &icinga2::Room,
    &varnish::Room,
    &nginx::Room,
    &apache::Room,
    &python::Room,
    &shell::Room,
    &ruby::Room,
    &perl::Room,
    &node::Room,
    &go::Room,
    &rust::Room,
    &systemd::Room,
    &cron::Room,
    &docker::Room,
    &kubernetes::Room,
    &kustomize::Room,
    &gitops::Room,
    &github_actions::Room,
    &gitlab_ci::Room,
    &jenkins::Room,
    &pre_commit::Room,
    &terraform::Room,
    &compose::Room,
    &java::Room,
    &env_files::Room,
    &fail2ban::Room,
    &migrations::Room,
    &jsonnet::Room,
];

/// The readers of all systems.
pub fn readers() -> &'static [&'static dyn Extractor] {
    static READERS: LazyLock<Vec<&'static dyn Extractor>> =
        LazyLock::new(|| SYSTEMS.iter().flat_map(|system| system.readers()).copied().collect());
    &READERS
}

/// Adds what files of a tree tell of how its files are read.
pub fn settings(tree: &dyn Tree, told: &mut Told) {
    SYSTEMS.iter().for_each(|system| system.settings(tree, told));
}

/// Tells a new graph how the names of all systems resolve.
pub fn names(graph: &mut Graph<'_>) {
    crate::check::add_views(graph);
    SYSTEMS.iter().for_each(|system| system.names(graph));
}

/// The checks of all systems.
pub fn checks() -> &'static [Check] {
    static CHECKS: LazyLock<Vec<Check>> =
        LazyLock::new(|| SYSTEMS.iter().flat_map(|system| system.checks()).copied().collect());
    &CHECKS
}

/// The checks of the systems that have one of these readers: the others find nothing in what these
/// read.
pub fn checks_of(readers: &FxHashSet<&'static str>) -> Vec<Check> {
    let has = |own: &&&dyn System| own.readers().iter().any(|own| readers.contains(own.system()));
    SYSTEMS.iter().filter(has).flat_map(|system| system.checks()).copied().collect()
}

/// What all systems bring to graphs and checks.
pub fn all() -> check::Systems {
    check::Systems { names, checks: checks() }
}
