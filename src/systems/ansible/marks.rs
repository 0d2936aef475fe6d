//! Where expressions, statements and comments of Jinja begin and end.

/// Where the next expression, statement or comment of `text` begins, from `at` on, and what
/// closes it.
pub(super) fn opened(text: &str, at: usize) -> Option<(usize, &'static str)> {
    memchr::memchr_iter(b'{', text.as_bytes().get(at..)?).find_map(|n| {
        let close = match text.as_bytes().get(at + n + 1) {
            Some(b'{') => "}}",
            Some(b'%') => "%}",
            Some(b'#') => "#}",
            _ => return None,
        };
        Some((at + n, close))
    })
}

/// What `=` outside of brackets is in an expression.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Equals {
    /// A slip: two things are compared.
    Compare,
    /// It sets something.
    Set,
}

/// The first word of a statement.
pub(super) fn statement(text: &str) -> &str {
    let text = text.trim_start_matches(['-', '+']).trim_start();
    let end = text.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(text.len());
    &text[..end]
}

/// How long an expression is that ends before `close`; what is wrong with it, and where. An empty
/// `close` is the end of the text. What has no end is not judged.
pub(super) fn expression(
    text: &str,
    close: &str,
    equals: Equals,
) -> Result<usize, (usize, String)> {
    let bytes = text.as_bytes();
    let mut stack: Vec<u8> = Vec::new();
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        if stack.is_empty() && !close.is_empty() && bytes[at..].starts_with(close.as_bytes()) {
            return Ok(at);
        }
        match byte {
            b'"' | b'\'' => {
                let mut end = at + 1;
                while bytes.get(end).is_some_and(|own| *own != byte) {
                    end += if bytes[end] == b'\\' { 2 } else { 1 };
                }
                at = end;
            }
            b'(' | b'[' | b'{' => stack.push(byte),
            b')' | b']' | b'}' => {
                let opens = match byte {
                    b')' => b'(',
                    b']' => b'[',
                    _ => b'{',
                };
                match stack.pop() {
                    Some(own) if own == opens => {}
                    Some(own) => {
                        let (own, byte) = (char::from(own), char::from(byte));
                        return Err((at, format!("`{own}` is not closed before `{byte}`")));
                    }
                    None => {
                        return Err((at, format!("`{}` closes nothing", char::from(byte))));
                    }
                }
            }
            b'=' if equals == Equals::Compare && stack.is_empty() => {
                if bytes.get(at + 1) == Some(&b'=') {
                    at += 1;
                } else if !matches!(
                    at.checked_sub(1).map(|own| bytes[own]),
                    Some(b'!' | b'<' | b'>' | b':')
                ) {
                    return Err((at, "`=` sets, `==` compares".to_owned()));
                }
            }
            _ => {}
        }
        at += 1;
    }
    match stack.pop() {
        Some(own) if close.is_empty() => Err((0, format!("`{}` is not closed", char::from(own)))),
        _ => Ok(text.len()),
    }
}

/// The quote of an expression that nothing closes.
pub(super) fn open_quote(text: &str) -> Option<char> {
    let mut open = None;
    let mut chars = text.chars();
    while let Some(own) = chars.next() {
        match (own, open) {
            ('\\', Some(_)) => drop(chars.next()),
            ('"' | '\'', None) => open = Some(own),
            (own, Some(quote)) if own == quote => open = None,
            _ => {}
        }
    }
    open
}
