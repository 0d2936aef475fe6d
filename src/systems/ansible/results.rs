//! Variables that only tasks of the tree fill: what `register` keeps of a task, and what a name
//! marks as a file's own. Nobody sets those on a command line or in an inventory.
//!
//! (Source: Ansible's documentation, "Return Values", "Tests: testing task results", and "Using
//! Variables"; `a-b` is a difference of two variables.)

/// What modules return, as parts that are read of a registered variable.
const PARTS: [&str; 12] = [
    "stdout",
    "stdout_lines",
    "stderr",
    "stderr_lines",
    "rc",
    "stat",
    "results",
    "changed",
    "failed",
    "skipped",
    "ansible_job_id",
    "matched",
];

/// Tests of a task's result.
const TESTS: [&str; 13] = [
    "changed",
    "change",
    "failed",
    "failure",
    "succeeded",
    "success",
    "successful",
    "skipped",
    "skip",
    "finished",
    "started",
    "reachable",
    "unreachable",
];

/// Whether the variable that ends where `after` begins is one that a task of the tree fills, as
/// far as the expression says.
pub(super) fn is_read_here(name: &str, after: &str) -> bool {
    is_own(name) || is_minuend(name, after) || has_part(after) || is_tested(after)
}

/// `_name`: by custom a role's or a file's own.
fn is_own(name: &str) -> bool {
    name.len() > 3 && name.starts_with('_') && name.trim_start_matches('_').len() > 2
}

/// `name-word`, without blanks: meant for one name.
fn is_minuend(name: &str, after: &str) -> bool {
    let rest = after.strip_prefix('-').unwrap_or_default();
    name.len() > 3 && rest.starts_with(|c: char| c.is_ascii_lowercase())
}

fn word(text: &str) -> &str {
    let end = text.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(text.len());
    &text[..end]
}

fn has_part(after: &str) -> bool {
    let part = match after.strip_prefix('.') {
        Some(rest) => word(rest),
        None => match after.strip_prefix('[') {
            Some(rest) => word(rest.trim_start_matches(['\'', '"'])),
            None => return false,
        },
    };
    PARTS.contains(&part)
}

/// `name is changed`, and `name | changed` of old.
fn is_tested(after: &str) -> bool {
    let after = after.trim_start();
    let test = match after.strip_prefix('|') {
        Some(rest) => rest.trim_start(),
        None => match after.strip_prefix("is ") {
            Some(rest) => {
                let rest = rest.trim_start();
                rest.strip_prefix("not ").unwrap_or(rest).trim_start()
            }
            None => return false,
        },
    };
    TESTS.contains(&word(test))
}

/// The group that an expression asks for behind the word `groups`, and where it begins:
/// `groups['web']`.
pub(super) fn group(after: &str) -> Option<(usize, &str)> {
    let quote = after.strip_prefix('[')?.chars().next().filter(|c| matches!(c, '\'' | '"'))?;
    let rest = &after[2..];
    let (name, rest) = rest.split_once(quote)?;
    let is_name = name.len() > 1
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-".contains(&byte));
    (is_name && rest.starts_with(']')).then_some((2, name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups_by_their_names() {
        assert_eq!(group("['web'][0]"), Some((2, "web")));
        assert_eq!(group("[\"web-db\"]"), Some((2, "web-db")));
        assert_eq!(group("['web_' + x]"), None);
        assert_eq!(group("[name]"), None);
        assert_eq!(group(".items()"), None);
    }

    #[test]
    fn what_only_tasks_fill() {
        for (name, after) in [
            ("out", ".stdout_lines | length"),
            ("out", "['rc'] == 0"),
            ("out", " is not changed"),
            ("out", "|failed"),
            ("__own", " | bool"),
            ("role_register", "-packages is changed"),
        ] {
            assert!(is_read_here(name, after), "{name}{after}");
        }
        for (name, after) in [
            ("out", ".name"),
            ("out", " is defined"),
            ("out", " | length"),
            ("__", ""),
            ("a", "-1"),
        ] {
            assert!(!is_read_here(name, after), "{name}{after}");
        }
    }
}
