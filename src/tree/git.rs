//! A tree from a git revision or from the index, read straight from the object database.

use super::{BlobId, Entry, EntryKind, Reader, Tree, TreeError, TreeProblem, differ, path_text};
use gix::index::entry::{Mode, Stage};
use smol_str::SmolStr;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// What git calls the tree that holds nothing; no repository has to hold it.
pub const EMPTY_TREE: &str = "4b825dc642cb6eb9a060e54bf8d69288fbee4904";

/// A revision's tree, or a sub-folder of it, or what is staged for commit.
pub struct GitTree {
    label: String,
    /// The folder of the repository that is the tree's root; empty for the repository's own.
    folder: String,
    repo: gix::ThreadSafeRepository,
    /// The tree object that it is; none of the index.
    root: Option<gix::ObjectId>,
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
        let subdir = subdir.trim_matches('/');
        let folder = subdir.to_owned();
        let label = spec.to_owned();
        let problems = Vec::new();
        if rev == EMPTY_TREE || is_before_first_commit(&repo, rev) {
            let (entries, oids) = (Vec::new(), Vec::new());
            return Ok(Self { label, folder, repo, root: None, entries, oids, problems });
        }
        let (entries, oids) = {
            let local = repo.to_thread_local();
            let id = local.rev_parse_single(rev).map_err(|error| {
                failed(format!(
                    "unknown revision {rev} in {}: {error}; a shallow clone may lack it",
                    repo.refs.git_dir().display()
                ))
            })?;
            let tree = id
                .object()
                .and_then(|object| object.peel_to_tree())
                .map_err(|error| failed(format!("{rev} has no tree: {error}")))?;
            below(tree, subdir, rev).and_then(|tree| listed(&tree)).map_err(failed)?
        };
        Ok(Self { label, folder, repo, root: None, entries, oids, problems })
    }

    /// The tree with this identity, below `subdir` unless that is empty. Reports call it `label`.
    pub fn of(
        repo: gix::ThreadSafeRepository,
        tree: gix::ObjectId,
        subdir: &str,
        label: String,
    ) -> Result<Self, TreeError> {
        let failed = |reason: String| TreeError::Open { spec: label.clone(), reason };
        let local = repo.to_thread_local();
        let root = root(&local, tree, subdir, &label).map_err(failed)?;
        let tree = local.find_tree(root).map_err(|error| failed(error.to_string()))?;
        let (entries, oids) = listed(&tree).map_err(failed)?;
        let (folder, problems) = (subdir.to_owned(), Vec::new());
        Ok(Self { label, folder, repo, root: Some(root), entries, oids, problems })
    }

    /// As [`GitTree::of`], of a tree that follows on this one, with the paths that differ: only
    /// folders that do are read.
    pub fn next(
        &self,
        tree: gix::ObjectId,
        label: String,
    ) -> Result<(Self, Vec<SmolStr>), TreeError> {
        let failed = |reason: String| TreeError::Open { spec: label.clone(), reason };
        let Some(before) = self.root else {
            return Err(failed("what is before it is no tree of the repository".into()));
        };
        let local = self.repo.to_thread_local();
        let root = root(&local, tree, &self.folder, &label).map_err(failed)?;
        let differences = differ::differ(&local, before, root).map_err(failed)?;
        let (entries, oids) = differ::with(&self.entries, &self.oids, &differences, entry);
        let (folder, repo, problems) = (self.folder.clone(), self.repo.clone(), Vec::new());
        let own = Self { label, folder, repo, root: Some(root), entries, oids, problems };
        Ok((own, differences.into_keys().collect()))
    }

    /// Opens what is staged for commit, below `subdir` unless that is empty. A path in
    /// conflict has our side's contents. `file` is the index that git has open for the commit
    /// that is being made, where it is not the repository's usual one: what `git commit -a`
    /// commits stands there alone.
    pub fn open_index(
        repo: &Path,
        subdir: &str,
        spec: &str,
        file: Option<&Path>,
    ) -> Result<Self, TreeError> {
        let failed = |reason: String| TreeError::Open { spec: spec.to_owned(), reason };
        let repo = discover(repo, spec)?;
        let local = repo.to_thread_local();
        if local.is_bare() {
            return Err(failed("a bare repository has no index; use git:REV".into()));
        }
        let unreadable = |error: String| failed(format!("the index cannot be read: {error}"));
        let index = match file {
            None => {
                let index = local.index_or_empty();
                let index = index.map_err(|error| unreadable(error.to_string()))?;
                gix::index::File::clone(&index)
            }
            Some(file) => {
                let options = gix::index::decode::Options::default();
                gix::index::File::at(file, local.object_hash(), false, options)
                    .map_err(|error| unreadable(error.to_string()))?
            }
        };
        let Staged { found, conflicts } = Staged::read(&index, &local).map_err(failed)?;
        let subdir = subdir.trim_matches('/');
        let inside = |path: &SmolStr| match subdir {
            "" => Some(path.clone()),
            subdir => Some(path.strip_prefix(subdir)?.strip_prefix('/')?.into()),
        };
        let problems = conflicts
            .iter()
            .filter_map(inside)
            .map(|path| TreeProblem {
                path,
                message: "in conflict in the index: resolve it and stage the result".into(),
                rule: "parse-error",
            })
            .collect();
        let (entries, oids) = found
            .into_values()
            .filter_map(|(entry, oid)| {
                let path = inside(&entry.path)?;
                Some((Entry { path, ..entry }, oid))
            })
            .unzip();
        let (label, folder) = (spec.to_owned(), subdir.to_owned());
        Ok(Self { label, folder, repo, root: None, entries, oids, problems })
    }
}

/// What is staged, by path.
struct Staged {
    found: BTreeMap<SmolStr, (Entry, gix::ObjectId)>,
    /// Paths in conflict.
    conflicts: BTreeSet<SmolStr>,
}

impl Staged {
    fn read(index: &gix::index::File, repo: &gix::Repository) -> Result<Self, String> {
        let mut found: BTreeMap<SmolStr, (Entry, gix::ObjectId)> = BTreeMap::new();
        let mut conflicts = BTreeSet::new();
        for staged in index.entries() {
            if staged.flags.contains(gix::index::entry::Flags::INTENT_TO_ADD) {
                continue;
            }
            let path = path_text(staged.path(index));
            let kind = match staged.mode {
                Mode::SYMLINK => EntryKind::Symlink,
                Mode::COMMIT => EntryKind::Submodule,
                Mode::DIR => {
                    // A sparse index stands for a whole folder by its tree.
                    let tree = repo
                        .find_object(staged.id)
                        .map_err(|error| error.to_string())?
                        .peel_to_tree()
                        .map_err(|error| error.to_string())?;
                    let (entries, oids) = list(&tree).map_err(|error| error.to_string())?;
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
            let entry = Entry { path: path.clone(), kind, size: None, id, mark: None };
            found.insert(path, (entry, staged.id));
        }
        Ok(Self { found, conflicts })
    }
}

/// The folder `subdir` of a tree, which is called `rev`; the tree itself if that is empty.
fn below<'r>(tree: gix::Tree<'r>, subdir: &str, rev: &str) -> Result<gix::Tree<'r>, String> {
    if subdir.is_empty() {
        return Ok(tree);
    }
    let entry = tree
        .lookup_entry_by_path(subdir)
        .map_err(|error| error.to_string())?
        .ok_or_else(|| format!("{rev} has no folder {subdir}"))?;
    let object = entry.object().map_err(|error| error.to_string())?;
    object.try_into_tree().map_err(|_| format!("{subdir} is not a folder in {rev}"))
}

pub(super) fn discover(repo: &Path, spec: &str) -> Result<gix::ThreadSafeRepository, TreeError> {
    gix::ThreadSafeRepository::discover(repo).map_err(|error| TreeError::Open {
        spec: spec.to_owned(),
        reason: format!("no git repository at {}: {error}; name one with -C", repo.display()),
    })
}

/// Whether `rev` is the tip of a branch that has no commit yet.
fn is_before_first_commit(repo: &gix::ThreadSafeRepository, rev: &str) -> bool {
    let local = repo.to_thread_local();
    matches!(rev, "HEAD" | "@") && local.head().is_ok_and(|head| head.is_unborn())
}

/// The commit where the histories of `one` and `other` parted, as a revision; `None` where
/// they have nothing in common, or not in what a shallow clone holds.
///
/// # Errors
/// Where one of them is no commit of the repository at `repo`.
pub fn merge_base(repo: &Path, one: &str, other: &str) -> Result<Option<String>, TreeError> {
    let spec = format!("git:{one}..{other}");
    let repo = discover(repo, &spec)?.to_thread_local();
    let (one, other) = (commit_of(&repo, one)?, commit_of(&repo, other)?);
    Ok(repo.merge_base(one, other).ok().flatten().map(|id| id.to_string()))
}

/// The commit that `rev` names.
pub(super) fn commit_of(repo: &gix::Repository, rev: &str) -> Result<gix::ObjectId, TreeError> {
    let failed = |error: String| TreeError::Open {
        spec: format!("git:{rev}"),
        reason: format!("no such commit: {error}; a shallow clone may lack it"),
    };
    let id = repo.rev_parse_single(rev).map_err(|error| failed(error.to_string()))?;
    let object = id.object().map_err(|error| failed(error.to_string()))?;
    let commit = object.peel_to_commit().map_err(|error| failed(error.to_string()))?;
    Ok(commit.id)
}

/// The tree object of the folder `subdir` of a tree.
pub(super) fn root(
    repo: &gix::Repository,
    tree: gix::ObjectId,
    subdir: &str,
    label: &str,
) -> Result<gix::ObjectId, String> {
    let tree = repo.find_tree(tree).map_err(|error| error.to_string())?;
    Ok(below(tree, subdir, label)?.id)
}

fn entry(path: &SmolStr, kind: EntryKind, oid: gix::ObjectId) -> Entry {
    let id = Some(BlobId::from_oid(&oid));
    Entry { path: path.clone(), kind, size: None, id, mark: None }
}

/// [`list`] with its error as text.
fn listed(tree: &gix::Tree<'_>) -> Result<(Vec<Entry>, Vec<gix::ObjectId>), String> {
    list(tree).map_err(|error| error.to_string())
}

/// All blobs, links and submodules under `tree`, sorted by path.
fn list(
    tree: &gix::Tree<'_>,
) -> Result<(Vec<Entry>, Vec<gix::ObjectId>), Box<dyn std::error::Error>> {
    let mut found = Vec::new();
    for record in tree.traverse().breadthfirst.files()? {
        let Some(kind) = differ::sort_of(record.mode.kind()) else { continue };
        found.push((entry(&path_text(&record.filepath), kind, record.oid), record.oid));
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

    fn repository_path(&self, path: &str) -> String {
        super::below(&self.folder, path)
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
        let path = || self.tree.entries[ix].path.to_string();
        match self.repo.try_find_object(self.tree.oids[ix]) {
            Ok(Some(object)) => Ok(object.detach().data),
            Ok(None) => Err(TreeError::Absent { path: path() }),
            Err(error) => Err(TreeError::Read { path: path(), reason: error.to_string() }),
        }
    }
}
