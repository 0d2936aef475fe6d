//! String literals of each language, and what is written like one: regular expressions,
//! lists of words, documents.

use super::lexer::{Lexer, in_name};
use super::tokens::Kind;

/// Unclosed literals of one kind are looked for this often; the rest of the text is read as
/// marks.
const MAX_UNCLOSED: u32 = 20;

/// A computed part of a string is at most this long.
const MAX_HOLE: usize = 1024;

impl Lexer<'_> {
    /// A string, a regular expression, a list of words, the beginning of a document.
    pub(crate) fn literal(&mut self, byte: u8) -> bool {
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
                    if let Some(hole) = holes.iter().find(|hole| rest.starts_with(hole.as_bytes()))
                    {
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
                self.bytes[self.at + prefix + 1..].iter().take_while(|byte| **byte == b'#').count();
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
