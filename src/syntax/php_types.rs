//! Classes and interfaces of PHP with the methods that they declare.
//!
//! (Source: the language reference, "Object Interfaces", "Class Abstraction" and "Signature
//! compatibility rules".)

use super::php::{Kind, Token, tokens};
use std::collections::BTreeMap;

/// What a class-like is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TypeKind {
    /// All of its methods are asked of who implements it.
    Interface,
    /// A class that nobody makes an object of.
    Abstract,
    /// A class, or an enumeration.
    Class,
    /// A trait.
    Trait,
}

/// A class-like of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PhpType {
    /// Its whole name, in lower case.
    pub name: String,
    /// Its own name, as it is written.
    pub short: String,
    /// What it is.
    pub kind: TypeKind,
    /// Whole names of what it extends and implements, in lower case.
    pub parents: Vec<String>,
    /// Whether it takes in traits.
    pub mixes: bool,
    /// Its methods, by their names in lower case.
    pub methods: BTreeMap<String, Method>,
    /// Where its name stands.
    pub start: usize,
}

/// A method.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Method {
    /// How many arguments a call passes at least.
    pub least: usize,
    /// How many it passes at most; none where there is no end.
    pub most: Option<usize>,
    /// Whether it only says what others have to have.
    pub is_abstract: bool,
    /// Whether it declares what it returns.
    pub has_return: bool,
    /// Where its name stands.
    pub start: usize,
}

/// The class-likes of a text.
pub fn types(text: &str) -> Vec<PhpType> {
    let (tokens, _) = tokens(text);
    let mut out = Vec::new();
    let mut names = Names::default();
    let mut at = 0;
    while let Some(token) = tokens.get(at) {
        let is_plain = at == 0
            || !tokens
                .get(at - 1)
                .is_some_and(|own| matches!(own.text, "::" | "->" | "new" | "?->"));
        at += 1;
        if token.kind != Kind::Name || !is_plain {
            continue;
        }
        match token.text {
            "namespace" => {
                names.space = word(&tokens, at).unwrap_or_default().to_lowercase();
            }
            "use" if out.is_empty() => names.import(&tokens, at),
            "interface" | "class" | "trait" | "enum" => {
                let before = at.checked_sub(2).and_then(|own| tokens.get(own));
                let earlier = at.checked_sub(3).and_then(|own| tokens.get(own));
                let is_abstract =
                    [before, earlier].into_iter().flatten().any(|own| own.text == "abstract");
                let kind = match token.text {
                    "interface" => TypeKind::Interface,
                    "trait" => TypeKind::Trait,
                    _ if is_abstract => TypeKind::Abstract,
                    _ => TypeKind::Class,
                };
                if let Some((own, end)) = one(&tokens, at, kind, &names) {
                    out.push(own);
                    at = end;
                }
            }
            _ => {}
        }
    }
    out
}

/// How names of a file are to be read.
#[derive(Default)]
struct Names {
    space: String,
    imported: BTreeMap<String, String>,
}

impl Names {
    fn import(&mut self, tokens: &[Token<'_>], at: usize) {
        let Some(whole) = word(tokens, at) else { return };
        let whole = whole.trim_start_matches('\\').to_lowercase();
        let alias = match (word(tokens, at + 1), word(tokens, at + 2)) {
            (Some("as"), Some(alias)) => alias.to_lowercase(),
            _ => whole.rsplit('\\').next().unwrap_or(&whole).to_owned(),
        };
        self.imported.insert(alias, whole);
    }

    fn whole(&self, name: &str) -> String {
        let lower = name.to_lowercase();
        if let Some(own) = lower.strip_prefix('\\') {
            return own.to_owned();
        }
        let (first, rest) = lower.split_once('\\').unwrap_or((&lower, ""));
        match (self.imported.get(first), rest) {
            (Some(own), "") => own.clone(),
            (Some(own), rest) => format!("{own}\\{rest}"),
            (None, _) if self.space.is_empty() => lower,
            (None, _) => format!("{}\\{lower}", self.space),
        }
    }
}

fn word<'t>(tokens: &[Token<'t>], at: usize) -> Option<&'t str> {
    tokens.get(at).filter(|own| own.kind == Kind::Name).map(|own| own.text)
}

fn is(tokens: &[Token<'_>], at: usize, text: &str) -> bool {
    tokens.get(at).is_some_and(|own| own.kind == Kind::Punct && own.text == text)
}

/// The class-like whose name stands at `at`, and where its body ends.
fn one(tokens: &[Token<'_>], at: usize, kind: TypeKind, names: &Names) -> Option<(PhpType, usize)> {
    let name = tokens.get(at).filter(|own| own.kind == Kind::Name)?;
    let mut own = PhpType {
        name: names.whole(name.text),
        short: name.text.to_owned(),
        kind,
        parents: Vec::new(),
        mixes: false,
        methods: BTreeMap::new(),
        start: name.span.start as usize,
    };
    let mut open = at + 1;
    while !is(tokens, open, "{") {
        let token = tokens.get(open)?;
        if token.text == ";" {
            return None;
        }
        if token.kind == Kind::Name && !matches!(token.text, "extends" | "implements") {
            own.parents.push(names.whole(token.text));
        }
        open += 1;
    }
    let group = tokens.get(open)?.group as usize;
    let end = open.saturating_add(group).min(tokens.len());
    let mut at = open + 1;
    while at < end {
        let token = tokens.get(at)?;
        match token.text {
            "use" if token.kind == Kind::Name => own.mixes = true,
            "function" if token.kind == Kind::Name => {
                if let Some((name, method)) = method(tokens, at, kind) {
                    own.methods.insert(name, method);
                }
            }
            _ => {}
        }
        let inner = (token.group as usize).min(end - at);
        at += inner.max(1);
    }
    Some((own, end))
}

fn method(tokens: &[Token<'_>], at: usize, kind: TypeKind) -> Option<(String, Method)> {
    let named = if is(tokens, at + 1, "&") { at + 2 } else { at + 1 };
    let name = tokens.get(named).filter(|own| own.kind == Kind::Name)?;
    let open = named + 1;
    let group = tokens.get(open).filter(|own| own.text == "(")?.group as usize;
    let close = open.checked_add(group)?.checked_sub(1).filter(|own| *own < tokens.len())?;
    let mut own = Method {
        least: 0,
        most: Some(0),
        is_abstract: kind == TypeKind::Interface,
        has_return: is(tokens, close + 1, ":"),
        start: name.span.start as usize,
    };
    let words = tokens[at.saturating_sub(4)..at].iter().rev();
    let mut words = words.take_while(|own| own.kind == Kind::Name);
    own.is_abstract |= words.any(|own| own.text == "abstract");
    for part in parts(tokens, open + 1, close) {
        let has = |text: &str| part.iter().any(|own| own.kind == Kind::Punct && own.text == text);
        let variable = part.iter().position(|own| own.kind == Kind::Variable);
        let Some(variable) = variable else { continue };
        if part[..variable].iter().any(|own| own.text.starts_with('.')) {
            own.most = None;
            continue;
        }
        own.least += usize::from(!has("="));
        own.most = own.most.map(|most| most + 1);
    }
    Some((name.text.to_lowercase(), own))
}

/// The parts of a list between commas.
fn parts<'s, 't>(tokens: &'s [Token<'t>], from: usize, to: usize) -> Vec<&'s [Token<'t>]> {
    let mut out = Vec::new();
    let (mut at, mut start) = (from, from);
    while at < to {
        if is(tokens, at, ",") {
            out.extend(tokens.get(start..at));
            start = at + 1;
        }
        let group = tokens.get(at).map_or(0, |own| own.group as usize).min(to - at);
        at += group.max(1);
    }
    out.extend(tokens.get(start..to).filter(|own| !own.is_empty()));
    out
}

/// How many arguments each call of a method passes, where that is known, with its place.
pub fn calls(text: &str, method: &str) -> Vec<(usize, usize)> {
    let (tokens, _) = tokens(text);
    let mut out = Vec::new();
    for (at, token) in tokens.iter().enumerate() {
        let is_member = at
            .checked_sub(1)
            .and_then(|own| tokens.get(own))
            .is_some_and(|own| matches!(own.text, "->" | "?->" | "::"));
        if token.kind != Kind::Name || !token.text.eq_ignore_ascii_case(method) || !is_member {
            continue;
        }
        let Some(open) = tokens.get(at + 1).filter(|own| own.text == "(") else { continue };
        let close = (at + 1).saturating_add(open.group as usize).saturating_sub(1);
        let all = parts(&tokens, at + 2, close.min(tokens.len()));
        let is_spread =
            |part: &&[Token<'_>]| part.first().is_some_and(|own| own.text.starts_with('.'));
        if !all.iter().any(is_spread) {
            out.push((all.len(), token.span.start as usize));
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::{TypeKind, calls, types};

    #[test]
    fn types_and_their_methods() {
        let text = "<?php\nnamespace A\\B;\nuse C\\D as E;\ninterface I extends E { function f(int $a, ?array $b = [1, 2]): string; }\nabstract class K implements I, \\F\\G { use T; abstract protected function g(...$x); public static function h() { return new class { function no() {} }; } }\n";
        let all = types(text);
        assert_eq!(all.len(), 2);
        assert_eq!((all[0].name.as_str(), all[0].parents[0].as_str()), ("a\\b\\i", "c\\d"));
        let f = &all[0].methods["f"];
        assert_eq!((f.least, f.most, f.is_abstract, f.has_return), (1, Some(2), true, true));
        assert_eq!(all[1].kind, TypeKind::Abstract);
        assert_eq!(all[1].parents, ["a\\b\\i", "f\\g"]);
        assert!(all[1].mixes);
        let names: Vec<&String> = all[1].methods.keys().collect();
        assert_eq!(names, ["g", "h"]);
        assert_eq!((all[1].methods["g"].most, all[1].methods["h"].is_abstract), (None, false));
    }

    #[test]
    fn calls_pass_arguments() {
        let text = "<?php $a->read($b, [1, 2]); A::read(); $x->read(...$y); read(1);";
        let all: Vec<usize> = calls(text, "read").into_iter().map(|own| own.0).collect();
        assert_eq!(all, [2, 0]);
    }
}
