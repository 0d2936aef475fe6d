//! Values that a chart's templates read and nothing sets, as far as a change causes it.
//!
//! A value that nothing sets renders empty, and one below a map that nothing sets stops
//! rendering. Values may come from files that no tree holds, so only changes are judged,
//! and only with a warning.

use super::tags::{self, Read};
use crate::check::Context;
use crate::facts::{Detail, Entity, Relation, Require, kinds, nearest_of, path_in};
use crate::finding::{Finding, Place, Severity};
use crate::graph::{Graph, PathKind};
use crate::loader::{FileIx, Role};
use crate::systems::helm::charts::{Chart, charts, overrides, takes_unread};
use rustc_hash::{FxHashMap, FxHashSet};
use smol_str::SmolStr;
use std::collections::BTreeMap;

/// Most further places that a finding lists.
const MAX_RELATED: usize = 8;

pub(crate) fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    let Some(old) = context.old else { return };
    let graph = context.new;
    for chart in &charts(graph).all {
        let Some(mut values) = Values::own(graph, &chart.folder) else { continue };
        values.add_parts(graph, chart);
        let absent = |reads: Vec<Read>, values: &Values| -> Vec<Read> {
            reads.into_iter().filter(|read| !values.has(&read.key)).collect()
        };
        let asked = asked(graph, chart);
        let optional = |key: &str, values: &Values| {
            let outer = key.match_indices('.').map(|(at, _)| &key[..at]);
            // A map that is set passes whatever asks for it.
            asked.contains(key)
                || outer
                    .into_iter()
                    .any(|own| asked.contains(own) && !values.keys.contains_key(own))
        };
        let mut missing = absent(reads(graph, chart), &values);
        missing.retain(|read| !optional(&read.key, &values));
        let in_values = tags::reads(graph, chart);
        let is_done = missing.is_empty() && in_values.is_empty();
        if is_done || !values.add_overrides(graph, &chart.folder) {
            continue;
        }
        let missing = absent(missing, &values);
        if missing.is_empty() && in_values.is_empty() {
            continue;
        }
        let before = Before::of(old, &chart.folder);
        let in_values =
            in_values.into_iter().filter(|read| !values.has(&read.key) && before.set(&read.key));
        let mut groups: BTreeMap<SmolStr, Vec<Read>> = BTreeMap::new();
        for read in missing.into_iter().chain(in_values) {
            if before.set(&read.key) || !before.read.contains(&read.key) {
                groups.entry(values.outermost(&read.key)).or_default().push(read);
            }
        }
        findings.extend(
            groups.values().filter_map(|reads| report(graph, chart, &values, &before, reads)),
        );
    }
}

/// What a chart's own templates read, as far as rendering reaches it.
fn reads(graph: &Graph<'_>, chart: &Chart) -> Vec<Read> {
    let mut out = Vec::new();
    let mut seen = FxHashSet::default();
    for &file in &chart.own {
        let facts = &graph.snapshot.file(file).facts;
        let is_live = |require: &Require| {
            let definition = require.within.and_then(|ix| facts.provides.get(ix as usize));
            definition
                .and_then(|definition| definition.name.as_exact())
                .is_none_or(|name| chart.renders(name))
        };
        for require in &facts.requires {
            let Some(target) = require.any_of.first() else { continue };
            if let Some(key) = target.name.as_exact()
                && target.kind == kinds::HELM_VALUE
                && !matches!(require.relation, Relation::AsksFor | Relation::Requires)
                && is_live(require)
                && seen.insert((file, require.span))
            {
                let place = Place { tree: graph.snapshot.role, file, span: require.span };
                out.push(Read { key: key.clone(), place });
            }
        }
    }
    out
}

/// Values without which rendering the chart fails or leaves a hole: reads that no template
/// of it does without, and values that it requires. Each with where it is read.
pub(crate) fn needed(graph: &Graph<'_>, chart: &Chart) -> Vec<(SmolStr, Place)> {
    let asked = asked(graph, chart);
    let optional = |key: &str| {
        let outer = key.match_indices('.').map(|(at, _)| &key[..at]);
        asked.contains(key) || outer.into_iter().any(|own| asked.contains(own))
    };
    let plain = reads(graph, chart).into_iter().map(|read| (read.key, read.place));
    let mut out: Vec<_> = plain.filter(|(key, _)| !optional(key)).collect();
    for &file in &chart.own {
        let requires = &graph.snapshot.file(file).facts.requires;
        for require in requires.iter().filter(|require| require.relation == Relation::Requires) {
            let key = require.any_of.first().and_then(|target| target.name.as_exact());
            let place = Place { tree: graph.snapshot.role, file, span: require.span };
            out.extend(key.map(|key| (key.clone(), place)));
        }
    }
    out
}

/// Keys that some template of the chart does without.
pub(super) fn asked(graph: &Graph<'_>, chart: &Chart) -> FxHashSet<SmolStr> {
    let files = chart.templates.iter().map(|file| &graph.snapshot.file(*file).facts);
    let asked = files
        .flat_map(|facts| &facts.requires)
        .filter(|require| require.relation == Relation::AsksFor);
    asked.filter_map(|own| own.any_of.first()?.name.as_exact().cloned()).collect()
}

/// Which keys are set.
#[derive(Default)]
pub(crate) struct Values {
    /// Key → whether its value is a map with keys of its own.
    keys: FxHashMap<SmolStr, bool>,
    /// Keys that some file sets to something.
    filled: FxHashSet<SmolStr>,
    /// Those that some file sets to `{}`.
    empty: FxHashSet<SmolStr>,
    /// Those that some file sets to what is no map, or may have any keys.
    opaque: FxHashSet<SmolStr>,
}

/// What a value is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shape {
    /// A map, with keys of its own.
    Map,
    /// Anything else.
    Other,
}

impl Values {
    /// What the chart's own values file sets; `None` where that cannot be told.
    pub(crate) fn own(graph: &Graph<'_>, folder: &str) -> Option<Self> {
        let path = if folder.is_empty() {
            "values.yaml".to_owned()
        } else {
            format!("{folder}/values.yaml")
        };
        let PathKind::File(file) = graph.paths.look_up(&path) else { return None };
        let mut values = Self::default();
        values.add(graph, file).then_some(values)
    }

    /// Adds what one file sets; `false` where it may set anything.
    pub(crate) fn add(&mut self, graph: &Graph<'_>, file: FileIx) -> bool {
        for provide in &graph.snapshot.file(file).facts.provides {
            if provide.kind == kinds::HELM_VALUE {
                let Some(key) = provide.name.as_exact() else { return false };
                match &provide.detail {
                    Detail::Blank => *self.keys.entry(key.clone()).or_insert(true) &= false,
                    Detail::Map => self.fill(key.clone(), Shape::Map),
                    Detail::Members(own) if own.is_empty() => {
                        self.filled.insert(key.clone());
                        self.empty.insert(key.clone());
                        *self.keys.entry(key.clone()).or_insert(true) &= false;
                    }
                    _ => self.fill(key.clone(), Shape::Other),
                }
            }
        }
        true
    }

    /// Adds what the charts set that a chart depends on: its templates read that below their names.
    /// Those that are not below its `charts/` may set anything there.
    pub(super) fn add_parts(&mut self, graph: &Graph<'_>, chart: &Chart) {
        let below = |part: &SmolStr| {
            let inner = part.strip_prefix(chart.folder.as_str()).unwrap_or(part);
            let inner = inner.trim_start_matches('/').strip_prefix("charts/").unwrap_or(inner);
            inner.replace("/charts/", ".")
        };
        for list in ["Chart.yaml", "requirements.yaml"] {
            let PathKind::File(file) = graph.paths.look_up(&path_in(&chart.folder, list)) else {
                continue;
            };
            let all = graph.snapshot.file(file).facts.provides.iter();
            let named = all.filter(|own| own.kind == kinds::HELM_DEPENDENCY);
            for name in named.filter_map(|own| own.name.as_exact()) {
                if !chart.parts.iter().any(|part| below(part) == *name) {
                    self.fill(name.clone(), Shape::Other);
                }
            }
        }
        for part in &chart.parts {
            let prefix = below(part);
            let PathKind::File(file) = graph.paths.look_up(&path_in(part, "values.yaml")) else {
                continue;
            };
            let mut own = Self::default();
            if !own.add(graph, file) {
                self.fill(prefix.into(), Shape::Other);
                continue;
            }
            self.keys.entry(prefix.as_str().into()).or_insert(true);
            for (key, is_map) in own.keys {
                let key = SmolStr::from(format!("{prefix}.{key}"));
                *self.keys.entry(key).or_insert(true) &= is_map;
            }
        }
    }

    /// Sets one key to something.
    pub(crate) fn fill(&mut self, key: SmolStr, shape: Shape) {
        self.filled.insert(key.clone());
        if shape == Shape::Other {
            self.opaque.insert(key.clone());
        }
        *self.keys.entry(key).or_insert(true) &= shape == Shape::Map;
    }

    /// Keys whose values are maps, in order.
    pub(crate) fn maps(&self) -> Vec<SmolStr> {
        let maps = self.keys.iter().filter(|(key, is_map)| **is_map && !key.is_empty());
        let mut maps: Vec<SmolStr> = maps.map(|(key, _)| key.clone()).collect();
        maps.sort_unstable();
        maps
    }

    /// Whether no file sets the key, or all leave it blank.
    pub(crate) fn is_blank(&self, key: &str) -> bool {
        !self.has(key)
            || self.keys.contains_key(key) && !self.filled.contains(key)
            || self.is_of_nothing(key)
    }

    /// Whether a key is a part of a map that is set to `{}`, and nothing sets it.
    fn is_of_nothing(&self, key: &str) -> bool {
        let outer = || key.match_indices('.').map(|(at, _)| &key[..at]);
        !self.keys.contains_key(key)
            && !self.keys.contains_key("")
            && outer().any(|own| self.empty.contains(own))
            && !outer().any(|own| self.opaque.contains(own))
    }

    pub(super) fn add_overrides(&mut self, graph: &Graph<'_>, folder: &str) -> bool {
        if takes_unread(graph, folder) {
            return false;
        }
        let own = overrides(graph, folder);
        if !own.is_empty() {
            return own.into_iter().all(|file| self.add(graph, file));
        }
        // Where no release of it is known, whoever installs it may name any values file that
        // is not another chart's, nor one of another chart's releases.
        let charts = &charts(graph).all;
        let others = charts.iter().filter(|chart| chart.folder != folder);
        let released: FxHashSet<FileIx> =
            others.flat_map(|chart| overrides(graph, &chart.folder)).collect();
        let all = graph.all(kinds::HELM_VALUE).iter().map(|(_, site)| site.file);
        let all = all.chain(graph.patterns(kinds::HELM_VALUE).iter().map(|(_, site)| site.file));
        let mut files: Vec<FileIx> = all.collect();
        files.sort_unstable();
        files.dedup();
        let is_others = |file: &FileIx| {
            let path = graph.snapshot.file(*file).entry.path.as_str();
            let inside = |chart: &&Chart| {
                path.strip_prefix(chart.folder.as_str()).is_some_and(|rest| rest.starts_with('/'))
            };
            charts.iter().find(inside).is_some_and(|chart| chart.folder != folder)
        };
        files.retain(|file| !is_others(file) && !released.contains(file));
        files.into_iter().all(|file| self.add(graph, file))
    }

    /// Whether the key or a map that it may be in is set.
    pub(crate) fn has(&self, key: &str) -> bool {
        self.keys.contains_key(key)
            || self.keys.get("").is_some_and(|is_map| !is_map)
            || key
                .match_indices('.')
                .any(|(at, _)| self.keys.get(&key[..at]).is_some_and(|is_map| !is_map))
    }

    /// The first part of `key` that nothing sets.
    pub(crate) fn outermost(&self, key: &str) -> SmolStr {
        let ends = key.match_indices('.').map(|(at, _)| at);
        let mut parts = ends.map(|at| &key[..at]);
        parts.find(|part| !self.keys.contains_key(*part)).unwrap_or(key).into()
    }
}

/// The chart before the change.
struct Before {
    values: Option<Values>,
    read: FxHashSet<SmolStr>,
}

impl Before {
    fn of(old: &Graph<'_>, folder: &str) -> Self {
        let Some(chart) = charts(old).find(folder) else {
            return Self { values: None, read: FxHashSet::default() };
        };
        let mut values = Values::own(old, folder);
        if let Some(known) = &mut values {
            known.add_parts(old, chart);
            known.add_overrides(old, folder);
        }
        Self { values, read: reads(old, chart).into_iter().map(|read| read.key).collect() }
    }

    fn set(&self, key: &str) -> bool {
        self.values.as_ref().is_some_and(|values| values.has(key))
    }
}

/// One finding for all reads of what is missing together.
fn report(
    graph: &Graph<'_>,
    chart: &Chart,
    values: &Values,
    before: &Before,
    reads: &[Read],
) -> Option<Finding> {
    let first = reads.first()?;
    let key = &first.key;
    let outer = values.outermost(key);
    let removed = before.set(key);
    let (rule, what) = if removed {
        ("removed-but-referenced", "no values file sets any more")
    } else {
        ("unresolved-reference", "no values file sets")
    };
    let message = format!("the chart reads `.Values.{key}`, which {what}");
    let mut known: Vec<&str> = values.keys.keys().map(SmolStr::as_str).collect();
    known.sort_unstable();
    let near = nearest_of(&outer, known.into_iter());
    let help = match near {
        _ if removed => "set it again, or take it out of the templates too".to_owned(),
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("set `{outer}` in `{}/values.yaml`, or give it a `default`", chart.folder),
    };
    let mut finding = Finding::new(rule, message, first.place)
        .severity(Severity::Warning)
        .label("read here")
        .help(help)
        .entity(Entity::new(kinds::HELM_VALUE, format!("{}/{key}", chart.folder)));
    if removed {
        finding = finding.of_change();
    }
    for read in reads.iter().skip(1).take(MAX_RELATED) {
        finding = finding.related(format!("`.Values.{}` is read here", read.key), read.place);
    }
    let manifest = graph.snapshot.find(&format!("{}/Chart.yaml", chart.folder));
    if let Some(file) = manifest.filter(|_| graph.snapshot.role == Role::New) {
        let place = Place { tree: graph.snapshot.role, file, span: Default::default() };
        finding = finding.related("by this chart", place);
    }
    Some(finding)
}
