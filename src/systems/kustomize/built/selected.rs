//! Which objects a patch, or a replacement, is for.
//!
//! (Source: "patches" of Kustomize's reference: kind, name and namespace are expressions that have to
//! match all of a text.)

use super::super::patches::pattern;
use super::Object;
use crate::facts::NamePattern;
use crate::syntax::yaml::Node;

/// What a target says of its objects.
pub(super) struct Selector {
    kind: NamePattern,
    name: NamePattern,
    namespace: NamePattern,
    group: Option<String>,
    version: Option<String>,
    labels: Vec<(String, String)>,
}

impl Selector {
    /// Nothing where it says more than is read here.
    pub(super) fn of(target: &Node<'_>, beside: &[&str]) -> Option<Self> {
        let text = |key: &str| target.get(key).and_then(Node::as_str).filter(|own| !own.is_empty());
        let known = ["kind", "name", "namespace", "group", "version", "labelSelector"];
        let is_known = |key: &str| known.contains(&key) || beside.contains(&key);
        let mut keys = target.entries().iter().map(|(key, _)| key.as_str());
        if !keys.all(|key| key.is_some_and(is_known)) {
            return None;
        }
        let mut labels = Vec::new();
        for own in text("labelSelector").into_iter().flat_map(|own| own.split(',')) {
            let (key, value) = own.split_once('=').filter(|(key, _)| !key.ends_with('!'))?;
            if key.contains([' ', '(']) {
                return None;
            }
            labels.push((key.to_owned(), value.trim_start_matches('=').to_owned()));
        }
        let any = |key: &str| pattern(text(key).unwrap_or(".*"));
        Some(Self {
            kind: any("kind")?,
            name: any("name")?,
            namespace: any("namespace")?,
            group: text("group").map(str::to_owned),
            version: text("version").map(str::to_owned),
            labels,
        })
    }

    pub(super) fn selects(&self, object: &Object) -> bool {
        let (group, version) = object.version.rsplit_once('/').unwrap_or(("", &object.version));
        let is_same = |own: &Option<String>, is: &str| own.as_ref().is_none_or(|own| own == is);
        let labels = object.tree.below(&["metadata", "labels"]);
        self.kind.matches(&object.kind)
            && object.names.iter().any(|own| self.name.matches(own))
            && self.namespace.matches(object.namespace.as_deref().unwrap_or("default"))
            && is_same(&self.group, group)
            && is_same(&self.version, version)
            && self
                .labels
                .iter()
                .all(|(key, value)| labels.and_then(|own| own.word(key)) == Some(value.as_str()))
    }
}
