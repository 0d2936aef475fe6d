//! What patches are applied to, as a root or a patch says it.
//!
//! (Source: "patches", "patchesStrategicMerge" and "patchesJson6902" of Kustomize's reference;
//! the name of a target is a regular expression that has to match all of a name.)

use crate::extract::{Extractor, Settings, Source};
use crate::facts::{
    Detail, FileFacts, NamePattern, Piece, Provide, Ref, Require, Scope, Span, Strength, kinds,
};
use crate::syntax::yaml::{self, Node, Value};
use std::sync::Arc;

/// Finds patches in JSON that give objects other names.
pub struct Patches;

impl Extractor for Patches {
    fn system(&self) -> &'static str {
        "kustomize"
    }

    fn claims(&self, path: &str) -> bool {
        [".yaml", ".yml", ".json"].iter().any(|ending| path.ends_with(ending))
    }

    fn accepts(&self, bytes: &[u8]) -> bool {
        memchr::memmem::find(bytes, NAME.as_bytes()).is_some()
    }

    fn extract(&self, source: &Source<'_>, _settings: &Settings, out: &mut FileFacts) {
        open(source.path, out);
        for root in &source.yaml().roots {
            named(root, "*", root.span, out);
        }
    }
}

/// Finds what replacements in a file of their own are read from.
pub struct Replacements;

impl Extractor for Replacements {
    fn system(&self) -> &'static str {
        "kustomize"
    }

    fn claims(&self, path: &str) -> bool {
        [".yaml", ".yml"].iter().any(|ending| path.ends_with(ending))
            && !super::FILES.contains(&crate::facts::base_name(path))
    }

    fn accepts(&self, bytes: &[u8]) -> bool {
        let has = |text: &[u8]| memchr::memmem::find(bytes, text).is_some();
        has(b"fieldPaths:") && has(b"select:") && has(b"source:")
    }

    fn extract(&self, source: &Source<'_>, _settings: &Settings, out: &mut FileFacts) {
        for root in &source.yaml().roots {
            let one = root.get("targets").is_some().then(|| std::slice::from_ref(root));
            for own in one.unwrap_or_else(|| root.items()) {
                let Some(from) = own.get("source") else { continue };
                let (Some(kind), Some(name)) = (text(from, "kind"), from.get("name")) else {
                    continue;
                };
                let Some(named) = name.as_str().filter(|own| !own.contains(['$', '{', '<'])) else {
                    continue;
                };
                out.provides.push(Provide {
                    kind: kinds::KUSTOMIZE_TARGET,
                    name: NamePattern::exact(format!("{kind}/{named}")),
                    span: name.span,
                    within: None,
                    detail: Detail::None,
                });
            }
        }
    }
}

/// Says of a root, or of a patch, that objects of it may have any name.
pub(super) fn open(path: &str, out: &mut FileFacts) {
    provide(path, Detail::None, out);
}

/// Says of a component that it changes what others build, which it does not list itself.
pub(super) fn part(path: &str, out: &mut FileFacts) {
    provide(path, Detail::Blank, out);
}

fn provide(path: &str, detail: Detail, out: &mut FileFacts) {
    out.provides.push(Provide {
        kind: kinds::KUSTOMIZE_OPEN,
        name: NamePattern::exact(path),
        span: Span::default(),
        within: None,
        detail,
    });
}

/// The name that a target or a patch gives; `None` where it is not to be told.
pub(super) fn pattern(text: &str) -> Option<NamePattern> {
    let plain = text.strip_prefix('^').unwrap_or(text);
    let plain = plain.strip_suffix('$').unwrap_or(plain);
    let parts: Vec<&str> = plain.split(".*").collect();
    let is_plain = |own: &&str| {
        own.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._:".contains(&byte))
    };
    if !parts.iter().all(is_plain) {
        return None;
    }
    let mut pieces = Vec::new();
    for (ix, part) in parts.iter().enumerate() {
        if ix > 0 {
            pieces.push(Piece::Hole);
        }
        pieces.push(Piece::Text((*part).into()));
    }
    Some(NamePattern::from_pieces(pieces))
}

pub(super) fn text<'n>(node: &'n Node<'_>, key: &str) -> Option<&'n str> {
    node.get(key)?.as_str()
}

/// Requires what a target selects. Kustomize says nothing where there is none.
pub(super) fn target(own: &Node<'_>, scope: &Arc<Scope>, out: &mut FileFacts) {
    let kind = pattern(text(own, "kind").unwrap_or(".*"));
    let name = pattern(text(own, "name").unwrap_or(".*"));
    let (Some(kind), Some(name)) = (kind, name) else { return };
    let mut pieces = kind.pieces();
    pieces.push(Piece::Text("/".into()));
    pieces.extend(name.pieces());
    let target = Ref::new(kinds::KUSTOMIZE_TARGET, NamePattern::from_pieces(pieces));
    let node = own.get("name").or(own.get("kind"));
    let span = node.map_or(own.span, |node| node.span);
    let require = Require::certain(target.seen_from(scope.clone()), span, "target", None);
    out.requires.push(Require { strength: Strength::Likely, ..require });
}

/// Requires what a replacement is read from. Kustomize fails where there is none.
/// (Source: "replacements" of Kustomize's reference.)
pub(super) fn source(own: &Node<'_>, scope: &Arc<Scope>, out: &mut FileFacts) {
    let (Some(kind), Some(name)) = (text(own, "kind"), own.get("name")) else { return };
    let Some(text) = name.as_str().filter(|own| !own.contains(['$', '{', '<'])) else { return };
    let target = Ref::exact(kinds::KUSTOMIZE_TARGET, format!("{kind}/{text}"));
    out.requires.push(Require::certain(target.seen_from(scope.clone()), name.span, "source", None));
}

/// Requires the object that a generator merges into.
pub(super) fn merged(name: &str, span: Span, scope: &Arc<Scope>, out: &mut FileFacts) {
    if !name.contains(['$', '{', '<']) {
        let target = Ref::exact(kinds::KUSTOMIZE_TARGET, name).seen_from(scope.clone());
        out.requires.push(Require::certain(target, span, "behavior", None));
    }
}

/// Requires the objects that a patch in the root's own file is merged into. Kustomize fails where
/// there is none.
pub(super) fn inline(patch: &Node<'_>, scope: &Arc<Scope>, out: &mut FileFacts) {
    let Some(source) = patch.as_str() else { return };
    for root in &yaml::parse(source).roots {
        let name = root.get("metadata").and_then(|own| text(own, "name"));
        let (Value::Mapping(_), Some(kind), Some(name)) = (&root.value, text(root, "kind"), name)
        else {
            continue;
        };
        if !name.contains(['$', '{', '<']) {
            let target = Ref::exact(kinds::KUSTOMIZE_TARGET, format!("{kind}/{name}"));
            let target = target.seen_from(scope.clone());
            out.requires.push(Require::certain(target, patch.span, "patch", None));
        }
    }
}

/// Provides the names that a patch in the root's own file gives the objects of a target.
pub(super) fn renamed(patch: &Node<'_>, target: &Node<'_>, out: &mut FileFacts) {
    let Some(source) = patch.as_str().filter(|own| own.contains(NAME)) else { return };
    let kind =
        text(target, "kind").filter(|own| own.bytes().all(|own| own.is_ascii_alphanumeric()));
    for root in &yaml::parse(source).roots {
        named(root, kind.unwrap_or("*"), patch.span, out);
    }
}

/// What operations write an object's name to.
const NAME: &str = "/metadata/name";

/// Provides the names that operations give.
fn named(operations: &Node<'_>, kind: &str, span: Span, out: &mut FileFacts) {
    for own in operations.items() {
        let name = text(own, "value").filter(|name| !name.is_empty() && !name.contains(['$', '{']));
        if let Some(name) = name.filter(|_| text(own, "path") == Some(NAME)) {
            out.provides.push(Provide {
                kind: kinds::CLUSTER_OBJECT,
                name: NamePattern::with_marks(&format!("{kind}/{name}"), &['*']),
                span,
                within: None,
                detail: Detail::None,
            });
        }
    }
}

/// Whether a patch stands in the text itself.
pub(super) fn is_inline(text: &str) -> bool {
    text.contains(": ") || text.contains('\n') || text.starts_with(['{', '['])
}

#[cfg(test)]
mod tests {
    use super::pattern;

    #[test]
    fn names_of_targets_are_expressions() {
        let shown = |text: &str| pattern(text).map(|own| own.to_string());
        assert_eq!(shown("web").as_deref(), Some("web"));
        assert_eq!(shown("^web-.*$").as_deref(), Some("web-*"));
        assert_eq!(shown("web|api"), None);
    }
}
