//! Releases of charts by their names: their templates call Services, accounts and workloads so, and
//! no tree holds what they make.
//!
//! (Source: the named template `fullname` that `helm create` writes; `releaseName` of a release of
//! Flux and of an application of Argo CD; "releases" of helmfile.)

use super::fields::{at, is_filled, word};
use super::{documents, masked};
use crate::extract::{Extractor, Settings, Source};
use crate::facts::{Detail, FileFacts, NamePattern, Provide, kinds};
use crate::graph::Graph;
use crate::syntax::yaml::{self, Node, Value};

/// Kinds of which a chart makes one that is called as its release.
const KINDS: [&str; 4] = ["Service", "ServiceAccount", "Deployment", "StatefulSet"];

/// Keys that say what a release, or all that it makes, is called.
const KEYS: [&str; 2] = ["releaseName", "fullnameOverride"];

/// How deep values are looked through.
const MAX_DEPTH: usize = 12;

/// Finds the names of releases.
pub struct Releases;

impl Extractor for Releases {
    fn system(&self) -> &'static str {
        "kubernetes-objects"
    }

    fn claims(&self, path: &str) -> bool {
        [".yaml", ".yml", ".gotmpl"].iter().any(|ending| path.ends_with(ending))
    }

    fn accepts(&self, bytes: &[u8]) -> bool {
        let has = |text: &[u8]| memchr::memmem::find(bytes, text).is_some();
        has(b"\nreleases:") && has(b"chart:")
            || has(b"kind: HelmRelease")
            || has(b"kind: Application") && has(b"chart:")
            || KEYS.iter().any(|key| has(key.as_bytes()))
    }

    fn extract(&self, source: &Source<'_>, _settings: &Settings, out: &mut FileFacts) {
        let (text, _) = masked(source.text);
        let mut own = None;
        let documents = documents(source, &text, &mut own);
        for root in &documents.roots {
            let all = root.get("releases").map(Node::items).unwrap_or_default();
            all.iter().filter_map(|own| own.get("name")).for_each(|own| release(own, out));
            let is_release = match word(root, &["kind"]) {
                Some("HelmRelease") => true,
                Some("Application") => has_chart(root),
                _ => false,
            };
            if is_release {
                at(root, &["metadata", "name"]).into_iter().for_each(|own| release(own, out));
            }
            named(root, 0, out);
        }
    }
}

/// Whether an application is made of a chart, and not of the manifests of a folder.
fn has_chart(application: &Node<'_>) -> bool {
    let Some(spec) = application.get("spec") else { return false };
    let several = spec.get("sources").map(Node::items).unwrap_or_default();
    let mut all = spec.get("source").into_iter().chain(several);
    all.any(|own| own.get("chart").is_some() || own.get("helm").is_some())
}

/// Names that values give, wherever they stand.
fn named(node: &Node<'_>, depth: usize, out: &mut FileFacts) {
    if depth > MAX_DEPTH {
        return;
    }
    let is_parameter = node.get("name").and_then(Node::as_str) == Some(KEYS[1]);
    node.get("value").filter(|_| is_parameter).into_iter().for_each(|own| release(own, out));
    for (key, value) in node.entries() {
        match &value.value {
            Value::Scalar { text, .. } if key.as_str().is_some_and(|own| KEYS.contains(&own)) => {
                if !text.is_empty() {
                    release(value, out);
                }
            }
            // `values: |`.
            Value::Scalar { text, .. } if text.contains(KEYS[1]) => {
                let inner = yaml::parse(text);
                inner.roots.iter().for_each(|root| named(root, depth + 6, out));
            }
            _ => named(value, depth + 1, out),
        }
    }
    node.items().iter().for_each(|own| named(own, depth + 1, out));
}

fn release(name: &Node<'_>, out: &mut FileFacts) {
    let Some(text) = name.as_str().filter(|own| !is_filled(own) && own.len() < 254) else { return };
    out.provides.push(Provide {
        kind: kinds::CLUSTER_VOLUME,
        name: NamePattern::exact(format!("release:{text}")),
        span: Default::default(),
        within: None,
        detail: Detail::None,
    });
}

/// Whether a release may make an object: `Service/web` of the release `web`, or `Service/web-db`.
pub(super) fn may_make(graph: &Graph<'_>, object: &str) -> bool {
    let Some((kind, name)) = object.split_once('/') else { return false };
    if !KINDS.contains(&kind) {
        return false;
    }
    let is_release = |name: &str| {
        graph.providers(kinds::CLUSTER_VOLUME, &format!("release:{name}")).next().is_some()
    };
    let mut first = name.match_indices('-').map(|(at, _)| &name[..at]);
    is_release(name) || kind == "Service" && first.any(is_release)
}
