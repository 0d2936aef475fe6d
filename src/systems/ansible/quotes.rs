//! Quotes that nothing opens, at the end of a value of one word: `"6.5.4'"`.

use crate::facts::{Problem, Strength};
use crate::syntax::yaml::{Node, Value};

/// Longer values are texts of another language.
const LONG: usize = 64;

/// Reports values of variables that end with one half of a pair of quotes.
pub(super) fn of_values(node: &Node<'_>, problems: &mut Vec<Problem>) {
    node.items().iter().for_each(|item| of_values(item, problems));
    node.entries().iter().for_each(|(_, value)| of_values(value, problems));
    let Value::Scalar { text, .. } = &node.value else { return };
    if let Some(quote) = open(text) {
        problems.push(Problem {
            help: "the quote is part of the value: take it away".to_owned(),
            strength: Strength::Likely,
            ..Problem::new(
                "incompatible-value",
                format!("this value ends with a `{quote}` that nothing opens"),
                node.span,
            )
        });
    }
}

/// The quote at the end of a word that has no other.
fn open(text: &str) -> Option<char> {
    let quote = text.chars().next_back().filter(|own| matches!(own, '\'' | '"'))?;
    let word = &text[..text.len() - 1];
    let is_word = word.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._-/:".contains(&byte));
    // `6'` is a length.
    let is_length = word.bytes().all(|byte| byte.is_ascii_digit());
    (is_word && !is_length && word.len() > 2 && word.len() < LONG).then_some(quote)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_at_the_end() {
        assert_eq!(open("6.5.4'"), Some('\''));
        assert_eq!(open("/opt/a\""), Some('"'));
        for fine in ["6'", "'a'", "it's", "a b'", "\"", "a='b'", "6.5.4"] {
            assert_eq!(open(fine), None, "{fine}");
        }
    }
}
