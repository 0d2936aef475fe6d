//! Command text with holes, and where each of its bytes stands in the file.

use crate::facts::{NamePattern, Piece, Span};

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

    /// A script in a template: `<%…%>`, `{{…}}` and `{%…%}` are holes or nothing.
    pub fn template(text: &str) -> Self {
        let mut out = Self::default();
        let mut from = 0;
        while let Some((at, end, shown)) = next_tag(text, from) {
            out.push(&text[from..at], from);
            if shown {
                out.hole(at);
            }
            from = end;
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
            self.runs.push((self.text.len() as u32, start as u32));
            self.text.push_str(text);
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

/// The next template tag: its bounds, and whether it renders something.
fn next_tag(text: &str, from: usize) -> Option<(usize, usize, bool)> {
    let bytes = text.as_bytes();
    let mut at = from;
    while let Some(found) = memchr::memchr2(b'<', b'{', bytes.get(at..)?).map(|ix| at + ix) {
        let rest = &text[found..];
        let close = match rest.as_bytes().get(1) {
            Some(b'%') if rest.starts_with("<%") => Some("%>"),
            Some(b'%') if rest.starts_with("{%") => Some("%}"),
            Some(b'{') if rest.starts_with("{{") => Some("}}"),
            _ => None,
        };
        if let Some(close) = close
            && let Some(len) = rest.find(close)
        {
            let shown = rest.starts_with("<%=") || rest.starts_with("{{");
            return Some((found, found + len + 2, shown));
        }
        at = found + 1;
    }
    None
}
