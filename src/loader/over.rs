//! Trees of which a snapshot knows nearly all: the buffers of an editor over a folder, or the folder
//! a moment later.

use super::{Loader, Snapshot, SnapshotFile};
use crate::tree::{Entry, Tree};
use std::sync::Arc;

impl Loader {
    /// The snapshot of `tree`, where what `before` has is taken from there if `is_known` says of an
    /// entry and the one before that they are the same. `before` was loaded with the settings of
    /// this loader.
    pub fn load_over(
        &self,
        before: &Snapshot,
        tree: Arc<dyn Tree>,
        is_known: impl Fn(&Entry, &Entry) -> bool + Sync,
    ) -> Snapshot {
        let known = |entry: &Entry| -> Option<SnapshotFile> {
            let known = before.file(before.find(&entry.path)?);
            is_known(entry, &known.entry).then(|| known.clone())
        };
        self.read(before.role, tree, (&self.settings, 0), known)
    }
}

/// Whether two entries of one path are known to have the same contents without reading.
pub fn is_untouched(entry: &Entry, before: &Entry) -> bool {
    let told = (entry.id.is_some() && entry.id == before.id)
        || (entry.mark.is_some() && entry.mark == before.mark);
    told && entry.kind == before.kind && entry.size == before.size
}
