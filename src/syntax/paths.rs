//! Paths of files that are templates of others.

/// A path without the ending that makes it a template.
pub(crate) fn rendered(path: &str) -> &str {
    let endings = [".erb", ".j2", ".epp", ".tpl"];
    endings.iter().find_map(|ending| path.strip_suffix(ending)).unwrap_or(path)
}
