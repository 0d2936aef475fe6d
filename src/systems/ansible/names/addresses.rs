//! Roles that a tree tells the origin of, beside its lists of requirements.

use crate::facts::Standing;
use crate::facts::kinds;
use crate::graph::{Graph, Site};
use memchr::memmem;
use rustc_hash::FxHashSet;
use smol_str::SmolStr;
use std::sync::OnceLock;

/// Roles that the tree's documentation tells to install.
pub(super) fn documented<'g>(graph: &'g Graph<'_>) -> impl Iterator<Item = SmolStr> + 'g {
    let is_prose = |site: &Site| graph.snapshot.file(site.file).standing == Standing::Documentation;
    let aside = graph.all_aside(kinds::ANSIBLE_LISTED_ROLE).iter();
    aside.filter(move |(_, site)| is_prose(site)).map(|(name, _)| name.clone())
}

/// Names of repositories with roles whose addresses the tree's texts hold: a play of the tree may clone them to
/// where roles are looked for.
#[derive(Default)]
pub(super) struct Addresses(OnceLock<FxHashSet<SmolStr>>);

/// Bytes of all texts together that are looked through.
const MOST: usize = 32 << 20;

impl Addresses {
    /// Whether a repository is called as the role.
    pub(super) fn has(&self, graph: &Graph<'_>, role: &str) -> bool {
        self.0.get_or_init(|| all(graph)).contains(role)
    }
}

fn all(graph: &Graph<'_>) -> FxHashSet<SmolStr> {
    let mut left = MOST;
    let mut found = FxHashSet::default();
    for (ix, path) in graph.paths.under("") {
        if ![".yml", ".yaml", ".sh", ".md", ".cfg", ".txt"].iter().any(|end| path.ends_with(end)) {
            continue;
        }
        let bytes = graph.snapshot.contents(ix);
        let Some(rest) = left.checked_sub(bytes.len()) else { break };
        left = rest;
        for sign in ["://", "git@"] {
            let at = memmem::find_iter(&bytes, sign.as_bytes());
            found.extend(at.filter_map(|at| repository(&bytes[at + sign.len()..])));
        }
    }
    found
}

/// The name of the repository whose address, `HOST/OWNER/NAME`, the text begins with.
fn repository(text: &[u8]) -> Option<SmolStr> {
    let is_end = |byte: &u8| byte.is_ascii_whitespace() || b"\"'<>(),;#?".contains(byte);
    let end = text.iter().take(300).position(is_end).unwrap_or(text.len().min(300));
    let address = std::str::from_utf8(&text[..end]).ok()?.trim_end_matches('/');
    let parts: Vec<&str> = address.split(['/', ':']).collect();
    let name = parts.last().filter(|_| parts.len() > 2)?;
    // A role for a program is often called as the program, whose address says nothing of the role.
    let is_role = name.contains("ansible") || name.contains("role");
    is_role.then(|| name.strip_suffix(".git").unwrap_or(name).into())
}

#[cfg(test)]
mod tests {
    use super::repository;

    #[test]
    fn names_of_repositories() {
        let of = |text: &str| repository(text.as_bytes()).unwrap_or_default();
        assert_eq!(of("git.example.org/ops/role-ca\n"), "role-ca");
        assert_eq!(of("example.org:ops/role-ca.git'"), "role-ca");
        assert_eq!(of("git.example.org/role-ca"), "");
        assert_eq!(of("git.example.org/maubot/maubot"), "");
        assert_eq!(of(""), "");
    }
}
