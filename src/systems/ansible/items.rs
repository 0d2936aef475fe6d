//! `item` where no loop gives it a value.
//!
//! A file of tasks may be included in a loop, which gives them its items: each of those files
//! sets `item` for the role or the plays whose part it is.
//!
//! (Source: Ansible, "'item' is undefined"; its documentation of loops and of `loop_control`.)

use super::expressions::names;
use super::marks::opened;
use super::shape::{self, Stand, short};
use super::words::{CONDITIONS, asks};
use crate::facts::{
    Detail, FileFacts, NamePattern, Problem, Provide, Ref, Require, Scope, Span, Strength, kinds,
};
use crate::syntax::yaml::{Node, Value};
use memchr::memmem;
use std::sync::Arc;

/// What a loop calls its items.
pub(super) const ITEM: &str = "item";

/// Lists of tasks, which no task reads as its own.
const LISTS: [&str; 7] =
    ["always", "block", "handlers", "post_tasks", "pre_tasks", "rescue", "tasks"];

/// Adds what reads `item` without a loop, and what gives it to tasks of other files.
pub(super) fn of_tasks(roots: &[Node<'_>], path: &str, out: &mut FileFacts) {
    let mut items = Items { scope: Scope::of(path), out, strength: Strength::Certain };
    let in_place = shape::stand(path) == Some(Stand::Tasks);
    for node in roots.iter().flat_map(|root| root.items()) {
        // Somebody may include a file that lies anywhere.
        let is_sure = in_place || node.get("hosts").is_some();
        items.strength = if is_sure { Strength::Certain } else { Strength::Likely };
        items.node(node);
    }
}

/// How people write it when their fingers slip.
const SLIPS: [&str; 9] = ["iem", "ietm", "iitem", "iteem", "itemm", "itm", "itme", "itrm", "tiem"];

struct Items<'o> {
    scope: Arc<Scope>,
    out: &'o mut FileFacts,
    /// How sure it is that what is read at the place at hand stops a play.
    strength: Strength,
}

impl Items<'_> {
    fn node(&mut self, node: &Node<'_>) {
        let key = |own: &str| own == "loop" || own.starts_with("with_");
        let keys = || node.entries().iter().filter_map(|(key, _)| key.as_str());
        let variable = node.get("loop_control").and_then(|own| own.get("loop_var"));
        let is_item = variable.is_none_or(|own| own.as_str() == Some(ITEM));
        let is_loop = keys().any(key);
        if is_loop && is_item && keys().any(|key| short(key).starts_with("include")) {
            self.out.provides.push(Provide {
                kind: kinds::ANSIBLE_VARIABLE,
                name: NamePattern::exact(ITEM),
                span: node.span,
                within: None,
                detail: Detail::None,
            });
        }
        for (key, value) in node.entries() {
            if key.as_str().is_some_and(|key| LISTS.contains(&key)) {
                value.items().iter().for_each(|task| self.node(task));
            }
        }
        if is_loop && is_item {
            self.slips(node);
        }
        // How each item is told of is read in the loop.
        let label = node.get("loop_control").and_then(|own| own.get("label"));
        let label = label.filter(|_| is_loop && !is_item).and_then(|own| read(own, false));
        if let Some(span) = label {
            self.push(span);
        }
        // The keywords of a block are those of its tasks, whose loops come first.
        let is_open = is_loop && is_item
            || node.get("block").is_some()
            || node.get("hosts").is_some()
            || keys().any(|key| matches!(key, "first_available_file" | "roles" | "<<"))
            || node.get("ignore_errors").is_some()
            || node.get("vars").is_some_and(|vars| vars.get(ITEM).is_some());
        if is_open {
            return;
        }
        let own = node.entries().iter().filter(|(key, _)| {
            let key = key.as_str().unwrap_or_default();
            // Without a loop nothing reads how it is told of.
            !LISTS.contains(&key) && !matches!(key, "vars" | "name" | "loop_control")
        });
        let read = own.into_iter().find_map(|(key, value)| {
            let is_expression = key.as_str().is_some_and(|key| CONDITIONS.contains(&key));
            read(value, is_expression)
        });
        if let Some(span) = read {
            self.push(span);
        }
    }

    fn push(&mut self, span: Span) {
        let target = Ref::exact(kinds::ANSIBLE_RESULT, ITEM).seen_from(self.scope.clone());
        let require = Require::certain(target, span, "expression", None);
        self.out.requires.push(require.with_strength(self.strength));
    }
}

impl Items<'_> {
    /// Names in a task with a loop that can only be meant for its items.
    fn slips(&mut self, node: &Node<'_>) {
        node.items().iter().for_each(|item| self.slips(item));
        node.entries().iter().for_each(|(_, value)| self.slips(value));
        let Some(text) = node.as_str().filter(|text| text.contains("{{")) else { return };
        let is_slip = |own: &str| {
            let mut all = names(own);
            all.find(|(at, name)| {
                let before = own[..*at].trim_end();
                let after = own[at + name.len()..].trim_start();
                SLIPS.contains(name)
                    && !before.ends_with(['.', '|'])
                    && !after.starts_with(['=', '('])
            })
            .map(|(_, name)| name.to_owned())
        };
        let Some(name) = expressions(text).find_map(is_slip) else { return };
        self.out.problems.push(Problem {
            help: "did you mean `item`? The task fails".to_owned(),
            ..Problem::new(
                "unresolved-reference",
                format!("variable `{name}` does not exist"),
                node.span,
            )
        });
    }
}

/// Where `item` is read, whatever the case.
fn read(node: &Node<'_>, is_expression: bool) -> Option<Span> {
    match &node.value {
        Value::Sequence(items) => items.iter().find_map(|own| read(own, is_expression)),
        Value::Mapping(entries) => entries.iter().find_map(|(key, value)| {
            // What is asserted is an expression; tasks within are looked at by themselves.
            read(value, key.as_str() == Some("that"))
        }),
        Value::Scalar { text, .. } => {
            if !text.contains(ITEM) || text.contains("for item") || text.contains("{% raw") {
                return None;
            }
            let is_read = match is_expression && !text.contains("{{") {
                true => reads(text),
                false => expressions(text).any(reads),
            };
            is_read.then_some(node.span)
        }
        Value::Alias => None,
    }
}

/// What stands between the marks of expressions.
fn expressions(text: &str) -> impl Iterator<Item = &str> {
    let mut at = 0;
    std::iter::from_fn(move || {
        loop {
            let (open, close) = opened(text, at)?;
            let from = open + 2;
            let len = memmem::find(&text.as_bytes()[from..], close.as_bytes())?;
            at = from + len + 2;
            if close == "}}" {
                return Some(&text[from..from + len]);
            }
        }
    })
}

fn reads(text: &str) -> bool {
    let is_item = |at: usize| {
        let before = text[..at].trim_end();
        let after = text[at + ITEM.len()..].trim_start();
        let is_argument = after.starts_with('=') && !after.starts_with("==");
        !before.ends_with(['.', '|', '$']) && !is_argument && !after.starts_with('(')
    };
    names(text).any(|(at, name)| name == ITEM && is_item(at))
        && !names(text).any(|(_, name)| asks(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(text: &str) -> (usize, usize) {
        let mut out = FileFacts::default();
        let documents = crate::syntax::yaml::parse(text);
        of_tasks(&documents.roots, "tasks/main.yml", &mut out);
        (out.requires.len(), out.provides.len())
    }

    #[test]
    fn items_come_from_loops() {
        for fine in [
            "- debug: msg={{ item }}\n  with_items: [a]\n",
            "- debug: msg={{ item | default('') }}\n",
            "- debug: msg={{ x.item }}\n",
            "- debug: msg={{ x | map(attribute='item') }}\n",
            "- debug: msg=\"{% for item in a %}{{ item }}{% endfor %}\"\n",
            "- copy: src=item\n  when: x\n",
            "- hosts: a\n  tasks:\n  - debug: msg=\"{{ item }}\"\n    loop: [a]\n",
            "- debug: msg=a\n  vars: {x: '{{ item }}'}\n",
            "- debug: msg=a\n  loop_control: {label: '{{ item }}'}\n",
            "- become_user: '{{ item }}'\n  block:\n  - debug: msg=a\n    loop: [a]\n",
        ] {
            assert_eq!(said(fine), (0, 0), "{fine}");
        }
        assert_eq!(said("- debug: msg={{ item }}\n"), (1, 0));
        assert_eq!(said("- assert:\n    that: [item.name is string]\n"), (1, 0));
        assert_eq!(said("- block:\n  - debug: msg=a\n    when: item == 'a'\n"), (1, 0));
        assert_eq!(
            said("- debug: msg={{ item }}\n  loop: [a]\n  loop_control: {loop_var: own}\n"),
            (1, 0)
        );
        assert_eq!(
            said(
                "- debug: msg=a\n  loop: [a]\n  loop_control: {loop_var: b, label: '{{ item }}'}\n"
            ),
            (1, 0)
        );
        assert_eq!(said("- include_tasks: a.yml\n  loop: [a]\n"), (0, 1));
    }
}
