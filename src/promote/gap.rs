//! `environment-gap`: keys that staging's files set, production's lack, and promoted
//! files read.

use super::closure::Graphs;
use super::data::{self, KEY_KINDS};
use super::selection::{Changes, Trees};
use crate::facts::{Entity, Kind, NamePattern, Ref, Require, Span, Strength, kinds};
use crate::finding::{Finding, Place, Severity};
use crate::graph::{Graph, Resolution, Site};
use crate::session::{FileIx, Role, Snapshot};
use rustc_hash::FxHashSet;
use smol_str::SmolStr;
use std::collections::BTreeMap;

/// A promoted place that reads a key.
struct Reader {
    file: FileIx,
    span: Span,
    /// Whether production's own text reads the key already.
    stands: bool,
}

/// Finds the keys that promoted files read, that a file of staging's environment sets, and
/// that nothing of production's does. Values are never compared. Returns the words on what is
/// to be added by hand.
pub(super) fn check(
    trees: &Trees,
    graphs: &Graphs<'_>,
    candidate: &Graph<'_>,
    changes: &Changes,
    findings: &mut Vec<Finding>,
) -> Vec<String> {
    let readers = readers(graphs, candidate, changes);
    let mut by_hand = Vec::new();
    for ((kind, name), reader) in &readers {
        let key = Entity::new(kind.clone(), name.clone());
        if is_set(trees, candidate, &key) || is_elsewhere(candidate, &key) {
            continue;
        }
        let Some(set) = source(trees, graphs.staging.snapshot, &graphs.staging, candidate, &key)
        else {
            continue;
        };
        // Without a pair, what production lacked before the promotion is its standing debt.
        if reader.stands && !set.is_paired {
            continue;
        }
        by_hand.push(set.help(name));
        findings.push(finding(key, name, reader, &set, candidate));
    }
    by_hand
}

/// Where staging sets a key, and where production would.
struct Set {
    site: Site,
    /// Staging's file.
    path: SmolStr,
    /// Its line.
    line: String,
    /// The file of production, where one corresponds.
    target: Option<String>,
    is_paired: bool,
}

impl Set {
    fn help(&self, name: &str) -> String {
        let Self { path, line, target, .. } = self;
        match target {
            Some(target) => format!(
                "add `{name}` to {target} with production's value; staging's line in {path} is `{line}`"
            ),
            None => format!(
                "add `{name}` to production's data with production's value; which file corresponds \
                 to {path} is not known (`mapping` in crosscheck.yaml can say it); staging's line is \
                 `{line}`"
            ),
        }
    }
}

fn finding(key: Entity, name: &str, reader: &Reader, set: &Set, candidate: &Graph<'_>) -> Finding {
    let place = |tree, file, span| Place { tree, file, span };
    let lacking = set.target.as_deref().unwrap_or("production's data");
    let message = format!("`{name}` is set in staging's {} and not in {lacking}", set.path);
    let mut finding =
        Finding::new("environment-gap", message, place(Role::Candidate, reader.file, reader.span))
            .severity(Severity::Error)
            .of_change()
            .label("read here by a promoted file")
            .related("set here in staging", place(Role::Staging, set.site.file, set.site.span))
            .help(set.help(name))
            .entity(key);
    let target = set.target.as_deref().and_then(|target| candidate.snapshot.find(target));
    if let Some(target) = target {
        let lacks = place(Role::Candidate, target, Span::default());
        finding = finding.related("its counterpart lacks it", lacks);
    }
    finding
}

fn source(
    trees: &Trees,
    staging: &Snapshot,
    graph: &Graph<'_>,
    candidate: &Graph<'_>,
    key: &Entity,
) -> Option<Set> {
    let exists = |path: &str| candidate.snapshot.find(path).is_some();
    let sites = graph.matching(&key.kind, &NamePattern::exact(key.name.clone()));
    let sets = sites.iter().filter_map(|site| {
        let file = staging.file(site.file);
        let path = &file.entry.path;
        if !data::is_environment(trees, path, &file.facts) {
            return None;
        }
        Some(Set {
            site: *site,
            path: trees.staging_path(path).unwrap_or(path).clone(),
            line: data::line(&staging.contents(site.file), site.span.start),
            target: data::counterpart(trees, path, exists),
            is_paired: trees.mapping().paired(path).is_some(),
        })
    });
    // A pair whose production side is not there says nothing of production.
    let mut sets: Vec<Set> = sets.filter(|set| !set.is_paired || set.target.is_some()).collect();
    sets.sort_by_key(|set| (set.target.is_none(), set.path.clone()));
    sets.into_iter().next()
}

/// Keys that promoted files read, each with its first reader. A class parameter without
/// a default reads the key `CLASS::PARAMETER`, unless a call passes it.
fn readers(
    graphs: &Graphs<'_>,
    candidate: &Graph<'_>,
    changes: &Changes,
) -> BTreeMap<(Kind, SmolStr), Reader> {
    let passed = passed(candidate);
    let mut readers = BTreeMap::new();
    for path in changes.keys() {
        let Some(file) = candidate.snapshot.find(path) else { continue };
        let facts = &candidate.snapshot.file(file).facts;
        let production = graphs.production.snapshot;
        let before = production.find(path).map(|own| &production.file(own).facts);
        for require in facts.requires.iter().filter(|own| own.strength != Strength::Guarded) {
            if let [Ref { kind, name: NamePattern::Exact(name) }] = require.any_of.as_slice()
                && KEY_KINDS.contains(kind)
            {
                let stands = before.is_some_and(|before| {
                    before.requires.iter().any(|own| own.any_of == require.any_of)
                });
                let reader = Reader { file, span: require.span, stands };
                readers.entry((kind.clone(), name.clone())).or_insert(reader);
            }
        }
        for interface in &facts.interfaces {
            if interface.entity.kind != kinds::PUPPET_CLASS {
                continue;
            }
            let class = &interface.entity.name;
            for param in interface.params.iter().filter(|param| param.required) {
                if passed.contains(&(class.as_str(), param.name.as_str()))
                    || passed.contains(&(class.as_str(), "*"))
                {
                    continue;
                }
                let stands = before.is_some_and(|before| {
                    let own = before.interfaces.iter().find(|own| own.entity == interface.entity);
                    let mut params = own.iter().flat_map(|own| &own.params);
                    params.any(|own| own.name == param.name && own.required)
                });
                let name = SmolStr::from(format!("{class}::{}", param.name));
                let reader = Reader { file, span: param.span, stands };
                readers.entry((kinds::KEY, name)).or_insert(reader);
            }
        }
    }
    readers
}

/// The parameters of classes that calls pass; `*` for a call that may pass any.
fn passed<'g>(graph: &Graph<'g>) -> FxHashSet<(&'g str, &'g str)> {
    let mut passed = FxHashSet::default();
    for call in graph.snapshot.files.iter().flat_map(|file| &file.facts.calls) {
        for target in call.any_of.iter().filter(|target| target.kind == kinds::PUPPET_CLASS) {
            let Some(class) = target.name.as_exact() else { continue };
            // Hiera fills an `include`: only what is written in a splat may be anything.
            if call.open && !call.args.is_empty() {
                passed.insert((class.as_str(), "*"));
            }
            passed.extend(call.args.iter().map(|arg| (class.as_str(), arg.name.as_str())));
        }
    }
    passed
}

/// Whether anything but a file of staging's own sets the key.
fn is_set(trees: &Trees, candidate: &Graph<'_>, key: &Entity) -> bool {
    let counts = |site: &Site| {
        let file = candidate.snapshot.file(site.file);
        !data::is_stagings(trees, &file.entry.path)
            || !data::is_environment(trees, &file.entry.path, &file.facts)
    };
    candidate.matching(&key.kind, &NamePattern::exact(key.name.clone())).iter().any(counts)
}

/// Whether configuration says that the key lives elsewhere.
fn is_elsewhere(candidate: &Graph<'_>, key: &Entity) -> bool {
    let target = Ref::new(key.kind.clone(), NamePattern::exact(key.name.clone()));
    let require = Require::certain(target, Span::default(), "key", None);
    matches!(candidate.resolve(&require), Resolution::Elsewhere)
}
