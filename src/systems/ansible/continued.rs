//! Commands over several lines of which one lacks the `\` that the others have: what follows it is
//! cut off.
//!
//! (Source: POSIX shell, "Escape Character (Backslash)"; systemd.syntax(7): a line that ends with a
//! backslash goes on in the next.)

use super::marks::{open_quote, statement};
use super::shape::short;
use crate::extract::Source;
use crate::facts::{Problem, Span, Strength, base_name};
use crate::syntax::lines::lines;
use crate::syntax::yaml::{Node, Value};

const HELP: &str = "put `\\` at the end of the line before: without it, the command ends there";

/// Reports options in scripts of a task that stand apart from their command, and lists of folders
/// that are parted by `;`.
pub(super) fn of_task(task: &Node<'_>, problems: &mut Vec<Problem>) {
    let is_windows =
        |key: &str| short(key).rsplit('.').next().is_some_and(|own| own.starts_with("win_"));
    let modules = task.entries().iter().filter(|(key, _)| !key.as_str().is_some_and(is_windows));
    modules.for_each(|(_, value)| paths(value, problems));
    let scripts = task.entries().iter().filter(|(key, _)| key.as_str().map(short) == Some("shell"));
    for (_, value) in scripts {
        let value = value.get("cmd").unwrap_or(value);
        let Value::Scalar { text, .. } = &value.value else { continue };
        if let Some(option) = apart(text) {
            problems.push(told(option, value.span));
        }
        if is_argument(text) {
            problems.push(Problem {
                help:
                    "write `-o pipefail`: as it stands, the word becomes `$1`, and what fails in \
                       a pipe is passed over"
                        .to_owned(),
                strength: Strength::Likely,
                ..Problem::new("incompatible-value", "`pipefail` is no option here", value.span)
            });
        }
    }
}

/// `set -eu pipefail`: without an `o` before it, the word is no option.
fn is_argument(text: &str) -> bool {
    let lines = text.lines().flat_map(|line| line.split([';', '&']));
    let mut lines = lines.filter_map(|line| line.trim().strip_prefix("set "));
    lines.any(|line| {
        let mut words = line.split_whitespace();
        let option = words.next().filter(|own| own.len() > 1 && own.starts_with('-'));
        option.is_some_and(|own| {
            !own.contains('o') && own[1..].bytes().all(|b| b.is_ascii_alphabetic())
        }) && words.next() == Some("pipefail")
    })
}

/// `PATH="$PATH;/opt/bin"`: a shell takes `:` between folders.
fn paths(node: &Node<'_>, problems: &mut Vec<Problem>) {
    node.items().iter().for_each(|item| paths(item, problems));
    node.entries().iter().for_each(|(_, value)| paths(value, problems));
    let Value::Scalar { text, .. } = &node.value else { return };
    if is_parted_wrongly(text) {
        problems.push(Problem {
            help: "write `:`: as it stands, all of it is one folder".to_owned(),
            ..Problem::new("incompatible-value", "`;` stands between folders of `PATH`", node.span)
        });
    }
}

fn is_parted_wrongly(text: &str) -> bool {
    let mut values = text.match_indices("PATH=").filter_map(|(at, own)| {
        let rest = &text[at + own.len()..];
        let quote = rest.chars().next().filter(|own| matches!(own, '"' | '\''))?;
        rest[1..].split_once(quote).map(|(value, _)| value)
    });
    values.any(|value| {
        let is_own = |own: &str| value.contains(own);
        (is_own("$PATH;/") || is_own("$PATH;{{") || is_own(";$PATH")) && !value.contains('\\')
    })
}

/// The option of a script that begins a line of its own.
fn apart(text: &str) -> Option<&str> {
    // What is written to a file by the script is another's text.
    if text.contains("<<") || text.contains("{%") {
        return None;
    }
    let all: Vec<&str> = text.lines().map(str::trim_end).filter(|line| !line.is_empty()).collect();
    let goes_on = |line: &str| line.ends_with('\\');
    let at = (1..all.len()).find(|&at| {
        let (line, before) = (all[at].trim_start(), all[at - 1]);
        let is_open = ["\\", "|", "&&", "||", "(", "{", ",", "'", "\"", ";"];
        // `{{ option }} \`, between the command and another option.
        let is_filled = line.starts_with("{{")
            && goes_on(line)
            && indent(all[at]) > indent(before)
            && all.get(at + 1).is_some_and(|next| is_option(next.trim_start()));
        (is_option(line) || is_filled)
            && !is_open.iter().any(|own| before.ends_with(own))
            && !before.trim_start().starts_with('#')
            && (goes_on(line) || at > 1 && goes_on(all[at - 2]))
    })?;
    let before = all[..at].join("\n");
    let is_list = before.matches('(').count() != before.matches(')').count();
    (open_quote(&before).is_none() && !is_list).then(|| first(all[at].trim_start()))
}

fn indent(line: &str) -> usize {
    line.len() - line.trim_start().len()
}

fn first(line: &str) -> &str {
    line.split([' ', '=']).next().unwrap_or(line)
}

/// `--name`, `-n`.
fn is_option(line: &str) -> bool {
    let word = first(line);
    let name =
        word.strip_prefix("--").or_else(|| word.strip_prefix('-').filter(|own| own.len() == 1));
    name.is_some_and(|name| {
        name.starts_with(|c: char| c.is_ascii_alphabetic())
            && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
    })
}

fn told(word: &str, span: Span) -> Problem {
    let message = format!("`{word}` begins a line of its own, and is meant for the command above");
    Problem { help: HELP.to_owned(), ..Problem::new("parse-error", message, span) }
}

/// Reports lines of a unit's template that belong to no option.
pub(super) fn of_template(source: &Source<'_>, problems: &mut Vec<Problem>) {
    let base = base_name(source.path);
    let base = base.strip_suffix(".j2").unwrap_or(base);
    if !base.ends_with(".service") {
        return;
    }
    // The two lines before, as far as they are no statements of Jinja.
    let (mut earlier, mut before) = (false, "");
    let mut is_comment = false;
    for (start, line) in lines(source.text) {
        let text = line.trim();
        is_comment |= text.contains("{#");
        if is_comment || text.starts_with("{%") && text.ends_with("%}") {
            is_comment &= !text.contains("#}");
            // The other branch goes on from what stands before the first.
            if ["else", "elif"].contains(&statement(text.trim_start_matches("{%"))) {
                (earlier, before) = (false, "");
            }
            continue;
        }
        if text.contains("{%") {
            (earlier, before) = (false, "");
            continue;
        }
        // A comment between the lines of a command is passed over: it goes on behind it.
        if before.ends_with('\\') && text.starts_with(['#', ';']) {
            continue;
        }
        let is_indented = line.starts_with([' ', '\t']);
        let is_apart = is_indented
            && earlier
            && !before.is_empty()
            && !before.ends_with('\\')
            && !before.starts_with("{{")
            && !text.is_empty()
            && !text.starts_with(['#', ';', '['])
            && !is_key(text);
        if is_apart {
            let word = text.split_whitespace().next().unwrap_or(text);
            let at = start + line.len() - line.trim_start().len();
            let problem = told(word, Span::new(at, at + text.len()));
            problems.push(Problem { strength: Strength::Likely, ..problem });
            return;
        }
        earlier = before.ends_with('\\');
        before = text;
    }
}

/// `ExecStart=`, which may be indented.
fn is_key(text: &str) -> bool {
    let name = text.split('=').next().filter(|own| own.len() < text.len());
    name.is_some_and(|own| {
        let own = own.trim_end();
        own.starts_with(|c: char| c.is_ascii_uppercase())
            && own.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_of_set() {
        assert!(is_argument("set -eu pipefail\na | b"));
        assert!(is_argument("cd /x; set -e pipefail && a | b"));
        for fine in
            ["set -euo pipefail", "set -e -o pipefail", "set -o pipefail", "echo set -e pipefail"]
        {
            assert!(!is_argument(fine), "{fine}");
        }
    }

    #[test]
    fn options_apart_from_their_command() {
        for fine in [
            "helm upgrade a \\\n  --wait\n",
            "helm upgrade a\n\nhelm list --all\n",
            "a |\n  --b \\\n c",
            "x=(\n  --a \\\n  --b\n)\n",
            "echo '\n  --a \\\n'\n",
            "cat <<E\na\n--b \\\nE\n",
            "docker run\n  --rm\n",
        ] {
            assert_eq!(apart(fine), None, "{fine}");
        }
        assert_eq!(apart("helm upgrade a b\n  --wait \\\n  --atomic\n"), Some("--wait"));
        assert_eq!(apart("docker run \\\n  --rm\n  --name=x a\n"), Some("--name"));
        assert_eq!(apart("helm a b\n  {{ c }} \\\n  --atomic\n"), Some("{{"));
        assert_eq!(apart("a\n{{ kubectl }} b \\\n  --atomic\n"), None);
    }

    #[test]
    fn folders_of_a_path() {
        for wrong in ["export PATH=\"$PATH;{{ a }}/bin\"", "PATH='/a;$PATH'"] {
            assert!(is_parted_wrongly(wrong), "{wrong}");
        }
        for fine in ["PATH=\"$PATH:/a\"; b", "export PATH=$PATH;/bin/a", "x \"$PATH;/a\""] {
            assert!(!is_parted_wrongly(fine), "{fine}");
        }
    }

    #[test]
    fn lines_of_units() {
        let said = |text: &str| {
            let mut problems = Vec::new();
            let source = Source::of("roles/a/templates/a.service.j2", text);
            of_template(&source, &mut problems);
            problems.len()
        };
        let cut = "[Service]\nExecStart=/bin/a \\\n  -p 1\n  {{ image }}\n";
        assert_eq!(said(cut), 1);
        for fine in [
            "[Service]\nExecStart=/bin/a \\\n  -p 1 \\\n  {{ image }}\n",
            "[Service]\nExecStart=/bin/a \\\n{% if b %}\n  -p 1 \\\n{% endif %}\n  c\n  Type=simple\n",
            "[Service]\nExecStart=/bin/a \\\n  b\n\n  [Install]\n",
            "[Service]\nExecStart=/bin/a \\\n  b \\\n{% if c %}\n  d\n{% else %}\n  e\n{% endif %}\n",
            "[Service]\nExecStart=/bin/a \\\n  {# b\n  c\n d #}\n  e\n",
            "[Service]\nExecStart=/bin/a \\\n  -b \\\n  # why\n  --c \\\n  d\n",
        ] {
            assert_eq!(said(fine), 0, "{fine}");
        }
    }
}
