//! Folders of the applications that a set makes of a list whose elements are written down.
//!
//! (Source: "List Generator", "Templates" and "Go Template" of Argo CD's documentation of sets.)

use super::{folder, repository, text};
use crate::facts::FileFacts;
use crate::syntax::yaml::{Node, Value};
use std::borrow::Cow;

/// Most elements of a list that are followed.
const MOST: usize = 500;

/// What each element of the only generator, a list, makes of the paths of the template.
pub(super) fn extract(spec: Option<&Node<'_>>, file: &str, out: &mut FileFacts) {
    let Some(spec) = spec.filter(|own| own.get("templatePatch").is_none()) else { return };
    let [generator] = spec.get("generators").map(Node::items).unwrap_or_default() else { return };
    let Some(list) = generator.get("list") else { return };
    // A template of its own, and elements that are computed.
    let is_plain = list.get("template").is_none() && list.get("elementsYaml").is_none();
    let of = spec.get("template").and_then(|own| own.get("spec")).filter(|_| is_plain);
    let Some(of) = of.filter(|_| generator.get("selector").is_none()) else { return };
    let several = of.get("sources").map(Node::items).unwrap_or_default();
    for own in of.get("source").into_iter().chain(several) {
        let Some(path) = text(own, &["path"]).and_then(Node::as_str) else { continue };
        if !path.contains("{{") {
            continue;
        }
        for element in list.get("elements").map(Node::items).unwrap_or_default().iter().take(MOST) {
            let Some(path) = filled(path, element) else { continue };
            let span = element.entries().first().map_or(element.span, |(key, _)| key.span);
            let value = Value::Scalar { text: Cow::Owned(path), plain: false };
            let node = Node { value, span };
            folder(Some(&node), repository(own, "targetRevision"), file, "path", out);
        }
    }
}

/// A text of which each variable is a key of an element: `{{ .tenant }}`, `{{tenant}}`.
fn filled(text: &str, element: &Node<'_>) -> Option<String> {
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, inner)) = rest.split_once("{{") {
        let (name, after) = inner.split_once("}}")?;
        let name = name.trim();
        let name = name.strip_prefix('.').unwrap_or(name);
        out.push_str(before);
        out.push_str(element.get(name)?.as_str()?);
        rest = after;
    }
    out.push_str(rest);
    Some(out)
}
