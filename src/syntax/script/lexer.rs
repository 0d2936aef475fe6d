//! Tokens of scripting and C-like languages: names, string literals with their places,
//! numbers and marks. Comments, documentation blocks and regular expressions are left out.
//!
//! (Sources: perlop, "Quote and Quote-like Operators", perlpod and perldata; Ruby's
//! "Literals" and "Comments"; ECMA-262, 12; the Go specification, "Lexical elements"; the
//! Rust reference, "Tokens".)

use super::tokens::{Kind, Token, Tokens};
use crate::facts::Span;
use smol_str::SmolStr;
use std::ops::Range;

/// What differs between languages.
pub struct Language {
    /// Begins a comment to the end of the line.
    pub line_comment: &'static str,
    /// Has `/* … */`.
    pub block_comments: bool,
    /// Quotes of literals, each with what begins a computed part in it.
    pub quotes: &'static [(u8, &'static [&'static str])],
    /// Has regular expressions between slashes.
    pub regexes: bool,
    /// Has `<<EOT` texts, `=begin` or `=head1` blocks, and `__END__`.
    pub documents: bool,
    /// Names have sigils, `::` is part of them, and `q()` and its like quote.
    pub perl: bool,
    /// Has `%w[]` and its like.
    pub percent: bool,
    /// `'a` is no string, and `r#""#` is one.
    pub rust: bool,
}

/// Perl.
pub const PERL: Language = Language {
    line_comment: "#",
    block_comments: false,
    quotes: &[(b'\'', &[]), (b'"', &["$", "@"]), (b'`', &["$", "@"])],
    regexes: true,
    documents: true,
    perl: true,
    percent: false,
    rust: false,
};

/// Ruby.
pub const RUBY: Language = Language {
    quotes: &[(b'\'', &[]), (b'"', &["#{"]), (b'`', &["#{"])],
    perl: false,
    percent: true,
    ..PERL
};

/// JavaScript and TypeScript.
pub const NODE: Language = Language {
    line_comment: "//",
    block_comments: true,
    quotes: &[(b'\'', &[]), (b'"', &[]), (b'`', &["${"])],
    regexes: true,
    documents: false,
    perl: false,
    percent: false,
    rust: false,
};

/// Go. A backslash in a raw string is taken for an escape, which matters to no flag.
pub const GO: Language =
    Language { quotes: &[(b'\'', &[]), (b'"', &[]), (b'`', &[])], regexes: false, ..NODE };

/// Rust.
pub const RUST: Language = Language { quotes: &[(b'"', &[])], regexes: false, rust: true, ..NODE };

/// Marks of two characters.
const PAIRS: &[&str] = &["=>", "->", "::", ":=", "==", "=~", "!~", "..", "&&", "||", "<<"];

/// Names after which a slash begins a regular expression.
const BEFORE_REGEX: &[&str] = &[
    "if", "unless", "while", "until", "when", "return", "and", "or", "not", "split", "grep",
    "join", "case", "typeof", "in", "then", "elsif", "x",
];

/// Most documents of a text that are looked for to its end in vain.
const MAX_LOST: u32 = 16;

/// The tokens of `text`.
pub fn tokens<'t>(text: &'t str, language: &'static Language) -> Tokens<'t> {
    let mut lexer = Lexer {
        text,
        bytes: text.as_bytes(),
        at: 0,
        language,
        out: Vec::new(),
        first: true,
        documents: Vec::new(),
        lost: 0,
        unclosed: 0,
    };
    lexer.run();
    Tokens::new(text, lexer.out)
}

pub(crate) struct Lexer<'t> {
    pub(crate) text: &'t str,
    pub(crate) bytes: &'t [u8],
    pub(crate) at: usize,
    pub(crate) language: &'static Language,
    pub(crate) out: Vec<Token>,
    /// Nothing came yet on this line.
    first: bool,
    /// Ends of `<<EOT` texts that begin on the next line.
    pub(crate) documents: Vec<&'t str>,
    /// How many of them were never found.
    lost: u32,
    pub(crate) unclosed: u32,
}

/// Whether a byte may be part of a name.
pub(crate) fn in_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte >= 0x80
}

impl<'t> Lexer<'t> {
    pub(crate) fn peek(&self, ahead: usize) -> u8 {
        self.bytes.get(self.at + ahead).copied().unwrap_or(0)
    }

    pub(crate) fn rest(&self) -> &'t str {
        self.text.get(self.at..).unwrap_or("")
    }

    fn run(&mut self) {
        if self.text.starts_with("#!/") {
            self.at = self.text.find('\n').unwrap_or(self.text.len());
        }
        while self.at < self.bytes.len() {
            let byte = self.bytes[self.at];
            match byte {
                b'\n' => {
                    self.at += 1;
                    self.line();
                    if self.language.documents && self.block() {
                        return;
                    }
                }
                b' ' | b'\t' | b'\r' => self.at += 1,
                _ if self.comment() => {}
                _ if byte.is_ascii_digit() => self.number(),
                _ if self.literal(byte) => {}
                _ if in_name(byte) => self.name(),
                _ => self.mark(),
            }
        }
    }

    /// At the beginning of a line.
    fn line(&mut self) {
        self.first = true;
        for end in std::mem::take(&mut self.documents) {
            // What is never closed is looked for to the end of the text.
            if self.lost > MAX_LOST {
                break;
            }
            let mut at = self.at;
            let found = self.rest().split_inclusive('\n').any(|line| {
                at += line.len();
                line.trim() == end
            });
            match found {
                true => self.at = at,
                false => self.lost += 1,
            }
        }
    }

    /// Documentation between code; whether the code ends here.
    fn block(&mut self) -> bool {
        let rest = self.rest();
        if rest.starts_with("__END__") || rest.starts_with("__DATA__") {
            return true;
        }
        if self.peek(0) == b'=' && self.peek(1).is_ascii_lowercase() {
            let end = if self.language.perl { "\n=cut" } else { "\n=end" };
            let Some(end) = rest.find(end) else { return true };
            let line = rest[end + 1..].find('\n').map_or(rest.len(), |len| end + 1 + len);
            self.at += line;
        }
        false
    }

    fn comment(&mut self) -> bool {
        let rest = self.rest();
        if rest.starts_with(self.language.line_comment) {
            self.at += rest.find('\n').unwrap_or(rest.len());
            return true;
        }
        if self.language.block_comments && rest.starts_with("/*") {
            self.at += rest.find("*/").map_or(rest.len(), |end| end + 2);
            return true;
        }
        false
    }

    pub(crate) fn push(&mut self, kind: Kind, outer: Range<usize>, inner: Range<usize>) {
        let value =
            if kind == Kind::Mark { "" } else { self.text.get(inner.clone()).unwrap_or("") };
        self.out.push(Token {
            kind,
            start: outer.start,
            end: outer.end,
            span: Span::new(inner.start, inner.end),
            value: SmolStr::new(value),
            exact: true,
            first: std::mem::take(&mut self.first),
            partner: None,
        });
    }

    fn number(&mut self) {
        let start = self.at;
        while in_name(self.peek(0)) || (self.peek(0) == b'.' && self.peek(1).is_ascii_digit()) {
            self.at += 1;
        }
        self.push(Kind::Number, start..self.at, start..self.at);
    }

    fn name(&mut self) {
        let start = self.at;
        self.at += 1;
        while in_name(self.peek(0))
            || (self.language.perl
                && self.peek(0) == b':'
                && self.peek(1) == b':'
                && in_name(self.peek(2)))
            || (self.peek(0) == b':'
                && self.at > start
                && self.bytes[self.at - 1] == b':'
                && self.language.perl
                && in_name(self.peek(1)))
        {
            self.at += 1;
        }
        self.push(Kind::Name, start..self.at, start..self.at);
    }

    fn mark(&mut self) {
        let start = self.at;
        if self.language.perl && self.sigil() {
            return;
        }
        let rest = self.rest();
        let pair = PAIRS.iter().any(|pair| rest.starts_with(pair));
        let len = if pair { 2 } else { rest.chars().next().map_or(1, char::len_utf8) };
        self.at += len;
        self.push(Kind::Mark, start..self.at, start..self.at);
    }

    /// `$name`, `@name`, `%name`, `$'`.
    fn sigil(&mut self) -> bool {
        let start = self.at;
        let (sigil, next) = (self.peek(0), self.peek(1));
        let is_name = in_name(next) || (next == b':' && self.peek(2) == b':');
        match sigil {
            b'$' | b'@' if is_name => {}
            // `%` is also an operator, between two values.
            b'%' if is_name && !self.after_value() => {}
            b'$' if next == b'#' => {
                self.at += 2;
                self.push(Kind::Mark, start..self.at, start..self.at);
                return true;
            }
            b'$' if matches!(next, b'\'' | b'"' | b'`' | b'/' | b'&' | b'!' | b'@' | b'?') => {
                self.at += 2;
                self.push(Kind::Name, start..self.at, start..self.at);
                return true;
            }
            _ => return false,
        }
        self.name();
        true
    }

    /// Whether the last token ends a value, so that an operator follows.
    pub(crate) fn after_value(&self) -> bool {
        let Some(last) = self.out.last() else { return false };
        match last.kind {
            Kind::Mark => matches!(self.text.get(last.start..last.end), Some(")" | "]" | "}")),
            Kind::Name => !BEFORE_REGEX.contains(&last.value.as_str()),
            Kind::Text | Kind::Number | Kind::Close => true,
            Kind::Open => false,
        }
    }
}
