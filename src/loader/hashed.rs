//! Sorted lists of names, asked for one name at a time: a table of hashes beside them. A binary
//! search touches as many cache lines as it halves, which was a fifth of a check's time.

use hashbrown::HashTable;
use rustc_hash::FxHasher;
use std::hash::Hasher;

/// Where each name of a sorted list stands first.
#[derive(Default)]
pub struct Hashed {
    table: HashTable<u32>,
}

impl Hashed {
    /// A table for `all`, which `name` gives the names of.
    pub fn of<T>(all: &[T], name: impl Fn(&T) -> &str) -> Self {
        let hash = |ix: &u32| hash(name(&all[*ix as usize]));
        let mut table = HashTable::with_capacity(all.len());
        for (ix, own) in all.iter().enumerate() {
            let is_first = ix == 0 || name(&all[ix - 1]) != name(own);
            if is_first {
                table.insert_unique(hash(&(ix as u32)), ix as u32, hash);
            }
        }
        Self { table }
    }

    /// The place of the first entry called `sought` in the list that the table was made for.
    pub fn first<T>(&self, all: &[T], name: impl Fn(&T) -> &str, sought: &str) -> Option<usize> {
        let is_it = |ix: &u32| all.get(*ix as usize).is_some_and(|own| name(own) == sought);
        self.table.find(hash(sought), is_it).map(|ix| *ix as usize)
    }
}

/// The folders of a sorted list of paths.
#[derive(Default)]
pub struct Folders {
    /// A path, and how much of it is the folder.
    table: HashTable<(u32, u32)>,
}

impl Folders {
    /// Those above `paths`.
    pub fn of(paths: &[impl AsRef<str>]) -> Self {
        let text = |(ix, length): &(u32, u32)| &paths[*ix as usize].as_ref()[..*length as usize];
        let mut table: HashTable<(u32, u32)> = HashTable::new();
        let mut before = "";
        for (ix, path) in paths.iter().enumerate() {
            let path = path.as_ref();
            for (length, _) in path.match_indices('/') {
                // What it shares with the path before it is known from there.
                let is_known = before.as_bytes().get(length) == Some(&b'/')
                    && before.as_bytes()[..length] == path.as_bytes()[..length];
                let own = (ix as u32, length as u32);
                if !is_known && table.find(hash(text(&own)), |o| text(o) == text(&own)).is_none() {
                    table.insert_unique(hash(text(&own)), own, |own| hash(text(own)));
                }
            }
            before = path;
        }
        Self { table }
    }

    /// Whether `folder` is one of them.
    pub fn has(&self, paths: &[impl AsRef<str>], folder: &str) -> bool {
        let is_it = |(ix, length): &(u32, u32)| {
            *length as usize == folder.len()
                && paths.get(*ix as usize).is_some_and(|path| path.as_ref().starts_with(folder))
        };
        self.table.find(hash(folder), is_it).is_some()
    }
}

fn hash(name: &str) -> u64 {
    let mut hasher = FxHasher::default();
    hasher.write(name.as_bytes());
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::{Folders, Hashed};
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_name_is_where_a_search_finds_it(mut all in prop::collection::vec("[ab/]{0,4}", 0..40), sought in "[ab/]{0,4}") {
            all.sort();
            let first = Hashed::of(&all, |own| own).first(&all, |own| own, &sought);
            prop_assert_eq!(first, all.iter().position(|own| *own == sought));
            let begun = format!("{sought}/");
            let is_folder = Folders::of(&all).has(&all, &sought);
            prop_assert_eq!(is_folder, all.iter().any(|own| own.starts_with(&begun)));
        }
    }
}
