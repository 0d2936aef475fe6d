//! A tree from a git revision, read straight from the object database.

use super::{BlobId, Entry, EntryKind, Reader, Tree, TreeError, path_text};
use gix::objs::tree::EntryKind as GitKind;
use std::path::Path;

/// A revision's tree, or a sub-folder of it.
pub struct GitTree {
    label: String,
    repo: gix::ThreadSafeRepository,
    entries: Vec<Entry>,
    oids: Vec<gix::ObjectId>,
}

impl GitTree {
    /// Opens the tree of `rev` (anything `git rev-parse` takes), below `subdir`
    /// unless that is empty.
    pub fn open(repo: &Path, rev: &str, subdir: &str, spec: &str) -> Result<Self, TreeError> {
        let failed = |reason: String| TreeError::Open { spec: spec.to_owned(), reason };
        let repo = gix::ThreadSafeRepository::discover(repo)
            .map_err(|error| failed(format!("no git repository at {}: {error}", repo.display())))?;
        let (entries, oids) = {
            let local = repo.to_thread_local();
            let id = local
                .rev_parse_single(rev)
                .map_err(|error| failed(format!("unknown revision {rev}: {error}")))?;
            let mut tree = id
                .object()
                .and_then(|object| Ok(object.peel_to_tree()?))
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
        Ok(Self { label: spec.to_owned(), repo, entries, oids })
    }
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
