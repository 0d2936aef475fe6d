//! Which files hold an environment's own values.
//!
//! Code is promoted; values are not. A whole file of them that went from staging to
//! production would put staging's hosts, passwords and sizes there.

use crate::facts::{FileFacts, Kind, Property, base_name, kinds};
use crate::mapping::Mapping;
use smol_str::SmolStr;

/// How the files of environments correspond.
pub trait Environments {
    /// The rules.
    fn mapping(&self) -> &Mapping;
    /// The staging path of what would stand at `target` in production, where both are known.
    fn staging_path(&self, target: &str) -> Option<&SmolStr>;
}

/// Both environments stand in one tree, which nothing is promoted in.
impl Environments for Mapping {
    fn mapping(&self) -> &Mapping {
        self
    }

    fn staging_path(&self, _target: &str) -> Option<&SmolStr> {
        None
    }
}

/// Folders that hold nothing else.
const FOLDERS: &[&str] =
    &["hieradata", "hiera-data", "group_vars", "host_vars", "inventory", "inventories"];

/// Words for an environment, as parts of names.
const STAGING: &[&str] = &["staging", "stage", "stg", "preprod", "labs"];
const PRODUCTION: &[&str] = &["production", "prod", "prd"];

/// Whether the file at `path` (in production, or of staging where it would stand in
/// production) holds values of an environment.
pub fn is_environment(trees: &dyn Environments, path: &str, facts: &FileFacts) -> bool {
    let mut folders: Vec<&str> = path.split('/').collect();
    let base = folders.pop().unwrap_or_default();
    if folders.iter().any(|folder| FOLDERS.contains(folder))
        || trees.mapping().paired(path).is_some()
    {
        return true;
    }
    let is_variables = base.ends_with(".env") || base.starts_with(".env.");
    if is_variables && facts.provides.iter().all(|provide| provide.kind == kinds::ENV) {
        return true;
    }
    let ending = base.rsplit_once('.').map_or("", |(_, ending)| ending);
    let is_yaml = matches!(ending, "yaml" | "yml" | "eyaml" | "json");
    let is_values = |name: &str| {
        let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
        let mut words = stem.split(['-', '_', '.']);
        stem != "values" && words.any(|word| word == "values")
    };
    if is_yaml && is_values(base) {
        return true;
    }
    let sets = |kind: Kind| facts.provides.iter().any(|provide| provide.kind == kind);
    let in_code = |folder: &&str| matches!(*folder, "modules" | "roles" | "site-modules" | "files");
    let is_data = folders.contains(&"data") && !folders.iter().any(in_code);
    if is_yaml && is_data && sets(kinds::KEY) {
        return true;
    }
    let only_keys = facts.provides.iter().all(|provide| provide.kind.has(Property::KEY))
        && (!facts.provides.is_empty() || facts.requires.is_empty());
    let is_text = is_yaml || matches!(ending, "env" | "ini" | "toml" | "properties" | "conf");
    let is_mapped = trees.staging_path(path).is_some_and(|own| own != path);
    is_text && only_keys && !is_mapped && has_word(path, &[STAGING, PRODUCTION].concat())
}

/// Whether a part of the path is one of the words.
pub(super) fn has_word(path: &str, words: &[&str]) -> bool {
    path.split(['/', '.', '-', '_']).any(|part| words.contains(&part))
}

/// Whether the file is staging's own: a rule's staging side, or named so.
pub(super) fn is_stagings(trees: &dyn Environments, path: &str) -> bool {
    let mapping = trees.mapping();
    // A rule that leads to the same path tells two trees of one layout apart, and no files.
    let leads_away = |own: Option<SmolStr>| own.is_some_and(|own| own != path);
    leads_away(mapping.paired(path))
        || leads_away(mapping.to_production(path))
        || mapping.is_aside(path)
        || has_word(path, STAGING) && !(mapping.is_early() && mapping.is_target(path))
}

/// The file of production that corresponds to staging's `path`, one that `exists`: the paired
/// or mapped one, the same name with production's word or without any, or the same path where
/// that is nobody's own.
pub(super) fn counterpart(
    trees: &dyn Environments,
    path: &str,
    exists: impl Fn(&str) -> bool,
) -> Option<String> {
    let mut ruled = trees.mapping().pairs(path).chain(trees.mapping().to_production(path));
    if let Some(pair) = ruled.find(|pair| exists(pair)) {
        return Some(pair.to_string());
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
    let named = PRODUCTION.iter().map(|word| with(word)).find(|path| exists(path));
    named.or_else(|| without_word(path).filter(|path| exists(path)))
}

/// `web` for `web_stg`: production's files may have no word at all.
fn without_word(path: &str) -> Option<String> {
    let base = base_name(path);
    let (at, word) = STAGING.iter().find_map(|word| {
        let mut all = base.match_indices(word).filter(|(at, _)| *at > 0);
        all.find(|(at, _)| {
            let behind = base[at + word.len()..].chars().next();
            base[..*at].ends_with(['.', '-', '_']) && behind.is_none_or(|c| "._-".contains(c))
        })
    })?;
    let folder = &path[..path.len() - base.len()];
    Some(format!("{folder}{}{}", &base[..at - 1], &base[at + word.len()..]))
}
