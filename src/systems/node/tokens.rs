//! Tokens of JavaScript, as far as names, strings and marks matter.

/// A token: its text and where it begins. Of a string, the text between its quotes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Token<'t> {
    pub(super) kind: Kind,
    pub(super) text: &'t str,
    pub(super) start: usize,
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Kind {
    Name,
    Text,
    Regex,
    Mark,
}

/// Splits a program into names, strings, regular expressions and marks; comments and numbers
/// are left out.
pub(super) fn tokens(text: &str) -> Vec<Token<'_>> {
    let bytes = text.as_bytes();
    let mut out: Vec<Token<'_>> = Vec::new();
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        let start = at;
        match byte {
            b'/' if bytes.get(at + 1) == Some(&b'/') => {
                at += memchr::memchr(b'\n', &bytes[at..]).unwrap_or(bytes.len() - at);
            }
            b'/' if bytes.get(at + 1) == Some(&b'*') => {
                let end = memchr::memmem::find(&bytes[at + 2..], b"*/");
                at = end.map_or(bytes.len(), |end| at + 2 + end + 2);
            }
            b'\'' | b'"' | b'`' => {
                at += 1;
                while bytes
                    .get(at)
                    .is_some_and(|own| *own != byte && (byte == b'`' || *own != b'\n'))
                {
                    at += if bytes[at] == b'\\' { 2 } else { 1 };
                }
                let end = at.min(bytes.len());
                let inner = text.get(start + 1..end).unwrap_or_default();
                out.push(Token { kind: Kind::Text, text: inner, start: start + 1 });
                at += 1;
            }
            b'/' if starts_regex(out.last()) => {
                let mut class = false;
                at += 1;
                while let Some(&own) = bytes.get(at) {
                    match own {
                        b'\\' => at += 1,
                        b'[' => class = true,
                        b']' => class = false,
                        b'/' if !class => break,
                        b'\n' => break,
                        _ => {}
                    }
                    at += 1;
                }
                let inner = text.get(start + 1..at.min(bytes.len())).unwrap_or_default();
                out.push(Token { kind: Kind::Regex, text: inner, start: start + 1 });
                at += 1;
            }
            _ if byte.is_ascii_alphabetic() || byte == b'_' || byte == b'$' => {
                while bytes
                    .get(at)
                    .is_some_and(|own| own.is_ascii_alphanumeric() || matches!(own, b'_' | b'$'))
                {
                    at += 1;
                }
                out.push(Token { kind: Kind::Name, text: &text[start..at], start });
            }
            _ if byte.is_ascii_punctuation() => {
                at += 1;
                out.push(Token { kind: Kind::Mark, text: &text[start..at], start });
            }
            _ => at += 1,
        }
    }
    out
}

/// Whether a `/` after this token begins a regular expression.
fn starts_regex(before: Option<&Token<'_>>) -> bool {
    match before {
        None => true,
        Some(Token { kind: Kind::Mark, text, .. }) => !matches!(*text, ")" | "]" | "}"),
        Some(Token { kind: Kind::Name, text, .. }) => matches!(*text, "return" | "typeof" | "case"),
        Some(_) => false,
    }
}
