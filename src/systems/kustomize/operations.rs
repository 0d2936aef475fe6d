//! Operations of JSON patches on what their objects lack: `kustomize build` stops there.
//!
//! (Source: RFC 6902, "JSON Patch", and what Kustomize 5.5 makes of it: what `remove` and `test` are
//! about has to be there, and so has all that an `add` or a `replace` puts its last part into. A
//! `replace` of a key that is not there adds it.)

use super::closure::closure;
use super::patches::{is_inline, pattern};
use crate::check::Context;
use crate::facts::{Entity, NamePattern, Piece, Span, join_path, kinds, parent_folder};
use crate::finding::{Finding, Place};
use crate::graph::{Graph, Site};
use crate::loader::FileIx;
use crate::syntax::yaml::{self, Node, Value};
use rustc_hash::{FxHashMap, FxHashSet};

/// Most roots of a closure whose patches are read.
pub(super) const MAX_ROOTS: usize = 40;
/// Most objects that one patch is tried on.
pub(super) const MAX_OBJECTS: usize = 60;

/// Parts of objects that Kustomize itself adds, of its fields for labels, names and images.
pub(super) const ADDED: [&str; 10] = [
    "labels",
    "annotations",
    "matchLabels",
    "selector",
    "metadata",
    "name",
    "namespace",
    "replicas",
    "image",
    "status",
];

pub(super) fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    let graph = context.new;
    let mut told = FxHashSet::default();
    for (folder, site) in graph.all(kinds::KUSTOMIZE_ROOT) {
        let file = graph.snapshot.file(site.file);
        if !file.standing.is_live() || graph.is_loose(site.file) {
            continue;
        }
        let contents = graph.snapshot.contents(site.file);
        let Ok(text) = std::str::from_utf8(&contents) else { continue };
        if !text.contains("target:") {
            continue;
        }
        let documents = yaml::parse(text);
        let Some(root) = documents.roots.first().filter(|_| documents.is_whole()) else { continue };
        let own = Root { graph, folder, file: site.file };
        for (place, operations, target) in own.patches(root) {
            own.judge(&operations, (place, &target), &mut told, findings);
        }
    }
}

/// One operation of a patch.
struct Operation {
    word: String,
    path: Vec<String>,
    shown: String,
    span: Span,
}

/// Which objects a patch is for.
pub(super) struct Target {
    pub(super) names: NamePattern,
    /// `apps/v1`, as far as it is told.
    group: Option<String>,
    version: Option<String>,
}

/// A root with patches.
pub(super) struct Root<'r, 't> {
    pub(super) graph: &'r Graph<'t>,
    pub(super) folder: &'r str,
    pub(super) file: FileIx,
}

/// Where a patch stands.
#[derive(Clone, Copy)]
enum Stands {
    /// In the root's file, here.
    Inside(Span),
    /// In a file of its own.
    Apart(FileIx),
}

impl Root<'_, '_> {
    /// The lists of operations of a root's file, with what they are for.
    fn patches(&self, root: &Node<'_>) -> Vec<(Stands, Vec<Operation>, Target)> {
        let lists = ["patches", "patchesJson6902"].into_iter().filter_map(|key| root.get(key));
        let mut found = Vec::new();
        for own in lists.flat_map(Node::items) {
            let Some(target) = own.get("target").and_then(|own| target(own, &[])) else { continue };
            let inline = own.get("patch").filter(|own| own.as_str().is_some());
            let apart = own.get("path").and_then(Node::as_str).filter(|path| !is_inline(path));
            let apart = apart.and_then(|path| join_path(self.folder, path));
            let read = |text: &str| operations(&yaml::parse(text));
            if let Some(node) = inline {
                let all = node.as_str().map(read).unwrap_or_default();
                found.push((Stands::Inside(node.span), all, target));
            } else if let Some(file) = apart.and_then(|path| self.graph.snapshot.find(&path)) {
                let contents = self.graph.snapshot.contents(file);
                let all = std::str::from_utf8(&contents).map(read).unwrap_or_default();
                found.push((Stands::Apart(file), all, target));
            }
        }
        found
    }

    /// Tells the first operation that an object cannot take.
    fn judge(
        &self,
        operations: &[Operation],
        (stands, target): (Stands, &Target),
        told: &mut FxHashSet<Place>,
        findings: &mut Vec<Finding>,
    ) {
        if operations.is_empty() {
            return;
        }
        let graph = self.graph;
        let Some(closure) = closure(graph, self.folder) else { return };
        let Some(roots) = closure.roots().filter(|own| own.len() <= MAX_ROOTS) else { return };
        let sites = closure.sites(&target.names).unwrap_or_default();
        let mut given: Option<String> = None;
        for site in sites.iter().take(MAX_OBJECTS) {
            let Some((name, missing)) = lacking(graph, *site, target, operations) else { continue };
            // What another patch, or an operation before, gives it is there by then.
            let given = given.get_or_insert_with(|| self.given(roots, Filled::Counts));
            // `containers/-` has given the list one more, so that `containers/1` may be there.
            let (list, at) = missing.shown.rsplit_once('/').unwrap_or_default();
            let is_lengthened =
                at.parse::<usize>().is_ok() && given.lines().any(|own| own == longer(list));
            if is_lengthened || has_word(given, &missing.part) {
                continue;
            }
            let operation = &operations[missing.operation];
            let (file, span) = match stands {
                Stands::Inside(span) => (self.file, span),
                Stands::Apart(file) => (file, operation.span),
            };
            let tree = graph.snapshot.role;
            let place = Place { tree, file, span };
            if !told.insert(place) {
                return;
            }
            let message = format!(
                "`{}` of `{}` cannot be done to `{name}`, which has no `{}` there",
                operation.word, operation.shown, missing.shown
            );
            let help = match operation.word.as_str() {
                "add" => "`kustomize build` refuses the root: `add` what it goes into before",
                "remove" => "`kustomize build` refuses the root: take the operation out",
                _ => "`kustomize build` refuses the root: `add` it, or correct the path",
            };
            findings.push(
                Finding::new("unresolved-reference", message, place)
                    .label("patched here")
                    .help(help)
                    .related("the object", Place { tree, file: site.file, span: site.span })
                    .entity(Entity::new(
                        kinds::KUSTOMIZE_TARGET,
                        format!("{name}{}", operation.shown),
                    )),
            );
            return;
        }
    }

    /// All text with which the roots of a closure may give objects more: patches that are merged, and
    /// operations that add.
    pub(super) fn given(&self, roots: &[FileIx], filled: Filled) -> String {
        let mut given = String::new();
        let mut texts: FxHashMap<FileIx, ()> = FxHashMap::default();
        for root in roots {
            let own = self.graph.snapshot.file(*root);
            let folder = parent_folder(&own.entry.path);
            let contents = self.graph.snapshot.contents(*root);
            let Ok(text) = std::str::from_utf8(&contents) else { continue };
            let documents = yaml::parse(text);
            let Some(root) = documents.roots.first() else { continue };
            for (key, value) in root.entries() {
                match key.as_str().unwrap_or_default() {
                    "patches" | "patchesJson6902" | "patchesStrategicMerge" => {}
                    "resources" | "bases" | "components" | "apiVersion" | "kind" => continue,
                    "replacements" if filled == Filled::IfMade => {
                        self.made(folder, value, text, &mut given);
                        continue;
                    }
                    // `replacements`, `vars` and whatever else may write into objects.
                    _ => {
                        given.push_str(text.get(value.span.range()).unwrap_or_default());
                        given.push('\n');
                        continue;
                    }
                }
                for item in value.items() {
                    let text = item.get("patch").unwrap_or(item).as_str();
                    let path = item.get("path").and_then(Node::as_str).or(text);
                    match (text, path) {
                        (Some(text), _) if is_inline(text) => add_given(text, &mut given),
                        (_, Some(path)) => {
                            let file = join_path(folder, path);
                            let file = file.and_then(|path| self.graph.snapshot.find(&path));
                            let Some(file) = file.filter(|own| texts.insert(*own, ()).is_none())
                            else {
                                continue;
                            };
                            let contents = self.graph.snapshot.contents(file);
                            add_given(&String::from_utf8_lossy(&contents), &mut given);
                        }
                        _ => {}
                    }
                }
            }
        }
        given
    }
}

/// Whether a field that a replacement fills in is there for that.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Filled {
    Counts,
    /// Only where it says `create`.
    IfMade,
}

impl Root<'_, '_> {
    /// Adds the text of replacements that may make what they fill in.
    fn made(&self, folder: &str, replacements: &Node<'_>, text: &str, given: &mut String) {
        for own in replacements.items() {
            let path = own.get("path").and_then(Node::as_str);
            let file = path.and_then(|path| join_path(folder, path));
            let file = file.and_then(|path| self.graph.snapshot.find(&path));
            let contents = file.map(|file| self.graph.snapshot.contents(file));
            let apart = contents.as_ref().map(|own| String::from_utf8_lossy(own));
            let text = match &apart {
                Some(text) => &**text,
                None => text.get(own.span.range()).unwrap_or_default(),
            };
            if text.contains("create:") {
                given.push_str(text);
                given.push('\n');
            }
        }
    }
}

/// Adds what one patch may give objects.
fn add_given(text: &str, given: &mut String) {
    let documents = yaml::parse(text);
    let is_list = documents.roots.iter().all(|root| matches!(root.value, Value::Sequence(_)));
    if !is_list || !documents.is_whole() {
        given.push_str(text);
        given.push('\n');
        return;
    }
    for own in documents.roots.iter().flat_map(Node::items) {
        let word = own.get("op").and_then(Node::as_str).unwrap_or_default();
        if !matches!(word, "replace" | "remove" | "test") {
            // What it is put into is there, or this one fails too.
            let path = own.get("path").and_then(Node::as_str).unwrap_or_default();
            let mut parts = path.rsplit('/');
            let last = parts.next().unwrap_or_default();
            match last {
                "-" => given.push_str(&longer(parts.next().unwrap_or_default())),
                _ => given.push_str(last),
            }
        }
        let value = own.get("value").map(|own| own.span.range());
        given.push('\n');
        given.push_str(value.and_then(|range| text.get(range)).unwrap_or_default());
        given.push('\n');
    }
}

/// How a list is noted that is given one more: by no word of its own.
fn longer(list: &str) -> String {
    format!("_{list}/-")
}

/// Whether a name stands in a text by itself.
pub(super) fn has_word(text: &str, word: &str) -> bool {
    let is_word = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || c == '_');
    text.match_indices(word).any(|(at, _)| {
        !is_word(text[..at].chars().next_back()) && !is_word(text[at + word.len()..].chars().next())
    })
}

/// What a target selects; nothing where more than kind, name and version counts. `beside` are keys
/// that select nothing.
pub(super) fn target(own: &Node<'_>, beside: &[&str]) -> Option<Target> {
    let text = |key: &str| own.get(key).and_then(Node::as_str);
    let known = ["kind", "name", "group", "version"];
    let is_known = |key: &str| known.contains(&key) || beside.contains(&key);
    if !own.entries().iter().all(|(key, _)| key.as_str().is_some_and(is_known)) {
        return None;
    }
    let mut pieces = pattern(text("kind")?)?.pieces();
    pieces.push(Piece::Text("/".into()));
    pieces.extend(pattern(text("name").unwrap_or(".*"))?.pieces());
    let owned = |key: &str| text(key).filter(|own| !own.is_empty()).map(str::to_owned);
    let names = NamePattern::from_pieces(pieces);
    Some(Target { names, group: owned("group"), version: owned("version") })
}

/// The operations of a patch; none where it is merged instead, or not all of it is to be told.
fn operations(documents: &yaml::Documents<'_>) -> Vec<Operation> {
    let mut out = Vec::new();
    let [root] = documents.roots.as_slice() else { return out };
    if !documents.is_whole() {
        return out;
    }
    for own in root.items() {
        let path = own.get("path").filter(|own| own.as_str().is_some());
        let (Some(word), Some(node)) = (own.get("op").and_then(Node::as_str), path) else {
            return Vec::new();
        };
        let shown = node.as_str().unwrap_or_default();
        let Some(inner) = shown.strip_prefix('/').filter(|own| !own.contains(['$', '{', '<']))
        else {
            return Vec::new();
        };
        let parts = inner.split('/').map(|own| own.replace("~1", "/").replace("~0", "~"));
        let (word, path) = (word.to_owned(), parts.collect());
        out.push(Operation { word, path, shown: shown.to_owned(), span: node.span });
    }
    out
}

/// What an operation does not find.
struct Missing {
    operation: usize,
    /// The name, or that of the list.
    part: String,
    /// The same with the place in the list.
    shown: String,
}

/// The first operation that the object at a place cannot take, with its kind and name.
fn lacking(
    graph: &Graph<'_>,
    site: Site,
    target: &Target,
    operations: &[Operation],
) -> Option<(String, Missing)> {
    object(graph, site, target, |name, object| {
        operations.iter().enumerate().find_map(|(operation, own)| {
            let (part, shown) = missing(object, own)?;
            // Kustomize itself may add it, and an index leads to what other operations may move.
            let is_known = !own.path.iter().any(|own| ADDED.contains(&own.as_str()));
            is_known.then(|| (name.to_owned(), Missing { operation, part, shown }))
        })
    })
}

/// Asks the object at a place, if it is what a target selects; it is given with its kind and name.
pub(super) fn object<T>(
    graph: &Graph<'_>,
    site: Site,
    target: &Target,
    ask: impl FnOnce(&str, &Node<'_>) -> Option<T>,
) -> Option<T> {
    if graph.is_partly_read(site.file) {
        return None;
    }
    let contents = graph.snapshot.contents(site.file);
    let text = std::str::from_utf8(&contents).ok()?;
    let documents = yaml::parse(text);
    let holds =
        |root: &&Node<'_>| root.span.start <= site.span.start && site.span.end <= root.span.end;
    let object = documents.roots.iter().find(holds)?;
    let word = |key: &str| object.get(key).and_then(Node::as_str);
    let (kind, version) = (word("kind")?, word("apiVersion")?);
    let name = object.get("metadata")?.get("name")?;
    let (group, version) = version.rsplit_once('/').unwrap_or(("", version));
    let is_other = |own: &Option<String>, is: &str| own.as_ref().is_some_and(|own| own != is);
    if name.span != site.span
        || is_other(&target.group, group)
        || is_other(&target.version, version)
    {
        return None;
    }
    ask(&format!("{kind}/{}", name.as_str()?), object)
}

/// The part of an operation's path that an object lacks: the last name before it ends, and as it is
/// shown.
fn missing(object: &Node<'_>, operation: &Operation) -> Option<(String, String)> {
    let word = operation.word.as_str();
    let needs_key = matches!(word, "remove" | "test");
    if !needs_key && !matches!(word, "add" | "replace") {
        return None;
    }
    let mut node = object;
    let mut name = "";
    let last = operation.path.len().checked_sub(1)?;
    for (ix, part) in operation.path.iter().enumerate() {
        let is_last = ix == last;
        match &node.value {
            Value::Mapping(entries) => {
                // What an anchor brings is not followed.
                if entries.iter().any(|(key, _)| key.as_str() == Some("<<")) {
                    return None;
                }
                name = part;
                match node.get(part) {
                    Some(next) => node = next,
                    None if is_last && !needs_key => return None,
                    None => return Some((part.clone(), part.clone())),
                }
            }
            Value::Sequence(items) => {
                if part == "-" {
                    return None;
                }
                let at: usize = part.parse().ok()?;
                match items.get(at) {
                    Some(next) => node = next,
                    None if is_last && word == "add" && at == items.len() => return None,
                    None => return Some((name.to_owned(), format!("{name}/{part}"))),
                }
            }
            // `limits:` and nothing behind it is no map.
            Value::Scalar { .. } | Value::Alias => return None,
        }
    }
    None
}
