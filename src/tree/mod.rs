//! Trees: immutable views of a configuration tree, path → blob.
//!
//! A tree comes from a directory, a git revision or its sub-folder, the git index, or
//! a tar archive. Nothing outside the named tree is ever read; symlinks and submodules
//! are represented, never followed.

mod archive;
mod differ;
mod dir;
mod folder;
mod git;
mod history;
mod ignores;
mod joined;
mod mark;
mod memory;
mod named;
mod overlay;
mod place;
mod tracked;
mod watched;

pub use archive::ArchiveTree;
#[cfg(test)]
pub use archive::Limits;
pub use dir::DirTree;
pub use folder::FolderTree;
pub use git::{EMPTY_TREE, GitTree, merge_base};
pub use history::{Commit, Extent, History, Past};
pub use joined::JoinedTree;
pub use mark::Mark;
pub use memory::MemoryTree;
pub use named::{Refused, folder_of, history_of, open_named, read_named};
pub use overlay::{Change, OverlayTree};
pub use place::destination;
pub use watched::WatchedTree;

use smol_str::SmolStr;
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Largest file that is read, bytes (16 MiB): `limit-reached` above it.
pub const MAX_FILE_SIZE: u64 = 16 << 20;

/// The identity of a blob: git's own SHA-1 (`blob LEN\0` + contents).
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct BlobId(pub [u8; 20]);

impl BlobId {
    /// The identity of `bytes`, the same that git gives them.
    pub fn of(bytes: &[u8]) -> Self {
        match gix::objs::compute_hash(gix::hash::Kind::Sha1, gix::objs::Kind::Blob, bytes) {
            Ok(id) => Self::from_oid(&id),
            // A hash collision attack was detected: the content has no safe identity.
            Err(_) => Self([0; 20]),
        }
    }

    fn from_oid(id: &gix::oid) -> Self {
        let mut out = [0; 20];
        let bytes = id.as_bytes();
        let len = bytes.len().min(20);
        out[..len].copy_from_slice(&bytes[..len]);
        Self(out)
    }
}

impl fmt::Debug for BlobId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

/// What a tree entry is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum EntryKind {
    /// A regular file.
    File,
    /// A symbolic link; its contents are the target's text. Never followed by reading.
    Symlink,
    /// A submodule (gitlink): its contents live in another repository.
    Submodule,
}

/// One path of a tree.
#[derive(Debug, Clone)]
pub struct Entry {
    /// Path relative to the tree's root, `/`-separated. Bytes that are not UTF-8
    /// are written `\xNN`.
    pub path: SmolStr,
    /// File, symlink or submodule.
    pub kind: EntryKind,
    /// Size in bytes where the source knows it without reading.
    pub size: Option<u64>,
    /// Blob identity where the source knows it without reading.
    pub id: Option<BlobId>,
    /// By what the source would know the same contents again without reading.
    pub mark: Option<Mark>,
}

/// A part of a tree that could not be represented; the rest still is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TreeProblem {
    /// Path inside the tree (of the folder, for an unreadable one).
    pub path: SmolStr,
    /// What is wrong with it.
    pub message: String,
    /// The rule that reports it: `limit-reached` or `parse-error`.
    pub rule: &'static str,
}

/// A tree that cannot be opened or read at all.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TreeError {
    /// The path, revision or archive does not exist or is of the wrong sort.
    #[error("cannot open tree `{spec}`: {reason}")]
    Open {
        /// As the user wrote it.
        spec: String,
        /// Why, and what to do.
        reason: String,
    },
    /// One blob could not be read.
    #[error("cannot read {path}: {reason}")]
    Read {
        /// Path inside the tree.
        path: String,
        /// Why.
        reason: String,
    },
    /// The repository does not hold a blob: it is a partial clone, or damaged.
    #[error("cannot read {path}: the repository does not hold its contents")]
    Absent {
        /// Path inside the tree.
        path: String,
    },
}

/// An immutable view of a configuration tree.
pub trait Tree: Send + Sync {
    /// How reports name the tree: the specification it was opened from.
    fn label(&self) -> &str;
    /// All entries, sorted by path (byte order), unique.
    fn entries(&self) -> &[Entry];
    /// Parts that could not be represented.
    fn problems(&self) -> &[TreeProblem] {
        &[]
    }
    /// `path` of this tree as the repository calls it: what stands in a sub-folder of a
    /// repository has that folder before it.
    fn repository_path(&self, path: &str) -> String {
        path.to_owned()
    }
    /// The path of entry `ix` where its contents come from, which may stand at another path here.
    fn origin(&self, ix: usize) -> Option<&str> {
        self.entries().get(ix).map(|entry| entry.path.as_str())
    }
    /// A reader for one thread.
    fn reader(&self) -> Box<dyn Reader + '_>;
}

/// Reads blobs of a tree; one per thread.
pub trait Reader {
    /// Contents of entry `ix` (index into [`Tree::entries`]). A symlink's contents are
    /// its target's text; a submodule has none.
    fn read(&mut self, ix: usize) -> Result<Vec<u8>, TreeError>;
}

/// Opens `spec` (`DIR`, `ARCHIVE.tar[.gz|.xz|.zst]`, `git:REV`, `git:REV:SUBDIR`,
/// `index:`, `index:SUBDIR`). `repo` is the repository for the git forms, unless the specification names
/// one itself: `DIR@git:REV`, `DIR@index:`.
pub fn open(spec: &str, repo: &Path) -> Result<Arc<dyn Tree>, TreeError> {
    let (repo, rest) = in_repository(spec, repo);
    open_in(rest, repo, spec)
}

/// The repository of `DIR@git:REV` and what follows; `repo` where none is named.
fn in_repository<'s>(spec: &'s str, repo: &'s Path) -> (&'s Path, &'s str) {
    for mark in ["@git:", "@index:"] {
        if let Some(at) = spec.find(mark) {
            return (Path::new(&spec[..at]), &spec[at + 1..]);
        }
    }
    (repo, spec)
}

/// The two ends of `git:A..B[:SUBDIR]`, as two specifications; the same one twice for any
/// other tree.
pub fn range(spec: &str) -> (String, String) {
    let Some(at) = spec.find("git:").map(|at| at + 4) else { return (spec.into(), spec.into()) };
    let (head, rest) = spec.split_at(at);
    let (revisions, subdir) = match rest.find(':') {
        Some(colon) => rest.split_at(colon),
        None => (rest, ""),
    };
    match revisions.split_once("..") {
        Some((old, new)) => {
            let new = if new.is_empty() { "HEAD" } else { new.trim_start_matches('.') };
            (format!("{head}{old}{subdir}"), format!("{head}{new}{subdir}"))
        }
        None => (spec.into(), spec.into()),
    }
}

fn open_in(rest: &str, repo: &Path, spec: &str) -> Result<Arc<dyn Tree>, TreeError> {
    if let Some(rest) = rest.strip_prefix("git:") {
        let (rev, subdir) = rest.split_once(':').unwrap_or((rest, ""));
        return Ok(Arc::new(GitTree::open(repo, rev, subdir, spec)?));
    }
    if let Some(subdir) = rest.strip_prefix("index:") {
        // Git names the index of the commit in progress to its hooks; that of another
        // repository is another matter.
        let named = std::env::var_os("GIT_INDEX_FILE").filter(|file| !file.is_empty());
        let file = named.filter(|_| rest == spec).map(PathBuf::from);
        let file = file.filter(|file| file.exists());
        return Ok(Arc::new(GitTree::open_index(repo, subdir, spec, file.as_deref())?));
    }
    let path = PathBuf::from(spec);
    let failed = |reason: String| TreeError::Open { spec: spec.to_owned(), reason };
    match std::fs::metadata(&path) {
        Ok(found) if found.is_dir() => Ok(Arc::new(DirTree::open(&path, spec)?)),
        Ok(found) if found.is_file() => {
            ArchiveTree::open(&path, spec).map(|tree| Arc::new(tree) as Arc<dyn Tree>).map_err(
                |error| if archive::is_named_so(&path) { error } else { failed(not_a_tree(&path)) },
            )
        }
        Ok(_) => Err(failed("neither a directory nor an archive".into())),
        Err(_) if is_revision(repo, rest) => {
            Err(failed(format!("there is no such file or folder; did you mean `git:{spec}`?")))
        }
        Err(error) => Err(failed(format!(
            "{error}; a tree is DIR, ARCHIVE.tar[.gz|.xz|.zst], git:REV, git:REV:SUBDIR or index:, the last three also as REPOSITORY@git:REV"
        ))),
    }
}

/// Whether a text that names no file names a revision, or a folder of one.
fn is_revision(repo: &Path, text: &str) -> bool {
    let revision = text.split(':').next().unwrap_or_default();
    !revision.is_empty() && merge_base(repo, revision, revision).is_ok()
}

/// Whether `spec` names a revision or an index, of which it is known that nothing is missing:
/// there an empty tree is empty, where a folder without files is more likely a mistake.
pub fn is_git(spec: &str) -> bool {
    let (_, rest) = in_repository(spec, Path::new("."));
    rest.starts_with("git:") || rest.starts_with("index:")
}

/// Where a tree that [`open`] opens lies on disk, links resolved: the folder, the archive, the
/// repository.
pub fn home_of(spec: &str, repo: &Path) -> Option<PathBuf> {
    let (repo, rest) = in_repository(spec, repo);
    let home = if is_git(spec) { repo } else { Path::new(rest) };
    home.canonicalize().ok()
}

/// `path` below `folder`, which may be empty.
fn below(folder: &str, path: &str) -> String {
    match folder {
        "" => path.to_owned(),
        folder if path.is_empty() => folder.to_owned(),
        folder => format!("{folder}/{path}"),
    }
}

/// What to say of a file that is no archive.
fn not_a_tree(path: &Path) -> String {
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder.display().to_string(),
        _ => ".".to_owned(),
    };
    format!(
        "it is a file, and a TREE is a folder, an archive (.tar, .tar.gz, .tar.xz, .tar.zst), git:REV or index:; the folder that holds it is `{folder}`"
    )
}

/// Writes a path's bytes as text: UTF-8 as it is, other bytes as `\xNN`.
pub(crate) fn path_text(bytes: &[u8]) -> SmolStr {
    match std::str::from_utf8(bytes) {
        Ok(text) => SmolStr::new(text),
        Err(_) => {
            let mut out = String::new();
            for chunk in bytes.utf8_chunks() {
                out.push_str(chunk.valid());
                for byte in chunk.invalid() {
                    out.push_str(&format!("\\x{byte:02X}"));
                }
            }
            out.into()
        }
    }
}
