//! A tree from a directory, with `.gitignore` respected, but for what git tracks, and hidden files
//! included.

use super::{
    Entry, EntryKind, MAX_FILE_SIZE, Mark, Reader, Tree, TreeError, TreeProblem, path_text, tracked,
};
use rustc_hash::FxHashSet;
use std::io::Read;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

/// A directory, listed once; contents are read on demand.
pub struct DirTree {
    label: String,
    /// Its folder in the git repository that it stands in; empty where there is none.
    folder: String,
    entries: Vec<Entry>,
    files: Vec<PathBuf>,
    problems: Vec<TreeProblem>,
}

impl DirTree {
    /// Lists `root`. `.git` itself is left out.
    pub fn open(root: &Path, spec: &str) -> Result<Self, TreeError> {
        let failed = |error: std::io::Error| TreeError::Open {
            spec: spec.to_owned(),
            reason: error.to_string(),
        };
        let begun = SystemTime::now();
        // A root that is a link is what the user named: only links below are left alone.
        let root = root.canonicalize().map_err(failed)?;
        std::fs::read_dir(&root).map_err(failed)?;
        let mut found = Vec::new();
        let mut problems = Vec::new();
        let inside = |path: &Path| {
            let relative = path.strip_prefix(&root).unwrap_or(path);
            path_text(relative.as_os_str().as_bytes())
        };
        super::ignores::walk(&root, |entry| {
            let entry = match entry {
                Ok(entry) => entry,
                Err(error) => {
                    let path = failed_path(&error).map(&inside).unwrap_or_default();
                    let reason = match error.io_error() {
                        Some(reason) => reason.to_string(),
                        None => error.to_string(),
                    };
                    let message = format!("cannot be listed: {reason}");
                    problems.push(TreeProblem { path, message, rule: "parse-error" });
                    return;
                }
            };
            let Some(file_type) = entry.file_type() else { return };
            if entry.depth() == 0 || file_type.is_dir() {
                return;
            }
            let path = inside(entry.path());
            let Some(kind) = kind(file_type) else {
                let message = "neither a file nor a link (a pipe, a socket or a device); not read";
                problems.push(TreeProblem { path, message: message.into(), rule: "parse-error" });
                return;
            };
            let about = entry.metadata().ok();
            let size = about.as_ref().map(|own| own.len());
            let mark = about.and_then(|own| Mark::of(entry.path(), &own, begun));
            found.push((Entry { path, kind, size, id: None, mark }, entry.into_path()));
        });
        // What an ignore file names and git tracks is part of the tree.
        let known: FxHashSet<PathBuf> = found.iter().map(|(_, file)| file.clone()).collect();
        for file in tracked::tracked(&root) {
            let about = file.symlink_metadata().ok().filter(|_| !known.contains(&file));
            let Some(about) = about else { continue };
            let Some(kind) = kind(about.file_type()) else { continue };
            let (path, size) = (inside(&file), Some(about.len()));
            let mark = Mark::of(&file, &about, begun);
            found.push((Entry { path, kind, size, id: None, mark }, file));
        }
        found.sort_by(|a, b| a.0.path.cmp(&b.0.path));
        // Two names differ on disk and not as text where one spells `\xNN` out.
        found.dedup_by(|a, b| a.0.path == b.0.path);
        let (entries, files) = found.into_iter().unzip();
        let folder = folder_in_repository(&root).unwrap_or_default();
        Ok(Self { label: spec.to_owned(), folder, entries, files, problems })
    }
}

/// A regular file or a link.
fn kind(of: std::fs::FileType) -> Option<EntryKind> {
    match (of.is_symlink(), of.is_file()) {
        (true, _) => Some(EntryKind::Symlink),
        (_, true) => Some(EntryKind::File),
        _ => None,
    }
}

/// The path of `root` from the top of the work tree that it stands in.
fn folder_in_repository(root: &Path) -> Option<String> {
    let top = tracked::top_of(root)?;
    let folder = root.strip_prefix(top).ok()?;
    Some(path_text(folder.as_os_str().as_bytes()).to_string())
}

/// The path that an error of the walk is about.
fn failed_path(error: &ignore::Error) -> Option<&Path> {
    match error {
        ignore::Error::WithPath { path, .. } => Some(path),
        ignore::Error::Loop { child, .. } => Some(child),
        ignore::Error::WithDepth { err, .. } | ignore::Error::WithLineNumber { err, .. } => {
            failed_path(err)
        }
        ignore::Error::Partial(errors) => errors.iter().find_map(failed_path),
        _ => None,
    }
}

/// Reads a file, one byte past the limit at most: it may have grown since it was listed.
fn read_bounded(file: &Path) -> std::io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    std::fs::File::open(file)?.take(MAX_FILE_SIZE + 1).read_to_end(&mut bytes)?;
    Ok(bytes)
}

impl Tree for DirTree {
    fn label(&self) -> &str {
        &self.label
    }

    fn entries(&self) -> &[Entry] {
        &self.entries
    }

    fn problems(&self) -> &[TreeProblem] {
        &self.problems
    }

    fn repository_path(&self, path: &str) -> String {
        super::below(&self.folder, path)
    }

    fn reader(&self) -> Box<dyn Reader + '_> {
        Box::new(DirReader(self))
    }
}

struct DirReader<'t>(&'t DirTree);

impl Reader for DirReader<'_> {
    fn read(&mut self, ix: usize) -> Result<Vec<u8>, TreeError> {
        let tree = self.0;
        let file = &tree.files[ix];
        let contents = match tree.entries[ix].kind {
            EntryKind::Symlink => {
                std::fs::read_link(file).map(|target| target.as_os_str().as_bytes().to_vec())
            }
            EntryKind::File => read_bounded(file),
            EntryKind::Submodule => Ok(Vec::new()),
        };
        contents.map_err(|error| TreeError::Read {
            path: tree.entries[ix].path.to_string(),
            reason: error.to_string(),
        })
    }
}
