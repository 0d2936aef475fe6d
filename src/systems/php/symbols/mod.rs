//! Functions, methods and constants: what a file defines, and what it uses of other files.
//!
//! A use is noted where the file shows whose member it is: `X::f()`, `( new X )->f()`, a
//! variable or property of a declared type, `$this`. What the class has by its parents and
//! traits is found in the graph ([`super::members`]).

mod functions;
mod receivers;
mod uses;

use super::fold::balanced;
use crate::facts::{Detail, FileFacts, Kind as Of, NamePattern, Provide, Span, kinds};
use crate::syntax::php::{Kind, Token};
use rustc_hash::{FxHashMap, FxHashSet};
use smol_str::SmolStr;

/// Functions and classes inside one another that are followed.
const DEPTH: usize = 20;

/// Adds what `tokens` define and use.
pub(super) fn symbols(tokens: &[Token<'_>], out: &mut FileFacts) {
    let mut pass = Pass {
        tokens,
        out,
        namespace: SmolStr::default(),
        imports: [FxHashMap::default(), FxHashMap::default(), FxHashMap::default()],
        places: Vec::new(),
        asked: FxHashSet::default(),
        known: FxHashSet::default(),
        provided: FxHashSet::default(),
    };
    pass.asked();
    let variables = pass.assigned(0, tokens.len(), FxHashMap::default());
    let end = usize::MAX;
    pass.places.push(Place { end, is: Is::Function { variables, sees: Sees::Nothing } });
    let mut ix = 0;
    while ix < tokens.len() {
        while pass.places.last().is_some_and(|place| place.end <= ix) {
            pass.places.pop();
        }
        ix = pass.token(ix).max(ix + 1);
    }
    pass.finish();
}

/// Which names an import is for.
#[derive(Clone, Copy)]
enum Import {
    Class,
    Function,
    Constant,
}

/// A class or a function, and the token behind its body.
struct Place<'a> {
    end: usize,
    is: Is<'a>,
}

enum Is<'a> {
    Class(Class<'a>),
    Function {
        /// Variables that hold an object of one class wherever they are read.
        variables: FxHashMap<&'a str, Option<SmolStr>>,
        sees: Sees<'a>,
    },
}

/// Which variables of the function around it a function has.
enum Sees<'a> {
    Nothing,
    /// Those that `use ( … )` lists.
    Listed(Vec<&'a str>),
    /// All: `fn () => …`.
    All,
}

struct Class<'a> {
    /// In lower case; `None` where it has none, or is a trait, whose members are those of
    /// whoever uses it.
    name: Option<SmolStr>,
    /// The name that its members have.
    own: Option<SmolStr>,
    parent: Option<SmolStr>,
    is_enum: bool,
    /// Classes of the objects that its properties hold.
    properties: FxHashMap<&'a str, SmolStr>,
}

struct Pass<'p, 'a> {
    tokens: &'p [Token<'a>],
    out: &'p mut FileFacts,
    namespace: SmolStr,
    /// By [`Import`]: alias → full name. The alias of a class or function is in lower case.
    imports: [FxHashMap<String, SmolStr>; 3],
    places: Vec<Place<'a>>,
    /// Functions, constants and methods that the file asks about before.
    asked: FxHashSet<&'a str>,
    known: FxHashSet<(Of, SmolStr)>,
    provided: FxHashSet<(Of, SmolStr)>,
}

impl<'a> Pass<'_, 'a> {
    fn punct(&self, ix: usize, text: &str) -> bool {
        self.tokens.get(ix).is_some_and(|token| token.kind == Kind::Punct && token.text == text)
    }

    fn name(&self, ix: usize) -> Option<&'a str> {
        self.tokens.get(ix).filter(|token| token.kind == Kind::Name).map(|token| token.text)
    }

    fn variable(&self, ix: usize) -> Option<&'a str> {
        self.tokens.get(ix).filter(|token| token.kind == Kind::Variable).map(|token| token.text)
    }

    fn before(&self, ix: usize, text: &str) -> bool {
        ix.checked_sub(1).is_some_and(|ix| self.punct(ix, text))
    }

    /// The token behind the bracket that opens at `ix`.
    fn close(&self, ix: usize) -> usize {
        self.tokens.get(ix..).map_or(ix, |rest| ix + balanced(rest))
    }

    fn class(&self) -> Option<&Class<'a>> {
        self.places.iter().rev().find_map(|place| match &place.is {
            Is::Class(class) => Some(class),
            Is::Function { .. } => None,
        })
    }

    /// The class in whose body the file is, outside of its methods.
    fn body(&self) -> Option<&Class<'a>> {
        match &self.places.last()?.is {
            Is::Class(class) => Some(class),
            Is::Function { .. } => None,
        }
    }

    /// `function_exists( 'f' )`, `defined( 'X' )`, `method_exists( $x, 'f' )`: what follows
    /// does without, or defines it itself.
    fn asked(&mut self) {
        for (ix, token) in self.tokens.iter().enumerate() {
            let at = match token.text {
                "function_exists" | "defined" | "\\function_exists" | "\\defined" => ix + 2,
                "method_exists" | "is_callable" | "\\method_exists" => ix + 4,
                _ => continue,
            };
            let name = self.tokens.get(at).filter(|name| name.kind == Kind::Literal);
            self.asked.extend(name.map(|name| name.text.trim_start_matches('\\')));
        }
    }

    fn is_asked(&self, name: &str) -> bool {
        self.asked.iter().any(|own| own.eq_ignore_ascii_case(name))
    }

    fn token(&mut self, ix: usize) -> usize {
        let token = self.tokens[ix];
        match token.kind {
            Kind::Literal => self.text(ix),
            Kind::Name if self.before(ix, "->") || self.before(ix, "?->") => self.method(ix),
            Kind::Name if self.before(ix, "::") => {}
            Kind::Name => return self.word(ix, token.text),
            _ => {}
        }
        ix + 1
    }

    fn word(&mut self, ix: usize, text: &'a str) -> usize {
        match text.to_ascii_lowercase().as_str() {
            "namespace" => {
                if let Some(name) = self.name(ix + 1) {
                    self.namespace = name.into();
                    self.imports.iter_mut().for_each(FxHashMap::clear);
                }
                ix + 2
            }
            "use" if self.body().is_some() => self.traits(ix + 1),
            "use" if self.name(ix + 1).is_some() => self.import(ix + 1),
            "class" | "interface" | "trait" | "enum" => self.declare(ix, text),
            "function" | "fn" => self.function(ix, text),
            "const" => self.constants(ix + 1),
            "case" => {
                if self.body().is_some_and(|class| class.is_enum)
                    && let Some(name) = self.name(ix + 1)
                {
                    self.member(name, "", self.tokens[ix + 1].span);
                }
                ix + 1
            }
            "define" | "\\define" if self.punct(ix + 1, "(") => {
                let name = self.tokens.get(ix + 2).filter(|name| name.kind == Kind::Literal);
                if let Some(name) = name.filter(|name| !self.is_asked(name.text)) {
                    let full = name.text.replace("\\\\", "\\");
                    let full = full.trim_start_matches('\\');
                    self.provide(kinds::PHP_CONSTANT, full, name.span, Detail::None);
                }
                ix + 3
            }
            "goto" | "insteadof" => ix + 2,
            word => self.used(ix, word),
        }
    }

    fn provide(&mut self, kind: Of, name: impl Into<SmolStr>, span: Span, detail: Detail) {
        let name = name.into();
        // A class has many parents, and one definition of each member.
        if self.provided.insert((kind, name.clone())) || detail != Detail::None {
            let name = NamePattern::exact(name);
            self.out.provides.push(Provide { kind, name, span, within: None, detail });
        }
    }

    /// The classes of the objects that the properties of a class hold.
    fn held_by(
        &mut self,
        class: Option<&SmolStr>,
        properties: &FxHashMap<&'a str, SmolStr>,
        span: Span,
    ) {
        let Some(class) = class.cloned() else { return };
        let mut all: Vec<_> = properties.iter().collect();
        all.sort();
        for (name, held) in all {
            let name = format!("{class}::${name}");
            self.provide(kinds::PHP_MEMBER, name, span, held.as_str().into());
        }
    }

    /// A member of the class around: `f` with `()` behind it, `X`, `x` with `$` before it.
    fn member(&mut self, name: &str, call: &str, span: Span) {
        let Some(own) = self.class().and_then(|class| class.own.clone()) else { return };
        let full = if call.is_empty() { name.to_owned() } else { name.to_ascii_lowercase() };
        self.provide(kinds::PHP_MEMBER, format!("{own}::{full}{call}"), span, Detail::None);
    }

    /// `const A = 1, B = 2;`
    fn constants(&mut self, from: usize) -> usize {
        let mut at = from;
        while at < self.tokens.len() && !self.punct(at, ";") {
            if self.punct(at, "[") || self.punct(at, "(") {
                at = self.close(at);
                continue;
            }
            if let Some(name) = self.name(at).filter(|_| self.punct(at + 1, "=")) {
                let span = self.tokens[at].span;
                if self.body().is_some() {
                    self.member(name, "", span);
                } else {
                    let full = self.in_namespace(name);
                    self.provide(kinds::PHP_CONSTANT, full, span, Detail::None);
                }
            }
            at += 1;
        }
        // What the values name is used.
        from
    }

    /// `class A extends B implements C {`, at the word `class`.
    fn declare(&mut self, ix: usize, word: &str) -> usize {
        let anonymous = ix.checked_sub(1).and_then(|ix| self.name(ix)) == Some("new");
        let head = if anonymous && self.punct(ix + 1, "(") { self.close(ix + 1) } else { ix + 1 };
        let name = self.name(head).filter(|_| !anonymous);
        let from = head + usize::from(name.is_some());
        let is_head = |token: &Token<'_>| {
            token.text == "{"
                || token.text == ":"
                || token.text.eq_ignore_ascii_case("extends")
                || token.text.eq_ignore_ascii_case("implements")
        };
        if name.is_none() && !anonymous || !self.tokens.get(from).is_some_and(is_head) {
            return ix + 1;
        }
        let Some(open) = (from..self.tokens.len()).find(|at| self.punct(*at, "{")) else {
            return ix + 1;
        };
        let own = name.map(|name| SmolStr::from(self.in_namespace(name).to_ascii_lowercase()));
        let mut parent = None;
        let mut extends = false;
        for at in from..open {
            match self.name(at) {
                Some(word) if word.eq_ignore_ascii_case("extends") => extends = true,
                Some(word) if word.eq_ignore_ascii_case("implements") => extends = false,
                Some(name) if !self.punct(at - 1, ":") => {
                    let full = SmolStr::from(self.class_name(name));
                    if extends && parent.is_none() {
                        parent = Some(full.clone());
                    }
                    if let Some(own) = &own {
                        let own = own.clone();
                        self.provide(kinds::PHP_PARENT, own, self.tokens[at].span, full.into());
                    }
                }
                _ => {}
            }
        }
        let end = self.close(open);
        let is_trait = word.eq_ignore_ascii_case("trait");
        let class = Class {
            name: own.clone().filter(|_| !is_trait),
            own,
            parent,
            is_enum: word.eq_ignore_ascii_case("enum"),
            properties: FxHashMap::default(),
        };
        if self.places.len() < DEPTH {
            let properties = self.properties(open, end);
            self.held_by(class.own.as_ref(), &properties, self.tokens[ix].span);
            self.places.push(Place { end, is: Is::Class(Class { properties, ..class }) });
        }
        open + 1
    }

    /// `use A, B { f as g; }` in a class.
    fn traits(&mut self, from: usize) -> usize {
        let mut at = from;
        let own = self.class().and_then(|class| class.own.clone());
        while let Some(name) = self.name(at) {
            let full = SmolStr::from(self.class_name(name));
            if let Some(own) = own.clone() {
                self.provide(kinds::PHP_PARENT, own, self.tokens[at].span, full.into());
            }
            at += 1 + usize::from(self.punct(at + 1, ","));
        }
        if !self.punct(at, "{") {
            return at;
        }
        let end = self.close(at);
        for ix in at..end {
            let is_alias = self.name(ix).is_some_and(|word| word.eq_ignore_ascii_case("as"));
            let names = [ix + 1, ix + 2].map(|ix| self.name(ix));
            if let (true, Some(name)) = (is_alias, names[1].or(names[0])) {
                self.member(name, "()", self.tokens[ix].span);
            }
        }
        end
    }

    /// `use A\B;`, `use A\B as C, D;`, `use A\{B, C as D};`, `use function A\f;`
    fn import(&mut self, from: usize) -> usize {
        let mut at = from;
        let of = match self.name(at) {
            Some(word) if word.eq_ignore_ascii_case("function") => Import::Function,
            Some(word) if word.eq_ignore_ascii_case("const") => Import::Constant,
            _ => Import::Class,
        };
        at += usize::from(!matches!(of, Import::Class));
        let mut prefix = "";
        while at < self.tokens.len() && !self.punct(at, ";") {
            let Some(name) = self.name(at) else {
                at += 1;
                continue;
            };
            // The backslash before a group is part of the name, or a mark of its own.
            if self.punct(at + 1, "{") || self.punct(at + 1, "\\") && self.punct(at + 2, "{") {
                prefix = name;
                at += 1;
                continue;
            }
            let renamed = self.name(at + 1).filter(|word| word.eq_ignore_ascii_case("as"));
            let alias = renamed.and_then(|_| self.name(at + 2));
            let last = name.rsplit('\\').next().unwrap_or(name);
            let full = match prefix.trim_matches('\\') {
                "" => SmolStr::from(name.trim_start_matches('\\')),
                prefix => format!("{prefix}\\{name}").into(),
            };
            let alias = alias.unwrap_or(last);
            let key = match of {
                Import::Constant => alias.to_owned(),
                _ => alias.to_ascii_lowercase(),
            };
            self.imports[of as usize].insert(key, full);
            at += if renamed.is_some() { 3 } else { 1 };
        }
        at
    }

    fn in_namespace(&self, name: &str) -> String {
        match self.namespace.as_str() {
            "" => name.to_owned(),
            namespace => format!("{namespace}\\{name}"),
        }
    }

    /// The class that `name` means here, in lower case.
    fn class_name(&self, name: &str) -> String {
        if let Some(absolute) = name.strip_prefix('\\') {
            return absolute.to_ascii_lowercase();
        }
        let (first, rest) = match name.split_once('\\') {
            Some((first, rest)) => (first, Some(rest)),
            None => (name, None),
        };
        let known = &self.imports[Import::Class as usize];
        let full = match (known.get(&first.to_ascii_lowercase()), rest) {
            (Some(full), Some(rest)) => format!("{full}\\{rest}"),
            (Some(full), None) => full.to_string(),
            _ => self.in_namespace(name),
        };
        full.to_ascii_lowercase()
    }

    /// What the file itself defines moves with it.
    fn finish(self) {
        let Self { out, provided, .. } = self;
        let is_own = |kind: Of, name: &NamePattern| {
            matches!(kind, kinds::PHP_CONSTANT | kinds::PHP_FUNCTION | kinds::PHP_MEMBER)
                && name.as_exact().is_some_and(|name| provided.contains(&(kind, name.clone())))
        };
        out.requires
            .retain(|require| !require.any_of.iter().any(|own| is_own(own.kind, &own.name)));
    }
}
