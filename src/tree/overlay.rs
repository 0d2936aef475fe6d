//! A tree made of two others: a base, with paths of a second put over it or taken away.

use super::{Entry, Reader, Tree, TreeError, TreeProblem};
use smol_str::SmolStr;
use std::collections::BTreeMap;
use std::sync::Arc;

/// What an overlay does to one path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    /// Puts an entry of the upper tree there (index into its entries).
    Put(usize),
    /// Takes the path away.
    Delete,
}

/// Where an entry's contents are.
#[derive(Debug, Clone, Copy)]
enum Origin {
    Base(usize),
    Upper(usize),
}

/// An immutable overlay of two trees.
pub struct OverlayTree {
    label: String,
    base: Arc<dyn Tree>,
    upper: Arc<dyn Tree>,
    entries: Vec<Entry>,
    origins: Vec<Origin>,
    problems: Vec<TreeProblem>,
}

impl OverlayTree {
    /// Puts `changes` (by path in the result) of `upper` over `base`. A file that is put
    /// where the base has a folder takes that folder's place, and the reverse.
    pub fn new(
        label: impl Into<String>,
        base: Arc<dyn Tree>,
        upper: Arc<dyn Tree>,
        changes: &BTreeMap<SmolStr, Change>,
    ) -> Self {
        let mut found: BTreeMap<SmolStr, (Entry, Origin)> = BTreeMap::new();
        for (ix, entry) in base.entries().iter().enumerate() {
            found.insert(entry.path.clone(), (entry.clone(), Origin::Base(ix)));
        }
        for (path, change) in changes {
            match *change {
                Change::Delete => {
                    found.remove(path);
                }
                Change::Put(ix) => {
                    let Some(entry) = upper.entries().get(ix) else { continue };
                    make_room(&mut found, path);
                    let entry = Entry { path: path.clone(), ..entry.clone() };
                    found.insert(path.clone(), (entry, Origin::Upper(ix)));
                }
            }
        }
        let (entries, origins) = found.into_values().unzip();
        let problems = base.problems().iter().chain(upper.problems()).cloned().collect();
        Self { label: label.into(), base, upper, entries, origins, problems }
    }
}

/// Removes what cannot stand beside a file at `path`: base files on the way to it, and
/// base files below it.
fn make_room(found: &mut BTreeMap<SmolStr, (Entry, Origin)>, path: &SmolStr) {
    let mut gone: Vec<SmolStr> = path
        .match_indices('/')
        .filter_map(|(at, _)| found.get_key_value(&path[..at]))
        .filter(|(_, (_, origin))| matches!(origin, Origin::Base(_)))
        .map(|(path, _)| path.clone())
        .collect();
    let folder = SmolStr::from(format!("{path}/"));
    let below = found.range(folder.clone()..);
    gone.extend(
        below
            .take_while(|(path, _)| path.starts_with(folder.as_str()))
            .filter(|(_, (_, origin))| matches!(origin, Origin::Base(_)))
            .map(|(path, _)| path.clone()),
    );
    for path in gone {
        found.remove(&path);
    }
}

impl Tree for OverlayTree {
    fn label(&self) -> &str {
        &self.label
    }

    fn entries(&self) -> &[Entry] {
        &self.entries
    }

    fn problems(&self) -> &[TreeProblem] {
        &self.problems
    }

    fn repository_path(&self, path: &str) -> String {
        self.base.repository_path(path)
    }

    fn origin(&self, ix: usize) -> Option<&str> {
        match *self.origins.get(ix)? {
            Origin::Base(ix) => self.base.origin(ix),
            Origin::Upper(ix) => self.upper.origin(ix),
        }
    }

    fn reader(&self) -> Box<dyn Reader + '_> {
        Box::new(OverlayReader { tree: self, base: self.base.reader(), upper: self.upper.reader() })
    }
}

struct OverlayReader<'t> {
    tree: &'t OverlayTree,
    base: Box<dyn Reader + 't>,
    upper: Box<dyn Reader + 't>,
}

impl Reader for OverlayReader<'_> {
    fn read(&mut self, ix: usize) -> Result<Vec<u8>, TreeError> {
        match self.tree.origins.get(ix) {
            Some(Origin::Base(ix)) => self.base.read(*ix),
            Some(Origin::Upper(ix)) => self.upper.read(*ix),
            None => Err(TreeError::Read {
                path: self.tree.label.clone(),
                reason: format!("no entry {ix}"),
            }),
        }
    }
}
