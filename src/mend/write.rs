//! Writes mended files into the folder that they were read from: all of them, or none.

use super::Mended;
use crate::tree;
use smol_str::SmolStr;
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use tempfile::NamedTempFile;

/// Why nothing was written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum WriteError {
    /// The path leaves the folder, or leads through a link.
    #[error("{0}: refused, for it would be written outside the folder or through a link")]
    Escapes(SmolStr),
    /// The file is no longer what was checked.
    #[error("{0}: changed since it was read; nothing was written")]
    Changed(SmolStr),
    /// The file system refused.
    #[error("{path}: {source}; nothing was written")]
    Io {
        /// Path in the tree.
        path: SmolStr,
        /// Its reason.
        source: io::Error,
    },
}

/// A file that is about to take the place of another.
struct Staged<'m> {
    mended: &'m Mended,
    target: PathBuf,
    file: NamedTempFile,
}

/// Writes `files` below `folder`.
///
/// Each is written beside its target first, with its permissions. Only when all are there, and each
/// target still is what was read, do they take their targets' places; if one cannot, those that did
/// get their old text back.
///
/// # Errors
/// Where a path leads out, a file changed meanwhile, or the file system refuses.
pub fn write(files: &[Mended], folder: &Path) -> Result<(), WriteError> {
    let io = |path: &SmolStr| {
        let path = path.clone();
        move |source| WriteError::Io { path, source }
    };
    let root = folder.canonicalize().map_err(io(&folder.display().to_string().into()))?;
    let mut staged = Vec::new();
    for mended in files {
        let target = tree::destination(&root, &mended.path)
            .ok_or_else(|| WriteError::Escapes(mended.path.clone()))?;
        let file = stage(mended, &target).map_err(io(&mended.path))?;
        staged.push(Staged { mended, target, file });
    }
    for own in &staged {
        let now = fs::read(&own.target).map_err(io(&own.mended.path))?;
        if now != own.mended.before.as_bytes() {
            return Err(WriteError::Changed(own.mended.path.clone()));
        }
    }
    let mut done: Vec<(&Mended, PathBuf)> = Vec::new();
    for own in staged {
        if let Err(error) = own.file.persist(&own.target) {
            for (mended, target) in &done {
                // The first error is the one to tell; a text that cannot be put back is in the diff.
                let _ = fs::write(target, &mended.before);
            }
            return Err(io(&own.mended.path)(error.error));
        }
        done.push((own.mended, own.target));
    }
    Ok(())
}

/// The new text in a file beside the old one, which it can replace.
fn stage(mended: &Mended, target: &Path) -> io::Result<NamedTempFile> {
    let permissions = fs::symlink_metadata(target)?.permissions();
    let folder = target.parent().unwrap_or(Path::new("."));
    let mut file = NamedTempFile::new_in(folder)?;
    file.write_all(mended.after.as_bytes())?;
    file.as_file().set_permissions(permissions)?;
    file.as_file().sync_all()?;
    Ok(file)
}

#[cfg(test)]
mod tests {
    use super::{WriteError, write};
    use crate::mend::Mended;
    use std::fs;

    fn mended(path: &str, before: &str, after: &str) -> Mended {
        let (before, after) = (before.to_owned(), after.to_owned());
        Mended { path: path.into(), before, after, edits: Vec::new() }
    }

    #[test]
    fn all_are_written_or_none() {
        let dir = tempfile::tempdir().expect("a folder");
        let at = |name: &str| dir.path().join(name);
        fs::write(at("a"), "old a").expect("written");
        fs::write(at("b"), "old b").expect("written");
        let first = mended("a", "old a", "new a");
        let stale = mended("b", "what was read", "new b");
        let refused = write(&[first.clone(), stale], dir.path());
        assert!(matches!(refused, Err(WriteError::Changed(path)) if path == "b"));
        assert_eq!(fs::read_to_string(at("a")).expect("read"), "old a");
        write(&[first, mended("b", "old b", "new b")], dir.path()).expect("written");
        assert_eq!(fs::read_to_string(at("a")).expect("read"), "new a");
        assert_eq!(fs::read_to_string(at("b")).expect("read"), "new b");
        let left = fs::read_dir(dir.path()).expect("listed").count();
        assert_eq!(left, 2, "nothing of the way there is left");
    }

    #[cfg(unix)]
    #[test]
    fn permissions_stay_and_links_are_not_followed() {
        use std::os::unix::fs::{PermissionsExt, symlink};
        let dir = tempfile::tempdir().expect("a folder");
        let (inside, outside) = (dir.path().join("in"), dir.path().join("out"));
        fs::create_dir_all(&inside).expect("made");
        fs::write(inside.join("run"), "old").expect("written");
        fs::set_permissions(inside.join("run"), fs::Permissions::from_mode(0o750)).expect("set");
        write(&[mended("run", "old", "new")], &inside).expect("written");
        let mode = fs::metadata(inside.join("run")).expect("there").permissions().mode();
        assert_eq!(mode & 0o777, 0o750);
        fs::write(&outside, "old").expect("written");
        symlink(&outside, inside.join("link")).expect("linked");
        let refused = write(&[mended("link", "old", "new")], &inside);
        assert!(matches!(refused, Err(WriteError::Escapes(_))));
        let refused = write(&[mended("../out", "old", "new")], &inside);
        assert!(matches!(refused, Err(WriteError::Escapes(_))));
        assert_eq!(fs::read_to_string(&outside).expect("read"), "old");
    }
}
