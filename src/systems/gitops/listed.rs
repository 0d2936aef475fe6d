//! Folders of the applications that a set makes of a literal list: one for each element.
//!
//! (Source: Argo CD, "List Generator", "Go Template".)

use super::{is_filled, repository, text};
use crate::facts::{FileFacts, Ref, Relation, Require, Scope, join_path, kinds};
use crate::syntax::yaml::Node;

/// Most elements of a list that are looked at.
const MOST: usize = 500;

/// Requires the folder of each element. With other generators beside the list, or combined with
/// it, what is made is not told.
pub(super) fn folders(spec: Option<&Node<'_>>, file: &str, out: &mut FileFacts) {
    let Some(spec) = spec.filter(|own| own.get("templatePatch").is_none()) else { return };
    let [one] = spec.get("generators").map(Node::items).unwrap_or_default() else { return };
    let made = spec.get("template").and_then(|own| own.get("spec")?.get("source"));
    let list = one.get("list").filter(|own| own.get("elementsYaml").is_none());
    let (Some(elements), Some(made)) = (list.and_then(|own| own.get("elements")), made) else {
        return;
    };
    let path = text(made, &["path"]).and_then(Node::as_str).filter(|own| own.contains("{{"));
    let (Some(path), Some(source)) = (path, repository(made, "targetRevision")) else { return };
    for element in elements.items().iter().take(MOST) {
        let Some(folder) = filled_in(path, element).and_then(|own| join_path("", &own)) else {
            continue;
        };
        if folder.is_empty() || is_filled(&folder) || made.get("chart").is_some() {
            continue;
        }
        let span = element.entries().first().map_or(element.span, |(key, _)| key.span);
        let target = Ref::exact(kinds::GITOPS_FOLDER, folder);
        let target = target.seen_from(Scope::inside(file, source.as_str()));
        let via = Relation::Includes.called("path of an element");
        out.requires.push(Require::certain(target, span, via, None));
    }
}

/// A text with the values of an element: `{{.name}}`, `{{name}}`.
fn filled_in(text: &str, element: &Node<'_>) -> Option<String> {
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, more)) = rest.split_once("{{") {
        let (inner, after) = more.split_once("}}")?;
        let name = inner.trim_matches('-').trim().trim_start_matches('.');
        out.push_str(before);
        out.push_str(element.get(name)?.as_str()?);
        rest = after;
    }
    out.push_str(rest);
    Some(out)
}
