//! Values that a release sets and its chart does not take: keys that the chart had, and keys
//! that it never knew.
//!
//! Helm passes over them without a word: what was configured is not.

use super::uses::{Taken, Use, keys, others, uses};
use crate::check::Context;
use crate::facts::{Entity, kinds};
use crate::finding::{Finding, Place, Severity};
use crate::graph::Graph;
use crate::loader::FileIx;
use crate::systems::helm::charts::charts;
use rustc_hash::{FxHashMap, FxHashSet};
use smol_str::SmolStr;

pub(crate) fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    let graph = context.new;
    let uses = uses(graph);
    if uses.is_empty() {
        return;
    }
    let mut known = Known::default();
    let mut seen: FxHashSet<(FileIx, SmolStr)> = FxHashSet::default();
    let mut places: FxHashSet<Place> = FxHashSet::default();
    for own in &uses {
        // A release of several environments is one call for each.
        if places.insert(own.place) {
            settings(context, own, &own.set, &[], &mut known, findings);
        }
        for &file in &own.files {
            let mut also: Vec<SmolStr> = uses
                .iter()
                .filter(|other| other.files.contains(&file))
                .map(|other| other.folder.clone())
                .collect();
            if !seen.insert((file, own.folder.clone())) {
                continue;
            }
            let Some(more) = others(graph, file) else { continue };
            also.extend(more);
            settings(context, own, &keys(graph, file), &also, &mut known, findings);
        }
    }
}

/// What charts take, each found out once.
#[derive(Default)]
struct Known {
    new: FxHashMap<SmolStr, Option<Taken>>,
    old: FxHashMap<SmolStr, Option<Taken>>,
}

fn taken<'k>(
    known: &'k mut FxHashMap<SmolStr, Option<Taken>>,
    graph: &Graph<'_>,
    folder: &SmolStr,
) -> Option<&'k Taken> {
    let found = || charts(graph).find(folder).and_then(|chart| Taken::of_own(graph, chart));
    known.entry(folder.clone()).or_insert_with(found).as_ref()
}

fn settings(
    context: &Context<'_>,
    own: &Use,
    set: &[(SmolStr, Place)],
    also: &[SmolStr],
    known: &mut Known,
    findings: &mut Vec<Finding>,
) {
    let graph = context.new;
    let folder = &own.folder;
    let mut unknown: Vec<&(SmolStr, Place)> = Vec::new();
    let Some(now) = taken(&mut known.new, graph, folder) else { return };
    let is_part = now.is_part;
    for key in set.iter().filter(|(key, _)| !now.knows(key)) {
        let inside = |(outer, _): &&(SmolStr, Place)| {
            key.0.strip_prefix(outer.as_str()).is_some_and(|rest| rest.starts_with('.'))
        };
        if !unknown.iter().any(inside) {
            unknown.push(key);
        }
    }
    for other in also.iter().filter(|other| *other != folder) {
        let Some(other) = taken(&mut known.new, graph, other) else { return };
        unknown.retain(|(key, _)| !other.knows(key));
    }
    if unknown.is_empty() {
        return;
    }
    // A chart whose own values stand under a key of each release is read by its parts.
    let before = context.old.and_then(|old| taken(&mut known.old, old, folder));
    for (key, place) in unknown {
        let name = crate::facts::base_name(folder);
        let entity = Entity::new(kinds::HELM_VALUE, format!("{folder}/{key}"));
        let was_read = before.is_some_and(|before| before.had(key));
        if is_part && !was_read {
            continue;
        }
        let finding = match was_read {
            true => Finding::new(
                "removed-parameter",
                format!(
                    "the chart `{name}` reads the value `{key}` no longer, and this release sets it"
                ),
                *place,
            )
            .severity(Severity::Warning)
            .of_change()
            .help("set what the chart reads now: Helm passes over other values without a word"),
            false => Finding::new(
                "unknown-parameter",
                format!("nothing in the chart `{name}` reads the value `{key}`"),
                *place,
            )
            .severity(Severity::Note)
            .help("take it out, or set what the chart reads: Helm passes over it without a word"),
        };
        findings.push(finding.label("set here").related("released here", own.place).entity(entity));
    }
}
