//! Namespaces: how names of a kind map to things of a tree, and where the tree is
//! authoritative. One module per system that needs more than the provider table.

mod ansible;
mod autoload;
mod commands;
mod environment;
mod files;
mod haproxy;
mod helm;
mod hiera;
mod hosts;
mod nagios;
mod php;
mod puppet;
mod vcl;

pub use helm::{Chart, Charts};
pub use hiera::Data;

use super::{Graph, Resolution};
use crate::facts::NamePattern;
use smol_str::SmolStr;

/// Answers for one kind whose names do not simply equal provided names.
pub trait Resolver: Send + Sync {
    /// What becomes of a reference to `name`.
    fn resolve(&self, graph: &Graph<'_>, name: &NamePattern) -> Resolution;
    /// The existing name closest to `name`, if this resolver can tell.
    fn nearest(&self, graph: &Graph<'_>, name: &str) -> Option<SmolStr> {
        let _ = (graph, name);
        None
    }
}

/// Installs every system's namespaces into a new graph.
pub(super) fn install(graph: &mut Graph<'_>) {
    graph.unloadable = autoload::unloadable(graph);
    files::install(graph);
    puppet::install(graph);
    hiera::install(graph);
    php::install(graph);
    haproxy::install(graph);
    helm::install(graph);
    hosts::install(graph);
    nagios::install(graph);
    vcl::install(graph);
    ansible::install(graph);
}
