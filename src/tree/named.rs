//! What a tree's own configuration names.
//!
//! Whoever may change a tree may change its configuration, and a report is read by more
//! people than the machine that writes it. So a path that stands there is looked up in the
//! tree's own list of files, or in that of its repository, and nowhere else: it is decided
//! by the text alone whether it leads out, before anything is opened.

use super::{DirTree, EntryKind, FolderTree, GitTree, Tree, in_repository};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Why a tree may not name something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// It leads out of the tree and its repository.
    #[error("it leads out of the tree")]
    Outside,
    /// It names another repository.
    #[error("it names another repository")]
    Repository,
    /// It names a revision, and the tree is no revision.
    #[error("it names a revision, and the tree is a folder or an archive")]
    Revision,
    /// Git's own folder.
    #[error("it names git's own files")]
    GitFolder,
    /// The tree itself.
    #[error("it names the tree itself")]
    Itself,
    /// A link, or something below one.
    #[error("it leads through a link")]
    Link,
    /// It is no folder, or no regular file where one is needed.
    #[error("it is of the wrong sort: a folder is needed for a tree, a regular file elsewhere")]
    Sort,
    /// The tree has nothing there.
    #[error("the tree has nothing there")]
    Absent,
}

/// Opens the tree that the configuration of `main` calls `named`: a folder of `main` or of
/// its repository, at the same revision; of a revision, also `git:REV[:FOLDER]` of the same
/// repository. `repo` is the repository of the git forms that name none.
///
/// # Errors
/// Where it is none of these; then nothing was opened.
pub fn open_named(
    main: &Arc<dyn Tree>,
    repo: &Path,
    named: &str,
) -> Result<Arc<dyn Tree>, Refused> {
    let place = Place::of(main.label(), repo);
    if named.contains("@git:") || named.contains("@index:") {
        return Err(Refused::Repository);
    }
    if named.starts_with("git:") || named == "index:" {
        let Place::Revision { repo, .. } = &place else { return Err(Refused::Revision) };
        return super::open(named, repo).map_err(|_| Refused::Absent);
    }
    let (up, rest) = steps(named)?;
    if up == 0 {
        let folder = rest.join("/");
        is_folder(main.as_ref(), &folder)?;
        return Ok(Arc::new(FolderTree::new(main.clone(), &folder, |_| true)));
    }
    let (root, above, tracked) = place.root().ok_or(Refused::Outside)?;
    let kept = above.len().checked_sub(up).ok_or(Refused::Outside)?;
    let folder = above[..kept].iter().map(String::as_str).chain(rest).collect::<Vec<_>>().join("/");
    is_folder(root.as_ref(), &folder)?;
    let has = |path: &str| match &tracked {
        None => true,
        Some(index) => find(index.as_ref(), path).is_ok(),
    };
    Ok(Arc::new(FolderTree::new(root, &folder, has)))
}

/// The folder of the file system that the tree opened as `label` stands for: of a folder
/// itself, of a revision or the index its place in the work tree, if there is one.
pub fn folder_of(label: &str, repo: &Path) -> Option<PathBuf> {
    match Place::of(label, repo) {
        Place::Other => None,
        Place::Folder(path) => Some(path),
        Place::Revision { repo, folder, .. } => {
            let repo = repo.canonicalize().ok()?;
            let is_root = |folder: &&Path| folder.join(".git").symlink_metadata().is_ok();
            let root = repo.ancestors().find(is_root)?;
            Some(folder.iter().fold(root.to_owned(), |path, part| path.join(part)))
        }
    }
}

/// Where the history of the tree that was opened as `label` is kept: the repository, the
/// revision, and the folder of the repository that is the tree's root.
pub fn history_of(label: &str, repo: &Path) -> Option<(PathBuf, String, String)> {
    match Place::of(label, repo) {
        Place::Other => None,
        Place::Revision { repo, spec, folder } => {
            let revision = if spec.is_empty() { "HEAD".to_owned() } else { spec };
            Some((repo, revision, folder.join("/")))
        }
        Place::Folder(path) => {
            let is_root = |folder: &&Path| folder.join(".git").symlink_metadata().is_ok();
            let root = path.ancestors().find(is_root)?;
            let folder = path.strip_prefix(root).ok()?.to_str()?.to_owned();
            Some((root.to_owned(), "HEAD".to_owned(), folder))
        }
    }
}

/// The contents of the file that the configuration of `main` calls `named`: a regular file
/// of `main`.
///
/// # Errors
/// Where it is none; then nothing was opened.
pub fn read_named(main: &dyn Tree, named: &str) -> Result<Vec<u8>, Refused> {
    let (up, rest) = steps(named)?;
    if up > 0 {
        return Err(Refused::Outside);
    }
    let path = rest.join("/");
    match find(main, &path) {
        Ok(ix) if main.entries()[ix].kind == EntryKind::File => {
            main.reader().read(ix).map_err(|_| Refused::Absent)
        }
        Ok(ix) if main.entries()[ix].kind == EntryKind::Symlink => Err(Refused::Link),
        Ok(_) => Err(Refused::Sort),
        Err(_) => Err(is_folder(main, &path).err().unwrap_or(Refused::Sort)),
    }
}

/// How many folders up a relative path leads first, and the plain path from there.
fn steps(named: &str) -> Result<(usize, Vec<&str>), Refused> {
    if named.starts_with('/') || named.contains('\0') {
        return Err(Refused::Outside);
    }
    let (mut up, mut parts) = (0, Vec::new());
    for part in named.split('/') {
        match part {
            "" | "." => {}
            ".." if parts.pop().is_none() => up += 1,
            ".." => {}
            part if part.eq_ignore_ascii_case(".git") => return Err(Refused::GitFolder),
            part => parts.push(part),
        }
    }
    if up == 0 && parts.is_empty() { Err(Refused::Itself) } else { Ok((up, parts)) }
}

fn find(tree: &dyn Tree, path: &str) -> Result<usize, usize> {
    tree.entries().binary_search_by(|entry| entry.path.as_str().cmp(path))
}

/// Whether `tree` has files below `folder`.
fn is_folder(tree: &dyn Tree, folder: &str) -> Result<(), Refused> {
    if folder.is_empty() {
        return Ok(());
    }
    let below = format!("{folder}/");
    let at = tree.entries().partition_point(|entry| entry.path.as_str() < below.as_str());
    if tree.entries().get(at).is_some_and(|entry| entry.path.starts_with(&below)) {
        return Ok(());
    }
    let ends = folder.match_indices('/').map(|(at, _)| at).chain([folder.len()]);
    for end in ends {
        match find(tree, &folder[..end]).map(|ix| tree.entries()[ix].kind) {
            Ok(EntryKind::Symlink) => return Err(Refused::Link),
            Ok(_) => return Err(Refused::Sort),
            Err(_) => {}
        }
    }
    let is_odd = tree.problems().iter().any(|problem| problem.path == folder);
    Err(if is_odd { Refused::Sort } else { Refused::Absent })
}

/// Where a tree comes from.
enum Place {
    /// A folder of the file system.
    Folder(PathBuf),
    /// A revision, or the index, of a repository: its specification without a folder, and
    /// the folder.
    Revision { repo: PathBuf, spec: String, folder: Vec<String> },
    /// Anything else.
    Other,
}

impl Place {
    /// Of the tree that was opened as `label`.
    fn of(label: &str, repo: &Path) -> Self {
        let (repo, rest) = in_repository(label, repo);
        if let Some(revision) = rest.strip_prefix("git:") {
            let (revision, folder) = revision.split_once(':').unwrap_or((revision, ""));
            let parts = folder.split('/').filter(|part| !part.is_empty() && *part != ".");
            return Self::Revision {
                repo: repo.to_owned(),
                spec: revision.to_owned(),
                folder: parts.map(str::to_owned).collect(),
            };
        }
        if let Some(folder) = rest.strip_prefix("index:") {
            let parts = folder.split('/').filter(|part| !part.is_empty() && *part != ".");
            let folder = parts.map(str::to_owned).collect();
            return Self::Revision { repo: repo.to_owned(), spec: String::new(), folder };
        }
        match Path::new(label).canonicalize() {
            Ok(path) if path.is_dir() => Self::Folder(path),
            _ => Self::Other,
        }
    }

    /// The whole of the tree's repository at the same state, the folders that lead to the
    /// tree in it, and for a work tree what git knows of it: what merely lies around there
    /// is not the repository's.
    #[allow(clippy::type_complexity)]
    fn root(&self) -> Option<(Arc<dyn Tree>, Vec<String>, Option<Arc<dyn Tree>>)> {
        match self {
            Self::Other => None,
            Self::Revision { folder, .. } if folder.is_empty() => None,
            Self::Revision { repo, spec, folder } => {
                let tree = match spec.as_str() {
                    "" => GitTree::open_index(repo, "", "index:", None).ok()?,
                    spec => GitTree::open(repo, spec, "", &format!("git:{spec}")).ok()?,
                };
                Some((Arc::new(tree), folder.clone(), None))
            }
            Self::Folder(path) => {
                let is_root = |folder: &&Path| folder.join(".git").symlink_metadata().is_ok();
                let root = path.ancestors().find(is_root).filter(|root| *root != path)?;
                let above: Option<Vec<String>> = path
                    .strip_prefix(root)
                    .ok()?
                    .components()
                    .map(|part| part.as_os_str().to_str().map(str::to_owned))
                    .collect();
                let above = above?;
                let index: Arc<dyn Tree> =
                    Arc::new(GitTree::open_index(root, "", "index:", None).ok()?);
                is_folder(index.as_ref(), &above.join("/")).ok()?;
                let label = root.to_string_lossy();
                let all = DirTree::open(root, &label).ok()?;
                Some((Arc::new(all), above, Some(index)))
            }
        }
    }
}
