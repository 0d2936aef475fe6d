//! A tree that knows which of its files were read.

use super::{Entry, Reader, Tree, TreeError, TreeProblem};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// A tree that knows which of its files were read.
pub struct WatchedTree {
    tree: Arc<dyn Tree>,
    read: Vec<AtomicBool>,
}

impl WatchedTree {
    /// The same tree, of which nothing was read yet.
    pub fn new(tree: Arc<dyn Tree>) -> Self {
        let read = tree.entries().iter().map(|_| AtomicBool::new(false)).collect();
        Self { tree, read }
    }

    /// Forgets what was read so far.
    pub fn forget(&self) {
        self.read.iter().for_each(|own| own.store(false, Ordering::Relaxed));
    }

    /// What was read since.
    pub fn read(&self) -> impl Iterator<Item = &Entry> {
        let both = self.tree.entries().iter().zip(&self.read);
        both.filter(|(_, own)| own.load(Ordering::Relaxed)).map(|(entry, _)| entry)
    }
}

impl Tree for WatchedTree {
    fn label(&self) -> &str {
        self.tree.label()
    }

    fn entries(&self) -> &[Entry] {
        self.tree.entries()
    }

    fn problems(&self) -> &[TreeProblem] {
        self.tree.problems()
    }

    fn repository_path(&self, path: &str) -> String {
        self.tree.repository_path(path)
    }

    fn reader(&self) -> Box<dyn Reader + '_> {
        Box::new(WatchedReader { tree: self, reader: self.tree.reader() })
    }
}

struct WatchedReader<'t> {
    tree: &'t WatchedTree,
    reader: Box<dyn Reader + 't>,
}

impl Reader for WatchedReader<'_> {
    fn read(&mut self, ix: usize) -> Result<Vec<u8>, TreeError> {
        if let Some(own) = self.tree.read.get(ix) {
            own.store(true, Ordering::Relaxed);
        }
        self.reader.read(ix)
    }
}

#[cfg(test)]
mod tests {
    use super::WatchedTree;
    use crate::tree::{MemoryTree, Tree};
    use std::sync::Arc;

    #[test]
    fn it_knows_what_was_read_since_it_forgot() {
        let files = [("a".to_owned(), b"1".to_vec()), ("b".to_owned(), b"2".to_vec())];
        let tree = WatchedTree::new(Arc::new(MemoryTree::new(files)));
        let read = || tree.read().map(|own| own.path.to_string()).collect::<Vec<_>>();
        assert!(tree.reader().read(0).is_ok());
        assert_eq!(read(), ["a"]);
        tree.forget();
        assert!(tree.reader().read(1).is_ok());
        assert_eq!(read(), ["b"]);
    }
}
