//! Text with the tags of a template language in it.

use crate::facts::{NamePattern, Piece};
use memchr::memmem;
use std::ops::Range;

/// Text whose ERB and Jinja tags are holes.
pub(crate) fn templated(text: &str) -> NamePattern {
    let mut pieces = Vec::new();
    let mut rest = text;
    let tags = [("<%", "%>"), ("{{", "}}"), ("{%", "%}")];
    loop {
        let next = tags.iter().filter_map(|(open, close)| Some((rest.find(open)?, *close))).min();
        let Some((at, close)) = next else { break };
        pieces.push(Piece::Text(rest[..at].into()));
        pieces.push(Piece::Hole);
        let inner = &rest[at + 2..];
        rest = inner.find(close).map_or("", |end| &inner[end + 2..]);
    }
    pieces.push(Piece::Text(rest.into()));
    NamePattern::from_pieces(pieces)
}

/// A tag of a template.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Tag {
    /// From its opening to behind its closing sign.
    pub range: Range<usize>,
    /// It prints something where it stands; others are code and comments.
    pub prints: bool,
}

impl Tag {
    /// Whether code brings in text from elsewhere, in the text that the tag is of.
    pub fn pulls_in(&self, text: &str) -> bool {
        let words = ["include ", "import ", "block ", "extends ", "call ", "render"];
        words.iter().any(|word| text[self.range.clone()].contains(word))
    }
}

/// The tags of a text as a reader passes them.
#[derive(Debug)]
pub(crate) struct Ahead<'g>(&'g [Tag]);

impl<'g> Ahead<'g> {
    /// All of them.
    pub fn new(tags: &'g [Tag]) -> Self {
        Self(tags)
    }

    /// The tag that begins at `at`; those before are passed.
    pub fn here(&mut self, at: usize) -> Option<&'g Tag> {
        let passed = self.0.iter().take_while(|tag| tag.range.start < at).count();
        self.0 = &self.0[passed..];
        self.0.first().filter(|tag| tag.range.start == at)
    }

    /// Those that begin before `end`.
    pub fn until(&self, end: usize) -> impl Iterator<Item = &'g Tag> + use<'g> {
        self.0.iter().take_while(move |tag| tag.range.start < end)
    }
}

/// The tags of ERB, EPP, Jinja and Go templates in a text, in order; none within another, and
/// none that is not closed.
pub(crate) fn tags(text: &str) -> Vec<Tag> {
    let bytes = text.as_bytes();
    let mut found = Vec::new();
    // A sign that is not there is looked for once.
    let mut closed = [true; 4];
    let mut at = 0;
    while let Some(start) = memchr::memchr2(b'<', b'{', &bytes[at..]).map(|len| at + len) {
        let sort = match &bytes[start..bytes.len().min(start + 2)] {
            b"<%" => 0,
            b"{{" => 1,
            b"{%" => 2,
            b"{#" => 3,
            _ => {
                at = start + 1;
                continue;
            }
        };
        let close = [b"%>", b"}}", b"%}", b"#}"][sort];
        let end = closed[sort].then(|| memmem::find(&bytes[start + 2..], close)).flatten();
        let Some(len) = end else {
            closed[sort] = false;
            at = start + 2;
            continue;
        };
        let inner = text.get(start + 2..start + 2 + len).unwrap_or_default();
        at = start + 2 + len + 2;
        let prints = match sort {
            0 => inner.starts_with('='),
            1 => !is_statement(inner.trim_start_matches(['-', ' '])),
            _ => false,
        };
        found.push(Tag { range: start..at, prints });
    }
    found
}

/// Whether an action of a Go template is one that prints nothing.
fn is_statement(inner: &str) -> bool {
    let word = inner.split([' ', '}', '-', '\t', '\n']).next().unwrap_or_default();
    let words = ["if", "else", "end", "range", "with", "define", "block", "break", "continue"];
    words.contains(&word) || inner.starts_with("/*") || inner.contains(":=")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_print_or_do_not() {
        let text = "a <%= b %> <% if c -%> {{ d }} {%- e %} {# f #} {{- end }} {{ open <% x";
        let shown: Vec<_> =
            tags(text).into_iter().map(|tag| (&text[tag.range], tag.prints)).collect();
        let expected = [
            ("<%= b %>", true),
            ("<% if c -%>", false),
            ("{{ d }}", true),
            ("{%- e %}", false),
            ("{# f #}", false),
            ("{{- end }}", false),
        ];
        assert_eq!(shown, expected);
    }
}
