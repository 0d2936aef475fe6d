//! The folders in which the steps of a pipeline run: `dir('x') { … }`.
//!
//! (Source: the reference of "Pipeline: Basic Steps", `dir`.)

use crate::facts::join_path;

/// The begin and the end of a block, and its folder, where that is told.
pub(super) type Block = (usize, usize, Option<String>);

/// The blocks of a text.
pub(super) fn all(text: &str) -> Vec<Block> {
    let mut out = Vec::new();
    for (at, _) in text.match_indices("dir") {
        let is_word = text[..at]
            .chars()
            .next_back()
            .is_none_or(|c| !(c.is_alphanumeric() || c == '_' || c == '.'));
        let rest = &text[at + 3..];
        let inner = rest.trim_start_matches([' ', '(']);
        if !is_word || !rest.starts_with([' ', '(']) {
            continue;
        }
        let Some(open) = rest.find('{').filter(|open| !rest[..*open].contains('\n')) else {
            continue;
        };
        let quote = inner.chars().next().filter(|c| matches!(c, '\'' | '"'));
        let name = quote.and_then(|quote| inner[1..].split(quote).next());
        let plain = |own: &&str| !own.contains(['$', '\n']) && !own.starts_with('/');
        let from = at + 3 + open;
        out.push((from, end(text, from), name.filter(plain).map(str::to_owned)));
    }
    out
}

/// Where the block ends that begins with a brace.
fn end(text: &str, from: usize) -> usize {
    let mut depth = 0_usize;
    for (at, byte) in text.bytes().enumerate().skip(from) {
        match byte {
            b'{' => depth += 1,
            b'}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth == 0 {
            return at;
        }
    }
    text.len()
}

/// The folder in which a step runs; `None` where it is not told.
pub(super) fn at(blocks: &[Block], place: usize) -> Option<String> {
    let mut folder = String::new();
    for (_, _, name) in blocks.iter().filter(|(from, to, _)| (*from..*to).contains(&place)) {
        folder = join_path(&folder, name.as_deref()?)?.to_string();
    }
    Some(folder)
}
