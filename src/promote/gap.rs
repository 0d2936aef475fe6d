//! `environment-gap`: keys that staging's files set, production's lack, and promoted
//! files read.

use super::selection::{Changes, Trees};
use crate::facts::{Entity, Kind, NamePattern, Ref, Span, Strength, kinds};
use crate::finding::{Finding, Place};
use crate::graph::{Graph, Site};
use crate::session::{FileIx, Role};
use rustc_hash::FxHashMap;
use smol_str::SmolStr;

/// Kinds whose names are keys of an environment.
const KEY_KINDS: &[Kind] = &[kinds::KEY, kinds::PHP_SETTING, kinds::ENV];

/// Compares paired files key by key. A key that anything else of the candidate sets is
/// no gap, and values are never compared.
pub(super) fn check(
    trees: &Trees,
    staging: &Graph<'_>,
    candidate: &Graph<'_>,
    changes: &Changes,
    findings: &mut Vec<Finding>,
) {
    let readers = readers(candidate, changes);
    if readers.is_empty() {
        return;
    }
    for (staging_ix, file) in staging.snapshot.files.iter().enumerate() {
        let Some(pair) = trees.mapping().paired(&file.entry.path) else { continue };
        let Some(partner) = candidate.snapshot.find(&pair) else { continue };
        for provide in &file.facts.provides {
            let Some(name) = provide.name.as_exact() else { continue };
            let key = Entity::new(provide.kind.clone(), name.clone());
            let Some(&(reader, span)) = readers.get(&key) else { continue };
            if is_set(trees, candidate, &key) {
                continue;
            }
            let place = |tree, file, span| Place { tree, file, span };
            let message =
                format!("`{name}` is set in staging's {} and not in {pair}", file.entry.path);
            findings.push(
                Finding::new("environment-gap", message, place(Role::Candidate, reader, span))
                    .of_change()
                    .label("read here by a promoted file")
                    .related(
                        "set here in staging",
                        place(Role::Staging, staging_ix as FileIx, provide.span),
                    )
                    .related(
                        "its counterpart lacks it",
                        place(Role::Candidate, partner, Span::default()),
                    )
                    .help(format!("set `{name}` in {pair} with production's value"))
                    .entity(key),
            );
        }
    }
}

/// Keys that promoted files read, each with its first reader. A class parameter without
/// a default reads the key `CLASS::PARAMETER`.
fn readers(candidate: &Graph<'_>, changes: &Changes) -> FxHashMap<Entity, (FileIx, Span)> {
    let mut readers = FxHashMap::default();
    for path in changes.keys() {
        let Some(ix) = candidate.snapshot.find(path) else { continue };
        let facts = &candidate.snapshot.file(ix).facts;
        for require in facts.requires.iter().filter(|own| own.strength != Strength::Guarded) {
            if let [Ref { kind, name: NamePattern::Exact(name) }] = require.any_of.as_slice()
                && KEY_KINDS.contains(kind)
            {
                let key = Entity::new(kind.clone(), name.clone());
                readers.entry(key).or_insert((ix, require.span));
            }
        }
        for interface in &facts.interfaces {
            if interface.entity.kind != kinds::PUPPET_CLASS {
                continue;
            }
            for param in interface.params.iter().filter(|param| param.required) {
                let name = SmolStr::from(format!("{}::{}", interface.entity.name, param.name));
                readers.entry(Entity::new(kinds::KEY, name)).or_insert((ix, param.span));
            }
        }
    }
    readers
}

/// Whether anything but a file of staging's own sets the key.
fn is_set(trees: &Trees, candidate: &Graph<'_>, key: &Entity) -> bool {
    let counts = |site: &Site| {
        trees.mapping().paired(&candidate.snapshot.file(site.file).entry.path).is_none()
    };
    candidate.matching(&key.kind, &NamePattern::exact(key.name.clone())).iter().any(counts)
}
