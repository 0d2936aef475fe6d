//! Values that a chart requires and that neither its own values file nor any of a release
//! sets. A release is judged only where all of its values files are known and in the tree.

use super::uses::keys;
use super::values::{Shape, Values};
use crate::check::Context;
use crate::facts::{
    Call, Entity, Interface, NamePattern, Relation, Require, Span, Strength, base_name, kinds,
};
use crate::finding::{Finding, Place, Severity};
use crate::graph::{Graph, PathKind, Resolution};
use crate::loader::FileIx;
use crate::systems::helm::charts::charts;
use rustc_hash::{FxHashMap, FxHashSet};
use smol_str::SmolStr;

pub(crate) fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    let graph = context.new;
    for (ix, file) in graph.calling(&[kinds::HELMFILE_CHART]) {
        for call in file.facts.calls.iter().filter(|call| is_release(call)) {
            release(context, ix, call, findings);
        }
        of_environments(context, ix as FileIx, findings);
    }
}

fn is_release(call: &Call) -> bool {
    call.any_of.first().is_some_and(|target| target.kind == kinds::HELMFILE_CHART)
}

fn release(context: &Context<'_>, file: FileIx, call: &Call, findings: &mut Vec<Finding>) {
    let graph = context.new;
    let Some(folder) = chart(graph, call) else { return };
    let Some(values) = values(graph, &folder, call) else { return };
    let needs = needs(graph, &folder, &values);
    if needs.is_empty() {
        return;
    }
    let before: FxHashSet<SmolStr> = match context.old {
        Some(old) => self::needs(old, &folder, &values).into_iter().map(|need| need.key).collect(),
        None => FxHashSet::default(),
    };
    let tree = graph.snapshot.role;
    let name = base_name(&folder);
    for need in needs {
        let key = &need.key;
        let newly = context.old.is_some_and(|old| charts(old).find(&folder).is_some())
            && !before.contains(key);
        let (rule, now) = match newly {
            true => ("newly-required-parameter", "now "),
            false => ("missing-required-parameter", ""),
        };
        let message = format!(
            "the chart `{name}` {now}requires the value `{key}`, which neither its own values nor those of this release set"
        );
        let finding = Finding::new(rule, message, own_place(graph, file, call))
            .label("released here without it")
            .help(format!("set `{key}` in a values file of the release, or give it a default in `{folder}/values.yaml`"))
            .related("required here", Place { tree, ..need.place })
            .entity(Entity::new(kinds::HELM_VALUE, format!("{folder}/{key}")));
        findings.push(if newly { finding.of_change() } else { finding });
    }
}

/// The calls that one release makes: one for each environment.
fn of_release<'g>(
    graph: &'g Graph<'_>,
    file: FileIx,
    span: Span,
) -> impl Iterator<Item = &'g Call> {
    let calls = &graph.snapshot.file(file).facts.calls;
    calls.iter().filter(move |own| own.span == span && is_release(own))
}

/// Where a release is told to lack something: in its file of the environment, where it has one.
fn own_place(graph: &Graph<'_>, file: FileIx, call: &Call) -> Place {
    let sources = call.environment.as_deref().map(|own| own.sources.as_slice());
    let last = sources.and_then(|own| own.last()?.name.as_exact());
    let own = last.filter(|_| of_release(graph, file, call.span).count() > 1);
    match own.map(|path| graph.paths.look_up(path)) {
        Some(PathKind::File(file)) => {
            Place { tree: graph.snapshot.role, file, span: Span::default() }
        }
        _ => Place { tree: graph.snapshot.role, file, span: call.span },
    }
}

/// Files of values that a release has for most environments of its helmfile, and not for one:
/// helmfile stops there.
fn of_environments(context: &Context<'_>, file: FileIx, findings: &mut Vec<Finding>) {
    let graph = context.new;
    let facts = &graph.snapshot.file(file).facts;
    let mut known: FxHashMap<Span, Vec<&Call>> = FxHashMap::default();
    for call in facts.calls.iter().filter(|own| is_release(own)) {
        known.entry(call.span).or_default().push(call);
    }
    let mut groups: Vec<_> = known.into_iter().collect();
    groups.sort_unstable_by_key(|(span, _)| span.start);
    for (_, calls) in groups {
        let own = calls.iter().filter_map(|own| own.environment.as_deref()?.sources.last());
        let paths: Vec<&SmolStr> = own.filter_map(|own| own.name.as_exact()).collect();
        let is_there = |path: &&&SmolStr| graph.paths.look_up(path) != PathKind::Absent;
        let there = paths.iter().filter(is_there).count();
        if there < 2 || there * 2 <= paths.len() {
            continue;
        }
        for path in paths.iter().filter(|own| !is_there(own)) {
            let names = |own: &&Require| {
                own.strength == Strength::Certain
                    && own.any_of.iter().any(|own| {
                        own.kind == kinds::HELMFILE_FILE
                            && own.name.as_exact().is_none()
                            && own.name.matches(path)
                    })
            };
            let Some(require) = facts.requires.iter().find(names) else { continue };
            if graph.paths.is_ignored(path, graph.snapshot) {
                continue;
            }
            let place = Place { tree: graph.snapshot.role, file, span: require.span };
            let message = format!("this release has no `{path}`, and one for most environments");
            findings.push(
                Finding::new("unresolved-reference", message, place)
                    .severity(Severity::Warning)
                    .label("named here")
                    .help("helmfile stops in that environment: add the file, or take it out")
                    .entity(Entity::new(kinds::FILE, path.as_str())),
            );
        }
    }
}

/// The folder of the chart that a release names, where the tree has it as a whole.
fn chart(graph: &Graph<'_>, call: &Call) -> Option<SmolStr> {
    let Resolution::Found(sites) = graph.resolve_ref(call.any_of.first()?) else { return None };
    let manifest = &graph.snapshot.file(sites.first()?.file).entry.path;
    let folder = manifest.strip_suffix("Chart.yaml")?.trim_end_matches('/');
    charts(graph).find(folder).map(|chart| chart.folder.clone())
}

/// What the chart and the release set; `None` where that is not all.
fn values(graph: &Graph<'_>, folder: &str, call: &Call) -> Option<Values> {
    let given = call.environment.as_deref().filter(|given| !given.open)?;
    let mut values = Values::default();
    let is_read = |file: FileIx| {
        let provides = &graph.snapshot.file(file).facts.provides;
        provides.iter().any(|own| own.kind == kinds::HELM_VALUE)
    };
    let mut add = |path: &str, must: bool| match graph.paths.look_up(path) {
        // A file whose name does not say that it holds values.
        PathKind::File(file) if must && !is_read(file) => {
            let keys = keys(graph, file);
            let some = !keys.is_empty();
            keys.into_iter().for_each(|(key, _)| values.fill(key, Shape::Other));
            some
        }
        PathKind::File(file) => values.add(graph, file),
        PathKind::Absent => !must,
        _ => false,
    };
    // A dependency may hand its values to its parent.
    let own = ["Chart.yaml", "requirements.yaml", "values.yaml"];
    let whole = own.iter().all(|name| add(&format!("{folder}/{name}"), false));
    let named = given.sources.iter().all(|source| match &source.name {
        NamePattern::Exact(path) => add(path, true),
        NamePattern::Pattern(_) => false,
    });
    for arg in &given.set {
        let shape = if arg.value.is_none() { Shape::Map } else { Shape::Other };
        values.fill(arg.name.clone(), shape);
    }
    (whole && named).then_some(values)
}

/// A value that a chart requires and has not got.
struct Need {
    key: SmolStr,
    place: Place,
}

fn needs(graph: &Graph<'_>, folder: &str, values: &Values) -> Vec<Need> {
    let mut out: Vec<Need> = Vec::new();
    let mut add = |key: SmolStr, place| {
        if !out.iter().any(|own| own.key == key) {
            out.push(Need { key, place });
        }
    };
    let Some(chart) = charts(graph).find(folder) else { return out };
    let tree = graph.snapshot.role;
    // The schema: of the whole, and of every map that is set.
    let mut maps = vec![SmolStr::default()];
    maps.extend(values.maps());
    for map in maps {
        let name = if map.is_empty() { folder.to_owned() } else { format!("{folder}/{map}") };
        let entity = Entity::new(kinds::HELM_CHART, name);
        let Some((file, interface)) = graph.interfaces(&entity).next() else { continue };
        for param in required(interface) {
            let key = if map.is_empty() {
                param.name.clone()
            } else {
                format!("{map}.{}", param.name).into()
            };
            if !values.has(&key) {
                add(key, Place { tree, file, span: param.span });
            }
        }
    }
    // Templates that are rendered whatever the values are.
    for &file in &chart.own {
        let facts = &graph.snapshot.file(file).facts;
        let path = &graph.snapshot.file(file).entry.path;
        let partial = path.rsplit('/').next().is_some_and(|own| own.starts_with('_'));
        let rendered = |require: &Require| match require.within {
            None => !partial,
            Some(ix) => facts
                .provides
                .get(ix as usize)
                .and_then(|provide| provide.name.as_exact())
                .is_some_and(|name| chart.renders(name)),
        };
        for require in
            facts.requires.iter().filter(|require| require.relation == Relation::Requires)
        {
            let key = require.any_of.first().and_then(|target| target.name.as_exact());
            if let Some(key) = key.filter(|key| rendered(require) && values.is_blank(key)) {
                add(key.clone(), Place { tree, file, span: require.span });
            }
        }
    }
    out
}

fn required(interface: &Interface) -> impl Iterator<Item = &crate::facts::Param> {
    interface.params.iter().filter(|param| param.required)
}
