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
    /// The section that it stood in, where that is not a proxy: `global`.
    #[serde(default, rename = "in")]
    pub section: Option<String>,
    /// What to use in its place; may be empty.
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

/// The entry for a directive that `version` no longer has in a section of this kind.
pub(super) fn removed(
    section: &str,
    first: &str,
    second: &str,
    version: &str,
) -> Option<&'static Removed> {
    let both = format!("{first} {second}");
    let entry = table().iter().find(|entry| {
        let own = match &entry.section {
            Some(own) => own == section,
            None => matches!(section, "defaults" | "frontend" | "backend" | "listen"),
        };
        own && (entry.name == first || entry.name == both)
    })?;
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
        let is_removed = |section: &str, first: &str, second: &str, version: &str| {
            removed(section, first, second, version).is_some()
        };
        assert!(is_removed("frontend", "reqirep", "", "2.10"));
        assert!(is_removed("frontend", "reqirep", "", "2.1"));
        assert!(!is_removed("frontend", "reqirep", "", "1.8"));
        assert!(is_removed("defaults", "option", "forceclose", "2.5.1"));
        assert!(!is_removed("listen", "dispatch", "", "3.4"));
        // `grace` left the proxies and came to the global section.
        assert!(is_removed("frontend", "grace", "", "2.8"));
        assert!(!is_removed("global", "grace", "", "2.8"));
        assert!(is_removed("global", "nbproc", "", "2.5"));
    }
}
