//! Text with interpolation: double-quoted strings and heredocs.

use super::{Lexer, TokenKind};

/// Bounds of a heredoc's text and whether it interpolates.
#[derive(Debug, Clone, Copy)]
pub struct HeredocText {
    /// Start of the text.
    pub start: usize,
    /// End of the text.
    pub end: usize,
    /// `@("TAG")`.
    pub interpolates: bool,
    /// `\$` is an escape.
    pub escapes: Escapes,
}

/// What ended a run of string text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TextEnd {
    /// The closing quote, or the end of the heredoc.
    Closed,
    /// `${`: an expression follows.
    Expression,
    /// `$name`: a variable from the dollar on, ending here.
    Variable,
    /// The file ends inside the string.
    Unclosed,
}

/// What a backslash does in a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Escapes {
    /// It takes its meaning from what follows, a dollar too.
    Any,
    /// Nothing to a dollar.
    NoDollar,
}

impl Lexer<'_> {
    /// Reads string text from the current position. `closing` is the quote that ends it,
    /// `None` for a heredoc (its end is the lexer's limit). Returns the text's bounds; the
    /// position is then after the closing quote, after `${`, or after the variable.
    pub fn text_until(&mut self, closing: Option<u8>, escapes: Escapes) -> (usize, usize, TextEnd) {
        let start = self.pos;
        let mut at = start;
        let quote = closing.unwrap_or(b'$');
        loop {
            let rest = &self.bytes[at.min(self.limit)..self.limit];
            let Some(offset) = memchr::memchr3(quote, b'$', b'\\', rest) else {
                self.pos = self.limit;
                let end = if closing.is_some() { TextEnd::Unclosed } else { TextEnd::Closed };
                return (start, self.limit, end);
            };
            at += offset;
            match self.bytes[at] {
                b'\\' if escapes == Escapes::Any => at += 2,
                b'\\' => at += 1,
                b'$' if self.at(at + 1) == b'{' => {
                    self.set_position(at + 2, TokenKind::LBrace);
                    return (start, at, TextEnd::Expression);
                }
                b'$' => match self.variable_end(at) {
                    Some(end) => {
                        self.set_position(end, TokenKind::Variable);
                        return (start, at, TextEnd::Variable);
                    }
                    None => at += 1,
                },
                _ => {
                    self.set_position(at + 1, TokenKind::DoubleQuote);
                    return (start, at, TextEnd::Closed);
                }
            }
        }
    }

    /// Reads the head of a heredoc after `@(` and finds its text, which starts on the
    /// next line (or after the text of an earlier heredoc of this line).
    pub fn heredoc(&mut self) -> Option<HeredocText> {
        let close = self.pos + memchr::memchr(b')', &self.bytes[self.pos..self.limit])?;
        let head = self.source.get(self.pos..close)?;
        self.pos = close + 1;
        self.after = TokenKind::Heredoc;
        if head.contains('\n') {
            return None;
        }
        let (head, escapes) = match head.split_once('/') {
            Some((head, escapes)) => (head, Some(escapes.trim())),
            None => (head, None),
        };
        if let Some(escapes) = escapes {
            let mut seen = String::new();
            for flag in escapes.chars() {
                if !"trnsuL$".contains(flag) || seen.contains(flag) {
                    return None;
                }
                seen.push(flag);
            }
        }
        let of_dollar = escapes.is_some_and(|flags| flags.is_empty() || flags.contains('$'));
        let escapes = if of_dollar { Escapes::Any } else { Escapes::NoDollar };
        let tag = head.split(':').next()?.trim();
        let quoted = tag.strip_prefix('"').and_then(|tag| tag.strip_suffix('"'));
        let (tag, interpolates) = match quoted {
            Some(tag) => (tag.trim(), true),
            None => (tag, false),
        };
        if tag.is_empty() {
            return None;
        }
        let start = if self.newline_jump > self.pos {
            self.newline_jump
        } else {
            self.pos + memchr::memchr(b'\n', &self.bytes[self.pos..self.limit])? + 1
        };
        let mut line_start = start;
        while line_start < self.limit {
            let rest = &self.bytes[line_start..self.limit];
            let line_end = line_start + memchr::memchr(b'\n', rest).unwrap_or(rest.len());
            let line = self.source.get(line_start..line_end)?.trim();
            let line = line.strip_prefix('|').unwrap_or(line).trim_start();
            let line = line.strip_prefix('-').unwrap_or(line).trim_start();
            if line == tag {
                self.newline_jump = (line_end + 1).min(self.limit);
                return Some(HeredocText { start, end: line_start, interpolates, escapes });
            }
            line_start = line_end + 1;
        }
        None
    }
}
