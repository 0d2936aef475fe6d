//! Whether a task runs at all, as far as its text says.

use super::arguments::texts;
use super::shape::short;
use crate::syntax::yaml::Node;

/// Whether a task does nothing but fail, and no condition or tag passes it by.
pub(super) fn always_fails(task: &Node<'_>) -> bool {
    let keys = || task.entries().iter().filter_map(|(key, _)| key.as_str());
    let passes = |key: &str| {
        matches!(key, "when" | "tags" | "loop" | "ignore_errors" | "failed_when")
            || key.starts_with("with_")
    };
    keys().any(|key| short(key) == "fail") && !keys().any(passes)
}

/// Whether a path begins with a word that is filled in before the play is run:
/// `BASE_DIR/tasks/x.yml`.
pub(super) fn is_placeholder(path: &str) -> bool {
    let capital = |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_';
    path.split_once('/').is_some_and(|(first, _)| {
        first.len() > 3 && first.contains('_') && first.bytes().all(capital)
    })
}

/// Whether a condition, or one that is joined to others by `and`, asks no more than whether a
/// variable is defined or true: a feature that is switched on somewhere, or nowhere.
pub(super) fn is_opt_in(condition: &Node<'_>) -> bool {
    let asks = |text: &str| {
        let text = text.trim().trim_start_matches('(').trim_end_matches(')').trim();
        let plain = |name: &str| {
            !name.is_empty()
                && !name.starts_with("ansible_")
                && name
                    .bytes()
                    .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_')
        };
        let (subject, test) = match text.split_once([' ', '|']) {
            Some((subject, _)) => (subject, text[subject.len()..].trim()),
            None => (text, ""),
        };
        let test = test.strip_prefix("| bool").or(test.strip_prefix("|bool")).unwrap_or(test);
        let is_true = matches!(
            test.trim().to_ascii_lowercase().as_str(),
            "" | "is defined" | "is true" | "is truthy" | "== true"
        );
        plain(subject)
            && (is_true || test.replace(' ', "").starts_with("|default(") && !test.contains("=="))
    };
    texts(condition).iter().any(|text| text.text.split(" and ").any(asks))
}
