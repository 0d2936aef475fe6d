//! What functions and methods take.

use super::{Is, Pass, Place, Sees};
use crate::facts::{
    Arity, CommandLine, Detail, Entity, Interface, NamePattern, Param, Provide, Span, Syntax, kinds,
};
use crate::syntax::php::Kind;
use rustc_hash::FxHashMap;
use smol_str::SmolStr;

/// Words that name a class by the one around.
const OWN: [&str; 4] = ["class", "parent", "self", "static"];

/// Names of types that are no classes.
const PLAIN: [&str; 17] = [
    "array", "bool", "callable", "false", "float", "int", "iterable", "mixed", "never", "null",
    "object", "parent", "self", "static", "string", "true", "void",
];

/// Words before a parameter or a property.
const MODIFIERS: [&str; 7] =
    ["final", "private", "protected", "public", "readonly", "static", "var"];

/// A parameter.
pub(super) struct Parameter<'a> {
    name: &'a str,
    span: Span,
    /// Classes of its type, with the place of each.
    types: Vec<(SmolStr, Span)>,
    /// The class, where it is one, or null.
    one: Option<SmolStr>,
    required: bool,
    rest: bool,
}

impl<'a> Pass<'_, 'a> {
    /// `function f( A $a, $b = 1 ): C {`, at the word `function`.
    pub(super) fn function(&mut self, ix: usize, word: &str) -> usize {
        let is_arrow = word.eq_ignore_ascii_case("fn");
        let at = ix + 1 + usize::from(self.punct(ix + 1, "&"));
        let name = self.name(at).filter(|_| self.punct(at + 1, "("));
        let open = at + usize::from(name.is_some());
        if !self.punct(open, "(") {
            return ix + 1;
        }
        let close = self.close(open);
        let parameters = self.parameters(open, close);
        let mut at = close;
        let mut sees = if is_arrow { Sees::All } else { Sees::Nothing };
        if self.name(at).is_some_and(|word| word.eq_ignore_ascii_case("use")) {
            let end = self.close(at + 1);
            sees = Sees::Listed((at..end).filter_map(|ix| self.variable(ix)).collect());
            at = end;
        }
        let returns = if self.punct(at, ":") { self.types(at + 1) } else { Vec::new() };
        let stops = ["{", ";", "=>", ")", ","];
        let ends = |at: &usize| stops.iter().any(|text| self.punct(*at, text));
        let body = (at..self.tokens.len().min(at + 40)).find(ends).unwrap_or(at);
        let end = match () {
            () if self.punct(body, "{") => self.close(body),
            () if self.punct(body, "=>") => self.expression_end(body + 1),
            () => body,
        };
        match name {
            Some(name) => self.named(name, (ix, open - 1), &parameters, end),
            // A factory, as lists of services have them.
            None => {
                for (class, span) in &returns {
                    let name = NamePattern::exact(class.clone());
                    let (kind, detail) = (kinds::PHP_PRODUCT, Detail::None);
                    self.out.provides.push(Provide {
                        kind,
                        name,
                        span: *span,
                        within: None,
                        detail,
                    });
                }
            }
        }
        let is_constructor = name.is_some_and(|name| name.eq_ignore_ascii_case("__construct"));
        for (class, span) in parameters.iter().flat_map(|own| &own.types) {
            self.awaits(class.clone(), *span, "type of a parameter");
            if is_constructor {
                self.takes(class, *span);
            }
        }
        for (class, span) in returns {
            self.awaits(class, span, "type of a result");
        }
        if self.places.len() < super::DEPTH {
            let typed = parameters.iter().map(|own| (own.name, own.one.clone())).collect();
            let variables = self.assigned(body, end, typed);
            self.places.push(Place { end, is: Is::Function { variables, sees } });
        }
        // Defaults name constants.
        open + 1
    }

    /// Where the expression at `ix` ends.
    fn expression_end(&self, ix: usize) -> usize {
        let mut at = ix;
        while let Some(token) = self.tokens.get(at) {
            match token.text {
                _ if token.kind != Kind::Punct => at += 1,
                "(" | "[" | "{" => at = self.close(at),
                ")" | "]" | "}" | "," | ";" => break,
                _ => at += 1,
            }
        }
        at
    }

    /// A function or method that has a name. `at` are its first token and that of its name.
    fn named(
        &mut self,
        name: &'a str,
        (ix, at): (usize, usize),
        parameters: &[Parameter<'a>],
        end: usize,
    ) {
        let span = self.tokens[at].span;
        let entity = match self.body() {
            Some(class) => {
                let Some(own) = class.own.clone() else { return };
                let full = format!("{own}::{}()", name.to_ascii_lowercase());
                self.member(name, "()", span);
                let is_static = (ix.saturating_sub(4)..ix).any(|ix| {
                    self.name(ix).is_some_and(|word| word.eq_ignore_ascii_case("static"))
                });
                if !is_static && !name.eq_ignore_ascii_case("__construct") {
                    return;
                }
                Entity::new(kinds::PHP_MEMBER, full)
            }
            // One that is defined only where nothing else does.
            None if self.is_asked(name) => return,
            None => {
                let full = self.in_namespace(name).to_ascii_lowercase();
                self.provide(kinds::PHP_FUNCTION, full.clone(), span, Detail::None);
                Entity::new(kinds::PHP_FUNCTION, full)
            }
        };
        let reads = ["func_get_args", "func_num_args", "func_get_arg"];
        let counts = self.tokens[at..end.min(self.tokens.len())]
            .iter()
            .any(|token| token.kind == Kind::Name && reads.contains(&token.text));
        if counts {
            return;
        }
        let params = parameters.iter().map(|own| Param {
            positional: true,
            required: own.required,
            values: Some(match (own.rest, own.required) {
                (true, _) => Arity::ANY,
                (false, true) => Arity::ONE,
                (false, false) => Arity::OPTIONAL,
            }),
            ..Param::new(own.name, own.span)
        });
        let syntax = Syntax { function: true, ..Syntax::default() };
        let command = CommandLine { syntax, ..CommandLine::default() };
        self.out.interfaces.push(Interface {
            command: Some(Box::new(command)),
            // PHP takes more arguments than are declared.
            open: true,
            ..Interface::new(entity, params.collect(), span)
        });
    }

    /// What the list between `open` and `close` declares.
    pub(super) fn parameters(&self, open: usize, close: usize) -> Vec<Parameter<'a>> {
        let mut out = Vec::new();
        let mut at = open + 1;
        let last = close.saturating_sub(1);
        while at < last {
            let from = at;
            let mut variable = None;
            let mut default = false;
            let mut rest = false;
            while at < last && !self.punct(at, ",") {
                match self.variable(at) {
                    Some(name) if variable.is_none() => variable = Some((name, at)),
                    _ => {}
                }
                default |= self.punct(at, "=");
                rest |= variable.is_none() && self.punct(at, "...");
                let opens = ["(", "[", "{"].iter().any(|text| self.punct(at, text));
                at = if opens { self.close(at).max(at + 1) } else { at + 1 };
            }
            at += 1;
            let Some((name, place)) = variable else { continue };
            let types = self.types(from);
            let one = self.one(from, place, &types);
            let span = self.tokens[place].span;
            let required = !default && !rest;
            out.push(Parameter { name, span, types, one, required, rest });
        }
        let needed = out.iter().rposition(|own| own.required).map_or(0, |ix| ix + 1);
        out.iter_mut().take(needed).filter(|own| !own.rest).for_each(|own| own.required = true);
        out
    }

    /// Classes of the type at `ix`, behind modifiers.
    pub(super) fn types(&self, ix: usize) -> Vec<(SmolStr, Span)> {
        let mut out = Vec::new();
        let mut at = ix;
        while let Some(token) = self.tokens.get(at) {
            match token.kind {
                // `#[Attribute( … )]`
                Kind::Punct if token.text == "#" && self.punct(at + 1, "[") => {
                    at = self.close(at + 1);
                    continue;
                }
                Kind::Punct if matches!(token.text, "?" | "|" | "&" | "(") => {}
                Kind::Punct if token.text == ")" && !self.punct(at + 1, "{") => {}
                Kind::Name => {
                    let word = token.text.to_ascii_lowercase();
                    let is_plain = PLAIN.binary_search(&word.as_str()).is_ok();
                    if !is_plain && MODIFIERS.binary_search(&word.as_str()).is_err() {
                        out.push((self.class_name(token.text).into(), token.span));
                    }
                }
                _ => break,
            }
            at += 1;
        }
        out
    }

    /// The class of a type whose words stand from `from` to `to`, where it is one alone.
    fn one(&self, from: usize, to: usize, types: &[(SmolStr, Span)]) -> Option<SmolStr> {
        let [(class, _)] = types else { return None };
        let other = |word: &str| {
            let word = word.to_ascii_lowercase();
            word != "null" && PLAIN.binary_search(&word.as_str()).is_ok()
        };
        let mixed = (from..to)
            .filter_map(|ix| self.name(ix))
            .any(|word| other(word) && !MODIFIERS.contains(&word));
        (!mixed).then(|| class.clone())
    }

    /// Properties of the class whose body is from `open` to `end` that are declared to hold
    /// objects of one class, or are filled once: with such a parameter of the constructor, or a
    /// new object.
    pub(super) fn properties(&self, open: usize, end: usize) -> FxHashMap<&'a str, SmolStr> {
        let mut out: FxHashMap<&'a str, SmolStr> = FxHashMap::default();
        let is_modifier = |ix: usize| {
            self.name(ix)
                .is_some_and(|word| MODIFIERS.contains(&word.to_ascii_lowercase().as_str()))
        };
        let mut taken: Vec<Parameter<'a>> = Vec::new();
        for at in open..end {
            let Some(name) = self.variable(at) else {
                let is_constructor = self.name(at) == Some("__construct")
                    && at.checked_sub(1).and_then(|ix| self.name(ix)) == Some("function");
                if is_constructor && self.punct(at + 1, "(") && taken.is_empty() {
                    taken = self.parameters(at + 1, self.close(at + 1));
                }
                continue;
            };
            let Some(word) = at.checked_sub(1).and_then(|ix| self.name(ix)) else { continue };
            let from = at - 1 - usize::from(self.before(at - 1, "?"));
            let is_plain = PLAIN.contains(&word.to_ascii_lowercase().as_str());
            if !is_plain && !is_modifier(at - 1) && from.checked_sub(1).is_some_and(is_modifier) {
                out.insert(name, self.class_name(word).into());
            }
        }
        let mut filled: FxHashMap<&'a str, Option<SmolStr>> = FxHashMap::default();
        for at in open..end {
            if self.variable(at) != Some("this") || !self.punct(at + 1, "->") {
                continue;
            }
            let Some(name) = self.name(at + 2).filter(|_| self.punct(at + 3, "=")) else {
                continue;
            };
            let given = self.variable(at + 4).filter(|_| self.punct(at + 5, ";"));
            let is_new = self.name(at + 4).is_some_and(|word| word.eq_ignore_ascii_case("new"));
            let made = self.name(at + 5).filter(|_| is_new);
            let made = made.filter(|own| !OWN.contains(&own.to_ascii_lowercase().as_str()));
            let class = given
                .and_then(|given| taken.iter().find(|own| own.name == given))
                .and_then(|own| own.one.clone())
                .or_else(|| made.map(|own| self.class_name(own).into()));
            filled.entry(name).and_modify(|known| *known = None).or_insert(class);
        }
        for (name, class) in filled {
            if let Some(class) = class {
                out.entry(name).or_insert(class);
            }
        }
        out
    }
}
