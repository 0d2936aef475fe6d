//! Loops over items that stand in the task, and what the task reads of each.
//!
//! (Source: Ansible, "'dict object' has no attribute".)

use super::marks::open_quote;
use super::words::asks;
use crate::facts::{Problem, Span, nearest_of};
use crate::syntax::yaml::{Node, Value};

/// Keys of a task under which an item that lacks something fails nothing, or is passed by.
const PASSED: [&str; 10] = [
    "name",
    "vars",
    "when",
    "loop",
    "with_items",
    "loop_control",
    "until",
    "changed_when",
    "failed_when",
    "register",
];

/// Parts of a mapping that are no keys of it.
const METHODS: [&str; 7] = ["items", "keys", "values", "get", "update", "pop", "copy"];

/// Loops whose items are lists of values from elsewhere.
const OF_LISTS: [&str; 5] =
    ["with_nested", "with_cartesian", "with_together", "with_subelements", "with_indexed_items"];

/// Reports items of a loop that lack what the task reads of each of them.
pub(super) fn of_task(task: &Node<'_>, problems: &mut Vec<Problem>) {
    let control = task.get("loop_control");
    let variable = control
        .and_then(|control| control.get("loop_var"))
        .map_or(Some("item"), Node::as_str)
        .filter(|name| is_word(name));
    let Some(variable) = variable else { return };
    if let Some(sort) = sort(task) {
        of_sort(task, variable, sort, problems);
    } else if let Some(list) = task.get("loop").or_else(|| task.get("with_items")) {
        of_literals(task, variable, list.items(), problems);
    }
}

/// What all items of a loop are, whatever it goes over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Items {
    /// A key and a value.
    Pairs,
    Lists,
}

impl Items {
    fn has(self, part: &str) -> bool {
        match self {
            Self::Pairs => matches!(part, "key" | "value"),
            Self::Lists => part.bytes().all(|byte| byte.is_ascii_digit()),
        }
    }
}

fn sort(task: &Node<'_>) -> Option<Items> {
    let made = |key: &str| {
        let text = task.get(key).and_then(Node::as_str)?.trim().strip_suffix("}}")?;
        let from = text.trim_end().strip_suffix("dict2items")?.trim_end().strip_suffix('|')?;
        let plain = |c: char| c.is_ascii_alphanumeric() || " ._[]'\"".contains(c);
        let is_one = from.strip_prefix("{{")?.chars().all(plain) && !from.contains(" if ");
        is_one.then_some(Items::Pairs)
    };
    if task.get("with_dict").is_some() {
        return Some(Items::Pairs);
    }
    if OF_LISTS.iter().any(|key| task.get(key).is_some()) {
        return Some(Items::Lists);
    }
    made("loop").or_else(|| made("with_items"))
}

/// Reads of a part that no item of such a loop has.
fn of_sort(task: &Node<'_>, variable: &str, sort: Items, problems: &mut Vec<Problem>) {
    let read = read_of(task, variable);
    let asked = |key: &str| {
        let part = format!("{variable}.{key}");
        ["when", "ignore_errors", "failed_when"]
            .iter()
            .any(|own| task.get(own).is_some_and(|own| mentions(own, &part)))
    };
    let Some(key) = read.into_iter().find(|key| !sort.has(key) && !asked(key)) else { return };
    let (what, help) = match sort {
        Items::Pairs => ("a `key` and a `value`", "the value's parts are parts of `value`"),
        Items::Lists => ("a list", "its parts are numbers, as in `.0`"),
    };
    let named = task.get("name").unwrap_or(task).span;
    let span = Span::new(named.start as usize, (named.start as usize + 1).min(named.end as usize));
    let message =
        format!("the task reads `{variable}.{key}`, and each item of this loop is {what}");
    let help = format!("{help}: the task fails");
    problems.push(Problem { help, ..Problem::new("unresolved-reference", message, span) });
}

/// What the task reads of each item, whatever it is.
fn read_of<'n>(task: &'n Node<'_>, variable: &str) -> Vec<&'n str> {
    let mut read = Vec::new();
    let own = task
        .entries()
        .iter()
        .filter(|(key, _)| key.as_str().is_some_and(|key| !PASSED.contains(&key)));
    own.filter(|(key, _)| !key.as_str().is_some_and(|key| key.starts_with("with_")))
        .for_each(|(_, value)| reads(value, variable, &mut read));
    read
}

fn of_literals(task: &Node<'_>, variable: &str, items: &[Node<'_>], problems: &mut Vec<Problem>) {
    let is_literal = |item: &Node<'_>| {
        let entries = item.entries();
        !entries.is_empty() && entries.iter().all(|(key, _)| key.as_str().is_some_and(is_word))
    };
    if items.is_empty() || !items.iter().all(is_literal) {
        return;
    }
    // What is asked of an item decides whether the task runs for it.
    if ["when", "ignore_errors", "failed_when"].iter().any(|key| {
        task.get(key).is_some_and(|own| mentions(own, if *key == "when" { variable } else { "" }))
    }) {
        return;
    }
    let mut said = Vec::new();
    for key in read_of(task, variable) {
        let lacks = |item: &&Node<'_>| item.get(key).is_none();
        for item in items.iter().filter(lacks) {
            if said.contains(&item.span) {
                continue;
            }
            said.push(item.span);
            let names = item.entries().iter().filter_map(|(key, _)| key.as_str());
            let help = match nearest_of(key, names) {
                Some(near) => format!("it has `{near}`: the task fails for it"),
                None => "the task fails for it".to_owned(),
            };
            let message =
                format!("the task reads `{variable}.{key}`, and this item has no `{key}`");
            let start = item.span.start as usize;
            let span = Span::new(start, start + 1);
            problems.push(Problem { help, ..Problem::new("unresolved-reference", message, span) });
        }
    }
}

fn is_word(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

fn mentions(node: &Node<'_>, word: &str) -> bool {
    match &node.value {
        Value::Scalar { text, .. } => text.contains(word),
        _ => node.items().iter().any(|own| mentions(own, word)),
    }
}

/// The keys of items that expressions read whatever the case.
fn reads<'n>(node: &'n Node<'_>, variable: &str, found: &mut Vec<&'n str>) {
    match &node.value {
        Value::Scalar { text, .. } => {
            let words = text.split(|c: char| !c.is_ascii_alphanumeric() && c != '_');
            if !text.contains("{{")
                || text.contains("{%")
                || words.into_iter().any(|word| asks(word) || matches!(word, "if" | "and" | "or"))
            {
                return;
            }
            let dotted = format!("{variable}.");
            for (at, _) in text.match_indices(&dotted) {
                let before = text[..at].chars().next_back();
                let rest = &text[at + dotted.len()..];
                let end = rest
                    .find(|c: char| !c.is_ascii_alphanumeric() && c != '_')
                    .unwrap_or(rest.len());
                let key = &rest[..end];
                let open = text[..at].rfind("{{").filter(|own| Some(*own) > text[..at].rfind("}}"));
                // `lookup('file', 'item.conf')`: a name of a file is no part of an item.
                let is_read = open.is_some_and(|own| open_quote(&text[own..at]).is_none());
                if is_read
                    && is_word(key)
                    && !before.is_some_and(|c| c.is_ascii_alphanumeric() || "_.'\"".contains(c))
                    && !METHODS.contains(&key)
                    && !rest[end..].starts_with('(')
                    && !found.contains(&key)
                {
                    found.push(key);
                }
            }
        }
        _ => {
            node.items().iter().for_each(|own| reads(own, variable, found));
            node.entries().iter().for_each(|(_, own)| reads(own, variable, found));
        }
    }
}
