//! Quotes without their counterparts in what tasks pass to modules as text, and in commands.
//!
//! (Source: Ansible's `parsing/splitter.py`, "failed at splitting arguments, either an unbalanced
//! jinja2 block or quotes"; its `modules/command.py`, which splits by `shlex`: "No closing
//! quotation".)

use super::published;
use super::shape::short;
use crate::extract::Settings;
use crate::facts::{Problem, Span};
use crate::syntax::yaml::{Node, Value};
use smol_str::format_smolstr;

/// Keys that say when a command of cron is run.
const TIMES: [&str; 6] = ["minute", "hour", "weekday", "day", "month", "special_time"];

/// Reports such quotes of a task.
pub(super) fn of_task(task: &Node<'_>, settings: &Settings, problems: &mut Vec<Problem>) {
    for (key, value) in task.entries() {
        let Some(key) = key.as_str().filter(|key| is_module(key, settings)) else { continue };
        let module = short(key);
        if let Value::Scalar { text, .. } = &value.value {
            problems.extend(split(text).map(|quote| refused(module, quote, value.span)));
            continue;
        }
        let (part, is_open): (_, fn(&str) -> Option<char>) = match module {
            "command" => ("cmd", words),
            "shell" => ("cmd", in_shell),
            "cron" => ("job", in_cron),
            _ => continue,
        };
        problems.extend(value.get(part).and_then(|node| told(node, is_open)));
    }
}

/// The same of commands of cron that variables hold.
pub(super) fn of_values(node: &Node<'_>, problems: &mut Vec<Problem>) {
    node.items().iter().for_each(|item| of_values(item, problems));
    node.entries().iter().for_each(|(_, value)| of_values(value, problems));
    let Some(job) = node.get("job") else { return };
    if TIMES.iter().any(|key| node.get(key).is_some()) {
        problems.extend(told(job, in_cron));
    }
}

/// Whether a key of a task is a module for sure.
fn is_module(key: &str, settings: &Settings) -> bool {
    let bare = short(key);
    matches!(bare, "action" | "local_action")
        || settings.packs.words.contains_key(format_smolstr!("ansible.module.{bare}").as_str())
        || published::module(key).is_some()
}

fn refused(module: &str, quote: char, span: Span) -> Problem {
    Problem {
        help: "Ansible splits this text by its quotes, those of comments too, and refuses the \
               whole file: close it, or put a `\\` before it"
            .to_owned(),
        ..Problem::new(
            "parse-error",
            format!("a `{quote}` in the arguments of `{module}` is not closed"),
            span,
        )
    }
}

fn told(node: &Node<'_>, is_open: fn(&str) -> Option<char>) -> Option<Problem> {
    let Value::Scalar { text, .. } = &node.value else { return None };
    let quote = is_open(text)?;
    Some(Problem {
        help: "close it: the command fails wherever it is run".to_owned(),
        ..Problem::new(
            "parse-error",
            format!("a `{quote}` of this command is not closed"),
            node.span,
        )
    })
}

/// The quote that is open at the end of text which Ansible splits: word by word, where a `\` within
/// a word takes a quote's meaning.
fn split(text: &str) -> Option<char> {
    let mut open = None;
    for word in text.split(['\n', ' ']) {
        let mut before = None;
        for letter in word.chars() {
            if matches!(letter, '\'' | '"') && before != Some('\\') {
                open = match open {
                    None => Some(letter),
                    Some(own) if own == letter => None,
                    own => own,
                };
            }
            before = Some(letter);
        }
    }
    open
}

/// The quote that is open at the end of a command's words. What Jinja fills in may bring any where
/// it has statements.
fn words(text: &str) -> Option<char> {
    if text.contains("{%") {
        return None;
    }
    let mut open = None;
    let mut at = 0;
    while let Some(letter) = text.get(at..)?.chars().next() {
        if text[at..].starts_with("{{") {
            at += filled(&text[at..])?;
            continue;
        }
        match (letter, open) {
            ('\\', None | Some('"')) => {
                at += 1;
                at += text.get(at..)?.chars().next().map_or(0, char::len_utf8);
                continue;
            }
            ('\'' | '"', None) => open = Some(letter),
            (letter, Some(own)) if letter == own => open = None,
            _ => {}
        }
        at += letter.len_utf8();
    }
    open
}

/// How long an expression in braces is that stands at the beginning: braces between quotes are text.
fn filled(text: &str) -> Option<usize> {
    let mut open = None;
    for (at, letter) in text.char_indices() {
        match open {
            None if text[at..].starts_with("}}") => return Some(at + 2),
            None if matches!(letter, '\'' | '"') => open = Some(letter),
            Some(own) if own == letter => open = None,
            _ => {}
        }
    }
    None
}

/// The same of one line that a shell reads, without comments and commands within.
fn in_shell(text: &str) -> Option<char> {
    let text = text.trim_end();
    let is_plain = !["\n", "#", "<<", "`", "$(", "$'"].iter().any(|sign| text.contains(sign));
    words(text).filter(|_| is_plain)
}

/// The same of one that cron hands to a shell: what is behind a `%` is no part of it.
fn in_cron(text: &str) -> Option<char> {
    in_shell(text).filter(|_| !text.contains('%'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(text: &str) -> usize {
        let mut problems = Vec::new();
        let documents = crate::syntax::yaml::parse(text);
        let settings = Settings::default();
        for task in documents.roots.iter().flat_map(Node::items) {
            of_task(task, &settings, &mut problems);
        }
        documents.roots.iter().for_each(|root| of_values(root, &mut problems));
        problems.len()
    }

    #[test]
    fn quotes_that_nothing_closes() {
        for wrong in [
            "- shell: echo \"a\n",
            "- command: ls 'a\n",
            "- debug: msg=don't\n",
            "- local_action: shell echo 'a\n",
            "- shell: |\n    # don't\n    ls\n",
            "- command:\n    cmd: ls 'a\n",
            "- shell:\n    cmd: ls \"{{ a['b'] }}\n",
            "- cron:\n    name: a\n    job: sh -c \"a\n",
            "jobs:\n- job: sh -c \"a\n  minute: 1\n",
        ] {
            assert_eq!(said(wrong), 1, "{wrong}");
        }
    }

    #[test]
    fn quotes_that_are_closed_or_mean_nothing() {
        for fine in [
            "- shell: echo \"it's\"\n",
            "- shell: awk -F\\\" '{print $2}' a\n",
            "- command: ls {{ a | default('b') }}\n",
            "- debug:\n    msg: don't\n",
            "- shell:\n    cmd: |\n      # don't\n      ls\n",
            "- shell:\n    cmd: cat <<< it's\n",
            "- command:\n    cmd: ls {% if a %}'b'{% endif %}\n",
            "- command:\n    cmd: ls {{ '{{' }} .Name {{ '}}' }}\n",
            "- name: it's so\n  meta: noop\n",
            "- job: it's\n",
        ] {
            assert_eq!(said(fine), 0, "{fine}");
        }
    }
}
