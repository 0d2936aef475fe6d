//! Several trees as one world: a main tree, and others as top-level folders of it.

use super::{Entry, EntryKind, Reader, Tree, TreeError, TreeProblem};
use std::sync::Arc;

/// A main tree with others in it, each below a folder of its own: a plain name, or the path
/// where its contents land.
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
    /// A message where a folder is taken by files of the main tree or of another one, or is no
    /// path below the root. A submodule stands for what is joined in its place.
    pub fn new(main: Arc<dyn Tree>, others: Vec<(String, Arc<dyn Tree>)>) -> Result<Self, String> {
        let label = main.label().to_owned();
        for (ix, (name, _)) in others.iter().enumerate() {
            if name.split('/').any(|part| part.is_empty() || part.starts_with('.')) {
                return Err(format!(
                    "`{name}` is no name for a tree: use a plain word, or the path below which it lands"
                ));
            }
            let taken = main.entries().iter().any(|entry| {
                entry.kind != EntryKind::Submodule && is_at_or_below(&entry.path, name)
            });
            let mut before = others[..ix].iter().map(|(other, _)| other);
            if taken || before.any(|own| is_at_or_below(own, name) || is_at_or_below(name, own)) {
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
            let replaced = |entry: &Entry| {
                part == 0 && parts[1..].iter().any(|(own, _)| entry.path == own.as_str())
            };
            found.extend(tree.entries().iter().enumerate().filter(|(_, own)| !replaced(own)).map(
                |(ix, entry)| {
                    let entry = Entry { path: path(&entry.path), ..entry.clone() };
                    (entry, (part as u32, ix as u32))
                },
            ));
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

fn is_at_or_below(path: &str, folder: &str) -> bool {
    path.strip_prefix(folder).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
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
