//! Text with the tags of a template language in it.

use crate::facts::{NamePattern, Piece};

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
