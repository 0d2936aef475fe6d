//! Helm's namespaces: the templates of a chart with its sub-charts, and the values files
//! that its releases use.

mod helmfile;

use super::charts::{Charts, charts, schemas};
use super::part_keys::ChartValues;
use super::references::include;
use crate::facts::{Entity, Ref, kinds};
use crate::graph::{Graph, PathKind, Resolution, Resolver, Site};
use crate::loader::FileIx;
use smallvec::SmallVec;

pub(super) fn install(graph: &mut Graph<'_>) {
    graph.add_view::<Charts>();
    graph.add_part_keys(Box::new(ChartValues));
    graph.set_bearers(kinds::HELM_VALUES, schemas);
    graph.set_resolver(kinds::HELM_INCLUDE, Box::new(Includes));
    helmfile::install(graph);
}

/// Named templates are shared by a chart, its sub-charts and its parent.
struct Includes;

impl Resolver for Includes {
    fn resolve(&self, graph: &Graph<'_>, target: &Ref) -> Resolution {
        let name = &target.name;
        let charts = charts(graph);
        let Some((path, within)) = include(target) else { return Resolution::Elsewhere };
        let entity = Entity::new(kinds::HELM_TEMPLATE, name.to_string());
        let users = graph.snapshot.find(path).and_then(|file| charts.users.get(&file));
        // A template that no chart has includes nothing.
        let Some(users) = users else { return Resolution::Elsewhere };
        let defined = graph.matching(kinds::HELM_TEMPLATE, name);
        let mut found = SmallVec::new();
        let (mut open, mut dead) = (false, false);
        for chart in users.iter().map(|ix| &charts.all[*ix]) {
            let has = |file: FileIx| chart.templates.binary_search(&file).is_ok();
            let sites: SmallVec<[Site; 1]> = if name.prefix().starts_with('/') {
                let file = |path: &FileIx| graph.snapshot.file(*path).entry.path.as_str();
                let tail = name.prefix();
                let all = chart.templates.iter().filter(|ix| file(ix).ends_with(tail));
                // A linked file has another name in the chart.
                let linked = matches!(
                    graph.paths.look_up(&format!("{}/templates{tail}", chart.folder)),
                    PathKind::File(_)
                );
                if linked {
                    found.extend(all.map(|file| Site::whole(*file)));
                    continue;
                }
                all.map(|file| Site::whole(*file)).collect()
            } else {
                defined.iter().copied().filter(|site| has(site.file)).collect()
            };
            if !sites.is_empty() {
                found.extend(sites);
            } else if !within.is_empty() && !chart.live.contains(within) {
                // Nothing renders the definition that it stands in.
                dead = true;
            } else if chart.open {
                open = true;
            } else {
                return Resolution::Missing(entity);
            }
        }
        if open {
            Resolution::Open(entity)
        } else if dead && found.is_empty() {
            Resolution::Elsewhere
        } else {
            Resolution::Found(found)
        }
    }
}
