//! Files that a pipeline asks for before it uses them, that it makes, and that its steps read.
//!
//! (Source: the references of "Pipeline: Basic Steps" (`fileExists`, `writeFile`, `stash`,
//! `readFile`), "Pipeline: Groovy" (`load`, `readTrusted`), "Pipeline Utility Steps" (`readYaml`,
//! `readJSON`, `readProperties`).)

use super::folders::{self, Block};
use crate::facts::{FileFacts, Ref, Require, Span, Strength, join_path, kinds};

/// Words before the names of files that are asked for or made.
const GUARDS: [&str; 9] = [
    "fileExists",
    "writeFile",
    "writeJSON",
    "writeYaml",
    "includes:",
    "filter:",
    "libraryResource",
    "configFile",
    "findFiles",
];

/// How far from such a word a name may stand.
const NEAR: usize = 200;

/// The names, and patterns of names.
pub(super) fn all(text: &str) -> Vec<&str> {
    let mut out = Vec::new();
    for (at, word) in GUARDS.iter().flat_map(|word| text.match_indices(word)) {
        let rest = &text[at + word.len()..];
        let mut end = rest.len().min(NEAR);
        while !rest.is_char_boundary(end) {
            end -= 1;
        }
        // `includes: 'a,b'` has one text, a step that writes several.
        let most = if word.starts_with("write") { 2 } else { 1 };
        for literal in literals(&rest[..end]).take(most) {
            let names = literal.split(',').map(|own| own.trim().trim_start_matches("./"));
            out.extend(names.filter(|own| !own.is_empty()));
        }
    }
    out
}

/// The texts in quotes.
fn literals(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let at = rest.find(['\'', '"'])?;
        let quote = rest[at..].chars().next()?;
        let inner = &rest[at + 1..];
        let end = inner.find(quote)?;
        rest = &inner[end + 1..];
        Some(&inner[..end])
    })
}

/// Whether one of the names or patterns is a path, or the same path seen from its folder.
pub(super) fn covers(guarded: &[&str], folder: &str, path: &str) -> bool {
    let path = path.trim_start_matches("./");
    let inner = path.strip_prefix(folder).map_or(path, |own| own.trim_start_matches('/'));
    guarded.iter().any(|own| match own.find('*') {
        Some(at) => {
            own[..at].contains('/') && [path, inner].iter().any(|p| p.starts_with(&own[..at]))
        }
        None => [path, inner].contains(own),
    })
}

/// Steps that read a file, and whether the run ends without it.
const READERS: [(&str, Strength); 6] = [
    ("load", Strength::Certain),
    ("readFile", Strength::Likely),
    ("readJSON", Strength::Likely),
    ("readProperties", Strength::Likely),
    ("readTrusted", Strength::Certain),
    ("readYaml", Strength::Likely),
];

/// Adds the files that steps read. Many are made before: only what was here before is missed.
pub(super) fn read(text: &str, blocks: &[Block], guarded: &[&str], out: &mut FileFacts) {
    for (word, strength) in READERS {
        for (at, _) in text.match_indices(word) {
            let line = text[..at].rfind('\n').map_or(0, |newline| newline + 1);
            let before = text[..at].chars().next_back();
            let is_word = before.is_none_or(|c| c.is_whitespace() || "{(=;,".contains(c));
            if !is_word || text[line..at].contains("//") {
                continue;
            }
            let rest = &text[at + word.len()..];
            if !rest.starts_with([' ', '(']) {
                continue;
            }
            let inner = rest.trim_start_matches([' ', '(']);
            let inner = inner.strip_prefix("file:").unwrap_or(inner).trim_start();
            let Some(quote) = inner.chars().next().filter(|c| matches!(c, '\'' | '"')) else {
                continue;
            };
            let Some(name) = inner[1..].split(quote).next() else { continue };
            let from = text.len() - inner.len() + 1;
            if name.is_empty() || name.contains(['$', '\n', '\\']) || name.starts_with('/') {
                continue;
            }
            let Some(folder) = folders::at(blocks, at) else { continue };
            let path = join_path(&folder, name).filter(|own| !own.is_empty());
            let Some(path) = path.filter(|own| !covers(guarded, &folder, own)) else { continue };
            let span = Span::new(from, from + name.len());
            let target = Ref::exact(kinds::PAYLOAD_FILE, path);
            out.requires.push(Require::certain(target, span, word, None).with_strength(strength));
        }
    }
}
