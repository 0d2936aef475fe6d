//! Writes a promotion into a directory, and nothing outside it.

use super::selection::{Changes, Trees};
use crate::tree::{self, Change, EntryKind};
use smol_str::SmolStr;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// What was done to one path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Applied {
    /// Written.
    Wrote(SmolStr),
    /// Deleted.
    Deleted(SmolStr),
}

/// A promotion that was not (wholly) written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ApplyError {
    /// The path leaves the directory, or leads through a link.
    #[error("{0}: refused, for it would be written outside the directory or through a link")]
    Escapes(SmolStr),
    /// A submodule or a path that is not text cannot be written.
    #[error("{path}: cannot be written: {reason}")]
    Unwritable {
        /// Path in production.
        path: SmolStr,
        /// Why.
        reason: String,
    },
    /// The file system refused.
    #[error("{path}: {source}")]
    Io {
        /// Path in production.
        path: SmolStr,
        /// Its reason.
        source: io::Error,
    },
}

/// Makes `changes` in `dir`. Every path is checked before the first is written.
pub fn apply(trees: &Trees, changes: &Changes, dir: &Path) -> Result<Vec<Applied>, ApplyError> {
    let failed = |path: &SmolStr, source| ApplyError::Io { path: path.clone(), source };
    let root =
        dir.canonicalize().map_err(|error| failed(&dir.display().to_string().into(), error))?;
    for (path, change) in changes {
        destination(&root, path)?;
        if let Change::Put(ix) = change {
            let kind = trees.staging.entries().get(*ix).map(|entry| entry.kind);
            if kind != Some(EntryKind::File) {
                let reason = "only files are written; copy links and submodules by hand".into();
                return Err(ApplyError::Unwritable { path: path.clone(), reason });
            }
        }
    }
    let mut applied = Vec::new();
    let mut reader = trees.staging.reader();
    for (path, change) in changes {
        // Once more: an earlier write must not have opened a way out.
        let file = destination(&root, path)?;
        match *change {
            Change::Delete => match fs::remove_file(&file) {
                Ok(()) => applied.push(Applied::Deleted(path.clone())),
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                Err(error) => return Err(failed(path, error)),
            },
            Change::Put(ix) => {
                let bytes = reader.read(ix).map_err(|error| ApplyError::Unwritable {
                    path: path.clone(),
                    reason: error.to_string(),
                })?;
                if let Some(folder) = file.parent() {
                    fs::create_dir_all(folder).map_err(|error| failed(path, error))?;
                }
                fs::write(&file, bytes).map_err(|error| failed(path, error))?;
                applied.push(Applied::Wrote(path.clone()));
            }
        }
    }
    Ok(applied)
}

/// The file for `path`, none of whose existing parts below `root` is a link.
fn destination(root: &Path, path: &SmolStr) -> Result<PathBuf, ApplyError> {
    tree::destination(root, path).ok_or_else(|| ApplyError::Escapes(path.clone()))
}
