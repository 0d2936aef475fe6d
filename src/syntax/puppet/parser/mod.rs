//! Recursive descent with error recovery.

mod definition;
mod expression;
mod parsed;
mod resource;
mod string;

pub use parsed::Parsed;

use super::ast::{Expr, ExprKind};
use super::error::SyntaxError;
use super::lexer::{Lexer, Token, TokenKind};
use crate::facts::Span;
use bumpalo::Bump;
use bumpalo::collections::Vec as ArenaVec;

/// Deepest nesting of expressions and blocks; beyond it the rest of the construct is
/// skipped and [`Parsed::too_deep`] is set. Real manifests stay below 30.
const MAX_DEPTH: u32 = 100;

/// Links of one chain at the outermost level: `a + b + c`, `A -> B -> C`, `$x[0][1]`, each of which
/// makes the tree deeper by one. Chains inside others share the bound, so that all of them
/// together stay within a thread's stack: the sum over [`MAX_DEPTH`] levels is about five times it.
const MAX_CHAIN: u32 = 1000;
/// Errors recorded a file; further ones are counted only by the caller's own parse.
const MAX_ERRORS: usize = 20;

/// What is said of a `;` that parts a statement from nothing.
pub const TRAILING: &str = "a `;` without a statement after it";

/// What is said of a lambda whose parameters stand inside its braces.
pub const EARLY_LAMBDA: &str = "a lambda's parameters inside its braces";

/// Parses a manifest.
pub fn parse<'a>(source: &'a str, arena: &'a Bump) -> Parsed<'a> {
    let mut parser = Parser::new(source, arena);
    let body = parser.program();
    let Parser { errors, mended, torn, legacy, too_deep, orchestration, .. } = parser;
    let certain = errors.len().min(mended + 1);
    Parsed { body, errors, certain, torn, legacy, too_deep, orchestration }
}

/// Parses a manifest with what a current Puppet's static validation forbids: of use where a tree
/// is written for one. It is what the parser is compared with Puppet by.
pub fn parse_strictly<'a>(source: &'a str, arena: &'a Bump) -> Parsed<'a> {
    let mut parsed = parse(source, arena);
    super::validate::validate(parsed.body, &mut parsed.legacy);
    parsed
}

/// Marks that the current construct cannot be parsed; the error is recorded already.
#[derive(Debug, Clone, Copy)]
struct Failed;

type Result<T> = std::result::Result<T, Failed>;

struct Parser<'a> {
    source: &'a str,
    arena: &'a Bump,
    lexer: Lexer<'a>,
    token: Token,
    /// End of the token before the current one.
    previous_end: u32,
    depth: u32,
    errors: Vec<SyntaxError>,
    /// How many of the first errors are commas that are missing, read as if they were there.
    mended: usize,
    torn: Vec<Span>,
    legacy: Vec<SyntaxError>,
    too_deep: Option<Span>,
    orchestration: Option<Span>,
}

impl<'a> Parser<'a> {
    fn new(source: &'a str, arena: &'a Bump) -> Self {
        let mut lexer = Lexer::new(source);
        let token = lexer.next_token();
        Self {
            source,
            arena,
            lexer,
            token,
            previous_end: 0,
            depth: 0,
            errors: Vec::new(),
            mended: 0,
            torn: Vec::new(),
            legacy: Vec::new(),
            too_deep: None,
            orchestration: None,
        }
    }

    fn program(&mut self) -> &'a [Expr<'a>] {
        let mut statements = ArenaVec::new_in(self.arena);
        loop {
            self.statements_into(&mut statements);
            if self.token.kind == TokenKind::End {
                return statements.into_bump_slice();
            }
            // A closing brace too many.
            self.unexpected("the end of the file or a statement");
            self.advance();
        }
    }

    // Tokens.

    fn advance(&mut self) -> Token {
        let token = self.token;
        self.previous_end = token.end;
        self.token = self.lexer.next_token();
        token
    }

    fn at(&self, kind: TokenKind) -> bool {
        self.token.kind == kind
    }

    fn eat(&mut self, kind: TokenKind) -> bool {
        let found = self.at(kind);
        if found {
            self.advance();
        }
        found
    }

    fn expect(&mut self, kind: TokenKind, what: &str) -> Result<Token> {
        if self.at(kind) { Ok(self.advance()) } else { Err(self.unexpected(what)) }
    }

    /// Kind of the token after the current one.
    fn peek(&self) -> Token {
        let mut lexer = self.lexer;
        lexer.next_token()
    }

    fn text(&self, token: Token) -> &'a str {
        self.source.get(token.start as usize..token.end as usize).unwrap_or_default()
    }

    fn span(&self, token: Token) -> Span {
        Span { start: token.start, end: token.end }
    }

    fn since(&self, start: u32) -> Span {
        Span { start, end: self.previous_end.max(start) }
    }

    fn make(&self, start: u32, kind: ExprKind<'a>) -> Expr<'a> {
        Expr { span: self.since(start), kind }
    }

    // Errors.

    fn unexpected(&mut self, expected: &str) -> Failed {
        let span = self.span(self.token);
        let message = match self.token.kind {
            TokenKind::Bad(bad) => bad.message().to_owned(),
            TokenKind::End => format!("the file ends where {expected} was expected"),
            _ => {
                let text: String = self.text(self.token).chars().take(40).collect();
                format!("unexpected `{text}`; expected {expected}")
            }
        };
        self.error(message, span)
    }

    fn error(&mut self, message: impl Into<String>, span: Span) -> Failed {
        if self.errors.len() < MAX_ERRORS {
            self.errors.push(SyntaxError { message: message.into(), span });
        }
        Failed
    }

    fn legacy(&mut self, message: &'static str, span: Span) {
        self.legacy.push(SyntaxError { message: message.into(), span });
    }

    fn deeper<T>(&mut self, f: impl FnOnce(&mut Self) -> Result<T>) -> Result<T> {
        if self.depth >= MAX_DEPTH {
            let span = self.span(self.token);
            self.too_deep.get_or_insert(span);
            return Err(Failed);
        }
        self.depth += 1;
        let result = f(self);
        self.depth -= 1;
        result
    }

    /// Takes another link of a chain that has `links`.
    fn link(&mut self, links: &mut u32) -> Result<()> {
        *links += 1;
        if *links > MAX_CHAIN / (self.depth + 1) {
            let span = self.span(self.token);
            self.too_deep.get_or_insert(span);
            return Err(Failed);
        }
        Ok(())
    }

    // Statements.

    /// `{ statements }`, the opening brace being the current token.
    fn block(&mut self) -> Result<&'a [Expr<'a>]> {
        self.expect(TokenKind::LBrace, "`{`")?;
        self.rest_of_block()
    }

    /// `statements }`, what follows the opening brace.
    fn rest_of_block(&mut self) -> Result<&'a [Expr<'a>]> {
        let body = self.deeper(|parser| {
            let mut statements = ArenaVec::new_in(parser.arena);
            parser.statements_into(&mut statements);
            Ok(statements.into_bump_slice())
        });
        match body {
            Ok(body) => {
                // What was read before the end of the file counts.
                if !self.eat(TokenKind::RBrace) {
                    self.unexpected("`}`");
                }
                Ok(body)
            }
            Err(failed) => {
                self.skip_block();
                Err(failed)
            }
        }
    }

    /// Statements up to `}` or the end, recovering after each one that fails.
    fn statements_into(&mut self, statements: &mut ArenaVec<'a, Expr<'a>>) {
        while !matches!(self.token.kind, TokenKind::RBrace | TokenKind::End) {
            if self.at(TokenKind::Semicolon) && !statements.is_empty() {
                let semicolon = self.advance();
                // A separator needs a statement after it.
                if matches!(
                    self.token.kind,
                    TokenKind::RBrace | TokenKind::End | TokenKind::Semicolon
                ) {
                    let span = self.span(semicolon);
                    self.legacy(TRAILING, span);
                }
                continue;
            }
            let start = self.token;
            match self.statement() {
                Ok(statement) => statements.push(statement),
                Err(Failed) => {
                    statements.push(self.make(start.start, ExprKind::Error));
                    if self.recover(start) {
                        return;
                    }
                }
            }
        }
    }

    /// Skips to where a statement can start again. `true` when the enclosing block must
    /// end too, because a definition starts at the line's beginning.
    fn recover(&mut self, failed: Token) -> bool {
        let mut depth = self.braces_between(failed.start, self.token.start);
        if self.token.start == failed.start && !self.at(TokenKind::End) {
            if self.at(TokenKind::LBrace) {
                depth += 1;
            }
            self.advance();
        }
        loop {
            match self.token.kind {
                TokenKind::End => return false,
                TokenKind::LBrace => depth += 1,
                TokenKind::RBrace if depth == 0 => return false,
                TokenKind::RBrace => depth -= 1,
                TokenKind::Class | TokenKind::Define | TokenKind::Node | TokenKind::Function
                    if self.token.first_on_line && self.column_zero() =>
                {
                    return self.depth > 0;
                }
                TokenKind::Name
                | TokenKind::ClassRef
                | TokenKind::Variable
                | TokenKind::If
                | TokenKind::Case
                | TokenKind::Unless
                | TokenKind::Class
                | TokenKind::At
                    if depth == 0 && self.token.first_on_line && !self.looks_like_attribute() =>
                {
                    return false;
                }
                // A string's or heredoc's contents are not statements.
                TokenKind::DoubleQuote => {
                    let _ = self.double_quoted();
                    continue;
                }
                _ => {}
            }
            self.advance();
        }
    }

    /// Braces that a failed statement left open before the place where it failed.
    /// Those of interpolations are balanced, so only quoted text needs care.
    fn braces_between(&self, start: u32, end: u32) -> u32 {
        let mut depth = 0u32;
        let mut quote = 0u8;
        let bytes = self.source.as_bytes().get(start as usize..end as usize).unwrap_or_default();
        let mut at = 0;
        while let Some(&byte) = bytes.get(at) {
            match byte {
                b'\\' => at += 1,
                b'\'' | b'"' if quote == 0 => quote = byte,
                _ if byte == quote => quote = 0,
                b'{' if quote == 0 => depth += 1,
                b'}' if quote == 0 => depth = depth.saturating_sub(1),
                _ => {}
            }
            at += 1;
        }
        depth
    }

    fn looks_like_attribute(&self) -> bool {
        matches!(self.peek().kind, TokenKind::FatArrow | TokenKind::PlusArrow)
    }

    fn column_zero(&self) -> bool {
        let start = self.token.start as usize;
        start == 0 || self.source.as_bytes().get(start - 1) == Some(&b'\n')
    }

    /// Skips to the brace that closes the block around the current token, and past it.
    fn skip_block(&mut self) {
        let mut depth = 0u32;
        while !self.at(TokenKind::End) {
            match self.advance().kind {
                TokenKind::LBrace => depth += 1,
                TokenKind::RBrace if depth == 0 => return,
                TokenKind::RBrace => depth -= 1,
                _ => {}
            }
        }
    }

    /// One statement: an assignment, or a call without parentheses.
    fn statement(&mut self) -> Result<Expr<'a>> {
        self.deeper(|parser| {
            let start = parser.token;
            if matches!(start.kind, TokenKind::Name) {
                let text = parser.text(start);
                let next = parser.peek();
                // A word like any other, but for Bolt, whose plans begin with it.
                if text == "plan" && next.kind == TokenKind::Name && !next.first_on_line {
                    return parser.definition();
                }
                if parser.begins_orchestration(text, next) {
                    return Ok(parser.orchestration());
                }
                if is_statement_call(text) && starts_argument(next) {
                    return parser.bare_call();
                }
                if is_bare_legacy_call(next, text) {
                    let span = parser.span(start);
                    parser.legacy("a call without parentheses", span);
                    return parser.bare_call();
                }
            }
            let statement = parser.assignment()?;
            if parser.at(TokenKind::Comma) {
                return Err(parser.unexpected("a statement"));
            }
            Ok(statement)
        })
    }

    /// `site { lamp { … } }` and `application lamp (…) { … }`: of Puppet 4 to 6.
    fn begins_orchestration(&self, text: &str, next: Token) -> bool {
        match text {
            "application" => next.kind == TokenKind::Name && !next.first_on_line,
            "site" if next.kind == TokenKind::LBrace => {
                let mut lexer = self.lexer;
                lexer.next_token();
                let (first, second) = (lexer.next_token(), lexer.next_token());
                // What begins no title of a resource that is called `site`.
                match first.kind {
                    TokenKind::RBrace | TokenKind::If | TokenKind::Case | TokenKind::Unless => true,
                    TokenKind::Name => second.kind == TokenKind::LBrace,
                    TokenKind::Variable => {
                        matches!(second.kind, TokenKind::Assign | TokenKind::Dot)
                    }
                    _ => false,
                }
            }
            _ => false,
        }
    }

    /// Skips to the end of the block that follows.
    fn orchestration(&mut self) -> Expr<'a> {
        let start = self.advance();
        let span = self.span(start);
        self.orchestration.get_or_insert(span);
        let (mut braces, mut parens) = (0u32, 0u32);
        while !self.at(TokenKind::End) {
            match self.token.kind {
                TokenKind::LParen | TokenKind::LineLParen => parens += 1,
                TokenKind::RParen => parens = parens.saturating_sub(1),
                TokenKind::LBrace => braces += 1,
                TokenKind::RBrace => braces = braces.saturating_sub(1),
                TokenKind::DoubleQuote => {
                    let _ = self.double_quoted();
                    continue;
                }
                _ => {}
            }
            let closed = self.at(TokenKind::RBrace) && braces == 0 && parens == 0;
            self.advance();
            if closed {
                break;
            }
        }
        self.make(start.start, ExprKind::Error)
    }

    /// `include a, b`.
    fn bare_call(&mut self) -> Result<Expr<'a>> {
        let name = self.advance();
        let callee = Expr { span: self.span(name), kind: ExprKind::Name(self.text(name)) };
        let mut args = ArenaVec::new_in(self.arena);
        loop {
            args.push(self.assignment()?);
            if !self.eat(TokenKind::Comma) {
                break;
            }
        }
        let call =
            super::ast::Call { callee, args: args.into_bump_slice(), lambda: None, bare: true };
        Ok(self.make(name.start, ExprKind::Call(self.arena.alloc(call))))
    }
}

/// Functions that Puppet lets a statement call without parentheses.
pub(super) fn is_statement_call(name: &str) -> bool {
    matches!(
        name,
        "require"
            | "realize"
            | "include"
            | "contain"
            | "tag"
            | "debug"
            | "info"
            | "notice"
            | "warning"
            | "err"
            | "fail"
            | "import"
            | "break"
            | "next"
            | "return"
    )
}

/// Whether a token can begin the first argument of a call without parentheses.
fn starts_argument(token: Token) -> bool {
    use TokenKind::*;
    match token.kind {
        Name | Word | ClassRef | Variable | Number | SingleQuoted | DoubleQuote | Heredoc
        | ListStart | LBrack | True | False | Undef | Default | Not | Times | Minus
        | LineLParen | Type | Class => true,
        Case | If | Unless => !token.first_on_line,
        _ => false,
    }
}

/// Puppet 2 and 3 let any statement function be called without parentheses, as long as
/// the argument stands on the same line.
fn is_bare_legacy_call(next: Token, name: &str) -> bool {
    use TokenKind::*;
    let argument =
        matches!(next.kind, SingleQuoted | DoubleQuote | Variable | Name | Number | ClassRef);
    argument && !next.first_on_line && !name.contains("::")
}
