//! Places of findings in the trees of a run, and the text that stands there.

use crate::facts::{LineIndex, Position, Span};
use crate::finding::Place;
use crate::loader::{FileIx, Role, Snapshot};
use rustc_hash::{FxHashMap, FxHashSet};
use smol_str::SmolStr;
use std::cell::RefCell;
use std::sync::Arc;

/// A place with its human coordinates.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub struct ResolvedPlace {
    /// Which tree.
    pub tree: Role,
    /// Path in it.
    pub path: SmolStr,
    /// Start.
    pub start: Position,
    /// End.
    pub end: Position,
    /// The file's index in its snapshot, and the span, for excerpts.
    pub(crate) source: (FileIx, Span),
    /// The path as the repository calls it, where the tree is a folder of one.
    in_repository: Option<SmolStr>,
    naming: Naming,
}

/// How trees are told from each other.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
enum Naming {
    /// By the parts that they play.
    #[default]
    ByRole,
    /// By the paths: they are folders of one tree.
    ByPath,
}

impl ResolvedPlace {
    /// The path as the repository calls it, which is what tools that show reports look for: a
    /// tree may be a folder of a repository.
    pub fn repository_path(&self) -> &str {
        self.in_repository.as_ref().unwrap_or(&self.path)
    }

    /// The path, and its tree where that is not the checked one.
    pub(super) fn named(&self) -> String {
        match (self.tree, self.naming) {
            (Role::New, _) | (Role::Staging, Naming::ByPath) => self.path.to_string(),
            // It need not be production: a chain has several steps.
            (Role::Production, Naming::ByPath) => format!("{} (before)", self.path),
            (other, _) => format!("{} ({})", self.path, other.as_str()),
        }
    }
}

/// A file's bytes and where its lines begin.
type File = (Vec<u8>, LineIndex);

/// Contents of the files that findings point at, kept for excerpts.
#[derive(Debug, Clone, Default)]
pub struct Contents(FxHashMap<(Role, FileIx), Arc<File>>);

impl Contents {
    /// Contents of the file that a place is in, with their lines.
    pub fn get(&self, place: &ResolvedPlace) -> Arc<File> {
        let found = self.0.get(&(place.tree, place.source.0)).cloned();
        found.unwrap_or_else(|| Arc::new((Vec::new(), LineIndex::new(&[]))))
    }
}

/// Contents and line indexes of the files that findings point at.
pub struct Sources<'s> {
    snapshots: Vec<&'s Snapshot>,
    cache: RefCell<FxHashMap<(Role, FileIx), Arc<File>>>,
    naming: Naming,
}

impl<'s> Sources<'s> {
    /// Sources of these trees.
    pub fn new(snapshots: Vec<&'s Snapshot>) -> Self {
        Self { snapshots, cache: RefCell::default(), naming: Naming::ByRole }
    }

    /// The same where all of them are folders of one tree, and paths tell them apart.
    pub fn of_one_tree(self) -> Self {
        Self { naming: Naming::ByPath, ..self }
    }

    /// The snapshot that plays `role`.
    pub fn snapshot(&self, role: Role) -> Option<&'s Snapshot> {
        self.snapshots.iter().copied().find(|snapshot| snapshot.role == role)
    }

    /// Contents of a file, with their lines.
    pub fn get(&self, role: Role, file: FileIx) -> Arc<File> {
        if let Some(found) = self.cache.borrow().get(&(role, file)) {
            return found.clone();
        }
        let bytes = self.snapshot(role).map(|snapshot| snapshot.raw(file)).unwrap_or_default();
        let index = LineIndex::new(&bytes);
        let entry = Arc::new((bytes, index));
        self.cache.borrow_mut().insert((role, file), entry.clone());
        entry
    }

    /// Of what was read, the files of these places.
    pub fn keep<'p>(self, places: impl Iterator<Item = &'p ResolvedPlace>) -> Contents {
        let wanted: FxHashSet<_> = places.map(|place| (place.tree, place.source.0)).collect();
        let mut cache = self.cache.into_inner();
        cache.retain(|key, _| wanted.contains(key));
        Contents(cache)
    }

    /// A place with its human coordinates.
    pub fn place(&self, place: Place) -> ResolvedPlace {
        let source = self.get(place.tree, place.file);
        let (bytes, index) = (&source.0, &source.1);
        let snapshot = self.snapshot(place.tree);
        let path = snapshot.map(|own| own.file(place.file).entry.path.clone()).unwrap_or_default();
        // Staging is laid out as production; who looks for the file needs the path that it has.
        let moved = snapshot.filter(|own| own.role == Role::Staging);
        let moved = moved.and_then(|own| own.tree.origin(place.file as usize));
        let path = moved.map(SmolStr::new).unwrap_or(path);
        let whole = snapshot.map(|own| own.tree.repository_path(&path));
        ResolvedPlace {
            tree: place.tree,
            in_repository: whole.filter(|whole| *whole != path).map(SmolStr::from),
            path,
            start: index.position(place.span.start, bytes),
            end: index.position(place.span.end, bytes),
            source: (place.file, place.span),
            naming: self.naming,
        }
    }
}
