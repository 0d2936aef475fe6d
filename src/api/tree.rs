//! Trees as users name them.

use super::Error;
use crate::tree::{self, Change, Entry, MemoryTree, OverlayTree, Tree as _, TreeError};
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// What git calls the tree that holds nothing; no repository has to hold it.
pub const EMPTY_TREE: &str = tree::EMPTY_TREE;

/// An immutable view of a configuration tree: paths and their contents.
///
/// Opening one lists its paths; contents are read when a question needs them. Nothing outside
/// the tree is ever read, and links are not followed.
#[derive(Clone)]
pub struct Tree {
    view: Arc<dyn tree::Tree>,
    repository: PathBuf,
    source: Source,
    /// Where it lies on disk: the folder, the archive, the repository.
    home: Option<PathBuf>,
}

/// Where a tree comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Source {
    /// A folder or an archive, of which an empty one is more likely a mistake.
    Files,
    /// A revision, the index, or memory: nothing of it is missing.
    Exact,
}

impl Tree {
    /// Opens `spec`: `DIR`, `ARCHIVE.tar[.gz|.xz|.zst]`, `git:REV`, `git:REV:SUBDIR`, `index:` or
    /// `index:SUBDIR`, the git forms also as `REPOSITORY@git:REV`. Without a repository they mean
    /// the one around the current folder.
    ///
    /// # Errors
    /// [`Error::Tree`] where there is no such tree.
    ///
    /// ```
    /// # fn main() -> Result<(), crosscheck::Error> {
    /// let tree = crosscheck::Tree::open("fixtures/library/new")?;
    /// assert_eq!(tree.paths().next(), Some("manifests/site.pp"));
    /// # Ok(())
    /// # }
    /// ```
    pub fn open(spec: &str) -> Result<Self, Error> {
        Self::open_in(".", spec)
    }

    /// Opens `spec`, the git forms in `repository`, which may be a bare one.
    ///
    /// # Errors
    /// [`Error::Tree`] where there is no such tree.
    pub fn open_in(repository: impl AsRef<Path>, spec: &str) -> Result<Self, Error> {
        let repository = repository.as_ref();
        let view = tree::open(spec, repository)?;
        let source = if tree::is_git(spec) { Source::Exact } else { Source::Files };
        let home = tree::home_of(spec, repository);
        Ok(Self { view, repository: repository.to_owned(), source, home })
    }

    /// Opens the two ends of `git:OLD..NEW[:SUBDIR]`; of any other tree, the same one twice.
    ///
    /// # Errors
    /// [`Error::Tree`] where one of them does not exist.
    pub fn open_range(repository: impl AsRef<Path>, spec: &str) -> Result<(Self, Self), Error> {
        let (old, new) = tree::range(spec);
        let (repository, new) = (repository.as_ref(), Self::open_in(&repository, &new)?);
        let old = if old == spec { new.clone() } else { Self::open_in(repository, &old)? };
        Ok((old, new))
    }

    /// The same folder of its repository where it branched off `revision` (`git:REV` means the
    /// same), so that what `revision`
    /// gained in the meantime does not count; nothing where the folder did not exist there yet.
    ///
    /// # Errors
    /// [`Error::Tree`] where the tree is of no repository, or that does not hold `revision`.
    pub fn since(&self, revision: &str) -> Result<Self, Error> {
        let revision = revision.strip_prefix("git:").unwrap_or(revision);
        let (repository, own, folder) = tree::history_of(self.label(), &self.repository)
            .ok_or_else(|| TreeError::Open {
                spec: format!("git:{revision}"),
                reason: format!("{} is of no git repository", self.label()),
            })?;
        let base = tree::merge_base(&repository, revision, &own)?;
        let whole = format!("git:{}", base.as_deref().unwrap_or(revision));
        if folder.is_empty() {
            return Self::open_in(&repository, &whole);
        }
        match Self::open_in(&repository, &format!("{whole}:{folder}")) {
            Err(_) => {
                Self::open_in(&repository, &whole).and_then(|_| Self::git(&repository, EMPTY_TREE))
            }
            there => there,
        }
    }

    /// The tree of a revision: anything that `git rev-parse` takes.
    ///
    /// # Errors
    /// [`Error::Tree`] where the repository does not hold it.
    pub fn git(repository: impl AsRef<Path>, revision: &str) -> Result<Self, Error> {
        Self::open_in(repository, &format!("git:{revision}"))
    }

    /// A revision that was opened.
    pub(super) fn revision(view: Arc<dyn tree::Tree>, repository: &Path) -> Self {
        let home = tree::home_of("git:", repository);
        Self { view, repository: repository.to_owned(), source: Source::Exact, home }
    }

    /// What is staged in a repository.
    ///
    /// # Errors
    /// [`Error::Tree`] where there is no repository.
    pub fn index(repository: impl AsRef<Path>) -> Result<Self, Error> {
        Self::open_in(repository, "index:")
    }

    /// A tree of these files, by path.
    ///
    /// ```
    /// use crosscheck::Tree;
    ///
    /// let tree = Tree::of_files([("manifests/site.pp", "include web\n")]);
    /// assert!(tree.paths().eq(["manifests/site.pp"]));
    /// ```
    pub fn of_files<P: Into<String>, C: Into<Vec<u8>>>(
        files: impl IntoIterator<Item = (P, C)>,
    ) -> Self {
        let files = files.into_iter().map(|(path, contents)| (path.into(), contents.into()));
        Self::of_view(Arc::new(MemoryTree::new(files)))
    }

    /// A tree that lies nowhere.
    pub(super) fn of_view(view: Arc<dyn tree::Tree>) -> Self {
        Self { view, repository: PathBuf::from("."), source: Source::Exact, home: None }
    }

    /// What the folder that it lies in is called: of a repository its own, without `.git`.
    pub fn folder_name(&self) -> Option<String> {
        let home = self.home.as_ref()?;
        let is_inner = home.file_name().is_some_and(|own| own == ".git");
        let home = if is_inner { home.parent()? } else { home };
        let name = home.file_name()?.to_str()?;
        let endings = [".git", ".tar", ".tar.gz", ".tgz", ".tar.xz", ".tar.zst"];
        let short = endings.iter().find_map(|ending| name.strip_suffix(ending));
        Some(short.unwrap_or(name).to_owned())
    }

    /// The revision that it is, in full; none of a folder, of an archive or of the index.
    pub fn revision_name(&self) -> Option<String> {
        let (repository, revision, _) = tree::history_of(self.label(), &self.repository)
            .filter(|(_, revision, _)| self.source == Source::Exact && !revision.is_empty())?;
        // What a revision has in common with itself is the commit that it names.
        tree::merge_base(&repository, &revision, &revision).ok().flatten()
    }

    /// How reports call it: as it was named when it was opened.
    pub fn label(&self) -> &str {
        self.view.label()
    }

    /// Its paths, sorted.
    pub fn paths(&self) -> impl Iterator<Item = &str> {
        self.view.entries().iter().map(|entry| entry.path.as_str())
    }

    /// Whether it has no paths.
    pub fn is_empty(&self) -> bool {
        self.view.entries().is_empty()
    }

    /// Whether it and `other` hold the same paths with the same contents, as far as both know
    /// that without reading.
    pub fn holds_the_same_as(&self, other: &Self) -> bool {
        let content = |entry: &Entry| (entry.path.clone(), entry.kind, entry.id);
        self.view.entries().iter().map(content).eq(other.view.entries().iter().map(content))
    }

    /// The same tree with these files in it, in memory.
    pub(super) fn with(&self, files: Vec<(String, Vec<u8>)>) -> Self {
        let upper = MemoryTree::new(files);
        let put = upper.entries().iter().enumerate();
        let changes = put.map(|(ix, entry)| (entry.path.clone(), Change::Put(ix))).collect();
        let view = OverlayTree::new(self.label(), self.view.clone(), Arc::new(upper), &changes);
        Self { view: Arc::new(view), ..self.clone() }
    }

    /// Its view, which an empty folder or archive does not have.
    pub(super) fn view(&self) -> Result<&Arc<dyn tree::Tree>, Error> {
        let is_empty = self.view.entries().is_empty() && self.view.problems().is_empty();
        if is_empty && self.source == Source::Files {
            return Err(Error::Empty { tree: self.label().to_owned() });
        }
        Ok(&self.view)
    }

    /// Its view, an empty one too.
    pub(super) fn any_view(&self) -> &Arc<dyn tree::Tree> {
        &self.view
    }

    /// The repository that names in its configuration are looked up in.
    pub(super) fn repository(&self) -> &Path {
        &self.repository
    }

    /// Where it lies on disk: the folder, the archive, or the repository, links resolved.
    pub(super) fn home(&self) -> Option<&Path> {
        self.home.as_deref()
    }

    /// Whether it is the folder in which git keeps a repository.
    pub(super) fn is_bare_repository(&self) -> bool {
        let has = |path: &str| self.paths().any(|own| own == path);
        self.is_folder()
            && has("HEAD")
            && has("config")
            && self.paths().any(|own| own.starts_with("objects/"))
    }

    /// Whether whatever is written below its home becomes a part of it.
    pub(super) fn is_folder(&self) -> bool {
        self.source == Source::Files
    }

    /// Whether both are one tree.
    pub(super) fn is(&self, other: &Self) -> bool {
        let named = self.label() == other.label() && self.repository == other.repository;
        Arc::ptr_eq(&self.view, &other.view) || (named && self.label() != MemoryTree::LABEL)
    }
}

impl fmt::Debug for Tree {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tree")
            .field("label", &self.label())
            .field("paths", &self.view.entries().len())
            .finish()
    }
}

/// The best common ancestor of two revisions; none where they have none.
///
/// # Errors
/// [`Error::Tree`] where the repository does not hold one of them.
pub fn merge_base(
    repository: impl AsRef<Path>,
    one: &str,
    other: &str,
) -> Result<Option<String>, Error> {
    Ok(tree::merge_base(repository.as_ref(), one, other)?)
}
