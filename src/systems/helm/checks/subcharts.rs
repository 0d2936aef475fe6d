//! Values for a dependency that stand below another name than the dependency has.
//!
//! (Source: Helm's "Subcharts and Global Values": a parent sets the values of a sub-chart below its
//! name, or below its alias where it has one.)

use crate::check::Context;
use crate::facts::{
    Detail, Entity, Provide, base_name, is_one_edit, is_slip, kinds, parent_folder, path_in,
};
use crate::finding::{Finding, Place, Severity};
use crate::graph::Graph;
use crate::loader::FileIx;
use crate::systems::helm::charts::{Chart, charts};
use rustc_hash::FxHashSet;
use smol_str::SmolStr;

pub(in super::super) fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    let graph = context.new;
    let mut files: Vec<FileIx> =
        graph.all(kinds::HELM_DEPENDENCY).iter().map(|(_, site)| site.file).collect();
    files.sort_unstable();
    files.dedup();
    for file in files {
        of_chart(context, file, findings);
    }
}

/// What a chart depends on: its name, and the key that its values stand below.
struct Dependency<'g> {
    name: &'g SmolStr,
    key: &'g SmolStr,
}

fn of_chart(context: &Context<'_>, list: FileIx, findings: &mut Vec<Finding>) {
    let graph = context.new;
    let listed = graph.snapshot.file(list);
    let provides = &listed.facts.provides;
    let folder = parent_folder(&listed.entry.path);
    // What a sub-chart exports may be any value of its parent.
    if provides.iter().any(|own| own.kind == kinds::HELM_VALUE) {
        return;
    }
    let Some(chart) = charts(graph).find(folder) else { return };
    let Some(reads) = reads(graph, chart) else { return };
    let all = dependencies(provides);
    // What a change gives a dependency another name for.
    let before = context.old.and_then(|old| {
        let file = old.snapshot.find(&listed.entry.path)?;
        Some(dependencies(&old.snapshot.file(file).facts.provides))
    });
    let was = |key: &str, name: &str| {
        before.iter().flatten().any(|own| own.key == key && own.name == name)
    };
    let conditions = String::from_utf8_lossy(&graph.snapshot.contents(list)).into_owned();
    let Some(file) = graph.snapshot.find(&path_in(folder, "values.yaml")) else { return };
    let values = &graph.snapshot.file(file).facts.provides;
    let outer: Vec<(&SmolStr, &Provide)> = values
        .iter()
        .filter(|own| own.kind == kinds::HELM_VALUE)
        .filter_map(|own| Some((own.name.as_exact()?, own)))
        .filter(|(name, _)| !name.contains('.'))
        .collect();
    for (name, own) in outer.iter().filter(|(_, own)| own.detail == Detail::Map) {
        let is_known = all.iter().any(|own| own.key == *name)
            || matches!(name.as_str(), "global" | "tags" | "exports")
            || reads.contains(*name)
            // `condition: redis.enabled`.
            || conditions.contains(&format!("{name}."));
        let meant = all.iter().find(|own| {
            let is_unset = !outer.iter().any(|(name, _)| *name == own.key);
            is_unset && (own.name == *name || is_alike(name, own.key) || was(name, own.name))
        });
        let Some(meant) = meant.filter(|_| !is_known) else { continue };
        let message = format!(
            "no dependency is called `{name}`, and no template reads it: values for `{}` stand below `{}`",
            meant.name, meant.key
        );
        let place = Place { tree: graph.snapshot.role, file, span: own.span };
        findings.push(
            Finding::new("unknown-parameter", message, place)
                .severity(Severity::Warning)
                .label("set here")
                .help(format!(
                    "call it `{}`: Helm passes over other values without a word",
                    meant.key
                ))
                .entity(Entity::new(kinds::HELM_VALUE, path_in(folder, name))),
        );
    }
}

/// Whether two names differ in hyphens, underscores and case, or in one letter.
fn is_alike(name: &str, other: &str) -> bool {
    let letters = |text: &str| text.replace(['-', '_'], "").to_ascii_lowercase();
    letters(name) == letters(other)
        || name.len() > 5 && is_one_edit(name, other) && is_slip(name, other)
}

fn dependencies(provides: &[Provide]) -> Vec<Dependency<'_>> {
    let is_own = |own: &&Provide| own.kind == kinds::HELM_DEPENDENCY;
    let named = provides.iter().filter(is_own).filter(|own| own.detail != Detail::Alias);
    named
        .filter_map(|own| {
            let name = own.name.as_exact()?;
            let is_alias =
                |other: &&Provide| other.detail == Detail::Alias && other.span == own.span;
            let alias = provides.iter().filter(is_own).find(is_alias);
            Some(Dependency {
                name,
                key: alias.and_then(|own| own.name.as_exact()).unwrap_or(name),
            })
        })
        .collect()
}

/// The first parts of the values that a chart's own templates read; `None` where they may read any:
/// they hand on all of them, or include what stands in another chart.
fn reads(graph: &Graph<'_>, chart: &Chart) -> Option<FxHashSet<SmolStr>> {
    let facts = || chart.own.iter().map(|file| &graph.snapshot.file(*file).facts);
    let defined: FxHashSet<&SmolStr> = facts()
        .flat_map(|facts| &facts.provides)
        .filter(|own| own.kind == kinds::HELM_TEMPLATE)
        .filter_map(|own| own.name.as_exact())
        .collect();
    let mut found = FxHashSet::default();
    for target in facts().flat_map(|facts| &facts.requires).flat_map(|own| &own.any_of) {
        match target.kind {
            kinds::HELM_VALUE | kinds::HELM_READ => {
                let first = target.name.as_exact()?.split('.').next()?;
                found.insert(SmolStr::new(first));
            }
            kinds::HELM_INCLUDE if !defined.contains(target.name.as_exact()?) => return None,
            _ => {}
        }
    }
    let is_read = |file: &FileIx| {
        let name = base_name(&graph.snapshot.file(*file).entry.path);
        [".yaml", ".yml", ".tpl", ".txt"].iter().any(|end| name.ends_with(end))
    };
    (!found.contains("") && chart.own.iter().all(is_read)).then_some(found)
}
