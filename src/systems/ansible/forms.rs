//! Forms of tasks that Ansible refuses, or reads otherwise than they are meant: a mapping for a
//! condition, words that a module does not take, names in loops without braces.
//!
//! (Source: Ansible, `parsing/mod_args.py`: "has extra params, which is only allowed in the
//! following modules", "unexpected parameter type in action"; "Invalid data passed to 'loop'";
//! porting guide to 2.2, "bare variables".)

use super::arguments::Arguments;
use super::keywords::Includes;
use super::listed;
use super::modules;
use super::shape::short;
use super::words::CONDITIONS;
use crate::extract::Settings;
use crate::facts::{Entity, Problem, Strength};
use crate::packs::is_since;
use crate::syntax::yaml::{Node, Value};

/// Modules that take words without a key. (Source: `RAW_PARAM_MODULES`.)
const TAKE_WORDS: [&str; 17] = [
    "add_host",
    "command",
    "group_by",
    "import_playbook",
    "import_role",
    "import_tasks",
    "include",
    "include_role",
    "include_tasks",
    "include_vars",
    "meta",
    "raw",
    "script",
    "set_fact",
    "shell",
    "win_command",
    "win_shell",
];

/// Words of tasks that came with versions in which a loop needs braces.
const MODERN: [&str; 6] = [
    "ansible.builtin.",
    "import_tasks:",
    "include_tasks:",
    "import_role:",
    "include_role:",
    "loop:",
];

/// What Ansible makes of a task's form.
pub(super) fn of_task(
    node: &Node<'_>,
    text: &str,
    includes: Includes,
    settings: &Settings,
    problems: &mut Vec<Problem>,
) {
    listed::of_vars(node, text, settings, problems);
    let version = settings.versions.get("ansible");
    let is_modern = || {
        includes == Includes::Strict
            || version.is_some_and(|version| is_since(version, "2.2"))
            || MODERN.iter().any(|word| text.contains(word))
    };
    for (key, value) in node.entries() {
        let Some(key) = key.as_str() else { continue };
        match key {
            _ if CONDITIONS.contains(&key) => condition(key, value, problems),
            "loop" => problems.extend(loop_over(key, value, Strength::Certain)),
            "with_items" | "with_dict" | "with_flattened" => {
                let strength = if is_modern() { Strength::Certain } else { Strength::Likely };
                // One pass of a task that does not ask what is gone over loses nothing.
                if !reads_item(text.get(node.span.range()).unwrap_or_default()) {
                    continue;
                }
                problems.extend(loop_over(key, value, strength));
            }
            _ if matches!(short(key), "include_role" | "import_role") => {
                problems.extend(nameless(short(key), value));
            }
            _ if modules::is_known(key, settings) && !settings.ansible_modules.has(key) => {
                free(key, value, text, problems);
            }
            _ => {}
        }
    }
}

/// A condition that is none.
fn condition(key: &str, value: &Node<'_>, problems: &mut Vec<Problem>) {
    let all = std::iter::once(value).chain(value.items());
    for node in all {
        let Some(text) = node.as_str().and_then(quoted) else { continue };
        problems.push(Problem {
            entity: Some(Entity::parameter("task", key)),
            help: "take the quotes away: as it stands, it always holds".to_owned(),
            strength: Strength::Likely,
            ..Problem::new(
                "incompatible-value",
                format!("`{text}` is a text here, and no condition"),
                node.span,
            )
        });
    }
    let Some((first, _)) = value.entries().first().filter(|(key, _)| key.as_str().is_some()) else {
        return;
    };
    problems.push(Problem {
        entity: Some(Entity::parameter("task", key)),
        help: "Ansible refuses it from 2.19 on; before that, it always holds".to_owned(),
        ..Problem::new(
            "incompatible-value",
            format!("`{key}` is an expression, and what stands here is a mapping"),
            first.span,
        )
    });
}

/// What stands between quotes where a condition is meant: `a and ("'b' in c")`.
fn quoted(text: &str) -> Option<&str> {
    let mut at = 0;
    while let Some(n) = text[at..].find(['"', '\'']) {
        let from = at + n + 1;
        let quote = text[from - 1..].chars().next()?;
        let len = text[from..].find(quote)?;
        let (own, end) = (&text[from..from + len], from + len + 1);
        let before = text[..from - 1].trim_end().trim_end_matches('(').trim_end();
        let after = text[end..].trim_start().trim_start_matches(')').trim_start();
        let begins = before.is_empty()
            || ["and", "or"].iter().any(|word| {
                before.strip_suffix(word).is_some_and(|rest| rest.ends_with([' ', ')']))
            });
        let ends = after.is_empty() || ["and ", "or "].iter().any(|word| after.starts_with(word));
        let is_condition = [" in ", " == ", " != ", " is "].iter().any(|word| own.contains(word));
        if begins && ends && is_condition && !own.contains("{{") {
            return Some(own);
        }
        at = end;
    }
    None
}

/// Whether the text of a task has the word `item` beside `with_items`.
fn reads_item(text: &str) -> bool {
    text.match_indices("item").any(|(at, _)| !text[..at].ends_with("with_"))
        || text.contains("loop_var")
}

/// A name without braces, which is no list.
fn loop_over(key: &str, value: &Node<'_>, strength: Strength) -> Option<Problem> {
    let text = value.as_str()?.trim();
    let is_word = |word: &str| {
        word.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
            && word.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
    };
    let parts = || text.split('.');
    let is_null = matches!(text.to_ascii_lowercase().as_str(), "null" | "none" | "true" | "false");
    if !parts().all(is_word) || is_null {
        return None;
    }
    // One word may be the one item that is meant.
    let is_variable = text.contains('_') || parts().next_back() == Some("results");
    let (strength, what) = match key {
        "loop" | "with_dict" => (strength, "Ansible refuses it"),
        _ if is_variable => (strength, "since Ansible 2.2 it is the only item itself"),
        _ if text.ends_with('s') && !text.contains('.') => {
            (Strength::Likely, "since Ansible 2.2 it is the only item itself")
        }
        _ => return None,
    };
    let what = format!("as it stands, this is a text and no variable: {what}");
    Some(Problem {
        entity: Some(Entity::parameter("task", key)),
        help: format!("write `\"{{{{ {text} }}}}\"`: {what}"),
        strength,
        ..Problem::new(
            "incompatible-value",
            format!("`{key}` goes over the text `{text}`"),
            value.span,
        )
    })
}

/// A role without the key that names it. (Source: Ansible's `playbook/role_include.py`.)
fn nameless(module: &str, value: &Node<'_>) -> Option<Problem> {
    let text = value.as_str().filter(|text| !text.contains('=') && !text.is_empty())?;
    Some(Problem {
        entity: Some(Entity::parameter(module, "name")),
        help: format!("write `{module}: {{name: {text}}}`: Ansible refuses the whole play"),
        ..Problem::new(
            "missing-required-parameter",
            format!("`{module}` needs the parameter `name`"),
            value.span,
        )
    })
}

/// Words that a module does not take.
fn free(module: &str, value: &Node<'_>, source: &str, problems: &mut Vec<Problem>) {
    let name = short(module);
    let bare = name.rsplit('.').next().unwrap_or(name);
    if TAKE_WORDS.contains(&bare) {
        return;
    }
    let refused = |what: String, help: &str| Problem {
        entity: Some(Entity::parameter(name, "free-form")),
        help: help.to_owned(),
        ..Problem::new("incompatible-value", what, value.span)
    };
    let text = match &value.value {
        Value::Scalar { text, .. } => text.trim(),
        Value::Sequence(items) if !items.is_empty() => {
            let what = format!("`{module}` takes options, and what stands here is a list");
            problems.push(refused(what, "Ansible refuses the whole play"));
            return;
        }
        _ => return,
    };
    if let Some(option) = unspaced(text) {
        let what = format!("`{option}:` stands here without a blank behind it, and is no option");
        problems.push(refused(what, "write a blank behind the colon: the task fails"));
        return;
    }
    // What is filled in may be options; escapes may hide where a word ends.
    let is_null = matches!(text.to_ascii_lowercase().as_str(), "" | "~" | "null" | "none");
    if is_null || text.contains(['{', '\\', '$', '\n']) {
        return;
    }
    let Some(word) = Arguments::of(value, source).free.filter(|word| is_plain(&word.text)) else {
        return;
    };
    let what = format!("`{module}` takes no words without a key: `{}`", word.text);
    problems.push(refused(
        what,
        "write `option=value`, or options below it: Ansible refuses the whole play",
    ));
}

/// Whether a word is surely one: nothing of a text that was cut in pieces.
fn is_plain(word: &str) -> bool {
    !word.is_empty() && !word.contains(['=', '"', '\''])
}

/// `name:"value"` in the place of options.
fn unspaced(text: &str) -> Option<&str> {
    let (option, rest) = text.split_once(':')?;
    let is_word =
        !option.is_empty() && option.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_');
    (is_word && rest.starts_with(['"', '\''])).then_some(option)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::FileFacts;

    fn said(text: &str) -> Vec<(String, Strength)> {
        let settings = Settings::default();
        let mut out = FileFacts::default();
        let documents = crate::syntax::yaml::parse(text);
        for task in documents.roots.iter().flat_map(|root| root.items()) {
            of_task(task, text, Includes::MayBeLax, &settings, &mut out.problems);
        }
        out.problems.into_iter().map(|own| (own.message, own.strength)).collect()
    }

    fn messages(text: &str) -> Vec<String> {
        said(text).into_iter().map(|(message, _)| message).collect()
    }

    #[test]
    fn conditions_are_texts() {
        assert!(said("- debug: {msg: a}\n  when: [a, b is defined]\n").is_empty());
        assert_eq!(
            quoted("a | length != 0 and (\"'b' in c or d == 'e'\")"),
            Some("'b' in c or d == 'e'")
        );
        for fine in ["'b' in c", "a == 'b' or c == 'd'", "a in ['b in c']", "(a == ('b is c'))"] {
            assert_eq!(quoted(fine), None, "{fine}");
        }
        assert_eq!(
            messages("- debug: {msg: a}\n  when:\n    when: a\n"),
            ["`when` is an expression, and what stands here is a mapping"]
        );
    }

    #[test]
    fn words_that_modules_do_not_take() {
        for fine in [
            "- service: name=a state=started\n",
            "- command: start a\n",
            "- setup:\n",
            "- ping: ~\n",
            "- copy: src=a dest=b content=\"x y = z\"\n",
            "- file: path={{ a }} state=absent\n",
            "- apt: \"{{ options }}\"\n",
        ] {
            assert!(said(fine).is_empty(), "{fine}");
        }
        assert_eq!(
            messages("- service: start a\n"),
            ["`service` takes no words without a key: `start`"]
        );
        assert_eq!(
            messages("- package:\n    name:\"{{ item }}\"\n"),
            ["`name:` stands here without a blank behind it, and is no option"]
        );
        assert_eq!(
            messages("- package:\n  - a\n"),
            ["`package` takes options, and what stands here is a list"]
        );
    }

    #[test]
    fn names_in_loops() {
        for fine in ["with_items: nginx", "with_items: a.conf", "loop: \"{{ a }}\"", "loop: [a]"] {
            assert!(said(&format!("- debug: {{msg: a}}\n  {fine}\n")).is_empty(), "{fine}");
        }
        // One pass does.
        assert!(said("- debug: {msg: a}\n  with_items: a_b\n").is_empty());
        let task = |line: &str| said(&format!("- debug: {{msg: '{{{{ item }}}}'}}\n  {line}\n"));
        let over = |key: &str, text: &str| format!("`{key}` goes over the text `{text}`");
        assert_eq!(task("loop: users"), [(over("loop", "users"), Strength::Certain)]);
        assert_eq!(task("with_items: a_b"), [(over("with_items", "a_b"), Strength::Likely)]);
        assert_eq!(task("with_dict: users"), [(over("with_dict", "users"), Strength::Likely)]);
        assert_eq!(
            task("with_items: a.results\n- include_tasks: b.yml"),
            [(over("with_items", "a.results"), Strength::Certain)]
        );
    }
}
