//! Keys that stand twice in one mapping: Ansible takes the last, and what the first says is lost.
//!
//! (Source: Ansible's documentation, `DUPLICATE_YAML_DICT_KEY`, which warns by default.)

use crate::domain::doubled::{self, Known};
use crate::facts::{Problem, Strength};
use crate::syntax::yaml::{Node, Value};

/// Keys whose lists hold tasks.
pub(super) const LISTS: [&str; 7] =
    ["tasks", "pre_tasks", "post_tasks", "handlers", "block", "rescue", "always"];

/// Keywords with one value each, of which the last is as good as the first.
const IS_ONE: [&str; 12] = [
    "any_errors_fatal",
    "become",
    "become_user",
    "connection",
    "gather_facts",
    "max_fail_percentage",
    "name",
    "remote_user",
    "run_once",
    "serial",
    "strategy",
    "tags",
];

/// What a mapping is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    /// A play, a block or a task.
    Task,
    /// What a task passes to its module.
    Arguments,
    Value,
}

/// Keys of plays, blocks and tasks.
pub(super) fn of_tasks(roots: &[Node<'_>], problems: &mut Vec<Problem>) {
    let mut found = Vec::new();
    for item in roots.iter().flat_map(Node::items) {
        within(item, Part::Task, &mut found);
    }
    problems.append(&mut found);
}

/// Keys of variables.
pub(super) fn of_values(roots: &[Node<'_>], problems: &mut Vec<Problem>) {
    let mut found = Vec::new();
    roots.iter().for_each(|root| within(root, Part::Value, &mut found));
    problems.append(&mut found);
}

fn within(node: &Node<'_>, part: Part, found: &mut Vec<Problem>) {
    if found.len() >= doubled::MOST {
        return;
    }
    node.items().iter().for_each(|item| within(item, Part::Value, found));
    let mut known = Known::default();
    for entry in node.entries() {
        let (key, value) = entry;
        let Some(name) = key.as_str() else { continue };
        if let Some(first) = known.first(entry) {
            let loses_nothing = is_empty(&first.1) || same(&first.1, value);
            // Which of two lists of hosts is meant only the author knows: plays run with the last.
            let is_lost =
                !loses_nothing && name != "hosts" && part == Part::Task && !IS_ONE.contains(&name);
            found.push(doubled::problem(first, entry, told(loses_nothing, is_lost)));
        }
        let inner = match part {
            Part::Task if name == "vars" => Part::Value,
            Part::Task => Part::Arguments,
            Part::Arguments | Part::Value => Part::Value,
        };
        if part == Part::Task && LISTS.contains(&name) {
            value.items().iter().for_each(|item| within(item, Part::Task, found));
        } else {
            within(value, inner, found);
        }
    }
}

fn told(loses_nothing: bool, is_lost: bool) -> (Strength, &'static str) {
    match (loses_nothing, is_lost) {
        (true, _) => (Strength::Likely, "remove one: a change of the first would change nothing"),
        (false, false) => (Strength::Likely, "Ansible takes the last: what the first says is lost"),
        (false, true) => (Strength::Certain, "Ansible takes the last: what the first says is lost"),
    }
}

/// Whether a node says nothing.
pub(super) fn is_empty(node: &Node<'_>) -> bool {
    matches!(&node.value, Value::Scalar { text, plain: true } if matches!(text.as_ref(), "" | "~" | "null"))
}

/// `true`, `yes`, `on`: what YAML 1.1 takes for one value.
fn truth(text: &str) -> Option<bool> {
    match text.to_ascii_lowercase().as_str() {
        "true" | "yes" | "on" => Some(true),
        "false" | "no" | "off" => Some(false),
        _ => None,
    }
}

/// Whether two nodes say the same.
pub(super) fn same(one: &Node<'_>, other: &Node<'_>) -> bool {
    match (&one.value, &other.value) {
        (Value::Scalar { text, .. }, Value::Scalar { text: own, .. }) => {
            text == own || truth(text).is_some_and(|one| truth(own) == Some(one))
        }
        (Value::Sequence(own), Value::Sequence(others)) => {
            own.len() == others.len() && own.iter().zip(others).all(|(a, b)| same(a, b))
        }
        (Value::Mapping(own), Value::Mapping(others)) => {
            own.len() == others.len()
                && own.iter().zip(others).all(|(a, b)| same(&a.0, &b.0) && same(&a.1, &b.1))
        }
        _ => false,
    }
}
