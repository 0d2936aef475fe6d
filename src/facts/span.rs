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
    long: Vec<LongLine>,
}

/// A line in which columns are counted from marks on it: counting each from its start would take
/// the square of its length.
#[derive(Debug, Clone)]
struct LongLine {
    start: usize,
    /// Where it stops to be UTF-8; its end, if it is to there.
    valid: usize,
    /// How many characters begin before each multiple of [`STEP`].
    marks: Vec<usize>,
}

/// Bytes of a line that are counted for each place in it.
const STEP: usize = 1024;

impl LongLine {
    fn new(bytes: &[u8], line: std::ops::Range<usize>) -> Self {
        let own = bytes.get(line.clone()).unwrap_or_default();
        let valid = match std::str::from_utf8(own) {
            Ok(_) => line.end,
            Err(error) => line.start + error.valid_up_to(),
        };
        let marks = own.chunks(STEP).scan(0, |before, chunk| {
            let mark = *before;
            *before += characters(chunk);
            Some(mark)
        });
        Self { start: line.start, valid, marks: marks.collect() }
    }

    /// How many characters stand before `offset`; bytes, where they are none.
    fn before(&self, offset: usize, bytes: &[u8]) -> usize {
        let within = offset - self.start;
        let is_inside = bytes.get(offset).is_some_and(|byte| !begins(*byte));
        let Some(mark) = self.marks.get(within / STEP) else { return within };
        if offset > self.valid || is_inside {
            return within;
        }
        let from = self.start + within / STEP * STEP;
        mark + characters(bytes.get(from..offset).unwrap_or_default())
    }
}

/// Whether a character begins with this byte.
fn begins(byte: u8) -> bool {
    byte & 0xc0 != 0x80
}

fn characters(text: &[u8]) -> usize {
    text.iter().filter(|byte| begins(**byte)).count()
}

impl LineIndex {
    /// Indexes the lines of `bytes`.
    pub fn new(bytes: &[u8]) -> Self {
        let mut starts = vec![0];
        starts.extend(memchr::memchr_iter(b'\n', bytes).map(|at| at as u32 + 1));
        let mut own = Self { starts, long: Vec::new() };
        let lines = 1..=own.starts.len() as u32;
        let lines = lines.map(|line| own.line_range(line, bytes));
        let long = lines.filter(|line| line.len() > 4 * STEP);
        own.long = long.map(|line| LongLine::new(bytes, line)).collect();
        own
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

    /// The offset of a position, which may lie beyond the end of its line or of the file; the
    /// counterpart of [`LineIndex::position`].
    pub fn offset(&self, at: Position, bytes: &[u8]) -> u32 {
        let range = self.line_range(at.line, bytes);
        let line = bytes.get(range.clone()).unwrap_or_default();
        let before = at.column.max(1) as usize - 1;
        let inside = match std::str::from_utf8(line) {
            Ok(text) => text.char_indices().nth(before).map_or(line.len(), |(at, _)| at),
            Err(_) => before.min(line.len()),
        };
        (range.start + inside) as u32
    }

    /// The position of `offset` in `bytes`; invalid UTF-8 counts a column a byte.
    pub fn position(&self, offset: u32, bytes: &[u8]) -> Position {
        let offset = (offset as usize).min(bytes.len());
        let line = self.line(offset as u32);
        let start = self.line_range(line, bytes).start;
        let before = &bytes[start.min(offset)..offset];
        if let Ok(ix) = self.long.binary_search_by_key(&start, |own| own.start) {
            let column = self.long[ix].before(offset.max(start), bytes) as u32 + 1;
            return Position { line, column };
        }
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
    fn columns_of_long_lines_are_those_of_short_ones() {
        let text = "a\u{e9}\u{20ac}\u{1f600}b".repeat(1200);
        let mut broken = text.clone().into_bytes();
        broken[7000] = 0xff;
        for bytes in [text.clone().into_bytes(), broken, [text.as_bytes(), b"\nx\n"].concat()] {
            let index = LineIndex::new(&bytes);
            assert_eq!(index.long.len(), 1);
            let end = bytes.iter().position(|byte| *byte == b'\n').unwrap_or(bytes.len());
            for offset in (0..=end).step_by(7).chain([end]) {
                let before = &bytes[..offset];
                let plain = std::str::from_utf8(before).map_or(offset, |own| own.chars().count());
                let column = index.position(offset as u32, &bytes).column;
                assert_eq!(column as usize, plain + 1, "{offset}");
            }
        }
    }

    #[test]
    fn offsets_of_positions_are_where_they_were_taken() {
        let bytes = "aé\n\nü😀b\n".as_bytes();
        let index = LineIndex::new(bytes);
        let text = "aé\n\nü😀b\n";
        for (offset, _) in text.char_indices() {
            let at = index.position(offset as u32, bytes);
            assert_eq!(index.offset(at, bytes) as usize, offset);
        }
        assert_eq!(index.offset(Position { line: 1, column: 90 }, bytes), 3);
        assert_eq!(index.offset(Position { line: 90, column: 1 }, bytes) as usize, bytes.len());
    }

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
