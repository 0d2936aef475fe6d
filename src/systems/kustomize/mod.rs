//! Kustomize: roots, and the files and roots that they build from.
//!
//! (Source: "The Kustomization File" of kubectl's and Kustomize's reference, fields of
//! `kustomize.config.k8s.io/v1beta1` and `v1alpha1`.)

mod added;
mod built;
mod closure;
mod fields;
mod names;
mod operations;
mod patches;
mod replaced;

use crate::check::Check;
use crate::domain::doubled;
use crate::extract::{Extractor, Settings, Source};
use crate::facts::has_blank;
use crate::facts::{
    Detail, FileFacts, Kind, NamePattern, Problem, Provide, Ref, Relation, Require, Scope, Span,
    Strength, Via, base_name, join_path, kinds, parent_folder,
};
use crate::graph::Graph;
use crate::syntax::yaml::{Form, Node, Value};
use crate::systems::System;
use rustc_hash::FxHashMap;
use std::sync::Arc;

/// Kustomize.
pub(super) struct Room;

impl System for Room {
    fn name(&self) -> &'static str {
        "kustomize"
    }

    fn readers(&self) -> &'static [&'static dyn Extractor] {
        &[&Kustomize, &patches::Patches, &patches::Replacements, &added::Added]
    }

    fn names(&self, graph: &mut Graph<'_>) {
        names::install(graph);
        closure::install(graph);
        built::install(graph);
    }

    fn checks(&self) -> &'static [Check] {
        &[operations::check, replaced::check, built::CHECKS[0], built::CHECKS[1], built::CHECKS[2]]
    }
}

/// What a root's file may be called.
pub(super) const FILES: [&str; 3] = ["kustomization.yaml", "kustomization.yml", "Kustomization"];

/// Extracts from the file of a root.
pub struct Kustomize;

impl Extractor for Kustomize {
    fn system(&self) -> &'static str {
        "kustomize"
    }

    fn claims(&self, path: &str) -> bool {
        FILES.contains(&base_name(path))
    }

    fn extract(&self, source: &Source<'_>, _settings: &Settings, out: &mut FileFacts) {
        let Some(root) = source.yaml().roots.first() else {
            out.problems.extend(source.yaml_problem(Form::Either));
            if source.yaml().is_whole() {
                let told = (Strength::Certain, "`kustomize build` refuses the file");
                doubled::keys(&source.yaml().roots, told, &mut out.problems);
            }
            return;
        };
        // Flux has a resource of the same name, often in a file of this name.
        let version = root.get("apiVersion").and_then(Node::as_str).unwrap_or_default();
        if !version.is_empty() && !version.starts_with("kustomize.config.k8s.io/") {
            return;
        }
        out.problems.extend(source.yaml_problem(Form::Either));
        let folder = parent_folder(source.path);
        out.provides.push(Provide {
            kind: kinds::KUSTOMIZE_ROOT,
            name: NamePattern::exact(folder),
            span: root.entries().first().map_or(root.span, |(key, _)| key.span),
            within: None,
            detail: Detail::None,
        });
        let is_part = root.get("kind").and_then(Node::as_str) == Some("Component");
        fields::check(root, out);
        if is_renamed(root) {
            patches::open(folder, out);
        } else if is_part {
            patches::part(folder, out);
        }
        let (scope, root_scope) = (Scope::of(source.path), Scope::of(folder));
        let renames = ["namePrefix", "nameSuffix"].iter().any(|key| root.get(key).is_some());
        let mut file = File { folder, scope, root: root_scope, renames, out };
        for (key, value) in root.entries() {
            file.field(key.as_str().unwrap_or_default(), value);
        }
    }
}

/// Keys of a root whose objects are not all in files of the tree, or get other names.
const OPEN: [&str; 6] =
    ["generators", "transformers", "helmCharts", "helmChartInflationGenerator", "inventory", "<<"];

/// Whether a text of a root changes names of objects, or what it builds is not all told.
fn is_renamed(node: &Node<'_>) -> bool {
    match &node.value {
        Value::Mapping(entries) => entries.iter().any(|(key, value)| {
            let key = key.as_str().unwrap_or_default();
            // Where a value is read from gets no other name.
            let reads = matches!(key, "vars" | "source");
            OPEN.contains(&key) || key.starts_with("allow") || !reads && is_renamed(value)
        }),
        Value::Sequence(items) => items.iter().any(is_renamed),
        Value::Scalar { text, .. } => {
            text.contains("/metadata/name") || text.as_ref() == "metadata.name"
        }
        Value::Alias => true,
    }
}

/// Says of an object that a generator adds to it, and does not make it.
const MERGED: &str = "merged";

struct File<'f> {
    folder: &'f str,
    scope: Arc<Scope>,
    /// The root, as what its patches are for is seen from it.
    root: Arc<Scope>,
    /// Whether the root puts something before or behind the names of what it builds.
    renames: bool,
    out: &'f mut FileFacts,
}

impl File<'_> {
    fn field(&mut self, key: &str, value: &Node<'_>) {
        match key {
            "resources" => self.roots(value, "resources"),
            "bases" => self.roots(value, "bases"),
            "components" => self.roots(value, "components"),
            "generators" => self.roots(value, "generators"),
            "transformers" => self.roots(value, "transformers"),
            "validators" => self.roots(value, "validators"),
            "configurations" => self.files(value.items(), "configurations"),
            "crds" => self.files(value.items(), "crds"),
            "patchesStrategicMerge" => {
                value.items().iter().for_each(|own| self.merged(own, "patchesStrategicMerge"));
            }
            "patches" | "patchesJson6902" => {
                value.items().iter().for_each(|own| self.patch(key, own));
            }
            "namePrefix" | "nameSuffix" => {
                let own = NamePattern::exact(self.folder);
                self.provide(kinds::KUSTOMIZE_RENAMES, own, value.span);
            }
            "replacements" => {
                for own in value.items() {
                    if let Some(path) = own.get("path") {
                        self.file(path, "replacements");
                        self.read_by(path);
                    }
                    // It may be called by either name.
                    if let Some(source) = own.get("source").filter(|_| !self.renames) {
                        patches::source(source, &self.root, self.out);
                    }
                }
            }
            "openapi" => value.get("path").into_iter().for_each(|path| self.file(path, "openapi")),
            "configMapGenerator" | "secretGenerator" => {
                let kind = if key == "secretGenerator" { "Secret" } else { "ConfigMap" };
                for own in value.items() {
                    self.generated(kind, own);
                    let from = self.out.requires.len();
                    self.generator(own);
                    // What is secret is often put there by whoever builds the root.
                    if kind == "Secret" {
                        let own = &mut self.out.requires[from..];
                        own.iter_mut().for_each(|own| own.strength = Strength::Likely);
                    }
                }
            }
            "commonLabels" => self.labels(value),
            "labels" => {
                let pairs = value.items().iter().filter_map(|own| own.get("pairs"));
                pairs.for_each(|pairs| self.labels(pairs));
            }
            "helmCharts" => {
                for chart in value.items() {
                    let values = chart.get("valuesFile");
                    let more = chart.get("additionalValuesFiles").map(Node::items);
                    for path in values.into_iter().chain(more.unwrap_or_default()) {
                        self.file(path, "valuesFile");
                    }
                }
            }
            _ => {}
        }
    }

    /// A patch of a list of them.
    fn patch(&mut self, key: &str, own: &Node<'_>) {
        match (own.get("target"), own.get("path"), own.get("patch")) {
            (Some(target), path, _) => {
                path.into_iter().for_each(|path| self.file(path, "patches"));
                patches::target(target, &self.root, self.out);
                if let Some(text) = own.get("patch") {
                    patches::renamed(text, target, self.out);
                }
            }
            (None, path, text) => {
                // Before version 2 the list held paths.
                let plain = Some(own).filter(|own| key == "patches" && own.as_str().is_some());
                for own in path.into_iter().chain(text).chain(plain) {
                    self.merged(own, "patches");
                }
            }
        }
    }

    /// A patch that says itself what it is merged into.
    fn merged(&mut self, own: &Node<'_>, via: &'static str) {
        let Some(text) = own.as_str() else { return };
        if patches::is_inline(text) {
            return patches::inline(own, &self.root, self.out);
        }
        self.file(own, via);
        if let Some(path) = local(self.folder, text) {
            let target = Ref::exact(kinds::KUSTOMIZE_PATCHED, path);
            self.push(target.seen_from(self.root.clone()), own.span, via.into());
        }
    }

    /// What the replacements of a file are read from.
    fn read_by(&mut self, path: &Node<'_>) {
        let own = path.as_str().and_then(|text| local(self.folder, text));
        if let Some(own) = own.filter(|_| !self.renames) {
            let target = Ref::exact(kinds::KUSTOMIZE_PATCHED, own);
            self.push(target.seen_from(self.root.clone()), path.span, "replacements".into());
        }
    }

    fn generated(&mut self, kind: &str, generator: &Node<'_>) {
        let Some(name) = generator.get("name") else { return };
        let Some(text) = name.as_str() else { return };
        let own = NamePattern::exact(format!("{kind}/{text}"));
        let adds = ["merge", "replace"];
        let behavior = generator.get("behavior").and_then(Node::as_str);
        if behavior.is_some_and(|own| adds.contains(&own)) {
            // Kustomize fails where there is none: "cannot merge or replace".
            patches::merged(&format!("{kind}/{text}"), name.span, &self.root, self.out);
            let (kind, detail) = (kinds::CLUSTER_OBJECT, Detail::from(MERGED));
            let own = Provide { kind, name: own, span: name.span, within: None, detail };
            self.out.provides.push(own);
        } else {
            self.provide(kinds::CLUSTER_OBJECT, own, name.span);
        }
        self.keys(&format!("{kind}/{text}"), generator, name.span);
    }

    /// The keys of what a generator makes; any, where it reads them from a file.
    fn keys(&mut self, of: &str, generator: &Node<'_>, span: Span) {
        let list = |key: &str| generator.get(key).map(Node::items).unwrap_or_default();
        let literals = list("literals").iter().filter_map(|own| {
            let (key, _) = own.as_str()?.split_once('=')?;
            Some((key.trim(), own.span))
        });
        let files = list("files").iter().filter_map(|own| {
            let text = own.as_str()?;
            Some((text.split_once('=').map_or(base_name(text), |(key, _)| key), own.span))
        });
        let mut known: Vec<(&str, Span)> = literals.chain(files).collect();
        let unread = ["envs", "env"].iter().any(|key| generator.get(key).is_some());
        if unread || known.is_empty() {
            known = vec![("", span)];
        }
        for (key, span) in known {
            let name = match key.is_empty() || key.contains(['$', '{']) {
                true => NamePattern::any().prepend(&format!("{of}#")),
                false => NamePattern::exact(format!("{of}#{key}")),
            };
            self.provide(kinds::CLUSTER_KEY, name, span);
        }
    }

    fn provide(&mut self, kind: Kind, name: NamePattern, span: Span) {
        self.out.provides.push(Provide { kind, name, span, within: None, detail: Detail::None });
    }

    /// What all objects of a root get, and their selectors.
    fn labels(&mut self, pairs: &Node<'_>) {
        for (key, value) in pairs.entries() {
            if let (Some(name), Some(text)) = (key.as_str(), value.as_str()) {
                let name = NamePattern::exact(format!("{name}={text}"));
                self.provide(kinds::CLUSTER_LABEL, name, key.span);
            }
        }
    }

    /// Files whose text becomes entries, and files of variables.
    fn generator(&mut self, generator: &Node<'_>) {
        let list = |key: &str| generator.get(key).map(Node::items).unwrap_or_default();
        for entry in list("files") {
            let Some(text) = entry.as_str() else { continue };
            // `key=path`.
            let path = text.split_once('=').map_or(text, |(_, path)| path);
            self.path(path, entry.span, "files");
        }
        for path in list("envs").iter().chain(generator.get("env")) {
            self.file(path, "envs");
        }
    }

    fn files(&mut self, list: &[Node<'_>], via: &'static str) {
        list.iter().for_each(|path| self.file(path, via));
    }

    fn file(&mut self, node: &Node<'_>, via: &'static str) {
        let Some(text) = node.as_str() else { return };
        // A patch may stand in the list itself.
        if !patches::is_inline(text) {
            self.path(text, node.span, via);
        }
    }

    fn path(&mut self, text: &str, span: Span, via: &'static str) {
        let Some(path) = local(self.folder, text) else { return };
        let target = Ref::exact(kinds::FILE, path);
        self.push(target, span, via.into());
    }

    /// Files of objects, and other roots.
    fn roots(&mut self, list: &Node<'_>, via: &'static str) {
        let mut seen: FxHashMap<String, Span> = FxHashMap::default();
        for item in list.items() {
            let Value::Scalar { text, .. } = &item.value else { continue };
            let Some(path) = local(self.folder, text).filter(|_| !text.contains('\n')) else {
                // What is elsewhere, or filled in, may build anything.
                patches::open(self.folder, self.out);
                continue;
            };
            if let Some(first) = seen.insert(path.clone(), item.span).filter(|_| via == "resources")
            {
                self.out.problems.push(Problem {
                    help: "`kustomize build` refuses an object that it has already".to_owned(),
                    related: vec![(first, "the first".to_owned())],
                    ..Problem::new(
                        "duplicate-definition",
                        format!("`{text}` stands twice here"),
                        item.span,
                    )
                });
            }
            let target = Ref::exact(kinds::KUSTOMIZE_PATH, path).seen_from(self.scope.clone());
            self.push(target, item.span, Relation::Includes.called(via));
        }
    }

    fn push(&mut self, target: Ref, span: Span, via: Via) {
        self.out.requires.push(Require::certain(target, span, via, None));
    }
}

/// The tree's path of one that a root names; `None` for an address, a placeholder, and what lies
/// outside.
fn local(folder: &str, text: &str) -> Option<String> {
    let first = text.split('/').next().unwrap_or_default();
    // `github.com/org/repository//folder?ref=v1`.
    let is_host = first.contains('.') && !first.starts_with('.') && text.contains('/');
    let is_remote = text.contains("://")
        || ["git@", "git::", "gh:", "/", "~"].iter().any(|begin| text.starts_with(begin))
        || ["?ref=", "?timeout=", ".git"].iter().any(|mark| text.contains(mark));
    // Filled in before the root is built.
    let is_filled = ["$", "{{", "<", "%"].iter().any(|mark| text.contains(mark)) || has_blank(text);
    if text.is_empty() || is_host || is_remote || is_filled {
        return None;
    }
    join_path(folder, text.trim_end_matches('/'))
}

#[cfg(test)]
mod tests {
    use super::local;

    #[test]
    fn paths_and_addresses() {
        let at = |text: &str| local("apps/web", text);
        assert_eq!(at("../base/").as_deref(), Some("apps/base"));
        assert_eq!(at("a.yaml").as_deref(), Some("apps/web/a.yaml"));
        for text in [
            "github.com/org/repo//base?ref=v1",
            "https://example.org/a.yaml",
            "git@example.org:a/b.git",
            "../../../outside",
            "${app}/a.yaml",
            "../APP_NAME/a.yaml",
        ] {
            assert_eq!(at(text), None, "{text}");
        }
    }
}
