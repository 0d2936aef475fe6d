//! Words of a command line that no shell reads: quotes and backslashes count, operators and
//! variables do not.
//!
//! (Source: Python's `shlex`, POSIX mode, which Ansible's `command` and docker-compose use.)

use super::argument::Argument;
use super::text::{CommandText, HOLE};

/// Splits `text` at blanks.
pub fn split(text: &CommandText) -> Vec<Argument> {
    let all = text.as_str();
    let mut out = Vec::new();
    let mut chars = all.char_indices().peekable();
    while let Some(&(start, c)) = chars.peek() {
        if c.is_whitespace() {
            chars.next();
            continue;
        }
        let mut word = CommandText::default();
        let mut quote = None;
        let (mut more, mut hole) = (false, false);
        let push = |word: &mut CommandText, at: usize, c: char| {
            word.append(&text.slice(at..at + c.len_utf8()));
        };
        while let Some(&(at, c)) = chars.peek() {
            if quote.is_none() && c.is_whitespace() {
                break;
            }
            chars.next();
            more |= c != HOLE;
            hole |= c == HOLE;
            match c {
                '\'' | '"' if quote == Some(c) => quote = None,
                '\'' | '"' if quote.is_none() => quote = Some(c),
                '\\' if quote != Some('\'') => {
                    if let Some((next_at, next)) = chars.next() {
                        if quote.is_some() && next != '"' && next != '\\' {
                            push(&mut word, at, c);
                        }
                        push(&mut word, next_at, next);
                    }
                }
                c => push(&mut word, at, c),
            }
        }
        let mut own = Argument::new(word);
        own.word.splits = hole && !more;
        if own.text.as_str().is_empty() {
            own.word.span = text.span(start, start + 1);
        }
        out.push(own);
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
            .map(|Argument { word, .. }| {
                format!("{}{}", word.text, if word.splits { "…" } else { "" })
            })
            .collect();
        assert_eq!(shown, ["a", "b c", "d\"e", "f g", "&&", "*…", "--h=*", "$i"]);
    }
}
