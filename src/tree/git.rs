//! A tree from a git revision or from the index, read straight from the object database.

use super::{BlobId, Entry, EntryKind, Reader, Tree, TreeError, TreeProblem, path_text};
use gix::index::entry::{Mode, Stage};
use gix::objs::tree::EntryKind as GitKind;
use smol_str::SmolStr;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// A revision's tree, or a sub-folder of it, or what is staged for commit.
pub struct GitTree {
    label: String,
    repo: gix::ThreadSafeRepository,
    entries: Vec<Entry>,
    oids: Vec<gix::ObjectId>,
    problems: Vec<TreeProblem>,
}

impl GitTree {
    /// Opens the tree of `rev` (anything `git rev-parse` takes), below `subdir`
    /// unless that is empty.
    pub fn open(repo: &Path, rev: &str, subdir: &str, spec: &str) -> Result<Self, TreeError> {
        let failed = |reason: String| TreeError::Open { spec: spec.to_owned(), reason };
        let repo = discover(repo, spec)?;
        let (entries, oids) = {
            let local = repo.to_thread_local();
            let id = local.rev_parse_single(rev).map_err(|error| {
                failed(format!(
                    "unknown revision {rev} in {}: {error}; a shallow clone may lack it",
                    repo.refs.git_dir().display()
                ))
            })?;
            let mut tree = id
                .object()
                .and_then(|object| object.peel_to_tree())
                .map_err(|error| failed(format!("{rev} has no tree: {error}")))?;
            let subdir = subdir.trim_matches('/');
            if !subdir.is_empty() {
                let entry = tree
                    .lookup_entry_by_path(subdir)
                    .map_err(|error| failed(error.to_string()))?
                    .ok_or_else(|| failed(format!("{rev} has no folder {subdir}")))?;
                tree = entry
                    .object()
                    .map_err(|error| failed(error.to_string()))?
                    .try_into_tree()
                    .map_err(|_| failed(format!("{subdir} is not a folder in {rev}")))?;
            }
            list(&tree).map_err(|error| failed(error.to_string()))?
        };
        Ok(Self { label: spec.to_owned(), repo, entries, oids, problems: Vec::new() })
    }

    /// Opens what is staged for commit. A path in conflict has our side's contents.
    pub fn open_index(repo: &Path, spec: &str) -> Result<Self, TreeError> {
        let failed = |reason: String| TreeError::Open { spec: spec.to_owned(), reason };
        let repo = discover(repo, spec)?;
        let local = repo.to_thread_local();
        if local.is_bare() {
            return Err(failed("a bare repository has no index; use git:REV".into()));
        }
        let index = local
            .index_or_empty()
            .map_err(|error| failed(format!("the index cannot be read: {error}")))?;
        let mut found: BTreeMap<SmolStr, (Entry, gix::ObjectId)> = BTreeMap::new();
        let mut conflicts = BTreeSet::new();
        for staged in index.entries() {
            if staged.flags.contains(gix::index::entry::Flags::INTENT_TO_ADD) {
                continue;
            }
            let path = path_text(staged.path(&index));
            let kind = match staged.mode {
                Mode::SYMLINK => EntryKind::Symlink,
                Mode::COMMIT => EntryKind::Submodule,
                Mode::DIR => {
                    // A sparse index stands for a whole folder by its tree.
                    let tree = local
                        .find_object(staged.id)
                        .map_err(|error| failed(error.to_string()))?
                        .peel_to_tree()
                        .map_err(|error| failed(error.to_string()))?;
                    let (entries, oids) = list(&tree).map_err(|error| failed(error.to_string()))?;
                    for (entry, oid) in entries.into_iter().zip(oids) {
                        let path =
                            SmolStr::from(format!("{}/{}", path.trim_end_matches('/'), entry.path));
                        let entry = Entry { path: path.clone(), ..entry };
                        found.insert(path, (entry, oid));
                    }
                    continue;
                }
                _ => EntryKind::File,
            };
            let stage = staged.stage();
            if stage != Stage::Unconflicted {
                conflicts.insert(path.clone());
                if stage != Stage::Ours && found.contains_key(&path) {
                    continue;
                }
            }
            let id = Some(BlobId::from_oid(&staged.id));
            let entry = Entry { path: path.clone(), kind, size: None, id };
            found.insert(path, (entry, staged.id));
        }
        let problems = conflicts
            .into_iter()
            .map(|path| TreeProblem {
                path,
                message: "in conflict in the index: resolve it and stage the result".into(),
                rule: "parse-error",
            })
            .collect();
        let (entries, oids) = found.into_values().unzip();
        Ok(Self { label: spec.to_owned(), repo, entries, oids, problems })
    }
}

fn discover(repo: &Path, spec: &str) -> Result<gix::ThreadSafeRepository, TreeError> {
    gix::ThreadSafeRepository::discover(repo).map_err(|error| TreeError::Open {
        spec: spec.to_owned(),
        reason: format!("no git repository at {}: {error}; name one with -C", repo.display()),
    })
}

/// All blobs, links and submodules under `tree`, sorted by path.
fn list(
    tree: &gix::Tree<'_>,
) -> Result<(Vec<Entry>, Vec<gix::ObjectId>), Box<dyn std::error::Error>> {
    let mut found = Vec::new();
    for record in tree.traverse().breadthfirst.files()? {
        let kind = match record.mode.kind() {
            GitKind::Tree => continue,
            GitKind::Blob | GitKind::BlobExecutable => EntryKind::File,
            GitKind::Link => EntryKind::Symlink,
            GitKind::Commit => EntryKind::Submodule,
        };
        let path = path_text(&record.filepath);
        let id = Some(BlobId::from_oid(&record.oid));
        found.push((Entry { path, kind, size: None, id }, record.oid));
    }
    found.sort_by(|a, b| a.0.path.cmp(&b.0.path));
    Ok(found.into_iter().unzip())
}

impl Tree for GitTree {
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
        Box::new(GitReader { tree: self, repo: self.repo.to_thread_local() })
    }
}

struct GitReader<'t> {
    tree: &'t GitTree,
    repo: gix::Repository,
}

impl Reader for GitReader<'_> {
    fn read(&mut self, ix: usize) -> Result<Vec<u8>, TreeError> {
        if self.tree.entries[ix].kind == EntryKind::Submodule {
            return Ok(Vec::new());
        }
        self.repo.find_object(self.tree.oids[ix]).map(|object| object.detach().data).map_err(
            |error| TreeError::Read {
                path: self.tree.entries[ix].path.to_string(),
                reason: error.to_string(),
            },
        )
    }
}
