//! What helmfiles name: charts, and files beside them.

use crate::facts::{Entity, Ref, join_path, kinds, parent_folder, path_in, split_path};
use crate::graph::{Graph, PathKind, Resolution, Resolver, Site};
use crate::systems::helm::references::{chart_reference, is_chart};
use rustc_hash::{FxHashMap, FxHashSet};
use smallvec::{SmallVec, smallvec};
use smol_str::SmolStr;
use std::sync::OnceLock;

pub(super) fn install(graph: &mut Graph<'_>) {
    graph.set_resolver(kinds::HELMFILE_CHART, Box::<Releases>::default());
    graph.set_resolver(kinds::HELMFILE_FILE, Box::new(Named));
    graph.set_resolver(kinds::HELMFILE_OPTIONAL, Box::new(Optional));
}

/// Charts that helmfiles name: by path, or by a repository's alias. The tree is
/// authoritative for an alias if it holds most of the charts that are named under it.
#[derive(Default)]
struct Releases {
    owned: OnceLock<FxHashSet<SmolStr>>,
}

/// Fewer charts under an alias say nothing about it.
const ENOUGH: usize = 3;

impl Releases {
    fn owned(&self, graph: &Graph<'_>) -> &FxHashSet<SmolStr> {
        self.owned.get_or_init(|| {
            let mut named: FxHashMap<SmolStr, FxHashSet<SmolStr>> = FxHashMap::default();
            for require in graph.snapshot.files.iter().flat_map(|file| &file.facts.requires) {
                let Some(name) = chart_reference(require) else { continue };
                let Some((alias, chart)) = name.as_exact().and_then(|name| name.split_once('/'))
                else {
                    continue;
                };
                if !alias.starts_with('.') {
                    named.entry(alias.into()).or_default().insert(chart.into());
                }
            }
            let is_owned = |charts: &FxHashSet<SmolStr>| {
                let here =
                    charts.iter().filter(|chart| is_chart(graph, &format!("charts/{chart}")));
                let here = here.count();
                here >= ENOUGH && here * 2 > charts.len()
            };
            named
                .into_iter()
                .filter(|(_, charts)| is_owned(charts))
                .map(|(alias, _)| alias)
                .collect()
        })
    }
}

impl Resolver for Releases {
    fn resolve(&self, graph: &Graph<'_>, target: &Ref) -> Resolution {
        let name = &target.name;
        let Some(scope) = &target.scope else { return Resolution::Elsewhere };
        let own = &scope.from;
        let folder = parent_folder(own);
        let open = || Resolution::Open(Entity::new(kinds::HELM_CHART, name.to_string()));
        let Some(exact) = name.as_exact() else { return open() };
        if exact.starts_with('.') {
            let Some(path) = join_path(folder, exact) else { return Resolution::Elsewhere };
            return match graph.paths.look_up(&path) {
                PathKind::File(file) => Resolution::Found(smallvec![Site::whole(file)]),
                PathKind::Folder => Resolution::Found(manifest(graph, &path)),
                PathKind::Elsewhere => Resolution::Elsewhere,
                PathKind::Absent
                    if graph.paths.is_ignored(&path, graph.snapshot)
                        || graph.paths.is_linked(own) =>
                {
                    Resolution::Elsewhere
                }
                PathKind::Absent => Resolution::Missing(Entity::new(kinds::HELM_CHART, path)),
            };
        }
        let Some((alias, chart)) = exact.split_once('/') else { return open() };
        let path = format!("charts/{chart}");
        if !self.owned(graph).contains(alias) {
            // What is here by chance is still what a change may remove.
            return open();
        }
        match graph.paths.look_up(&path) {
            PathKind::Folder => Resolution::Found(manifest(graph, &path)),
            PathKind::Absent => Resolution::Missing(Entity::new(kinds::HELM_CHART, path)),
            _ => Resolution::Elsewhere,
        }
    }
}

fn manifest(graph: &Graph<'_>, folder: &str) -> SmallVec<[Site; 1]> {
    match graph.paths.look_up(&path_in(folder, "Chart.yaml")) {
        PathKind::File(file) => smallvec![Site::whole(file)],
        _ => SmallVec::new(),
    }
}

/// Files beside a helmfile. One that is reached through a link is read where the link
/// stands, and names the files there.
struct Named;

impl Resolver for Named {
    fn resolve(&self, graph: &Graph<'_>, target: &Ref) -> Resolution {
        let Some(scope) = &target.scope else { return Resolution::Elsewhere };
        let own = &scope.from;
        match graph.resolve_ref(&Ref::new(kinds::FILE, target.name.clone())) {
            Resolution::Missing(_) if graph.paths.is_linked(own) => Resolution::Elsewhere,
            resolution => resolution,
        }
    }
}

/// Values files whose absence helmfile is told to accept. One is missing all the same where
/// the folder keeps its values in a folder of their own and the path leaves that out.
struct Optional;

impl Resolver for Optional {
    fn resolve(&self, graph: &Graph<'_>, target: &Ref) -> Resolution {
        let name = &target.name;
        let Some(path) = name.as_exact() else { return Resolution::Elsewhere };
        match graph.paths.look_up(path) {
            PathKind::File(file) => return Resolution::Found(smallvec![Site::whole(file)]),
            PathKind::Folder => return Resolution::Found(SmallVec::new()),
            PathKind::Elsewhere => return Resolution::Elsewhere,
            PathKind::Absent => {}
        }
        let (folder, base) = split_path(path);
        let meant = path_in(folder, &format!("values/{base}"));
        if matches!(graph.paths.look_up(&meant), PathKind::File(_)) {
            Resolution::Missing(Entity::new(kinds::FILE, path.clone()))
        } else {
            Resolution::Elsewhere
        }
    }
}
