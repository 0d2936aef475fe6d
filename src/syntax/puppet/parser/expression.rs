//! Expressions, by precedence climbing.

use super::super::ast::{
    AssignOp, BinaryOp, Call, CaseOption, Expr, ExprKind, If, Lambda, Realm, UnaryOp,
};
use super::super::lexer::{Bad, TokenKind};
use super::{Failed, Parser, Result};
use bumpalo::collections::Vec as ArenaVec;

/// Binding strength of `?`, between `and` and the comparisons.
const SELECTOR: u8 = 3;

fn binary_operator(kind: TokenKind) -> Option<(u8, BinaryOp)> {
    use BinaryOp as B;
    use TokenKind as T;
    Some(match kind {
        T::Or => (1, B::Or),
        T::And => (2, B::And),
        T::Less => (4, B::Less),
        T::LessEqual => (4, B::LessEqual),
        T::Greater => (4, B::Greater),
        T::GreaterEqual => (4, B::GreaterEqual),
        T::Equal => (5, B::Equal),
        T::NotEqual => (5, B::NotEqual),
        T::ShiftLeft => (6, B::ShiftLeft),
        T::ShiftRight => (6, B::ShiftRight),
        T::Plus => (7, B::Plus),
        T::Minus => (7, B::Minus),
        T::Times => (8, B::Times),
        T::Divide => (8, B::Divide),
        T::Modulo => (8, B::Modulo),
        T::Match => (9, B::Match),
        T::NoMatch => (9, B::NoMatch),
        T::In => (10, B::In),
        _ => return None,
    })
}

impl<'a> Parser<'a> {
    /// The loosest level: `a = b`, right-associative.
    pub(super) fn assignment(&mut self) -> Result<Expr<'a>> {
        let left = self.relationship()?;
        let op = match self.token.kind {
            TokenKind::Assign => AssignOp::Set,
            TokenKind::PlusAssign | TokenKind::MinusAssign => AssignOp::Modify,
            _ => return Ok(left),
        };
        self.advance();
        let right = self.deeper(Self::assignment)?;
        let kind = ExprKind::Assign(op, self.arena.alloc(left), self.arena.alloc(right));
        Ok(self.make(left.span.start, kind))
    }

    /// `a -> b ~> c`, left-associative.
    fn relationship(&mut self) -> Result<Expr<'a>> {
        let mut left = self.resource_or_expression()?;
        let mut links = 0;
        while matches!(
            self.token.kind,
            TokenKind::InEdge | TokenKind::InEdgeSub | TokenKind::OutEdge | TokenKind::OutEdgeSub
        ) {
            self.link(&mut links)?;
            self.advance();
            let right = self.resource_or_expression()?;
            let (l, r) = (self.arena.alloc(left), self.arena.alloc(right));
            left = self.make(l.span.start, ExprKind::Binary(BinaryOp::Edge, l, r));
        }
        Ok(left)
    }

    fn resource_or_expression(&mut self) -> Result<Expr<'a>> {
        let start = self.token;
        match start.kind {
            TokenKind::At | TokenKind::AtAt => {
                self.advance();
                let realm =
                    if start.kind == TokenKind::At { Realm::Virtual } else { Realm::Exported };
                let inner = self.deeper(Self::resource_or_expression)?;
                self.with_realm(inner, realm, start)
            }
            TokenKind::Class if self.peek().kind == TokenKind::LBrace => self.class_resource(),
            _ => {
                let mut left = self.expression()?;
                let mut links = 0;
                while self.at(TokenKind::LBrace) {
                    self.link(&mut links)?;
                    left = self.resource_after(left)?;
                }
                Ok(left)
            }
        }
    }

    /// An expression without assignment, edge or resource body.
    pub(super) fn expression(&mut self) -> Result<Expr<'a>> {
        self.deeper(|parser| {
            let left = parser.unary()?;
            parser.binary_from(left, 0)
        })
    }

    /// Continues after `left` with operators that bind at least as strongly as `min`.
    pub(super) fn binary_from(&mut self, mut left: Expr<'a>, min: u8) -> Result<Expr<'a>> {
        let mut links = 0;
        loop {
            if self.at(TokenKind::Question) && SELECTOR >= min {
                self.link(&mut links)?;
                left = self.selector(left)?;
                continue;
            }
            let Some((strength, op)) = binary_operator(self.token.kind) else { return Ok(left) };
            if strength < min {
                return Ok(left);
            }
            self.link(&mut links)?;
            self.advance();
            let right = self.deeper(|parser| {
                let right = parser.unary()?;
                parser.binary_from(right, strength + 1)
            })?;
            let (l, r) = (self.arena.alloc(left), self.arena.alloc(right));
            left = self.make(l.span.start, ExprKind::Binary(op, l, r));
        }
    }

    fn unary(&mut self) -> Result<Expr<'a>> {
        let start = self.token;
        let op = match start.kind {
            TokenKind::Not => UnaryOp::Not,
            TokenKind::Minus => UnaryOp::Minus,
            TokenKind::Times => UnaryOp::Splat,
            _ => {
                let primary = self.primary()?;
                return self.postfix(primary);
            }
        };
        self.advance();
        let operand = self.deeper(Self::unary)?;
        Ok(self.make(start.start, ExprKind::Unary(op, self.arena.alloc(operand))))
    }

    /// Accesses, calls, method calls and collectors after `left`.
    pub(super) fn postfix(&mut self, mut left: Expr<'a>) -> Result<Expr<'a>> {
        let mut links = 0;
        loop {
            let start = left.span.start;
            match self.token.kind {
                TokenKind::LBrack => {
                    self.advance();
                    let keys = self.list(TokenKind::RBrack, "`]`")?;
                    let kind = ExprKind::Access(self.arena.alloc(left), keys);
                    left = self.make(start, kind);
                }
                // `Exec ['a']`, `exec ['a']`, `$x ['a']`: up to Puppet 3.
                TokenKind::ListStart
                    if (matches!(left.kind, ExprKind::TypeRef(_) | ExprKind::Variable(_))
                        || is_resource_word(&left))
                        && !self.token.first_on_line =>
                {
                    let span = self.span(self.token);
                    self.legacy("white space before `[`", span);
                    self.token.kind = TokenKind::LBrack;
                    continue;
                }
                TokenKind::LParen => {
                    let args = self.arguments()?;
                    let lambda = match left.kind {
                        ExprKind::Name("apply") => self.apply_block()?,
                        _ => self.lambda()?,
                    };
                    let call = Call { callee: left, args, lambda, bare: false };
                    left = self.make(start, ExprKind::Call(self.arena.alloc(call)));
                }
                TokenKind::Dot => {
                    self.advance();
                    let name = self.token;
                    if !matches!(name.kind, TokenKind::Name | TokenKind::Type) {
                        return Err(self.unexpected("a function name after `.`"));
                    }
                    self.advance();
                    let callee =
                        Expr { span: self.span(name), kind: ExprKind::Name(self.text(name)) };
                    let args = if self.at(TokenKind::LParen) { self.arguments()? } else { &[] };
                    let lambda = self.lambda()?;
                    let call = self.arena.alloc(Call { callee, args, lambda, bare: false });
                    let kind = ExprKind::MethodCall(self.arena.alloc(left), call);
                    left = self.make(start, kind);
                }
                TokenKind::LCollect | TokenKind::LLCollect => left = self.collector(left)?,
                _ => return Ok(left),
            }
            self.link(&mut links)?;
        }
    }

    /// `(a, b => c)`, the parenthesis being the current token.
    fn arguments(&mut self) -> Result<&'a [Expr<'a>]> {
        self.advance();
        self.list(TokenKind::RParen, "`)`")
    }

    /// Comma-separated entries up to `close`, a trailing comma allowed; `a => b` entries
    /// become one-pair hashes.
    pub(super) fn list(&mut self, close: TokenKind, what: &str) -> Result<&'a [Expr<'a>]> {
        self.deeper(|parser| {
            let mut entries = ArenaVec::new_in(parser.arena);
            while !parser.at(close) {
                entries.push(parser.entry()?);
                if !parser.eat(TokenKind::Comma) {
                    break;
                }
            }
            parser.expect(close, what)?;
            Ok(entries.into_bump_slice())
        })
    }

    fn entry(&mut self) -> Result<Expr<'a>> {
        let start = self.token.start;
        let first = self.entry_value()?;
        if !self.eat(TokenKind::FatArrow) {
            return Ok(first);
        }
        let value = self.entry_value()?;
        let mut pairs = ArenaVec::new_in(self.arena);
        pairs.push((first, value));
        Ok(self.make(start, ExprKind::Hash(pairs.into_bump_slice())))
    }

    /// A value in a list or hash; some keywords are plain names there.
    fn entry_value(&mut self) -> Result<Expr<'a>> {
        if matches!(self.token.kind, TokenKind::Type | TokenKind::Function)
            && matches!(
                self.peek().kind,
                TokenKind::FatArrow
                    | TokenKind::Comma
                    | TokenKind::RBrack
                    | TokenKind::RBrace
                    | TokenKind::RParen
            )
        {
            let token = self.advance();
            return Ok(self.make(token.start, ExprKind::Name(self.text(token))));
        }
        self.assignment()
    }

    /// The manifest code of Bolt's `apply($targets) { … }`, if one follows.
    ///
    /// (Source: Bolt's documentation, "Applying Puppet code".)
    fn apply_block(&mut self) -> Result<Option<&'a Lambda<'a>>> {
        if !self.at(TokenKind::LBrace) {
            return self.lambda();
        }
        let body = self.block()?;
        Ok(Some(self.arena.alloc(Lambda { params: &[], body })))
    }

    /// `{ |$x| … }`, the brace being the current token: what Puppet 3.2 and 3.3 took, if they were
    /// asked to. (Source: release notes of Puppet 3.2 and 3.4, "future parser".)
    fn early_lambda(&mut self) -> Result<Option<&'a Lambda<'a>>> {
        self.advance();
        let span = self.span(self.token);
        self.legacy(super::EARLY_LAMBDA, span);
        self.advance();
        let params = self.parameters_until(TokenKind::Pipe, "`|`")?;
        let body = self.rest_of_block()?;
        Ok(Some(self.arena.alloc(Lambda { params, body })))
    }

    /// `|$x| { … }`, if one follows.
    fn lambda(&mut self) -> Result<Option<&'a Lambda<'a>>> {
        if self.at(TokenKind::LBrace) && self.peek().kind == TokenKind::Pipe {
            return self.early_lambda();
        }
        if !self.at(TokenKind::Pipe) {
            return Ok(None);
        }
        self.advance();
        let params = self.parameters_until(TokenKind::Pipe, "`|`")?;
        if self.eat(TokenKind::ShiftRight) {
            self.type_expression()?;
        }
        let body = self.block()?;
        Ok(Some(self.arena.alloc(Lambda { params, body })))
    }

    fn selector(&mut self, left: Expr<'a>) -> Result<Expr<'a>> {
        self.advance();
        let mut entries = ArenaVec::new_in(self.arena);
        if self.eat(TokenKind::LBrace) {
            self.deeper(|parser| {
                loop {
                    entries.push(parser.selector_entry()?);
                    if !parser.eat(TokenKind::Comma) || parser.at(TokenKind::RBrace) {
                        break;
                    }
                }
                parser.expect(TokenKind::RBrace, "`}`")
            })?;
        } else {
            entries.push(self.selector_entry()?);
        }
        let kind = ExprKind::Selector(self.arena.alloc(left), entries.into_bump_slice());
        let selector = self.make(left.span.start, kind);
        self.postfix(selector)
    }

    fn selector_entry(&mut self) -> Result<(Expr<'a>, Expr<'a>)> {
        let key = self.expression()?;
        self.expect(TokenKind::FatArrow, "`=>`")?;
        Ok((key, self.expression()?))
    }

    fn primary(&mut self) -> Result<Expr<'a>> {
        let token = self.token;
        let text = self.text(token);
        let kind = match token.kind {
            TokenKind::Name => ExprKind::Name(text),
            TokenKind::Word => ExprKind::Str { text, quoted: false },
            TokenKind::ClassRef => ExprKind::TypeRef(text),
            TokenKind::Variable => ExprKind::Variable(&text[1..]),
            TokenKind::Number => ExprKind::Number(text),
            TokenKind::True => ExprKind::Bool(true),
            TokenKind::False => ExprKind::Bool(false),
            TokenKind::Undef => ExprKind::Undef,
            TokenKind::Default => ExprKind::Default,
            TokenKind::Private | TokenKind::Attr => ExprKind::Reserved(text),
            TokenKind::SingleQuoted => ExprKind::Str {
                text: text.get(1..text.len() - 1).unwrap_or_default(),
                quoted: true,
            },
            // `7d`, `09`: words to Puppet 3.
            TokenKind::Bad(Bad::Number) if !text.contains('.') => {
                self.legacy(Bad::Number.message(), self.span(token));
                ExprKind::Str { text, quoted: false }
            }
            TokenKind::Regex => ExprKind::Regex(text.get(1..text.len() - 1).unwrap_or_default()),
            TokenKind::DoubleQuote => return self.double_quoted(),
            TokenKind::Heredoc => return self.heredoc(),
            TokenKind::LBrack | TokenKind::ListStart => {
                self.advance();
                let entries = self.list(TokenKind::RBrack, "`]`")?;
                return Ok(self.make(token.start, ExprKind::Array(entries)));
            }
            TokenKind::LBrace => return self.hash(),
            TokenKind::LParen | TokenKind::LineLParen => {
                self.advance();
                let inner = self.deeper(Self::assignment)?;
                self.expect(TokenKind::RParen, "`)`")?;
                return Ok(self.make(token.start, ExprKind::Paren(self.arena.alloc(inner))));
            }
            TokenKind::If => return self.conditional(false),
            TokenKind::Unless => return self.conditional(true),
            TokenKind::Case => return self.case(),
            TokenKind::Class | TokenKind::Define | TokenKind::Function => {
                return self.definition();
            }
            TokenKind::Node => return self.node(),
            TokenKind::Type => return self.type_keyword(),
            _ => return Err(self.unexpected("an expression")),
        };
        self.advance();
        Ok(self.make(token.start, kind))
    }

    fn hash(&mut self) -> Result<Expr<'a>> {
        let start = self.advance().start;
        self.deeper(|parser| {
            let mut pairs = ArenaVec::new_in(parser.arena);
            let before = parser.errors.len();
            while !parser.at(TokenKind::RBrace) {
                let key = parser.entry_value()?;
                parser.expect(TokenKind::FatArrow, "`=>`")?;
                pairs.push((key, parser.entry_value()?));
                if !parser.comma("`}`") {
                    break;
                }
            }
            parser.tear(start, before);
            parser.expect(TokenKind::RBrace, "`}`")?;
            Ok(parser.make(start, ExprKind::Hash(pairs.into_bump_slice())))
        })
    }

    /// `if`, `elsif` (as a nested `if`) or `unless`, the keyword being the current token.
    fn conditional(&mut self, negated: bool) -> Result<Expr<'a>> {
        let start = self.advance().start;
        let test = self.expression()?;
        let then = self.block()?;
        let otherwise: &'a [Expr<'a>] = match self.token.kind {
            TokenKind::Elsif if !negated => {
                let nested = self.deeper(|parser| parser.conditional(false))?;
                std::slice::from_ref(self.arena.alloc(nested))
            }
            TokenKind::Else => {
                self.advance();
                self.block()?
            }
            _ => &[],
        };
        let node = self.arena.alloc(If { negated, test, then, otherwise });
        Ok(self.make(start, ExprKind::If(node)))
    }

    fn case(&mut self) -> Result<Expr<'a>> {
        let start = self.advance().start;
        let subject = self.expression()?;
        self.expect(TokenKind::LBrace, "`{`")?;
        let mut options = ArenaVec::new_in(self.arena);
        while !self.at(TokenKind::RBrace) {
            let option = self.deeper(|parser| {
                let mut values = ArenaVec::new_in(parser.arena);
                loop {
                    values.push(parser.expression()?);
                    if !parser.eat(TokenKind::Comma) {
                        break;
                    }
                    if parser.at(TokenKind::Colon) {
                        let span = parser.span(parser.token);
                        parser.legacy("a comma before `:` in a case option", span);
                        break;
                    }
                }
                parser.expect(TokenKind::Colon, "`:`")?;
                let body = parser.block()?;
                Ok(CaseOption { values: values.into_bump_slice(), body })
            });
            match option {
                Ok(option) => options.push(option),
                Err(Failed) => {
                    self.skip_block();
                    return Err(Failed);
                }
            }
        }
        self.advance();
        if options.is_empty() {
            let span = self.since(start);
            self.legacy("a case without options", span);
        }
        let kind = ExprKind::Case(self.arena.alloc(subject), options.into_bump_slice());
        Ok(self.make(start, kind))
    }
}

/// Whether a word is a type of resources that people refer to in small letters.
fn is_resource_word(expr: &Expr<'_>) -> bool {
    let words = ["class", "cron", "exec", "file", "mount", "package", "service", "user"];
    matches!(expr.kind, ExprKind::Name(name) if words.contains(&name))
}
