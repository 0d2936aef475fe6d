//! Secrets and ConfigMaps that the pods of one environment's root name, and that only roots of other
//! environments build.

use super::left::made;
use super::pods::{containers, is_filled, template};
use super::tree::Tree;
use super::{Built, Object, built, is_component, live, parts};
use crate::check::Context;
use crate::extract::inside;
use crate::facts::{Entity, NamePattern, kinds};
use crate::finding::{Finding, Place, Severity};
use crate::graph::Graph;
use crate::loader::FileIx;
use rustc_hash::{FxHashMap, FxHashSet};
use smol_str::{SmolStr, format_smolstr};
use std::sync::Arc;

/// Most roots of one tree that are compared.
const MOST: usize = 4_000;

/// A root of an environment.
struct Own {
    folder: SmolStr,
    built: Arc<Built>,
}

pub(in super::super) fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    let graph = context.new;
    let used = parts(graph);
    let mut all: Vec<Own> = Vec::new();
    for (folder, root) in live(graph) {
        let path = graph.snapshot.file(root).entry.path.as_str();
        let is_part = used.contains(folder.as_str()) || used.contains(path);
        if folder.is_empty() || is_part || is_component(graph, folder) || all.len() > MOST {
            continue;
        }
        if let Some(built) = built(graph, folder, 0).filter(|own| !own.is_added_to) {
            all.push(Own { folder: folder.clone(), built });
        }
    }
    let mut told: FxHashSet<(FileIx, crate::facts::Span)> = FxHashSet::default();
    // Roots that differ in one folder of their paths.
    let mut groups: FxHashMap<SmolStr, Vec<usize>> = FxHashMap::default();
    for (ix, own) in all.iter().enumerate() {
        for mark in marks(&own.folder) {
            groups.entry(mark).or_default().push(ix);
        }
    }
    for own in &all {
        let others = marks(&own.folder).into_iter().filter_map(|mark| groups.get(&mark)).flatten();
        let others: Vec<&Own> =
            others.map(|ix| &all[*ix]).filter(|other| other.folder != own.folder).collect();
        if !others.is_empty() {
            compare(graph, own, &others, &mut told, findings);
        }
    }
}

/// A path with each of its parts left out in turn.
fn marks(folder: &str) -> Vec<SmolStr> {
    let parts: Vec<&str> = folder.split('/').collect();
    let left_out = |ix: usize| {
        let all = parts.iter().enumerate();
        let all: Vec<&str> = all.map(|(at, own)| if at == ix { "*" } else { own }).collect();
        SmolStr::from(all.join("/"))
    };
    (0..parts.len()).map(left_out).collect()
}

fn compare(
    graph: &Graph<'_>,
    own: &Own,
    others: &[&Own],
    told: &mut FxHashSet<(FileIx, crate::facts::Span)>,
    findings: &mut Vec<Finding>,
) {
    let mut has = None;
    for object in &own.built.objects {
        let Some(spec) = template(object).and_then(|own| own.get("spec")) else { continue };
        let twins = others.iter().filter(|other| {
            let is_same =
                |one: &Arc<Object>| one.kind == object.kind && one.name() == object.name();
            other.built.objects.iter().any(is_same)
        });
        let twins: Vec<&&Own> = twins.collect();
        if twins.is_empty() {
            continue;
        }
        for (kind, name) in named(spec) {
            let Some(text) = name.text().filter(|own| !is_filled(own)) else { continue };
            let shown = format_smolstr!("{kind}/{text}");
            let has = has.get_or_insert_with(|| made(graph, &own.built));
            if has.contains_key(&shown) || !has_own(graph, &own.folder, kind) {
                continue;
            }
            let Some((twin, at)) = only_of_twins(graph, &shown, &twins) else { continue };
            if !told.insert((name.at.file, name.at.span)) {
                continue;
            }
            let tree = graph.snapshot.role;
            let place = |file, span| Place { tree, file, span };
            let message = format!(
                "`{}` names `{shown}` and does not build it, as `{}` does",
                own.folder, twin.folder
            );
            findings.push(
                Finding::new("environment-gap", message, place(name.at.file, name.at.span))
                    .severity(Severity::Warning)
                    .label("named here")
                    .help("the pods do not start without it: add it, or what makes it")
                    .entity(Entity::new(kinds::CLUSTER_OBJECT, shown))
                    .related("made for the other one here", place(at.file, at.span)),
            );
        }
    }
}

/// ConfigMaps and Secrets that pods cannot start without.
fn named(spec: &Tree) -> Vec<(&'static str, &Tree)> {
    let mut all = Vec::new();
    let needed = |own: &&Tree| own.word("optional") != Some("true");
    for container in containers(spec) {
        let env = container.get("env").map(Tree::items).unwrap_or_default();
        let env = env.iter().filter_map(|own| own.get("valueFrom"));
        let from = container.get("envFrom").map(Tree::items).unwrap_or_default();
        for own in env.chain(from) {
            let keys = [
                ("configMapKeyRef", "ConfigMap"),
                ("configMapRef", "ConfigMap"),
                ("secretKeyRef", "Secret"),
                ("secretRef", "Secret"),
            ];
            for (key, kind) in keys {
                let of = own.get(key).filter(needed);
                all.extend(of.and_then(|own| own.get("name")).map(|own| (kind, own)));
            }
        }
    }
    for own in spec.get("volumes").map(Tree::items).unwrap_or_default() {
        for (key, kind, called) in
            [("configMap", "ConfigMap", "name"), ("secret", "Secret", "secretName")]
        {
            let of = own.get(key).filter(needed);
            all.extend(of.and_then(|own| own.get(called)).map(|own| (kind, own)));
        }
    }
    all
}

/// Whether something of a kind stands in the folder of a root: others need not be made by hand.
fn has_own(graph: &Graph<'_>, folder: &str, kind: &str) -> bool {
    let files = &graph.snapshot.files;
    let begin = format!("{folder}/");
    let from = files.partition_point(|own| own.entry.path.as_str() < begin.as_str());
    let own = files.iter().skip(from).take_while(|own| inside(folder, &own.entry.path).is_some());
    own.flat_map(|own| &own.facts.provides).any(|own| {
        own.kind == kinds::CLUSTER_OBJECT
            && own.name.as_exact().is_some_and(|name| {
                name.strip_prefix(kind).is_some_and(|rest| rest.starts_with('/'))
            })
    })
}

/// The twin that has an object of a name in its own folder, where all that make one are such.
fn only_of_twins<'t>(
    graph: &Graph<'_>,
    shown: &str,
    twins: &[&&'t Own],
) -> Option<(&'t Own, super::At)> {
    let sites = graph.matching(kinds::CLUSTER_OBJECT, &NamePattern::exact(shown));
    let mut first = None;
    for site in sites {
        let path = &graph.snapshot.file(site.file).entry.path;
        let twin = twins.iter().find(|own| inside(&own.folder, path).is_some())?;
        let is_built = twin.built.files.contains(&site.file);
        if first.is_none() && is_built {
            first = Some((**twin, super::At { file: site.file, span: site.span }));
        }
    }
    first
}
