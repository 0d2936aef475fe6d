//! Tokens of PHP, 5.3 to 8: enough to find constructs, in one pass, without a grammar.
//!
//! (Source: the language reference's lexical rules: strings, heredoc and nowdoc, comments,
//! inline HTML, qualified names.)

use crate::facts::Span;

/// A token's kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A name or keyword, possibly qualified with `\`.
    Name,
    /// `$name`.
    Variable,
    /// A string whose contents are fully literal; the span covers the quotes.
    Literal,
    /// A double-quoted string or heredoc with interpolation.
    Template,
    /// A number.
    Number,
    /// Any operator or bracket; `->`, `::`, `=>`, `??`, `==`… are one token.
    Punct,
}

/// A token.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Token<'a> {
    pub kind: Kind,
    /// Its text; for strings, what stands between the quotes.
    pub text: &'a str,
    pub span: Span,
    /// How many tokens the bracketed group takes that begins here, as far as the text closes it; 0
    /// where none begins.
    pub group: u32,
}

/// What the lexer could not make sense of.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Broken {
    pub message: &'static str,
    pub at: usize,
}

fn is_name_start(byte: u8) -> bool {
    byte.is_ascii_alphabetic() || byte == b'_' || byte >= 0x80
}

fn is_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte >= 0x80
}

/// Three- and two-character operators that matter as one token.
const OPERATORS: &[&str] = &[
    "===", "!==", "??=", "<=>", "...", "?->", "->", "::", "=>", "==", "!=", "??", ".=", "+=", "&&",
    "||", "<=", ">=",
];

/// Splits `text` into tokens.
pub(crate) fn tokens(text: &str) -> (Vec<Token<'_>>, Option<Broken>) {
    let (mut tokens, broken) = split(text);
    let mut open = Vec::new();
    for ix in 0..tokens.len() {
        match (tokens[ix].kind, tokens[ix].text) {
            (Kind::Punct, "(" | "[" | "{") => {
                tokens[ix].group = u32::MAX;
                open.push(ix);
            }
            // Whatever it closes: what is unbalanced is told elsewhere.
            (Kind::Punct, ")" | "]" | "}") => {
                if let Some(start) = open.pop() {
                    tokens[start].group = (ix - start + 1) as u32;
                }
            }
            _ => {}
        }
    }
    (tokens, broken)
}

fn split<'a>(text: &'a str) -> (Vec<Token<'a>>, Option<Broken>) {
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len() / 6);
    let mut at = match next_open_tag(text, 0) {
        Some(at) => at,
        None => return (out, None),
    };
    let push = |out: &mut Vec<Token<'a>>, kind, start: usize, end: usize, inner: (usize, usize)| {
        let span = Span::new(start, end);
        // The bounds are token bounds, which fall on ASCII bytes or the text's end.
        let text = text.get(inner.0..inner.1).unwrap_or_default();
        out.push(Token { kind, text, span, group: 0 });
    };
    let mut unclosed = 0;
    while at < bytes.len() {
        let byte = bytes[at];
        match byte {
            b' ' | b'\t' | b'\r' | b'\n' => at += 1,
            b'?' if bytes.get(at + 1) == Some(&b'>') => {
                push(&mut out, Kind::Punct, at, at + 2, (at, at + 2));
                match next_open_tag(text, at + 2) {
                    Some(next) => at = next,
                    None => break,
                }
            }
            b'#' if bytes.get(at + 1) != Some(&b'[') => at = line_comment_end(text, at),
            b'/' if bytes.get(at + 1) == Some(&b'/') => at = line_comment_end(text, at),
            b'/' if bytes.get(at + 1) == Some(&b'*') => {
                match memchr::memmem::find(&bytes[at + 2..], b"*/") {
                    Some(end) => at += end + 4,
                    None => {
                        return (out, Some(Broken { message: "this comment is never closed", at }));
                    }
                }
            }
            b'\'' | b'"' | b'`' => match string_end(bytes, at) {
                Some((end, interpolated)) => {
                    let kind =
                        if byte == b'\'' || !interpolated { Kind::Literal } else { Kind::Template };
                    push(&mut out, kind, at, end, (at + 1, end - 1));
                    at = end;
                }
                None => return (out, Some(Broken { message: "this string is never closed", at })),
            },
            b'<' if bytes[at..].starts_with(b"<<<") => match heredoc(text, at, &mut unclosed) {
                Some((inner, end, interpolated)) => {
                    let kind = if interpolated { Kind::Template } else { Kind::Literal };
                    push(&mut out, kind, at, end, inner);
                    at = end;
                }
                None => {
                    push(&mut out, Kind::Punct, at, at + 1, (at, at + 1));
                    at += 1;
                }
            },
            b'$' if bytes.get(at + 1).copied().is_some_and(is_name_start) => {
                let mut end = at + 1;
                while bytes.get(end).copied().is_some_and(is_name) {
                    end += 1;
                }
                push(&mut out, Kind::Variable, at, end, (at + 1, end));
                at = end;
            }
            b'0'..=b'9' => {
                let mut end = at;
                while bytes.get(end).copied().is_some_and(|b| is_name(b) || b == b'.') {
                    end += 1;
                }
                push(&mut out, Kind::Number, at, end, (at, end));
                at = end;
            }
            _ if is_name_start(byte)
                || (byte == b'\\' && bytes.get(at + 1).copied().is_some_and(is_name_start)) =>
            {
                let mut end = at + 1;
                while bytes.get(end).copied().is_some_and(|b| is_name(b) || b == b'\\') {
                    end += 1;
                }
                // The data of an archive (phar) follows. (Source: PHP's manual,
                // "__halt_compiler".)
                if bytes[at..end].eq_ignore_ascii_case(b"__halt_compiler") {
                    break;
                }
                push(&mut out, Kind::Name, at, end, (at, end));
                at = end;
            }
            _ => {
                let rest = &bytes[at..];
                let len = OPERATORS
                    .iter()
                    .find(|op| rest.starts_with(op.as_bytes()))
                    .map_or(1, |op| op.len());
                push(&mut out, Kind::Punct, at, at + len, (at, at + len));
                at += len;
            }
        }
    }
    (out, None)
}

fn next_open_tag(text: &str, from: usize) -> Option<usize> {
    let rest = text.get(from..)?;
    let mut base = from;
    let mut rest = rest;
    loop {
        let at = rest.find("<?")?;
        let after = &rest[at + 2..];
        if after.len() >= 3 && after.as_bytes()[..3].eq_ignore_ascii_case(b"php") {
            return Some(base + at + 5);
        }
        if after.starts_with('=') {
            return Some(base + at + 3);
        }
        base += at + 2;
        rest = after;
    }
}

/// A line comment ends at the line's end or before `?>`.
fn line_comment_end(text: &str, at: usize) -> usize {
    let bytes = &text.as_bytes()[at..];
    let end = memchr::memchr(b'\n', bytes).unwrap_or(bytes.len());
    at + memchr::memmem::find(&bytes[..end], b"?>").unwrap_or(end)
}

/// End (past the quote) of the string at `start`, and whether it interpolates.
fn string_end(bytes: &[u8], start: usize) -> Option<(usize, bool)> {
    let quote = bytes[start];
    let mut at = start + 1;
    let mut interpolated = false;
    while at < bytes.len() {
        match bytes[at] {
            b'\\' => at += 2,
            byte if byte == quote => return Some((at + 1, interpolated)),
            b'$' if quote != b'\'' => {
                interpolated |=
                    bytes.get(at + 1).is_some_and(|next| is_name_start(*next) || *next == b'{');
                at += 1;
            }
            b'{' if quote != b'\'' && bytes.get(at + 1) == Some(&b'$') => {
                interpolated = true;
                at += 1;
            }
            _ => at += 1,
        }
    }
    None
}

/// Most heredocs of a file that are looked for to its end and never closed: PHP takes not even one.
const MAX_UNCLOSED: usize = 16;

/// Bounds of a heredoc's text, its end, and whether it interpolates.
fn heredoc(
    text: &str,
    start: usize,
    unclosed: &mut usize,
) -> Option<((usize, usize), usize, bool)> {
    let head = text.get(start + 3..)?;
    let is_tag = |byte: u8| is_name(byte) || b" \t\r'\"".contains(&byte);
    let line_end = head.bytes().position(|byte| !is_tag(byte))?;
    if head.as_bytes().get(line_end) != Some(&b'\n') || *unclosed > MAX_UNCLOSED {
        return None;
    }
    let raw = head[..line_end].trim();
    let nowdoc = raw.starts_with('\'');
    let tag = raw.trim_matches(['\'', '"']);
    if tag.is_empty() || !tag.bytes().all(is_name) {
        return None;
    }
    let body = start + 3 + line_end + 1;
    let mut line = body;
    loop {
        let rest = text.get(line..)?;
        let trimmed = rest.trim_start_matches([' ', '\t']);
        let indent = rest.len() - trimmed.len();
        if let Some(after) = trimmed.strip_prefix(tag)
            && !after.bytes().next().is_some_and(is_name)
        {
            let end = line + indent + tag.len();
            let interpolated = !nowdoc && text[body..line].contains('$');
            return Some(((body, line), end, interpolated));
        }
        match rest.find('\n') {
            Some(end) => line += end + 1,
            None => {
                *unclosed += 1;
                return None;
            }
        }
    }
}
