//! What a change touches.

use crate::graph::Graph;
use crate::loader::FileIx;
use smol_str::SmolStr;
use std::sync::Arc;

/// A file that differs between the two trees.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Changed {
    /// Its path.
    pub path: SmolStr,
    /// Its index in the old tree; `None` where it is new.
    pub old: Option<FileIx>,
    /// Its index in the new tree; `None` where it is deleted.
    pub new: Option<FileIx>,
}

/// Every file that was added, deleted or has other contents, by path.
pub fn changed_files(old: &Graph<'_>, new: &Graph<'_>) -> Vec<Changed> {
    let (before, after) = (&old.snapshot.files, &new.snapshot.files);
    let mut out = Vec::new();
    let (mut left, mut right) = (0, 0);
    loop {
        let (a, b) = (before.get(left), after.get(right));
        let order = match (a, b) {
            (None, None) => return out,
            (Some(_), None) => std::cmp::Ordering::Less,
            (None, Some(_)) => std::cmp::Ordering::Greater,
            (Some(a), Some(b)) => a.entry.path.cmp(&b.entry.path),
        };
        let (ix_a, ix_b) = (left as FileIx, right as FileIx);
        let mut push = |path: &SmolStr, old, new| {
            out.push(Changed { path: path.clone(), old, new });
        };
        match (order, a, b) {
            (std::cmp::Ordering::Less, Some(a), _) => {
                if !is_own(&a.entry.path) {
                    push(&a.entry.path, Some(ix_a), None);
                }
                left += 1;
            }
            (std::cmp::Ordering::Greater, _, Some(b)) => {
                if !is_own(&b.entry.path) {
                    push(&b.entry.path, None, Some(ix_b));
                }
                right += 1;
            }
            (_, Some(a), Some(b)) => {
                let known = !a.systems.is_empty() && Arc::ptr_eq(&a.facts, &b.facts);
                let differs = a.entry.kind != b.entry.kind
                    || !known && old.snapshot.blob_id(ix_a) != new.snapshot.blob_id(ix_b);
                if differs && !is_own(&a.entry.path) {
                    push(&a.entry.path, Some(ix_a), Some(ix_b));
                }
                left += 1;
                right += 1;
            }
            _ => return out,
        }
    }
}

/// Whether a file is for us alone: no host gets it.
fn is_own(path: &str) -> bool {
    path == crate::config::FILE_NAME || path.starts_with(".crosscheck/")
}
