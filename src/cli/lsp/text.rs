//! Positions of the protocol, and texts that change.

use crosscheck::Position;
use lsp_types::PositionEncodingKind;
use std::borrow::Cow;

/// What a character of a position counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encoding {
    /// Bytes.
    Utf8,
    /// Halves of UTF-16: what the protocol has where nothing else is agreed on.
    Utf16,
    /// Unicode scalar values.
    Utf32,
}

impl Encoding {
    /// The best of those that a client offers: what needs no counting of halves comes first.
    pub fn of(offered: Option<&[PositionEncodingKind]>) -> Self {
        let has = |kind| offered.unwrap_or_default().contains(&kind);
        if has(PositionEncodingKind::UTF8) {
            Self::Utf8
        } else if has(PositionEncodingKind::UTF32) {
            Self::Utf32
        } else {
            Self::Utf16
        }
    }

    /// As the protocol names it.
    pub fn kind(self) -> PositionEncodingKind {
        match self {
            Self::Utf8 => PositionEncodingKind::UTF8,
            Self::Utf16 => PositionEncodingKind::UTF16,
            Self::Utf32 => PositionEncodingKind::UTF32,
        }
    }

    fn length(self, c: char) -> usize {
        match self {
            Self::Utf8 => c.len_utf8(),
            Self::Utf16 => c.len_utf16(),
            Self::Utf32 => 1,
        }
    }

    /// How much of `line` lies before this character of it, in bytes; one that lies inside a
    /// scalar value counts as its beginning, one beyond the line as its end.
    fn inside(self, line: &str, character: u32) -> usize {
        let mut left = character as usize;
        for (at, c) in line.char_indices() {
            let length = self.length(c);
            if left < length {
                return at;
            }
            left -= length;
        }
        line.len()
    }
}

/// A text with its lines.
pub struct Lines<'t> {
    text: Cow<'t, str>,
    starts: Vec<usize>,
}

impl<'t> Lines<'t> {
    /// The lines of a text.
    pub fn of(text: impl Into<Cow<'t, str>>) -> Self {
        let text = text.into();
        let ends =
            text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n').map(|(at, _)| at + 1);
        let starts = std::iter::once(0).chain(ends).collect();
        Self { text, starts }
    }

    /// A line by its number from 0, without its end.
    fn line(&self, number: usize) -> (usize, &str) {
        let Some(&start) = self.starts.get(number) else { return (self.text.len(), "") };
        let end = self.starts.get(number + 1).map_or(self.text.len(), |next| next - 1);
        let line = self.text.get(start..end).unwrap_or_default();
        (start, line.strip_suffix('\r').unwrap_or(line))
    }

    /// Where a position of the protocol lies, in bytes.
    pub fn offset(&self, at: lsp_types::Position, encoding: Encoding) -> usize {
        let (start, line) = self.line(at.line as usize);
        start + encoding.inside(line, at.character)
    }

    /// A position of the protocol as the library has them.
    pub fn position(&self, at: lsp_types::Position, encoding: Encoding) -> Position {
        let (_, line) = self.line(at.line as usize);
        let before = &line[..encoding.inside(line, at.character)];
        Position {
            line: at.line.saturating_add(1),
            column: (before.chars().count() as u32).saturating_add(1),
        }
    }

    /// Where an offset lies, as the protocol has it.
    pub fn place(&self, offset: usize, encoding: Encoding) -> lsp_types::Position {
        let number = self.starts.partition_point(|start| *start <= offset).max(1) - 1;
        let (start, line) = self.line(number);
        let before = line.get(..offset.saturating_sub(start).min(line.len())).unwrap_or(line);
        let character = before.chars().map(|c| encoding.length(c)).sum::<usize>() as u32;
        lsp_types::Position { line: number as u32, character }
    }

    /// The end of a line, counted from 1.
    pub fn end(&self, line: u32, encoding: Encoding) -> lsp_types::Position {
        self.told(Position { line, column: u32::MAX }, encoding)
    }

    /// A position of the library as the protocol has them.
    pub fn told(&self, at: Position, encoding: Encoding) -> lsp_types::Position {
        let number = at.line.max(1) - 1;
        let (_, line) = self.line(number as usize);
        let before = line.chars().take(at.column.max(1) as usize - 1);
        let character = before.map(|c| encoding.length(c)).sum::<usize>() as u32;
        lsp_types::Position { line: number, character }
    }
}

/// A text after a change of a part of it.
pub fn changed(
    text: &str,
    range: Option<lsp_types::Range>,
    by: &str,
    encoding: Encoding,
) -> String {
    let Some(range) = range else { return by.to_owned() };
    let lines = Lines::of(text);
    let start = lines.offset(range.start, encoding);
    let end = lines.offset(range.end, encoding).max(start);
    [&text[..start], by, &text[end..]].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(line: u32, character: u32) -> lsp_types::Position {
        lsp_types::Position { line, character }
    }

    #[test]
    fn positions_are_counted_as_agreed() {
        let lines = Lines::of("aé😀b\r\n\nx");
        for (encoding, character) in
            [(Encoding::Utf8, 7), (Encoding::Utf16, 4), (Encoding::Utf32, 3)]
        {
            let own = lines.position(at(0, character), encoding);
            assert_eq!(own, Position { line: 1, column: 4 }, "{encoding:?}");
            assert_eq!(lines.told(own, encoding), at(0, character));
            assert_eq!(lines.offset(at(0, 99), encoding), 8);
        }
        // The second half of a pair is its beginning.
        assert_eq!(lines.offset(at(0, 3), Encoding::Utf16), 3);
        assert_eq!(lines.offset(at(9, 0), Encoding::Utf16), 11);
    }

    #[test]
    fn changes_of_parts() {
        let change = |text: &str, from, to, by| {
            changed(text, Some(lsp_types::Range { start: from, end: to }), by, Encoding::Utf16)
        };
        assert_eq!(change("a😀b\nc", at(0, 3), at(1, 0), "-"), "a😀-c");
        assert_eq!(change("ab", at(0, 2), at(0, 1), "-"), "ab-");
        assert_eq!(change("", at(5, 5), at(7, 7), "x"), "x");
        assert_eq!(changed("ab", None, "c", Encoding::Utf16), "c");
    }
}
