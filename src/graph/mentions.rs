//! What holds only while nothing else in a tree mentions a name.

use super::Graph;
use crate::loader::FileIx;
use memchr::memmem;
use rayon::prelude::*;
use rustc_hash::FxHashSet;

/// Most names that are looked for: what depends on others is left alone.
const MAX_SOUGHT: usize = 200;

/// Endings of documents: what they mention decides nothing.
const DOCUMENTS: &[&str] = &[".adoc", ".html", ".md", ".rst", ".txt"];

/// Results, each with names: it holds unless one of these stands somewhere else in the tree.
#[derive(Debug)]
pub struct Unmentioned<T> {
    found: Vec<(T, Vec<String>)>,
}

impl<T> Default for Unmentioned<T> {
    fn default() -> Self {
        Self { found: Vec::new() }
    }
}

impl<T> Unmentioned<T> {
    /// Adds a result that holds unless one of `names` is mentioned.
    pub fn add(&mut self, result: T, names: impl IntoIterator<Item = String>) {
        self.found.push((result, names.into_iter().collect()));
    }

    /// The results that hold, in order. Files that are the system's `own` mention nothing.
    pub fn settle(self, graph: &Graph<'_>, own: impl Fn(FileIx) -> bool + Sync) -> Vec<T> {
        let sought: FxHashSet<&str> = self
            .found
            .iter()
            .flat_map(|(_, names)| names)
            .take(MAX_SOUGHT)
            .map(String::as_str)
            .collect();
        let open: FxHashSet<String> = match sought.is_empty() {
            true => FxHashSet::default(),
            false => mentioned(graph, &sought, own),
        };
        let is_open = |name: &String| open.contains(name) || !sought.contains(name.as_str());
        let held: Vec<bool> =
            self.found.iter().map(|(_, names)| !names.iter().any(is_open)).collect();
        let found = self.found.into_iter().zip(held);
        found.filter(|(_, holds)| *holds).map(|((result, _), _)| result).collect()
    }
}

/// Those of `sought` that stand as words of their own in a file that is not the system's.
fn mentioned(
    graph: &Graph<'_>,
    sought: &FxHashSet<&str>,
    own: impl Fn(FileIx) -> bool + Sync,
) -> FxHashSet<String> {
    let finders: Vec<_> = sought.iter().map(|name| (*name, memmem::Finder::new(*name))).collect();
    let files = graph.snapshot.files.par_iter().enumerate();
    let others = files.filter(|(ix, file)| {
        let path = file.entry.path.as_str();
        !own(*ix as FileIx) && !DOCUMENTS.iter().any(|ending| path.ends_with(ending))
    });
    let inside = others.flat_map_iter(|(ix, _)| {
        let contents = graph.snapshot.contents(ix as FileIx);
        let held = finders.iter().filter(|(name, finder)| {
            finder.find_iter(&contents).any(|at| is_word(&contents, at, name.len()))
        });
        held.map(|(name, _)| (*name).to_owned()).collect::<Vec<_>>()
    });
    inside.collect()
}

/// Whether what stands here is a word of its own.
fn is_word(contents: &[u8], at: usize, len: usize) -> bool {
    let is_part =
        |byte: Option<&u8>| byte.is_some_and(|byte| byte.is_ascii_alphanumeric() || *byte == b'_');
    let before = at.checked_sub(1).and_then(|before| contents.get(before));
    !is_part(before) && !is_part(contents.get(at + len))
}
