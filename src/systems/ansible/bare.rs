//! Words without quotes that conditions compare with: `x.stdout != deploy`.
//!
//! Jinja takes such a word for a variable. One that nothing sets stops the play.
//!
//! (Source: Jinja's template designer documentation, "Literals"; Ansible, "error while evaluating
//! conditional … is undefined".)

use super::calls::SYSTEMS;
use super::grammar::{Sort, Token, tokens};
use super::words::{CONDITIONS, TOLERANT, WORDS, asks};
use crate::facts::{FileFacts, Ref, Require, Scope, Strength, kinds};
use crate::syntax::yaml::{Node, Value};
use std::sync::Arc;

/// Adds the words that conditions of tasks compare with.
pub(super) fn of_tasks(roots: &[Node<'_>], path: &str, out: &mut FileFacts) {
    let mut words = Words { scope: Scope::of(path), out };
    roots.iter().for_each(|root| words.node(root));
}

struct Words<'o> {
    scope: Arc<Scope>,
    out: &'o mut FileFacts,
}

impl Words<'_> {
    fn node(&mut self, node: &Node<'_>) {
        node.items().iter().for_each(|item| self.node(item));
        let is_task = node.entries().len() > 1;
        for (key, value) in node.entries() {
            match key.as_str() {
                Some(key) if CONDITIONS.contains(&key) && is_task => self.condition(value),
                Some("that") => self.condition(value),
                _ => self.node(value),
            }
        }
    }

    fn condition(&mut self, node: &Node<'_>) {
        node.items().iter().for_each(|item| self.condition(item));
        let Value::Scalar { text, .. } = &node.value else { return };
        for word in compared(text) {
            let target = Ref::exact(kinds::ANSIBLE_BARE_WORD, word).seen_from(self.scope.clone());
            let require = Require::certain(target, node.span, "condition", None);
            self.out.requires.push(require.with_strength(Strength::Certain));
        }
    }
}

/// Words that stand alone behind `==` or `!=`.
fn compared(text: &str) -> Vec<&str> {
    if !(text.contains("==") || text.contains("!=")) || text.contains("{{") {
        return Vec::new();
    }
    let Ok(tokens) = tokens(text) else { return Vec::new() };
    let show = |at: usize| tokens.get(at).map_or("", |own: &Token| &text[own.at..own.end]);
    let is_end = |word: &str| matches!(word, "" | "and" | "or" | ")" | "else");
    let found = (2..tokens.len()).filter(|at| {
        let word = show(*at);
        tokens[*at].sort == Sort::Name
            && matches!(show(at - 1), "==" | "!=")
            && is_end(show(at + 1))
            && word.len() > 1
            && !WORDS.contains(&word)
            && !TOLERANT.contains(&word)
            // Told by itself, wherever it stands.
            && !SYSTEMS.iter().any(|own| own.eq_ignore_ascii_case(word))
    });
    // Where one is asked about, another may be too.
    let found: Vec<&str> = found.map(show).collect();
    let asked = |word: &str| asks(word);
    match (0..tokens.len()).any(|at| tokens[at].sort == Sort::Name && asked(show(at))) {
        true => Vec::new(),
        false => found,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_that_are_compared() {
        assert_eq!(compared("x.stdout != deploy"), ["deploy"]);
        assert_eq!(compared("(a == one) and c == two or e"), ["one", "two"]);
        for none in [
            "a == 'b'",
            "a == one.c",
            "a == one | lower",
            "a == one[0]",
            "a == true",
            "a == one and one is defined",
            "a | default('') == one",
            "a in one",
            "a == RedHat",
            "'{{ a }}' == one",
        ] {
            assert!(compared(none).is_empty(), "{none}");
        }
    }
}
