//! A folder of a tree as a tree of its own.

use super::{Entry, Reader, Tree, TreeError, TreeProblem};
use smol_str::SmolStr;
use std::sync::Arc;

/// What stands below one folder of another tree. It is a view: no path is looked up
/// anywhere but in the other tree's own list, so no link and no `..` leads out of it.
pub struct FolderTree {
    label: String,
    /// The folder's path in `tree`.
    folder: String,
    tree: Arc<dyn Tree>,
    entries: Vec<Entry>,
    /// Index in `tree`, by entry.
    origins: Vec<usize>,
    problems: Vec<TreeProblem>,
}

impl FolderTree {
    /// The view of `folder` (a plain path), of the files that `has` knows by their path in
    /// `tree`.
    pub fn new(tree: Arc<dyn Tree>, folder: &str, has: impl Fn(&str) -> bool) -> Self {
        let prefix = if folder.is_empty() { String::new() } else { format!("{folder}/") };
        let inside = |path: &SmolStr| path.strip_prefix(prefix.as_str()).map(SmolStr::new);
        let (origins, entries) = tree
            .entries()
            .iter()
            .enumerate()
            .filter(|(_, entry)| has(&entry.path))
            .filter_map(|(ix, entry)| {
                Some((ix, Entry { path: inside(&entry.path)?, ..entry.clone() }))
            })
            .unzip();
        let problems = tree
            .problems()
            .iter()
            .filter_map(|problem| {
                Some(TreeProblem { path: inside(&problem.path)?, ..problem.clone() })
            })
            .collect();
        let label = format!("{}:{folder}", tree.label());
        Self { label, folder: folder.to_owned(), tree, entries, origins, problems }
    }
}

impl Tree for FolderTree {
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
        self.tree.repository_path(&super::below(&self.folder, path))
    }

    fn reader(&self) -> Box<dyn Reader + '_> {
        Box::new(FolderReader { origins: &self.origins, reader: self.tree.reader() })
    }
}

struct FolderReader<'t> {
    origins: &'t [usize],
    reader: Box<dyn Reader + 't>,
}

impl Reader for FolderReader<'_> {
    fn read(&mut self, ix: usize) -> Result<Vec<u8>, TreeError> {
        match self.origins.get(ix) {
            Some(origin) => self.reader.read(*origin),
            None => {
                let reason = format!("no entry {ix}");
                Err(TreeError::Read { path: String::new(), reason })
            }
        }
    }
}
