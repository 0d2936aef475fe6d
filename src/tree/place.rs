//! Where a path of a tree lies in a folder that is written to.

use std::fs;
use std::path::{Component, Path, PathBuf};

/// The file for `path` below `root`; `None` where it would lie outside of it or in a repository's
/// own folder, or where one of its existing parts is a link.
pub fn destination(root: &Path, path: &str) -> Option<PathBuf> {
    let mut file = root.to_owned();
    for part in Path::new(path).components() {
        let Component::Normal(part) = part else { return None };
        if part == ".git" {
            return None;
        }
        file.push(part);
        if fs::symlink_metadata(&file).is_ok_and(|found| found.is_symlink()) {
            return None;
        }
    }
    (file != root).then_some(file)
}
