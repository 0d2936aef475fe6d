//! A file's tokens, and the questions that readers of flags ask about them.

use crate::facts::Span;
use smol_str::SmolStr;
use std::ops::Range;

/// What a token is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A name or keyword, in Perl with its sigil.
    Name,
    /// A string literal.
    Text,
    /// A number.
    Number,
    /// Anything else.
    Mark,
    /// The beginning of a list of words.
    Open,
    /// Its end.
    Close,
}

/// A token.
#[derive(Debug, Clone)]
pub struct Token {
    /// What it is.
    pub kind: Kind,
    /// Where it starts, with its quotes.
    pub start: usize,
    /// Where it ends, with its quotes.
    pub end: usize,
    /// Where its text stands, without quotes.
    pub span: Span,
    /// The text of a name, a string or a number.
    pub value: SmolStr,
    /// A string without computed parts.
    pub exact: bool,
    /// The first one on its line.
    pub first: bool,
    /// The other bracket.
    pub partner: Option<usize>,
}

/// An entry of a literal: its name with the name's place, where it is known, and the tokens
/// of its value.
pub type Entry = (Option<(SmolStr, Span)>, Range<usize>);

/// A file's tokens.
pub struct Tokens<'t> {
    text: &'t str,
    list: Vec<Token>,
}

impl<'t> Tokens<'t> {
    /// Finds the brackets that belong together.
    pub fn new(text: &'t str, mut list: Vec<Token>) -> Self {
        let mut open: Vec<(usize, u8)> = Vec::new();
        for ix in 0..list.len() {
            let byte = match list[ix].kind {
                Kind::Mark => text.as_bytes().get(list[ix].start).copied().unwrap_or(0),
                Kind::Open => b'w',
                Kind::Close => b'W',
                _ => continue,
            };
            let opening = match byte {
                b'(' | b'[' | b'{' | b'w' => {
                    open.push((ix, byte));
                    continue;
                }
                b')' => b'(',
                b']' => b'[',
                b'}' => b'{',
                b'W' => b'w',
                _ => continue,
            };
            // One that is left open inside is passed over.
            let Some(at) = open.iter().rev().take(64).position(|(_, own)| *own == opening) else {
                continue;
            };
            let (other, _) = open[open.len() - 1 - at];
            open.truncate(open.len() - 1 - at);
            list[ix].partner = Some(other);
            list[other].partner = Some(ix);
        }
        Self { text, list }
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.list.len()
    }

    /// The token at `ix`.
    pub fn get(&self, ix: usize) -> Option<&Token> {
        self.list.get(ix)
    }

    /// Whether the token at `ix` is this name or mark.
    pub fn is(&self, ix: usize, text: &str) -> bool {
        self.list.get(ix).is_some_and(|token| {
            token.kind != Kind::Text && self.text.get(token.start..token.end) == Some(text)
        })
    }

    /// The name at `ix`.
    pub fn name(&self, ix: usize) -> Option<&str> {
        self.list.get(ix).filter(|token| token.kind == Kind::Name).map(|token| token.value.as_str())
    }

    /// The string at `ix`, where nothing of it is computed.
    pub fn string(&self, ix: usize) -> Option<&SmolStr> {
        let token = self.list.get(ix)?;
        (token.kind == Kind::Text && token.exact).then_some(&token.value)
    }

    /// Where the token's text stands.
    pub fn span(&self, ix: usize) -> Span {
        self.list.get(ix).map_or(Span::default(), |token| token.span)
    }

    /// What the tokens of a range say, as written.
    pub fn source(&self, range: Range<usize>) -> &'t str {
        let (Some(first), Some(last)) = (self.get(range.start), range.end.checked_sub(1)) else {
            return "";
        };
        let end = self.get(last).map_or(0, |token| token.end);
        self.text.get(first.start..end).unwrap_or("")
    }

    /// The bracket that closes the one at `ix`; the next token where none does, as if there
    /// were nothing inside.
    pub fn close(&self, ix: usize) -> usize {
        let partner = self.list.get(ix).and_then(|token| token.partner);
        partner.filter(|other| *other > ix).unwrap_or(ix + 1)
    }

    /// The token after the one at `ix`, brackets as a whole.
    pub fn next(&self, ix: usize) -> usize {
        let partner = self.list.get(ix).and_then(|token| token.partner);
        partner.filter(|other| *other > ix).unwrap_or(ix) + 1
    }

    /// The parts of a range between commas that stand in no inner brackets.
    pub fn split(&self, range: Range<usize>) -> Vec<Range<usize>> {
        self.split_at(range, &[","])
    }

    /// The parts of a range between commas and `=>` that stand in no inner brackets.
    pub fn split_pairs(&self, range: Range<usize>) -> Vec<Range<usize>> {
        self.split_at(range, &[",", "=>"])
    }

    fn split_at(&self, range: Range<usize>, marks: &[&str]) -> Vec<Range<usize>> {
        let end = range.end.min(self.list.len());
        let mut parts = Vec::new();
        let mut from = range.start;
        let mut ix = range.start;
        while ix < end {
            if marks.iter().any(|mark| self.is(ix, mark)) {
                parts.push(from..ix);
                from = ix + 1;
            }
            ix = self.next(ix);
        }
        if from < end {
            parts.push(from..end);
        }
        parts
    }

    /// The arguments between the bracket at `open` and its other one.
    pub fn arguments(&self, open: usize) -> Vec<Range<usize>> {
        self.split(open + 1..self.close(open))
    }

    /// The one string that a range consists of.
    pub fn only(&self, range: &Range<usize>) -> Option<&SmolStr> {
        if range.len() == 1 { self.string(range.start) } else { None }
    }

    /// The literal strings of a range that is a list of strings or symbols, in brackets or
    /// alone; `None` where one is computed.
    pub fn strings(&self, range: &Range<usize>) -> Option<Vec<(SmolStr, Span)>> {
        let at = range.start;
        let first = self.get(at)?;
        if first.kind == Kind::Text {
            let value = self.only(range)?;
            return Some(vec![(value.clone(), self.span(at))]);
        }
        if first.kind == Kind::Open {
            let texts = at + 1..self.close(at);
            return Some(
                texts.filter_map(|ix| Some((self.string(ix)?.clone(), self.span(ix)))).collect(),
            );
        }
        if !self.is(at, "[") || self.close(at) + 1 < range.end {
            return None;
        }
        let parts = self.arguments(at);
        let one = |part: &Range<usize>| {
            // `:symbol` and numbers count too.
            let at = if self.is(part.start, ":") { part.start + 1 } else { part.start };
            let token = self.get(at).filter(|_| part.end == at + 1)?;
            let literal = match token.kind {
                Kind::Text => token.exact,
                Kind::Number => true,
                Kind::Name => at > part.start,
                _ => false,
            };
            literal.then(|| (token.value.clone(), token.span))
        };
        parts.iter().map(one).collect()
    }

    /// The entries of a literal `{name: value, 'name': value}`, `{name => value}`, with the
    /// place of each name. `None` in place of a name that is computed, or spread.
    pub fn entries(&self, open: usize) -> Vec<Entry> {
        let entry = |part: Range<usize>| {
            let colon = usize::from(self.is(part.start, ":"));
            let at = part.start + colon;
            let token = self.get(at)?;
            let known = match token.kind {
                Kind::Name => true,
                Kind::Text => token.exact,
                _ => false,
            };
            let name = known.then(|| (token.value.clone(), token.span));
            let split = self.is(at + 1, ":") || self.is(at + 1, "=>") || self.is(at + 1, "=");
            if split {
                Some((name, at + 2..part.end))
            } else if part.len() == 1 {
                // `{name}`: its value is a variable.
                Some((name, at..part.end))
            } else {
                Some((None, part))
            }
        };
        self.arguments(open).into_iter().filter_map(entry).collect()
    }
}
