//! `helm upgrade --reuse-values`: the values that the release was made with stay as they were,
//! those of the old chart too, and the new templates are rendered with them.
//!
//! (Source: Helm's documentation of `helm upgrade`.)

use super::uses::{keys, uses};
use super::values::{Shape, Values, needed};
use crate::check::Context;
use crate::facts::{Entity, kinds};
use crate::finding::{Finding, Place};
use crate::graph::PathKind;
use crate::systems::helm::charts::charts;
use rustc_hash::FxHashSet;
use smol_str::SmolStr;

pub(crate) fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    let Some(old) = context.old else { return };
    let graph = context.new;
    for own in uses(graph).into_iter().filter(|own| own.keeps) {
        let folder = &own.folder;
        let (Some(chart), Some(_)) = (charts(graph).find(folder), charts(old).find(folder)) else {
            continue;
        };
        let stored = Values::own(old, folder);
        let (Some(mut stored), Some(now)) = (stored, Values::own(graph, folder)) else { continue };
        for (key, _) in &own.set {
            for (at, _) in key.match_indices('.') {
                stored.fill(key[..at].into(), Shape::Map);
            }
            stored.fill(key.clone(), Shape::Other);
        }
        for &file in &own.files {
            keys(graph, file).into_iter().for_each(|(key, _)| stored.fill(key, Shape::Other));
        }
        let mut told: FxHashSet<SmolStr> = FxHashSet::default();
        for (key, read) in needed(graph, chart) {
            let outer = stored.outermost(&key);
            // What neither has is another matter.
            if stored.has(&key) || !now.has(&key) || !told.insert(outer.clone()) {
                continue;
            }
            let message = format!(
                "`--reuse-values` keeps the values of the last release, in which `{outer}` is not set: the chart's new templates read it"
            );
            let mut finding = Finding::new("version-skew", message, own.place)
                .label("upgraded here with the stored values")
                .help("use `--reset-then-reuse-values`, or have the template do without the value")
                .related(format!("`.Values.{key}` is read here"), read)
                .entity(Entity::new(kinds::HELM_VALUE, format!("{folder}/{outer}")))
                .of_change();
            if let PathKind::File(file) = graph.paths.look_up(&format!("{folder}/values.yaml")) {
                let provides = &graph.snapshot.file(file).facts.provides;
                let new = provides.iter().find(|own| own.name.as_exact() == Some(&outer));
                let place = |span| Place { tree: graph.snapshot.role, file, span };
                if let Some(new) = new {
                    finding = finding.related("its default is new", place(new.span));
                }
            }
            findings.push(finding);
        }
    }
}
