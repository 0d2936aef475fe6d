//! Command text with holes, and where each of its bytes stands in the file.

use crate::facts::{NamePattern, Piece, Span};
use crate::syntax::tags::{Sort, tags};
use std::ops::Range;

/// Stands for an interpolated value in [`CommandText`]: a private-use character, which no
/// command line holds.
pub const HOLE: char = '\u{E000}';

/// A command line, or a whole script, as a shell would read it.
#[derive(Debug, Clone, Default)]
pub struct CommandText {
    text: String,
    /// Source offset of each run of text: (offset in `text`, offset in the source).
    runs: Vec<(u32, u32)>,
}

impl CommandText {
    /// Text that stands in the source as it is, from offset `start` on.
    pub fn plain(text: &str, start: usize) -> Self {
        let mut out = Self::default();
        out.push(text, start);
        out
    }

    /// A text that stands at `start`: as a template where it holds tags of one.
    pub fn of_file(text: &str) -> Self {
        match crate::syntax::yaml::is_templated(text) {
            true => Self::template(text),
            false => Self::plain(text, 0),
        }
    }

    /// A script in a template: `<%…%>`, `{{…}}` and `{%…%}` are holes or nothing.
    pub fn template(text: &str) -> Self {
        let mut out = Self::default();
        let mut from = 0;
        let mut line = 0;
        for tag in tags(text, Sort::CODE) {
            let Range { start: at, end } = tag.range;
            let shown = tag.sort == Sort::Braces || tag.prints();
            // `${{ … }}`: the mark belongs to the expression of a workflow.
            let before = &text[from..at];
            let mark = if tag.sort == Sort::Braces { before.strip_suffix('$') } else { None };
            out.push(mark.unwrap_or(before), from);
            line = text[from..at].rfind('\n').map_or(line, |newline| from + newline + 1);
            let rest = text[end..].trim_start_matches([' ', '\t', '\r']);
            let is_last = rest.is_empty() || rest.starts_with('\n');
            let alone = is_last && at - line < MAX_INDENT && text[line..at].trim().is_empty();
            from = end;
            if shown || !alone {
                // A condition inside a line: some of what stands beside it.
                out.hole(at);
                if !shown && out.text.trim_end_matches(HOLE).ends_with(char::is_whitespace) {
                    out.push(" ", at);
                }
            } else if text[..line].ends_with("\\\n") {
                // A condition between continued lines does not end the command.
                out.push(" ", at);
                out.hole(at);
                out.push(" ", at);
                from = (text.len() - rest.len() + 1).min(text.len());
            }
        }
        out.push(&text[from..], from);
        out
    }

    /// A pattern whose text stands at `span`. Columns inside it are kept where the source
    /// has the same length.
    pub fn pattern(name: &NamePattern, span: Span) -> Self {
        let mut out = Self::default();
        let mut at = span.start as usize;
        for piece in name.pieces() {
            match piece {
                Piece::Text(text) => {
                    out.push(&text, at.min(span.end as usize));
                    at += text.len();
                }
                Piece::Hole => out.hole(at.min(span.end as usize)),
            }
        }
        out
    }

    /// Appends text that stands at `start`.
    pub fn push(&mut self, text: &str, start: usize) {
        if !text.is_empty() {
            let follows = !self.text.ends_with(HOLE)
                && self.runs.last().is_some_and(|(own, source)| {
                    start == *source as usize + (self.text.len() - *own as usize)
                });
            if !follows {
                self.runs.push((self.text.len() as u32, start as u32));
            }
            self.text.push_str(text);
        }
    }

    /// Appends text all of which stands at `place`: what a name there is known to hold.
    pub fn push_at(&mut self, text: &str, place: usize) {
        for (at, c) in text.char_indices() {
            self.runs.push((self.text.len() as u32, place as u32));
            self.text.push_str(&text[at..at + c.len_utf8()]);
        }
    }

    /// Appends a hole that stands at `start`.
    pub fn hole(&mut self, start: usize) {
        self.runs.push((self.text.len() as u32, start as u32));
        self.text.push(HOLE);
    }

    /// The text, [`HOLE`] for each hole.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// A part of the text, with its places.
    pub fn slice(&self, range: Range<usize>) -> Self {
        let mut out = Self::default();
        let Some(part) = self.text.get(range.clone()).filter(|part| !part.is_empty()) else {
            return out;
        };
        out.text.push_str(part);
        out.runs.push((0, self.source(range.start) as u32));
        let from = self.runs.partition_point(|(own, _)| *own as usize <= range.start);
        let later = self.runs[from..].iter().take_while(|(own, _)| (*own as usize) < range.end);
        out.runs.extend(later.map(|(own, source)| (own - range.start as u32, *source)));
        out
    }

    /// Appends another text.
    pub fn append(&mut self, other: &Self) {
        let shift = self.text.len() as u32;
        self.text.push_str(&other.text);
        self.runs.extend(other.runs.iter().map(|(own, source)| (own + shift, *source)));
    }

    /// A line of this text and those that it goes on with: `escape` ends a line that goes on, and
    /// `between` takes its place. Of the lines that follow, those in `rest` count.
    pub fn continued<'t>(
        &self,
        first: (usize, &'t str),
        (escape, between): (char, &str),
        rest: &mut impl Iterator<Item = (usize, &'t str)>,
    ) -> Self {
        let mut out = Self::default();
        let (mut start, mut line) = first;
        while let Some(cut) = line.trim_end().strip_suffix(escape) {
            let end = start + cut.len();
            out.append(&self.slice(start..end));
            out.push(between, end);
            let Some(next) = rest.next() else { return out };
            (start, line) = next;
        }
        out.append(&self.slice(start..start + line.len()));
        out
    }

    /// The text as a pattern.
    pub fn to_pattern(&self) -> NamePattern {
        NamePattern::with_marks(&self.text, &[HOLE])
    }

    /// Where a range of the text stands in the source.
    pub fn span(&self, start: usize, end: usize) -> Span {
        let first = self.source(start);
        let last = if end > start { self.source(end - 1) + 1 } else { first };
        Span::new(first, last.max(first))
    }

    fn source(&self, at: usize) -> usize {
        let ix = self.runs.partition_point(|(own, _)| *own as usize <= at);
        match ix.checked_sub(1).and_then(|ix| self.runs.get(ix)) {
            Some((own, source)) => *source as usize + (at - *own as usize),
            None => at,
        }
    }
}

/// A tag behind more blanks than this is not looked at as one on a line of its own.
const MAX_INDENT: usize = 1000;
