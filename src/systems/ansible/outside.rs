//! Filters that stand behind the braces of an expression: `"{{ port }} | int"` is a text that ends
//! with ` | int`.
//!
//! (Source: Jinja's template designer documentation, "Filters": they are part of the expression.)

use super::shape::short;
use crate::facts::{Problem, Strength};
use crate::syntax::yaml::{Node, Value};

/// Filters that no command is called.
const FILTERS: [&str; 30] = [
    "b64decode",
    "b64encode",
    "bool",
    "combine",
    "d",
    "default",
    "dict2items",
    "first",
    "flatten",
    "float",
    "from_json",
    "from_yaml",
    "hash",
    "int",
    "items2dict",
    "length",
    "list",
    "lower",
    "mandatory",
    "password_hash",
    "quote",
    "regex_replace",
    "replace",
    "string",
    "ternary",
    "to_json",
    "to_nice_yaml",
    "trim",
    "unique",
    "upper",
];

/// Options and keywords that take a number, a truth value or a mode: what they are given so is none.
const CLOSED: [&str; 22] = [
    "append",
    "async",
    "become",
    "create_home",
    "daemon_reload",
    "delay",
    "enabled",
    "force",
    "gid",
    "ignore_errors",
    "mode",
    "no_log",
    "poll",
    "port",
    "recurse",
    "retries",
    "run_once",
    "serial",
    "timeout",
    "uid",
    "update_cache",
    "validate_certs",
];

/// Words of keys whose values are commands, or texts for readers and other programs.
const OF_TEXTS: [&str; 20] = [
    "args",
    "arguments",
    "block",
    "cmd",
    "command",
    "content",
    "desc",
    "exec",
    "expr",
    "job",
    "line",
    "message",
    "msg",
    "name",
    "prompt",
    "query",
    "raw",
    "script",
    "shell",
    "title",
];

/// Reports such values of tasks and plays, and of variables.
pub(super) fn of_values(node: &Node<'_>, problems: &mut Vec<Problem>) {
    within("", node, problems);
}

fn within(key: &str, node: &Node<'_>, problems: &mut Vec<Problem>) {
    let is_text = |key: &str| {
        let mut words = short(key).split(['_', '-']);
        words.any(|word| OF_TEXTS.contains(&word.trim_end_matches(|c: char| c.is_ascii_digit())))
    };
    match &node.value {
        Value::Mapping(entries) => {
            for (key, value) in entries {
                let Some(key) = key.as_str() else { continue };
                // What a module is called says nothing of its options.
                let is_open = matches!(value.value, Value::Mapping(_));
                if is_open || !is_text(key) {
                    within(key, value, problems);
                }
            }
        }
        Value::Sequence(items) => items.iter().for_each(|item| within(key, item, problems)),
        Value::Scalar { text, .. } => {
            let Some(filter) = behind(text) else { return };
            let is_closed = CLOSED.contains(&key);
            problems.push(Problem {
                help: "move it in front of `}}`: as it stands, it is a part of the text".to_owned(),
                strength: if is_closed { Strength::Certain } else { Strength::Likely },
                ..Problem::new(
                    "incompatible-value",
                    format!("the filter `{filter}` stands behind the braces"),
                    node.span,
                )
            });
        }
        Value::Alias => {}
    }
}

/// The filter behind the one expression that a text is, up to its end.
fn behind(text: &str) -> Option<&str> {
    let (inner, rest) = text.trim().strip_prefix("{{")?.split_once("}}")?;
    let inner = inner.trim();
    let is_ours = inner.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_' || c == '(');
    let rest = rest.trim_start().strip_prefix('|')?.trim();
    let len = rest.bytes().position(|own| !(own.is_ascii_alphanumeric() || own == b'_'));
    let (name, after) = rest.split_at(len.unwrap_or(rest.len()));
    let after = after.trim();
    // Calls and further filters, and no word of another language.
    let is_end = after.is_empty()
        || after.starts_with('|')
        || after.starts_with('(') && {
            let end = after.rfind(')').map_or("", |end| after[end + 1..].trim());
            end.is_empty() || end.starts_with('|')
        };
    (is_ours && is_end && FILTERS.contains(&name) && !rest.contains("{{") && !rest.contains('\n'))
        .then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(text: &str) -> Vec<(String, Strength)> {
        let mut problems = Vec::new();
        let documents = crate::syntax::yaml::parse(text);
        documents.roots.iter().for_each(|root| of_values(root, &mut problems));
        problems.into_iter().map(|own| (own.message, own.strength)).collect()
    }

    #[test]
    fn filters_behind_braces() {
        let what = |name: &str| format!("the filter `{name}` stands behind the braces");
        assert_eq!(said("a: \"{{ b }} | int\"\n"), [(what("int"), Strength::Likely)]);
        assert_eq!(
            said("- file:\n    mode: '{{ b }} | default(\"0644\")'\n"),
            [(what("default"), Strength::Certain)]
        );
        for fine in [
            "a: \"{{ b | int }}\"\n",
            "- shell: \"{{ b }} | sort\"\n",
            "- ansible.builtin.shell: \"{{ b }} | first\"\n",
            "- debug: {msg: '{{ b }} | int'}\n",
            "a: \"{{ b }} | {{ c }}\"\n",
            "a: \"{{ b }} | first and last\"\n",
            "a: \"{{ $value }} | int\"\n",
            "start_cmd: \"{{ b }} | trim\"\n",
        ] {
            assert!(said(fine).is_empty(), "{fine}");
        }
    }
}
