//! What the references of charts and helmfiles name.

use crate::facts::{NamePattern, Ref, Require, Scope, Sought, kinds};
use crate::graph::Graph;
use smol_str::SmolStr;

/// The file that an include stands in, and the definition, if any.
pub(super) fn include(target: &Ref) -> Option<(&SmolStr, &SmolStr)> {
    match target.scope.as_deref()? {
        Scope { from, sought: Sought::Inside(definition) } => Some((from, definition)),
        _ => None,
    }
}

/// The chart that a helmfile names.
pub(super) fn chart_reference(require: &Require) -> Option<&NamePattern> {
    let target = require.any_of.first().filter(|target| target.kind == kinds::HELMFILE_CHART)?;
    Some(&target.name)
}

/// The path of a file that a helmfile names.
pub(super) fn path_of(target: &Ref) -> Option<&NamePattern> {
    matches!(target.kind, kinds::HELMFILE_FILE | kinds::HELMFILE_OPTIONAL).then_some(&target.name)
}

/// Whether a folder is a chart's.
pub(super) fn is_chart(graph: &Graph<'_>, folder: &str) -> bool {
    graph.providers(kinds::HELM_CHART, folder).next().is_some()
}
