//! Looks into objects of the API.

use crate::facts::{NamePattern, Piece};
use crate::syntax::yaml::Node;

/// A text below a path of keys.
pub(super) fn at<'n, 'y>(node: &'n Node<'y>, keys: &[&str]) -> Option<&'n Node<'y>> {
    keys.iter().try_fold(node, |node, key| node.get(key))
}

pub(super) fn word<'n>(node: &'n Node<'_>, keys: &[&str]) -> Option<&'n str> {
    at(node, keys).and_then(Node::as_str)
}

/// What an Ingress leads to: nothing, where its controller answers with a redirect.
///
/// (Source: ingress-nginx, "Annotations", "Permanent Redirect", "Temporal Redirect".)
pub(super) fn backends<'n, 'y>(ingress: &'n Node<'y>) -> Vec<&'n Node<'y>> {
    let Some(spec) = ingress.get("spec") else { return Vec::new() };
    let annotations = at(ingress, &["metadata", "annotations"]).map(Node::entries);
    let is_redirect = |key: &str| {
        let own = key.strip_prefix("nginx.ingress.kubernetes.io/");
        own.is_some_and(|own| matches!(own, "permanent-redirect" | "temporal-redirect"))
    };
    let mut keys = annotations.unwrap_or_default().iter().filter_map(|(key, _)| key.as_str());
    if keys.any(is_redirect) {
        return Vec::new();
    }
    let rules = spec.get("rules").map(Node::items).unwrap_or_default().iter();
    let paths = rules.filter_map(|own| at(own, &["http", "paths"])).flat_map(Node::items);
    let default = spec.get("defaultBackend").or(spec.get("backend"));
    default.into_iter().chain(paths.filter_map(|own| own.get("backend"))).collect()
}

/// Whether what stands here is filled in later, or is what SOPS made of it.
pub(super) fn is_filled(text: &str) -> bool {
    text.is_empty() || ["$", "{{", "<", "%", "ENC["].iter().any(|mark| text.contains(mark))
}

/// Whether a part's name begins with what it is a part of.
pub(super) fn is_whole_name(part: &str, of: &str) -> bool {
    part.strip_prefix(of).is_some_and(|rest| rest.starts_with('#'))
}

/// The nodes at a path of a pack: `a.b`, each item of `a[]`, each key of `a{}`.
pub(super) fn nodes<'n, 'y>(root: &'n Node<'y>, path: &str) -> Vec<&'n Node<'y>> {
    let mut all = vec![root];
    for step in path.split('.') {
        let name = step.trim_end_matches("[]").trim_end_matches("{}");
        let below = all.into_iter().filter_map(|node| node.get(name));
        all = match &step[name.len()..] {
            "[]" => below.flat_map(Node::items).collect(),
            "{}" => below.flat_map(Node::entries).map(|(key, _)| key).collect(),
            _ => below.collect(),
        };
    }
    all
}

/// Most names that one text of a pack makes.
const MOST: usize = 100;

/// What a text of a pack with paths in braces says of an object.
pub(super) fn filled(root: &Node<'_>, text: &str) -> Vec<String> {
    let Some((before, rest)) = text.split_once('{') else { return vec![text.to_owned()] };
    let Some((path, after)) = rest.split_once("}") else { return Vec::new() };
    let ends = filled(root, after);
    let found = nodes(root, path).into_iter().filter_map(Node::as_str);
    let each = found.flat_map(|own| ends.iter().map(move |end| format!("{before}{own}{end}")));
    each.take(MOST).collect()
}

/// A text with what is filled in later left open: `rook-ceph-${name}`.
pub(super) fn without_variables(text: &str) -> String {
    let pattern = NamePattern::with_holes(text, |rest| {
        let at = rest.find("${")?;
        Some(at..rest[at..].find('}').map_or(rest.len(), |end| at + end + 1))
    });
    let known = |piece: &Piece| match piece {
        Piece::Text(text) => text.to_string(),
        Piece::Hole => "*".to_owned(),
    };
    pattern.pieces().iter().map(known).collect()
}
