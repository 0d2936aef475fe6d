//! Names in expressions, and what of them stands where.

use super::words::{TOLERANT, WORDS};
use crate::syntax::yaml::Node;
use memchr::memmem;
use std::ops::Range;

/// The names in an expression, with their places; what is quoted is none.
pub(super) fn names(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let bytes = text.as_bytes();
    let is_word = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    let mut at = 0;
    std::iter::from_fn(move || {
        while let Some(&byte) = bytes.get(at) {
            if matches!(byte, b'"' | b'\'') {
                // In YAML between single quotes, two are one.
                let is_double = bytes.get(at + 1) == Some(&byte);
                if is_double && bytes.get(at + 2).copied().is_some_and(is_word) {
                    let end = memmem::find(&bytes[at + 2..], &[byte, byte]);
                    at = end.map_or(bytes.len(), |end| at + end + 4);
                    continue;
                }
                let end = memchr::memchr(byte, &bytes[at + 1..]);
                at = end.map_or(bytes.len(), |end| at + end + 2);
            } else if is_word(byte) {
                let start = at;
                while bytes.get(at).copied().is_some_and(is_word) {
                    at += 1;
                }
                if !byte.is_ascii_digit() {
                    return Some((start, &text[start..at]));
                }
            } else {
                at += 1;
            }
        }
        None
    })
}

/// The text of a scalar without the quotes around it, and where it begins.
pub(super) fn bare<'a>(node: &Node<'_>, text: &'a str) -> Option<(&'a str, usize)> {
    node.as_str()?;
    let range = node.span.range();
    let own = text.get(range.clone())?;
    // The quotes at the beginning of a block are Jinja's own: `>- 'a' in b`.
    let is_block = own.starts_with(['>', '|']);
    let inner = match own.split_once('\n') {
        Some((_, inner)) if is_block => inner.trim_start(),
        _ => own,
    };
    let base = range.start + own.len() - inner.len();
    let quoted = ['"', '\''].iter().find_map(|mark| {
        inner.strip_prefix(*mark).filter(|_| !is_block).and_then(|own| own.strip_suffix(*mark))
    });
    Some(quoted.map_or((inner, base), |inner| (inner, base + 1)))
}

/// Whether the name at `at` is that of a variable: no word, attribute, filter, call or argument.
pub(super) fn is_subject(text: &str, at: usize, name: &str) -> bool {
    let after = text[at + name.len()..].trim_start();
    let is_argument = after.starts_with('=') && !after.starts_with("==");
    !text[..at].trim_end().ends_with(['.', '|', '$', '-'])
        && !is_argument
        && !after.starts_with('(')
        && !WORDS.contains(&name)
        && !TOLERANT.contains(&name)
}

/// Whether the name at `at`, with `after` behind it, is the key of a mapping: `{name: value}`.
pub(super) fn is_key(text: &str, at: usize, after: &str) -> bool {
    let before = text[..at].trim_end();
    let mut depth = 0_usize;
    let mut opens = || {
        before.bytes().rev().find(|byte| {
            match byte {
                b')' | b']' | b'}' => depth += 1,
                b'(' | b'[' | b'{' if depth > 0 => depth -= 1,
                b'(' | b'[' | b'{' => return true,
                _ => {}
            }
            false
        })
    };
    before.ends_with(['{', ','])
        && after.starts_with(':')
        && !before.ends_with("{{")
        && before.bytes().filter(|byte| matches!(byte, b'"' | b'\'')).count() % 2 == 0
        && opens() == Some(b'{')
}

/// Where the condition of `a if CONDITION else b` stands, which is asked whatever the case, and
/// names nothing that may be undefined.
pub(super) fn inline_condition(text: &str) -> Range<usize> {
    let mut words = names(text).filter(|(_, name)| TOLERANT.contains(name));
    match (words.next(), words.next(), words.next()) {
        (Some((from, "if")), Some((to, "else")), None) => from + 2..to,
        (Some((from, "if")), None, None) => from + 2..text.len(),
        _ => 0..0,
    }
}

/// Whether what follows is read only where a variable is empty: `given or FOUND`.
pub(super) fn is_behind_or(before: &str) -> bool {
    let is_word = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '.');
    let Some(left) = before.strip_suffix("or").filter(|own| own.ends_with(char::is_whitespace))
    else {
        return false;
    };
    let left = left.trim_end();
    let name = left.trim_end_matches(is_word);
    let rest = name.trim_end();
    let is_begun = rest.is_empty() || rest.ends_with(['(', '{', '[', ',', '"', '\'']);
    name.len() < left.len() && is_begun
}

/// Whether an expression that asks about a name reads it with two letters the other way round, or
/// one left out: `additional is not defined or not addtional`.
pub(super) fn is_beside_its_like(text: &str, name: &str) -> bool {
    let asked = |own: &str| {
        let is = text.find(own).map(|at| text[at + own.len()..].trim_start());
        is.is_some_and(|rest| rest.starts_with("is defined") || rest.starts_with("is not defined"))
    };
    name.len() > 8
        && !asked(name)
        && names(text).any(|(_, own)| {
            let is_plural = own.trim_end_matches('s') == name.trim_end_matches('s');
            own != name
                && !is_plural
                && own.len() >= name.len()
                && own.as_bytes().first() == name.as_bytes().first()
                && own.bytes().chain(name.bytes()).all(|byte| !byte.is_ascii_digit())
                && asked(own)
                && strsim::osa_distance(own, name) == 1
        })
}
