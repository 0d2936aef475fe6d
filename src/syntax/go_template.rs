//! The actions of a Go template: what stands between `{{` and `}}`.
//!
//! (Source: Go's `text/template`: trim markers, comments, string constants.)

use std::ops::Range;

/// One action.
#[derive(Debug, Clone)]
pub(crate) struct Action<'a> {
    /// From `{{` to behind `}}`, in bytes of the text.
    pub range: Range<usize>,
    /// Its tokens.
    pub tokens: Vec<Token<'a>>,
}

/// A part of an action.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Token<'a> {
    /// Its text; of a string constant what stands between the quotes.
    pub text: &'a str,
    /// Where that text begins.
    pub at: usize,
    /// A string constant.
    pub quoted: bool,
}

impl<'a> Action<'a> {
    /// The action's first word: `if`, `include`, `.Values.a`.
    pub fn keyword(&self) -> &'a str {
        self.tokens.first().filter(|token| !token.quoted).map_or("", |token| token.text)
    }

    /// Whether the action opens a block that an `end` closes.
    pub fn opens(&self) -> bool {
        matches!(self.keyword(), "if" | "with" | "range" | "define" | "block")
    }
}

/// All actions of `text` in order; comments are none. One that is never closed ends the list.
pub(crate) fn actions(text: &str) -> Vec<Action<'_>> {
    let bytes = text.as_bytes();
    let mut out = Vec::new();
    let mut from = 0;
    while let Some(start) = memchr::memmem::find(&bytes[from..], b"{{").map(|at| from + at) {
        let mut at = start + 2;
        if bytes.get(at) == Some(&b'-') && bytes.get(at + 1).is_some_and(u8::is_ascii_whitespace) {
            at += 2;
        }
        let inner = at + bytes[at..].iter().take_while(|byte| byte.is_ascii_whitespace()).count();
        if bytes[inner..].starts_with(b"/*") {
            let Some(len) = memchr::memmem::find(&bytes[inner + 2..], b"*/") else { break };
            from = inner + 2 + len + 2;
            continue;
        }
        let mut tokens = Vec::new();
        let Some(end) = tokenize(text, at, &mut tokens) else { break };
        out.push(Action { range: start..end, tokens });
        from = end;
    }
    out
}

/// Reads tokens up to `}}`; gives the place behind it.
fn tokenize<'a>(text: &'a str, mut at: usize, tokens: &mut Vec<Token<'a>>) -> Option<usize> {
    let bytes = text.as_bytes();
    let is_word = |byte: u8| byte.is_ascii_alphanumeric() || b"_.$".contains(&byte) || byte > 127;
    loop {
        let byte = *bytes.get(at)?;
        match byte {
            b'}' if bytes.get(at + 1) == Some(&b'}') => return Some(at + 2),
            b'"' | b'`' | b'\'' => {
                let start = at + 1;
                at = start;
                while *bytes.get(at)? != byte {
                    at += if bytes[at] == b'\\' && byte != b'`' { 2 } else { 1 };
                }
                tokens.push(Token { text: text.get(start..at)?, at: start, quoted: true });
                at += 1;
            }
            _ if is_word(byte) => {
                let start = at;
                // `if.Values.a`: a name ends where a field begins.
                let is_name = byte.is_ascii_alphabetic() || byte == b'_';
                let goes_on = |own: u8| is_word(own) && !(is_name && own == b'.');
                while bytes.get(at).copied().is_some_and(goes_on) {
                    at += 1;
                }
                tokens.push(Token { text: text.get(start..at)?, at: start, quoted: false });
            }
            _ => {
                if !byte.is_ascii_whitespace() {
                    tokens.push(Token { text: text.get(at..at + 1)?, at, quoted: false });
                }
                at += 1;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::actions;

    #[test]
    fn comments_and_strings_hide_braces() {
        let text =
            "{{- /* {{ template \"x\" }} */ -}}a{{ include \"b}}c\" . }}{{`{{ x }}`}}{{ open";
        let all = actions(text);
        let words: Vec<Vec<&str>> =
            all.iter().map(|own| own.tokens.iter().map(|token| token.text).collect()).collect();
        assert_eq!(words, [vec!["include", "b}}c", "."], vec!["{{ x }}"]]);
        let tokens = &actions("{{if.Values.a}}")[0].tokens;
        assert_eq!(tokens.iter().map(|own| own.text).collect::<Vec<_>>(), ["if", ".Values.a"]);
    }
}
