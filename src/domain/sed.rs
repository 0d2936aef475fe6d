//! Scripts of `sed` whose `s` command has no end.
//!
//! (Source: GNU sed, "unterminated `s' command"; POSIX, `sed`.)

use crate::facts::{Problem, Span};
use crate::syntax::lines::lines;
use memchr::memmem;
use std::borrow::Cow;

/// What people put between the parts of an `s` command.
const MARKS: [char; 12] = ['/', '|', '#', ',', '@', '!', ':', ';', '%', '~', '+', '_'];

/// Most findings of one text.
const MOST: usize = 20;

/// Calls of `sed` in a script of a shell that it refuses.
pub(crate) fn problems(text: &str) -> Vec<Problem> {
    if memmem::find(text.as_bytes(), b"sed ").is_none() {
        return Vec::new();
    }
    let found = lines(text).filter_map(|(at, line)| {
        let (start, end) = unended(line)?;
        Some(told(Span::new(at + start, at + end)))
    });
    found.take(MOST).collect()
}

/// What is said of such a call.
pub(crate) fn told(span: Span) -> Problem {
    Problem {
        help: "put the mark behind it that parts it: `sed` refuses it".to_owned(),
        ..Problem::new("parse-error", "the `s` command of `sed` has no end", span)
    }
}

/// Where a script of `sed` begins and ends in a line of a shell whose `s` command lacks the last
/// mark.
pub(crate) fn unended(line: &str) -> Option<(usize, usize)> {
    if line.trim_start().starts_with('#') {
        return None;
    }
    line.match_indices("sed ").find_map(|(at, own)| {
        let is_word = !line[..at].ends_with(|c: char| c.is_alphanumeric() || "_-.".contains(c));
        is_word.then(|| script(line, at + own.len()))?.filter(|(start, end)| {
            let quoted = &line[*start..*end];
            lacks_end(&as_given(quoted)) && !is_filled(quoted)
        })
    })
}

/// The first script that is quoted as a whole, behind the options of a call.
fn script(line: &str, from: usize) -> Option<(usize, usize)> {
    let mut at = from;
    loop {
        at += line[at..].len() - line[at..].trim_start().len();
        let rest = &line[at..];
        let quote = rest.chars().next()?;
        if matches!(quote, '\'' | '"') {
            let bytes = rest.as_bytes();
            let mut end = 1;
            while *bytes.get(end)? != bytes[0] {
                end += if bytes[end] == b'\\' && quote == '"' { 2 } else { 1 };
            }
            // What follows may be more of it: `'s/a/'"$b"'/'`.
            let next = rest[end + 1..].chars().next();
            let is_whole = next.is_none_or(|own| own.is_whitespace() || ";|)&\\".contains(own));
            return is_whole.then_some((at, at + end + 1));
        }
        if quote != '-' {
            return None;
        }
        let len = rest.find(char::is_whitespace)?;
        at += len;
    }
}

/// What `sed` is given of a text in quotes: between double ones the shell takes a backslash that
/// stands before one of its own signs. (Source: POSIX, Shell Command Language, 2.2.3.)
fn as_given(quoted: &str) -> Cow<'_, str> {
    let own = quoted.get(1..quoted.len().saturating_sub(1)).unwrap_or_default();
    if !quoted.starts_with('"') || !own.contains('\\') {
        return Cow::Borrowed(own);
    }
    let mut out = String::with_capacity(own.len());
    let mut letters = own.chars().peekable();
    while let Some(letter) = letters.next() {
        match letters.peek() {
            Some('\\' | '$' | '"' | '`') if letter == '\\' => out.extend(letters.next()),
            _ => out.push(letter),
        }
    }
    Cow::Owned(out)
}

/// Whether all that a command has between its marks is one variable of the shell, which may hold the
/// mark that seems to lack: `"s|$PATHS|"`.
fn is_filled(quoted: &str) -> bool {
    let Some(own) = quoted.strip_prefix("\"s").and_then(|own| own.strip_suffix('"')) else {
        return false;
    };
    let Some(mark) = own.chars().next() else { return false };
    let inner = own.strip_prefix(mark).and_then(|own| own.strip_suffix(mark));
    let name = inner
        .and_then(|own| own.strip_prefix('$'))
        .map(|own| own.strip_prefix('{').and_then(|own| own.strip_suffix('}')).unwrap_or(own));
    name.is_some_and(|own| own.chars().all(|c| c.is_ascii_alphanumeric() || c == '_'))
}

/// Whether a script begins with an `s` command that lacks its last mark.
fn lacks_end(script: &str) -> bool {
    let own = script.trim_start();
    let Some(rest) = own.strip_prefix('s') else { return false };
    let Some(mark) = rest.chars().next().filter(|own| MARKS.contains(own)) else { return false };
    let mut chars = rest[mark.len_utf8()..].chars();
    let mut count = 0;
    while let Some(letter) = chars.next() {
        match letter {
            '\\' => drop(chars.next()),
            own if own == mark => count += 1,
            _ => {}
        }
    }
    // A pattern may bring what follows it.
    count == 1 && !script.ends_with('\\')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scripts_that_have_no_end() {
        for fine in [
            "sed -i 's/a/b/' x",
            "sed -e \"s|a|${b}|g\" x",
            "sed 's/a/'\"$b\"'/' x",
            "sed -n '/a/,/b/p' x",
            "sed 's/a\\/b/c/' x",
            "# sed 's/a/b' x",
            "sed \"$1\" x",
            "used 's/a/b'",
            // The shell hands on `s|\\|/|g`.
            r#"sed "s|\\\|/|g""#,
            r#"sed "s/a/\$b/""#,
            r#"sed "s|${FROM_TO}|""#,
            r#"sed "s|$FROM_TO|""#,
        ] {
            assert_eq!(unended(fine), None, "{fine}");
        }
        assert_eq!(unended("  sed -i -e \"s/a b/c = ${d}\" /e"), Some((12, 28)));
        assert_eq!(unended(r#"sed "s|a\\\|b""#), Some((4, 14)));
        assert_eq!(unended(r#"sed "s|${a}/b|""#), Some((4, 15)));
        assert_eq!(unended("ssh a \"sed 's|b|c' d\""), Some((11, 18)));
    }
}
