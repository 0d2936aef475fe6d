//! Components that Flux and Argo CD add to a folder: what these change is not told by the roots that
//! have them.
//!
//! (Source: `spec.components` of Flux's `Kustomization`; `kustomize.components` of a source of Argo
//! CD's `Application`.)

use super::patches::open;
use crate::extract::{Extractor, Settings, Source};
use crate::facts::{FileFacts, join_path, path_in};
use crate::syntax::yaml::Node;

/// Finds them.
pub struct Added;

/// How deep an object is looked through.
const MAX_DEPTH: usize = 8;

impl Extractor for Added {
    fn system(&self) -> &'static str {
        "kustomize"
    }

    fn claims(&self, path: &str) -> bool {
        [".yaml", ".yml"].iter().any(|ending| path.ends_with(ending))
    }

    fn accepts(&self, bytes: &[u8]) -> bool {
        let has = |text: &[u8]| memchr::memmem::find(bytes, text).is_some();
        (has(b"components:") || has(b"patches:"))
            && (has(b"kustomize.toolkit.fluxcd.io") || has(b"argoproj.io/"))
    }

    fn extract(&self, source: &Source<'_>, _settings: &Settings, out: &mut FileFacts) {
        source.yaml().roots.iter().for_each(|root| added(root, 0, out));
    }
}

fn added(node: &Node<'_>, depth: usize, out: &mut FileFacts) {
    if depth > MAX_DEPTH {
        return;
    }
    let path = node.get("path").and_then(Node::as_str).unwrap_or_default();
    if let Some(folder) = join_path("", path.trim_start_matches('/')) {
        let of = |own: &Node<'_>| {
            let all = own.get("components").map(Node::items).unwrap_or_default();
            let paths = all.iter().filter_map(Node::as_str);
            paths.filter_map(|own| join_path(&folder, own)).collect::<Vec<_>>()
        };
        let more = node.get("kustomize").map(of).unwrap_or_default();
        of(node).iter().chain(&more).for_each(|own| open(own, out));
        let inner = node.get("kustomize");
        let changes =
            |own: &Node<'_>| ["components", "patches"].iter().any(|key| own.get(key).is_some());
        // What the root builds is changed after that.
        if changes(node) || inner.is_some_and(changes) {
            open(&path_in("added:", &folder), out);
        }
    }
    node.entries().iter().for_each(|(_, own)| added(own, depth + 1, out));
    node.items().iter().for_each(|own| added(own, depth + 1, out));
}
