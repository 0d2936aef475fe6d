//! Commands that hold what a shell alone understands, though no shell runs them: `command: a | b`.
//!
//! (Source: Ansible's documentation of `command`: "The command will not be processed through the
//! shell, so operations like `*`, `<`, `>`, `|`, `;` and `&` will not work".)

use super::shape::short;
use crate::domain::sed;
use crate::facts::{Problem, Strength};
use crate::syntax::yaml::{Node, Value};

/// Programs whose own arguments are such signs,
/// or that hand them to a shell of their own.
const TAKE_SIGNS: [&str; 14] = [
    "[",
    "cmd",
    "expr",
    "nft",
    "powershell",
    "powershell.exe",
    "pwsh",
    "screen",
    "ssh",
    "sshpass",
    "tc",
    "test",
    "tmux",
    "watch",
];

/// Reports signs of a shell among the arguments of a command, and scripts of `sed` without an end.
pub(super) fn of_task(task: &Node<'_>, problems: &mut Vec<Problem>) {
    let runs = |key: &str| ["command", "shell"].contains(&short(key));
    for (_, value) in task.entries().iter().filter(|(key, _)| key.as_str().is_some_and(runs)) {
        let node = value.get("cmd").unwrap_or(value);
        let text = node.as_str().unwrap_or_default();
        if text.lines().any(|line| sed::unended(line).is_some()) {
            problems.push(sed::told(node.span));
        }
    }
    let command = task.entries().iter().find(|(key, _)| {
        key.as_str().is_some_and(|key| matches!(short(key), "command" | "ansible.legacy.command"))
    });
    let Some((_, value)) = command else { return };
    let node = value.get("cmd").unwrap_or(value);
    let Value::Scalar { text, .. } = &node.value else { return };
    let passes = ["ignore_errors", "failed_when"].iter().any(|key| task.get(key).is_some());
    let Some((sign, is_sure)) = sign(text) else { return };
    problems.push(Problem {
        help: "use `shell`: `command` hands it to the program as an argument".to_owned(),
        strength: if is_sure && !passes { Strength::Certain } else { Strength::Likely },
        ..Problem::new(
            "incompatible-value",
            format!("`command` runs no shell, and `{sign}` means nothing to it"),
            node.span,
        )
    });
}

/// The first sign of a shell that stands by itself, and whether what follows is surely another
/// command.
fn sign(text: &str) -> Option<(String, bool)> {
    // What Jinja fills in may bring quotes.
    if text.contains("{%") {
        return None;
    }
    let words = words(text)?;
    let program = words.first()?.rsplit('/').next()?;
    if matches!(program, "echo" | "printf") && text.matches('`').count() == 2 {
        return Some(("`".to_owned(), true));
    }
    if TAKE_SIGNS.contains(&program) || program.contains("{{") {
        return None;
    }
    let words = &words[1..];
    let quoted = words.iter().find(|word| word.starts_with('`') || word.starts_with("$("));
    if let Some(word) = quoted {
        return Some((word[..if word.starts_with('`') { 1 } else { 2 }].to_owned(), true));
    }
    let is_last = |at: usize| at + 1 == words.len();
    let find = |signs: &[&str]| {
        let mut all = words.iter().enumerate();
        all.find(|(at, word)| signs.contains(&word.as_str()) && !is_last(*at))
            .map(|(_, word)| word.clone())
    };
    let sure = find(&["|", "||", "&&"]).map(|word| (word, true));
    let redirects = [">", ">>", "<"];
    let whole = ["2>&1", "2>/dev/null", ">/dev/null", "&>/dev/null"];
    sure.or_else(|| find(&redirects).map(|word| (word, false))).or_else(|| {
        let mut all = words.iter();
        all.find(|own| whole.contains(&own.as_str())).map(|own| (own.clone(), false))
    })
}

/// The words of a command that stand outside of quotes; what Jinja fills in is one. `None` where a
/// quote is not closed.
fn words(text: &str) -> Option<Vec<String>> {
    let mut words = Vec::new();
    let mut word = String::new();
    let mut chars = text.char_indices().peekable();
    while let Some((at, letter)) = chars.next() {
        match letter {
            '\'' | '"' => {
                word.push('q');
                loop {
                    match chars.next()?.1 {
                        '\\' if letter == '"' => drop(chars.next()),
                        own if own == letter => break,
                        _ => {}
                    }
                }
            }
            '{' if text[at..].starts_with("{{") => {
                let len = text[at..].find("}}")?;
                while chars.peek().is_some_and(|(own, _)| *own < at + len + 2) {
                    chars.next();
                }
                word.push_str("{{");
            }
            '\\' => {
                word.push('q');
                chars.next();
            }
            own if own.is_whitespace() => {
                if !word.is_empty() {
                    words.push(std::mem::take(&mut word));
                }
            }
            own => word.push(own),
        }
    }
    if !word.is_empty() {
        words.push(word);
    }
    Some(words)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signs_of_shells() {
        for fine in [
            "bash -c 'a | b'",
            "psql -c \"select 1 > 0\"",
            "expr 1 > 2",
            "a {{ b | c }}",
            "grep \\| a",
            "a --x='$(b)'",
            "git log --format=%H|%s",
        ] {
            assert_eq!(sign(fine), None, "{fine}");
        }
        assert_eq!(sign("curl a | sh"), Some(("|".to_owned(), true)));
        assert_eq!(sign("cd /tmp && make"), Some(("&&".to_owned(), true)));
        assert_eq!(sign("a > /tmp/b"), Some((">".to_owned(), false)));
        assert_eq!(sign("usermod `whoami`"), Some(("`".to_owned(), true)));
        assert_eq!(sign("echo \"v`{{ a }}/b | cut -c 2`\""), Some(("`".to_owned(), true)));
    }
}
