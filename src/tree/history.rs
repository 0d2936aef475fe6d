//! What files of a tree were like before: the first parents of its commit, as far as asked for.

use super::BlobId;
use super::named::history_of;
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
    tree: gix::ObjectId,
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
        let mut is_cut = false;
        {
            let local = repo.to_thread_local();
            let first = local.rev_parse_single(revision.as_str()).ok()?;
            let mut next = Some(first.object().ok()?.peel_to_commit().ok()?.id);
            while let Some(id) = next {
                if commits.len() >= limit {
                    is_cut = true;
                    break;
                }
                // A shallow clone ends somewhere.
                let Some(commit) = local.try_find_object(id).ok().flatten() else {
                    is_cut = true;
                    break;
                };
                let Ok(commit) = commit.try_into_commit() else { break };
                let subject = commit.message().map(|own| own.summary().to_string());
                commits.push(Commit {
                    id: id.to_string(),
                    seconds: commit.time().map_or(0, |time| time.seconds),
                    subject: subject.unwrap_or_default(),
                    tree: commit.tree_id().ok()?.detach(),
                });
                next = commit.parent_ids().next().map(gix::Id::detach);
            }
        }
        Some(Self { repo, folder, commits, is_cut })
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
