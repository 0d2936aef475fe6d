//! Words of expressions, and of the tasks that hold them.

use crate::syntax::yaml::Node;

/// Words by which an expression says that something may be absent, or reads what this is not.
pub(super) const TOLERANT: [&str; 11] =
    ["mandatory", "default", "d", "is", "if", "else", "or", "and", "hostvars", "vars", "varnames"];

/// Words by which an expression says that a variable may be undefined.
const MAY_LACK: [&str; 8] =
    ["default", "d", "defined", "undefined", "none", "hostvars", "vars", "varnames"];

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

/// What a mapping is: its `name` is a title or an argument.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Level {
    /// A play, a block or a task.
    Task,
    /// Anything within one.
    Inner,
}

impl Level {
    /// What the mappings below a key of a play, a block or a task are.
    pub fn below(self, key: &str) -> Self {
        const LISTS: [&str; 8] =
            ["always", "block", "handlers", "post_tasks", "pre_tasks", "rescue", "roles", "tasks"];
        if self == Self::Task && LISTS.contains(&key) { Self::Task } else { Self::Inner }
    }
}

/// Words that are no variables.
pub(super) const WORDS: [&str; 17] = [
    "in", "not", "true", "false", "none", "True", "False", "None", "loop", "self", "super",
    "caller", "omit", "item", "lookup", "query", "q",
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
