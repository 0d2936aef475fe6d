//! What the other controllers of Flux watch: images and their policies, alerts and who is told,
//! receivers; and the marks at which an automation sets an image.
//!
//! (Source: Flux's API references of its image and notification controllers; "Configure image
//! updates", "Configure image update for custom resources".)

use super::{At, is_filled, named, refer, text};
use crate::extract::Source;
use crate::facts::{FileFacts, Ref, Require, Scope, Span, Strength, kinds};
use crate::syntax::yaml::Node;

/// Begins a mark that an automation replaces what stands before it by.
pub(super) const MARKER: &str = "{\"$imagepolicy\": \"";

/// Kinds of objects that such an object may watch: those whose names are known to be in trees.
const WATCHED: [&str; 8] = [
    "Bucket",
    "GitRepository",
    "HelmChart",
    "HelmRelease",
    "HelmRepository",
    "ImageRepository",
    "Kustomization",
    "OCIRepository",
];

/// What an object of these controllers names.
pub(super) fn object(kind: &str, spec: &Node<'_>, path: &str, out: &mut FileFacts) {
    let at = At { file: path, kind };
    match kind {
        "ImagePolicy" => {
            let own = spec.get("imageRepositoryRef");
            named(own, "ImageRepository", ("imageRepositoryRef", at), out);
        }
        "ImageUpdateAutomation" => {
            named(spec.get("sourceRef"), "GitRepository", ("sourceRef", at), out);
        }
        "Alert" => {
            named(spec.get("providerRef"), "Provider", ("providerRef", at), out);
            watched(spec.get("eventSources"), ("eventSources", at), out);
        }
        "Receiver" => watched(spec.get("resources"), ("resources", at), out),
        _ => {}
    }
}

/// Nothing fails where one is gone: nobody hears of it.
fn watched(list: Option<&Node<'_>>, of: (&'static str, At<'_>), out: &mut FileFacts) {
    for own in list.map(Node::items).unwrap_or_default() {
        let kind = text(own, &["kind"]).and_then(Node::as_str);
        let Some(kind) = kind.filter(|kind| WATCHED.contains(kind)) else { continue };
        let name = text(own, &["name"]);
        if let Some(name) = name.filter(|own| own.as_str().is_some_and(|own| !own.contains('*'))) {
            let before = out.requires.len();
            refer(kind, name, of, out);
            out.requires[before..].iter_mut().for_each(|own| own.strength = Strength::Likely);
        }
    }
}

/// The policies that marks name: `{"$imagepolicy": "flux-system:web:tag"}`. What has none is not
/// updated any more, and nothing says so.
pub(super) fn markers(source: &Source<'_>, out: &mut FileFacts) {
    for (at, _) in source.text.match_indices(MARKER) {
        let start = at + MARKER.len();
        let rest = &source.text[start..];
        let Some(text) = rest.find('"').map(|end| &rest[..end]) else { continue };
        let mut parts = text.split(':');
        let (Some(namespace), Some(name)) = (parts.next(), parts.next()) else { continue };
        if is_filled(name) || name.contains(char::is_whitespace) || name.len() > 253 {
            continue;
        }
        let from = start + namespace.len() + 1;
        let span = Span::new(from, from + name.len());
        let target = Ref::exact(kinds::FLUX_NAMED, format!("ImagePolicy/{name}"));
        let target = target.seen_from(Scope::of(source.path));
        let require = Require::certain(target, span, "$imagepolicy", None);
        out.requires.push(require.with_strength(Strength::Likely));
    }
}
