//! Walks a folder with its ignore files respected.
//!
//! The walker opens `.gitignore` and `.git/info/exclude` wherever it meets them. One that is
//! a pipe or leads to a device would never end, and one that is a link reads a file outside
//! the tree; git itself follows no such link. Below a folder that has one, nothing is ignored.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

type Found = Result<ignore::DirEntry, ignore::Error>;

/// Hands every entry below `root` to `add`, but for git's own folders.
pub(super) fn walk(root: &Path, mut add: impl FnMut(Found)) {
    for folder in list(root, is_plain(root), &mut add) {
        // Without ignore files nothing more is left out.
        list(&folder, false, &mut add);
    }
}

/// Lists `root`, and returns the folders that were left out for their ignore files.
fn list(root: &Path, ignores: bool, add: &mut impl FnMut(Found)) -> Vec<PathBuf> {
    let odd: Arc<Mutex<Vec<PathBuf>>> = Arc::default();
    let seen = odd.clone();
    let walk = ignore::WalkBuilder::new(root)
        .hidden(false)
        .ignore(false)
        .parents(false)
        .git_global(false)
        .git_ignore(ignores)
        .git_exclude(ignores)
        .require_git(false)
        .follow_links(false)
        .filter_entry(move |entry| {
            if entry.file_name() == ".git" {
                return false;
            }
            let is_folder =
                entry.depth() > 0 && entry.file_type().is_some_and(|kind| kind.is_dir());
            if !ignores || !is_folder || is_plain(entry.path()) {
                return true;
            }
            if let Ok(mut odd) = seen.lock() {
                odd.push(entry.path().to_owned());
            }
            false
        })
        .build();
    walk.filter(|entry| entry.as_ref().map_or(true, |entry| entry.depth() > 0)).for_each(add);
    let odd = odd.lock().map(|mut odd| std::mem::take(&mut *odd));
    odd.unwrap_or_default()
}

/// Whether the ignore files of a folder are regular files, or are not there.
fn is_plain(folder: &Path) -> bool {
    let plain = |file: PathBuf| file.symlink_metadata().map_or(true, |found| found.is_file());
    let git = folder.join(".git");
    plain(folder.join(".gitignore"))
        && match git.symlink_metadata() {
            Err(_) => true,
            Ok(found) if found.is_dir() => {
                git.join("info").symlink_metadata().map_or(true, |found| found.is_dir())
                    && plain(git.join("info/exclude"))
            }
            Ok(found) => found.is_file(),
        }
}
