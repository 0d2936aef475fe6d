//! Parts of variables: which ones the tree's values have, and which ones expressions read:
//! `site.port`, `item.port` in a loop over `sites`.
//!
//! (Source: Ansible's documentation, "Referencing key:value dictionary variables", "'dict object'
//! has no attribute".)

use super::expressions::names;
use super::marks::opened;
use super::shape::short;
use super::twice::LISTS;
use super::words::{CONDITIONS, asks};
use crate::facts::{Detail, FileFacts, NamePattern, Provide, Span, kinds};
use crate::syntax::yaml::{Node, Value};
use memchr::memmem;
use rustc_hash::FxHashSet;
use smol_str::{SmolStr, format_smolstr};
use std::collections::BTreeMap;

/// Most reads of one file.
const MOST: usize = 300;
/// Most parts of one value.
const MOST_PARTS: usize = 200;
/// Shorter parts are like too many others.
const SHORT: usize = 5;

/// Names that no file of variables sets.
const SPECIAL: [&str; 10] = [
    "ansible_facts",
    "group_names",
    "groups",
    "hostvars",
    "item",
    "loop",
    "lookup",
    "query",
    "self",
    "vars",
];

/// What the parts of mappings are not called.
const METHODS: [&str; 12] = [
    "append", "copy", "get", "items", "keys", "lower", "pop", "split", "update", "upper", "values",
    "strip",
];

/// Adds the parts that the value of a variable has.
pub(super) fn provided(name: &str, value: &Node<'_>, span: Span, out: &mut FileFacts) {
    let mut add = |kind, parts: Vec<SmolStr>| {
        let detail = Detail::Members(parts.into_boxed_slice());
        out.provides.push(Provide {
            kind,
            name: NamePattern::exact(name),
            span,
            within: None,
            detail,
        });
    };
    match &value.value {
        Value::Mapping(entries) if !entries.is_empty() => {
            if let Some(parts) = keys(value) {
                add(kinds::ANSIBLE_PARTS, parts);
            }
        }
        Value::Sequence(items) if !items.is_empty() => {
            let all: Option<Vec<_>> = items.iter().map(keys).collect();
            let Some(all) = all.filter(|own| own.len() <= MOST_PARTS) else { return };
            let mut parts: Vec<_> = all.into_iter().flatten().collect();
            parts.sort_unstable();
            parts.dedup();
            if parts.len() <= MOST_PARTS {
                add(kinds::ANSIBLE_ITEM_PARTS, parts);
            }
        }
        Value::Mapping(_) | Value::Sequence(_) => {
            add(kinds::ANSIBLE_PARTS, Vec::new());
            add(kinds::ANSIBLE_ITEM_PARTS, Vec::new());
        }
        Value::Scalar { text, plain: true } if matches!(text.trim(), "" | "~" | "null") => {
            add(kinds::ANSIBLE_PARTS, Vec::new());
            add(kinds::ANSIBLE_ITEM_PARTS, Vec::new());
        }
        Value::Scalar { .. } | Value::Alias => {}
    }
}

/// The keys of a mapping all of which are written down.
fn keys(node: &Node<'_>) -> Option<Vec<SmolStr>> {
    let entries = node.entries();
    let own = |key: &Node<'_>| {
        key.as_str().filter(|own| *own != "<<" && !own.contains('{')).map(SmolStr::new)
    };
    if entries.is_empty() || entries.len() > MOST_PARTS {
        return None;
    }
    entries.iter().map(|(key, _)| own(key)).collect()
}

#[derive(Default)]
struct Reads<'a> {
    /// What is read of which name, and where first.
    found: BTreeMap<(&'a str, &'a str), Span>,
    /// Parts that somebody asks about, or does without.
    guarded: FxHashSet<&'a str>,
    /// Names of items, with the variable that the loop goes over where it is plain.
    items: BTreeMap<&'a str, Option<&'a str>>,
}

/// Adds the parts that a template reads.
pub(super) fn of_template(text: &str, out: &mut FileFacts) {
    let mut reads = Reads::default();
    let mut at = 0;
    while let Some((open, close)) = opened(text, at) {
        let from = open + 2;
        let Some(len) = memmem::find(&text.as_bytes()[from..], close.as_bytes()) else { return };
        at = from + len + 2;
        let inner = &text[from..from + len];
        if close == "%}" {
            match names(inner).next().map_or("", |(_, word)| word) {
                // What is read in a macro is given by who calls it.
                "raw" | "macro" | "import" | "include" => return,
                "for" => reads.looped(inner),
                "set" => {
                    let own = inner.split('=').next().unwrap_or_default();
                    reads.items.extend(names(own).map(|(_, name)| (name, None)));
                }
                _ => {}
            }
        }
        if close != "#}" {
            reads.expression(inner, |at, end| Span::new(from + at, from + end));
        }
    }
    reads.attach(out);
}

/// Adds the parts that tasks and plays read.
pub(super) fn of_tasks(roots: &[Node<'_>], out: &mut FileFacts) {
    let mut reads = Vec::new();
    roots.iter().flat_map(Node::items).for_each(|item| within(item, &mut reads));
    let guarded: FxHashSet<&str> =
        reads.iter().flat_map(|own| own.guarded.iter().copied()).collect();
    for mut own in reads {
        own.guarded.extend(guarded.iter().copied());
        own.attach(out);
    }
}

fn within<'n>(node: &'n Node<'_>, all: &mut Vec<Reads<'n>>) {
    let mut reads = Reads::default();
    let control = node.get("loop_control");
    let item = control.and_then(|own| own.get("loop_var")).and_then(Node::as_str).unwrap_or("item");
    let list = ["loop", "with_items"].iter().find_map(|key| node.get(key)).and_then(Node::as_str);
    let variable = list.and_then(|own| own.trim().strip_prefix("{{")?.strip_suffix("}}"));
    let is_loop = node
        .entries()
        .iter()
        .any(|(key, _)| key.as_str().is_some_and(|key| key == "loop" || key.starts_with("with_")));
    if is_loop {
        let plain = variable.map(str::trim).filter(|own| own.bytes().all(is_word));
        reads.items.insert(item, plain);
    }
    // What fails here is passed over.
    let is_passed = ["ignore_errors", "rescue"].iter().any(|key| node.get(key).is_some());
    for (key, value) in node.entries() {
        let key = key.as_str().unwrap_or_default();
        if LISTS.contains(&key) {
            value.items().iter().for_each(|own| within(own, all));
        } else if !is_passed && !matches!(key, "name" | "vars" | "roles" | "vars_files") {
            let is_expression = CONDITIONS.contains(&key);
            let is_asserted = matches!(short(key), "assert");
            if !is_asserted {
                reads.node(value, is_expression);
            }
        }
    }
    all.push(reads);
}

impl<'a> Reads<'a> {
    fn looped(&mut self, statement: &'a str) {
        let Some((own, list)) = statement.split_once(" in ") else { return };
        let list = list.trim_end_matches(['-', '+']).trim();
        let (name, rest) =
            list.split_at(list.bytes().position(|own| !is_word(own)).unwrap_or(list.len()));
        let rest = rest.trim_start();
        let is_same = rest.is_empty()
            || ["|sort", "| sort", "|list", "| list"].iter().any(|own| rest.starts_with(own));
        let is_own = |own: &str| self.items.contains_key(own);
        let variable = Some(name).filter(|own| is_same && !own.is_empty() && !is_own(own));
        let mut items = names(own).filter(|(_, name)| *name != "for").map(|(_, name)| name);
        let (first, second) = (items.next(), items.next());
        let variable = variable.filter(|_| second.is_none());
        for name in first.into_iter().chain(second).chain(items) {
            // A name that stands for items of several lists is none's.
            let is_new = !self.items.contains_key(name);
            let same = self.items.get(name).is_none_or(|own| *own == variable);
            let variable = variable.filter(|_| is_new || same);
            self.items.insert(name, variable);
        }
    }

    fn node(&mut self, node: &'a Node<'_>, is_expression: bool) {
        node.items().iter().for_each(|own| self.node(own, is_expression));
        node.entries().iter().for_each(|(_, own)| self.node(own, is_expression));
        let Value::Scalar { text, .. } = &node.value else { return };
        let span = node.span;
        if text.contains("{%") {
            // What statements set is not followed.
            self.guarded.extend(pairs(text).map(|(_, _, part)| part));
        } else if is_expression && !text.contains("{{") {
            self.expression(text, |_, _| span);
        } else {
            let mut at = 0;
            while let Some((open, close)) = opened(text, at).filter(|(_, close)| *close == "}}") {
                let from = open + 2;
                let Some(len) = memmem::find(&text.as_bytes()[from..], close.as_bytes()) else {
                    return;
                };
                at = from + len + 2;
                self.expression(&text[from..from + len], |_, _| span);
            }
        }
    }

    fn expression(&mut self, text: &'a str, span: impl Fn(usize, usize) -> Span) {
        let is_asking = names(text).any(|(_, word)| asks(word));
        for (at, name, part) in pairs(text) {
            if is_asking {
                self.guarded.insert(part);
            } else if self.found.len() < MOST && !SPECIAL.contains(&name)
                || self.items.contains_key(name)
            {
                let end = at + name.len() + 1 + part.len();
                self.found.entry((name, part)).or_insert_with(|| span(at, end));
            }
        }
    }

    fn attach(self, out: &mut FileFacts) {
        for ((name, part), span) in &self.found {
            if self.guarded.contains(part) || METHODS.contains(part) || part.len() < 3 {
                continue;
            }
            let beside = self
                .found
                .keys()
                .find(|(own, other)| own == name && other != part && is_near(part, other));
            let read = match self.items.get(name) {
                Some(Some(variable)) => format_smolstr!("{variable}[].{part}"),
                Some(None) => format_smolstr!("[].{part}"),
                None => format_smolstr!("{name}.{part}"),
            };
            let is_followed = !read.starts_with('[') && !name.starts_with("ansible_");
            if is_followed || beside.is_some() {
                out.provides.push(Provide {
                    kind: kinds::ANSIBLE_PART_READ,
                    name: NamePattern::exact(read),
                    span: *span,
                    within: None,
                    detail: beside.map_or(Detail::None, |(_, own)| Detail::from(*own)),
                });
            }
        }
    }
}

/// Whether a part is one letter from another of the same text.
fn is_near(part: &str, other: &str) -> bool {
    part.len() >= SHORT && is_part_slip(part, other)
}

/// Whether a part is one letter from another, which is no number and no plural.
pub(super) fn is_part_slip(part: &str, other: &str) -> bool {
    let is_end = |c: char| c.is_ascii_digit() || c == 's' || c == '_';
    let digits = |own: &str| own.bytes().filter(u8::is_ascii_digit).collect::<Vec<_>>();
    part.len() > 2
        && part.trim_end_matches(is_end) != other.trim_end_matches(is_end)
        && other.len().abs_diff(part.len()) < 2
        && strsim::osa_distance(part, other) == 1
        && digits(part) == digits(other)
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

/// Names with the part that is read of each, and where.
fn pairs(text: &str) -> impl Iterator<Item = (usize, &str, &str)> {
    names(text).filter_map(move |(at, name)| {
        let rest = text[at + name.len()..].strip_prefix('.')?;
        let end = rest.bytes().position(|own| !is_word(own)).unwrap_or(rest.len());
        let part = &rest[..end];
        let is_part = part.starts_with(|c: char| c.is_ascii_lowercase() || c == '_')
            && !rest[end..].starts_with('(');
        let is_first = !text[..at].trim_end().ends_with(['.', '|', '$', '/', '-']);
        (is_part && is_first).then_some((at, name, part))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(out: &FileFacts) -> Vec<String> {
        let own = out.provides.iter().filter(|own| own.kind == kinds::ANSIBLE_PART_READ);
        own.map(|own| own.name.to_string()).collect()
    }

    #[test]
    fn parts_of_items_and_variables() {
        let mut out = FileFacts::default();
        of_template(
            "{% for s in sites %}{{ s.name }} {{ s.port | default(1) }}{% endfor %}{{ web.root }}",
            &mut out,
        );
        assert_eq!(read(&out), ["sites[].name", "web.root"]);
        let mut out = FileFacts::default();
        let text = "- copy: {content: '{{ item.text }}', dest: '{{ web.root }}'}\n  loop: '{{ sites }}'\n  when: item.used\n";
        of_tasks(&crate::syntax::yaml::parse(text).roots, &mut out);
        assert_eq!(read(&out), ["sites[].text", "sites[].used", "web.root"]);
    }

    #[test]
    fn what_values_have() {
        let mut out = FileFacts::default();
        let documents =
            crate::syntax::yaml::parse("a: [{b: 1}, {c: 1, b: 2}]\nd: {e: 1}\nf: [x]\n");
        for (key, value) in documents.roots.iter().flat_map(Node::entries) {
            provided(key.as_str().unwrap_or_default(), value, key.span, &mut out);
        }
        let found: Vec<_> = out
            .provides
            .iter()
            .map(|own| match &own.detail {
                Detail::Members(parts) => format!("{} {}", own.name, parts.join(",")),
                _ => String::new(),
            })
            .collect();
        assert_eq!(found, ["a b,c", "d e"]);
    }
}
