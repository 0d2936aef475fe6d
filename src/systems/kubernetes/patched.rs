//! Objects that patches of a root may give volumes, ports, labels or keys: what their own files lack
//! may come with them.
//!
//! (Source: "patches" of Kustomize's reference, and of a `Kustomization` of Flux; RFC 6902, "JSON
//! Patch".)

use crate::extract::{Extractor, Settings, Source};
use crate::facts::{
    Detail, FileFacts, NamePattern, Provide, Span, join_path, kinds, parent_folder,
};
use crate::graph::{Graph, View};
use crate::syntax::yaml::{self, Node};
use rustc_hash::FxHashSet;
use smol_str::SmolStr;

/// What parts of an object are called in a patch.
const PARTS: [&str; 4] = ["olumes", "orts", "abels", "isteners"];

/// Finds patches for targets.
pub struct Patched;

impl Extractor for Patched {
    fn system(&self) -> &'static str {
        "kubernetes-objects"
    }

    fn claims(&self, path: &str) -> bool {
        path.ends_with(".yaml") || path.ends_with(".yml") || path.ends_with("/Kustomization")
    }

    fn accepts(&self, bytes: &[u8]) -> bool {
        let has = |text: &[u8]| memchr::memmem::find(bytes, text).is_some();
        let adds = || std::str::from_utf8(bytes).is_ok_and(adds);
        has(b"patch") && (has(b"target") || adds())
    }

    fn extract(&self, source: &Source<'_>, _settings: &Settings, out: &mut FileFacts) {
        for root in &source.yaml().roots {
            let spec = root.get("spec").filter(|_| root.get("kind").is_some());
            for own in [Some(root), spec].into_iter().flatten() {
                for key in ["patches", "patchesJson6902", "patchesStrategicMerge"] {
                    let all = own.get(key).map(Node::items).unwrap_or_default();
                    all.iter().for_each(|own| patch(own, parent_folder(source.path), out));
                }
            }
        }
    }
}

fn adds(text: &str) -> bool {
    PARTS.iter().any(|own| text.contains(own)) || has_data(text)
}

/// Whether a text names the keys of an object, and not its `metadata` alone.
fn has_data(text: &str) -> bool {
    text.match_indices("ata").any(|(at, _)| !text[..at].ends_with("metad"))
}

/// One patch of a list, with what it is for.
fn patch(own: &Node<'_>, folder: &str, out: &mut FileFacts) {
    let word = |node: &Node<'_>, key: &str| node.get(key).and_then(Node::as_str).map(str::to_owned);
    let target = own.get("target").map(|own| (word(own, "kind"), word(own, "name")));
    let inline = own.get("patch").unwrap_or(own).as_str();
    match (inline, own.get("path").and_then(Node::as_str), target) {
        (Some(text), _, target) if text.contains('\n') || text.contains(": ") => {
            if !adds(text) {
                return;
            }
            let roots = yaml::parse(text).roots;
            let of = |root: &Node<'_>| {
                let name = root.get("metadata").and_then(|own| word(own, "name"));
                (word(root, "kind"), name)
            };
            match target {
                Some(target) => marked(target, Detail::None, out),
                None => roots.iter().for_each(|root| marked(of(root), Detail::None, out)),
            }
        }
        // Without a target, the file says itself what it is for.
        (_, Some(path), Some(target)) => {
            if let Some(path) = join_path(folder, path) {
                marked(target, Detail::from(path.as_str()), out);
            }
        }
        _ => {}
    }
}

/// Says that objects of a kind and name may have more parts; `*` where it is one of several.
fn marked((kind, name): (Option<String>, Option<String>), detail: Detail, out: &mut FileFacts) {
    let plain = |own: Option<String>| {
        let is_plain = |own: &String| {
            !own.is_empty() && own.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
        };
        own.filter(is_plain).unwrap_or_else(|| "*".to_owned())
    };
    provide(format!("patched:{}/{}", plain(kind), plain(name)), detail, out);
}

fn provide(name: String, detail: Detail, out: &mut FileFacts) {
    let (kind, name) = (kinds::CLUSTER_VOLUME, NamePattern::exact(name));
    out.provides.push(Provide { kind, name, span: Span::default(), within: None, detail });
}

/// Whether a patch of the tree may give parts to an object: `KIND/NAME`.
pub(super) fn may_have_more(graph: &Graph<'_>, object: &str) -> bool {
    let (kind, name) = object.split_once('/').unwrap_or((object, "*"));
    let names = [(kind, name), (kind, "*"), ("*", name), ("*", "*")];
    let marks = names.iter().flat_map(|(kind, name)| {
        let mark = format!("patched:{kind}/{name}");
        graph.providers(kinds::CLUSTER_VOLUME, &mark).collect::<Vec<_>>()
    });
    let detail = |site: crate::graph::Site| {
        let provides = &graph.snapshot.file(site.file).facts.provides;
        site.provide.and_then(|ix| provides.get(ix as usize)).map(|own| &own.detail)
    };
    let harmless = graph.view::<Harmless>();
    marks.filter_map(detail).any(|own| {
        let path = own.text();
        path.is_empty() || harmless.is_none_or(|all| !all.0.contains(path))
    })
}

/// Files of patches that name no part of an object.
#[derive(Default)]
pub(super) struct Harmless(FxHashSet<SmolStr>);

impl View for Harmless {
    fn of(graph: &Graph<'_>) -> Self {
        let marks = graph.all(kinds::CLUSTER_VOLUME).iter();
        let marks = marks.filter(|(name, _)| name.starts_with("patched:"));
        let paths: FxHashSet<SmolStr> = marks
            .filter_map(|(_, site)| {
                let provides = &graph.snapshot.file(site.file).facts.provides;
                let own = provides.get(site.provide? as usize)?;
                Some(SmolStr::new(own.detail.text())).filter(|own| !own.is_empty())
            })
            .collect();
        let is_harmless = |path: &SmolStr| {
            let file = graph.snapshot.find(path);
            let contents = file.map(|file| graph.snapshot.contents(file));
            contents.is_some_and(|own| std::str::from_utf8(&own).is_ok_and(|text| !adds(text)))
        };
        Self(paths.into_iter().filter(is_harmless).collect())
    }
}
