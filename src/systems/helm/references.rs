//! References with the file that they stand in: `PATH\x1fNAME`.

use crate::facts::{NamePattern, Piece, Ref, Require, Span, kinds};
use crate::graph::{Graph, Site};
use crate::session::FileIx;
use smol_str::SmolStr;

pub(super) fn join(folder: &str, inner: &str) -> String {
    if folder.is_empty() { inner.to_owned() } else { format!("{folder}/{inner}") }
}

/// Splits `SCOPE\x1fNAME`.
pub(super) fn scoped(name: &NamePattern) -> Option<(SmolStr, NamePattern)> {
    let mut pieces = name.pieces();
    let Some(Piece::Text(first)) = pieces.first_mut() else { return None };
    let (scope, rest) = first.split_once('\u{1f}')?;
    let scope = SmolStr::new(scope);
    *first = SmolStr::new(rest);
    Some((scope, NamePattern::from_pieces(pieces)))
}

/// Splits `PATH\x1fDEFINITION\x1fNAME`.
pub(super) fn include(name: &NamePattern) -> Option<(SmolStr, SmolStr, NamePattern)> {
    let (path, rest) = scoped(name)?;
    let (within, name) = scoped(&rest)?;
    Some((path, within, name))
}

pub(super) fn whole(file: FileIx) -> Site {
    Site { file, span: Span::default(), provide: None }
}

pub(super) fn chart_reference(require: &Require) -> Option<(SmolStr, NamePattern)> {
    let target = require.any_of.first().filter(|target| target.kind == kinds::HELMFILE_CHART)?;
    scoped(&target.name)
}

/// The path of a file that a helmfile names.
pub(super) fn path_of(target: &Ref) -> Option<NamePattern> {
    if target.kind == kinds::HELMFILE_FILE {
        return scoped(&target.name).map(|(_, name)| name);
    }
    (target.kind == kinds::HELMFILE_OPTIONAL).then(|| target.name.clone())
}

/// Whether a folder is a chart's.
pub(super) fn is_chart(graph: &Graph<'_>, folder: &str) -> bool {
    graph.providers(kinds::HELM_CHART, folder).next().is_some()
}
