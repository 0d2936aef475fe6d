//! A tree that is held in memory.

use super::{BlobId, Entry, EntryKind, Reader, Tree, TreeError};
use smol_str::SmolStr;
use std::collections::BTreeMap;

/// Files by path.
pub struct MemoryTree {
    entries: Vec<Entry>,
    contents: Vec<Vec<u8>>,
}

impl MemoryTree {
    /// How reports call each of them.
    pub const LABEL: &str = "memory";

    /// A tree of these files; of two with one path, the later one.
    pub fn new(files: impl IntoIterator<Item = (String, Vec<u8>)>) -> Self {
        let files: BTreeMap<String, Vec<u8>> = files.into_iter().collect();
        let entry = |path: &String, bytes: &Vec<u8>| Entry {
            path: SmolStr::new(path),
            kind: EntryKind::File,
            size: Some(bytes.len() as u64),
            id: Some(BlobId::of(bytes)),
            mark: None,
        };
        let entries = files.iter().map(|(path, bytes)| entry(path, bytes)).collect();
        Self { entries, contents: files.into_values().collect() }
    }
}

impl Tree for MemoryTree {
    fn label(&self) -> &str {
        Self::LABEL
    }

    fn entries(&self) -> &[Entry] {
        &self.entries
    }

    fn reader(&self) -> Box<dyn Reader + '_> {
        Box::new(self)
    }
}

impl Reader for &MemoryTree {
    fn read(&mut self, ix: usize) -> Result<Vec<u8>, TreeError> {
        self.contents.get(ix).cloned().ok_or_else(|| TreeError::Read {
            path: self.label().to_owned(),
            reason: format!("no entry {ix}"),
        })
    }
}
