//! Building a root.

use super::super::patches::is_inline;
use super::super::{FILES, OPEN, local};
use super::merged::{Lists, is_native, merge};
use super::selected::Selector;
use super::stepped::{Done, Step, steps, take};
use super::tree::{At, Data, Entry, Places, Tree};
use super::{Built, Failed, MAX_DEPTH, Object, Part, Unmatched, built, replaced, root_file};
use crate::facts::{base_name, join_path, kinds, path_in};
use crate::graph::{Graph, PathKind};
use crate::loader::FileIx;
use crate::syntax::yaml::{self, Node};
use smol_str::SmolStr;
use std::sync::Arc;

/// Most objects of a root that is built here.
const MAX_OBJECTS: usize = 4_000;
/// Longest file of objects that is read.
const MAX_FILE: usize = 1 << 21;

pub(super) fn build(graph: &Graph<'_>, folder: &str, depth: usize) -> Option<Built> {
    let mut own = Builder { graph, built: Built::default() };
    own.root(folder, Part::Root, depth)?;
    Some(own.built)
}

struct Builder<'g, 't> {
    graph: &'g Graph<'t>,
    built: Built,
}

/// A root's file as it is read.
struct Own<'o, 'n> {
    folder: &'o str,
    file: FileIx,
    root: &'o Node<'n>,
}

impl<'n> Own<'_, 'n> {
    fn items(&self, key: &str) -> &[Node<'n>] {
        self.root.get(key).map(Node::items).unwrap_or_default()
    }

    fn at(&self, node: &Node<'_>) -> At {
        At { file: self.file, span: node.span }
    }

    fn text(&self, key: &str) -> Option<&str> {
        self.root.get(key)?.as_str()
    }
}

impl Builder<'_, '_> {
    fn root(&mut self, folder: &str, part: Part, depth: usize) -> Option<()> {
        if depth > MAX_DEPTH {
            return None;
        }
        let graph = self.graph;
        let file = root_file(graph, folder)?;
        let mark = path_in("added:", folder);
        self.built.is_added_to |= graph.providers(kinds::KUSTOMIZE_OPEN, &mark).next().is_some();
        let contents = graph.snapshot.contents(file);
        let text = std::str::from_utf8(&contents).ok()?;
        let documents = yaml::parse(text);
        let [root] = documents.roots.as_slice() else { return None };
        let version = root.get("apiVersion").and_then(Node::as_str).unwrap_or_default();
        let is_other = !version.is_empty() && !version.starts_with("kustomize.config.k8s.io/");
        let is_open = |key: &str| OPEN.contains(&key) || key == "vars";
        let mut keys = root.entries().iter().map(|(key, _)| key.as_str().unwrap_or("<<"));
        if !documents.is_whole() || is_other || keys.any(is_open) {
            return None;
        }
        self.built.files.push(file);
        let own = Own { folder, file, root };
        let told = ["configurations", "crds", "openapi"];
        self.built.is_configured |= told.iter().any(|key| root.get(key).is_some());
        for item in own.items("resources").iter().chain(own.items("bases")) {
            self.resource(&own, item, depth)?;
        }
        for (key, kind) in [("configMapGenerator", "ConfigMap"), ("secretGenerator", "Secret")] {
            for item in own.items(key) {
                self.generator(&own, kind, item)?;
            }
        }
        for item in own.items("components") {
            let path = local(folder, item.as_str()?)?;
            self.root(&path, Part::Component, depth + 1)?;
        }
        self.transform(&own, part)
    }

    fn resource(&mut self, own: &Own<'_, '_>, item: &Node<'_>, depth: usize) -> Option<()> {
        let path = local(own.folder, item.as_str().filter(|own| !own.contains('\n'))?)?;
        match self.graph.paths.look_up(&path) {
            PathKind::File(file) if !FILES.contains(&base_name(&path)) => self.objects(file),
            PathKind::Folder => {
                let below = built(self.graph, &path, depth + 1)?;
                self.built.files.extend(&below.files);
                self.built.targets.extend(below.targets.iter().cloned());
                self.built.failed = self.built.failed.take().or(below.failed.clone());
                self.built.is_configured |= below.is_configured;
                self.built.is_added_to |= below.is_added_to;
                self.built.objects.extend(below.objects.iter().cloned());
                (self.built.objects.len() <= MAX_OBJECTS).then_some(())
            }
            _ => None,
        }
    }

    /// Adds the objects of a file.
    fn objects(&mut self, file: FileIx) -> Option<()> {
        let contents = self.graph.snapshot.contents(file);
        let text = std::str::from_utf8(&contents).ok().filter(|own| own.len() <= MAX_FILE)?;
        let documents = yaml::parse(text);
        if !documents.is_whole() {
            return None;
        }
        self.built.files.push(file);
        for root in &documents.roots {
            self.object(root, file)?;
        }
        (self.built.objects.len() <= MAX_OBJECTS).then_some(())
    }

    fn object(&mut self, root: &Node<'_>, file: FileIx) -> Option<()> {
        if root.entries().is_empty() {
            // A document of comments alone.
            return root.as_str().is_some_and(str::is_empty).then_some(());
        }
        let kind = root.get("kind").and_then(Node::as_str)?;
        if let Some(items) = root.get("items").filter(|_| kind.ends_with("List")) {
            return items.items().iter().try_for_each(|own| self.object(own, file));
        }
        let version = root.get("apiVersion").and_then(Node::as_str)?;
        let metadata = root.get("metadata")?;
        let name = metadata.get("name").filter(|own| own.as_str().is_some())?;
        let is_local = metadata
            .get("annotations")
            .and_then(|own| own.get("config.kubernetes.io/local-config"))
            .is_some_and(|own| own.as_str() != Some("false"));
        if is_local {
            return Some(());
        }
        let namespace = metadata.get("namespace").and_then(Node::as_str);
        self.built.objects.push(Arc::new(Object {
            kind: kind.into(),
            version: version.into(),
            names: vec![name.as_str()?.into()],
            namespace: namespace.map(SmolStr::new),
            tree: Tree::of(root, Places::Of(file)),
            at: At { file, span: name.span },
            is_open: false,
            is_hashed: false,
        }));
        Some(())
    }

    /// Adds a ConfigMap or a Secret that a root makes itself, or its keys to one that is there.
    fn generator(&mut self, own: &Own<'_, '_>, kind: &str, item: &Node<'_>) -> Option<()> {
        let name = item.get("name").filter(|own| own.as_str().is_some())?;
        let at = own.at(name);
        let data = self.data(own, item, at);
        let adds = item.get("behavior").and_then(Node::as_str);
        if let Some(behavior @ ("merge" | "replace")) = adds {
            let text = name.as_str()?;
            let there = self
                .built
                .objects
                .iter_mut()
                .find(|other| other.kind == kind && other.is_called(text))?;
            let there = Arc::make_mut(there);
            let empty = || Tree { at, data: Data::Map(Vec::new()) };
            if there.tree.get("data").is_none() || behavior == "replace" {
                there.tree.set("data", at, empty());
            }
            let into = there.tree.get_mut("data")?;
            merge(into, &Tree { at, data }, "data", Lists::Whole);
            return Some(());
        }
        let data = Entry { key: "data".into(), at, value: Tree { at, data } };
        let namespace = item.get("namespace").and_then(Node::as_str);
        self.built.objects.push(Arc::new(Object {
            kind: kind.into(),
            version: "v1".into(),
            names: vec![name.as_str()?.into()],
            namespace: namespace.map(SmolStr::new),
            tree: Tree { at, data: Data::Map(vec![data]) },
            at,
            is_open: false,
            is_hashed: hashed(own, item),
        }));
        Some(())
    }

    /// The keys that a generator gives.
    fn data(&self, own: &Own<'_, '_>, item: &Node<'_>, at: At) -> Data {
        let list = |key: &str| item.get(key).map(Node::items).unwrap_or_default();
        let mut entries: Vec<Entry> = Vec::new();
        let mut add = |key: &str, value: &str, at: At| {
            let value = Tree { at, data: Data::Text(value.into()) };
            entries.push(Entry { key: key.into(), at, value });
        };
        for literal in list("literals") {
            let Some((key, value)) = literal.as_str().and_then(|own| own.split_once('=')) else {
                return Data::Unknown;
            };
            add(key.trim(), value, own.at(literal));
        }
        for path in list("files") {
            let Some(text) = path.as_str() else { return Data::Unknown };
            add(text.split_once('=').map_or(base_name(text), |(key, _)| key), "", own.at(path));
        }
        for path in list("envs").iter().chain(item.get("env")) {
            let file = path.as_str().and_then(|own_path| join_path(own.folder, own_path));
            let file = file.and_then(|path| self.graph.snapshot.find(&path));
            let Some(file) = file else { return Data::Unknown };
            let contents = self.graph.snapshot.contents(file);
            let text = String::from_utf8_lossy(&contents);
            for line in text.lines().map(str::trim) {
                if !line.is_empty() && !line.starts_with('#') {
                    let (key, value) = line.split_once('=').unwrap_or((line, ""));
                    add(key.trim(), value, own.at(path));
                }
            }
        }
        let is_filled = |own: &Entry| own.key.contains(['$', '{', '<']) || own.key.is_empty();
        let _ = at;
        match entries.iter().any(is_filled) {
            true => Data::Unknown,
            false => Data::Map(entries),
        }
    }

    /// What a root does to all that it has so far.
    fn transform(&mut self, own: &Own<'_, '_>, part: Part) -> Option<()> {
        // In which order both are done is not told.
        if own.root.get("patches").is_some() && own.root.get("patchesJson6902").is_some() {
            return None;
        }
        for item in own.items("patchesStrategicMerge") {
            self.patch(own, item, None)?;
        }
        for item in own.items("patches") {
            self.listed(own, item, part)?;
        }
        self.named(own);
        for item in own.items("patchesJson6902") {
            self.listed(own, item, part)?;
        }
        super::entries::replicas(own_entries(own, "replicas"), part, &mut self.built);
        super::entries::images(own_entries(own, "images"), part, &mut self.built);
        for item in own.items("replacements") {
            replaced::apply(self.graph, own.folder, item, &mut self.built.objects)?;
        }
        Some(())
    }

    /// The namespace, the names and the labels that a root gives to everything.
    fn named(&mut self, own: &Own<'_, '_>) {
        let begin = own.text("namePrefix").unwrap_or_default();
        let end = own.text("nameSuffix").unwrap_or_default();
        let namespace = own.text("namespace").filter(|own| !own.is_empty());
        let pairs = own.items("labels").iter().filter_map(|own| own.get("pairs"));
        let labels: Vec<&(Node<'_>, Node<'_>)> =
            own.root.get("commonLabels").into_iter().chain(pairs).flat_map(Node::entries).collect();
        if begin.is_empty() && end.is_empty() && namespace.is_none() && labels.is_empty() {
            return;
        }
        for object in &mut self.built.objects {
            let object = Arc::make_mut(object);
            if let Some(namespace) = namespace {
                object.namespace = Some(namespace.into());
            }
            if !begin.is_empty() || !end.is_empty() {
                let all: Vec<SmolStr> = object
                    .names
                    .iter()
                    .map(|name| smol_str::format_smolstr!("{begin}{name}{end}"))
                    .collect();
                object.names.extend(all);
            }
            if let Some(there) = object.tree.get_mut("metadata").filter(|_| !labels.is_empty()) {
                let at = own.at(own.root);
                if there.get("labels").is_none() {
                    there.set("labels", at, Tree { at, data: Data::Map(Vec::new()) });
                }
                let Some(into) = there.get_mut("labels") else { continue };
                for (key, value) in &labels {
                    let value = Tree::of(value, Places::Of(own.file));
                    into.set(key.as_str().unwrap_or_default(), own.at(key), value);
                }
            }
        }
    }

    /// A patch of a list of them, which may say what it is for.
    fn listed(&mut self, own: &Own<'_, '_>, item: &Node<'_>, part: Part) -> Option<()> {
        if item.as_str().is_some() {
            return self.patch(own, item, None);
        }
        // What is renamed on purpose, or made another kind.
        if item.get("options").is_some() {
            return None;
        }
        let target = match item.get("target") {
            Some(target) => Some((target, Selector::of(target, &[])?)),
            None => None,
        };
        if let Some((target, selector)) = &target {
            let labels = target.get("labelSelector");
            let node = labels.or(target.get("name")).or(target.get("kind"));
            let found = self.built.objects.iter().any(|own| selector.selects(own));
            // Those of roots without labels are told by their names.
            if let Some(node) = node.filter(|_| labels.is_some() || part == Part::Component) {
                let text = node.as_str().unwrap_or_default().into();
                self.built.targets.push((Unmatched { at: own.at(node), name: text }, found));
            }
        }
        let target = target.map(|(_, selector)| selector);
        self.patch(own, item.get("patch").or(item.get("path"))?, target.as_ref())
    }

    /// A patch: a text, or the path of a file.
    fn patch(
        &mut self,
        own: &Own<'_, '_>,
        node: &Node<'_>,
        target: Option<&Selector>,
    ) -> Option<()> {
        let text = node.as_str()?;
        if is_inline(text) {
            return self.apply(text, Places::All(own.at(node)), target);
        }
        let path = join_path(own.folder, text)?;
        let file = self.graph.snapshot.find(&path)?;
        self.built.files.push(file);
        let contents = self.graph.snapshot.contents(file);
        let text = std::str::from_utf8(&contents).ok().filter(|own| own.len() <= MAX_FILE)?;
        self.apply(text, Places::Of(file), target)
    }

    fn apply(&mut self, text: &str, places: Places, target: Option<&Selector>) -> Option<()> {
        let documents = yaml::parse(text);
        if !documents.is_whole() {
            return None;
        }
        for root in &documents.roots {
            let patch = Tree::of(root, places);
            match &patch.data {
                Data::List(_) => self.step_by_step(&steps(&patch)?, target?),
                Data::Map(_) => self.merge(&patch, target)?,
                Data::Nothing => {}
                Data::Text(text) if text.is_empty() => {}
                _ => return None,
            }
        }
        Some(())
    }

    fn step_by_step(&mut self, steps: &[Step], target: &Selector) {
        for ix in 0..self.built.objects.len() {
            let Some(own) = self.built.objects.get_mut(ix) else { return };
            if !target.selects(own) || own.is_open {
                continue;
            }
            let object = Arc::make_mut(own);
            for step in steps {
                match take(&mut object.tree, step) {
                    Done::Yes => {}
                    Done::Open => object.is_open = true,
                    Done::Missing(missing) => {
                        // Kustomize itself may add it.
                        let part = missing.split('/').next().unwrap_or_default();
                        let is_told = !super::super::operations::ADDED.contains(&part);
                        object.is_open = true;
                        if is_told && !self.built.is_added_to && self.built.failed.is_none() {
                            self.built.failed = Some(Failed {
                                at: step.at,
                                word: step.word.clone(),
                                path: step.shown.clone(),
                                missing,
                                object: Arc::new(object.clone()),
                            });
                        }
                    }
                }
                if object.is_open {
                    break;
                }
            }
            rename(object);
        }
    }

    fn merge(&mut self, patch: &Tree, target: Option<&Selector>) -> Option<()> {
        let own = patch.get("metadata");
        let (kind, name) = (patch.word("kind"), own.and_then(|own| own.word("name")));
        let namespace = own.and_then(|own| own.word("namespace"));
        let is_meant = |object: &Object| match target {
            Some(target) => target.selects(object),
            None => {
                let is_there = object.namespace.as_deref().zip(namespace);
                kind == Some(&object.kind)
                    && name.is_some_and(|own| object.is_called(own))
                    && is_there.is_none_or(|(own, other)| own == other)
            }
        };
        let is_deleted = patch.word("$patch") == Some("delete");
        let before = self.built.objects.len();
        if is_deleted {
            self.built.objects.retain(|own| !is_meant(own));
            return (target.is_some() || self.built.objects.len() < before).then_some(());
        }
        let mut is_found = target.is_some();
        // What tells the patch apart is no part of what it changes.
        let mut rest = patch.clone();
        if let Data::Map(entries) = &mut rest.data {
            entries.retain(|own| own.key != "kind" && own.key != "apiVersion");
        }
        if let Some(metadata) = rest.get_mut("metadata")
            && let Data::Map(entries) = &mut metadata.data
        {
            entries.retain(|own| own.key != "name" && own.key != "namespace");
        }
        for object in &mut self.built.objects {
            if !is_meant(object) {
                continue;
            }
            is_found = true;
            let lists = if is_native(&object.version) { Lists::Merged } else { Lists::Whole };
            merge(&mut Arc::make_mut(object).tree, &rest, "", lists);
        }
        is_found.then_some(())
    }
}

/// Whether a generated object gets a hash behind its name. (Source: "generatorOptions".)
fn hashed(own: &Own<'_, '_>, item: &Node<'_>) -> bool {
    let all = [own.root.get("generatorOptions"), item.get("options")];
    let says = |own: &Node<'_>| own.get("disableNameSuffixHash").is_some();
    !all.into_iter().flatten().any(says)
}

/// Notes what an object is called after a patch.
fn rename(object: &mut Object) {
    let name = object.tree.below(&["metadata", "name"]).and_then(Tree::text).map(SmolStr::new);
    if let Some(name) = name.filter(|own| !object.is_called(own)) {
        object.names.push(name);
    }
}

/// The entries of a list of a root, with their places.
fn own_entries(own: &Own<'_, '_>, key: &str) -> Vec<Tree> {
    own.items(key).iter().map(|item| Tree::of(item, Places::Of(own.file))).collect()
}
