//! Strings with interpolation, and heredocs.

use super::super::ast::{Expr, ExprKind, Part};
use super::super::lexer::{Escapes, TextEnd, TokenKind};
use super::{Parser, Result};
use crate::facts::Span;
use bumpalo::collections::Vec as ArenaVec;

impl<'a> Parser<'a> {
    /// `"…"`, the opening quote being the current token.
    pub(super) fn double_quoted(&mut self) -> Result<Expr<'a>> {
        let start = self.token;
        // The current token ends just after the quote, and nothing was read beyond it.
        let parts = self.text_parts(Some(b'"'), Escapes::Any, start.start)?;
        self.previous_end = self.lexer.position() as u32;
        self.token = self.lexer.next_token();
        Ok(self.make(start.start, parts))
    }

    fn text_parts(
        &mut self,
        closing: Option<u8>,
        escapes: Escapes,
        start: u32,
    ) -> Result<ExprKind<'a>> {
        let mut parts = ArenaVec::new_in(self.arena);
        loop {
            let (from, to, end) = self.lexer.text_until(closing, escapes);
            let text = self.source.get(from..to).unwrap_or_default();
            if !text.is_empty() {
                parts.push(Part::Text(text));
            }
            match end {
                TextEnd::Closed => break,
                TextEnd::Unclosed => {
                    // Go on after the line, so that the rest of the file is still read.
                    let bytes = self.source.as_bytes();
                    let line = &bytes[start as usize..];
                    let end = start as usize + memchr::memchr(b'\n', line).unwrap_or(line.len());
                    self.lexer.set_position(end, TokenKind::SingleQuoted);
                    self.previous_end = end as u32;
                    self.token = self.lexer.next_token();
                    let span = Span { start, end: start + 1 };
                    return Err(self.error("this string is never closed", span));
                }
                TextEnd::Variable => {
                    let end = self.lexer.position();
                    let name = self.source.get(to + 1..end).unwrap_or_default();
                    let span = Span::new(to, end);
                    parts.push(Part::Expr(Expr { span, kind: ExprKind::Variable(name) }));
                }
                TextEnd::Expression => {
                    self.token = self.lexer.next_token();
                    let inner = self.deeper(Self::interpolation)?;
                    if let Some(inner) = inner {
                        parts.push(Part::Expr(inner));
                    }
                    if !self.at(TokenKind::RBrace) {
                        return Err(self.unexpected("`}` to end the interpolation"));
                    }
                    let end = self.token.end as usize;
                    self.lexer.set_position(end, TokenKind::DoubleQuote);
                }
            }
        }
        Ok(match parts.as_slice() {
            [] => ExprKind::Str { text: "", quoted: true },
            [Part::Text(text)] => ExprKind::Str { text, quoted: true },
            _ => ExprKind::Interpolated(parts.into_bump_slice()),
        })
    }

    /// What stands in `${…}`: an expression, where a bare name means the variable.
    fn interpolation(&mut self) -> Result<Option<Expr<'a>>> {
        if self.at(TokenKind::RBrace) {
            return Ok(None);
        }
        let first = self.token;
        let keyword_like = matches!(first.kind, TokenKind::Word | TokenKind::Number)
            || self
                .text(first)
                .as_bytes()
                .first()
                .is_some_and(|own| own.is_ascii_lowercase() || *own == b':');
        if keyword_like {
            let next = self.peek();
            if matches!(next.kind, TokenKind::RBrace | TokenKind::Dot | TokenKind::LBrack) {
                // Re-read the name as a variable.
                let name = self.text(first);
                self.advance();
                let variable = self.make(first.start, ExprKind::Variable(name));
                let value = self.postfix(variable)?;
                return self.binary_from(value, 0).map(Some);
            }
        }
        let mut last = self.assignment()?;
        while !matches!(self.token.kind, TokenKind::RBrace | TokenKind::End) {
            if self.at(TokenKind::Comma) {
                return Err(self.unexpected("`}`"));
            }
            last = self.assignment()?;
        }
        Ok(Some(last))
    }

    /// `@(TAG)`, the `@(` being the current token.
    pub(super) fn heredoc(&mut self) -> Result<Expr<'a>> {
        let start = self.token;
        let Some(text) = self.lexer.heredoc() else {
            self.token.kind = TokenKind::Bad(super::super::lexer::Bad::Heredoc);
            return Err(self.unexpected("a heredoc"));
        };
        let after = self.lexer;
        let kind = if text.interpolates {
            self.lexer = after.within(text.start, text.end);
            let parts = self.text_parts(None, text.escapes, start.start);
            self.lexer = after;
            match parts {
                Ok(parts) => parts,
                Err(failed) => {
                    self.token = self.lexer.next_token();
                    return Err(failed);
                }
            }
        } else {
            let text = self.source.get(text.start..text.end).unwrap_or_default();
            ExprKind::Str { text, quoted: true }
        };
        self.previous_end = self.lexer.position() as u32;
        self.token = self.lexer.next_token();
        Ok(self.make(start.start, kind))
    }
}
