//! Directives that HAProxy removed, by version (`rules/packs/haproxy.yaml`).

use serde::Deserialize;
use std::sync::OnceLock;

/// A removed directive.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Removed {
    /// Its first word, or first two.
    pub name: String,
    /// First version without it.
    pub removed: String,
    /// What to use in its place.
    #[serde(rename = "use")]
    pub replacement: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct Pack {
    removed_directives: Vec<Removed>,
}

fn table() -> &'static [Removed] {
    static TABLE: OnceLock<Vec<Removed>> = OnceLock::new();
    TABLE.get_or_init(|| {
        let text = include_str!("../../../rules/packs/haproxy.yaml");
        serde_yaml::from_str::<Pack>(text).map(|pack| pack.removed_directives).unwrap_or_default()
    })
}

/// The entry for a directive that `version` no longer has.
pub(super) fn removed(first: &str, second: &str, version: &str) -> Option<&'static Removed> {
    let both = format!("{first} {second}");
    let entry = table().iter().find(|entry| entry.name == first || entry.name == both)?;
    (parts(version) >= parts(&entry.removed)).then_some(entry)
}

fn parts(version: &str) -> Vec<u32> {
    version.split('.').map_while(|part| part.parse().ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_compare_by_number() {
        assert!(removed("reqirep", "", "2.10").is_some());
        assert!(removed("reqirep", "", "2.1").is_some());
        assert!(removed("reqirep", "", "1.8").is_none());
        assert!(removed("option", "forceclose", "2.0.5").is_some());
        assert!(removed("dispatch", "", "3.4").is_none());
    }
}
