//! Helm's namespaces: the templates of a chart with its sub-charts, and the values files
//! that its releases use.

mod helmfile;

use super::charts::{Chart, Charts, Taken, charts, schemas};
use super::part_keys::ChartValues;
use super::references::{include, is_chart};
use crate::facts::{Entity, Ref, join_path, kinds, path_in};
use crate::graph::{Graph, PathKind, Resolution, Resolver, Site};
use crate::loader::{FileIx, Role};
use smallvec::SmallVec;

pub(super) fn install(graph: &mut Graph<'_>) {
    graph.add_view::<Charts>();
    graph.add_part_keys(Box::new(ChartValues));
    graph.set_bearers(kinds::HELM_VALUES, schemas);
    graph.set_resolver(kinds::HELM_INCLUDE, Box::new(Includes));
    graph.set_resolver(kinds::HELM_READ, Box::new(OwnValues));
    graph.set_resolver(kinds::HELM_FILE, Box::new(Files));
    helmfile::install(graph);
}

/// Files of the chart that a template lies in.
struct Files;

impl Resolver for Files {
    fn resolve(&self, graph: &Graph<'_>, target: &Ref) -> Resolution {
        let (Some(name), Some((path, _))) = (target.name.as_exact(), include(target)) else {
            return Resolution::Elsewhere;
        };
        let folder = path.find("/templates/").map(|at| &path[..at]);
        let Some(folder) = folder.filter(|folder| is_chart(graph, folder)) else {
            return Resolution::Elsewhere;
        };
        let Some(file) = join_path(folder, name) else { return Resolution::Elsewhere };
        graph.resolve_ref(&Ref::exact(kinds::FILE, file))
    }
}

/// Values that the chart's own file sets for its templates.
struct OwnValues;

impl Resolver for OwnValues {
    fn resolve(&self, graph: &Graph<'_>, target: &Ref) -> Resolution {
        let (Some(key), Some((path, _))) = (target.name.as_exact(), include(target)) else {
            return Resolution::Elsewhere;
        };
        let folder = match path.find("/templates/") {
            Some(at) => &path[..at],
            None if path.starts_with("templates/") => "",
            None => return Resolution::Elsewhere,
        };
        let Some(file) = graph.snapshot.find(&path_in(folder, "values.yaml")) else {
            return Resolution::Elsewhere;
        };
        let own = graph.providers(kinds::HELM_VALUE, key).filter(|site| site.file == file);
        let found: SmallVec<[Site; 1]> = own.collect();
        match (found.is_empty(), graph.snapshot.role) {
            (false, _) => Resolution::Found(found),
            // Whoever installs a chart may set more. What the chart's own values gain with a
            // change, they did not have before.
            (true, Role::Old) => Resolution::Open(Entity::new(kinds::HELM_VALUE, key.as_str())),
            (true, _) => Resolution::Elsewhere,
        }
    }
}

/// Whether a folder lies below another.
fn holds(folder: &str, inner: &str) -> bool {
    inner.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/'))
}

/// Whether git keeps templates of a chart out of the tree, or of one that it vendors: a line
/// `lib/` meant for programs takes `templates/lib/` too.
fn is_left_out(graph: &Graph<'_>, chart: &Chart) -> bool {
    let mut folders = [&chart.folder].into_iter().chain(&chart.parts);
    folders.any(|folder| {
        let all = ["templates/lib/_any.tpl", "templates/_any.tpl", "charts/any/templates/_any.tpl"];
        all.iter().any(|inner| graph.paths.is_ignored(&path_in(folder, inner), graph.snapshot))
    })
}

/// Named templates are shared by a chart, its sub-charts and its parent.
struct Includes;

impl Resolver for Includes {
    fn resolve(&self, graph: &Graph<'_>, target: &Ref) -> Resolution {
        let name = &target.name;
        let charts = charts(graph);
        let Some((path, within)) = include(target) else { return Resolution::Elsewhere };
        let entity = Entity::new(kinds::HELM_TEMPLATE, name.to_string());
        let beside;
        let users = match graph.snapshot.find(path) {
            Some(file) => charts.users.get(&file),
            // It is in the other tree: its chart is told by where it lies.
            None => {
                let folder = path.find("/templates/").map_or("", |at| &path[..at]);
                let own = charts.all.iter().position(|chart| chart.folder == folder);
                beside = own.into_iter().collect();
                Some(&beside).filter(|_| own.is_some())
            }
        };
        // A template that no chart has includes nothing; one of the other tree has none here.
        let Some(users) = users else {
            return match graph.snapshot.find(path) {
                Some(_) => Resolution::Elsewhere,
                None => Resolution::Open(entity),
            };
        };
        let defined = graph.matching(kinds::HELM_TEMPLATE, name);
        let mut found = SmallVec::new();
        let (mut open, mut dead, mut packed) = (false, false, false);
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
            } else if chart.packed {
                packed = true;
            } else if chart.open {
                open = true;
            } else if users.iter().any(|ix| holds(&charts.all[*ix].folder, &chart.folder)) {
                // It is vendored: the chart around it, which takes it in, has the names.
            } else if chart.taken == Taken::ByFolder {
                // So it is with one that takes it in from another folder, which is looked at too.
            } else if chart.taken == Taken::ByName && !defined.is_empty() {
                open = true;
            } else if is_left_out(graph, chart) {
                return Resolution::Elsewhere;
            } else {
                return Resolution::Missing(entity);
            }
        }
        if packed {
            Resolution::Elsewhere
        } else if open {
            Resolution::Open(entity)
        } else if dead && found.is_empty() {
            Resolution::Elsewhere
        } else {
            Resolution::Found(found)
        }
    }
}
