//! Projects and applications that values declare, as the public chart `argocd-apps` makes them:
//! `projects:`, `applications:` and `applicationsets:`, a map by name or a list.
//!
//! (Source: the values of the charts `argocd-apps` and `argo-cd` of `argoproj/argo-helm`.)

use super::{application, files_of_values, generators, holes, permitted, project, text};
use crate::extract::{Extractor, Settings, Source};
use crate::facts::{Detail, FileFacts, NamePattern, Provide, Span, kinds};
use crate::syntax::yaml::{self, Node, Value};

/// What a specification of a project alone says.
const OF_PROJECT: [&str; 6] = [
    "sourceRepos",
    "destinations",
    "sourceNamespaces",
    "clusterResourceWhitelist",
    "namespaceResourceWhitelist",
    "namespaceResourceBlacklist",
];

/// How deep values are looked through: they may stand below the name of a chart, or of a variable.
const MAX_DEPTH: usize = 12;

/// How much of that the text of a value takes.
const TEXT_DEPTH: usize = 6;

/// Finds what values declare.
pub struct Values;

impl Extractor for Values {
    fn system(&self) -> &'static str {
        "argo-cd"
    }

    fn claims(&self, path: &str) -> bool {
        [".yaml", ".yml", ".tpl", ".tftpl", ".gotmpl"].iter().any(|own| path.ends_with(own))
    }

    fn accepts(&self, bytes: &[u8]) -> bool {
        let has = |text: &[u8]| memchr::memmem::find(bytes, text).is_some();
        has(b"rojects") && OF_PROJECT.iter().any(|own| has(own.as_bytes()))
            || has(b"applications:") && has(b"repoURL")
            || has(b"applicationsets:") && has(b"repoURL")
    }

    fn extract(&self, source: &Source<'_>, _settings: &Settings, out: &mut FileFacts) {
        for root in &source.yaml().roots {
            declared(root, 0, out);
            // A manifest has a key of these names in a specification of its own.
            if root.get("apiVersion").is_none() {
                applications(root, source.path, out);
                root.entries().iter().for_each(|(_, own)| applications(own, source.path, out));
            }
        }
    }
}

/// Projects that a text declares, be it of values or of manifests; nothing is said of its places.
pub(super) fn declared_by(text: &str, out: &mut FileFacts) {
    let from = out.provides.len();
    for root in &yaml::parse(text).roots {
        declared(root, TEXT_DEPTH, out);
        if self::text(root, &["kind"]).and_then(Node::as_str) == Some("AppProject") {
            let name = self::text(root, &["metadata", "name"]);
            provide(name.and_then(Node::as_str), Span::default(), out);
        }
    }
    out.provides[from..].iter_mut().for_each(|own| own.span = Span::default());
}

/// Projects, wherever they stand.
fn declared(node: &Node<'_>, depth: usize, out: &mut FileFacts) {
    if depth > MAX_DEPTH {
        return;
    }
    for (key, value) in node.entries() {
        if key.as_str().is_some_and(|own| own.ends_with("rojects")) {
            projects(value, out);
        }
        match &value.value {
            Value::Scalar { text, .. } if text.contains("rojects:") && text.contains('\n') => {
                declared_in(text, depth + TEXT_DEPTH, out);
            }
            _ => declared(value, depth + 1, out),
        }
    }
    node.items().iter().for_each(|own| declared(own, depth + 1, out));
}

fn declared_in(text: &str, depth: usize, out: &mut FileFacts) {
    yaml::parse(text).roots.iter().for_each(|root| declared(root, depth, out));
}

/// All names of a map, or of a list, of which one is a project for certain.
fn projects(all: &Node<'_>, out: &mut FileFacts) {
    let is_project = |own: &Node<'_>| OF_PROJECT.iter().any(|key| own.get(key).is_some());
    if all.entries().iter().any(|(_, own)| is_project(own)) {
        all.entries().iter().for_each(|(name, _)| provide(name.as_str(), name.span, out));
    }
    if all.items().iter().any(is_project) {
        for name in all.items().iter().filter_map(|own| own.get("name")) {
            provide(name.as_str(), name.span, out);
        }
    }
}

/// A project by its name, in which variables are open.
pub(super) fn provide(name: Option<&str>, span: Span, out: &mut FileFacts) {
    let Some(name) = name.filter(|own| !own.is_empty() && own.len() < 254) else { return };
    provide_pattern(holes(&name.replace("{{", "${").replace("}}", "}")), span, out);
}

/// A project of a name that may have holes.
pub(super) fn provide_pattern(name: NamePattern, span: Span, out: &mut FileFacts) {
    let (kind, detail) = (kinds::GITOPS_PROJECT, Detail::None);
    out.provides.push(Provide { kind, name, span, within: None, detail });
}

/// Applications and sets of them name projects, folders and files as manifests do.
fn applications(node: &Node<'_>, file: &str, out: &mut FileFacts) {
    for own in members(node, "applications") {
        let several = own.get("sources").map(Node::items).unwrap_or_default();
        if own.get("destination").is_some() && (own.get("source").is_some() || !several.is_empty())
        {
            specification(own, file, out);
        }
    }
    for own in members(node, "applicationsets") {
        let made = own.get("template").and_then(|own| own.get("spec"));
        if let Some(made) = made.filter(|_| own.get("generators").is_some()) {
            generators(Some(own), file, out);
            specification(made, file, out);
        }
    }
}

fn members<'n, 'y>(node: &'n Node<'y>, key: &str) -> impl Iterator<Item = &'n Node<'y>> {
    let all = node.get(key);
    let of_map = all.into_iter().flat_map(|own| own.entries().iter().map(|(_, value)| value));
    of_map.chain(all.map(Node::items).unwrap_or_default())
}

/// What the specification of an application names.
pub(super) fn specification(spec: &Node<'_>, file: &str, out: &mut FileFacts) {
    project(spec, out);
    permitted::application(spec, out);
    let several = spec.get("sources").map(Node::items).unwrap_or_default();
    for own in spec.get("source").into_iter().chain(several) {
        application(own, file, out);
        files_of_values(own, several, file, out);
    }
}
