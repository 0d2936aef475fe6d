//! Words of expressions, and of the tasks that hold them.

use crate::syntax::yaml::Node;

/// Words by which an expression says that something may be absent, or reads what this is not.
pub(super) const TOLERANT: [&str; 14] = [
    "mandatory",
    "default",
    "d",
    "is",
    "if",
    "else",
    "or",
    "and",
    "lookup",
    "query",
    "q",
    "hostvars",
    "vars",
    "varnames",
];

/// Words by which an expression says that a variable may be undefined.
const MAY_LACK: [&str; 11] = [
    "default",
    "d",
    "defined",
    "undefined",
    "none",
    "lookup",
    "query",
    "q",
    "hostvars",
    "vars",
    "varnames",
];

/// Whether an expression that has this word does without its variables, or says itself that one
/// is missing.
pub(super) fn does_without(word: &str) -> bool {
    word == "mandatory" || MAY_LACK.contains(&word)
}

/// Whether an expression that has this word may do without its variables.
pub(super) fn asks(word: &str) -> bool {
    word == "omit" || MAY_LACK.contains(&word)
}

/// Keys of a task whose values are expressions without braces.
pub(super) const CONDITIONS: [&str; 4] = ["when", "until", "changed_when", "failed_when"];

/// Words that are no variables.
pub(super) const WORDS: [&str; 14] = [
    "in", "not", "true", "false", "none", "True", "False", "None", "loop", "self", "super",
    "caller", "omit", "item",
];

/// What only templates are given. (Source: Ansible's `plugins/action/template.py`.)
pub(super) const MANAGED: &str = "ansible_managed";

/// Whether a task fills in a template, whichever module of that name it calls.
pub(super) fn is_template(task: &Node<'_>) -> bool {
    task.entries().iter().any(|(key, value)| {
        key.as_str().is_some_and(|key| {
            key.ends_with("template") || key.ends_with("action") && value.as_str().is_some()
        })
    })
}

/// Names of one file beyond which no more are kept.
pub(super) const MAX_NAMES: usize = 500;
