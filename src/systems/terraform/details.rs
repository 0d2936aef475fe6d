//! What declarations say beside their names.

use crate::facts::Detail;
use crate::graph::{Graph, Site};

/// The detail of what a site provides.
pub(super) fn detail<'g>(graph: &'g Graph<'_>, site: Site) -> Option<&'g Detail> {
    Some(&graph.snapshot.file(site.file).facts.provides.get(site.provide? as usize)?.detail)
}
