//! Tokens of the Puppet language.
//!
//! The lexer is context sensitive as Puppet's own is: whether `/` starts a regular
//! expression depends on the token before it, whether `[` is an access or a list on the
//! white space before it. Double-quoted strings and heredocs are handed out as one token
//! that marks their start; the parser reads their parts with [`Lexer::text_until`].

mod text;
mod token;

pub use text::{Escapes, TextEnd};
pub use token::{Bad, Token, TokenKind};

use token::keyword;

/// The lexer; copyable, so a position can be saved and returned to.
#[derive(Debug, Clone, Copy)]
pub struct Lexer<'a> {
    source: &'a str,
    bytes: &'a [u8],
    pos: usize,
    limit: usize,
    line_start: bool,
    after: TokenKind,
    /// Where to go on at the next newline: past the texts of this line's heredocs.
    newline_jump: usize,
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

impl<'a> Lexer<'a> {
    /// A lexer over the whole of `source`.
    pub fn new(source: &'a str) -> Self {
        Self {
            source,
            bytes: source.as_bytes(),
            pos: 0,
            limit: source.len(),
            line_start: true,
            after: TokenKind::End,
            newline_jump: 0,
        }
    }

    /// A lexer over `start..end` of the same source (a heredoc's text).
    pub fn within(&self, start: usize, end: usize) -> Self {
        Self {
            pos: start,
            limit: end,
            line_start: false,
            after: TokenKind::End,
            newline_jump: 0,
            ..*self
        }
    }

    /// Byte offset of what is read next.
    pub fn position(&self) -> usize {
        self.pos
    }

    /// Goes on at `pos`, after an opening or closing quote or brace.
    pub fn set_position(&mut self, pos: usize, after: TokenKind) {
        self.pos = pos;
        self.after = after;
        self.line_start = false;
    }

    fn at(&self, pos: usize) -> u8 {
        if pos < self.limit { self.bytes[pos] } else { 0 }
    }

    fn skip_blank(&mut self) -> Option<Token> {
        while self.pos < self.limit {
            match self.bytes[self.pos] {
                b' ' | b'\t' | b'\r' => self.pos += 1,
                b'\n' => {
                    self.pos =
                        if self.newline_jump > self.pos { self.newline_jump } else { self.pos + 1 };
                    self.line_start = true;
                }
                b'#' => {
                    let rest = &self.bytes[self.pos..self.limit];
                    self.pos += memchr::memchr(b'\n', rest).unwrap_or(rest.len());
                }
                b'/' if self.at(self.pos + 1) == b'*' => {
                    let rest = &self.bytes[self.pos + 2..self.limit];
                    match memchr::memmem::find(rest, b"*/") {
                        Some(at) => self.pos += at + 4,
                        None => {
                            let start = self.pos;
                            self.pos = self.limit;
                            return Some(self.token(TokenKind::Bad(Bad::UnclosedComment), start));
                        }
                    }
                }
                // No-break space and other Unicode blanks are blanks to Puppet too.
                0xC2 if self.at(self.pos + 1) == 0xA0 => self.pos += 2,
                0xE2 | 0xE3 => match self.source[self.pos..].chars().next() {
                    Some(
                        blank @ ('\u{2000}'..='\u{200a}' | '\u{202f}' | '\u{205f}' | '\u{3000}'),
                    ) => self.pos += blank.len_utf8(),
                    _ => return None,
                },
                0xEF if self.pos == 0 && self.source.starts_with('\u{feff}') => self.pos += 3,
                0x0B | 0x0C => self.pos += 1,
                _ => return None,
            }
        }
        None
    }

    fn token(&mut self, kind: TokenKind, start: usize) -> Token {
        let first_on_line = std::mem::replace(&mut self.line_start, false);
        self.after = kind;
        Token { kind, start: start as u32, end: self.pos as u32, first_on_line }
    }

    /// The next token.
    pub fn next_token(&mut self) -> Token {
        let before_blank = self.pos;
        if let Some(bad) = self.skip_blank() {
            return bad;
        }
        let start = self.pos;
        if start >= self.limit {
            self.pos = self.limit;
            return self.token(TokenKind::End, start);
        }
        let spaced = before_blank != start || start == 0;
        let byte = self.bytes[start];
        let kind = match byte {
            b'a'..=b'z' | b'_' => self.word(),
            b'A'..=b'Z' => self.class_ref(),
            b'0'..=b'9' => self.number(),
            b'$' => self.variable(),
            b'\'' => self.single_quoted(),
            b'"' => {
                self.pos += 1;
                TokenKind::DoubleQuote
            }
            b':' if self.at(start + 1) == b':' => {
                if self.at(start + 2).is_ascii_uppercase() {
                    self.class_ref()
                } else {
                    self.word()
                }
            }
            b'/' if self.regex_acceptable() => self.regex(),
            _ => {
                let (kind, len) = self.punctuation(byte, spaced);
                self.pos += len;
                kind
            }
        };
        self.token(kind, start)
    }

    fn regex_acceptable(&self) -> bool {
        use TokenKind::*;
        !matches!(
            self.after,
            RParen
                | RBrack
                | RRCollect
                | RCollect
                | Name
                | ClassRef
                | Number
                | SingleQuoted
                | True
                | False
                | DoubleQuote
                | Heredoc
                | Regex
                | Variable
                | Word
        )
    }

    fn regex(&mut self) -> TokenKind {
        let mut at = self.pos + 1;
        loop {
            match self.at(at) {
                0 if at >= self.limit => break,
                b'\\' if at + 1 < self.limit => at += 2,
                b'/' => {
                    self.pos = at + 1;
                    return TokenKind::Regex;
                }
                _ => at += 1,
            }
        }
        self.pos += 1;
        TokenKind::Divide
    }

    /// A bare word: segments joined by `::`, hyphens allowed inside a segment.
    fn word(&mut self) -> TokenKind {
        let start = self.pos;
        let mut at = start;
        let mut is_name = true;
        loop {
            let segment = if self.at(at) == b':' && self.at(at + 1) == b':' { at + 2 } else { at };
            let first = self.at(segment);
            // To Puppet 3 a later segment may begin with a digit: `packages::7zip`.
            let digit = segment > start && first.is_ascii_digit();
            if !(first.is_ascii_lowercase() || first == b'_' || digit) {
                break;
            }
            is_name &= first != b'_' && !digit;
            let mut end = segment + 1;
            loop {
                while is_word(self.at(end)) {
                    end += 1;
                }
                let mut hyphens = end;
                while self.at(hyphens) == b'-' {
                    hyphens += 1;
                }
                if hyphens == end || !is_word(self.at(hyphens)) {
                    break;
                }
                is_name = false;
                end = hyphens;
            }
            at = end;
            if self.at(at) != b':' {
                break;
            }
        }
        if at == start {
            self.pos = start + if self.at(start) == b':' { 2 } else { 1 };
            return TokenKind::Bad(Bad::Name);
        }
        self.pos = at;
        if self.at(at) == b':' && self.at(at + 1) == b':' {
            // `a:::b`: one wrong name, not two things.
            while is_word(self.at(self.pos)) || self.at(self.pos) == b':' {
                self.pos += 1;
            }
            return TokenKind::Bad(Bad::Name);
        }
        if !is_name {
            return TokenKind::Word;
        }
        keyword(&self.bytes[start..at]).unwrap_or(TokenKind::Name)
    }

    fn class_ref(&mut self) -> TokenKind {
        let mut at = self.pos;
        loop {
            let segment = if self.at(at) == b':' && self.at(at + 1) == b':' { at + 2 } else { at };
            if !self.at(segment).is_ascii_uppercase() || (segment == at && at != self.pos) {
                break;
            }
            at = segment + 1;
            while is_word(self.at(at)) {
                at += 1;
            }
        }
        self.pos = at;
        if self.at(at) == b':' && self.at(at + 1) == b':' {
            // `Foo::bar`: take the whole for the message.
            while is_word(self.at(self.pos)) || self.at(self.pos) == b':' {
                self.pos += 1;
            }
            return TokenKind::Bad(Bad::ClassRef);
        }
        TokenKind::ClassRef
    }

    fn number(&mut self) -> TokenKind {
        let start = self.pos;
        let mut at = start;
        let digits = |mut at: usize, hex: bool| {
            while if hex { self.at(at).is_ascii_hexdigit() } else { self.at(at).is_ascii_digit() } {
                at += 1;
            }
            at
        };
        if self.at(at) == b'0' && matches!(self.at(at + 1), b'x' | b'X') {
            at = digits(at + 2, true);
            if at == start + 2 {
                at = start;
            }
        } else {
            at = digits(at, false);
            if self.at(at) == b'.' && self.at(at + 1).is_ascii_digit() {
                at = digits(at + 1, false);
            }
            if matches!(self.at(at), b'e' | b'E') {
                let exponent = if self.at(at + 1) == b'-' { at + 2 } else { at + 1 };
                if self.at(exponent).is_ascii_digit() {
                    at = digits(exponent, false);
                }
            }
        }
        let text = &self.bytes[start..at.max(start)];
        let octal = text.len() > 1
            && text[0] == b'0'
            && text.iter().all(u8::is_ascii_digit)
            && text.iter().any(|byte| *byte > b'7');
        if at == start || is_word(self.at(at)) || octal {
            while is_word(self.at(at)) {
                at += 1;
            }
            self.pos = at.max(start + 1);
            return TokenKind::Bad(Bad::Number);
        }
        self.pos = at;
        TokenKind::Number
    }

    fn variable(&mut self) -> TokenKind {
        match self.variable_end(self.pos) {
            Some(end) => {
                self.pos = end;
                TokenKind::Variable
            }
            None => {
                self.pos += 1;
                TokenKind::Bad(Bad::Variable)
            }
        }
    }

    /// The end of the variable whose `$` stands at `dollar`; `None` where no name follows.
    fn variable_end(&self, dollar: usize) -> Option<usize> {
        let mut at = dollar + 1;
        if self.at(at) == b':' && self.at(at + 1) == b':' {
            at += 2;
        }
        let mut end = None;
        while is_word(self.at(at)) {
            while is_word(self.at(at)) {
                at += 1;
            }
            end = Some(at);
            if self.at(at) == b':' && self.at(at + 1) == b':' {
                at += 2;
            } else {
                break;
            }
        }
        end
    }

    fn single_quoted(&mut self) -> TokenKind {
        let mut at = self.pos + 1;
        while at < self.limit {
            match memchr::memchr2(b'\'', b'\\', &self.bytes[at..self.limit]) {
                None => break,
                Some(offset) if self.bytes[at + offset] == b'\\' => at += offset + 2,
                Some(offset) => {
                    self.pos = at + offset + 1;
                    return TokenKind::SingleQuoted;
                }
            }
        }
        // Go on after the line, so that the rest of the file is still read.
        let rest = &self.bytes[self.pos..self.limit];
        self.pos += memchr::memchr(b'\n', rest).unwrap_or(rest.len());
        TokenKind::Bad(Bad::UnclosedString)
    }

    fn punctuation(&self, byte: u8, spaced: bool) -> (TokenKind, usize) {
        use TokenKind::*;
        let (second, third) = (self.at(self.pos + 1), self.at(self.pos + 2));
        match (byte, second, third) {
            (b'{', ..) => (LBrace, 1),
            (b'}', ..) => (RBrace, 1),
            (b'(', ..) if self.line_start => (LineLParen, 1),
            (b'(', ..) => (LParen, 1),
            (b')', ..) => (RParen, 1),
            (b'[', ..) if spaced => (ListStart, 1),
            (b'[', ..) => (LBrack, 1),
            (b']', ..) => (RBrack, 1),
            (b',', ..) => (Comma, 1),
            (b';', ..) => (Semicolon, 1),
            (b':', ..) => (Colon, 1),
            (b'.', ..) => (Dot, 1),
            (b'?', ..) => (Question, 1),
            (b'@', b'@', _) => (AtAt, 2),
            (b'@', b'(', _) => (Heredoc, 2),
            (b'@', ..) => (At, 1),
            (b'|', b'>', b'>') => (RRCollect, 3),
            (b'|', b'>', _) => (RCollect, 2),
            (b'|', ..) => (Pipe, 1),
            (b'<', b'<', b'|') => (LLCollect, 3),
            (b'<', b'<', _) => (ShiftLeft, 2),
            (b'<', b'=', _) => (LessEqual, 2),
            (b'<', b'|', _) => (LCollect, 2),
            (b'<', b'-', _) => (OutEdge, 2),
            (b'<', b'~', _) => (OutEdgeSub, 2),
            (b'<', ..) => (Less, 1),
            (b'>', b'>', _) => (ShiftRight, 2),
            (b'>', b'=', _) => (GreaterEqual, 2),
            (b'>', ..) => (Greater, 1),
            (b'=', b'=', _) => (Equal, 2),
            (b'=', b'>', _) => (FatArrow, 2),
            (b'=', b'~', _) => (Match, 2),
            (b'=', ..) => (Assign, 1),
            (b'+', b'=', _) => (PlusAssign, 2),
            (b'+', b'>', _) => (PlusArrow, 2),
            (b'+', ..) => (Plus, 1),
            (b'-', b'>', _) => (InEdge, 2),
            (b'-', b'=', _) => (MinusAssign, 2),
            (b'-', ..) => (Minus, 1),
            (b'~', b'>', _) => (InEdgeSub, 2),
            (b'!', b'=', _) => (NotEqual, 2),
            (b'!', b'~', _) => (NoMatch, 2),
            (b'!', ..) => (Not, 1),
            (b'*', ..) => (Times, 1),
            (b'/', ..) => (Divide, 1),
            (b'%', ..) => (Modulo, 1),
            _ => {
                let len = self.source[self.pos..].chars().next().map_or(1, char::len_utf8);
                (Bad(self::Bad::Character), len)
            }
        }
    }
}
