//! The charts of a tree: what each one has, and who uses it.

use super::chart::LIBRARY;
use super::references::{chart_reference, include, is_chart, path_of};
use crate::facts::{
    Detail, Entity, NamePattern, Provide, Ref, Relation, Require, base_name, join_path, kinds,
    parent_folder, path_in,
};
use crate::graph::{Graph, PathKind, View};
use crate::loader::{FileIx, SnapshotFile};
use rustc_hash::{FxHashMap, FxHashSet};
use smallvec::SmallVec;
use smol_str::SmolStr;
use std::sync::{LazyLock, OnceLock};

/// A chart that is no sub-chart of another, with all that it vendors.
#[derive(Debug, Default)]
pub struct Chart {
    /// Its folder.
    pub folder: SmolStr,
    /// Folders of the charts below its `charts/`, innermost last.
    pub parts: Vec<SmolStr>,
    /// Files of all `templates/`, links followed.
    pub templates: Vec<FileIx>,
    /// Those of its own folder.
    pub own: Vec<FileIx>,
    /// Named templates that rendering may reach.
    pub(super) live: FxHashSet<SmolStr>,
    /// Those that it reaches whatever the values are.
    certain: FxHashSet<SmolStr>,
    /// It may have templates that the tree does not hold.
    pub open: bool,
    /// As `open`, and not only since charts that it depends on are published elsewhere.
    pub is_unread: bool,
    /// Some of its charts are packed, and not read.
    pub packed: bool,
    /// Whether another chart is released with it, and hands it its named templates.
    pub taken: Taken,
    /// Folders of charts that it takes in from elsewhere in the tree.
    takes: Vec<SmolStr>,
}

/// Whether a chart is a dependency of another one of the tree.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Taken {
    /// It is none.
    #[default]
    No,
    /// Another one names its folder.
    ByFolder,
    /// Another one names a chart that is called as it is, from where charts are published.
    ByName,
}

/// The charts of a tree.
#[derive(Debug, Default)]
pub struct Charts {
    /// In order of their folders.
    pub all: Vec<Chart>,
    /// Template file → the charts that have it.
    pub(super) users: FxHashMap<FileIx, SmallVec<[usize; 1]>>,
    /// Last segment of a chart's folder → the helmfiles that name such a chart.
    releases: FxHashMap<SmolStr, Vec<FileIx>>,
    /// Values file → folders of the charts with a schema that take it.
    takers: OnceLock<FxHashMap<FileIx, Vec<SmolStr>>>,
}

impl Charts {
    /// The chart in exactly this folder.
    pub fn find(&self, folder: &str) -> Option<&Chart> {
        self.all.iter().find(|chart| chart.folder == folder)
    }
}

impl Chart {
    /// Whether rendering reaches the named template, whatever the values are.
    pub fn renders(&self, name: &str) -> bool {
        self.certain.contains(name)
    }
}

impl View for Charts {
    fn of(graph: &Graph<'_>) -> Self {
        find_charts(graph)
    }
}

/// The charts of the tree.
pub(crate) fn charts<'g>(graph: &'g Graph<'_>) -> &'g Charts {
    static NONE: LazyLock<Charts> = LazyLock::new(Charts::default);
    graph.view().unwrap_or(&NONE)
}

fn find_charts(graph: &Graph<'_>) -> Charts {
    let mut charts = Charts::default();
    if graph.all(kinds::HELM_CHART).is_empty() {
        return charts;
    }
    for (ix, file) in graph.snapshot.files.iter().enumerate() {
        for name in file.facts.requires.iter().filter_map(chart_reference) {
            let last = name.as_exact().and_then(|name| name.rsplit('/').next());
            let files = charts.releases.entry(last.unwrap_or_default().into()).or_default();
            if files.last() != Some(&(ix as FileIx)) {
                files.push(ix as FileIx);
            }
        }
    }
    for (folder, _) in graph.all(kinds::HELM_CHART) {
        // Sorted: a parent stands before its sub-charts.
        let is_part = |chart: &&mut Chart| folder.starts_with(&format!("{}/charts/", chart.folder));
        match charts.all.iter_mut().find(is_part) {
            Some(chart) => chart.parts.push(folder.clone()),
            None => charts.all.push(Chart {
                folder: folder.clone(),
                parts: Vec::new(),
                ..Chart::default()
            }),
        }
    }
    for ix in 0..charts.all.len() {
        let mut chart = std::mem::take(&mut charts.all[ix]);
        gather(graph, &mut chart);
        for file in &chart.templates {
            charts.users.entry(*file).or_default().push(ix);
        }
        charts.all[ix] = chart;
    }
    mark_taken(graph, &mut charts.all);
    charts
}

/// Marks the charts that others depend on: all charts of a release share their named templates.
fn mark_taken(graph: &Graph<'_>, all: &mut [Chart]) {
    let takes = all.iter().flat_map(|chart| &chart.takes);
    let folders: FxHashSet<SmolStr> = takes.cloned().collect();
    let mut names: FxHashSet<SmolStr> = FxHashSet::default();
    for (name, site) in graph.all(kinds::HELM_DEPENDENCY) {
        let provides = &graph.snapshot.file(site.file).facts.provides;
        let own = site.provide.and_then(|ix| provides.get(ix as usize));
        if own.is_some_and(|own| own.detail != Detail::Alias) {
            names.insert(name.clone());
        }
    }
    for chart in all {
        let is_named = names.contains(base_name(&chart.folder));
        chart.taken = match folders.contains(&chart.folder) {
            true => Taken::ByFolder,
            false if is_named => Taken::ByName,
            false => Taken::No,
        };
    }
}

fn gather(graph: &Graph<'_>, chart: &mut Chart) {
    let mut fetches = false;
    let mut folders = vec![chart.folder.clone()];
    folders.extend(chart.parts.iter().cloned());
    let mut at = 0;
    while let Some(folder) = folders.get(at).cloned() {
        at += 1;
        let inner = path_in(&folder, "templates");
        // A folder such as `_scaffold` is there to be copied and completed.
        chart.open |= folder.split('/').any(|part| part.starts_with('_'));
        chart.open |= graph.snapshot.find(&inner).is_some();
        // What could not be read may name more charts.
        let lists = ["Chart.yaml", "requirements.yaml"].map(|name| path_in(&folder, name));
        let mut lists = lists.iter().filter_map(|path| graph.snapshot.find(path));
        chart.open |= lists.any(|file| graph.is_partly_read(file));
        chart.open |=
            matches!(graph.paths.look_up(&path_in(&folder, "charts")), PathKind::Elsewhere);
        let packed = |(_, path): (FileIx, &SmolStr)| path.ends_with(".tgz");
        chart.packed |= graph.paths.under(&path_in(&folder, "charts")).any(packed);
        // Of a library, Helm parses what begins so, and nothing else. (Source: Helm's engine,
        // `recAllTpls`.)
        let library = format!("{folder}{LIBRARY}");
        let library = graph.providers(kinds::HELM_VERSION, &library).next().is_some();
        let parsed = |path: &str| !library || base_name(path).starts_with('_');
        for (_, path) in graph.paths.under(&inner).filter(|(_, path)| parsed(path)) {
            match graph.paths.look_up(path) {
                PathKind::File(file) => {
                    chart.templates.push(file);
                    if folder == chart.folder {
                        chart.own.push(file);
                    }
                }
                // A linked folder is not gone through.
                _ => chart.open = true,
            }
        }
        for (name, repository) in dependencies(graph, &folder) {
            let vendored = path_in(&folder, &format!("charts/{name}"));
            let local =
                repository.strip_prefix("file://").and_then(|path| join_path(&folder, path));
            let local = local.filter(|path| is_chart(graph, path));
            // Beside a copy of one name, an alias may stand for another chart of that name.
            let is_copy = chart.parts.iter().chain(&folders).any(|part| *part == vendored);
            if is_copy && local.as_ref().is_none_or(|path| *path == vendored) {
                continue;
            }
            match local {
                Some(path)
                    if folders.len() < 32 && !folders.iter().any(|folder| *folder == path) =>
                {
                    // It comes with the charts that it vendors.
                    let inner = format!("{path}/charts/");
                    let all = graph.all(kinds::HELM_CHART).iter().map(|(own, _)| own);
                    let parts: Vec<_> =
                        all.filter(|own| own.starts_with(&inner)).take(32).cloned().collect();
                    chart.takes.push(path.as_str().into());
                    folders.push(path.into());
                    folders.extend(parts);
                }
                Some(_) => {}
                None => fetches = true,
            }
        }
    }
    chart.is_unread = chart.open;
    chart.open |= fetches;
    chart.templates.sort_unstable();
    chart.templates.dedup();
    reach(graph, chart);
}

/// Finds what is rendered: files that are no partials, and what they include.
fn reach(graph: &Graph<'_>, chart: &mut Chart) {
    let facts = |file: &FileIx| &graph.snapshot.file(*file).facts;
    let provides = chart.templates.iter().flat_map(|file| &facts(file).provides);
    let defined: FxHashSet<&SmolStr> = provides
        .filter(|provide| provide.kind == kinds::HELM_TEMPLATE)
        .filter_map(|provide| provide.name.as_exact())
        .collect();
    let requires = chart.templates.iter().flat_map(|file| &facts(file).requires);
    let includes: Vec<_> = requires
        .filter_map(|require| {
            let target =
                require.any_of.first().filter(|target| target.kind == kinds::HELM_INCLUDE)?;
            let (_, within) = include(target)?;
            Some((within, &target.name, require.relation == Relation::InBranch))
        })
        .collect();
    // Without a single definition they all come from elsewhere: a chart to be completed.
    chart.open |= defined.is_empty() && !includes.is_empty();
    let reached = |branches: bool| {
        let mut inside: FxHashMap<&str, Vec<&NamePattern>> = FxHashMap::default();
        for (within, name, branch) in &includes {
            if branches || !branch {
                inside.entry(within).or_default().push(name);
            }
        }
        let mut reached = FxHashSet::default();
        let mut waiting = inside.remove("").unwrap_or_default();
        while let Some(name) = waiting.pop() {
            let names: Vec<&SmolStr> = match name {
                NamePattern::Exact(name) => vec![name],
                // Of several that a value chooses from, none is sure.
                pattern => {
                    let all = defined.iter().copied().filter(|own| pattern.matches(own));
                    let all: Vec<&SmolStr> = all.collect();
                    if branches || all.len() == 1 { all } else { Vec::new() }
                }
            };
            for name in names {
                if reached.insert(name.clone()) {
                    waiting.extend(inside.remove(name.as_str()).unwrap_or_default());
                }
            }
        }
        reached
    };
    (chart.live, chart.certain) = (reached(true), reached(false));
}

/// The values files that releases of the chart in `folder` may use beside its own: what
/// their helmfiles name, and what lies beside those.
pub(crate) fn overrides(graph: &Graph<'_>, folder: &str) -> Vec<FileIx> {
    let last = base_name(folder);
    let mut files = Vec::new();
    for helmfile in charts(graph).releases.get(last).into_iter().flatten() {
        let file = graph.snapshot.file(*helmfile);
        files.push(*helmfile);
        let beside = parent_folder(&file.entry.path);
        files.extend(graph.paths.under(beside).map(|(ix, _)| ix));
        files.extend(named_files(graph, file));
    }
    files.sort_unstable();
    files.dedup();
    files
}

/// The files of values that a file of releases names.
fn named_files(graph: &Graph<'_>, file: &SnapshotFile) -> Vec<FileIx> {
    let named = file.facts.requires.iter().filter(|require| require.relation == Relation::Values);
    let mut files = Vec::new();
    for name in named.flat_map(|require| &require.any_of).filter_map(path_of) {
        let prefix = name.prefix();
        let all = graph.paths.all();
        let from = all.partition_point(|path| path.as_str() < prefix);
        let own = all[from..].iter().take_while(|path| path.starts_with(prefix));
        for path in own.filter(|path| name.matches(path)) {
            if let PathKind::File(ix) = graph.paths.look_up(path) {
                files.push(ix);
            }
        }
    }
    files
}

/// Whether a release of the chart takes a file that was not read as one of values: what it sets is
/// not known.
pub(crate) fn takes_unread(graph: &Graph<'_>, folder: &str) -> bool {
    let releases = charts(graph).releases.get(base_name(folder)).into_iter().flatten();
    let mut named = releases.flat_map(|own| named_files(graph, graph.snapshot.file(*own)));
    named.any(|ix| {
        let file = graph.snapshot.file(ix);
        let is_value = |own: &Provide| own.kind == kinds::HELM_VALUE;
        file.entry.size != Some(0) && !file.facts.provides.iter().any(is_value)
    })
}

/// The schemas of the charts that take a file's values, of an object of them: `a.b`.
pub(super) fn schemas(graph: &Graph<'_>, values: &Ref) -> Vec<Entity> {
    let Some((path, inner)) = values.placed() else { return Vec::new() };
    let entity = |folder: &str| {
        let name = if inner.is_empty() { folder.to_owned() } else { format!("{folder}/{inner}") };
        Entity::new(kinds::HELM_CHART, name)
    };
    let folder = parent_folder(path);
    if path.ends_with("values.yaml") && is_chart(graph, folder) {
        return vec![entity(folder)];
    }
    let takers = schema_users(graph);
    let file = graph.snapshot.find(path);
    let folders = file.and_then(|file| takers.get(&file));
    folders.into_iter().flatten().map(|folder| entity(folder)).collect()
}

/// Values file → the charts with a schema whose releases name it, and no other chart's.
fn schema_users<'g>(graph: &'g Graph<'_>) -> &'g FxHashMap<FileIx, Vec<SmolStr>> {
    let charts = charts(graph);
    charts.takers.get_or_init(|| {
        let mut takers: FxHashMap<FileIx, Vec<SmolStr>> = FxHashMap::default();
        if !charts.all.iter().any(|chart| has_schema(graph, &chart.folder)) {
            return takers;
        }
        for (ix, file) in graph.snapshot.files.iter().enumerate() {
            let requires = &file.facts.requires;
            let mut named = requires.iter().filter_map(chart_reference);
            let (Some(name), None) = (named.next(), named.next()) else { continue };
            let last = name.as_exact().and_then(|name| name.rsplit('/').next());
            let Some(folder) = last.map(|last| SmolStr::new(format!("charts/{last}"))) else {
                continue;
            };
            if !has_schema(graph, &folder) {
                continue;
            }
            let own = |own: &&Require| own.relation == Relation::Values && !own.any_of.is_empty();
            for require in graph.snapshot.file(ix as FileIx).facts.requires.iter().filter(own) {
                if let Some(name) = path_of(&require.any_of[0])
                    && let Some(path) = name.as_exact()
                    && let PathKind::File(file) = graph.paths.look_up(path)
                {
                    takers.entry(file).or_default().push(folder.clone());
                }
            }
        }
        takers
    })
}

fn has_schema(graph: &Graph<'_>, folder: &str) -> bool {
    graph.interfaces(&Entity::new(kinds::HELM_CHART, folder)).next().is_some()
}

/// The charts that a chart depends on, with their repositories.
fn dependencies(graph: &Graph<'_>, folder: &str) -> Vec<(SmolStr, SmolStr)> {
    let mut out = Vec::new();
    for name in ["Chart.yaml", "requirements.yaml"] {
        let Some(file) = graph.snapshot.find(&path_in(folder, name)) else { continue };
        for provide in &graph.snapshot.file(file).facts.provides {
            if let Some(name) = provide.name.as_exact()
                && provide.kind == kinds::HELM_DEPENDENCY
                && provide.detail != Detail::Alias
            {
                out.push((name.clone(), provide.detail.text().into()));
            }
        }
    }
    out
}
