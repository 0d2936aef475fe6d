//! Variables that Flux fills in after a folder is built: `${NAME}` in its manifests, with what a
//! `Kustomization` sets under `postBuild`.
//!
//! One that nothing sets is filled in with nothing, without a word. So one that goes is missed,
//! and one that is new where most others are set here. Forms with a default are left alone.
//! (Source: Flux's "Kustomization" reference, "Post build variable substitution".)

use super::is_yaml;
use crate::extract::{Extractor, Settings, Source};
use crate::facts::{
    Detail, Entity, FileFacts, NamePattern, Provide, Ref, Require, Scope, Span, Strength,
    is_variable_name, kinds,
};
use crate::graph::{Graph, Resolution, Resolver, Site, View};
use crate::syntax::lines::lines;
use crate::syntax::yaml::{self, Node};
use rustc_hash::FxHashSet;
use smallvec::SmallVec;
use smol_str::{SmolStr, format_smolstr};
use std::sync::OnceLock;

/// The annotation that keeps an object from being filled in.
const DISABLED: &str = "substitute: disabled";

/// How the detail of what takes its variables from an object begins; the object follows.
pub(super) const FROM: &str = "from ";

/// Extracts what objects of Flux set, what may be set from, and what manifests read.
pub struct Variables;

impl Extractor for Variables {
    fn system(&self) -> &'static str {
        "flux-variables"
    }

    fn claims(&self, path: &str) -> bool {
        is_yaml(path)
    }

    fn accepts(&self, bytes: &[u8]) -> bool {
        let has = |text: &[u8]| memchr::memmem::find(bytes, text).is_some();
        has(b"apiVersion:")
            && (has(b"${") || has(b"postBuild:") || has(b"kind: ConfigMap") || has(b"kind: Secret"))
    }

    fn extract(&self, source: &Source<'_>, _settings: &Settings, out: &mut FileFacts) {
        let documents = source.yaml();
        let is_object =
            |root: &&Node<'_>| root.get("apiVersion").is_some() && root.get("kind").is_some();
        if documents.roots.iter().find(is_object).is_none() || yaml::is_templated(source.text) {
            return;
        }
        for root in documents.roots.iter().filter(is_object) {
            match root.get("kind").and_then(Node::as_str) {
                Some(kind @ ("ConfigMap" | "Secret")) => held(kind, root, out),
                _ => set_below(root, 0, out),
            }
        }
        if !source.text.contains(DISABLED) {
            reads(source, out);
        }
    }
}

fn provide(name: &str, span: Span, detail: Detail, out: &mut FileFacts) {
    let name = NamePattern::exact(name);
    out.provides.push(Provide { kind: kinds::FLUX_VARIABLE, name, span, within: None, detail });
}

/// The keys of an object that variables may be taken from.
fn held(kind: &str, root: &Node<'_>, out: &mut FileFacts) {
    let name = root.get("metadata").and_then(|own| own.get("name")?.as_str());
    let Some(object) = name.map(|name| format!("{kind}/{name}")) else { return };
    for section in ["data", "stringData"] {
        for (key, _) in root.get(section).map(Node::entries).unwrap_or_default() {
            if let Some(name) = key.as_str().filter(|name| is_variable_name(name)) {
                provide(name, key.span, object.as_str().into(), out);
            }
        }
    }
}

/// What `postBuild` sets, at any depth: a parent may patch it into its children, as a text.
pub(super) fn set_below(node: &Node<'_>, depth: usize, out: &mut FileFacts) {
    if let Some(text) = node.as_str().filter(|text| depth < 2 && text.contains("postBuild:")) {
        let inner = yaml::parse(text);
        for own in &inner.roots {
            let from = out.provides.len();
            set_below(own, depth + 2, out);
            out.provides[from..].iter_mut().for_each(|own| own.span = node.span);
        }
    }
    node.items().iter().for_each(|item| set_below(item, depth, out));
    for (key, value) in node.entries() {
        if key.as_str() != Some("postBuild") {
            set_below(value, depth, out);
            continue;
        }
        set_by(value, out);
    }
}

/// What one `postBuild` sets.
pub(super) fn set_by(value: &Node<'_>, out: &mut FileFacts) {
    for (name, _) in value.get("substitute").map(Node::entries).unwrap_or_default() {
        if let Some(text) = name.as_str() {
            provide(text, name.span, Detail::None, out);
        }
    }
    for own in value.get("substituteFrom").map(Node::items).unwrap_or_default() {
        let text = |key: &str| own.get(key).and_then(Node::as_str);
        let (Some(kind), Some(name)) = (text("kind"), text("name")) else { continue };
        let detail = Detail::from(format!("{FROM}{kind}/{name}").as_str());
        provide("*", own.span, detail, out);
    }
}

/// `${NAME}` outside of comments; `$${NAME}` is left for a shell.
fn reads(source: &Source<'_>, out: &mut FileFacts) {
    let scope = Scope::of(source.path);
    let mut seen: FxHashSet<&str> = FxHashSet::default();
    for (start, line) in lines(source.text) {
        if line.trim_start().starts_with('#') {
            continue;
        }
        for (at, _) in line.match_indices("${") {
            let rest = &line[at + 2..];
            let Some(name) = rest.find('}').map(|end| &rest[..end]) else { break };
            let is_plain = is_variable_name(name) && !line[..at].ends_with('$');
            if is_plain && seen.insert(name) {
                let target = Ref::exact(kinds::FLUX_READ, name).seen_from(scope.clone());
                let span = Span::new(start + at + 2, start + at + 2 + name.len());
                let require = Require::certain(target, span, "postBuild", None);
                out.requires.push(require.with_strength(Strength::Likely));
            }
        }
    }
}

pub(super) fn install(graph: &mut Graph<'_>) {
    graph.add_view::<Set>();
    graph.set_resolver(kinds::FLUX_READ, Box::<Reads>::default());
}

/// What sets variables in a tree.
#[derive(Default)]
struct Set {
    /// Objects that they are taken from.
    sources: FxHashSet<SmolStr>,
    /// Whether some of these are not in the tree.
    is_open: bool,
    /// Whether anything is filled in.
    is_used: bool,
}

impl View for Set {
    fn of(graph: &Graph<'_>) -> Self {
        let mut own = Self::default();
        let mut held: FxHashSet<&str> = FxHashSet::default();
        for (_, site) in graph.all(kinds::FLUX_VARIABLE) {
            let Some(detail) = detail(graph, *site) else { continue };
            match detail.strip_prefix(FROM) {
                Some(source) => own.is_used |= own.sources.insert(source.into()),
                None if detail.is_empty() => own.is_used = true,
                None => {
                    held.insert(detail);
                }
            }
        }
        own.is_open = own.sources.iter().any(|source| !held.contains(source.as_str()));
        own
    }
}

fn detail<'g>(graph: &'g Graph<'_>, site: Site) -> Option<&'g str> {
    let provides = &graph.snapshot.file(site.file).facts.provides;
    site.provide.and_then(|ix| provides.get(ix as usize)).map(|own| own.detail.text())
}

/// A variable that a manifest reads.
#[derive(Default)]
struct Reads(OnceLock<bool>);

impl Resolver for Reads {
    fn resolve(&self, graph: &Graph<'_>, target: &Ref) -> Resolution {
        let (Some(set), Some(name)) = (graph.view::<Set>(), target.name.as_exact()) else {
            return Resolution::Elsewhere;
        };
        if !set.is_used {
            return Resolution::Elsewhere;
        }
        let sites = graph.providers(kinds::FLUX_VARIABLE, name).filter(|site| {
            let own = detail(graph, *site);
            own.is_some_and(|own| own.is_empty() || set.sources.contains(own))
        });
        let sites: SmallVec<[Site; 1]> = sites.collect();
        match sites.is_empty() {
            false => Resolution::Found(sites),
            true if set.is_open => Resolution::Elsewhere,
            true => Resolution::Open(Entity::new(kinds::FLUX_VARIABLE, name.as_str())),
        }
    }

    /// Whether nine of ten that manifests read are set here: others may be a shell's.
    fn is_news(&self, graph: &Graph<'_>, _: &str) -> bool {
        *self.0.get_or_init(|| {
            let read = graph.targets(&[kinds::FLUX_READ]);
            let read = read.filter(|own| own.kind == kinds::FLUX_READ);
            let names: FxHashSet<SmolStr> =
                read.map(|own| format_smolstr!("{}", own.name)).collect();
            let is_set = |name: &&SmolStr| {
                let target = Ref::exact(kinds::FLUX_READ, name.as_str());
                matches!(self.resolve(graph, &target), Resolution::Found(_))
            };
            let set = names.iter().filter(is_set).count();
            set >= 2 && set * 10 >= names.len() * 9
        })
    }

    fn nearest(&self, graph: &Graph<'_>, name: &str) -> Option<SmolStr> {
        let all = graph.all(kinds::FLUX_VARIABLE).iter().map(|(own, _)| own.as_str());
        crate::facts::nearest_of(name, all)
    }
}
