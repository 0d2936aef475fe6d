//! Files that git tracks in a work tree: as git does it, ignore files do not count for them.

use gix::index::entry::{Flags, Mode};
use std::collections::HashMap;
use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

/// The files and links below `root` that the index of its repository has and that are there, as
/// the index has them; none where there is no repository, or it cannot be read. No link is
/// followed.
pub(super) fn tracked(root: &Path) -> Vec<PathBuf> {
    let Some(top) = top_of(root) else { return Vec::new() };
    let Ok(folder) = root.strip_prefix(top) else { return Vec::new() };
    let Some(index) = index(top) else { return Vec::new() };
    let mut folders = HashMap::new();
    let own = index.entries().iter().filter(|own| {
        matches!(own.mode, Mode::FILE | Mode::FILE_EXECUTABLE | Mode::SYMLINK)
            && !own.flags.contains(Flags::INTENT_TO_ADD)
    });
    let paths = own.filter_map(|own| {
        let path = Path::new(OsStr::from_bytes(own.path(&index)));
        let inside = path.strip_prefix(folder).ok()?;
        let is_plain =
            inside.components().all(|part| matches!(part, std::path::Component::Normal(_)));
        (is_plain && is_below_folders(root, inside, &mut folders)).then(|| root.join(inside))
    });
    let mut paths: Vec<PathBuf> = paths.collect();
    paths.dedup();
    paths
}

/// The top of the work tree that `root` stands in.
pub(super) fn top_of(root: &Path) -> Option<&Path> {
    root.ancestors().find(|folder| folder.join(".git").exists())
}

/// What git's own settings elsewhere say does not matter.
fn index(top: &Path) -> Option<gix::index::File> {
    // `.git` as a link leads out of the tree.
    let is_there = top.join(".git").symlink_metadata().is_ok_and(|found| !found.is_symlink());
    let options = gix::open::Options::isolated();
    let repo = is_there.then(|| gix::ThreadSafeRepository::open_opts(top, options).ok())??;
    repo.to_thread_local().open_index().ok()
}

/// Whether all that stands before the last part of `path` are folders, and no links to such.
fn is_below_folders(root: &Path, path: &Path, known: &mut HashMap<PathBuf, bool>) -> bool {
    let Some(folder) = path.parent().filter(|own| !own.as_os_str().is_empty()) else {
        return true;
    };
    if let Some(own) = known.get(folder) {
        return *own;
    }
    let is_folder = || root.join(folder).symlink_metadata().is_ok_and(|found| found.is_dir());
    let own = is_below_folders(root, folder, known) && is_folder();
    known.insert(folder.to_owned(), own);
    own
}
