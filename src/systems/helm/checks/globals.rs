//! Global values that a chart does not set any more, while charts inside of it read them.
//!
//! (Source: Helm's "Subcharts and Global Values": `global` is handed on to all sub-charts.)

use crate::check::Context;
use crate::facts::{Entity, Provide, Strength, base_name, kinds, parent_folder};
use crate::finding::{Finding, Place, Severity};
use crate::graph::Graph;
use crate::loader::{FileIx, Role};
use rustc_hash::{FxHashMap, FxHashSet};
use smol_str::SmolStr;

pub(in super::super) fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    let Some(old) = context.old else { return };
    let graph = context.new;
    let now = set(graph);
    let mut gone: FxHashMap<SmolStr, Vec<(&SmolStr, FileIx, &Provide)>> = FxHashMap::default();
    for (key, (file, own)) in set(old) {
        let path = &old.snapshot.file(file).entry.path;
        // Of the chart's own values, which are still there.
        let is_own = base_name(path) == "values.yaml" && graph.snapshot.find(path).is_some();
        if is_own && !now.contains_key(&key) {
            gone.entry(key).or_default().push((path, file, own));
        }
    }
    if gone.is_empty() {
        return;
    }
    let mut told: FxHashSet<(FileIx, SmolStr)> = FxHashSet::default();
    for (file, entry) in context.asking(&[kinds::HELM_READ]) {
        for require in &entry.facts.requires {
            let Some(target) = require.any_of.first() else { continue };
            // One that nothing is done without is guarded.
            let is_read = target.kind == kinds::HELM_READ && require.strength != Strength::Guarded;
            let Some(key) = target.name.as_exact().filter(|_| is_read) else { continue };
            let inside = |(path, _, _): &&(&SmolStr, FileIx, &Provide)| {
                let rest = entry.entry.path.strip_prefix(parent_folder(path));
                rest.is_some_and(|rest| rest.trim_start_matches('/').starts_with("charts/"))
            };
            let Some((_, from, own)) = gone.get(key).and_then(|all| all.iter().find(inside)) else {
                continue;
            };
            if !entry.standing.is_live() || !told.insert((file, key.clone())) {
                continue;
            }
            let message = format!("`.Values.{key}` is read, which no values file sets any more");
            let place = |tree, file, span| Place { tree, file, span };
            findings.push(
                Finding::new(
                    "removed-but-referenced",
                    message,
                    place(Role::New, file, require.span),
                )
                .of_change()
                .severity(Severity::Warning)
                .label("read here")
                .help(
                    "set it again in the values of the chart around this one, or read its new name",
                )
                .entity(Entity::new(kinds::HELM_VALUE, key.as_str()))
                .related("set here before", place(Role::Old, *from, own.span)),
            );
        }
    }
}

/// Global values that some file sets.
fn set<'g>(graph: &Graph<'g>) -> FxHashMap<SmolStr, (FileIx, &'g Provide)> {
    let mut all = FxHashMap::default();
    for (name, site) in graph.all(kinds::HELM_VALUE) {
        let provides = &graph.snapshot.file(site.file).facts.provides;
        let own = site.provide.and_then(|ix| provides.get(ix as usize));
        if let Some(own) = own.filter(|_| name.starts_with("global.")) {
            all.entry(name.clone()).or_insert((site.file, own));
        }
    }
    all
}
