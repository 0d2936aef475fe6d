//! What a file of data holds, as keys: of YAML, JSON, HCL, and files of variables.
//!
//! Values are kept only where they are versions, or items of a list.

use super::words::{Chain, Rank};
use crate::facts::{Span, base_name};
use crate::syntax::json;
use crate::syntax::yaml::{self, Node, Value};
use hcl_edit::Span as _;
use hcl_edit::expr::{Expression, ObjectKey};
use hcl_edit::structure::{Body, Structure};
use rustc_hash::FxHashMap;
use smol_str::{SmolStr, format_smolstr};

/// Most keys of one file that are compared.
const MAX_KEYS: usize = 20_000;
/// Largest file that is compared, bytes.
const MAX_SIZE: usize = 1 << 20;
/// Where Terraform writes down which providers it took.
const LOCK: &str = ".terraform.lock.hcl";
/// What the entries of a list are told apart by.
const NAMES: [&str; 11] =
    ["name", "id", "key", "alert", "path", "host", "hostname", "url", "repo", "title", "file"];
/// Last parts of keys whose values are versions.
const VERSIONS: [&str; 9] = [
    "version",
    "tag",
    "image",
    "ref",
    "revision",
    "targetRevision",
    "chartVersion",
    "imageTag",
    "newTag",
];

/// What a place of a file holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Sort {
    /// A thing with a name of its own: a document of Kubernetes, a block of Terraform.
    Resource,
    /// A key.
    Key,
    /// An item of a list.
    Item,
}

/// One key, item or resource.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Held {
    /// What it is.
    pub sort: Sort,
    /// As a reader writes it.
    pub shown: SmolStr,
    /// Where its name stands.
    pub span: Span,
    /// The key that it lies below, in the same list.
    pub parent: Option<u32>,
    /// Its value, where it is a version.
    pub version: Option<SmolStr>,
}

/// What a file holds, in source order; by what twins have alike.
#[derive(Debug, Default)]
pub struct Contents {
    /// All of it.
    pub all: Vec<(SmolStr, Held)>,
    by_name: FxHashMap<SmolStr, u32>,
    /// Whether all of the file was read.
    pub is_whole: bool,
}

impl Contents {
    /// What a file of an environment holds; `None` of what is not compared.
    pub fn read(path: &str, text: &[u8], chain: &Chain, rank: Rank) -> Option<Self> {
        let text = std::str::from_utf8(text).ok().filter(|text| text.len() <= MAX_SIZE)?;
        let is_lock = base_name(path) == LOCK;
        let mut reading = Reading { own: Self::default(), chain, rank, is_lock };
        match Language::of(path)? {
            Language::Hcl => {
                let body = hcl_edit::parser::parse_body(text).ok()?;
                reading.own.is_whole = true;
                reading.body(&body, None, "", Depth::Top);
            }
            Language::Json => {
                let root = json::parse(text).ok()?;
                reading.own.is_whole = true;
                reading.node(&root, None, "", "");
            }
            Language::Lines => reading.lines(text),
            Language::Yaml => reading.yaml(text),
            Language::Bare if text.trim_start().starts_with('[') => reading.lines(text),
            Language::Bare => reading.yaml(text),
        }
        Some(reading.own)
    }

    /// What has this name.
    pub fn get(&self, name: &str) -> Option<&Held> {
        let ix = *self.by_name.get(name)?;
        self.all.get(ix as usize).map(|(_, held)| held)
    }

    /// Whether it holds this.
    pub fn has(&self, name: &str) -> bool {
        self.by_name.contains_key(name)
    }

    /// The things with their names that lie directly below the file's own root.
    pub fn resources(&self) -> impl Iterator<Item = (&SmolStr, &Held)> {
        self.all.iter().filter(|(_, own)| own.sort == Sort::Resource).map(|(name, own)| (name, own))
    }
}

/// What a file of data is written in.
enum Language {
    Hcl,
    Json,
    /// `KEY=value`, with sections.
    Lines,
    Yaml,
    /// An inventory or variables: lines where it begins with a section.
    Bare,
}

impl Language {
    fn of(path: &str) -> Option<Self> {
        let ending = base_name(path).rsplit_once('.').map_or("", |(_, ending)| ending);
        Some(match ending {
            "tf" | "tfvars" | "hcl" => Self::Hcl,
            "json" => Self::Json,
            "env" | "properties" | "ini" | "cfg" | "conf" => Self::Lines,
            "yaml" | "yml" | "eyaml" => Self::Yaml,
            _ if is_data(path) => Self::Bare,
            _ => return None,
        })
    }
}

/// Whether keys of a file are compared, by its name.
pub fn is_compared(path: &str) -> bool {
    Language::of(path).is_some()
}

/// Whether a file without an ending is one of data.
fn is_data(path: &str) -> bool {
    let is_bare = !base_name(path).contains('.');
    is_bare
        && ["group_vars/", "host_vars/", "inventory", "inventories/"]
            .iter()
            .any(|own| path.contains(own))
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Depth {
    Top,
    Inner,
}

struct Reading<'c> {
    own: Contents,
    chain: &'c Chain,
    rank: Rank,
    /// It is a lock of Terraform: the version of a provider says all that its hashes do.
    is_lock: bool,
}

impl Reading<'_> {
    /// Adds one, under what stands above it; its index and the name that others go on from.
    fn add(&mut self, name: String, held: Held) -> Option<u32> {
        if self.own.all.len() >= MAX_KEYS {
            self.own.is_whole = false;
            return None;
        }
        let name = self.chain.neutral(&name, self.rank);
        let ix = self.own.all.len() as u32;
        self.own.by_name.entry(name.clone()).or_insert(ix);
        self.own.all.push((name, held));
        Some(ix)
    }

    fn yaml(&mut self, text: &str) {
        let documents = yaml::parse(text);
        self.own.is_whole = documents.is_whole();
        for root in &documents.roots {
            match resource(root) {
                Some(shown) => {
                    let span = root.entries().first().map_or(root.span, |(key, _)| key.span);
                    let held = Held {
                        sort: Sort::Resource,
                        shown: shown.clone(),
                        span,
                        parent: None,
                        version: None,
                    };
                    let name = format!("\u{2}{shown}");
                    let ix = self.add(name.clone(), held);
                    self.node(root, ix, &name, "");
                }
                None => self.node(root, None, "", ""),
            }
        }
    }

    fn node(&mut self, node: &Node<'_>, parent: Option<u32>, name: &str, shown: &str) {
        for (key, value) in node.entries() {
            // What the tool that encrypts keeps for itself is no setting.
            let Some(word) = key.as_str().filter(|word| *word != "sops") else { continue };
            let name = format!("{name}\u{3}{word}");
            let shown: SmolStr =
                if shown.is_empty() { word.into() } else { format_smolstr!("{shown}.{word}") };
            let version = value.as_str().and_then(|text| version(word, text));
            let held =
                Held { sort: Sort::Key, shown: shown.clone(), span: key.span, parent, version };
            let Some(ix) = self.add(name.clone(), held) else { return };
            self.node(value, Some(ix), &name, &shown);
        }
        for item in node.items() {
            let (word, span) = match (&item.value, named(item)) {
                (Value::Scalar { text, .. }, _) => (SmolStr::new(text), item.span),
                (Value::Mapping(_), Some((word, span))) => (word, span),
                _ => continue,
            };
            let name = format!("{name}\u{4}{word}");
            let shown = format_smolstr!("{shown}[{word}]");
            let held = Held { sort: Sort::Item, shown: shown.clone(), span, parent, version: None };
            let Some(ix) = self.add(name.clone(), held) else { return };
            self.node(item, Some(ix), &name, &shown);
        }
    }

    fn body(&mut self, body: &Body, parent: Option<u32>, name: &str, depth: Depth) {
        let place = |span: Option<std::ops::Range<usize>>| {
            span.map_or(Span::default(), |range| Span::new(range.start, range.end))
        };
        for structure in body {
            match structure {
                Structure::Attribute(own) => {
                    let word = own.key.as_str();
                    if self.is_lock && word == "hashes" {
                        continue;
                    }
                    let version = own.value.as_str().and_then(|text| version(word, text));
                    let shown = self.below(parent, word);
                    let span = place(own.key.span());
                    let held = Held { sort: Sort::Key, shown, span, parent, version };
                    let name = format!("{name}\u{3}{word}");
                    let Some(ix) = self.add(name.clone(), held) else { return };
                    self.expression(&own.value, Some(ix), &name);
                }
                Structure::Block(own) => {
                    let labels = own.labels.iter().map(|label| label.as_str().to_owned());
                    let word: Vec<String> =
                        [own.ident.as_str().to_owned()].into_iter().chain(labels).collect();
                    let word = word.join(" ");
                    let sort = if depth == Depth::Top { Sort::Resource } else { Sort::Key };
                    let shown = self.below(parent, &word);
                    let held =
                        Held { sort, shown, span: place(own.ident.span()), parent, version: None };
                    let name = format!("{name}\u{2}{word}");
                    let Some(ix) = self.add(name.clone(), held) else { return };
                    self.body(&own.body, Some(ix), &name, Depth::Inner);
                }
            }
        }
    }

    fn expression(&mut self, expression: &Expression, parent: Option<u32>, name: &str) {
        let place = |span: Option<std::ops::Range<usize>>| {
            span.map_or(Span::default(), |range| Span::new(range.start, range.end))
        };
        match expression {
            Expression::Object(object) => {
                for (key, value) in object {
                    let word = match key {
                        ObjectKey::Ident(ident) => ident.as_str().to_owned(),
                        ObjectKey::Expression(own) => match own.as_str() {
                            Some(text) => text.to_owned(),
                            None => continue,
                        },
                    };
                    let shown = self.below(parent, &word);
                    let version = value.expr().as_str().and_then(|text| version(&word, text));
                    let held =
                        Held { sort: Sort::Key, shown, span: place(key.span()), parent, version };
                    let name = format!("{name}\u{3}{word}");
                    let Some(ix) = self.add(name.clone(), held) else { return };
                    self.expression(value.expr(), Some(ix), &name);
                }
            }
            Expression::Array(array) => {
                for item in array {
                    let Some(word) = item.as_str() else { continue };
                    let above = parent.and_then(|ix| self.own.all.get(ix as usize));
                    let shown =
                        format_smolstr!("{}[{word}]", above.map_or("", |own| own.1.shown.as_str()));
                    let held = Held {
                        sort: Sort::Item,
                        shown,
                        span: place(item.span()),
                        parent,
                        version: None,
                    };
                    if self.add(format!("{name}\u{4}{word}"), held).is_none() {
                        return;
                    }
                }
            }
            _ => {}
        }
    }

    fn below(&self, parent: Option<u32>, word: &str) -> SmolStr {
        match parent.and_then(|ix| self.own.all.get(ix as usize)) {
            Some((_, above)) => format_smolstr!("{}.{word}", above.shown),
            None => word.into(),
        }
    }

    /// Lines of `KEY=value`, with sections.
    fn lines(&mut self, text: &str) {
        self.own.is_whole = true;
        let mut section = String::new();
        let mut at = 0;
        for line in text.split_inclusive('\n') {
            let start = at + (line.len() - line.trim_start().len());
            at += line.len();
            let line = line.trim();
            if line.is_empty() || line.starts_with(['#', ';', '<']) {
                continue;
            }
            let (word, sort) = match line.strip_prefix('[').and_then(|own| own.strip_suffix(']')) {
                Some(own) => {
                    section = own.to_owned();
                    (own, Sort::Resource)
                }
                None => match line.split_once('=') {
                    Some((key, _)) => (key.trim().trim_start_matches("export "), Sort::Key),
                    None => continue,
                },
            };
            // Lines of programs, and hosts of an inventory with their variables.
            if sort == Sort::Key
                && word.contains(|c: char| c.is_whitespace() || "\"'(){}$".contains(c))
            {
                continue;
            }
            let span = Span::new(start, start + word.len());
            let (name, shown) = match sort {
                Sort::Resource => (format!("\u{2}{word}"), format_smolstr!("[{word}]")),
                _ => (format!("\u{2}{section}\u{3}{word}"), SmolStr::new(word)),
            };
            let parent = self
                .own
                .by_name
                .get(self.chain.neutral(&format!("\u{2}{section}"), self.rank).as_str());
            let parent = parent.copied().filter(|_| sort == Sort::Key);
            if self.add(name, Held { sort, shown, span, parent, version: None }).is_none() {
                return;
            }
        }
    }
}

/// The kind and the name of a document of Kubernetes.
fn resource(root: &Node<'_>) -> Option<SmolStr> {
    let kind = root.get("kind")?.as_str()?;
    root.get("apiVersion")?;
    match root.get("metadata").and_then(|own| own.get("name")).and_then(Node::as_str) {
        Some(name) => Some(format_smolstr!("{kind} {name}")),
        // A kustomization has none.
        None => Some(kind.into()),
    }
}

/// What an entry of a list is called.
fn named<'n>(item: &'n Node<'_>) -> Option<(SmolStr, Span)> {
    let kind = item.get("kind").and_then(Node::as_str);
    let found: Option<(&'n str, Span)> = NAMES
        .iter()
        .find_map(|name| item.get(name).and_then(|own| Some((own.as_str()?, own.span))));
    let Some((name, span)) = found else { return rule(item) };
    Some((kind.map_or_else(|| name.into(), |kind| format_smolstr!("{kind} {name}")), span))
}

/// What a rule of a role allows, which has no name.
fn rule(item: &Node<'_>) -> Option<(SmolStr, Span)> {
    let resources = item.get("resources")?.items();
    let names: Vec<&str> = resources.iter().filter_map(Node::as_str).collect();
    Some((names.join(",").into(), item.span)).filter(|_| !names.is_empty())
}

/// The version that a value is, by its key.
fn version(key: &str, value: &str) -> Option<SmolStr> {
    let last = key.rsplit(['.', ':', '_']).next().unwrap_or(key);
    if let Some((_, after)) = value.split_once("?ref=") {
        return Some(after.into());
    }
    let is_version = VERSIONS.contains(&last) || VERSIONS.contains(&key);
    if !is_version || key == "apiVersion" || !value.contains(|c: char| c.is_ascii_digit()) {
        return None;
    }
    let own = value.rsplit('/').next().unwrap_or(value);
    let own = if last == "image" { own.split_once(':')?.1 } else { own };
    let is_plain = !own.contains(['{', '$', ' ']) && own.len() < 80;
    is_plain.then(|| own.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(path: &str, text: &str) -> Vec<String> {
        let own = Contents::read(path, text.as_bytes(), &Chain::default(), 7).unwrap();
        own.all.iter().map(|(_, held)| held.shown.to_string()).collect()
    }

    #[test]
    fn keys_items_and_resources() {
        let yaml = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: x-stg}\ndata: {a: '1'}\n";
        assert_eq!(
            shown("a.yaml", yaml),
            [
                "ConfigMap x-stg",
                "apiVersion",
                "kind",
                "metadata",
                "metadata.name",
                "data",
                "data.a"
            ]
        );
        assert_eq!(
            shown("a.yaml", "l: [x, {name: y, z: 1}]"),
            ["l", "l[x]", "l[y]", "l[y].name", "l[y].z"]
        );
        let tf = "module \"m\" {\n  a = { b = 1 }\n  l = [\"x\"]\n}\n";
        assert_eq!(
            shown("a.tf", tf),
            ["module m", "module m.a", "module m.a.b", "module m.l", "module m.l[x]"]
        );
        assert_eq!(shown("a.ini", "[s]\nk = 1\n"), ["[s]", "k"]);
        let lock = "provider \"p\" {\n  version = \"1.2\"\n  hashes = [\"h1:x\"]\n}\n";
        assert_eq!(shown("e/.terraform.lock.hcl", lock), ["provider p", "provider p.version"]);
    }

    #[test]
    fn twins_have_names_alike() {
        let read = |text: &str, rank| {
            Contents::read("a.yaml", text.as_bytes(), &Chain::default(), rank).unwrap()
        };
        let (stg, prod) = (read("hosts: [web-stg.x]", 7), read("hosts: [web-prod.x]", 9));
        assert_eq!(stg.all[1].0, prod.all[1].0);
    }
}
