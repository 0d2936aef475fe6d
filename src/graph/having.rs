//! Which files have facts of a kind: whoever looks for a kind in a whole tree walks over these
//! files, and where a tree has none of it, over nothing.

use super::Graph;
use crate::facts::{Kind, Ref};
use crate::loader::{FileIx, Snapshot, SnapshotFile};
use rustc_hash::FxHashMap;

/// For each kind the files that have it, in path order.
#[derive(Default)]
pub(super) struct Having {
    asks: Files,
    provides: Files,
    calls: Files,
}

type Files = FxHashMap<Kind, Vec<FileIx>>;

impl Having {
    pub(super) fn of(snapshot: &Snapshot) -> Self {
        let mut own = Self::default();
        let add = |files: &mut Files, kinds: &[Kind], file: FileIx| {
            kinds.iter().for_each(|kind| files.entry(*kind).or_default().push(file));
        };
        for (ix, file) in snapshot.files.iter().enumerate() {
            add(&mut own.asks, &file.facts.asks_of, ix as FileIx);
            add(&mut own.provides, &file.facts.provides_of, ix as FileIx);
            add(&mut own.calls, &file.facts.calls_of, ix as FileIx);
        }
        own
    }
}

/// The files of any of these lists, each once, in path order.
fn any_of(files: &Files, kinds: &[Kind]) -> Vec<FileIx> {
    let mut lists = kinds.iter().filter_map(|kind| files.get(kind));
    let mut all = lists.next().cloned().unwrap_or_default();
    let one = all.len();
    lists.for_each(|own| all.extend(own));
    if all.len() > one {
        all.sort_unstable();
        all.dedup();
    }
    all
}

impl<'s> Graph<'s> {
    fn having(&self) -> &Having {
        self.having.get_or_init(|| Having::of(self.snapshot))
    }

    fn files_at(
        &self,
        all: Vec<FileIx>,
    ) -> impl Iterator<Item = (FileIx, &'s SnapshotFile)> + use<'s> {
        let files = &self.snapshot.files;
        all.into_iter().map(move |ix| (ix, &files[ix as usize]))
    }

    /// The files that ask for anything of these kinds, in path order.
    pub fn asking(
        &self,
        kinds: &[Kind],
    ) -> impl Iterator<Item = (FileIx, &'s SnapshotFile)> + use<'s> {
        self.files_at(any_of(&self.having().asks, kinds))
    }

    /// The files that provide anything of these kinds, in path order.
    pub fn providing(
        &self,
        kinds: &[Kind],
    ) -> impl Iterator<Item = (FileIx, &'s SnapshotFile)> + use<'s> {
        self.files_at(any_of(&self.having().provides, kinds))
    }

    /// The files that call anything of these kinds, in path order.
    pub fn calling(
        &self,
        kinds: &[Kind],
    ) -> impl Iterator<Item = (FileIx, &'s SnapshotFile)> + use<'s> {
        self.files_at(any_of(&self.having().calls, kinds))
    }

    /// The files that ask for anything of these kinds or provide it, in path order.
    pub fn naming(
        &self,
        kinds: &[Kind],
    ) -> impl Iterator<Item = (FileIx, &'s SnapshotFile)> + use<'s> {
        let having = self.having();
        let mut all = any_of(&having.asks, kinds);
        all.extend(any_of(&having.provides, kinds));
        all.sort_unstable();
        all.dedup();
        self.files_at(all)
    }

    /// What files of the tree ask for, of those that ask for anything of these kinds.
    pub fn targets(&self, kinds: &[Kind]) -> impl Iterator<Item = &'s Ref> + use<'s> {
        let requires = self.asking(kinds).flat_map(|(_, file)| &file.facts.requires);
        requires.flat_map(|require| &require.any_of)
    }
}
