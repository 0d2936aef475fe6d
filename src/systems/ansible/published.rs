//! What the collections that most trees use hold: modules with their options, where modules of
//! old moved to, names of filters and tests.
//!
//! (Source: `rules/words/ansible.yaml`, which `scripts/ansible-words --collections` writes.)

use crate::packs::{Words, inflate};
use rustc_hash::FxHashMap;
use std::sync::OnceLock;

/// A list of words a line, deflated by `build.rs`. It is looked up by lines, since few trees ask
/// for more than a few of them, and those that ask for none need not wait for the rest.
const TEXT: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/words/ansible"));

fn text() -> &'static str {
    static READ: OnceLock<String> = OnceLock::new();
    READ.get_or_init(|| inflate(TEXT))
}

/// A list that is read when it is first asked for.
struct List {
    text: &'static str,
    words: OnceLock<Words>,
}

fn lists() -> &'static FxHashMap<&'static str, List> {
    static LISTS: OnceLock<FxHashMap<&'static str, List>> = OnceLock::new();
    LISTS.get_or_init(|| {
        let lines = text().lines().filter_map(|line| line.split_once(": "));
        let list = |text| List { text, words: OnceLock::new() };
        lines.map(|(name, text)| (name, list(text))).collect()
    })
}

fn words(name: &str) -> Option<&'static Words> {
    let list = lists().get(name)?;
    Some(list.words.get_or_init(|| Words::from(list.text.to_owned())))
}

/// The options of a module, by its full name or by that of old.
pub(super) fn module(name: &str) -> Option<&'static Words> {
    let moved = || words("moved").and_then(|own| own.get(name));
    words(if name.contains('.') { name } else { moved()? })
}

/// Whether Ansible ever had a module of this bare name.
pub(super) fn was_module(name: &str) -> bool {
    words("modules").is_some_and(|own| own.get(name).is_some())
}

/// A module of today or of old whose bare name is one letter from this. Other collections write
/// names of such modules without `_`.
pub(super) fn near_module(name: &str) -> Option<&'static str> {
    let plain = |name: &str| name.replace('_', "");
    words("moved")?
        .names()
        .find(|own| strsim::osa_distance(own, name) == 1 && plain(own) != plain(name))
}

/// The modules of a collection, by their names in it; none of a collection that is not listed.
pub(super) fn of_collection(name: &str) -> Option<&'static Words> {
    words(&format!("names.{name}"))
}

/// The module of a collection whose name is a letter or two from `name`, by its full name.
pub(super) fn near_collection(name: &str, module: &str) -> Option<String> {
    let parts = |name: &str| name.matches('.').count();
    let names = lists().keys().filter_map(|own| own.strip_prefix("names."));
    let near = names.filter(|own| parts(own) == parts(name)).filter(|own| {
        own.split('.')
            .zip(name.split('.'))
            .all(|(own, name)| own == name || own.len() > 4 && strsim::osa_distance(own, name) < 3)
    });
    let mut near =
        near.filter(|own| of_collection(own).is_some_and(|own| own.get(module).is_some()));
    let found = near.next()?;
    near.next().is_none().then(|| format!("{found}.{module}"))
}

/// Names of filters, of Jinja, Ansible and its collections.
pub(super) fn filters() -> Option<&'static Words> {
    words("filters")
}

/// Names of tests.
pub(super) fn tests() -> Option<&'static Words> {
    words("tests")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_inflated_is_the_list() {
        assert_eq!(text(), include_str!("../../../rules/words/ansible.yaml"));
    }

    #[test]
    fn what_collections_hold() {
        let has = |module: &str, option: &str| {
            self::module(module).and_then(|own| own.get(option)).is_some()
        };
        assert!(has("ufw", "proto") && has("community.general.ufw", "proto"));
        assert!(!has("ufw", "protocoll"));
        assert!(was_module("docker_container") && !was_module("docker_contaner"));
        assert!(filters().is_some_and(|own| own.get("to_nice_yaml").is_some()));
        assert!(super::tests().is_some_and(|own| own.get("defined").is_some()));
    }
}
