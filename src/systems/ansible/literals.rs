//! Conditions with a text that stands alone: `a == "b" or "c"` is always true.
//!
//! (Source: Jinja's template designer documentation, "Logic"; Python's rule that a text which is
//! not empty is true; ansible-core 2.19, "Conditional result was … of type str".)

use crate::facts::{Problem, Span, Strength};

/// Reports a text that stands alone beside a comparison.
pub(super) fn of_condition(text: &str, span: Span) -> Option<Problem> {
    let (literal, joined) = alone(text)?;
    let (message, help) = match joined {
        Joined::Or => (
            format!("`{literal}` stands alone behind `or`: the condition is always true"),
            "compare it too, or ask whether the variable is `in` a list of both",
        ),
        Joined::And => (
            format!("`{literal}` stands alone behind `and`: it is always true"),
            "compare it too: it changes nothing",
        ),
    };
    Some(Problem {
        help: help.to_owned(),
        strength: Strength::Likely,
        ..Problem::new("incompatible-value", message, span)
    })
}

/// The word that stands before a part of a condition.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Joined {
    Or,
    And,
}

/// The first such text behind a comparison, and what joins it.
fn alone(text: &str) -> Option<(&str, Joined)> {
    let mut before: Option<&str> = None;
    let mut joined = Joined::And;
    for (part, next) in parts(text) {
        let part = part.trim();
        if is_text(part) && before.is_some_and(compares) {
            return Some((part, joined));
        }
        before = Some(part);
        joined = next;
    }
    None
}

/// The parts that `and` and `or` join outside of quotes and brackets, each with the word behind it.
fn parts(text: &str) -> Vec<(&str, Joined)> {
    let bytes = text.as_bytes();
    let (mut quote, mut depth, mut from, mut at) = (None, 0_usize, 0, 0);
    let mut all = Vec::new();
    while at < bytes.len() {
        match (bytes[at], quote) {
            (own, Some(open)) if own == open => quote = None,
            (_, Some(_)) => {}
            (own @ (b'"' | b'\''), None) => quote = Some(own),
            (b'(' | b'[' | b'{', None) => depth += 1,
            (b')' | b']' | b'}', None) => depth = depth.saturating_sub(1),
            (own, None) if own.is_ascii_whitespace() && depth == 0 => {
                let words = [("or", Joined::Or), ("and", Joined::And)];
                let found = words.into_iter().find(|(word, _)| {
                    bytes[at + 1..].starts_with(word.as_bytes())
                        && bytes.get(at + 1 + word.len()).is_some_and(u8::is_ascii_whitespace)
                });
                if let Some((word, joined)) = found {
                    all.push((&text[from..at], joined));
                    from = at + 1 + word.len();
                    at += word.len();
                }
            }
            _ => {}
        }
        at += 1;
    }
    all.push((&text[from..], Joined::And));
    all
}

/// Whether a part is one text in quotes that is not empty.
fn is_text(part: &str) -> bool {
    let quote = part.chars().next().filter(|own| matches!(own, '"' | '\''));
    let inner = quote.and_then(|own| part.strip_prefix(own)?.strip_suffix(own));
    inner.is_some_and(|inner| !inner.is_empty() && !inner.contains(['"', '\'', '\\']))
}

/// Whether a part compares with a text.
fn compares(part: &str) -> bool {
    let split = part.split_once("==").or_else(|| part.split_once("!="));
    split.is_some_and(|(_, value)| is_text(value.trim()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_that_stand_alone() {
        for bad in
            ["a is defined and a == \"b\" or \"c\"", "a == 'b' and 'c'", "a != 'b'\n or 'c' or 'd'"]
        {
            assert!(alone(bad).is_some(), "{bad}");
        }
        for fine in [
            "a == 'b' or a == 'c'",
            "a == 'b' or 'c' in d",
            "a == ('b' or 'c')",
            "a or 'c'",
            "a == 'b' or ''",
            "a == 'b or \"c\"'",
        ] {
            assert_eq!(alone(fine), None, "{fine}");
        }
    }
}
