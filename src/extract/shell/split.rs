//! Words of a command line that no shell reads: quotes and backslashes count, operators and
//! variables do not.
//!
//! (Source: Python's `shlex`, POSIX mode, which Ansible's `command` and docker-compose use.)

use super::text::{CommandText, HOLE};
use crate::facts::{NamePattern, Piece, Word};
use smol_str::SmolStr;

/// Splits `text` at blanks.
pub fn split(text: &CommandText) -> Vec<Word> {
    let all = text.as_str();
    let mut out = Vec::new();
    let mut chars = all.char_indices().peekable();
    while let Some(&(start, c)) = chars.peek() {
        if c.is_whitespace() {
            chars.next();
            continue;
        }
        let mut pieces: Vec<Piece> = Vec::new();
        let mut literal = String::new();
        let mut quote = None;
        let mut more = false;
        let mut end = start;
        while let Some(&(at, c)) = chars.peek() {
            if quote.is_none() && c.is_whitespace() {
                break;
            }
            chars.next();
            end = at + c.len_utf8();
            match c {
                HOLE => {
                    pieces.push(Piece::Text(SmolStr::new(std::mem::take(&mut literal))));
                    pieces.push(Piece::Hole);
                    continue;
                }
                '\'' | '"' if quote == Some(c) => quote = None,
                '\'' | '"' if quote.is_none() => quote = Some(c),
                '\\' if quote != Some('\'') => {
                    if let Some((at, next)) = chars.next() {
                        end = at + next.len_utf8();
                        if quote.is_some() && next != '"' && next != '\\' {
                            literal.push('\\');
                        }
                        literal.push(next);
                    }
                }
                c => literal.push(c),
            }
            more = true;
        }
        let hole_alone = !more && !pieces.is_empty();
        pieces.push(Piece::Text(literal.into()));
        // The span is that of the text: past an opening quote.
        let first = start + usize::from(all[start..].starts_with(['\'', '"']));
        out.push(Word {
            text: NamePattern::from_pieces(pieces),
            splits: hole_alone,
            span: text.span(first.min(end), end),
        });
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_join_and_operators_are_text() {
        let text = CommandText::template("a 'b c' \"d\\\"e\" f\\ g && {{x}} --h={{y}} $i");
        let shown: Vec<_> = split(&text)
            .iter()
            .map(|word| format!("{}{}", word.text, if word.splits { "…" } else { "" }))
            .collect();
        assert_eq!(shown, ["a", "b c", "d\"e", "f g", "&&", "*…", "--h=*", "$i"]);
    }
}
