//! Classes, defined types, functions, nodes and type aliases.

use super::super::ast::{Definition, DefinitionKind, Expr, ExprKind, Node, Parameter};
use super::super::lexer::{Token, TokenKind};
use super::{Parser, Result};
use bumpalo::collections::Vec as ArenaVec;

impl<'a> Parser<'a> {
    /// `class`, `define`, `function` or `plan`, the keyword being the current token.
    pub(super) fn definition(&mut self) -> Result<Expr<'a>> {
        let keyword = self.advance();
        let kind = match keyword.kind {
            TokenKind::Class => DefinitionKind::Class,
            TokenKind::Define => DefinitionKind::Define,
            TokenKind::Function => DefinitionKind::Function,
            _ => DefinitionKind::Plan,
        };
        let (name, name_span) = self.definition_name()?;
        let mut params: &'a [Parameter<'a>] = &[];
        if matches!(self.token.kind, TokenKind::LParen | TokenKind::LineLParen) {
            self.advance();
            params = self.parameters_until(TokenKind::RParen, "`)`")?;
        }
        let mut parent = None;
        if kind == DefinitionKind::Class && self.eat(TokenKind::Inherits) {
            parent = Some(if self.at(TokenKind::Default) {
                let token = self.advance();
                ("default", self.span(token))
            } else {
                self.definition_name()?
            });
        }
        let mut returns = None;
        if kind == DefinitionKind::Function && self.eat(TokenKind::ShiftRight) {
            returns = Some(&*self.arena.alloc(self.type_expression()?));
        }
        let body = self.block()?;
        let definition =
            self.arena.alloc(Definition { kind, name, name_span, params, parent, returns, body });
        Ok(self.make(keyword.start, ExprKind::Definition(definition)))
    }

    fn definition_name(&mut self) -> Result<(&'a str, crate::facts::Span)> {
        let token = self.token;
        let (text, span) = (self.text(token), self.span(token));
        match token.kind {
            TokenKind::Name => {}
            TokenKind::Word | TokenKind::ClassRef => {
                self.legacy("not a valid name for a definition", span);
            }
            TokenKind::SingleQuoted => {
                self.legacy("a quoted name for a definition", span);
                self.advance();
                return Ok((text.trim_matches('\''), span));
            }
            TokenKind::DoubleQuote => {
                self.legacy("a quoted name for a definition", span);
                let name = self.double_quoted()?;
                if let ExprKind::Str { text, .. } = name.kind {
                    return Ok((text, name.span));
                }
                return Err(self.error("a definition's name cannot be computed", name.span));
            }
            _ => return Err(self.unexpected("a name")),
        }
        self.advance();
        Ok((text, span))
    }

    /// Parameters up to `close`, a trailing comma allowed.
    pub(super) fn parameters_until(
        &mut self,
        close: TokenKind,
        what: &str,
    ) -> Result<&'a [Parameter<'a>]> {
        self.deeper(|parser| {
            let mut params = ArenaVec::new_in(parser.arena);
            while !parser.at(close) {
                params.push(parser.parameter()?);
                if !parser.eat(TokenKind::Comma) {
                    break;
                }
            }
            parser.expect(close, what)?;
            Ok(params.into_bump_slice())
        })
    }

    fn parameter(&mut self) -> Result<Parameter<'a>> {
        let mut ty = None;
        if self.at(TokenKind::ClassRef) {
            ty = Some(&*self.arena.alloc(self.type_expression()?));
        }
        let rest = self.eat(TokenKind::Times);
        let token: Token = match self.token.kind {
            TokenKind::Variable => self.advance(),
            // Puppet 2.6 allowed the sigil to be left out.
            TokenKind::Name if ty.is_none() && !rest => {
                let span = self.span(self.token);
                self.legacy("a parameter without `$`", span);
                self.advance()
            }
            _ => return Err(self.unexpected("a parameter")),
        };
        let name = self.text(token).trim_start_matches('$');
        let span = self.span(token);
        let mut default = None;
        if self.eat(TokenKind::Assign) {
            default = Some(&*self.arena.alloc(self.expression()?));
        }
        Ok(Parameter { name, span, ty, default, rest })
    }

    /// A type with optional brackets: `Optional[String[1]]`.
    pub(super) fn type_expression(&mut self) -> Result<Expr<'a>> {
        let token = self.expect(TokenKind::ClassRef, "a type")?;
        let base = Expr { span: self.span(token), kind: ExprKind::TypeRef(self.text(token)) };
        if !self.at(TokenKind::LBrack) {
            return Ok(base);
        }
        self.advance();
        let keys = self.list(TokenKind::RBrack, "`]`")?;
        Ok(self.make(token.start, ExprKind::Access(self.arena.alloc(base), keys)))
    }

    /// `type X = …`; elsewhere `type` is a function: `type($x)`.
    pub(super) fn type_keyword(&mut self) -> Result<Expr<'a>> {
        let keyword = self.advance();
        if self.at(TokenKind::LParen) {
            return Ok(self.make(keyword.start, ExprKind::Name("type")));
        }
        let left = self.type_expression()?;
        self.expect(TokenKind::Assign, "`=`")?;
        let right = match self.token.kind {
            TokenKind::ClassRef | TokenKind::LBrace | TokenKind::LBrack | TokenKind::ListStart => {
                self.expression()?
            }
            _ => return Err(self.unexpected("a type")),
        };
        let kind = ExprKind::TypeAlias(self.arena.alloc(left), self.arena.alloc(right));
        Ok(self.make(keyword.start, kind))
    }

    /// `node 'a', /b/ { … }`.
    pub(super) fn node(&mut self) -> Result<Expr<'a>> {
        let keyword = self.advance();
        let mut hosts = ArenaVec::new_in(self.arena);
        loop {
            hosts.push(self.hostname()?);
            if !self.eat(TokenKind::Comma)
                || matches!(self.token.kind, TokenKind::LBrace | TokenKind::Inherits)
            {
                break;
            }
        }
        let mut parent = None;
        if self.at(TokenKind::Inherits) {
            let span = self.span(self.token);
            self.legacy("node inheritance", span);
            self.advance();
            parent = Some(self.hostname()?);
        }
        let body = self.block()?;
        let node = self.arena.alloc(Node { hosts: hosts.into_bump_slice(), parent, body });
        Ok(self.make(keyword.start, ExprKind::Node(node)))
    }

    fn hostname(&mut self) -> Result<Expr<'a>> {
        let start = self.token;
        match start.kind {
            TokenKind::SingleQuoted | TokenKind::DoubleQuote | TokenKind::Heredoc => {
                self.plain_value()
            }
            TokenKind::Regex | TokenKind::Default => self.plain_value(),
            TokenKind::Name | TokenKind::Number | TokenKind::Word => {
                // `web-1` alone is a word, which is a text; parts with dots between are names alone.
                // (Source: `hostname` in Puppet 7's grammar.)
                let mut dashed = (start.kind == TokenKind::Word).then_some(start);
                let mut is_whole = true;
                self.advance();
                while self.eat(TokenKind::Dot) {
                    is_whole = false;
                    let part = self.token;
                    match part.kind {
                        TokenKind::Word => dashed = dashed.or(Some(part)),
                        TokenKind::Name | TokenKind::Number => {}
                        _ => return Err(self.unexpected("a host name")),
                    }
                    self.advance();
                }
                if let Some(part) = dashed.filter(|_| !is_whole) {
                    let span = self.span(part);
                    self.legacy("an unquoted host name with `-`", span);
                }
                let text = self.source.get(start.start as usize..self.previous_end as usize);
                let kind = ExprKind::Str { text: text.unwrap_or_default(), quoted: false };
                Ok(self.make(start.start, kind))
            }
            _ => Err(self.unexpected("a host name")),
        }
    }

    /// A literal without anything after it.
    fn plain_value(&mut self) -> Result<Expr<'a>> {
        let token = self.token;
        let text = self.text(token);
        let inner = text.get(1..text.len().saturating_sub(1)).unwrap_or_default();
        let kind = match token.kind {
            TokenKind::SingleQuoted => ExprKind::Str { text: inner, quoted: true },
            TokenKind::Regex => ExprKind::Regex(inner),
            TokenKind::Default => ExprKind::Default,
            TokenKind::Heredoc => return self.heredoc(),
            _ => return self.double_quoted(),
        };
        self.advance();
        Ok(self.make(token.start, kind))
    }
}
