//! One file of a repository: all that a check knows of it without its contents.

use crate::facts::{FileFacts, LineIndex};
use crate::loader::{Given, SnapshotFile};
use crate::tree::{BlobId, Entry, EntryKind, MAX_FILE_SIZE};
use serde::{Deserialize, Serialize};
use smol_str::SmolStr;

/// Letters of the longest path.
const LONGEST_PATH: usize = 4096;

/// One file as it is written.
#[derive(Debug, Serialize, Deserialize)]
pub struct Record {
    path: SmolStr,
    kind: u8,
    size: Option<u64>,
    id: Option<[u8; 20]>,
    systems: Vec<SmolStr>,
    modelled: Vec<SmolStr>,
    /// How long its lines are, without their ends: places have lines and columns though nobody
    /// has the text.
    lines: Vec<u32>,
    facts: FileFacts,
}

impl Record {
    /// What is to be written of a file with these contents, which calls itself `path`.
    pub fn new(path: &str, file: &SnapshotFile, facts: FileFacts, contents: &[u8]) -> Self {
        let named = |own: &[&'static str]| own.iter().map(SmolStr::new).collect();
        let says = facts.count() > 0 || !facts.problems.is_empty() || !facts.allows.is_empty();
        Self {
            path: path.into(),
            kind: match file.entry.kind {
                EntryKind::File => 0,
                EntryKind::Symlink => 1,
                EntryKind::Submodule => 2,
            },
            size: file.entry.size,
            id: file.id.or(file.entry.id).map(|BlobId(id)| id),
            systems: named(&file.systems),
            modelled: named(&file.modelled),
            lines: if says { lengths(contents) } else { Vec::new() },
            facts,
        }
    }

    /// What it is to a tree; `None` where no tree has such a file.
    pub fn into_parts(self) -> Option<(Entry, Given, Vec<u32>)> {
        let kind = match self.kind {
            0 => EntryKind::File,
            1 => EntryKind::Symlink,
            2 => EntryKind::Submodule,
            _ => return None,
        };
        let lines = self.lines.iter().map(|own| u64::from(*own) + 1).sum::<u64>();
        if !is_path(&self.path) || lines > MAX_FILE_SIZE + 1 {
            return None;
        }
        let id = self.id.map(BlobId);
        let entry = Entry { path: self.path, kind, size: self.size, id, mark: None };
        Some((entry, Given::new(self.facts, self.systems, self.modelled), self.lines))
    }
}

/// How long each line is.
fn lengths(contents: &[u8]) -> Vec<u32> {
    let index = LineIndex::new(contents);
    let last = index.line(contents.len() as u32);
    (1..=last).map(|line| index.line_range(line, contents).len() as u32).collect()
}

/// Whether a text is a path below a root, in the one spelling that trees have.
pub fn is_path(text: &str) -> bool {
    let is_part = |part: &str| !matches!(part, "" | "." | "..") && !part.contains('\0');
    text.len() <= LONGEST_PATH && text.split('/').all(is_part)
}
