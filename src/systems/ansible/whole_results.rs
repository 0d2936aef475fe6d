//! Conditions that ask for the whole of what a task returned, which is a mapping: it is always
//! true, so that `when: not result` never holds.
//!
//! (Source: Ansible's documentation, "Registering variables", and "Return Values": each has
//! `changed`; ansible-core 2.19, "Conditionals must have a boolean result".)

use super::shape::short;
use super::twice::LISTS;
use super::words::CONDITIONS;
use crate::facts::{Problem, Strength};
use crate::syntax::yaml::{Node, Value};
use rustc_hash::FxHashSet;

/// Reports such conditions behind the task that fills the variable.
pub(super) fn of_tasks(roots: &[Node<'_>], problems: &mut Vec<Problem>) {
    let mut others = FxHashSet::default();
    roots.iter().for_each(|root| set(root, &mut others));
    let mut filled = FxHashSet::default();
    roots.iter().for_each(|root| within(root, &others, &mut filled, problems));
}

/// Names that the file sets by other means.
fn set<'n>(node: &'n Node<'_>, others: &mut FxHashSet<&'n str>) {
    node.items().iter().for_each(|item| set(item, others));
    for (key, value) in node.entries() {
        match key.as_str().map(short) {
            Some("set_fact" | "vars" | "include_vars") => {
                others.extend(value.entries().iter().filter_map(|(own, _)| own.as_str()));
                if let Some(text) = value.as_str() {
                    others.extend(text.split_whitespace().filter_map(|own| own.split('=').next()));
                }
            }
            Some("loop_var" | "index_var") => others.extend(value.as_str()),
            _ => {}
        }
        set(value, others);
    }
}

fn within<'n>(
    node: &'n Node<'_>,
    others: &FxHashSet<&'n str>,
    filled: &mut FxHashSet<&'n str>,
    problems: &mut Vec<Problem>,
) {
    node.items().iter().for_each(|item| within(item, others, filled, problems));
    let own = node.get("register").and_then(Node::as_str);
    let conditions = |before: bool, filled: &FxHashSet<&str>, problems: &mut Vec<Problem>| {
        for (key, value) in node.entries() {
            let Some(key) = key.as_str().filter(|own| CONDITIONS.contains(own)) else { continue };
            if (key == "when") == before {
                condition(value, filled, problems);
            }
        }
    };
    conditions(true, filled, problems);
    for (key, value) in node.entries() {
        match key.as_str().map(short) {
            Some(list) if LISTS.contains(&list) => {
                value.items().iter().for_each(|item| within(item, others, filled, problems));
            }
            Some("assert") => {
                let asked = value.get("that").into_iter();
                asked.for_each(|that| condition(that, filled, problems));
            }
            _ => {}
        }
    }
    filled.extend(own.filter(|own| !others.contains(own)));
    conditions(false, filled, problems);
}

fn condition(node: &Node<'_>, filled: &FxHashSet<&str>, problems: &mut Vec<Problem>) {
    node.items().iter().for_each(|item| condition(item, filled, problems));
    let Value::Scalar { text, .. } = &node.value else { return };
    let Some((name, is_denied)) = alone(text).find(|(name, _)| filled.contains(name)) else {
        return;
    };
    let what = if is_denied { "never holds" } else { "always holds" };
    problems.push(Problem {
        help: format!(
            "ask for a part of it: `{name} is failed`, `{name} is changed`, `{name}.rc == 0`"
        ),
        strength: Strength::Likely,
        ..Problem::new(
            "incompatible-value",
            format!("`{name}` is all that a task returned, a mapping: this {what}"),
            node.span,
        )
    });
}

/// Names that stand alone between `and` and `or`, and whether `not` stands before each.
fn alone(text: &str) -> impl Iterator<Item = (&str, bool)> {
    let is_word = |own: &u8| own.is_ascii_alphanumeric() || *own == b'_';
    let parts = text.split(" and ").flat_map(|part| part.split(" or "));
    parts.filter_map(move |part| {
        let own = part.trim().trim_matches(['(', ')']).trim();
        let name = own.strip_prefix("not ").map_or(own, str::trim);
        let is_name = !name.is_empty() && name.as_bytes().iter().all(is_word);
        is_name.then_some((name, name.len() != own.len()))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_as_conditions() {
        let said = |text: &str| {
            let mut problems = Vec::new();
            of_tasks(&crate::syntax::yaml::parse(text).roots, &mut problems);
            problems.into_iter().map(|own| own.message).collect::<Vec<_>>()
        };
        let task = "- command: a\n  register: out\n";
        let what = "`out` is all that a task returned, a mapping: this";
        assert_eq!(
            said(&format!("{task}- debug:\n  when: not out\n")),
            [format!("{what} never holds")]
        );
        assert_eq!(
            said(&format!("{task}- debug:\n  when: [a, out]\n")),
            [format!("{what} always holds")]
        );
        assert_eq!(said("- command: a\n  register: out\n  until: out\n").len(), 1);
        for fine in [
            "- debug:\n  when: out is failed\n",
            "- debug:\n  when: out.rc == 0\n",
            "- debug:\n  when: not out.changed and a\n",
            "- set_fact: {out: 1}\n- debug:\n  when: out\n",
            "- debug:\n  when: other\n",
        ] {
            assert!(said(&format!("{task}{fine}")).is_empty(), "{fine}");
        }
        assert!(said(&format!("- debug:\n  when: out\n{task}")).is_empty());
    }
}
