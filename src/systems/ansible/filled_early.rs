//! What a loop fills in before any condition is asked: the label of an item, and the list itself.
//!
//! (Source: Ansible's `executor/task_executor.py`: the list of a loop is filled in as a whole, and
//! "Failed to template loop_control.label" for an item that is passed by as for any other.)

use super::arguments::texts;
use super::expressions::names;
use super::twice::is_empty;
use super::words::{CONDITIONS, asks};
use crate::facts::{Entity, Problem, Span, Strength};
use crate::syntax::yaml::{Node, Value};
use memchr::memmem;
use rustc_hash::FxHashSet;

/// What only a task that ran returns.
const OF_RUNS: [&str; 5] = ["rc", "stat", "stderr", "stdout", "stdout_lines"];

/// What modules return as a truth value.
const TRUTHS: [&str; 8] =
    [".changed", ".exists", ".failed", ".isdir", ".islnk", ".isreg", ".skipped", ".unreachable"];

/// Reports a task's label, its items, its conditions and its keys without a value.
pub(super) fn of_task(task: &Node<'_>, problems: &mut Vec<Problem>) {
    problems.extend(label(task));
    let lists = ["loop", "with_items"].iter().filter_map(|key| task.get(key));
    problems.extend(lists.flat_map(Node::items).find_map(item));
    for (key, value) in task.entries() {
        let Some(word) = key.as_str() else { continue };
        if CONDITIONS.contains(&word) {
            texts(value).iter().for_each(|own| problems.extend(compared(&own.text, own.span)));
        // `vars` without a value sets none, and fails nothing.
        } else if word == "name" && is_empty(value) {
            problems.push(Problem {
                entity: Some(Entity::parameter("task", word)),
                help: "what was to stand here is missing: write it, or take the key away"
                    .to_owned(),
                strength: Strength::Likely,
                ..Problem::new(
                    "incompatible-value",
                    format!("`{word}` of this task has no value"),
                    key.span,
                )
            });
        }
    }
}

/// A label that reads what an item of the task's own list lacks, or what no item that is passed by
/// returns.
fn label(task: &Node<'_>) -> Option<Problem> {
    let control = task.get("loop_control")?;
    let node = control.get("label")?;
    let text = node.as_str()?;
    let variable = control.get("loop_var").map_or(Some("item"), Node::as_str)?;
    if names(text).any(|(_, name)| asks(name)) {
        return None;
    }
    let items: Vec<&Node<'_>> = ["loop", "with_items"]
        .iter()
        .filter_map(|key| task.get(key))
        .flat_map(Node::items)
        .collect();
    let lacks =
        |part: &&str| items.iter().any(|own| !own.entries().is_empty() && own.get(part).is_none());
    let (read, what, strength) = if let Some(part) = parts(text, variable).into_iter().find(lacks) {
        let what = "an item of this list lacks it, and the task fails";
        (format!("{variable}.{part}"), what, Strength::Certain)
    } else {
        task.get("when")?;
        let name = task.get("register").and_then(Node::as_str)?;
        let part = parts(text, name).into_iter().find(|own| OF_RUNS.contains(own))?;
        (format!("{name}.{part}"), "an item that `when` passes by has none", Strength::Likely)
    };
    Some(Problem {
        help: format!("write `{read} | default('')`: {what}"),
        strength,
        ..Problem::new(
            "unresolved-reference",
            format!("the label reads `{read}`, which not every item has"),
            node.span,
        )
    })
}

/// An item with a condition of its own, as some tasks write them: its other values are filled in
/// all the same.
fn item(item: &Node<'_>) -> Option<Problem> {
    let condition = item.get("when")?.as_str()?;
    let name = condition.trim().strip_suffix(" is defined")?.trim();
    if !name.chars().all(is_of_word) || condition.contains("{{") {
        return None;
    }
    let reads = |text: &str| {
        let mut rest = text;
        while let Some((_, inner)) = rest.split_once("{{") {
            let (inner, after) = inner.split_once("}}").unwrap_or((inner, ""));
            let is_tolerant = names(inner).any(|(_, own)| asks(own) || own == "if");
            if !is_tolerant && names(inner).any(|(_, own)| own == name) {
                return true;
            }
            rest = after;
        }
        false
    };
    let mut values = item.entries().iter().map(|(_, value)| value);
    let node = values.find(|value| value.as_str().is_some_and(reads))?;
    let message = format!("`{name}` is filled in here whether it is defined or not");
    let help = format!(
        "the list of a loop is filled in before `when` of an item is asked: write \
         `{name} | default(omit)`"
    );
    Some(Problem { help, ..Problem::new("unresolved-reference", message, node.span) })
}

/// A truth value that is compared with a text: `own.failed == "true"`.
fn compared(text: &str, span: Span) -> Option<Problem> {
    let (sign, at) = ["==", "!="].iter().find_map(|sign| {
        let found = text.match_indices(sign).find(|(at, _)| {
            let before = text[..*at].trim_end();
            let after = text[at + 2..].trim_start();
            let quote = after.chars().next().filter(|own| matches!(own, '"' | '\''));
            let word = quote.and_then(|quote| after[1..].split_once(quote));
            let is_truth =
                |word: &str| matches!(word.to_ascii_lowercase().as_str(), "true" | "false");
            TRUTHS.iter().any(|own| before.ends_with(own))
                && word.is_some_and(|(word, rest)| {
                    is_truth(word)
                        && matches!(rest.trim_start().chars().next(), None | Some(')' | 'a' | 'o'))
                })
        });
        found.map(|(at, _)| (*sign, at))
    })?;
    let before = text[..at].trim_end();
    let from =
        before.rfind(|c: char| !is_of_word(c) && !".[]'\"".contains(c)).map_or(0, |at| at + 1);
    let read = &before[from..];
    let never = if sign == "==" { "this is never so" } else { "this is always so" };
    Some(Problem {
        help: format!("take the quotes away: {never}"),
        strength: Strength::Likely,
        ..Problem::new(
            "incompatible-value",
            format!("`{read}` is a truth value, and is compared with a text"),
            span,
        )
    })
}

/// What a text reads of a variable: `a` of `item.a`.
fn parts<'t>(text: &'t str, variable: &str) -> Vec<&'t str> {
    let before = format!("{variable}.");
    let found = text.match_indices(&before).filter_map(|(at, _)| {
        let is_own = !text[..at].ends_with(|c: char| is_of_word(c) || c == '.');
        let rest = &text[at + before.len()..];
        let end = rest.find(|c: char| !is_of_word(c)).unwrap_or(rest.len());
        (is_own && end > 0 && !rest[end..].starts_with('(')).then(|| &rest[..end])
    });
    found.collect()
}

fn is_of_word(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_'
}

/// Values that begin with `-` where a list was meant: `hooks:`, and below it `-reload a`, in a file
/// whose other `hooks` are lists.
pub(super) fn dashes(root: &Node<'_>, text: &str, problems: &mut Vec<Problem>) {
    if memmem::find(text.as_bytes(), b" -").is_some() {
        let mut lists = FxHashSet::default();
        lists_of(root, &mut lists);
        below(root, text, &lists, problems);
    }
}

/// Keys whose values are lists.
fn lists_of<'n>(node: &'n Node<'_>, lists: &mut FxHashSet<&'n str>) {
    node.items().iter().for_each(|own| lists_of(own, lists));
    for (key, value) in node.entries() {
        lists.extend(key.as_str().filter(|_| !value.items().is_empty()));
        lists_of(value, lists);
    }
}

fn below(node: &Node<'_>, text: &str, lists: &FxHashSet<&str>, problems: &mut Vec<Problem>) {
    node.items().iter().for_each(|own| below(own, text, lists, problems));
    for (key, value) in node.entries() {
        below(value, text, lists, problems);
        let Value::Scalar { text: own, plain: true } = &value.value else { continue };
        let start = value.span.start as usize;
        let is_below = || {
            let line = text.get(..start).and_then(|before| before.rsplit('\n').next());
            line.is_some_and(|line| line.trim().is_empty())
        };
        let begins = own.strip_prefix('-').is_some_and(|own| {
            let is_list = key.as_str().is_some_and(|key| lists.contains(key));
            own.starts_with(|c: char| c.is_ascii_alphabetic()) && (is_list || own.contains(" - "))
        });
        if begins && is_below() {
            problems.push(Problem {
                help: "put a blank behind the first `-`: as it stands, all of it is one text"
                    .to_owned(),
                strength: Strength::Likely,
                ..Problem::new("incompatible-value", "this is a text, and no list", value.span)
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(text: &str) -> Vec<String> {
        super::super::said_of_tasks(text, of_task)
    }

    #[test]
    fn labels_of_items() {
        let task = |label: &str, list: &str| {
            said(&format!(
                "- debug: {{msg: a}}\n  loop: {list}\n  register: own\n  loop_control:\n    label: \"{label}\"\n  when: x\n"
            ))
        };
        let wrong =
            |read: &str| vec![format!("the label reads `{read}`, which not every item has")];
        let list = "[{a: 1, b: 2}, {b: 3}]";
        assert_eq!(task("{{ item.a }}", list), wrong("item.a"));
        assert_eq!(task("{{ own.rc }}", "'{{ list }}'"), wrong("own.rc"));
        for (label, list) in [
            ("{{ item.b }}", list),
            ("{{ item.a | default('') }}", list),
            ("{{ item.a }}", "'{{ list }}'"),
            ("{{ item.a }}", "['{{ one }}']"),
            ("{{ own.rc if own.rc is defined else '' }}", list),
        ] {
            assert!(task(label, list).is_empty(), "{label} {list}");
        }
    }

    #[test]
    fn items_with_conditions() {
        let task = |line: &str, when: &str| {
            said(&format!(
                "- debug: {{msg: a}}\n  with_items:\n  - line: '{line}'\n    when: {when}\n"
            ))
        };
        assert_eq!(
            task("a = {{ own | join }}", "own is defined"),
            ["`own` is filled in here whether it is defined or not"]
        );
        assert!(task("a = {{ own | default(1) }}", "own is defined").is_empty());
        assert!(task("a = {{ other }}", "own is defined").is_empty());
    }

    #[test]
    fn truth_values() {
        let task = |when: &str| said(&format!("- debug: {{msg: a}}\n  when: {when}\n"));
        assert_eq!(
            task("own.failed == \"true\""),
            ["`own.failed` is a truth value, and is compared with a text"]
        );
        for fine in ["own.failed == true", "own.state == 'true'", "own.failed | string == 'true'"] {
            assert!(task(fine).is_empty(), "{fine}");
        }
    }

    #[test]
    fn keys_without_values() {
        assert_eq!(said("- name:\n  debug: {msg: a}\n"), ["`name` of this task has no value"]);
        assert!(said("- include_role: {name: a}\n  vars:\n  # a: b\n").is_empty());
        assert!(said("- name: a\n  vars: {}\n  debug:\n").is_empty());
    }

    #[test]
    fn dashes_without_a_blank() {
        let said = |text: &str| {
            let mut problems = Vec::new();
            let documents = crate::syntax::yaml::parse(text);
            documents.roots.iter().for_each(|root| dashes(root, text, &mut problems));
            problems.len()
        };
        assert_eq!(said("a:\n  -reload b\n  - reload c\n"), 1);
        assert_eq!(said("a:\n  -reload b\nb: {a: [reload c]}\n"), 1);
        assert_eq!(said("a: -reload b - c\nb:\n  - -reload c\nc:\n  -reload\nd: |\n  -x - y\n"), 0);
    }
}
