//! The lines around a place, cut to the room that there is.
//!
//! This is the one place where text of an analysed file becomes lines of a report: whatever
//! the file holds, a line is escaped, and no wider than asked for.

use super::ResolvedPlace;
use super::escape::terminal as escape;
use crate::facts::LineIndex;
use miette::{MietteError, MietteSpanContents, SourceCode, SourceSpan, SpanContents};
use std::ops::Range;

/// Most lines of a place that spans many.
const MOST_LINES: u32 = 6;

/// Columns that a tab takes.
const TAB: usize = 4;

/// Lines of a file with one place marked. The lines are cut, the numbers of line and column
/// are the file's.
#[derive(Debug)]
pub struct Excerpt {
    name: String,
    text: String,
    /// The marked bytes of `text`.
    marked: Range<usize>,
    /// The first line shown, from 0.
    first: usize,
    /// Where the place begins, from 0.
    line: usize,
    column: usize,
}

/// Whether a file has lines, and nothing in any of them: that of a repository of which there are
/// facts alone. There is nothing to show.
pub fn is_blank(contents: &[u8]) -> bool {
    !contents.is_empty() && contents.iter().all(|byte| matches!(byte, b' ' | b'\n'))
}

impl Excerpt {
    /// The lines around `place` in a file's contents, each at most `room` columns wide.
    pub fn new(
        name: String,
        place: &ResolvedPlace,
        (bytes, index): &(Vec<u8>, LineIndex),
        room: usize,
    ) -> Self {
        // A blank line beside the place shows nothing.
        let says = |number: &u32| {
            let line = bytes.get(index.line_range(*number, bytes)).unwrap_or_default();
            line.iter().take(room).any(|byte| !byte.is_ascii_whitespace())
        };
        let before = place.start.line.saturating_sub(1).max(1);
        let first = if says(&before) { before } else { place.start.line };
        let end = place.end.line.min(place.start.line + MOST_LINES);
        let last = if says(&(end + 1)) { end + 1 } else { end };
        let span = place.source.1.range();
        let mut text = String::new();
        let mut marked = None;
        for number in first..=last {
            let line = index.line_range(number, bytes);
            if line.start >= bytes.len() && number > first {
                break;
            }
            let inside = span.start.clamp(line.start, line.end) - line.start
                ..span.end.clamp(line.start, line.end) - line.start;
            let is_marked = (place.start.line..=place.end.line).contains(&number);
            let shown = cut(bytes.get(line).unwrap_or_default(), inside, room);
            if is_marked {
                let start = text.len() + shown.marked.start;
                let end = text.len() + shown.marked.end;
                marked = Some(marked.map_or(start, |own: Range<usize>| own.start)..end);
            }
            text.push_str(&shown.text);
            text.push('\n');
        }
        Self {
            name,
            marked: marked.unwrap_or(0..0),
            text,
            first: first as usize - 1,
            line: place.start.line as usize - 1,
            column: place.start.column as usize - 1,
        }
    }

    /// Each line with its number in the file: what stands before, within and behind the place.
    pub fn lines(&self) -> impl Iterator<Item = (usize, [&str; 3])> {
        let mut at = 0;
        self.text.lines().enumerate().map(move |(ix, line)| {
            let start = self.marked.start.clamp(at, at + line.len()) - at;
            let end = self.marked.end.clamp(at, at + line.len()) - at;
            at += line.len() + 1;
            (self.first + ix + 1, [&line[..start], &line[start..end], &line[end..]])
        })
    }

    /// The marked bytes.
    pub fn span(&self) -> SourceSpan {
        SourceSpan::new(self.marked.start.into(), self.marked.len())
    }
}

impl SourceCode for Excerpt {
    fn read_span<'a>(
        &'a self,
        span: &SourceSpan,
        context_before: usize,
        _context_after: usize,
    ) -> Result<Box<dyn SpanContents<'a> + 'a>, MietteError> {
        // Without context the place itself is asked for, to name its line and column.
        let (range, line, column) = match context_before {
            0 => (span.offset()..span.offset() + span.len(), self.line, self.column),
            _ => (0..self.text.len(), self.first, 0),
        };
        let data = self.text.as_bytes().get(range.clone()).ok_or(MietteError::OutOfBounds)?;
        let span = SourceSpan::new(range.start.into(), range.len());
        Ok(Box::new(MietteSpanContents::new_named(
            self.name.clone(),
            data,
            span,
            line,
            column,
            self.text.lines().count(),
        )))
    }
}

/// A line as it is shown, and which of its bytes are marked.
#[derive(Debug, PartialEq, Eq)]
struct Line {
    text: String,
    marked: Range<usize>,
}

/// Escapes `line` and cuts it to `room` columns around `marked`. A line of many megabytes
/// costs no more than what is shown of it.
fn cut(line: &[u8], marked: Range<usize>, room: usize) -> Line {
    let line = line.strip_suffix(b"\r").unwrap_or(line);
    let marked = marked.start.min(line.len())..marked.end.min(line.len());
    // No character has more than four bytes.
    let bytes = 4 * (room + 1);
    let near = |range: Range<usize>| escape(&String::from_utf8_lossy(&line[range]));
    let before = near(marked.start.saturating_sub(bytes)..marked.start);
    let middle = near(marked.start..marked.end.min(marked.start + bytes));
    let after = near(marked.end..line.len().min(marked.end + bytes));
    let (left, mid, right) = (width(&before), width(&middle), width(&after));
    if left + mid + right <= room {
        let marked = before.len()..before.len() + middle.len();
        return Line { text: before + &middle + &after, marked };
    }
    // Of the place itself as much as fits beside a little of what stands around it.
    let mid_room = mid.min(room.saturating_sub(room / 4)).max(1);
    let rest = room.saturating_sub(mid_room);
    let left_room = left.min((rest / 2).max(rest.saturating_sub(right)));
    let before = keep_end(&before, left_room);
    let middle = keep_start(&middle, mid_room);
    let after = keep_start(&after, rest - left_room);
    let marked = before.len()..before.len() + middle.len();
    Line { text: before + &middle + &after, marked }
}

/// The beginning of `text`, at most `room` columns of it.
fn keep_start(text: &str, room: usize) -> String {
    if width(text) <= room {
        return text.to_owned();
    }
    let mut kept = String::new();
    let mut used = 1;
    for c in text.chars() {
        used += columns(c);
        if used > room {
            break;
        }
        kept.push(c);
    }
    if room > 0 {
        kept.push('…');
    }
    kept
}

/// The end of `text`, at most `room` columns of it.
fn keep_end(text: &str, room: usize) -> String {
    if width(text) <= room {
        return text.to_owned();
    }
    let mut used = 1;
    let mut from = text.len();
    for (at, c) in text.char_indices().rev() {
        used += columns(c);
        if used > room {
            break;
        }
        from = at;
    }
    let mark = if room > 0 { "…" } else { "" };
    format!("{mark}{}", &text[from..])
}

fn width(text: &str) -> usize {
    text.chars().map(columns).sum()
}

fn columns(c: char) -> usize {
    match c {
        '\t' => TAB,
        c => unicode_width::UnicodeWidthChar::width(c).unwrap_or(0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(line: &str, marked: &str, room: usize) -> (String, String) {
        let at = line.find(marked).expect("it is there");
        let line = cut(line.as_bytes(), at..at + marked.len(), room);
        assert!(width(&line.text) <= room, "{line:?}");
        (line.text[line.marked].to_owned(), line.text)
    }

    #[test]
    fn a_line_that_fits_is_whole() {
        let (marked, text) = shown("  include web::absent", "web::absent", 40);
        assert_eq!((marked.as_str(), text.as_str()), ("web::absent", "  include web::absent"));
    }

    #[test]
    fn a_long_line_is_cut_around_the_place() {
        let line = format!("{}here{}", "a".repeat(70_000), "é".repeat(70_000));
        let (marked, text) = shown(&line, "here", 40);
        assert_eq!(marked, "here");
        assert!(text.starts_with("…a") && text.ends_with("é…"), "{text}");
        let (marked, text) = shown("here and much more that does not fit at all", "here", 20);
        assert_eq!((marked.as_str(), text.as_str()), ("here", "here and much more …"));
        let (marked, text) = shown("much that does not fit at all before here", "here", 20);
        assert_eq!((marked.as_str(), text.as_str()), ("here", "… at all before here"));
    }

    #[test]
    fn a_place_wider_than_the_room_is_cut_itself() {
        let line = "x".repeat(1 << 20);
        let line = cut(line.as_bytes(), 0..line.len(), 30);
        assert!(width(&line.text) <= 30 && !line.marked.is_empty(), "{line:?}");
    }

    #[test]
    fn a_carriage_return_is_no_part_of_its_line() {
        assert_eq!(cut(b"a b\r", 2..4, 20), Line { text: "a b".into(), marked: 2..3 });
    }
}
