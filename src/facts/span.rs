//! Byte spans and their human coordinates.

use serde::{Deserialize, Serialize};

/// A half-open byte range of one blob. Blobs over 4 GiB are never read
/// (the file-size limit is far below), so 32 bits suffice.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default, Serialize, Deserialize,
)]
pub struct Span {
    /// First byte.
    pub start: u32,
    /// One past the last byte.
    pub end: u32,
}

impl Span {
    /// The range `start..end`.
    pub fn new(start: usize, end: usize) -> Self {
        Self { start: start as u32, end: end.max(start) as u32 }
    }

    /// The smallest range that covers both.
    pub fn to(self, other: Span) -> Self {
        Self { start: self.start.min(other.start), end: self.end.max(other.end) }
    }

    /// As a `usize` range.
    pub fn range(self) -> std::ops::Range<usize> {
        self.start as usize..self.end as usize
    }
}

/// A line and a column, both counted from 1; columns are Unicode scalar values.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    /// Line, from 1.
    pub line: u32,
    /// Column, from 1.
    pub column: u32,
}

/// Start offsets of a blob's lines, to turn offsets into positions.
#[derive(Debug, Clone)]
pub struct LineIndex {
    starts: Vec<u32>,
}

impl LineIndex {
    /// Indexes the lines of `bytes`.
    pub fn new(bytes: &[u8]) -> Self {
        let mut starts = vec![0];
        starts.extend(memchr::memchr_iter(b'\n', bytes).map(|at| at as u32 + 1));
        Self { starts }
    }

    /// The line that holds `offset`, from 1.
    pub fn line(&self, offset: u32) -> u32 {
        self.starts.partition_point(|&start| start <= offset).max(1) as u32
    }

    /// Byte range of line `line` (from 1), without its newline.
    pub fn line_range(&self, line: u32, bytes: &[u8]) -> std::ops::Range<usize> {
        let ix = (line.max(1) - 1) as usize;
        let start = self.starts.get(ix).map_or(bytes.len(), |&s| s as usize);
        let end = self.starts.get(ix + 1).map_or(bytes.len(), |&s| s as usize - 1);
        start..end.max(start)
    }

    /// The position of `offset` in `bytes`; invalid UTF-8 counts a column a byte.
    pub fn position(&self, offset: u32, bytes: &[u8]) -> Position {
        let offset = (offset as usize).min(bytes.len());
        let line = self.line(offset as u32);
        let start = self.line_range(line, bytes).start;
        let before = &bytes[start.min(offset)..offset];
        let column = match std::str::from_utf8(before) {
            Ok(text) => text.chars().count(),
            Err(_) => before.len(),
        };
        Position { line, column: column as u32 + 1 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_count_scalar_values() {
        let bytes = "aé\nüb".as_bytes();
        let index = LineIndex::new(bytes);
        assert_eq!(index.position(0, bytes), Position { line: 1, column: 1 });
        assert_eq!(index.position(3, bytes), Position { line: 1, column: 3 });
        assert_eq!(index.position(6, bytes), Position { line: 2, column: 2 });
        assert_eq!(index.position(99, bytes), Position { line: 2, column: 3 });
    }
}
