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

/// Unclosed literals of one kind are looked for this often; the rest of the text is read as
/// marks.
const MAX_UNCLOSED: u32 = 40;

/// A computed part of a string is at most this long.
const MAX_HOLE: usize = 4096;

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
        unclosed: 0,
    };
    lexer.run();
    Tokens::new(text, lexer.out)
}

struct Lexer<'t> {
    text: &'t str,
    bytes: &'t [u8],
    at: usize,
    language: &'static Language,
    out: Vec<Token>,
    /// Nothing came yet on this line.
    first: bool,
    /// Ends of `<<EOT` texts that begin on the next line.
    documents: Vec<&'t str>,
    unclosed: u32,
}

fn in_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte >= 0x80
}

impl<'t> Lexer<'t> {
    fn peek(&self, ahead: usize) -> u8 {
        self.bytes.get(self.at + ahead).copied().unwrap_or(0)
    }

    fn rest(&self) -> &'t str {
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
            let mut at = self.at;
            let found = self.rest().split_inclusive('\n').any(|line| {
                at += line.len();
                line.trim() == end
            });
            if found {
                self.at = at;
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

    fn push(&mut self, kind: Kind, outer: Range<usize>, inner: Range<usize>) {
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
    fn after_value(&self) -> bool {
        let Some(last) = self.out.last() else { return false };
        match last.kind {
            Kind::Mark => matches!(self.text.get(last.start..last.end), Some(")" | "]" | "}")),
            Kind::Name => !BEFORE_REGEX.contains(&last.value.as_str()),
            Kind::Text | Kind::Number | Kind::Close => true,
            Kind::Open => false,
        }
    }

    /// A string, a regular expression, a list of words, the beginning of a document.
    fn literal(&mut self, byte: u8) -> bool {
        if let Some((_, holes)) = self.language.quotes.iter().find(|(quote, _)| *quote == byte) {
            return self.quoted(self.at, 1, byte, holes);
        }
        if self.language.rust {
            return self.rust_literal(byte);
        }
        if self.language.regexes && byte == b'/' {
            return self.regex();
        }
        if self.language.documents && byte == b'<' && self.document() {
            return true;
        }
        if self.language.perl && byte.is_ascii_lowercase() {
            return self.quote_like();
        }
        self.language.percent && byte == b'%' && self.percent()
    }

    /// Where the literal that starts at `from` ends: its closing quote. Also whether it has
    /// computed parts.
    fn find_end(
        &mut self,
        from: usize,
        close: u8,
        open: u8,
        holes: &[&str],
    ) -> Option<(usize, bool)> {
        if self.unclosed > MAX_UNCLOSED {
            return None;
        }
        let mut at = from;
        let mut depth = 0;
        let mut exact = true;
        while let Some(&byte) = self.bytes.get(at) {
            match byte {
                b'\\' => at += 1,
                _ if byte == close && depth == 0 => return Some((at, exact)),
                _ if byte == close => depth -= 1,
                _ if byte == open && open != close => depth += 1,
                _ => {
                    let rest = &self.bytes[at..];
                    if let Some(hole) = holes.iter().find(|own| rest.starts_with(own.as_bytes())) {
                        let next = rest.get(hole.len()).copied().unwrap_or(0);
                        if hole.len() > 1 {
                            exact = false;
                            at = self.hole(at + hole.len());
                        } else if in_name(next) || next == b'{' {
                            exact = false;
                        }
                    }
                }
            }
            at += 1;
        }
        self.unclosed += 1;
        None
    }

    /// The closing brace of a computed part.
    fn hole(&self, from: usize) -> usize {
        let mut depth = 0;
        let mut quote = 0;
        for (ix, &byte) in
            self.bytes[from.min(self.bytes.len())..].iter().take(MAX_HOLE).enumerate()
        {
            match byte {
                _ if quote != 0 => quote = if byte == quote { 0 } else { quote },
                b'"' | b'\'' => quote = byte,
                b'{' => depth += 1,
                b'}' if depth == 0 => return from + ix,
                b'}' => depth -= 1,
                _ => {}
            }
        }
        from
    }

    /// A literal whose opening takes `lead` bytes.
    fn quoted(&mut self, start: usize, lead: usize, quote: u8, holes: &[&str]) -> bool {
        let close = match quote {
            b'(' => b')',
            b'[' => b']',
            b'{' => b'}',
            b'<' => b'>',
            other => other,
        };
        let Some((end, exact)) = self.find_end(start + lead, close, quote, holes) else {
            return false;
        };
        self.at = end + 1;
        self.push(Kind::Text, start..end + 1, start + lead..end);
        if let Some(token) = self.out.last_mut() {
            token.exact = exact;
            if token.value.contains('\\') {
                token.value = unescaped(&token.value).into();
            }
        }
        true
    }

    /// `'a` and `'x'`, `r#"…"#`.
    fn rust_literal(&mut self, byte: u8) -> bool {
        if byte == b'\'' {
            let mut chars = self.rest()[1..].chars();
            let (one, two) = (chars.next(), chars.next());
            if one == Some('\\') || two == Some('\'') {
                return self.quoted(self.at, 1, b'\'', &[]);
            }
            return false;
        }
        let prefix = usize::from(byte == b'b');
        if self.peek(prefix) == b'r' && matches!(self.peek(prefix + 1), b'"' | b'#') {
            let hashes =
                self.bytes[self.at + prefix + 1..].iter().take_while(|own| **own == b'#').count();
            let lead = prefix + 2 + hashes;
            if self.peek(lead - 1) != b'"' || self.unclosed > MAX_UNCLOSED {
                return false;
            }
            let close = format!("\"{}", "#".repeat(hashes));
            let inner = self.at + lead;
            let Some(len) = self.text.get(inner..).and_then(|rest| rest.find(&close)) else {
                self.unclosed += 1;
                return false;
            };
            let start = self.at;
            self.at = inner + len + close.len();
            self.push(Kind::Text, start..self.at, inner..inner + len);
            return true;
        }
        false
    }

    /// `/…/`, on one line.
    fn regex(&mut self) -> bool {
        let spaced = self.at > 0 && self.bytes[self.at - 1] == b' ' && self.peek(1) != b' ';
        let by_name = self.out.last().is_some_and(|last| last.kind == Kind::Name) && spaced;
        if self.after_value() && !by_name {
            return false;
        }
        let mut class = false;
        let mut at = self.at + 1;
        while let Some(&byte) = self.bytes.get(at).filter(|byte| **byte != b'\n') {
            match byte {
                b'\\' => at += 1,
                b'[' => class = true,
                b']' => class = false,
                b'/' if !class => {
                    let start = self.at;
                    self.at = at + 1;
                    while self.peek(0).is_ascii_lowercase() {
                        self.at += 1;
                    }
                    self.push(Kind::Text, start..self.at, start..self.at);
                    self.inexact();
                    return true;
                }
                _ => {}
            }
            at += 1;
            if at > self.at + MAX_HOLE {
                break;
            }
        }
        false
    }

    fn inexact(&mut self) {
        if let Some(token) = self.out.last_mut() {
            token.exact = false;
        }
    }

    /// `<<EOT`, `<<~"EOT"`.
    fn document(&mut self) -> bool {
        let Some(rest) = self.rest().strip_prefix("<<") else { return false };
        let bare = rest.trim_start_matches(['~', '-']);
        let quoted = bare.strip_prefix(['"', '\'', '`']);
        let body = quoted.unwrap_or(bare);
        let len = body.bytes().take_while(|byte| in_name(*byte)).count();
        let begins = body.starts_with(|c: char| c.is_ascii_uppercase() || c == '_');
        if len == 0 || !(quoted.is_some() || begins) {
            return false;
        }
        let Some(end) = body.get(..len) else { return false };
        let start = self.at;
        self.documents.push(end);
        self.at = self.text.len() - body.len() + len + usize::from(quoted.is_some());
        self.at = self.at.min(self.text.len());
        self.push(Kind::Text, start..self.at, start..self.at);
        self.inexact();
        true
    }

    /// `q()`, `qq{}`, `qw[]`, `m//`, `qr//`, `s///`, `tr///`.
    fn quote_like(&mut self) -> bool {
        let rest = self.rest();
        let Some(word) =
            ["qq", "qw", "qr", "qx", "tr", "q", "m", "s", "y"].into_iter().find(|word| {
                rest.strip_prefix(word).is_some_and(|rest| {
                    !rest.starts_with(|c: char| c.is_alphanumeric() || c == '_')
                })
            })
        else {
            return false;
        };
        let blank =
            rest[word.len()..].len() - rest[word.len()..].trim_start_matches([' ', '\t']).len();
        let at = self.at + word.len() + blank;
        let open = self.bytes.get(at).copied().unwrap_or(0);
        let brackets = matches!(open, b'(' | b'[' | b'{' | b'<');
        let last = self.out.last().and_then(|last| self.text.get(last.start..last.end));
        if !open.is_ascii_punctuation()
            || matches!(open, b',' | b';' | b')' | b'=' | b'}' | b']' | b'>' | b'-')
            || (blank > 0 && !brackets && open != b'/')
            || matches!(last, Some("->" | "-" | "sub" | "&"))
        {
            return false;
        }
        let holes: &[&str] = if matches!(word, "q" | "qw") { &[] } else { &["$", "@"] };
        let start = self.at;
        if word == "qw" {
            return self.words(start, at);
        }
        if !self.quoted(start, at + 1 - start, open, holes) {
            return false;
        }
        if matches!(word, "s" | "tr" | "y") {
            self.second_part(open, brackets);
        }
        if !matches!(word, "q" | "qq") {
            self.inexact();
        }
        true
    }

    /// The replacement of `s///`.
    fn second_part(&mut self, open: u8, brackets: bool) {
        let (mut from, mut open) = (self.at, open);
        if brackets {
            let rest = self.rest();
            from += rest.len() - rest.trim_start().len();
            open = self.bytes.get(from).copied().unwrap_or(0);
            from += 1;
        }
        let close = match open {
            b'(' => b')',
            b'[' => b']',
            b'{' => b'}',
            b'<' => b'>',
            other => other,
        };
        if let Some((end, _)) = self.find_end(from, close, open, &[]) {
            self.at = end + 1;
        }
    }

    /// A bracketed list of words, as the tokens of a list of strings.
    fn words(&mut self, start: usize, open: usize) -> bool {
        let (open_byte, close) = match self.bytes.get(open) {
            Some(b'(') => (b'(', b')'),
            Some(b'[') => (b'[', b']'),
            Some(b'{') => (b'{', b'}'),
            Some(b'<') => (b'<', b'>'),
            Some(other) => (*other, *other),
            None => return false,
        };
        let Some((end, _)) = self.find_end(open + 1, close, open_byte, &[]) else { return false };
        let Some(body) = self.text.get(open + 1..end) else { return false };
        self.push(Kind::Open, start..open + 1, start..open + 1);
        for word in body.split_ascii_whitespace() {
            let from = word.as_ptr() as usize - self.text.as_ptr() as usize;
            self.push(Kind::Text, from..from + word.len(), from..from + word.len());
        }
        self.push(Kind::Close, end..end + 1, end..end + 1);
        self.at = end + 1;
        true
    }

    /// `%w[a b]`, `%i[a b]`, `%q(…)`, `%(…)`.
    fn percent(&mut self) -> bool {
        let letter = self.peek(1);
        let lead = if letter.is_ascii_alphabetic() { 2 } else { 1 };
        let open = self.peek(lead);
        let brackets = matches!(open, b'(' | b'[' | b'{' | b'<' | b'|' | b'!');
        if !brackets || (lead == 1 && self.after_value()) {
            return false;
        }
        match letter {
            b'w' | b'W' | b'i' | b'I' => self.words(self.at, self.at + 2),
            b'q' | b'Q' | b'r' | b's' | b'x' | b'(' | b'[' | b'{' | b'<' => {
                let holes: &[&str] = if letter == b'q' { &[] } else { &["#{"] };
                self.quoted(self.at, lead + 1, open, holes)
            }
            _ => false,
        }
    }
}

/// The text that a literal with escapes stands for, as far as flags need it.
fn unescaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        match c {
            '\\' => match chars.next() {
                Some('n') => out.push('\n'),
                Some('t') => out.push('\t'),
                Some(other) => out.push(other),
                None => {}
            },
            _ => out.push(c),
        }
    }
    out
}
