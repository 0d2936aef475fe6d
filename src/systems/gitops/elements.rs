//! Folders of the applications that a set makes of a list whose elements are written down.
//!
//! (Source: "List Generator", "Templates" and "Go Template" of Argo CD's documentation of sets.)

use super::{folder, repository, text};
use crate::facts::{FileFacts, Problem, Strength};
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
    lacking(spec, list, out);
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

/// Elements that lack a key which the template reads and others have. The set is not made then, or
/// what it makes holds `<no value>`, or the tag itself.
///
/// (Source: "Go Template", `missingkey`, of Argo CD's documentation of sets.)
fn lacking(spec: &Node<'_>, list: &Node<'_>, out: &mut FileFacts) {
    let is_go = text(spec, &["goTemplate"]).and_then(Node::as_str) == Some("true");
    let options = spec.get("goTemplateOptions").map(Node::items).unwrap_or_default();
    let is_strict = is_go && options.iter().any(|own| own.as_str() == Some("missingkey=error"));
    let mut names: Vec<String> = Vec::new();
    if spec.get("template").is_none_or(|own| read(own, is_go, &mut names).is_none()) {
        return;
    }
    let elements = list.get("elements").map(Node::items).unwrap_or_default();
    for (element, name) in
        elements.iter().take(MOST).flat_map(|own| names.iter().map(move |name| (own, name)))
    {
        let is_said = |own: &Node<'_>| own.get(name).is_some() || own.get("<<").is_some();
        let Some((first, _)) = element.entries().first() else { continue };
        if is_said(element) || !elements.iter().any(is_said) {
            continue;
        }
        let message = format!("this element has no `{name}`, which the template reads");
        let help = match (is_strict, is_go) {
            (true, _) => "no application of the set is made: give it to the element",
            (false, true) => "it reads `<no value>` there: give it to the element",
            (false, false) => "the tag stays as it is there: give it to the element",
        };
        let problem = Problem::new("unresolved-reference", message, first.span);
        let severity = if is_strict { problem.strength } else { Strength::Likely };
        out.problems.push(Problem { help: help.to_owned(), strength: severity, ..problem });
    }
}

/// The names that texts below a node read; nothing where not all of them are told.
fn read(node: &Node<'_>, is_go: bool, names: &mut Vec<String>) -> Option<()> {
    for (key, value) in node.entries() {
        read(key, is_go, names)?;
        read(value, is_go, names)?;
    }
    node.items().iter().try_for_each(|own| read(own, is_go, names))?;
    let mut rest = node.as_str().unwrap_or_default();
    while let Some((_, inner)) = rest.split_once("{{") {
        let (tag, after) = inner.split_once("}}")?;
        rest = after;
        let tag = tag.trim().trim_matches('-').trim();
        let plain = if is_go { tag.strip_prefix('.') } else { Some(tag) };
        // What a function, a block or a raw string does is not followed.
        let mut words = plain?.split(['|', ' ']).filter(|own| !own.is_empty());
        let name = words.next()?.split('.').next()?;
        let is_name = |own: &str| {
            !own.is_empty() && own.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
        };
        let is_guarded = words.any(|own| own == "default");
        if !is_name(name) || is_guarded {
            return None;
        }
        if !names.iter().any(|own| own == name) {
            names.push(name.to_owned());
        }
    }
    Some(())
}
