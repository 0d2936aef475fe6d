//! The list of files that a file of Compose takes in.

use crate::syntax::yaml::Node;

/// The detail of a file that takes in what is not known here.
pub(super) const ELSEWHERE: &str = "elsewhere";

/// Entries of a list; a value by itself is its only one.
pub(super) fn several<'n, 'y>(node: &'n Node<'y>) -> &'n [Node<'y>] {
    match node.items() {
        [] => std::slice::from_ref(node),
        items => items,
    }
}

/// The paths of the list, as they are written.
pub(super) fn paths<'n, 'y>(root: &'n Node<'y>) -> Vec<&'n Node<'y>> {
    let entries = root.get("include").map(several).unwrap_or_default().iter();
    entries.flat_map(|own| several(own.get("path").unwrap_or(own))).collect()
}

/// A path of the tree, and none that is filled in or lies elsewhere.
pub(super) fn known<'n>(node: &'n Node<'_>) -> Option<&'n str> {
    let is_here = |own: &&str| {
        !own.is_empty() && !own.contains(['$', '{', '~', ':', '#']) && !own.starts_with('/')
    };
    node.as_str().filter(is_here)
}

/// Whether a file takes in what is not known here.
pub(super) fn is_open(root: &Node<'_>) -> bool {
    paths(root).iter().any(|own| known(own).is_none())
}
