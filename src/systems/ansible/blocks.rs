//! Statements of Jinja that open a block and those that close it.
//!
//! (Source: Jinja's template designer documentation; "Encountered unknown tag 'endfor'. Jinja was
//! looking for the following tags: 'elif' or 'else' or 'endif'".)

use super::marks::{Equals, expression, opened, statement};
use memchr::memmem;

/// Statements that have an end of their own.
const BLOCKS: [&str; 8] = ["if", "for", "macro", "call", "filter", "block", "with", "autoescape"];

/// The first statement that has no counterpart: where it stands, and what is wrong.
pub(super) fn uneven(text: &str) -> Option<(usize, String)> {
    let mut stack: Vec<(&str, usize, bool)> = Vec::new();
    let mut at = 0;
    while let Some((open, close)) = opened(text, at) {
        let from = open + 2;
        let rest = &text[from..];
        let len = match close {
            "#}" => memmem::find(rest.as_bytes(), b"#}")?,
            // What does not parse is said elsewhere.
            _ => expression(rest, close, Equals::Set).ok()?,
        };
        at = (from + len + 2).min(text.len());
        if close != "%}" {
            continue;
        }
        let word = statement(rest);
        match word {
            "raw" => at += memmem::find(&text.as_bytes()[at..], b"endraw")?,
            "set" if !rest[..len].contains('=') => stack.push(("set", open, false)),
            "elif" | "else" => match stack.last_mut() {
                Some(("if", _, has_else)) if !*has_else => *has_else = word == "else",
                Some(("for", _, _)) if word == "else" => {}
                Some((own, _, _)) => {
                    return Some((open, format!("`{word}` where `end{own}` is expected")));
                }
                None => return Some((open, format!("`{word}` without `if`"))),
            },
            _ if BLOCKS.contains(&word) => stack.push((word, open, false)),
            _ => {
                let Some(end) = word.strip_prefix("end").filter(|own| is_block(own)) else {
                    continue;
                };
                match stack.pop() {
                    Some((own, _, _)) if own == end => {}
                    Some((own, _, _)) => {
                        return Some((open, format!("`{word}` where `end{own}` is expected")));
                    }
                    None => return Some((open, format!("`{word}` closes nothing"))),
                }
            }
        }
    }
    let (own, open, _) = stack.first()?;
    Some((*open, format!("`{own}` has no `end{own}`")))
}

/// Whether all statements of a text are Jinja's, and some of its lines are statements alone.
pub(super) fn are_jinja(text: &str) -> bool {
    let mut at = 0;
    let mut count = 0;
    while let Some((open, close)) = opened(text, at) {
        at = open + 2;
        if close == "%}" {
            let word = statement(&text[at..]);
            let own = word.strip_prefix("end").unwrap_or(word);
            if !is_block(own) && !OTHERS.contains(&own) {
                return false;
            }
            count += 1;
        }
    }
    count > 1
}

/// Statements that no end belongs to, and `raw`.
const OTHERS: [&str; 11] = [
    "raw", "else", "elif", "include", "import", "from", "extends", "do", "break", "continue",
    "trans",
];

fn is_block(word: &str) -> bool {
    word == "set" || BLOCKS.contains(&word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_are_closed() {
        for fine in [
            "{% if a %}{% elif b %}{% else %}{% endif %}",
            "{% for a in b %}{% else %}{% endfor %}{% set x = 1 %}{% set y %}z{% endset %}",
            "{%- macro m(a='x') -%}{%- endmacro %}{# {% if %} #}{% raw %}{% if %}{% endraw %}",
            "{{ '{% if %}' }}",
        ] {
            assert_eq!(uneven(fine), None, "{fine}");
        }
        let what = |text: &str| uneven(text).map(|(at, what)| format!("{at} {what}"));
        assert_eq!(
            what("{% if a %}{% for b in c %}{% endif %}").as_deref(),
            Some("26 `endif` where `endfor` is expected")
        );
        assert_eq!(
            what("{% if a %}{% else %}{% else %}").as_deref(),
            Some("20 `else` where `endif` is expected")
        );
        assert_eq!(what("x {% if a %}").as_deref(), Some("2 `if` has no `endif`"));
        assert_eq!(what("{% endif %}").as_deref(), Some("0 `endif` closes nothing"));
    }
}
