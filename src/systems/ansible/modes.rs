//! Modes of files that YAML reads as decimal numbers: `mode: 644` is 01204.
//!
//! (Source: Ansible's documentation of `file`, `mode`: "you must give Ansible enough information
//! to parse them correctly": a leading zero, or quotes.)

use super::shape::short;
use crate::facts::{Entity, Problem, Strength};
use crate::syntax::yaml::{Node, Value};

/// Modules that set the mode of a file.
const OF_FILES: [&str; 12] = [
    "assemble",
    "blockinfile",
    "copy",
    "cron",
    "file",
    "get_url",
    "lineinfile",
    "replace",
    "slurp",
    "template",
    "unarchive",
    "uri",
];

/// Reports modes of a task that are not what they look like.
pub(super) fn of_task(task: &Node<'_>, problems: &mut Vec<Problem>) {
    of_files(task, problems);
    of_directory(task, problems);
}

/// Reports modes that are other numbers than they look like.
fn of_files(task: &Node<'_>, problems: &mut Vec<Problem>) {
    let own = |key: &Node<'_>| key.as_str().is_some_and(|key| OF_FILES.contains(&short(key)));
    // A link has no mode of its own, and what is taken away has none.
    let is_without = |value: &Node<'_>| {
        value
            .get("state")
            .and_then(Node::as_str)
            .is_some_and(|own| own == "link" || own == "absent")
    };
    let files = task.entries().iter().filter(|(key, value)| own(key) && !is_without(value));
    for (module, value) in files {
        for key in ["mode", "directory_mode"] {
            let Some(mode) = value.get(key) else { continue };
            let Value::Scalar { text, plain: true } = &mode.value else { continue };
            let Some(number) = text.parse::<u32>().ok().filter(|_| is_octal(text)) else {
                continue;
            };
            let module = short(module.as_str().unwrap_or_default());
            problems.push(Problem {
                entity: Some(Entity::parameter(module, key)),
                help: format!("write `'0{text}'`: the number {number} is the mode 0{number:o}"),
                ..Problem::new(
                    "incompatible-value",
                    format!("`{key}` is the decimal number `{text}`"),
                    mode.span,
                )
            });
        }
    }
}

/// Reports directories that their mode lets be read and not be entered.
fn of_directory(task: &Node<'_>, problems: &mut Vec<Problem>) {
    let own = |key: &Node<'_>| key.as_str().is_some_and(|key| short(key) == "file");
    for (_, value) in task.entries().iter().filter(|(key, _)| own(key)) {
        let text = |key: &str| value.get(key).and_then(Node::as_str);
        let Some((node, mode)) = value.get("mode").and_then(|node| Some((node, node.as_str()?)))
        else {
            continue;
        };
        // With `recurse`, the mode is that of files too.
        if text("state") != Some("directory") || value.get("recurse").is_some() || !is_shut(mode) {
            continue;
        }
        problems.push(Problem {
            entity: Some(Entity::parameter("file", "mode")),
            help: "a directory is entered by who has `x` of it: `0755`, `0750`".to_owned(),
            strength: Strength::Likely,
            ..Problem::new(
                "incompatible-value",
                format!("who may read a directory of mode `{mode}` may not enter it"),
                node.span,
            )
        });
    }
}

/// Whether a mode lets the group or others read, and not enter. That of the owner says nothing: it
/// may be root.
fn is_shut(mode: &str) -> bool {
    let digits = mode.as_bytes();
    let is_octal = matches!(digits.len(), 3 | 4)
        && digits.iter().all(|byte| (b'0'..=b'7').contains(byte))
        // Without a zero, YAML takes it for a decimal number.
        && (digits[0] == b'0' || digits.len() == 4);
    is_octal && digits[digits.len() - 2..].iter().any(|byte| matches!(byte - b'0', 4 | 6))
}

/// Whether digits look like a mode and not like the decimal number of one: the owner reads, and
/// nobody may do more than who comes before.
fn is_octal(text: &str) -> bool {
    let digits: Vec<u8> = text.bytes().map(|byte| byte.wrapping_sub(b'0')).collect();
    let (special, rest) = match digits.as_slice() {
        [special @ (1 | 2 | 4), rest @ ..] if rest.len() == 3 => (Some(*special), rest),
        rest => (None, rest),
    };
    let [owner, group, other] = rest else { return false };
    let is_within = |inner: u8, outer: u8| inner & !outer == 0;
    (4..8).contains(owner)
        && is_within(*group, *owner)
        && is_within(*other, *group)
        && (special.is_some() || text != "511")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn directories_that_nobody_enters() {
        for shut in ["0644", "0640", "0664", "0754"] {
            assert!(is_shut(shut), "{shut}");
        }
        for fine in ["0755", "0600", "0700", "1777", "644", "u=rwX", "0711"] {
            assert!(!is_shut(fine), "{fine}");
        }
    }

    #[test]
    fn modes_without_a_zero() {
        let said = |line: &str| {
            let text = format!("- copy:\n    src: a\n    dest: b\n    {line}\n");
            let documents = crate::syntax::yaml::parse(&text);
            let mut problems = Vec::new();
            documents.roots[0].items().iter().for_each(|task| of_files(task, &mut problems));
            problems.len()
        };
        for wrong in ["mode: 600", "mode: 644", "directory_mode: 755", "mode: 1777"] {
            assert_eq!(said(wrong), 1, "{wrong}");
        }
        assert_eq!(said("mode: 644\n    state: link"), 0);
        // 420, 493, 384: decimal numbers that are modes.
        for fine in
            ["mode: '644'", "mode: 0644", "mode: 420", "mode: 493", "mode: 384", "mode: u=r"]
        {
            assert_eq!(said(fine), 0, "{fine}");
        }
    }
}
