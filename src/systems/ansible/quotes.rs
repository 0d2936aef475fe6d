//! Quotes that nothing opens, at the end of a value of one word: `"6.5.4'"`, `/tmp/{{ a }}"`.

use super::words::CONDITIONS;
use crate::facts::{Problem, Strength};
use crate::syntax::yaml::{Node, Value};

/// Longer values are texts of another language.
const LONG: usize = 160;

/// Keys of tasks whose values are parts of texts, or for readers alone.
const OF_TEXTS: [&str; 17] = [
    "after",
    "before",
    "block",
    "content",
    "end_block",
    "fail_msg",
    "insertafter",
    "insertbefore",
    "line",
    "marker",
    "msg",
    "name",
    "prompt",
    "regex",
    "regexp",
    "replace",
    "search_string",
];

/// Reports values of variables that end with one half of a pair of quotes.
pub(super) fn of_values(node: &Node<'_>, problems: &mut Vec<Problem>) {
    node.items().iter().for_each(|item| of_values(item, problems));
    node.entries().iter().for_each(|(_, value)| of_values(value, problems));
    of_value(node, problems);
}

/// The same of what tasks pass to modules.
pub(super) fn of_tasks(node: &Node<'_>, problems: &mut Vec<Problem>) {
    node.items().iter().for_each(|item| of_tasks(item, problems));
    let is_text = |key: &str| OF_TEXTS.contains(&key) || CONDITIONS.contains(&key) || key == "that";
    let entries = node.entries().iter().filter(|(key, value)| {
        !is_scalar(value) && key.as_str() != Some("that") || !key.as_str().is_some_and(is_text)
    });
    entries.for_each(|(_, value)| of_tasks(value, problems));
    of_value(node, problems);
}

fn is_scalar(node: &Node<'_>) -> bool {
    matches!(node.value, Value::Scalar { .. })
}

fn of_value(node: &Node<'_>, problems: &mut Vec<Problem>) {
    let Value::Scalar { text, .. } = &node.value else { return };
    if let Some(quote) = open(text) {
        problems.push(Problem {
            help: "the quote is part of the value: take it away".to_owned(),
            strength: Strength::Likely,
            ..Problem::new(
                "incompatible-value",
                format!("this value ends with a `{quote}` that nothing opens"),
                node.span,
            )
        });
    }
}

/// The quote at the end of a word that has no other outside of its expressions.
fn open(text: &str) -> Option<char> {
    let quote = text.chars().next_back().filter(|own| matches!(own, '\'' | '"'))?;
    let text = &text[..text.len() - 1];
    if text.len() >= LONG {
        return None;
    }
    let mut word = String::new();
    let mut rest = text;
    while let Some((before, inner)) = rest.split_once("{{") {
        word.push_str(before);
        word.push('x');
        rest = inner.split_once("}}")?.1;
    }
    word.push_str(rest);
    let is_word =
        word.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._-/:@~*".contains(&byte));
    // `6'` is a length.
    let is_length = word.bytes().all(|byte| byte.is_ascii_digit());
    (is_word && !is_length && word.len() > 2).then_some(quote)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_at_the_end() {
        assert_eq!(open("6.5.4'"), Some('\''));
        assert_eq!(open("v6.5.4'"), Some('\''));
        assert_eq!(open("/opt/a\""), Some('"'));
        assert_eq!(open("root@{{ a['b'] }}\""), Some('"'));
        for fine in ["6'", "'a'", "it's", "a b'", "\"", "a='b'", "6.5.4", "^{{ a }}=\"", "{{ a\""] {
            assert_eq!(open(fine), None, "{fine}");
        }
    }

    #[test]
    fn texts_of_tasks() {
        let said = |text: &str| {
            let mut problems = Vec::new();
            let documents = crate::syntax::yaml::parse(text);
            documents.roots.iter().for_each(|root| of_tasks(root, &mut problems));
            problems.len()
        };
        assert_eq!(said("- file:\n    path: /etc/a/b\"\n"), 1);
        assert_eq!(said("- name: it is so\"\n  lineinfile:\n    regexp: abc\"\n"), 0);
    }
}
