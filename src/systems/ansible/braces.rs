//! Jinja that is opened and never closed: whatever fills in the text refuses it.
//!
//! (Source: Jinja's template designer documentation; Ansible, "template error while templating
//! string", "Missing end of comment tag", which `${#list[@]}` of a shell brings.)

use crate::extract::Source;
use crate::facts::{Problem, Span, Strength, parent_folder};
use crate::syntax::yaml::{Node, Value};
use memchr::memmem;

/// Where the next expression, statement or comment of `text` begins, from `at` on, and what
/// closes it.
pub(super) fn opened(text: &str, at: usize) -> Option<(usize, &'static str)> {
    memchr::memchr_iter(b'{', text.as_bytes().get(at..)?).find_map(|n| {
        let close = match text.as_bytes().get(at + n + 1) {
            Some(b'{') => "}}",
            Some(b'%') => "%}",
            Some(b'#') => "#}",
            _ => return None,
        };
        Some((at + n, close))
    })
}

/// Where an expression, a statement or a comment begins that has no end, and what it lacks.
fn unclosed(text: &str) -> Option<(usize, &'static str)> {
    let mut at = 0;
    while let Some((open, close)) = opened(text, at) {
        let from = open + 2;
        let Some(len) = memmem::find(&text.as_bytes()[from..], close.as_bytes()) else {
            return Some((open, close));
        };
        let inner = &text[from..from + len];
        at = from + len + 2;
        if close == "%}" && inner.trim_start_matches(['-', '+']).trim_start().starts_with("raw") {
            at += memmem::find(&text.as_bytes()[at..], b"endraw")?;
        }
    }
    None
}

fn problem(text: &str, at: usize, close: &str, span: Span) -> Problem {
    let open = text.get(at..at + 2).unwrap_or_default();
    let message = format!("not valid Jinja: `{open}` without `{close}`");
    let help = match open {
        "{#" => "Jinja reads a comment here: put `{% raw %}` and `{% endraw %}` around the text",
        _ => "close it; text that is no Jinja goes between `{% raw %}` and `{% endraw %}`",
    };
    Problem { help: help.to_owned(), ..Problem::new("parse-error", message, span) }
}

/// Texts of tasks, which are filled in when the task runs.
pub(super) fn of_tasks(roots: &[Node<'_>], source: &Source<'_>, problems: &mut Vec<Problem>) {
    // What is marked so is never filled in.
    if has_uneven(source.text) && memmem::find(source.bytes, b"!unsafe").is_none() {
        roots.iter().for_each(|root| texts(root, problems));
    }
}

/// Whether a text may open something that it does not close: the end that is found may be another's.
fn has_uneven(text: &str) -> bool {
    let count = |word: &str| memmem::find_iter(text.as_bytes(), word.as_bytes()).count();
    count("{{") != count("}}") || count("{#") != count("#}") || count("{%") != count("%}")
}

fn texts(node: &Node<'_>, problems: &mut Vec<Problem>) {
    match &node.value {
        Value::Mapping(entries) => {
            for (key, value) in entries {
                // Values that are kept until somebody reads them, and names, where it is passed over.
                if !matches!(key.as_str(), Some("vars" | "environment" | "name")) {
                    texts(value, problems);
                }
            }
        }
        Value::Sequence(items) => items.iter().for_each(|item| texts(item, problems)),
        Value::Scalar { text, .. } => {
            if let Some((at, close)) = unclosed(text) {
                problems.push(problem(text, at, close, node.span));
            }
        }
        Value::Alias => {}
    }
}

/// A template: a warning, since a task may set other marks for it.
pub(super) fn of_template(source: &Source<'_>, problems: &mut Vec<Problem>) {
    let is_template = source.path.ends_with(".j2")
        && parent_folder(source.path).split('/').any(|part| part == "templates")
        && !source.path.contains("/files/");
    if let Some((at, close)) = unclosed(source.text).filter(|_| is_template) {
        let problem = problem(source.text, at, close, Span::new(at, at + 2));
        problems.push(Problem { strength: Strength::Likely, ..problem });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_opened_is_closed() {
        for fine in [
            "{{ a }} {% if b %}{# c #}{% endif %}",
            "{% raw %}{{ {# {% {% endraw %}",
            "{%- raw -%}{{{%- endraw -%}",
            "a } }} { b",
            "{{ {'a': {}} }}",
        ] {
            assert_eq!(unclosed(fine), None, "{fine}");
        }
        assert_eq!(unclosed("x {{ a | list} }"), Some((2, "}}")));
        assert_eq!(unclosed("${#list[@]}"), Some((1, "#}")));
        assert_eq!(unclosed("{% if a }"), Some((0, "%}")));
    }
}
