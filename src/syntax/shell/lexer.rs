//! Words and operators of the POSIX shell, with what Bash adds to them.
//!
//! (Source: POSIX.1-2017, Shell Command Language, 2.2 "Quoting", 2.3 "Token Recognition".)

use super::text::HOLE;
use crate::facts::{NamePattern, Piece};
use smol_str::SmolStr;

/// A token with its bounds in the text.
#[derive(Debug, Clone, PartialEq)]
pub struct Token {
    pub kind: Kind,
    pub start: usize,
    pub end: usize,
}

/// What a token is.
#[derive(Debug, Clone, PartialEq)]
pub enum Kind {
    /// A word.
    Word(Text),
    /// `;`, `&`, a newline, `|`, `&&`, `||`, `;;`, `(`, `)`.
    Operator(&'static str),
    /// `<`, `>`, `>>`, `<<<`, …: the next word is its target.
    Redirect,
}

/// A word's text.
#[derive(Debug, Clone, PartialEq)]
pub struct Text {
    /// With holes for what only the shell knows.
    pub pattern: NamePattern,
    /// May become any number of words.
    pub splits: bool,
    /// Holds quotes or escapes: not a reserved word.
    pub quoted: bool,
    /// Bounds of the command substitutions in it.
    pub substitutions: Vec<(usize, usize)>,
}

/// Splits shell text into tokens. Never fails: a quote that nothing closes ends at the end.
pub fn tokens(text: &str) -> Vec<Token> {
    Lexer { text, bytes: text.as_bytes(), at: 0, heredocs: Vec::new(), out: Vec::new() }.run()
}

struct Lexer<'t> {
    text: &'t str,
    bytes: &'t [u8],
    at: usize,
    /// Ends of here-documents whose bodies begin on the next line.
    heredocs: Vec<String>,
    out: Vec<Token>,
}

const OPERATORS: [&str; 9] = [";;", "&&", "||", "|&", ";", "&", "|", "(", ")"];

impl Lexer<'_> {
    fn run(mut self) -> Vec<Token> {
        while self.at < self.bytes.len() {
            let start = self.at;
            match self.bytes[start] {
                b' ' | b'\t' | b'\r' => self.at += 1,
                b'\\' if self.bytes.get(start + 1) == Some(&b'\n') => self.at += 2,
                b'\n' => {
                    self.at += 1;
                    self.push(Kind::Operator("\n"), start);
                    self.skip_heredocs();
                }
                b'#' => self.at = self.line_end(start),
                b'<' | b'>' => self.redirect(),
                // `2>` names a descriptor, no argument.
                byte if byte.is_ascii_digit() && self.is_descriptor() => self.at += 1,
                b'&' if self.bytes.get(start + 1) == Some(&b'>') => {
                    self.at += 1;
                    self.redirect();
                }
                byte if b";&|()".contains(&byte) => {
                    let rest = &self.text[start..];
                    let found = OPERATORS.iter().find(|operator| rest.starts_with(*operator));
                    let operator = found.copied().unwrap_or(";");
                    self.at += operator.len();
                    self.push(Kind::Operator(operator), start);
                }
                _ => self.word(),
            }
        }
        self.out
    }

    fn push(&mut self, kind: Kind, start: usize) {
        self.out.push(Token { kind, start, end: self.at });
    }

    /// Whether digits and then a redirection stand here.
    fn is_descriptor(&self) -> bool {
        let rest = &self.bytes[self.at..];
        let digits = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
        matches!(rest.get(digits), Some(b'<' | b'>'))
    }

    fn line_end(&self, from: usize) -> usize {
        memchr::memchr(b'\n', &self.bytes[from..]).map_or(self.bytes.len(), |len| from + len)
    }

    fn redirect(&mut self) {
        let start = self.at;
        let rest = &self.text[start..];
        if rest.starts_with("<(") || rest.starts_with(">(") {
            // Process substitution: a word that is a path.
            let end = self.balanced(start + 1);
            let text = Text {
                pattern: NamePattern::any(),
                splits: false,
                quoted: true,
                substitutions: vec![(start + 2, end.saturating_sub(1).max(start + 2))],
            };
            self.at = end;
            return self.push(Kind::Word(text), start);
        }
        let heredoc = rest.starts_with("<<") && !rest.starts_with("<<<");
        while self.bytes.get(self.at).is_some_and(|byte| b"<>&|-".contains(byte)) {
            self.at += 1;
        }
        // `>&2` and `2>&1` name a descriptor, no file.
        if self.bytes[self.at - 1] == b'&'
            && self.bytes.get(self.at).is_some_and(|byte| byte.is_ascii_digit() || *byte == b'-')
        {
            self.at += 1;
            return;
        }
        if heredoc {
            while self.bytes.get(self.at) == Some(&b' ') {
                self.at += 1;
            }
            let from = self.at;
            while self
                .bytes
                .get(self.at)
                .is_some_and(|byte| !byte.is_ascii_whitespace() && !b";&|()<>".contains(byte))
            {
                self.at += 1;
            }
            let end: String =
                self.text[from..self.at].chars().filter(|c| !"'\"\\".contains(*c)).collect();
            self.heredocs.push(end);
            return;
        }
        self.push(Kind::Redirect, start);
    }

    /// Skips the bodies of here-documents that began on the line before.
    fn skip_heredocs(&mut self) {
        for end in std::mem::take(&mut self.heredocs) {
            while self.at < self.bytes.len() {
                let line_end = self.line_end(self.at);
                let line = &self.text[self.at..line_end];
                self.at = (line_end + 1).min(self.bytes.len());
                if line.trim() == end {
                    break;
                }
            }
        }
    }

    fn word(&mut self) {
        let start = self.at;
        let mut pieces: Vec<Piece> = Vec::new();
        let mut literal = String::new();
        let mut text = Text {
            pattern: NamePattern::any(),
            splits: false,
            quoted: false,
            substitutions: Vec::new(),
        };
        // Whether an unquoted hole stands in the word, and whether anything else does.
        let (mut bare_hole, mut more) = (false, false);
        while let Some(&byte) = self.bytes.get(self.at) {
            match byte {
                b' ' | b'\t' | b'\r' | b'\n' | b';' | b'&' | b'|' | b'(' | b')' | b'<' | b'>' => {
                    break;
                }
                b'\\' => {
                    let rest = &self.text[self.at + 1..];
                    let Some(next) = rest.chars().next() else {
                        self.at += 1;
                        break;
                    };
                    self.at += 1 + next.len_utf8();
                    text.quoted = true;
                    if next != '\n' {
                        literal.push(next);
                        more = true;
                    }
                }
                b'\'' => {
                    let from = self.at + 1;
                    let end = memchr::memchr(b'\'', &self.bytes[from..]);
                    let end = end.map_or(self.bytes.len(), |len| from + len);
                    self.literal(from, end, &mut literal, &mut pieces);
                    self.at = (end + 1).min(self.bytes.len());
                    (text.quoted, more) = (true, true);
                }
                b'"' => {
                    self.double_quoted(&mut literal, &mut pieces, &mut text);
                    (text.quoted, more) = (true, true);
                }
                b'$' | b'`' => {
                    let splits = self.expansion(&mut text);
                    match splits {
                        None => {
                            literal.push('$');
                            more = true;
                        }
                        Some(_) => {
                            flush(&mut literal, &mut pieces);
                            pieces.push(Piece::Hole);
                            bare_hole = true;
                        }
                    }
                }
                _ => {
                    let c = self.text[self.at..].chars().next().unwrap_or(HOLE);
                    self.at += c.len_utf8();
                    if c == HOLE {
                        flush(&mut literal, &mut pieces);
                        pieces.push(Piece::Hole);
                        bare_hole = true;
                    } else {
                        literal.push(c);
                        more = true;
                    }
                }
            }
        }
        // `2>file`: the number of a descriptor.
        let number = self.text[start..self.at].bytes().all(|byte| byte.is_ascii_digit());
        if number && matches!(self.bytes.get(self.at), Some(b'<' | b'>')) {
            return;
        }
        flush(&mut literal, &mut pieces);
        text.pattern = NamePattern::from_pieces(pieces);
        text.splits |= bare_hole && !more;
        self.push(Kind::Word(text), start);
    }

    fn literal(&self, from: usize, end: usize, literal: &mut String, pieces: &mut Vec<Piece>) {
        let mut parts = self.text[from..end].split(HOLE);
        literal.push_str(parts.next().unwrap_or_default());
        for part in parts {
            flush(literal, pieces);
            pieces.push(Piece::Hole);
            literal.push_str(part);
        }
    }

    fn double_quoted(&mut self, literal: &mut String, pieces: &mut Vec<Piece>, text: &mut Text) {
        self.at += 1;
        while let Some(&byte) = self.bytes.get(self.at) {
            match byte {
                b'"' => {
                    self.at += 1;
                    return;
                }
                b'\\' => {
                    let next = self.text[self.at + 1..].chars().next();
                    self.at += 1 + next.map_or(0, char::len_utf8);
                    match next {
                        Some('\n') | None => {}
                        Some(c @ ('$' | '`' | '"' | '\\')) => literal.push(c),
                        Some(c) => {
                            literal.push('\\');
                            literal.push(c);
                        }
                    }
                }
                b'$' | b'`' => match self.expansion(text) {
                    None => literal.push('$'),
                    Some(list) => {
                        flush(literal, pieces);
                        pieces.push(Piece::Hole);
                        text.splits |= list;
                    }
                },
                _ => {
                    let c = self.text[self.at..].chars().next().unwrap_or(HOLE);
                    self.at += c.len_utf8();
                    if c == HOLE {
                        flush(literal, pieces);
                        pieces.push(Piece::Hole);
                    } else {
                        literal.push(c);
                    }
                }
            }
        }
    }

    /// Steps over `$x`, `${x}`, `$(…)`, `$((…))` or a backquoted command. `None` for a lone
    /// `$`; else whether it stands for a list of words: `$@`, `${a[@]}`.
    fn expansion(&mut self, text: &mut Text) -> Option<bool> {
        let start = self.at;
        if self.bytes[start] == b'`' {
            let from = start + 1;
            let len = memchr::memchr(b'`', &self.bytes[from..]);
            let end = len.map_or(self.bytes.len(), |len| from + len);
            text.substitutions.push((from, end));
            self.at = (end + 1).min(self.bytes.len());
            return Some(false);
        }
        match self.bytes.get(start + 1) {
            Some(b'(') => {
                let end = self.balanced(start + 1);
                if self.bytes.get(start + 2) != Some(&b'(') {
                    text.substitutions.push((start + 2, end.saturating_sub(1).max(start + 2)));
                }
                self.at = end;
                Some(false)
            }
            Some(b'{') => {
                let end = self.closing_brace(start + 2);
                let inner = &self.text[start + 2..end];
                self.at = (end + 1).min(self.bytes.len());
                Some(inner.contains("[@]") || inner.contains("[*]") || inner.starts_with('@'))
            }
            Some(b'@' | b'*') => {
                self.at += 2;
                Some(true)
            }
            Some(byte) if byte.is_ascii_alphabetic() || *byte == b'_' => {
                self.at += 2;
                while self
                    .bytes
                    .get(self.at)
                    .is_some_and(|byte| byte.is_ascii_alphanumeric() || *byte == b'_')
                {
                    self.at += 1;
                }
                Some(false)
            }
            Some(byte) if byte.is_ascii_digit() || b"?#$!-".contains(byte) => {
                self.at += 2;
                Some(false)
            }
            // `$'…'` and `$"…"`: the quotes follow.
            _ => {
                self.at += 1;
                None
            }
        }
    }

    /// One past the `)` that closes the `(` at `open`.
    fn balanced(&self, open: usize) -> usize {
        let mut depth = 0usize;
        let mut quote = 0u8;
        let mut at = open;
        while let Some(&byte) = self.bytes.get(at) {
            match byte {
                b'\\' if quote != b'\'' => at += 1,
                b'\'' | b'"' if quote == 0 => quote = byte,
                _ if quote != 0 && byte == quote => quote = 0,
                _ if quote != 0 => {}
                b'(' => depth += 1,
                b')' => {
                    depth = depth.saturating_sub(1);
                    if depth == 0 {
                        return at + 1;
                    }
                }
                _ => {}
            }
            at += 1;
        }
        self.bytes.len()
    }

    fn closing_brace(&self, from: usize) -> usize {
        let mut depth = 1usize;
        for (ix, byte) in self.bytes[from..].iter().enumerate() {
            match byte {
                b'{' => depth += 1,
                b'}' => {
                    depth -= 1;
                    if depth == 0 {
                        return from + ix;
                    }
                }
                _ => {}
            }
        }
        self.bytes.len()
    }
}

fn flush(literal: &mut String, pieces: &mut Vec<Piece>) {
    if !literal.is_empty() {
        pieces.push(Piece::Text(SmolStr::new(&*literal)));
        literal.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Vec<String> {
        let show = |token: Token| match token.kind {
            Kind::Word(text) if text.splits => format!("{}…", text.pattern),
            Kind::Word(text) => text.pattern.to_string(),
            Kind::Operator(operator) => operator.to_owned(),
            Kind::Redirect => ">".to_owned(),
        };
        tokens(text).into_iter().map(show).collect()
    }

    #[test]
    fn quoting() {
        assert_eq!(words(r#"a 'b c' "d $e f" g\ h"#), ["a", "b c", "d * f", "g h"]);
        assert_eq!(words("a $x \"$x\" \"$@\" --y=$z"), ["a", "*…", "*", "*…", "--y=*"]);
        assert_eq!(words("a \"${b[@]}\" ${c:-d}"), ["a", "*…", "*…"]);
        assert_eq!(words("a 'open"), ["a", "open"]);
    }

    #[test]
    fn operators_redirections_and_here_documents() {
        assert_eq!(words("a|b&&c;d 2>&1 >f"), ["a", "|", "b", "&&", "c", ";", "d", ">", "f"]);
        assert_eq!(words("a <<EOF\nb c\nEOF\nd"), ["a", "\n", "d"]);
        assert_eq!(words("a # b\nc"), ["a", "\n", "c"]);
    }
}
