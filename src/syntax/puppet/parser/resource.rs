//! Resource expressions, defaults, overrides and collectors.

use super::super::ast::{
    Attribute, Call, Collector, Expr, ExprKind, Realm, Resource, ResourceBody,
};
use super::super::lexer::{Token, TokenKind};
use super::{Parser, Result, is_statement_call};
use crate::facts::Span;
use bumpalo::collections::Vec as ArenaVec;

impl<'a> Parser<'a> {
    pub(super) fn with_realm(
        &mut self,
        inner: Expr<'a>,
        realm: Realm,
        start: Token,
    ) -> Result<Expr<'a>> {
        let resource = match inner.kind {
            ExprKind::Resource(resource) => *resource,
            ExprKind::ResourceDefaults(..) | ExprKind::ResourceOverride(..) => {
                let span = self.span(start);
                self.legacy("`@` before resource defaults or an override", span);
                return Ok(inner);
            }
            _ => {
                let span = self.span(start);
                return Err(self.error("`@` can only stand before a resource", span));
            }
        };
        if matches!(resource.ty.kind, ExprKind::Name("class")) {
            let span = self.span(start);
            self.legacy("a class cannot be virtual or exported", span);
        }
        let resource = self.arena.alloc(Resource { realm, ..resource });
        Ok(self.make(start.start, ExprKind::Resource(resource)))
    }

    /// `class { 'a': … }`.
    pub(super) fn class_resource(&mut self) -> Result<Expr<'a>> {
        let keyword = self.advance();
        let ty = Expr { span: self.span(keyword), kind: ExprKind::Name("class") };
        self.advance();
        self.bodies(ty, None)
    }

    /// A `{` after expression `ty`: a resource, its defaults or an override.
    pub(super) fn resource_after(&mut self, ty: Expr<'a>) -> Result<Expr<'a>> {
        let start = ty.span.start;
        let brace = self.advance();
        if self.untitled_body() {
            let attributes = self.attributes()?;
            self.expect(TokenKind::RBrace, "`}` or `,`")?;
            let callee = ty;
            let ty = self.arena.alloc(ty);
            let kind = match ty.kind {
                ExprKind::TypeRef(_) => ExprKind::ResourceDefaults(ty, attributes),
                ExprKind::Access(base, _) if matches!(base.kind, ExprKind::TypeRef(_)) => {
                    ExprKind::ResourceOverride(ty, attributes)
                }
                ExprKind::Access(..) | ExprKind::Variable(_) => {
                    ExprKind::ResourceOverride(ty, attributes)
                }
                // `return { a => 1 }`: Puppet reads a call with a hash here (egrammar.ra,
                // `transform_resource_wo_title`).
                ExprKind::Name(name)
                    if is_statement_call(name)
                        && attributes.iter().all(|attribute| !attribute.append) =>
                {
                    self.call_of_hash(callee, attributes)
                }
                _ => {
                    let span = self.span(brace);
                    return Err(self.error("this resource has no title", span));
                }
            };
            return Ok(self.make(start, kind));
        }
        let first = self.expression()?;
        self.bodies(ty, Some(first))
    }

    /// The call of `callee` with the hash that `attributes` are.
    fn call_of_hash(&self, callee: Expr<'a>, attributes: &[Attribute<'a>]) -> ExprKind<'a> {
        let mut pairs = ArenaVec::new_in(self.arena);
        pairs.extend(attributes.iter().map(|attribute| {
            let key = Expr { span: attribute.name_span, kind: ExprKind::Name(attribute.name) };
            (key, attribute.value)
        }));
        let kind = ExprKind::Hash(pairs.into_bump_slice());
        let mut args = ArenaVec::new_in(self.arena);
        args.push(self.make(callee.span.end, kind));
        let call = Call { callee, args: args.into_bump_slice(), lambda: None, bare: true };
        ExprKind::Call(self.arena.alloc(call))
    }

    /// Whether what follows `{` is an attribute list without a title.
    fn untitled_body(&self) -> bool {
        match self.token.kind {
            TokenKind::RBrace => true,
            TokenKind::Times => self.peek().kind == TokenKind::FatArrow,
            _ if self.attribute_name_ahead() => {
                matches!(self.peek().kind, TokenKind::FatArrow | TokenKind::PlusArrow)
            }
            _ => false,
        }
    }

    fn attribute_name_ahead(&self) -> bool {
        use TokenKind::*;
        matches!(
            self.token.kind,
            Name | And
                | Case
                | Class
                | Default
                | Define
                | Else
                | Elsif
                | If
                | In
                | Inherits
                | Node
                | Or
                | Undef
                | Unless
                | Type
                | Attr
                | Function
                | Private
                | True
                | False
                | Word
        )
    }

    /// Bodies after the opening brace (the first title may be read already) and `}`.
    fn bodies(&mut self, ty: Expr<'a>, first: Option<Expr<'a>>) -> Result<Expr<'a>> {
        let mut bodies = ArenaVec::new_in(self.arena);
        let mut title = first;
        self.deeper(|parser| {
            loop {
                let title = match title.take() {
                    Some(title) => title,
                    None => parser.expression()?,
                };
                parser.expect(TokenKind::Colon, "`:` after the resource's title")?;
                let attributes = parser.attributes()?;
                bodies.push(ResourceBody { title, attributes });
                if !parser.eat(TokenKind::Semicolon) || parser.at(TokenKind::RBrace) {
                    break;
                }
            }
            parser.expect(TokenKind::RBrace, "`}`, `,` or `;`")
        })?;
        let resource = Resource { realm: Realm::Regular, ty, bodies: bodies.into_bump_slice() };
        Ok(self.make(ty.span.start, ExprKind::Resource(self.arena.alloc(resource))))
    }

    /// `a => 1, b => 2,`.
    fn attributes(&mut self) -> Result<&'a [Attribute<'a>]> {
        let mut attributes = ArenaVec::new_in(self.arena);
        let (start, before) = (self.token.start, self.errors.len());
        loop {
            let token = self.token;
            let splat = token.kind == TokenKind::Times;
            if token.kind == TokenKind::Comma && attributes.is_empty() {
                // `title:, a => 1`: an empty list goes on after a comma.
                self.advance();
                continue;
            }
            if !splat && !self.attribute_name_ahead() {
                break;
            }
            if matches!(token.kind, TokenKind::True | TokenKind::False | TokenKind::Word) {
                let span = self.span(token);
                self.legacy("not a valid attribute name", span);
            }
            self.advance();
            let append = self.at(TokenKind::PlusArrow);
            if !append && !self.at(TokenKind::FatArrow) || (append && splat) {
                return Err(self.unexpected("`=>`"));
            }
            self.advance();
            let value = self.expression()?;
            attributes.push(Attribute {
                name: if splat { "*" } else { self.text(token) },
                name_span: self.span(token),
                append,
                value,
            });
            if !self.comma("`}`, `,` or `;`") {
                break;
            }
        }
        self.tear(start, before);
        Ok(attributes.into_bump_slice())
    }

    /// A comma between entries; one that is missing before an entry on the next line is an error,
    /// and what follows is read.
    pub(super) fn comma(&mut self, expected: &str) -> bool {
        if self.eat(TokenKind::Comma) {
            return true;
        }
        if !self.token.first_on_line || !self.looks_like_attribute() || !self.may_be_key() {
            return false;
        }
        let is_first = self.errors.len() == self.mended;
        self.unexpected(expected);
        self.mended += usize::from(is_first && self.errors.len() > self.mended);
        true
    }

    /// Notes that what begins at `start` lacks a comma, if there are more errors than `before`.
    pub(super) fn tear(&mut self, start: u32, before: usize) {
        if self.errors.len() > before {
            self.torn.push(Span { start, end: self.previous_end });
        }
    }

    /// Whether an entry of a list of attributes or a hash can begin here.
    fn may_be_key(&self) -> bool {
        self.attribute_name_ahead() || matches!(self.token.kind, TokenKind::SingleQuoted)
    }

    /// `<| query |>` or `<<| query |>>` after a type.
    pub(super) fn collector(&mut self, ty: Expr<'a>) -> Result<Expr<'a>> {
        let exported = self.advance().kind == TokenKind::LLCollect;
        let close = if exported { TokenKind::RRCollect } else { TokenKind::RCollect };
        let query = if self.at(close) { None } else { Some(self.expression()?) };
        self.expect(close, if exported { "`|>>`" } else { "`|>`" })?;
        let mut attributes: &'a [Attribute<'a>] = &[];
        if self.at(TokenKind::LBrace) {
            self.advance();
            attributes = self.attributes()?;
            self.expect(TokenKind::RBrace, "`}`")?;
        }
        let collector = self.arena.alloc(Collector { ty, exported, query, attributes });
        Ok(self.make(ty.span.start, ExprKind::Collector(collector)))
    }
}
