//! A tree from a directory, with `.gitignore` respected and hidden files included.

use super::{Entry, EntryKind, Reader, Tree, TreeError, TreeProblem, path_text};
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

/// A directory, listed once; contents are read on demand.
pub struct DirTree {
    label: String,
    entries: Vec<Entry>,
    files: Vec<PathBuf>,
    problems: Vec<TreeProblem>,
}

impl DirTree {
    /// Lists `root`. `.git` itself is left out.
    pub fn open(root: &Path, spec: &str) -> Result<Self, TreeError> {
        let mut found = Vec::new();
        let mut problems = Vec::new();
        let walk = ignore::WalkBuilder::new(root)
            .hidden(false)
            .parents(false)
            .git_global(false)
            .require_git(false)
            .follow_links(false)
            .filter_entry(|entry| entry.file_name() != ".git")
            .build();
        for entry in walk {
            let entry = match entry {
                Ok(entry) => entry,
                Err(error) => {
                    problems.push(TreeProblem {
                        path: "".into(),
                        message: format!("cannot be listed: {error}"),
                        rule: "parse-error",
                    });
                    continue;
                }
            };
            let Some(file_type) = entry.file_type() else {
                continue;
            };
            let kind = if file_type.is_symlink() {
                EntryKind::Symlink
            } else if file_type.is_file() {
                EntryKind::File
            } else {
                continue;
            };
            let Ok(relative) = entry.path().strip_prefix(root) else {
                continue;
            };
            let path = path_text(relative.as_os_str().as_bytes());
            let size = entry.metadata().ok().map(|meta| meta.len());
            found.push((Entry { path, kind, size, id: None }, entry.into_path()));
        }
        found.sort_by(|a, b| a.0.path.cmp(&b.0.path));
        let (entries, files) = found.into_iter().unzip();
        Ok(Self { label: spec.to_owned(), entries, files, problems })
    }
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
            EntryKind::File => std::fs::read(file),
            EntryKind::Submodule => Ok(Vec::new()),
        };
        contents.map_err(|error| TreeError::Read {
            path: tree.entries[ix].path.to_string(),
            reason: error.to_string(),
        })
    }
}
