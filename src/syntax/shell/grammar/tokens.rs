//! Where tokens of a shell begin.

use super::{Heredoc, Reader};

/// What stands next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Token {
    End,
    Newline,
    Operator(&'static str),
    Redirect,
    Word,
}

/// Longest first.
const OPERATORS: [&str; 11] = [";;&", ";;", ";&", "&&", "||", "|&", ";", "&", "|", "(", ")"];

impl<'t> Reader<'t> {
    /// What stands behind blanks and comments, which are passed.
    pub(super) fn peek(&mut self) -> Token {
        self.blanks();
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        match rest {
            [] => Token::End,
            [b'\n', ..] => Token::Newline,
            [b'<' | b'>', b'(', ..] => Token::Word,
            [b'<' | b'>', ..] | [b'&', b'>', ..] => Token::Redirect,
            _ if self.descriptor().is_some() => Token::Redirect,
            _ => OPERATORS
                .iter()
                .find(|own| rest.starts_with(own.as_bytes()))
                .map_or(Token::Word, |own| Token::Operator(own)),
        }
    }

    /// Where what stands next begins.
    pub(super) fn at_next(&mut self) -> usize {
        self.blanks();
        self.at
    }

    /// The length of a descriptor before a redirection: `2>`, `{log}>`.
    pub(super) fn descriptor(&self) -> Option<usize> {
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        let named = |byte: &&u8| byte.is_ascii_alphanumeric() || **byte == b'_';
        let len = match rest.first()? {
            b'{' => {
                let len = rest[1..].iter().take_while(named).count();
                (len > 0 && rest.get(len + 1) == Some(&b'}')).then_some(len + 2)?
            }
            _ => rest.iter().take_while(|byte| byte.is_ascii_digit()).count(),
        };
        let redirects = len > 0 && matches!(rest.get(len), Some(b'<' | b'>'));
        (redirects && rest.get(len + 1) != Some(&b'(')).then_some(len)
    }

    fn blanks(&mut self) {
        loop {
            match self.bytes.get(self.at..).unwrap_or_default() {
                [b' ' | b'\t', ..] => self.at += 1,
                [b'\\', b'\n', ..] => self.at += 2,
                [b'#', ..] => {
                    let rest = &self.bytes[self.at..];
                    self.at += memchr::memchr(b'\n', rest).unwrap_or(rest.len());
                }
                _ => return,
            }
        }
    }

    /// Passes lines that end, and the here-documents behind them.
    pub(super) fn newlines(&mut self) {
        while self.peek() == Token::Newline {
            self.newline();
        }
    }

    /// Passes the end of a line.
    pub(super) fn newline(&mut self) {
        self.at += 1;
        for own in std::mem::take(&mut self.heredocs) {
            self.body(own);
        }
    }

    fn body(&mut self, own: Heredoc) {
        while self.at < self.bytes.len() {
            let rest = &self.text[self.at..];
            let len = memchr::memchr(b'\n', rest.as_bytes()).unwrap_or(rest.len());
            self.at = (self.at + len + 1).min(self.bytes.len());
            let line = &rest[..len];
            let line = if own.strips_tabs { line.trim_start_matches('\t') } else { line };
            if line == own.end {
                return;
            }
            // `EOF)`: some shells end it there.
            self.is_doubted |=
                line.strip_prefix(&*own.end).is_some_and(|rest| rest.starts_with(')'));
        }
        self.lost.get_or_insert(own.word);
    }

    /// The word that stands here, where it is nothing but letters: `if`, `{`, `name`; else nothing.
    pub(super) fn plain_word(&self) -> &'t str {
        let rest = self.text.get(self.at..).unwrap_or_default();
        let ends =
            |c: char| matches!(c, ' ' | '\t' | '\n' | ';' | '&' | '|' | '(' | ')' | '<' | '>');
        let word = &rest[..rest.find(ends).unwrap_or(rest.len())];
        if word.contains(['\'', '"', '\\', '$', '`', crate::syntax::shell::HOLE]) {
            ""
        } else {
            word
        }
    }
}
