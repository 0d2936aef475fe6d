//! Values of charts, as keys that environments set.

use super::charts::{charts, overrides};
use super::checks::{Values, needed};
use crate::facts::{Kind, Span, kinds};
use crate::graph::{Graph, PartKeys};
use crate::loader::FileIx;
use rustc_hash::FxHashSet;
use smol_str::SmolStr;

/// The values of charts.
pub(super) struct ChartValues;

impl PartKeys for ChartValues {
    fn kind(&self) -> Kind {
        kinds::HELM_VALUE
    }

    fn having(&self, graph: &Graph<'_>, files: &FxHashSet<FileIx>) -> Vec<SmolStr> {
        let all = charts(graph).all.iter();
        let touched = all.filter(|chart| chart.own.iter().any(|file| files.contains(file)));
        touched.map(|chart| chart.folder.clone()).collect()
    }

    /// With those of the charts that stand above.
    fn needed(&self, graph: &Graph<'_>, part: &str) -> Vec<(SmolStr, FileIx, Span)> {
        let Some(chart) = charts(graph).find(part) else { return Vec::new() };
        let all = needed(graph, chart).into_iter();
        all.map(|(key, place)| (key, place.file, place.span)).collect()
    }

    /// Whether a chart's own values, or those of its releases, set the key or a map that it may
    /// be in. Where no release is known, any values file may be one.
    fn is_set(
        &self,
        graph: &Graph<'_>,
        part: &str,
        key: &str,
        counts: &dyn Fn(FileIx) -> bool,
    ) -> bool {
        let inside = |path: &str| match part {
            "" => true,
            folder => path.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/')),
        };
        let overrides = overrides(graph, part);
        let sites = graph.all(kinds::HELM_VALUE).iter().map(|(_, site)| site.file);
        let open = graph.patterns(kinds::HELM_VALUE).iter().map(|(_, site)| site.file);
        let is_inside = |file: &FileIx| inside(&graph.snapshot.file(*file).entry.path);
        let mut files: FxHashSet<FileIx> = match overrides.is_empty() {
            true => sites.chain(open.filter(is_inside)).collect(),
            false => sites.filter(is_inside).chain(open.filter(is_inside)).collect(),
        };
        files.extend(overrides);
        let mut files: Vec<FileIx> = files.into_iter().filter(|file| counts(*file)).collect();
        files.sort_unstable();
        let mut values = Values::default();
        // What may set anything may set it.
        let is_known = files.into_iter().all(|file| values.add(graph, file));
        !is_known || values.has(key)
    }

    /// Those of a release of its chart, or any where no release is known.
    fn reaches(&self, graph: &Graph<'_>, file: FileIx, part: &str) -> bool {
        let overrides = overrides(graph, part);
        overrides.is_empty() || overrides.contains(&file)
    }
}
