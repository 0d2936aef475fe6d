//! Maps of values that nothing sets, and that a chart's templates read a part of: Helm stops with
//! a nil pointer.
//!
//! (Source: Go's `text/template`, "Arguments": a field of a nil value is an error; Helm's "Values
//! Files".) Whoever installs the chart may set them, so it is a warning.

use super::uses::{Use, uses};
use super::values::{Values, asked};
use crate::check::Context;
use crate::facts::{Entity, Relation, kinds};
use crate::finding::{Finding, Place, Severity};
use crate::graph::Graph;
use crate::systems::helm::charts::{Chart, Taken, charts};
use rustc_hash::FxHashSet;
use smol_str::SmolStr;

pub(in super::super) fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    // What a change causes is told with the values that it sets and reads.
    if context.old.is_some() {
        return;
    }
    let uses = uses(context.new);
    for chart in &charts(context.new).all {
        if chart.taken == Taken::No && !chart.open && !chart.packed {
            of(context, chart, &uses, findings);
        }
    }
}

fn of(context: &Context<'_>, chart: &Chart, uses: &[Use], findings: &mut Vec<Finding>) {
    let graph = context.new;
    let Some(mut values) = Values::own(graph, &chart.folder) else { return };
    values.add_parts(graph, chart);
    let absent = absent(context, chart, &values);
    if absent.is_empty()
        || !sets_most(graph, chart, &values)
        || !values.add_overrides(graph, &chart.folder)
    {
        return;
    }
    // What some release sets may be set by others in places that are not here.
    let uses: Vec<&Use> = uses.iter().filter(|own| own.folder == chart.folder).collect();
    if !uses.iter().flat_map(|own| &own.files).all(|file| values.add(graph, *file)) {
        return;
    }
    let sets = |outer: &str| {
        let mut keys = uses.iter().flat_map(|own| &own.set).map(|(key, _)| key.as_str());
        let of = |key: &str| key.strip_prefix(outer).is_some_and(|rest| rest.starts_with('.'));
        keys.any(|key| key == outer || of(key))
    };
    let mut told: FxHashSet<SmolStr> = FxHashSet::default();
    for (key, place) in absent {
        let outer = values.outermost(&key);
        if values.has(&key) || outer == key || sets(&outer) || !told.insert(outer.clone()) {
            continue;
        }
        let message = format!(
            "`.Values.{key}` is read, and nothing sets `{outer}`: rendering stops where it comes to it"
        );
        findings.push(
            Finding::new("unresolved-reference", message, place)
                .severity(Severity::Warning)
                .label("read here")
                .help(format!("set `{outer}` in `{}/values.yaml`", chart.folder))
                .entity(Entity::new(kinds::HELM_VALUE, format!("{}/{outer}", chart.folder))),
        );
    }
}

/// Whether the chart's own values set three of four that its templates read, by their first parts:
/// others are there to be handed all of them.
fn sets_most(graph: &Graph<'_>, chart: &Chart, values: &Values) -> bool {
    let requires = chart.own.iter().flat_map(|file| &graph.snapshot.file(*file).facts.requires);
    let targets = requires.flat_map(|own| &own.any_of);
    let keys = targets.filter(|own| own.kind == kinds::HELM_VALUE);
    let parts = keys.filter_map(|own| own.name.as_exact()?.split('.').next());
    let parts: FxHashSet<&str> = parts.collect();
    let set = parts.iter().filter(|own| values.has(own)).count();
    set * 4 >= parts.len() * 3
}

/// The keys below a map that the chart's own values lack, which its templates read in any case.
fn absent(context: &Context<'_>, chart: &Chart, values: &Values) -> Vec<(SmolStr, Place)> {
    let graph = context.new;
    let asked = asked(graph, chart);
    let optional = |key: &str| {
        let mut outer = key.match_indices('.').map(|(at, _)| &key[..at]);
        asked.contains(key) || outer.any(|own| asked.contains(own))
    };
    let mut out = Vec::new();
    for &file in &chart.own {
        for require in &graph.snapshot.file(file).facts.requires {
            let Some(target) = require.any_of.first() else { continue };
            let given = matches!(require.relation, Relation::AsksFor | Relation::Requires);
            let Some(key) = target.name.as_exact().filter(|key| key.contains('.')) else {
                continue;
            };
            // What a definition calls its values is what it was handed.
            if target.kind == kinds::HELM_VALUE
                && require.within.is_none()
                && !given
                && !values.has(key)
                && !optional(key)
            {
                let place = Place { tree: graph.snapshot.role, file, span: require.span };
                out.push((key.clone(), place));
            }
        }
    }
    out
}
