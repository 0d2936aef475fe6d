//! Several trees as one world: a main tree, and others as top-level folders of it.

use super::{Entry, Reader, Tree, TreeError, TreeProblem};
use std::sync::Arc;

/// A main tree with others beside it, each below a folder of its own name.
pub struct JoinedTree {
    label: String,
    /// The main tree first; the others with their folder.
    parts: Vec<(String, Arc<dyn Tree>)>,
    entries: Vec<Entry>,
    /// Part and index in it, by entry.
    origins: Vec<(u32, u32)>,
    problems: Vec<TreeProblem>,
}

impl JoinedTree {
    /// Joins `others`, by name, to `main`.
    ///
    /// # Errors
    /// A message where a name is taken by something at the main tree's root, or is no plain
    /// folder name.
    pub fn new(main: Arc<dyn Tree>, others: Vec<(String, Arc<dyn Tree>)>) -> Result<Self, String> {
        let label = main.label().to_owned();
        for (ix, (name, _)) in others.iter().enumerate() {
            if name.is_empty() || name.contains('/') || name.starts_with('.') {
                return Err(format!("`{name}` is no name for a tree: use a plain word"));
            }
            let folder = format!("{name}/");
            let taken = main.entries().iter().any(|entry| {
                entry.path == name.as_str() || entry.path.starts_with(folder.as_str())
            });
            if taken || others[..ix].iter().any(|(other, _)| other == name) {
                return Err(format!("the name `{name}` is taken: call the joined tree otherwise"));
            }
        }
        let parts: Vec<_> = std::iter::once((String::new(), main)).chain(others).collect();
        let mut found: Vec<(Entry, (u32, u32))> = Vec::new();
        let mut problems = Vec::new();
        for (part, (name, tree)) in parts.iter().enumerate() {
            let path = |own: &str| match name.as_str() {
                "" => own.into(),
                name if own.is_empty() => name.into(),
                name => format!("{name}/{own}").into(),
            };
            found.extend(tree.entries().iter().enumerate().map(|(ix, entry)| {
                let entry = Entry { path: path(&entry.path), ..entry.clone() };
                (entry, (part as u32, ix as u32))
            }));
            problems.extend(
                tree.problems()
                    .iter()
                    .map(|problem| TreeProblem { path: path(&problem.path), ..problem.clone() }),
            );
        }
        found.sort_by(|(a, _), (b, _)| a.path.cmp(&b.path));
        let (entries, origins) = found.into_iter().unzip();
        Ok(Self { label, parts, entries, origins, problems })
    }
}

impl Tree for JoinedTree {
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
        // The other trees have repositories of their own.
        let first = path.split('/').next().unwrap_or_default();
        match self.parts.split_first() {
            Some(((_, main), others)) if others.iter().all(|(name, _)| name != first) => {
                main.repository_path(path)
            }
            _ => path.to_owned(),
        }
    }

    fn reader(&self) -> Box<dyn Reader + '_> {
        let readers = self.parts.iter().map(|(_, tree)| tree.reader()).collect();
        Box::new(JoinedReader { tree: self, readers })
    }
}

struct JoinedReader<'t> {
    tree: &'t JoinedTree,
    readers: Vec<Box<dyn Reader + 't>>,
}

impl Reader for JoinedReader<'_> {
    fn read(&mut self, ix: usize) -> Result<Vec<u8>, TreeError> {
        let origin = self.tree.origins.get(ix).copied();
        match origin.and_then(|(part, ix)| Some((self.readers.get_mut(part as usize)?, ix))) {
            Some((reader, ix)) => reader.read(ix as usize),
            None => Err(TreeError::Read {
                path: self.tree.label.clone(),
                reason: format!("no entry {ix}"),
            }),
        }
    }
}
