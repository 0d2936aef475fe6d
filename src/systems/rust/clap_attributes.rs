//! Rust: attributes of clap's derives, and the names that they give.

use crate::facts::Span;
use crate::syntax::script::tokens::Tokens;
use smol_str::SmolStr;
use std::ops::Range;

/// The attributes before the item or field at `ix`: the contents of each `#[name(…)]` with
/// its name, and where the item begins.
pub(super) fn attributes(
    tokens: &Tokens<'_>,
    mut ix: usize,
) -> (Vec<(SmolStr, Range<usize>)>, usize) {
    let mut found = Vec::new();
    while tokens.is(ix, "#") && tokens.is(ix + 1, "[") {
        let end = tokens.close(ix + 1);
        if let Some(name) = tokens.name(ix + 2) {
            let body =
                if tokens.is(ix + 3, "(") { ix + 4..tokens.close(ix + 3) } else { ix + 3..end };
            found.push((SmolStr::new(name), body));
        }
        ix = end + 1;
    }
    (found, ix)
}

/// The text that `key = "text"` sets in attributes.
pub(super) fn setting(
    tokens: &Tokens<'_>,
    attributes: &[Range<usize>],
    key: &str,
) -> Option<(SmolStr, Span)> {
    let mut parts = attributes.iter().flat_map(|range| tokens.split(range.clone()));
    parts.find_map(|part| {
        let found = tokens.is(part.start, key) && tokens.is(part.start + 1, "=");
        let text = tokens.string(part.start + 2).filter(|_| found)?;
        Some((text.clone(), tokens.span(part.start + 2)))
    })
}

/// Whether attributes name a key.
pub(super) fn names(tokens: &Tokens<'_>, attributes: &[Range<usize>], key: &str) -> bool {
    let mut parts = attributes.iter().flat_map(|range| tokens.split(range.clone()));
    parts.any(|part| tokens.is(part.start, key))
}

/// `foo-bar` for `FooBar` and `foo_bar`, or as `rename_all` says.
pub(super) fn renamed(name: &str, style: Option<&str>) -> SmolStr {
    let mut words: Vec<String> = Vec::new();
    let mut last_lower = false;
    for c in name.trim_start_matches("r#").chars() {
        if c == '_' {
            words.push(String::new());
            last_lower = false;
            continue;
        }
        if words.is_empty() || (c.is_uppercase() && last_lower) {
            words.push(String::new());
        }
        last_lower = !c.is_uppercase();
        if let Some(word) = words.last_mut() {
            word.extend(c.to_lowercase());
        }
    }
    words.retain(|word| !word.is_empty());
    match style {
        Some("snake_case") => words.join("_").into(),
        Some("lower" | "lowercase") => words.concat().into(),
        Some("verbatim") => name.into(),
        Some("SCREAMING_SNAKE_CASE") => words.join("_").to_uppercase().into(),
        Some("UPPER" | "UPPERCASE") => words.concat().to_uppercase().into(),
        _ => words.join("-").into(),
    }
}

/// Texts of `alias = "x"` and `aliases = ["x", "y"]`.
pub(super) fn aliases(
    tokens: &Tokens<'_>,
    attributes: &[Range<usize>],
    keys: &[&str],
) -> Vec<SmolStr> {
    let mut out = Vec::new();
    for part in attributes.iter().flat_map(|range| tokens.split(range.clone())) {
        let named = keys.iter().any(|key| tokens.is(part.start, key));
        if named && tokens.is(part.start + 1, "=") {
            let texts = (part.start + 2..part.end).filter_map(|ix| tokens.string(ix));
            out.extend(texts.cloned());
        }
    }
    out
}
