//! Which files hold an environment's own values.
//!
//! Code is promoted; values are not. A whole file of them that went from staging to
//! production would put staging's hosts, passwords and sizes there.

use super::selection::Trees;
use crate::facts::{FileFacts, Kind, kinds};

/// Kinds whose names are keys of an environment.
pub(super) const KEY_KINDS: &[Kind] = &[kinds::KEY, kinds::PHP_SETTING, kinds::ENV];

/// Folders that hold nothing else.
const FOLDERS: &[&str] =
    &["hieradata", "hiera-data", "group_vars", "host_vars", "inventory", "inventories"];

/// Words for an environment, as parts of names.
const STAGING: &[&str] = &["staging", "stage", "stg", "preprod", "labs"];
const PRODUCTION: &[&str] = &["production", "prod", "prd"];

/// Whether the file at `path` (in production, or of staging where it would stand in
/// production) holds values of an environment.
pub(super) fn is_environment(trees: &Trees, path: &str, facts: &FileFacts) -> bool {
    let mut folders: Vec<&str> = path.split('/').collect();
    let base = folders.pop().unwrap_or_default();
    if folders.iter().any(|folder| FOLDERS.contains(folder))
        || trees.mapping().paired(path).is_some()
    {
        return true;
    }
    let ending = base.rsplit_once('.').map_or("", |(_, ending)| ending);
    let is_yaml = matches!(ending, "yaml" | "yml" | "eyaml" | "json");
    let is_values = |name: &str| {
        let name = name.strip_suffix(".gotmpl").unwrap_or(name);
        let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
        let mut words = stem.split(['-', '_', '.']);
        stem != "values" && words.any(|word| word == "values")
    };
    if is_yaml && is_values(base) {
        return true;
    }
    let sets = |kind: &Kind| facts.provides.iter().any(|provide| provide.kind == *kind);
    let in_code = |folder: &&str| matches!(*folder, "modules" | "roles" | "site-modules" | "files");
    let is_data = folders.contains(&"data") && !folders.iter().any(in_code);
    if is_yaml && is_data && sets(&kinds::KEY) {
        return true;
    }
    let only_keys = facts.provides.iter().all(|provide| KEY_KINDS.contains(&provide.kind))
        && (!facts.provides.is_empty() || facts.requires.is_empty());
    let is_text = is_yaml || matches!(ending, "env" | "ini" | "toml" | "properties" | "conf");
    let is_mapped = trees.staging_path(path).is_some_and(|own| own != path);
    is_text && only_keys && !is_mapped && has_word(path, &[STAGING, PRODUCTION].concat())
}

/// Whether a part of the path is one of the words.
pub(super) fn has_word(path: &str, words: &[&str]) -> bool {
    path.split(['/', '.', '-', '_']).any(|part| words.contains(&part))
}

/// Whether the file is staging's own: a pair's staging side, or named so.
pub(super) fn is_stagings(trees: &Trees, path: &str) -> bool {
    trees.mapping().paired(path).is_some() || has_word(path, STAGING)
}

/// The file of production that corresponds to staging's `path`, one that `exists`: the paired
/// one, the same name with production's word, or the same path where that is nobody's own.
pub(super) fn counterpart(
    trees: &Trees,
    path: &str,
    exists: impl Fn(&str) -> bool,
) -> Option<String> {
    let mut pairs = trees.mapping().pairs(path).peekable();
    if pairs.peek().is_some() {
        return pairs.find(|pair| exists(pair)).map(|pair| pair.to_string());
    }
    if !has_word(path, STAGING) {
        return exists(path).then(|| path.to_owned());
    }
    let with = |word: &str| {
        let mut out = String::new();
        let mut part = String::new();
        for c in path.chars().chain(['\0']) {
            if matches!(c, '/' | '.' | '-' | '_' | '\0') {
                out.push_str(if STAGING.contains(&part.as_str()) { word } else { &part });
                part.clear();
                out.extend((c != '\0').then_some(c));
            } else {
                part.push(c);
            }
        }
        out
    };
    PRODUCTION.iter().map(|word| with(word)).find(|path| exists(path))
}

/// The text of the line around `at`, short enough to be shown.
pub(super) fn line(contents: &[u8], at: u32) -> String {
    let at = (at as usize).min(contents.len());
    let from = contents[..at].iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
    let to =
        contents[at..].iter().position(|byte| *byte == b'\n').map_or(contents.len(), |n| at + n);
    let text = String::from_utf8_lossy(&contents[from..to]);
    let text = text.trim();
    match text.char_indices().nth(120) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}
