//! A tree that follows on another one.

use super::{FileIx, Loader, Reading, Role, Snapshot, SnapshotFile, kept};
use crate::tree::Tree;
use std::sync::Arc;

impl Loader {
    /// What this loader reads of one entry of a tree.
    pub fn read_one(&self, tree: &dyn Tree, ix: usize) -> SnapshotFile {
        let digests = self.kept.as_ref().map(|_| kept::digests(&self.settings)).unwrap_or_default();
        let reading = Reading { settings: &self.settings, number: 0, digests: &digests };
        self.file(tree.reader().as_mut(), ix, &tree.entries()[ix], reading)
    }
}

impl Snapshot {
    /// The same tree in another part.
    pub fn playing(self, role: Role) -> Self {
        Self { role, ..self }
    }

    /// Puts other contents of the same paths in their place; `tree` is where they come from.
    pub fn put(&mut self, tree: Arc<dyn Tree>, files: Vec<(FileIx, SnapshotFile)>) {
        for (ix, file) in files {
            if let Some(own) = self.files.get_mut(ix as usize) {
                *own = file;
            }
        }
        self.tree = tree;
    }
}
