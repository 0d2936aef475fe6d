//! What patches say in place of the objects of Flux that they are merged into: a list of theirs
//! replaces the object's.
//!
//! (Source: Kustomize's "patches"; a strategic merge into a custom resource follows RFC 7386,
//! "JSON Merge Patch", where a list is replaced as a whole.)

use super::{is_yaml, text};
use crate::extract::{Extractor, Settings, Source};
use crate::facts::{Detail, FileFacts, NamePattern, Provide, Span, kinds};
use crate::syntax::yaml::{self, Node};

/// The kinds of objects that name others.
const KINDS: [&str; 4] = ["HelmRelease", "Kustomization", "ImagePolicy", "Alert"];

/// Stands for the names of objects, to which a root adds something.
pub(super) const RENAMED: &str = "metadata.name";

/// Where objects name others.
const FIELDS: [&str; 7] = [
    "dependsOn",
    "sourceRef",
    "chartRef",
    "healthChecks",
    "imageRepositoryRef",
    "providerRef",
    "eventSources",
];

/// Finds patches that name what objects of Flux need.
pub struct Patched;

impl Extractor for Patched {
    fn system(&self) -> &'static str {
        "flux"
    }

    fn claims(&self, path: &str) -> bool {
        is_yaml(path)
    }

    fn accepts(&self, bytes: &[u8]) -> bool {
        let has = |text: &str| memchr::memmem::find(bytes, text.as_bytes()).is_some();
        FIELDS.iter().any(|own| has(own))
            && (has("patch") || has("toolkit.fluxcd.io") || has("/spec/"))
            || has("namePrefix:")
            || has("nameSuffix:")
    }

    fn extract(&self, source: &Source<'_>, _settings: &Settings, out: &mut FileFacts) {
        for root in &source.yaml().roots {
            patch(root, None, out);
            if root.get("namePrefix").or(root.get("nameSuffix")).is_some() {
                provide("", RENAMED, out);
            }
            let spec = root.get("spec").filter(|_| root.get("kind").is_some());
            for own in [Some(root), spec].into_iter().flatten() {
                for key in ["patches", "patchesStrategicMerge", "patchesJson6902"] {
                    own.get(key).map(Node::items).unwrap_or_default().iter().for_each(|own| {
                        let inline = own.get("patch").unwrap_or(own).as_str();
                        let target = own.get("target").and_then(|own| text(own, &["kind"]));
                        let target = target.and_then(Node::as_str);
                        for root in inline.map(yaml::parse).iter().flat_map(|own| &own.roots) {
                            patch(root, target, out);
                        }
                    });
                }
            }
        }
    }
}

/// One patch: part of an object, or a list of operations.
fn patch(root: &Node<'_>, target: Option<&str>, out: &mut FileFacts) {
    let own = target.or(text(root, &["kind"]).and_then(Node::as_str));
    let meant = KINDS.iter().filter(|kind| own.is_none_or(|own| own == **kind));
    for item in root.items() {
        let path = text(item, &["path"]).and_then(Node::as_str).unwrap_or_default();
        let is_said = |field: &&&str| path.split('/').any(|own| own == **field);
        // What is put behind the last of a list replaces none.
        let adds = path.ends_with("/-");
        for field in FIELDS.iter().filter(|own| !adds && is_said(own)) {
            meant.clone().for_each(|kind| provide(kind, field, out));
        }
    }
    let Some(spec) = root.get("spec") else { return };
    let is_whole = match own {
        Some("HelmRelease") => spec.get("chart").or(spec.get("chartRef")).is_some(),
        Some("ImagePolicy") => spec.get("policy").is_some(),
        Some("Alert") => spec.get("providerRef").is_some() && spec.get("eventSources").is_some(),
        _ => spec.get("path").or(spec.get("sourceRef")).is_some(),
    };
    // A patch for a target of its own may say anything but what it is.
    let is_part = target.is_some() || own.is_some() && !is_whole;
    let below = |field: &str| {
        let chart = spec.get("chart").and_then(|own| own.get("spec")?.get(field));
        spec.get(field).or(chart).is_some()
    };
    for field in FIELDS.iter().filter(|own| is_part && below(own)) {
        meant.clone().for_each(|kind| provide(kind, field, out));
    }
}

fn provide(kind: &str, field: &str, out: &mut FileFacts) {
    let name = NamePattern::exact(said(kind, field));
    let span = Span::default();
    out.provides.push(Provide {
        kind: kinds::FLUX_NAMED,
        name,
        span,
        within: None,
        detail: Detail::None,
    });
}

/// What names others, in objects of a kind.
pub(super) fn said(kind: &str, field: &str) -> String {
    format!("{kind}#{field}")
}
