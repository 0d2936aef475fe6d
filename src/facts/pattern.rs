//! Names that are partly built at run time.

use serde::{Deserialize, Serialize};
use smol_str::{SmolStr, SmolStrBuilder};
use std::fmt;
use std::ops::Range;

/// A part of a name pattern.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Piece {
    /// Literal text.
    Text(SmolStr),
    /// Anything, also nothing: an interpolated value.
    Hole,
}

/// A name, exact or with holes. Holes match any text, separators included.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", from = "Written")]
pub enum NamePattern {
    /// Fully known.
    Exact(SmolStr),
    /// Partly built at run time: at least one hole.
    Pattern(Box<[Piece]>),
}

/// A [`NamePattern`] as somebody wrote it down: its pieces may be any.
#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Written {
    Exact(SmolStr),
    Pattern(Vec<Piece>),
}

impl From<Written> for NamePattern {
    fn from(own: Written) -> Self {
        match own {
            Written::Exact(name) => Self::Exact(name),
            Written::Pattern(pieces) => Self::from_pieces(pieces),
        }
    }
}

impl NamePattern {
    /// An exact name.
    pub fn exact(name: impl Into<SmolStr>) -> Self {
        Self::Exact(name.into())
    }

    /// Joins pieces; neighbouring texts and holes are merged. Without a hole the
    /// result is exact.
    pub fn from_pieces(pieces: impl IntoIterator<Item = Piece>) -> Self {
        let mut out: Vec<Piece> = Vec::new();
        // What stands side by side is put together once.
        let mut beside: Option<SmolStrBuilder> = None;
        for piece in pieces {
            match (out.last_mut(), piece) {
                (Some(Piece::Hole), Piece::Hole) => {}
                (_, Piece::Text(text)) if text.is_empty() => {}
                (Some(Piece::Text(last)), Piece::Text(text)) => {
                    let joined = beside.get_or_insert_with(|| {
                        let mut begun = SmolStrBuilder::new();
                        begun.push_str(last);
                        begun
                    });
                    joined.push_str(&text);
                }
                (last, piece) => {
                    if let (Some(joined), Some(Piece::Text(last))) = (beside.take(), last) {
                        *last = joined.finish();
                    }
                    out.push(piece);
                }
            }
        }
        if let (Some(joined), Some(Piece::Text(last))) = (beside, out.last_mut()) {
            *last = joined.finish();
        }
        match out.as_slice() {
            [] => Self::Exact(SmolStr::default()),
            [Piece::Text(text)] => Self::Exact(text.clone()),
            _ => Self::Pattern(out.into()),
        }
    }

    /// Text in which each of `marks` stands for anything.
    pub(crate) fn with_marks(text: &str, marks: &[char]) -> Self {
        Self::with_holes(text, |rest| {
            let at = rest.find(marks)?;
            Some(at..at + rest[at..].chars().next().map_or(0, char::len_utf8))
        })
    }

    /// Text with a hole for each part that `next` finds in the rest of it.
    pub(crate) fn with_holes(text: &str, next: impl Fn(&str) -> Option<Range<usize>>) -> Self {
        let mut pieces = Vec::new();
        let mut rest = text;
        while let Some(hole) = next(rest).filter(|hole| !hole.is_empty()) {
            pieces.push(Piece::Text(rest[..hole.start].into()));
            pieces.push(Piece::Hole);
            rest = &rest[hole.end..];
        }
        pieces.push(Piece::Text(rest.into()));
        Self::from_pieces(pieces)
    }

    /// A pattern that matches everything.
    pub fn any() -> Self {
        Self::Pattern(Box::new([Piece::Hole]))
    }

    /// The name where it is fully known.
    pub fn as_exact(&self) -> Option<&SmolStr> {
        match self {
            Self::Exact(name) => Some(name),
            Self::Pattern(_) => None,
        }
    }

    /// The pieces, one for an exact name.
    pub fn pieces(&self) -> Vec<Piece> {
        match self {
            Self::Exact(name) => vec![Piece::Text(name.clone())],
            Self::Pattern(pieces) => pieces.to_vec(),
        }
    }

    /// The literal text before the first hole.
    pub fn prefix(&self) -> &str {
        match self {
            Self::Exact(name) => name,
            Self::Pattern(pieces) => match pieces.first() {
                Some(Piece::Text(text)) => text,
                _ => "",
            },
        }
    }

    /// The literal text after the last hole.
    pub fn suffix(&self) -> &str {
        match self {
            Self::Exact(name) => name,
            Self::Pattern(pieces) => match pieces.last() {
                Some(Piece::Text(text)) => text,
                _ => "",
            },
        }
    }

    /// The same name with `prefix` put before it.
    pub fn prepend(&self, prefix: &str) -> Self {
        let head = std::iter::once(Piece::Text(SmolStr::new(prefix)));
        Self::from_pieces(head.chain(self.pieces()))
    }

    /// The same name with every literal text rewritten by `f`.
    pub fn map_text(&self, f: impl Fn(&str) -> SmolStr) -> Self {
        Self::from_pieces(self.pieces().into_iter().map(|piece| match piece {
            Piece::Text(text) => Piece::Text(f(&text)),
            Piece::Hole => Piece::Hole,
        }))
    }

    /// Whether `name` matches.
    pub fn matches(&self, name: &str) -> bool {
        let pieces = match self {
            Self::Exact(own) => return own == name,
            Self::Pattern(pieces) => pieces,
        };
        // Greedy leftmost matching suffices: holes match anything.
        let mut rest = name;
        let last = pieces.len() - 1;
        // Of many patterns with one beginning, most end otherwise.
        if matches!(&pieces[last], Piece::Text(text) if !name.ends_with(text.as_str())) {
            return false;
        }
        for (ix, piece) in pieces.iter().enumerate() {
            let Piece::Text(text) = piece else { continue };
            if ix == 0 {
                match rest.strip_prefix(text.as_str()) {
                    Some(tail) => rest = tail,
                    None => return false,
                }
            } else if ix == last {
                return rest.ends_with(text.as_str());
            } else {
                match find(rest.as_bytes(), text.as_bytes()) {
                    Some(at) => rest = &rest[at + text.len()..],
                    None => return false,
                }
            }
        }
        matches!(pieces[last], Piece::Hole) || rest.is_empty()
    }

    /// Whether some name could match both; errs on the side of `true` when both
    /// have holes in the middle.
    pub fn overlaps(&self, other: &NamePattern) -> bool {
        match (self, other) {
            (Self::Exact(name), pattern) | (pattern, Self::Exact(name)) => pattern.matches(name),
            _ => {
                let compatible =
                    |a: &str, b: &str, strip: fn(&str, &str) -> bool| strip(a, b) || strip(b, a);
                compatible(self.prefix(), other.prefix(), |a, b| a.starts_with(b))
                    && compatible(self.suffix(), other.suffix(), |a, b| a.ends_with(b))
            }
        }
    }
}

/// Where `text` begins in a name; names are short, and a prepared search costs more than it
/// saves.
fn find(name: &[u8], text: &[u8]) -> Option<usize> {
    let (first, others) = text.split_first()?;
    let mut starts = memchr::memchr_iter(*first, name);
    starts.find(|at| name[at + 1..].starts_with(others))
}

impl fmt::Display for NamePattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Exact(name) => f.write_str(name),
            Self::Pattern(pieces) => pieces.iter().try_for_each(|piece| match piece {
                Piece::Text(text) => f.write_str(text),
                Piece::Hole => f.write_str("*"),
            }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pattern(text: &str) -> NamePattern {
        let mut pieces = Vec::new();
        for (ix, part) in text.split('*').enumerate() {
            if ix > 0 {
                pieces.push(Piece::Hole);
            }
            pieces.push(Piece::Text(part.into()));
        }
        NamePattern::from_pieces(pieces)
    }

    #[test]
    fn holes_match_anything() {
        assert!(pattern("a/*.conf").matches("a/b/c.conf"));
        assert!(pattern("a/*.conf").matches("a/.conf"));
        assert!(!pattern("a/*.conf").matches("a/b.cfg"));
        assert!(!pattern("a/*/a").matches("a/a"));
        assert!(pattern("*x*y*").matches("axbyc"));
        assert!(!pattern("*x*y*").matches("aybxc"));
        assert!(pattern("exact").matches("exact"));
        assert_eq!(pattern("exact").as_exact().unwrap(), "exact");
    }

    #[test]
    fn what_somebody_wrote_down_is_put_in_order() {
        let read = |text: &str| serde_json::from_str::<NamePattern>(text).unwrap();
        let written = serde_json::to_string(&pattern("a*b")).unwrap();
        assert_eq!(written, r#"{"pattern":[{"text":"a"},"hole",{"text":"b"}]}"#);
        assert_eq!(read(&written), pattern("a*b"));
        assert_eq!(read(r#"{"pattern":[]}"#), NamePattern::exact(""));
        assert_eq!(read(r#"{"pattern":["hole",{"text":""},"hole"]}"#), NamePattern::any());
    }

    #[test]
    fn overlap_of_two_patterns() {
        assert!(pattern("a*").overlaps(&pattern("*b")));
        assert!(pattern("ab*").overlaps(&pattern("a*")));
        assert!(!pattern("a*").overlaps(&pattern("b*")));
        assert!(!pattern("*.x").overlaps(&pattern("*.y")));
    }
}
