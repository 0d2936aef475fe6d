//! What of production's sets a key.

use super::data::{self, Environments};
use super::readers::Key;
use crate::check::values::Values;
use crate::facts::{NamePattern, Standing, kinds};
use crate::graph::{Graph, Site};
use crate::session::FileIx;
use crate::systems::helm::charts::overrides;
use rustc_hash::FxHashSet;

/// Whether anything but a file of staging's own sets the key.
pub(super) fn is_set(trees: &dyn Environments, graph: &Graph<'_>, key: &Key) -> bool {
    if key.kind == kinds::HELM_VALUE {
        return has_value(trees, graph, key);
    }
    let name = NamePattern::exact(key.name.clone());
    let counts = |site: &Site| {
        let path = &graph.snapshot.file(site.file).entry.path;
        counts(trees, graph, site.file)
            && !(key.kind == kinds::ENV && (!Standing::of(path).is_live() || is_sample(path)))
    };
    graph.matching(key.kind, &name).iter().any(counts)
}

/// Whether a file is not staging's own.
fn counts(trees: &dyn Environments, graph: &Graph<'_>, file: FileIx) -> bool {
    let file = graph.snapshot.file(file);
    let path = &file.entry.path;
    !data::is_stagings(trees, path) || !data::is_environment(trees, path, &file.facts)
}

/// Whether a file of variables is there to be copied and filled in.
pub(super) fn is_sample(path: &str) -> bool {
    [".dist", ".template", ".tmpl", ".tpl", ".defaults"].iter().any(|end| path.ends_with(end))
}

/// Whether a chart's own values, or those of its releases that are not staging's, set the
/// key or a map that it may be in. Where no release is known, any values file may be one.
fn has_value(trees: &dyn Environments, graph: &Graph<'_>, key: &Key) -> bool {
    let inside = |path: &str| match key.chart.as_str() {
        "" => true,
        folder => path.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/')),
    };
    let overrides = overrides(graph, &key.chart);
    let sites = graph.all(kinds::HELM_VALUE).iter().map(|(_, site)| site.file);
    let open = graph.patterns(kinds::HELM_VALUE).iter().map(|(_, site)| site.file);
    let is_inside = |file: &FileIx| inside(&graph.snapshot.file(*file).entry.path);
    let mut files: FxHashSet<FileIx> = match overrides.is_empty() {
        true => sites.chain(open.filter(is_inside)).collect(),
        false => sites.filter(is_inside).chain(open.filter(is_inside)).collect(),
    };
    files.extend(overrides);
    let mut files: Vec<FileIx> =
        files.into_iter().filter(|file| counts(trees, graph, *file)).collect();
    files.sort_unstable();
    let mut values = Values::default();
    // What may set anything may set it.
    let is_known = files.into_iter().all(|file| values.add(graph, file));
    !is_known || values.has(&key.name)
}

/// Whether a file's values reach the reader of the key: those of a release of its chart, or
/// any where no release is known.
pub(super) fn is_read_for(graph: &Graph<'_>, file: FileIx, key: &Key) -> bool {
    if key.kind != kinds::HELM_VALUE {
        return true;
    }
    let overrides = overrides(graph, &key.chart);
    overrides.is_empty() || overrides.contains(&file)
}
