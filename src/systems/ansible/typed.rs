//! Values of keywords that Ansible takes for truth values, and names of variables: what is neither
//! stops the play.
//!
//! (Source: Ansible, "is not a valid boolean", "Invalid variable name in 'register' specified",
//! "The variable name … is not valid"; `playbook/base.py`, `post_validate`.)

use super::again::PACKAGES;
use super::shape::short;
use super::twice::is_empty;
use crate::facts::{Entity, Problem, Strength};
use crate::syntax::yaml::{Node, Value};

/// Keywords whose values are true or false.
const TRUTHS: [&str; 11] = [
    "any_errors_fatal",
    "become",
    "check_mode",
    "delegate_facts",
    "diff",
    "force_handlers",
    "gather_facts",
    "ignore_errors",
    "ignore_unreachable",
    "no_log",
    "run_once",
];

/// What Ansible takes for one. (Source: `module_utils/parsing/convert_bool.py`.)
const TAKEN: [&str; 18] = [
    "y", "yes", "on", "1", "true", "t", "1.0", "n", "no", "off", "0", "false", "f", "0.0", "", "~",
    "null", "none",
];

/// What Ansible refuses of a play, a block or a task.
pub(super) fn refused(node: &Node<'_>, problems: &mut Vec<Problem>) {
    for (key, value) in node.entries() {
        let Some(key) = key.as_str() else { continue };
        match short(key) {
            word if TRUTHS.contains(&word) => truth(word, value, problems),
            "become_method" => problems.extend(method(value)),
            "register" => name(key, value, problems),
            word if PACKAGES.contains(&word) => packages(word, value, node, problems),
            "vars_files" => problems.extend(value.items().iter().filter_map(path)),
            "tasks" | "pre_tasks" | "post_tasks" | "handlers" | "roles" | "block" | "rescue"
            | "always" => list(key, value, problems),
            "set_fact" => {
                let keys = value.entries().iter().map(|(own, _)| own);
                keys.for_each(|own| name(key, own, problems));
            }
            _ => {}
        }
    }
}

/// What `state` of `package` is, for the manager of packages that a host has.
const STATES: [&str; 5] = ["absent", "installed", "latest", "present", "removed"];

/// Names of packages that are none, and a state that is a slip.
fn packages(module: &str, value: &Node<'_>, task: &Node<'_>, problems: &mut Vec<Problem>) {
    let names = ["name", "pkg"].iter().find_map(|own| value.get(own));
    let is_item =
        names.and_then(Node::as_str).is_some_and(|own| own.replace(' ', "") == "{{item}}");
    let loops = ["with_items", "loop"].iter().find_map(|own| task.get(own));
    let lists = names.into_iter().chain(loops.filter(|_| is_item));
    problems.extend(lists.filter_map(colon));
    let state = value.get("state").filter(|_| module == "package");
    let Some((node, state)) = state.and_then(|node| Some((node, node.as_str()?))) else { return };
    let near = STATES
        .iter()
        .find(|own| **own != state && state.len() > 4 && strsim::osa_distance(own, state) < 3);
    let Some(near) = near.filter(|_| !STATES.contains(&state)) else { return };
    problems.push(Problem {
        entity: Some(Entity::parameter(module, "state")),
        help: format!("did you mean `{near}`? The task fails on every host"),
        ..Problem::new(
            "incompatible-value",
            format!("`state` of `{module}` does not accept `{state}`"),
            node.span,
        )
    });
}

/// The word of a list of words that a `:` makes a mapping without a value.
fn colon(list: &Node<'_>) -> Option<Problem> {
    let mappings = |own: &&Node<'_>| matches!(own.value, Value::Mapping(_));
    let is_word = |own: &Node<'_>| own.as_str().is_some_and(|own| !own.contains(' '));
    let mut found = list.items().iter().filter(mappings);
    let (item, None) = (found.next()?, found.next()) else { return None };
    let [(key, value)] = item.entries() else { return None };
    let words = list.items().iter().filter(|own| is_word(own)).count();
    (is_empty(value) && words > 1 && words + 1 == list.items().len()).then(|| Problem {
        help: "take the `:` away: it makes a mapping of this word".to_owned(),
        ..Problem::new(
            "incompatible-value",
            format!("`{}:` is a mapping among words", key.as_str().unwrap_or_default()),
            item.span,
        )
    })
}

/// Lists of words that variables hold, with one that is none.
pub(super) fn of_values(node: &Node<'_>, problems: &mut Vec<Problem>) {
    node.items().iter().for_each(|item| of_values(item, problems));
    node.entries().iter().for_each(|(_, value)| of_values(value, problems));
    problems.extend(colon(node).map(|own| Problem { strength: Strength::Likely, ..own }));
}

/// Words among tasks, which are mappings.
pub(super) fn items(tasks: &[Node<'_>], problems: &mut Vec<Problem>) {
    let is_task = |own: &&Node<'_>| !own.entries().is_empty();
    let words = tasks.iter().filter_map(|own| Some((own, own.as_str()?.trim())));
    let word = words.into_iter().find(|(_, text)| !text.is_empty() && !text.contains("{{"));
    let Some((node, text)) = word.filter(|_| tasks.iter().any(|own| is_task(&own))) else { return };
    let is_word = text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_.".contains(&byte));
    let help = match is_word && text != "null" {
        true => format!("write `{text}:` if that is the module: Ansible refuses the whole play"),
        false => "Ansible refuses the whole play".to_owned(),
    };
    problems.push(Problem {
        help,
        ..Problem::new("incompatible-value", "a task is a mapping, and this is none", node.span)
    });
}

/// Tasks, or roles, that are no list.
fn list(key: &str, value: &Node<'_>, problems: &mut Vec<Problem>) {
    if key != "roles" {
        items(value.items(), problems);
    }
    let Some((first, _)) = value.entries().first() else { return };
    problems.push(Problem {
        entity: Some(Entity::parameter("play", key)),
        help: "each of them begins with `-`: Ansible refuses the whole play".to_owned(),
        ..Problem::new(
            "incompatible-value",
            format!("`{key}` is a list, and what stands here is a mapping"),
            first.span,
        )
    });
}

/// An entry of `vars_files` that is none.
fn path(item: &Node<'_>) -> Option<Problem> {
    let what = "an entry of `vars_files` is a path or a list of paths";
    matches!(item.value, Value::Mapping(_)).then(|| Problem::new("parse-error", what, item.span))
}

/// Whether a name is that of a variable which holds a user's.
fn is_user(name: &str) -> bool {
    let is_plain = name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    let asks = ["is_", "has_", "as_", "use_", "become"].iter().any(|own| name.contains(own));
    is_plain && !asks && ["user", "username", "user_name"].iter().any(|own| name.ends_with(own))
}

/// A truth value in the place of the program that changes users.
fn method(value: &Node<'_>) -> Option<Problem> {
    let text = value.as_str()?.trim();
    let is_truth =
        ["yes", "no", "true", "false", "on", "off"].contains(&text.to_ascii_lowercase().as_str());
    is_truth.then(|| Problem {
        entity: Some(Entity::parameter("task", "become_method")),
        help: "name the program, `sudo` or another: Ansible knows none that is called so"
            .to_owned(),
        ..Problem::new(
            "incompatible-value",
            format!("`become_method` does not accept `{text}`"),
            value.span,
        )
    })
}

fn truth(word: &str, value: &Node<'_>, problems: &mut Vec<Problem>) {
    let Value::Scalar { text, .. } = &value.value else { return };
    if let Some(user) = text.strip_prefix("{{").and_then(|own| own.strip_suffix("}}"))
        && word == "become"
        && is_user(user.trim())
    {
        problems.push(Problem {
            entity: Some(Entity::parameter("task", word)),
            help: "did you mean `become_user`? Ansible refuses what is neither true nor false"
                .to_owned(),
            ..Problem::new(
                "incompatible-value",
                format!("`become` does not accept the name of a user, `{}`", user.trim()),
                value.span,
            )
        });
        return;
    }
    let is_taken = TAKEN.contains(&text.trim().to_ascii_lowercase().as_str());
    if is_taken || text.contains("{{") || text.contains("{%") || text.contains('$') {
        return;
    }
    // Other lists have such keys too.
    let is_expression = text.contains(['.', ' ', '|', '_']) || text.len() < 12;
    if !is_expression {
        return;
    }
    problems.push(Problem {
        entity: Some(Entity::parameter("task", word)),
        help: "Ansible takes `true` or `false` here; an expression stands between `{{` and `}}`"
            .to_owned(),
        ..Problem::new(
            "incompatible-value",
            format!("`{word}` does not accept `{text}`"),
            value.span,
        )
    });
}

/// A name that a task gives a variable.
fn name(key: &str, value: &Node<'_>, problems: &mut Vec<Problem>) {
    let Some(text) = value.as_str() else { return };
    let is_name = text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    let is_computed = text.contains('{') || text.contains('$') || text == "<<" || text.is_empty();
    // Other alphabets have letters too.
    if is_name || is_computed || !text.is_ascii() {
        return;
    }
    let key = short(key);
    problems.push(Problem {
        entity: Some(Entity::parameter(key, text)),
        help: "a name has letters, digits and `_`, and begins with no digit: the task fails"
            .to_owned(),
        ..Problem::new(
            "incompatible-value",
            format!("`{text}`, which `{key}` sets, is no name of a variable"),
            value.span,
        )
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(text: &str) -> Vec<String> {
        crate::systems::ansible::said_of_tasks(text, refused)
    }

    #[test]
    fn tasks_are_mappings() {
        assert!(said("- block:\n  - setup:\n  - meta: noop\n").is_empty());
        assert!(said("- roles:\n  - a\n  - role: b\n").is_empty());
        assert_eq!(
            said("- hosts: a\n  tasks:\n  - setup\n  - debug: {msg: a}\n"),
            ["a task is a mapping, and this is none"]
        );
    }

    #[test]
    fn truth_values_and_names() {
        let fine = "- become: 'Yes'\n  no_log: \"{{ x }}\"\n  register: _a1\n  ignore_errors:\n";
        assert!(said(fine).is_empty());
        assert!(said("- set_fact:\n    a: 1\n    '{{ b }}': 2\n").is_empty());
        assert!(said("- become: '{{ use_user }}'\n  become_method: su\n").is_empty());
        assert_eq!(
            said("- become: '{{ user }}'\n  become_method: true\n"),
            [
                "`become` does not accept the name of a user, `user`",
                "`become_method` does not accept `true`"
            ]
        );
        assert_eq!(
            said("- ignore_errors: item.x | bool\n  register: a.b\n"),
            [
                "`ignore_errors` does not accept `item.x | bool`",
                "`a.b`, which `register` sets, is no name of a variable"
            ]
        );
        assert_eq!(
            said("- ansible.builtin.set_fact:\n    a-b: 1\n"),
            ["`a-b`, which `set_fact` sets, is no name of a variable"]
        );
    }

    #[test]
    fn packages_and_their_state() {
        let said = |text: &str| crate::systems::ansible::said_of_tasks(text, refused);
        assert_eq!(
            said("- apt:\n    name:\n    - vim\n    - traceroute:\n    - git\n"),
            ["`traceroute:` is a mapping among words"]
        );
        assert_eq!(
            said("- apt: {name: '{{ item }}'}\n  loop:\n  - vim\n  - htop:\n  - git\n").len(),
            1
        );
        assert_eq!(
            said("- package: {name: a, state: instaled}\n"),
            ["`state` of `package` does not accept `instaled`"]
        );
        for fine in [
            "- apt: {name: '{{ item.a }}'}\n  loop:\n  - vim\n  - a:\n  - git\n",
            "- apt:\n    name: [vim, git]\n",
            "- package: {name: a, state: \"{{ b }}\"}\n",
            "- package: {name: a, state: build-dep}\n",
        ] {
            assert!(said(fine).is_empty(), "{fine}");
        }
    }
}
