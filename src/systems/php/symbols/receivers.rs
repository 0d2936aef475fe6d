//! Which class an object is of whose method is called.

use super::{Is, Pass, Sees};
use crate::syntax::php::Kind;
use rustc_hash::FxHashMap;
use smol_str::SmolStr;

/// How far back the bracket is looked for that closes before `->`.
const BACK: usize = 60;

impl<'a> Pass<'_, 'a> {
    /// Variables from `from` to `to` that hold an object of one class wherever they are read:
    /// `typed` parameters that nothing assigns to, and what is assigned once.
    pub(super) fn assigned(
        &self,
        from: usize,
        to: usize,
        typed: FxHashMap<&'a str, Option<SmolStr>>,
    ) -> FxHashMap<&'a str, Option<SmolStr>> {
        let mut out = typed;
        for at in from..to.min(self.tokens.len()) {
            let Some(name) = self.variable(at) else { continue };
            let before = at.checked_sub(1).and_then(|ix| self.tokens.get(ix));
            let changes = before.is_some_and(|before| match before.kind {
                Kind::Name => !matches!(
                    before.text.to_ascii_lowercase().as_str(),
                    "return"
                        | "echo"
                        | "print"
                        | "throw"
                        | "new"
                        | "clone"
                        | "case"
                        | "instanceof"
                        | "and"
                        | "or"
                        | "xor"
                        | "yield"
                        | "from"
                        | "include"
                        | "require"
                        | "else"
                        | "include_once"
                        | "require_once"
                        | "do"
                        | "default"
                ),
                Kind::Punct => before.text == "&" || before.text == "=>" && self.punct(at + 1, ")"),
                _ => false,
            });
            let class = if self.punct(at + 1, "=") {
                let is_new = self.name(at + 2).is_some_and(|word| word.eq_ignore_ascii_case("new"));
                let class = self.name(at + 3).filter(|_| is_new);
                class.filter(|_| !self.before(at, "::")).and_then(|name| self.named_class(name))
            } else if changes {
                None
            } else {
                continue;
            };
            out.entry(name).and_modify(|known| *known = None).or_insert(class);
        }
        out
    }

    /// The class that a word names: `X`, `self`, `parent`.
    pub(super) fn named_class(&self, word: &str) -> Option<SmolStr> {
        match word.to_ascii_lowercase().as_str() {
            "self" | "static" => self.class()?.name.clone(),
            "parent" => self.class()?.parent.clone(),
            "class" => None,
            _ => Some(self.class_name(word).into()),
        }
    }

    /// The class of the object before the arrow at `arrow`.
    pub(super) fn receiver(&self, arrow: usize) -> Option<SmolStr> {
        let at = arrow.checked_sub(1)?;
        let token = self.tokens.get(at)?;
        let follows = self.before(at, "->") || self.before(at, "?->") || self.before(at, "::");
        match token.kind {
            Kind::Variable if token.text == "this" => self.class()?.name.clone(),
            Kind::Variable if !follows && !self.before(at, "$") => self.held(token.text),
            Kind::Name if self.before(at, "->") && self.variable(at.checked_sub(2)?)? == "this" => {
                self.class()?.properties.get(token.text).cloned()
            }
            // What a property of another class holds, that class says.
            Kind::Name if self.before(at, "->") => {
                let object = at.checked_sub(2)?;
                let is_first = !["->", "?->", "::", "$"].iter().any(|own| self.before(object, own));
                let class = self.held(self.variable(object).filter(|_| is_first)?)?;
                Some(format!("{class}::${}", token.text).into())
            }
            Kind::Punct if token.text == ")" => {
                let open = self.opened(at)?;
                let is_new = self.name(open + 1)?.eq_ignore_ascii_case("new");
                let own = self.name(open + 2).filter(|_| is_new)?;
                let behind = match self.punct(open + 3, "(") {
                    true => self.close(open + 3),
                    false => open + 3,
                };
                let is_call = open.checked_sub(1).is_some_and(|before| {
                    let before = &self.tokens[before];
                    before.kind != Kind::Punct || matches!(before.text, ")" | "]" | "}")
                });
                (behind == at && (!is_call || self.is_word(open - 1)))
                    .then(|| self.named_class(own))?
            }
            _ => None,
        }
    }

    /// Whether a token is a word behind which an expression stands.
    fn is_word(&self, ix: usize) -> bool {
        self.name(ix).is_some_and(|word| {
            matches!(
                word.to_ascii_lowercase().as_str(),
                "return" | "echo" | "print" | "and" | "or" | "throw" | "yield"
            )
        })
    }

    /// The bracket that closes at `at`.
    fn opened(&self, at: usize) -> Option<usize> {
        let mut depth = 0u32;
        (at.saturating_sub(BACK)..=at).rev().find(|ix| {
            let token = &self.tokens[*ix];
            match token.text {
                _ if token.kind != Kind::Punct => false,
                ")" | "]" | "}" => {
                    depth += 1;
                    false
                }
                "(" | "[" | "{" => {
                    depth = depth.saturating_sub(1);
                    depth == 0
                }
                _ => false,
            }
        })
    }

    /// The class of the object that a variable holds here.
    fn held(&self, name: &str) -> Option<SmolStr> {
        for place in self.places.iter().rev() {
            let Is::Function { variables, sees } = &place.is else { return None };
            let known = variables.get(name);
            match sees {
                Sees::Listed(names) if names.contains(&name) && known.is_none() => {}
                Sees::All if known.is_none() => {}
                _ => return known.cloned().flatten(),
            }
        }
        None
    }
}
