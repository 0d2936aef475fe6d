//! What is said of the text of files of values: which line, which names are set, what must
//! not be shown.

use super::set::is_sample;
use crate::loader::{FileIx, Snapshot};
use memchr::memmem;
use rustc_hash::FxHashSet;
use smol_str::SmolStr;

/// Files beyond this size are not searched: they are no configuration.
const MAX_SEARCHED: u64 = 1 << 20;

/// Parts of names whose values nobody should see.
const SECRET: [&str; 11] = [
    "pass",
    "secret",
    "token",
    "key",
    "credential",
    "salt",
    "private",
    "auth",
    "cert",
    "vault",
    "dsn",
];

/// The text of the line around `at`, short enough to be shown; where `name` or the value is
/// that of a secret, without the value.
pub(super) fn line(contents: &[u8], at: u32, name: &str) -> String {
    let text = around(contents, at as usize);
    let text = text.trim();
    let own = name.rsplit(['.', ':']).next().unwrap_or(name);
    if is_secret_name(own) || has_credentials(text) {
        let end = text.find(own).map_or(0, |at| at + own.len());
        let separator = text[end..].find([':', '=']).map_or(end, |at| end + at + 1);
        return format!("{} …", &text[..separator]);
    }
    match text.char_indices().nth(120) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

fn bounds(contents: &[u8], at: usize) -> (usize, usize) {
    let at = at.min(contents.len());
    let from = memchr::memrchr(b'\n', &contents[..at]).map_or(0, |at| at + 1);
    let to = memchr::memchr(b'\n', &contents[at..]).map_or(contents.len(), |n| at + n);
    (from, to)
}

fn around(contents: &[u8], at: usize) -> String {
    let (from, to) = bounds(contents, at);
    String::from_utf8_lossy(&contents[from..to]).into_owned()
}

fn is_secret_name(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    SECRET.iter().any(|word| name.contains(word))
}

/// `://user:password@host`.
fn has_credentials(line: &str) -> bool {
    let rest = line.split_once("://").map_or("", |(_, rest)| rest);
    let host = rest.split(['/', '"', '\'', ' ']).next().unwrap_or_default();
    host.contains('@')
}

fn holds_secret(line: &str) -> bool {
    // The key of `a::b::token: x` is all that stands before the last separator by itself.
    let name = line.replace("::", ".");
    let name = name.split([':', '=']).next().unwrap_or_default();
    has_credentials(line) || line.contains("-----BEGIN") || is_secret_name(name)
}

/// Whether the line around `at`, or one beside it, holds what nobody should see: reports show
/// the lines beside a place too.
pub(super) fn is_near_secret(contents: &[u8], at: u32) -> bool {
    let (from, to) = bounds(contents, at as usize);
    let before = (from > 0).then(|| around(contents, from - 1));
    let behind = (to < contents.len()).then(|| around(contents, to + 1));
    let own = around(contents, at as usize);
    [before, Some(own), behind].into_iter().flatten().any(|line| holds_secret(&line))
}

/// Whether nobody but its owner can read the file.
pub(super) fn is_encrypted(contents: &[u8]) -> bool {
    contents.starts_with(b"$ANSIBLE_VAULT")
        || contents.starts_with(b"\0GITCRYPT")
        || memmem::find(contents, b"\nsops:").is_some()
}

/// Those of `names` that some file sets which is not an environment's own, in whatever language:
/// a task's `set_fact`, a template's `set`, a unit's `Environment=`.
pub(super) fn assigned(
    is_own: &dyn Fn(&str) -> bool,
    snapshot: &Snapshot,
    names: &[SmolStr],
) -> FxHashSet<SmolStr> {
    let mut left: Vec<SmolStr> = names.to_vec();
    left.sort_unstable();
    left.dedup();
    let mut found = FxHashSet::default();
    for (ix, file) in snapshot.files.iter().enumerate() {
        if left.is_empty() {
            break;
        }
        let path = &file.entry.path;
        let is_large = file.entry.size.is_some_and(|size| size > MAX_SEARCHED);
        if is_large || !file.standing.is_live() || is_sample(path) || is_own(path) {
            continue;
        }
        let contents = snapshot.contents(ix as FileIx);
        left.retain(|name| {
            let is_set = is_assigned(&contents, name);
            if is_set {
                found.insert(name.clone());
            }
            !is_set
        });
    }
    found
}

/// Whether the text sets `name` somewhere, to anything but itself.
fn is_assigned(contents: &[u8], name: &str) -> bool {
    let is_word = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'_';
    memmem::find_iter(contents, name.as_bytes()).any(|at| {
        let end = at + name.len();
        let is_part = at.checked_sub(1).and_then(|at| contents.get(at)).is_some_and(is_word)
            || contents.get(end).is_some_and(is_word);
        if is_part {
            return false;
        }
        let (from, to) = bounds(contents, at);
        let before = String::from_utf8_lossy(&contents[from..at]);
        let after = String::from_utf8_lossy(&contents[end..to.max(end)]);
        sets(&before, &after, name)
    })
}

fn sets(before: &str, after: &str, name: &str) -> bool {
    let before = before.trim_end_matches(['"', '\'', ' ', '\t']);
    let after = after.trim_start_matches(['"', '\'', ' ', '\t']);
    // A comment, and `${X:-default}`.
    if before.trim_start().starts_with('#') || before.ends_with(['$', '{', '.', '|']) {
        return false;
    }
    let is_set = (after.starts_with(':') && !after.starts_with("::"))
        || (after.starts_with('=') && !after.starts_with("==") && !after.starts_with("=~"));
    if is_set {
        // `X: ${X}` hands on what it was given.
        let handed = [format!("${name}"), format!("${{{name}"), format!("{{{{ {name}")];
        return !handed.iter().any(|own| after.contains(own.as_str()));
    }
    let words = [
        "register:",
        "register=",
        "loop_var:",
        "index_var:",
        "name:",
        "var:",
        " set",
        " for",
        "%set",
        "%-set",
        "export",
        "ENV",
        "ARG",
        "set_fact:",
    ];
    words.iter().any(|word| before.ends_with(word))
        || before.contains("macro ")
        || before.contains(" for ") && (after.starts_with("in ") || after.contains(" in "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_sets_a_name() {
        for text in [
            "  a_b: 1",
            "a_b=1",
            "register: a_b",
            "{% set a_b = 1 %}",
            "{% for a_b in c %}",
            "{% for x, a_b in c %}",
            "Environment=\"a_b=1\"",
            "\"a_b\": 1",
            "- name: a_b",
            "export a_b",
            "ENV a_b 1",
        ] {
            assert!(is_assigned(text.as_bytes(), "a_b"), "{text}");
        }
        for text in [
            "x: {{ a_b }}",
            "a_b: ${a_b}",
            "- a_b=${a_b:-}",
            "when: a_b == 1",
            "# a_b: 1",
            "os.environ['a_b']",
            "xa_b: 1",
            "a_bc: 1",
            "${a_b:-x}",
        ] {
            assert!(!is_assigned(text.as_bytes(), "a_b"), "{text}");
        }
    }

    #[test]
    fn secrets_are_not_shown() {
        let text = b"x: 1\ndb_password: hunter2\nurl: redis://u:p@h/\nport: 8080\n";
        let at = |word: &str| memmem::find(text, word.as_bytes()).unwrap() as u32;
        assert_eq!(line(text, at("db_password"), "db_password"), "db_password: …");
        assert_eq!(line(text, at("url"), "url"), "url: …");
        assert_eq!(line(text, at("port"), "port"), "port: 8080");
        assert!(is_near_secret(text, at("x:")) && is_near_secret(text, at("port")));
        assert!(!is_near_secret(b"a: 1\nb: 2\n", 0));
    }
}
