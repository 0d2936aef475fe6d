//! Whether a task runs at all, as far as its text says.

use super::arguments::texts;
use super::shape::short;
use crate::facts::{Ref, Require, Strength, kinds};
use crate::syntax::yaml::{Node, Value};

/// Whether a task does nothing but fail, and no condition or tag passes it by.
pub(super) fn always_fails(task: &Node<'_>) -> bool {
    let keys = || task.entries().iter().filter_map(|(key, _)| key.as_str());
    let passes = |key: &str| {
        matches!(key, "when" | "tags" | "loop" | "ignore_errors" | "failed_when")
            || key.starts_with("with_")
    };
    keys().any(|key| short(key) == "fail") && !keys().any(passes)
}

/// Whether a condition of a task or a block, or one of a list of them, is the word for false.
///
/// (Source: Ansible's documentation, "Conditionals": those of a list are joined by `and`; YAML 1.1,
/// "Boolean", for words without quotes.)
pub(super) fn never_runs(task: &Node<'_>) -> bool {
    let is_false = |own: &Node<'_>| match &own.value {
        Value::Scalar { text, plain } => {
            let word = text.trim().to_ascii_lowercase();
            word == "false" || *plain && matches!(word.as_str(), "no" | "off")
        }
        _ => false,
    };
    task.get("when").is_some_and(|own| is_false(own) || own.items().iter().any(is_false))
}

/// Weighs what a task needs by its condition. A feature that is switched on brings its handlers
/// into the play; where it is not, the task is skipped. One that is never run needs nothing, but
/// what is imported is read before any condition is asked.
pub(super) fn eased(task: &Node<'_>, needs: &mut [Require]) {
    let mut keys = task.entries().iter().filter_map(|(key, _)| key.as_str()).map(short);
    if never_runs(task) && !keys.any(|key| key.starts_with("import_")) {
        needs.iter_mut().for_each(|need| need.strength = Strength::Guarded);
        return;
    }
    if !task.get("when").is_some_and(is_opt_in) {
        return;
    }
    for need in needs {
        let anywhere = need.any_of.first().and_then(|target| {
            let name = target.name.as_exact()?;
            (target.kind == kinds::ANSIBLE_NOTIFIED)
                .then(|| Ref::exact(kinds::ANSIBLE_HANDLER, name.clone()))
        });
        need.any_of.extend(anywhere);
    }
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
