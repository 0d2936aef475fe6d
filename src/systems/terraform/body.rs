//! From a text to its blocks: what the parser refuses although Terraform takes it, and what only
//! an older Terraform takes.

use crate::domain::doubled::MOST;
use crate::extract::Source;
use crate::facts::{FileFacts, Problem, Span, Strength};
use crate::syntax::blanks::has_blank;
use hcl_edit::structure::Body;
use std::borrow::Cow;
use std::ops::Range;

/// The body of a file; what is wrong with it is told.
pub(super) fn body(source: &Source<'_>, out: &mut FileFacts) -> Option<Body> {
    let text = without_mark(source.text);
    let (error, text) = match parsed(text, out) {
        Ok(body) => return Some(body),
        Err(refused) => refused,
    };
    // The parser ends an operation at its line wherever a `for` stands around it, and takes a
    // small `e` alone in numbers.
    let joined = small_exponents(&joined(&text));
    if joined != text
        && let Ok(body) = hcl_edit::parser::parse_body(&joined)
    {
        return Some(body);
    }
    let at = error.location().offset().min(source.text.len());
    let at = Span::new(at, at);
    let message = error.message();
    out.problems.push(if message.contains("depth") {
        Problem::new("limit-reached", format!("not read: {message}"), at)
    } else if message.contains(REDEFINED) {
        Problem::new("unsupported-syntax", format!("not read: {message}"), at)
    } else if source.path.ends_with(".tfvars") && text.trim_start().starts_with('{') {
        // Before 0.12, a file of any name could be JSON.
        Problem::new("unsupported-syntax", "not read: JSON, as Terraform 0.11 takes it", at)
    } else if source.path.ends_with(".tfvars")
        && text
            .lines()
            .any(|line| line.split_once('=').is_some_and(|own| own.0.trim() == "terragrunt"))
    {
        // Before 0.19, Terragrunt read its settings from there, in the language of 0.11: an object
        // may hold blocks.
        Problem::new("unsupported-syntax", "not read: written for Terragrunt 0.18", at)
    } else if has_blank(source.text, at.end as usize)
        || ["{%", "<%"].iter().any(|mark| source.text.contains(mark))
        || is_placeholder(source.text, at.end as usize)
    {
        Problem::new("unsupported-syntax", "not read: a text with blanks to be filled in", at)
    } else if is_first(source.text) {
        Problem::new("unsupported-syntax", "not read: written for Terraform 0.11", at)
    } else {
        Problem::new("parse-error", format!("not valid HCL: {message}"), at)
    });
    None
}

/// What the parser says of a key that stands twice in an object; Terraform takes the last.
const REDEFINED: &str = "redefined object key";

/// The body of a text. Of a key that stands twice in an object the second is read under another
/// name of the same length, and told; else what is wrong, with the text as it was read last.
fn parsed<'t>(
    mut text: Cow<'t, str>,
    out: &mut FileFacts,
) -> Result<Body, (hcl_edit::parser::Error, Cow<'t, str>)> {
    let mut told: Vec<Problem> = Vec::new();
    loop {
        let error = match hcl_edit::parser::parse_body(&text) {
            Ok(body) => {
                out.problems.append(&mut told);
                return Ok(body);
            }
            Err(error) => error,
        };
        let key = match error.message().contains(REDEFINED) && told.len() < MOST {
            true => key_at(&text, error.location().offset()),
            false => None,
        };
        let Some(key) = key else { return Err((error, text)) };
        let message = format!("`{}` stands twice here", &text[key.clone()]);
        told.push(Problem {
            help: "Terraform takes the last: what the first says is lost".to_owned(),
            strength: Strength::Likely,
            ..Problem::new("duplicate-definition", message, Span::new(key.start, key.end))
        });
        let other = format!("z{:0>1$}", told.len(), key.len() - 1);
        let mut renamed = text.into_owned();
        renamed.replace_range(key, &other);
        text = Cow::Owned(renamed);
    }
}

/// The key of an object at a place of a text, without its quotes.
fn key_at(text: &str, at: usize) -> Option<Range<usize>> {
    let rest = text.get(at..)?;
    let start = at + rest.len() - rest.trim_start_matches([' ', '\t', '"']).len();
    let is_key = |c: char| c.is_alphanumeric() || "_-./:".contains(c);
    let len = text[start..].find(|c| !is_key(c)).unwrap_or(text.len() - start);
    // A shorter one has no room for another name that nothing else has.
    (len > 2).then_some(start..start + len)
}

/// Whether the line that is refused sets a word in pointed brackets, as a sample does: `a = <number>`.
fn is_placeholder(text: &str, at: usize) -> bool {
    // What the parser counts may lie within a letter.
    let at = text.floor_char_boundary(at);
    let begin = text[..at].rfind('\n').map_or(0, |at| at + 1);
    let line = text[begin..].lines().next().unwrap_or_default();
    let value = line.split_once('=').and_then(|(_, value)| value.trim_start().strip_prefix('<'));
    let word = value.and_then(|value| value.split_once('>')).map(|(word, _)| word);
    word.is_some_and(|word| !word.is_empty() && !word.contains(['<', '"', '=']))
}

/// The text with blanks for its byte order mark.
fn without_mark(text: &str) -> Cow<'_, str> {
    match text.strip_prefix('\u{feff}') {
        Some(rest) => Cow::Owned(format!("   {rest}")),
        None => Cow::Borrowed(text),
    }
}

/// The text with a small `e` in numbers such as `1E9`, also where such a word stands in a text.
///
/// (Source: HCL's native syntax specification, "Numeric Literals": `expmark = ('e' | 'E') …`.)
fn small_exponents(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut out = bytes.to_vec();
    let mut from = 0;
    while let Some(at) = memchr::memchr(b'E', &bytes[from..]).map(|at| from + at) {
        let digits =
            bytes[..at].iter().rev().take_while(|own| own.is_ascii_digit() || **own == b'.');
        let start = at - digits.count();
        let is_begun = start < at
            && bytes[start].is_ascii_digit()
            && !bytes[..start]
                .last()
                .is_some_and(|own| own.is_ascii_alphanumeric() || *own == b'_');
        let rest = &bytes[at + 1..];
        let rest = rest.strip_prefix(b"+").or(rest.strip_prefix(b"-")).unwrap_or(rest);
        let digits = rest.iter().take_while(|own| own.is_ascii_digit()).count();
        if is_begun && digits > 0 {
            out[at] = b'e';
            // The value is never looked at, and may be too large for the parser.
            let begin = bytes.len() - rest.len();
            out[begin..begin + digits].fill(b'1');
            out[begin..begin + digits.saturating_sub(1)].fill(b'0');
        }
        from = at + 1;
    }
    String::from_utf8(out).unwrap_or_else(|_| text.to_owned())
}

/// What a place of a text is inside of.
#[derive(Clone, Copy, PartialEq)]
enum Inside {
    /// Braces of a body or an object, where a line's end counts.
    Lines,
    /// Parentheses, or a `for`: a line's end counts as a blank.
    Blanks,
    /// Quotes.
    Text,
}

/// The text with blanks for the ends of lines that mean nothing, and for the comments before
/// them; every byte keeps its place.
///
/// (Source: HCL's native syntax specification, "Expressions": newlines between tokens are ignored
/// inside parentheses, tuples and `for` expressions, and count inside objects.)
fn joined(text: &str) -> Cow<'_, str> {
    let bytes = text.as_bytes();
    let mut out = bytes.to_vec();
    let mut around: Vec<Inside> = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        let inside = around.last().copied().unwrap_or(Inside::Lines);
        let rest = &bytes[at..];
        let mut len = 1;
        match (inside, rest[0]) {
            (Inside::Text, b'\\') => len = 2,
            (Inside::Text, b'"') => {
                around.pop();
            }
            (Inside::Text, b'$' | b'%') if rest.get(1) == Some(&rest[0]) => len = 2,
            (Inside::Text, b'$' | b'%') if rest.get(1) == Some(&b'{') => {
                around.push(Inside::Lines);
                len = 2;
            }
            (Inside::Text, _) => {}
            (_, b'"') => around.push(Inside::Text),
            (_, b'(') => around.push(Inside::Blanks),
            (_, b'{' | b'[') if begins_for(&rest[1..]) => around.push(Inside::Blanks),
            (_, b'{') => around.push(Inside::Lines),
            (_, b'[') => around.push(inside),
            (_, b'}' | b']' | b')') => {
                around.pop();
            }
            (_, b'<') if rest.starts_with(b"<<") => len = heredoc(rest),
            (_, b'/') if rest.starts_with(b"/*") => {
                len = memchr::memmem::find(rest, b"*/").map_or(rest.len(), |end| end + 2);
            }
            (_, own) if own == b'#' || rest.starts_with(b"//") => {
                len = memchr::memchr(b'\n', rest).unwrap_or(rest.len());
                if inside == Inside::Blanks {
                    out[at..at + len].fill(b' ');
                }
            }
            (Inside::Blanks, b'\n' | b'\r') => out[at] = b' ',
            _ => {}
        }
        at += len;
    }
    String::from_utf8(out).map_or(Cow::Borrowed(text), Cow::Owned)
}

/// Whether the first word of a bracket's contents is `for`.
fn begins_for(rest: &[u8]) -> bool {
    let rest = rest.trim_ascii_start();
    rest.strip_prefix(b"for").is_some_and(|rest| rest.first().is_some_and(u8::is_ascii_whitespace))
}

/// How long a text is that begins with `<<`, where a heredoc does; its last line's end counts.
fn heredoc(rest: &[u8]) -> usize {
    let mut lines = rest.split_inclusive(|byte| *byte == b'\n');
    let first = lines.next().unwrap_or_default();
    let mark = first[2..].strip_prefix(b"-").unwrap_or(&first[2..]).trim_ascii();
    if mark.is_empty() || !mark.iter().all(|own| own.is_ascii_alphanumeric() || b"_-".contains(own))
    {
        return 2;
    }
    let mut len = first.len();
    for line in lines {
        len += line.len();
        if line.trim_ascii() == mark {
            break;
        }
    }
    len
}

/// Whether a text may be of the language before Terraform 0.12: whatever is computed stands in
/// quotes, and nothing is of the language that came after it. (Source: "Upgrading to Terraform
/// v0.12".)
fn is_first(text: &str) -> bool {
    let begins = |own: &str| {
        let own = own.trim_start();
        let bare = ["var.", "local.", "module.", "data.", "each.", "[for ", "{for ", "{ for "];
        let types = ["string", "number", "bool", "any", "list(", "map(", "set(", "object("];
        bare.iter().any(|begin| own.starts_with(begin))
            || types
                .iter()
                .any(|name| own.trim_end() == *name || name.ends_with('(') && own.starts_with(name))
    };
    let lines = || text.lines().filter(|line| !line.trim_start().starts_with(['#', '/']));
    lines().any(|line| line.contains("\"${"))
        && !lines().any(|line| {
            line.trim_start().starts_with("dynamic \"")
                || line.split_once('=').is_some_and(|(_, value)| begins(value))
        })
}

#[cfg(test)]
mod tests {
    use super::{is_placeholder, joined};

    #[test]
    fn a_place_within_a_letter_is_that_letter() {
        let text = "é = <number>\n";
        assert!((0..text.len() + 3).all(|at| is_placeholder(text, at) == (at < text.len())));
    }

    #[test]
    fn lines_end_where_they_mean_something() {
        let same = |text: &str| joined(text) == text;
        assert!(same("a = {\n b = 1 # c\n d = \"(\n\"\n}\n"));
        assert!(same("a = foo(<<EOT\n(x)\nEOT\n)\n"));
        assert_eq!(
            joined("a = { for k in x :\n k => {\n b = 1\n} }"),
            "a = { for k in x :  k => {\n b = 1\n} }"
        );
        assert_eq!(joined("a = (b # c\n&& d)\n"), "a = (b     && d)\n");
        assert_eq!(joined("a = \"${b(c,\nd)}\"\n"), "a = \"${b(c, d)}\"\n");
    }
}
