//! Kubernetes manifests, and Helm templates of them: what containers run.
//!
//! (Sources: Kubernetes API, `Container`, `Lifecycle`, `ExecAction`; "Define a Command and
//! Arguments for a Container"; Helm's "Flow Control".)

mod api;
mod branches;
mod charted;
mod fields;
mod gateways;
mod held;
mod matching;
mod metadata;
mod names;
mod objects;
mod parts;
mod patched;
mod releases;
mod routers;
mod scalars;
mod typed;
mod versions;

use super::compose::Compose;
use crate::check::Check;
use crate::domain::commands::Lines;
use crate::domain::commands::{inherit_environment, scalar};
use crate::domain::packages;
use crate::extract::{Extractor, Settings, Source};
use crate::facts::{
    Detail, Environment, FileFacts, NamePattern, Provide, Span, Strength, is_variable_name, kinds,
    rendered,
};
use crate::graph::Graph;
use crate::packs::Pack;
use crate::syntax::shell::{Argument, CommandText, HOLE};
use crate::syntax::tags::{self, Sort};
use crate::syntax::yaml::{self, Documents, Node, Value};
use crate::systems::System;
use smol_str::SmolStr;
use std::ops::Range;

/// Kubernetes.
pub(super) struct Room;

impl System for Room {
    fn name(&self) -> &'static str {
        "kubernetes"
    }

    fn readers(&self) -> &'static [&'static dyn Extractor] {
        &[&Kubernetes, &objects::Objects, &patched::Patched, &releases::Releases]
    }

    fn names(&self, graph: &mut Graph<'_>) {
        names::install(graph);
        matching::install(graph);
    }

    fn checks(&self) -> &'static [Check] {
        &[charted::check]
    }
}

/// Extracts from manifests.
pub struct Kubernetes;

impl Extractor for Kubernetes {
    fn system(&self) -> &'static str {
        "kubernetes"
    }

    fn claims(&self, path: &str) -> bool {
        let of = rendered(path);
        // `.tpl` is also what charts call files of named templates.
        let is_manifest = [".yaml", ".yml"].iter().any(|ending| of.ends_with(ending));
        (is_manifest || path.ends_with(".tpl")) && !Compose.claims(path)
    }

    fn accepts(&self, bytes: &[u8]) -> bool {
        let has = |key: &[u8]| memchr::memmem::find(bytes, key).is_some();
        // `containers:`, `initContainers:`.
        let containers = has(b"ontainers:");
        has(b"image:") && (containers || has(b"command:")) || has(b"command:") && containers
    }

    fn extract(&self, source: &Source<'_>, settings: &Settings, out: &mut FileFacts) {
        let (text, tags) = masked(source.text);
        let packs = &settings.packs;
        let mut file = File { path: source.path, text: &text, tags, packs, out };
        // What does not parse belongs to whoever owns the file.
        let mut own = None;
        let documents = documents(source, &text, &mut own);
        documents.roots.iter().for_each(|root| {
            file.node(root, false);
            rolling(root, file.out);
        });
    }
}

/// A workload of more than one replica stays up while its pods are replaced, unless it says
/// otherwise. (Source: Kubernetes API, `DeploymentStrategy`, `StatefulSetUpdateStrategy`.)
fn rolling(root: &Node<'_>, out: &mut FileFacts) {
    let text = |node: Option<&Node<'_>>| node.and_then(Node::as_str).unwrap_or_default().to_owned();
    let kind = text(root.get("kind"));
    let (Some(spec), Some(name)) =
        (root.get("spec"), root.get("metadata").and_then(|node| node.get("name")))
    else {
        return;
    };
    let strategy = spec.get("strategy").or(spec.get("updateStrategy"));
    let strategy = text(strategy.and_then(|own| own.get("type")));
    let several = text(spec.get("replicas")).parse::<u64>().is_ok_and(|count| count > 1);
    let Some(text) = name.as_str().filter(|_| matches!(&*kind, "Deployment" | "StatefulSet"))
    else {
        return;
    };
    if several && matches!(&*strategy, "" | "RollingUpdate") {
        out.provides.push(Provide {
            kind: kinds::ROLLING,
            name: NamePattern::exact(text),
            span: name.span,
            within: None,
            detail: Detail::None,
        });
    }
}

/// Three bytes and two bytes that stand for a tag's text in a masked template.
const MASK: [char; 2] = [HOLE, '\u{7FE}'];

/// Bounds on what may stand before and beside a tag on a line of tags.
const MAX_BEFORE: usize = 1000;
const MAX_TAGS: u32 = 16;
/// Longest comment of a template that is looked for the end of.
const MAX_COMMENT: usize = 1 << 16;

/// The YAML of a text whose tags are out of the way: that of the source, which is read once for all
/// of its readers, where it has none; otherwise what is put into `own`.
fn documents<'d, 't, 's: 't>(
    source: &'d Source<'s>,
    text: &'t str,
    own: &'d mut Option<Documents<'t>>,
) -> &'d Documents<'t> {
    match text == source.text {
        true => source.yaml(),
        false => own.insert(yaml::parse(text)),
    }
}

/// A template with its tags put out of the parser's way, each byte in its place: tags that
/// stand alone on their lines become blanks, others a text that no file holds. Also the
/// places of the former.
fn masked(text: &str) -> (String, Vec<Span>) {
    let mut out = String::with_capacity(text.len());
    let mut tags = Vec::new();
    let mut from = 0;
    let mut line = 0;
    for tag in tags::tags(text, Sort::CODE) {
        let Range { start, end } = tag.range;
        // Inside a comment that holds tags.
        if start < from {
            continue;
        }
        let inner = text[start + 2..].trim_start_matches(['-', ' ', '~']);
        let comment = inner.starts_with("/*").then(|| comment_end(text, start)).flatten();
        let end = comment.unwrap_or(end);
        out.push_str(&text[from..start]);
        line = text[from..start].rfind('\n').map_or(line, |at| from + at + 1);
        from = end;
        let near = start - line < MAX_BEFORE && out[line..].trim().is_empty();
        if near && is_blank_but_tags(&text[end..]) {
            tags.push(Span::new(start, end));
            if line == start && inner.starts_with("define") {
                // Each definition is a text of its own.
                out.push_str("---");
                out.extend(text[start + 3..end].bytes().map(blank));
                continue;
            }
            out.extend(text[start..end].bytes().map(blank));
            continue;
        }
        let len = end - start;
        let pairs = [0, 2, 1][len % 3];
        out.extend(std::iter::repeat_n(MASK[0], (len - 2 * pairs) / 3));
        out.extend(std::iter::repeat_n(MASK[1], pairs));
    }
    out.push_str(&text[from..]);
    (out, tags)
}

fn blank(byte: u8) -> char {
    if byte == b'\n' { '\n' } else { ' ' }
}

/// The end of a comment, which may hold tags.
fn comment_end(text: &str, start: usize) -> Option<usize> {
    let near = &text.as_bytes()[start..text.len().min(start + MAX_COMMENT)];
    let end = start + memchr::memmem::find(near, b"*/")? + 2;
    let rest = text[end..].trim_start_matches([' ', '-']);
    rest.starts_with("}}").then(|| text.len() - rest.len() + 2)
}

/// Whether the rest of a line holds tags only.
fn is_blank_but_tags(mut rest: &str) -> bool {
    for _ in 0..MAX_TAGS {
        let blank = rest.trim_start_matches([' ', '\t', '\r']);
        if blank.is_empty() || blank.starts_with('\n') {
            return true;
        }
        match tags::first_len(blank, Sort::CODE) {
            Some(len) => rest = &blank[len..],
            None => return false,
        }
    }
    false
}

struct File<'f> {
    path: &'f str,
    text: &'f str,
    tags: Vec<Span>,
    packs: &'f Pack,
    out: &'f mut FileFacts,
}

impl File<'_> {
    /// Containers wherever a workload holds them; part of a chart may be a bare list.
    fn node(&mut self, node: &Node<'_>, listed: bool) {
        match &node.value {
            Value::Mapping(entries) => {
                if listed || node.get("image").is_some() {
                    self.container(node);
                }
                for (key, value) in entries {
                    let key = key.as_str().unwrap_or_default();
                    let names = ["containers", "initContainers", "ephemeralContainers"];
                    self.node(value, names.contains(&key));
                }
            }
            Value::Sequence(items) => items.iter().for_each(|item| self.node(item, listed)),
            _ => {}
        }
    }

    fn container(&mut self, container: &Node<'_>) {
        let from = self.out.calls.len();
        // Branches of a template: which belongs to which is not known.
        let keys = container.entries().iter().filter_map(|(key, _)| key.as_str());
        let single = |name: &str| keys.clone().filter(|key| *key == name).count() < 2;
        if let Some(image) = container.get("image").filter(|_| single("image"))
            && let Some(name) = image.as_str()
        {
            packages::used(name, image.span, self.out);
        }
        for variable in container.get("env").map(Node::items).unwrap_or_default() {
            let name = variable.get("name").and_then(Node::as_str);
            let value = variable.get("value");
            if let (Some(name), Some(value)) = (name, value)
                && let Some(text) = value.as_str()
            {
                let text = expanded(&scalar(text, value.span, self.text));
                let place = Lines::new(self.path, "container");
                place.add_variable(name, &text, self.out);
            }
        }
        if single("command") && single("args") {
            // Without a command the image's own runs, whatever that is.
            if let Some(command) = container.get("command") {
                let args = container.get("args");
                let mut words = self.words(command);
                words.extend(args.map(|args| self.words(args)).unwrap_or_default());
                let end = args.map_or(command.span, |args| command.span.to(args.span));
                self.call(words, end);
            } else if let Some(args) = container.get("args") {
                // An image's entry point mostly hands on what begins with a program's name.
                let words = self.words(args);
                let first = words.first().and_then(|word| word.word.text.as_exact());
                if first.is_some_and(|name| self.packs.command(name).is_some()) {
                    self.call(words, args.span);
                }
            }
        }
        let probes = ["livenessProbe", "readinessProbe", "startupProbe"];
        let probes = probes.iter().filter_map(|name| container.get(name));
        let hooks = ["postStart", "preStop"];
        let lifecycle = container.get("lifecycle");
        let hooks = hooks.iter().filter_map(|name| lifecycle?.get(name));
        for action in probes.chain(hooks).filter_map(|node| node.get("exec")?.get("command")) {
            self.call(self.words(action), action.span);
        }
        if self.out.calls.len() > from {
            let environment = self.environment(container);
            inherit_environment(&mut self.out.calls[from..], &environment);
        }
    }

    /// What a container sets; its image sets more.
    fn environment(&self, container: &Node<'_>) -> Environment {
        let mut own = Environment::inherited();
        if container.get("envFrom").is_some() || container.get("<<").is_some() {
            own.add_unknown(kinds::ENV);
        }
        let Some(list) = container.get("env") else { return own };
        for item in list.items() {
            match item.get("name").and_then(|name| Some((name.as_str()?, name.span))) {
                Some((name, span)) if is_variable_name(name) => {
                    let value = item.get("value").and_then(Node::as_str);
                    let value = value.filter(|text| !text.contains(MASK));
                    own.add(name, value.map(SmolStr::new), span);
                }
                _ => own.add_unknown(kinds::ENV),
            }
        }
        let near = |tag: &Span| tag.end > list.span.start && tag.start <= list.span.end + 200;
        if list.items().is_empty() || self.tags.iter().any(near) {
            own.add_unknown(kinds::ENV);
        }
        own
    }

    fn call(&mut self, mut words: Vec<Argument>, span: Span) {
        let Some(last) = words.last().map(|word| word.word.span) else { return };
        // A tag on a line of its own inside the lists, or right behind them, may add words.
        let near = |tag: &Span| tag.end > span.start && tag.start <= span.end + 200;
        if self.tags.iter().any(near) {
            words.push(Argument::open(last));
        }
        let place = Lines::new(self.path, "container");
        place.add_words(&words, Strength::Certain, self.out);
    }

    /// The items of a list as words.
    fn words(&self, list: &Node<'_>) -> Vec<Argument> {
        let word = |item: &Node<'_>| match item.as_str() {
            Some(text) => Argument::new(expanded(&scalar(text, item.span, self.text))),
            None => Argument::open(item.span),
        };
        let mut all: Vec<Argument> = list.items().iter().map(word).collect();
        if all.is_empty() && list.as_str().is_some_and(|text| !text.is_empty()) {
            // `command: {{ … }}`
            all.push(Argument::open(list.span));
        }
        all
    }
}

/// `$(NAME)` and masked tags are holes; `$$` is a `$`.
fn expanded(text: &CommandText) -> CommandText {
    let all = text.as_str();
    let mut out = CommandText::default();
    let mut at = 0;
    while let Some(c) = all[at..].chars().next() {
        let rest = &all[at + c.len_utf8()..];
        let place = text.span(at, at + 1).start as usize;
        at += c.len_utf8();
        match c {
            '$' if rest.starts_with('$') => {
                out.push("$", place);
                at += 1;
            }
            '$' if rest.starts_with('(') && rest.contains(')') => {
                out.hole(place);
                at += rest.find(')').map_or(0, |end| end + 1);
            }
            c if MASK.contains(&c) => out.hole(place),
            c => out.push(c.encode_utf8(&mut [0; 4]), place),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_masked_template_keeps_its_places() {
        let text = "{{- if .a }}\nb: {{ .c }}\nd: 'x{{.y}}'\n{{- end }}\n";
        let (masked, tags) = masked(text);
        assert_eq!((masked.len(), tags.len()), (text.len(), 2));
        let root = &yaml::parse(&masked).roots[0];
        let value = CommandText::plain(root.get("d").and_then(Node::as_str).unwrap(), 0);
        assert_eq!(expanded(&value).to_pattern().to_string(), "x*");
    }

    #[test]
    fn variables_of_the_container() {
        let text = CommandText::plain("--a=$(B)/$$(c)", 0);
        assert_eq!(expanded(&text).to_pattern().to_string(), "--a=*/$(c)");
    }
}
