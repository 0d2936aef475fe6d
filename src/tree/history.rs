//! What files of a tree were like before: the first parents of its commit, as far as asked for.

use super::differ;
use super::git::{commit_of, discover, root};
use super::named::history_of;
use super::{BlobId, GitTree, TreeError};
use smol_str::SmolStr;
use std::path::Path;

/// Bytes of objects that are kept while a history is read.
const CACHE: usize = 64 << 20;

/// One commit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Commit {
    /// Its id, in full.
    pub id: String,
    /// When it was made, seconds since 1970.
    pub seconds: i64,
    /// The first line of its message.
    pub subject: String,
    oid: gix::ObjectId,
    tree: gix::ObjectId,
}

/// Goes from a commit to its first parent and on, as long as `take` wants the next one. Returns
/// whether there were more.
fn first_parents(
    repo: &gix::Repository,
    first: gix::ObjectId,
    mut take: impl FnMut(Commit) -> bool,
) -> bool {
    let mut next = Some(first);
    while let Some(id) = next {
        // A shallow clone ends somewhere.
        let Some(commit) = repo.try_find_object(id).ok().flatten() else { return true };
        let Ok(commit) = commit.try_into_commit() else { return false };
        let Ok(tree) = commit.tree_id() else { return false };
        let subject = commit.message().map(|own| own.summary().to_string());
        let own = Commit {
            id: id.to_string(),
            seconds: commit.time().map_or(0, |time| time.seconds),
            subject: subject.unwrap_or_default(),
            oid: id,
            tree: tree.detach(),
        };
        next = commit.parent_ids().next().map(gix::Id::detach);
        if !take(own) {
            return true;
        }
    }
    false
}

/// How far back a history is read. The first commit that is too far back is the last one of it.
#[derive(Debug, Clone, Default)]
pub struct Extent {
    /// Most commits before that one.
    pub limit: Option<usize>,
    /// The first moment, in seconds since 1970.
    pub since: Option<i64>,
    /// A revision: what it holds is too far back.
    pub without: Option<String>,
}

/// The commits of a tree, newest first: each the first parent of the one before.
pub struct History {
    repo: gix::ThreadSafeRepository,
    /// The folder of the repository that is the tree's root.
    folder: String,
    commits: Vec<Commit>,
    /// Whether older commits were left out.
    pub is_cut: bool,
}

impl History {
    /// Of the tree that was opened as `label`, at most `limit` commits; `None` where it is not
    /// kept in a repository.
    pub fn of(label: &str, repo: &Path, limit: usize) -> Option<Self> {
        let (repo, revision, folder) = history_of(label, repo)?;
        let repo = gix::ThreadSafeRepository::discover(&repo).ok()?;
        let mut commits = Vec::new();
        let is_cut = {
            let local = repo.to_thread_local();
            let first = local.rev_parse_single(revision.as_str()).ok()?;
            let first = first.object().ok()?.peel_to_commit().ok()?.id;
            first_parents(&local, first, |commit| {
                let is_in = commits.len() < limit;
                if is_in {
                    commits.push(commit);
                }
                is_in
            })
        };
        Some(Self { repo, folder, commits, is_cut })
    }

    /// Of the folder `folder` of a repository (empty for all of it), from `revision` as far back
    /// as `extent` says. The last commit is what the one before it is compared with.
    ///
    /// # Errors
    /// Where there is no repository, or it does not hold a revision.
    pub fn along(
        repo: &Path,
        revision: &str,
        folder: &str,
        extent: &Extent,
    ) -> Result<Self, TreeError> {
        let repo = discover(repo, &format!("git:{revision}"))?;
        let mut commits: Vec<Commit> = Vec::new();
        let local = repo.to_thread_local();
        let without = extent.without.as_ref().map(|own| commit_of(&local, own)).transpose()?;
        let limit = extent.limit.map_or(usize::MAX, |own| own.saturating_add(1));
        let is_cut = first_parents(&local, commit_of(&local, revision)?, |commit| {
            let is_early = extent.since.is_some_and(|since| commit.seconds < since);
            let is_last = is_early || without.is_some_and(|own| own == commit.oid);
            commits.push(commit);
            !is_last && commits.len() < limit
        });
        // It may have come in by a merge: then it is no first parent of any.
        if let Some(without) = without.filter(|own| commits.last().is_none_or(|l| l.oid != *own)) {
            let is_held = |own: &Commit| {
                local
                    .merge_base(own.oid, without)
                    .is_ok_and(|base| base.is_some_and(|base| base.detach() == own.oid))
            };
            let first = commits.partition_point(|own| !is_held(own));
            commits.truncate(first.saturating_add(1));
        }
        let folder = folder.trim_matches('/').to_owned();
        Ok(Self { repo, folder, commits, is_cut })
    }

    /// The tree of the `ix`th commit.
    ///
    /// # Errors
    /// Where the repository does not hold it.
    pub fn tree(&self, ix: usize) -> Result<GitTree, TreeError> {
        GitTree::of(self.repo.clone(), self.commits[ix].tree, &self.folder, self.label(ix))
    }

    /// The same, where `before` is the tree of another commit, with the paths that differ.
    ///
    /// # Errors
    /// Where the repository does not hold it.
    pub fn tree_after(
        &self,
        ix: usize,
        before: &GitTree,
    ) -> Result<(GitTree, Vec<SmolStr>), TreeError> {
        before.next(self.commits[ix].tree, self.label(ix))
    }

    fn label(&self, ix: usize) -> String {
        match (&self.commits[ix].id, self.folder.as_str()) {
            (id, "") => format!("git:{id}"),
            (id, folder) => format!("git:{id}:{folder}"),
        }
    }

    /// The commits, newest first.
    pub fn commits(&self) -> &[Commit] {
        &self.commits
    }

    /// Reads files as they were.
    pub fn past(&self) -> Past<'_> {
        let mut repo = self.repo.to_thread_local();
        repo.object_cache_size(CACHE);
        Past { history: self, repo }
    }
}

/// Reads files as they were.
pub struct Past<'h> {
    history: &'h History,
    repo: gix::Repository,
}

impl Past<'_> {
    /// The identity of a file at the `ix`th commit; `None` where it was not there.
    pub fn id(&self, ix: usize, path: &str) -> Option<BlobId> {
        let entry = self.entry(ix, path)?;
        Some(BlobId::from_oid(&entry))
    }

    /// The contents of a file at the `ix`th commit.
    pub fn read(&self, ix: usize, path: &str) -> Option<Vec<u8>> {
        let id = self.entry(ix, path)?;
        Some(self.repo.try_find_object(id).ok()??.detach().data)
    }

    /// The files that the `ix`th commit changed and its parent has too, sorted; `None` where it
    /// differs from its parent in more than `most` paths, or that is no part of this history.
    pub fn modified(&self, ix: usize, most: usize) -> Option<Vec<SmolStr>> {
        let commits = &self.history.commits;
        let (new, old) = (commits.get(ix)?, commits.get(ix + 1)?);
        let folder = |own: &Commit| root(&self.repo, own.tree, &self.history.folder, "").ok();
        differ::modified(&self.repo, folder(old)?, folder(new)?, most).ok()?
    }

    /// Whether there was a file or a folder at the `ix`th commit.
    pub fn has(&self, ix: usize, path: &str) -> bool {
        self.lookup(ix, path).is_some()
    }

    fn entry(&self, ix: usize, path: &str) -> Option<gix::ObjectId> {
        self.lookup(ix, path).filter(|(_, is_blob)| *is_blob).map(|(id, _)| id)
    }

    fn lookup(&self, ix: usize, path: &str) -> Option<(gix::ObjectId, bool)> {
        let commit = self.history.commits.get(ix)?;
        let tree = self.repo.try_find_object(commit.tree).ok()??.try_into_tree().ok()?;
        let path = super::below(&self.history.folder, path);
        let entry = tree.lookup_entry_by_path(path).ok()??;
        Some((entry.object_id(), entry.mode().is_blob()))
    }
}
