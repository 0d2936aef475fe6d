//! The text of a YAML scalar as a command line, with the place of each word.

use crate::facts::Span;
use crate::syntax::shell::{CommandText, HOLE};

/// The scalar `text` that stands at `span` of `source`. Folding, indentation and escapes
/// move its words, so each is looked for where it was written.
pub fn scalar(text: &str, span: Span, source: &str) -> CommandText {
    placed(CommandText::plain(text, 0), span, source)
}

/// The same of a text whose tags are holes.
pub fn templated_scalar(text: &str, span: Span, source: &str) -> CommandText {
    placed(CommandText::template(text), span, source)
}

fn placed(holes: CommandText, span: Span, source: &str) -> CommandText {
    let raw = source.get(span.range()).unwrap_or_default();
    let start = span.start as usize;
    let mut out = CommandText::default();
    let mut at = 0;
    let mut rest = holes.as_str();
    while let Some(first) = rest.chars().next() {
        if first == HOLE {
            out.hole(start + at);
            at = raw[at..].find("}}").map_or(at, |end| at + end + 2);
            rest = &rest[first.len_utf8()..];
            continue;
        }
        let blank = first.is_whitespace();
        let end = rest.find(|c: char| c == HOLE || c.is_whitespace() != blank);
        let (part, tail) = rest.split_at(end.unwrap_or(rest.len()));
        if !blank {
            at = raw[at..].find(part).map_or(at, |found| at + found);
        }
        out.push(part, start + at);
        if !blank && raw[at..].starts_with(part) {
            at += part.len();
        }
        rest = tail;
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_a_folded_scalar_keep_their_places() {
        let source = "c: >\n  foo {{ a b }} --x\n    --y\n";
        let text = templated_scalar("foo {{ a b }} --x --y\n", Span::new(3, source.len()), source);
        let at = text.as_str().find("--y").unwrap();
        let span = text.span(at, at + 3);
        assert_eq!(&source[span.range()], "--y");
    }
}
