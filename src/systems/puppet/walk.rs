//! The walk over a manifest's syntax tree.

use super::expressions;
use super::guards::{Guards, Outcome};
use super::text::{Constants, canonical, capitalised};
use crate::extract::Names;
use crate::extract::{Settings, Source};
use crate::facts::{
    Detail, FileFacts, Kind, NamePattern, Problem, Provide, Ref, Relation, Require, Span, Strength,
    Via, kinds,
};
use crate::syntax::puppet::ast::{BinaryOp, Call, Expr, ExprKind, If, Part};
use rustc_hash::FxHashSet;
use smallvec::SmallVec;
use smol_str::SmolStr;
use std::cell::OnceCell;

/// How `$facts['name']` reads a fact.
pub(super) const FACT: &str = "fact";

/// Collects facts while walking.
pub(super) struct Walk<'f, 's, 'a> {
    pub source: &'f Source<'s>,
    pub settings: &'f Settings,
    pub out: &'f mut FileFacts,
    /// Index of the definition whose body is walked.
    pub within: Option<u32>,
    /// Its canonical name; empty at top level and in nodes.
    pub scope: SmolStr,
    /// What the conditions around here test the existence of.
    pub guards: Guards,
    /// Values of variables that are assigned a literal once.
    pub constants: Constants<'a>,
    /// The module that the manifest belongs to, if its path tells.
    pub module: Option<SmolStr>,
    /// Variables of the top scope that were read already.
    pub top_read: FxHashSet<SmolStr>,
    /// What is known so far about which files restart which service.
    pub restarts: Restarts,
    /// Places in texts where an index stands behind a variable without braces.
    pub unbraced: Vec<(&'a str, Span)>,
    /// Paths of files that commands name.
    pub mentions: Vec<Mention>,
    /// How the modes of files are written.
    pub modes: Modes,
    /// Whether only Puppet 4 and later read the manifest.
    pub modern: OnceCell<bool>,
    /// Whether it sets defaults of keys for logins, or overrides one.
    pub keys_elsewhere: OnceCell<bool>,
}

/// What one manifest says about restarts, until all of it is read.
#[derive(Default)]
pub(super) struct Restarts {
    /// Resources, with the things of the tree that they are made from.
    pub made: Vec<(SmolStr, Vec<Detail>)>,
    /// Resources to which a service subscribes, the service, and where.
    pub subscribed: Vec<(SmolStr, SmolStr, Span)>,
}

/// What the modes of a manifest are.
#[derive(Default)]
pub(super) struct Modes {
    /// How many are text.
    pub texts: u64,
    /// The first that is a number, and how many are.
    pub numbers: Option<(Span, u64)>,
}

impl Modes {
    pub fn number(&mut self, span: Span) {
        self.numbers.get_or_insert((span, 0)).1 += 1;
    }
}

/// A path in a command.
pub(super) struct Mention {
    pub path: SmolStr,
    pub span: Span,
    pub within: Option<u32>,
}

/// Whether a call may get arguments from elsewhere too.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum More {
    None,
    Possible,
}

impl<'f, 's, 'a> Walk<'f, 's, 'a> {
    pub fn new(source: &'f Source<'s>, settings: &'f Settings, out: &'f mut FileFacts) -> Self {
        Self {
            source,
            settings,
            out,
            within: None,
            scope: SmolStr::default(),
            guards: match settings.layout.is_nested(source.path) {
                true => Guards::of_everything(),
                false => Guards::default(),
            },
            constants: Constants::default(),
            module: settings.layout.module_of(source.path).map(SmolStr::new),
            top_read: FxHashSet::default(),
            restarts: Restarts::default(),
            unbraced: Vec::new(),
            mentions: Vec::new(),
            modes: Modes::default(),
            modern: OnceCell::new(),
            keys_elsewhere: OnceCell::new(),
        }
    }

    pub fn file(&mut self, body: &[Expr<'a>]) {
        self.start_scope(SmolStr::default());
        super::duplicates::body(body, self.out);
        self.variables_at_top(body);
        self.body(body);
        self.finish_restarts();
        self.finish_overrides();
        self.finish_nested();
        self.finish_unbraced(body);
        self.finish_modes();
        self.finish_mentions();
        super::duplicates::definitions(self.out);
    }

    /// `class b {}` inside `class a` is `a::b`, and `include b` finds it up to Puppet 3 alone: who
    /// writes both has such a Puppet, whatever else the tree shows.
    fn finish_nested(&mut self) {
        if self.settings.layout.names == Names::Relative {
            return;
        }
        let FileFacts { provides, requires, .. } = &mut *self.out;
        // Nearly all manifests hold one class.
        if provides.iter().filter(|own| own.kind == kinds::PUPPET_CLASS).nth(1).is_none() {
            return;
        }
        for require in requires.iter_mut() {
            let [target] = require.any_of.as_slice() else { continue };
            let outer = require.within.and_then(|ix| provides.get(ix as usize));
            let (Some(outer), Some(name)) = (outer, target.name.as_exact()) else { continue };
            let nested = format!("{}::{name}", outer.name);
            let is_it = |own: &Provide| {
                own.kind == target.kind && own.name.as_exact().is_some_and(|own| *own == nested)
            };
            if target.kind == kinds::PUPPET_CLASS && provides.iter().any(is_it) {
                require.strength = require.strength.min(Strength::Likely);
            }
        }
    }

    /// Resets what is known about variables, for a definition named `name`.
    pub fn start_scope(&mut self, name: SmolStr) {
        self.constants.clear();
        if let Some(module) = &self.module {
            self.constants.insert("module_name", module.clone());
        }
        self.scope = name;
    }

    pub fn body(&mut self, body: &[Expr<'a>]) {
        self.parted(body);
        for statement in body {
            self.alone(statement);
            self.expr(statement);
        }
    }

    /// Adds a requirement in the current definition and guard.
    pub fn require(
        &mut self,
        any_of: SmallVec<[Ref; 1]>,
        span: Span,
        via: impl Into<Via>,
        strength: Strength,
    ) {
        let guarded = self.guards.cover(&any_of);
        let strength = if guarded { Strength::Guarded } else { strength };
        let require = Require::any_of(any_of, span, via, self.within);
        self.out.requires.push(require.with_strength(strength));
    }

    /// Adds a provided entity in the current definition.
    pub fn provide(&mut self, kind: Kind, name: NamePattern, span: Span, detail: Detail) -> u32 {
        self.out.provides.push(Provide { kind, name, span, within: self.within, detail });
        (self.out.provides.len() - 1) as u32
    }

    /// `True`: the name of a type that does not exist; Puppet 3 reads a word. (Source: "Resource
    /// type not found: True".)
    fn capital(&mut self, name: &str, span: Span) {
        if self.settings.layout.names == Names::Relative {
            return;
        }
        let word = name.to_ascii_lowercase();
        let message = format!("`{name}` is the name of a type, which does not exist");
        let mut problem = Problem::new("unresolved-reference", message, span);
        problem.help = format!("write `{word}`: Puppet refuses the catalog");
        self.out.problems.push(problem);
    }

    /// `/^${name}/`: the end of a line, and what follows it. (Source: Puppet's manual: regular
    /// expressions take no variables.)
    ///
    /// What Ruby does not take for one stops the manifest.
    pub fn regex(&mut self, text: &str, span: Span) {
        if let Some(why) = expressions::refused(text) {
            let message = format!("not a regular expression: {why}");
            let mut problem = Problem::new("parse-error", message, span);
            problem.help =
                "Puppet refuses the manifest: close it, or put `\\` before the sign".into();
            self.out.problems.push(problem);
        }
        let Some(at) = text.find("${") else { return };
        let name = text[at + 2..].trim_start_matches(':');
        if name.starts_with(|first: char| first.is_ascii_lowercase()) {
            let message = "a regular expression takes no variables";
            let mut problem = Problem::new("incompatible-value", message, span);
            problem.strength = Strength::Likely;
            problem.help = "it matches nothing: compare with a string, or with `Regexp[…]`".into();
            self.out.problems.push(problem);
        }
    }

    /// `"$$name}"`: a brace closes that a second sign stands for.
    fn half_braced(&mut self, span: Span) {
        let text = self.source.text.get(span.range()).unwrap_or_default();
        for (at, _) in text.match_indices("$$") {
            let rest = &text[at + 2..];
            let len = rest.find(|own: char| !(own.is_ascii_alphanumeric() || own == '_'));
            let name = len.map_or("", |len| &rest[..len]);
            let is_closed = len.is_some_and(|len| rest[len..].starts_with('}'));
            let opened = text[..at].matches('{').count() > text[..at].matches('}').count();
            if name.starts_with(|own: char| own.is_ascii_lowercase()) && is_closed && !opened {
                let start = span.start as usize + at;
                let span = Span::new(start, start + 2 + name.len() + 1);
                let message = format!("`$${name}}}` is a `$`, the value of `${name}` and a brace");
                let mut problem = Problem::new("incompatible-value", message, span);
                problem.help = format!("did you mean `${{{name}}}`?");
                self.out.problems.push(problem);
            }
        }
    }

    pub fn expr(&mut self, expr: &Expr<'a>) {
        match expr.kind {
            ExprKind::Undef
            | ExprKind::Default
            | ExprKind::Bool(_)
            | ExprKind::Number(_)
            | ExprKind::Name(_)
            | ExprKind::Reserved(_)
            | ExprKind::Error => {}
            ExprKind::Regex(text) => self.regex(text, expr.span),
            ExprKind::Str { .. } => self.string(expr),
            ExprKind::Variable(name) => self.variable(name, expr.span),
            ExprKind::Interpolated(parts) => {
                self.string(expr);
                self.half_braced(expr.span);
                self.stray_brace(expr.span);
                self.unbraced(parts);
                self.swapped_brace(expr.span);
                for part in parts {
                    if let Part::Expr(inner) = part {
                        self.expr(inner);
                    }
                }
            }
            ExprKind::TypeRef(name @ ("True" | "False")) => self.capital(name, expr.span),
            ExprKind::TypeRef(name) => self.type_mention(name, expr.span),
            ExprKind::Array(entries) => self.array(expr, entries),
            ExprKind::Hash(pairs) => self.hash(pairs),
            ExprKind::Access(base, keys) => self.access(base, keys, expr.span),
            ExprKind::Call(call) => self.call(call, expr.span),
            ExprKind::MethodCall(receiver, call) => {
                self.expr(receiver);
                self.method(receiver, call);
            }
            ExprKind::Unary(_, inner) | ExprKind::Paren(inner) => self.expr(inner),
            ExprKind::Binary(op, left, right) => {
                self.arithmetic(op, left, right);
                if matches!(op, BinaryOp::Equal | BinaryOp::NotEqual) {
                    self.compared(left, right);
                }
                if op == BinaryOp::Edge {
                    self.ordered_condition(left);
                    self.ordered_condition(right);
                }
                self.expr(left);
                self.expr(right);
            }
            ExprKind::Assign(_, left, right) => self.assign(left, right),
            ExprKind::Selector(subject, entries) => {
                self.asked_word(subject, entries.iter().map(|(key, _)| key));
                self.expr(subject);
                for (key, value) in entries {
                    self.compared(subject, key);
                    self.expr(key);
                    self.expr(value);
                }
            }
            ExprKind::If(node) => self.conditional(node),
            ExprKind::Case(subject, options) => {
                self.asked_word(subject, options.iter().flat_map(|option| option.values));
                self.expr(subject);
                for option in options {
                    option.values.iter().for_each(|value| self.compared(subject, value));
                    option.values.iter().for_each(|value| self.expr(value));
                    self.body(option.body);
                }
            }
            ExprKind::Resource(resource) => self.resource(resource),
            ExprKind::ResourceDefaults(ty, attributes) => self.defaults(ty, attributes),
            ExprKind::ResourceOverride(target, attributes) => {
                self.resource_override(target, attributes);
            }
            ExprKind::Collector(collector) => self.collector(collector),
            ExprKind::Definition(definition) => self.definition(definition),
            ExprKind::Node(node) => self.node(node),
            ExprKind::TypeAlias(left, right) => self.type_alias(left, right),
        }
    }

    fn hash(&mut self, pairs: &[(Expr<'a>, Expr<'a>)]) {
        self.keys_twice(pairs);
        for (key, value) in pairs {
            self.balanced_service(key, value);
            self.deployed_repository(key, value);
            self.expr(key);
            self.expr(value);
        }
    }

    fn conditional(&mut self, node: &If<'a>) {
        self.asked_words(&node.test);
        self.expr(&node.test);
        let before = self.guards.len();
        let then = if node.negated { Outcome::Fails } else { Outcome::Holds };
        self.guards.learn(&node.test, then);
        self.body(node.then);
        self.guards.truncate(before);
        self.guards.learn(&node.test, then.opposite());
        self.body(node.otherwise);
        self.guards.truncate(before);
    }

    pub fn lambda(&mut self, call: &Call<'a>) {
        if let Some(lambda) = call.lambda {
            // A parameter hides what is called so outside.
            let outer = self.constants.clone();
            for param in lambda.params {
                self.constants.remove(param.name);
                // Templates that the body renders see its parameters too.
                self.local_variable(param.name, param.span);
            }
            self.body(lambda.body);
            self.constants = outer;
        }
    }

    fn access(&mut self, base: &Expr<'a>, keys: &[Expr<'a>], span: Span) {
        if let ExprKind::TypeRef(name) = base.kind {
            self.reference(name, keys, span);
            // Titles are no sources.
            for key in keys {
                if !matches!(key.kind, ExprKind::Str { .. } | ExprKind::Name(_)) {
                    self.expr(key);
                }
            }
            return;
        }
        if let (ExprKind::Variable("facts" | "::facts"), [key, ..]) = (base.kind, keys)
            && let ExprKind::Str { text, .. } | ExprKind::Name(text) = key.kind
        {
            self.top_scope(text, key.span, FACT);
            if let [_, part] = keys {
                self.part_of_fact(text, part);
            }
        }
        if let (ExprKind::Variable("os" | "::os"), [part]) = (base.kind, keys)
            && !self.is_own("os")
        {
            self.part_of_fact("os", part);
        }
        if let (ExprKind::Access(inner, [key]), [part]) = (base.kind, keys)
            && let ExprKind::Variable("facts" | "::facts") = inner.kind
            && let ExprKind::Str { text, .. } | ExprKind::Name(text) = key.kind
        {
            self.part_of_fact(text, part);
        }
        if let (ExprKind::Name(name), [key]) = (base.kind, keys)
            && matches!(key.kind, ExprKind::Str { .. } | ExprKind::Interpolated(_))
        {
            self.part_of_word(name, span);
        }
        self.expr(base);
        keys.iter().for_each(|key| self.expr(key));
    }

    /// `package['x']`: Puppet 4 and later take a part of a word by numbers alone.
    fn part_of_word(&mut self, name: &str, span: Span) {
        if self.settings.layout.names == Names::Relative {
            return;
        }
        let message = format!("`{name}[…]` is neither a resource nor a value");
        let mut problem = Problem::new("incompatible-value", message, span);
        problem.help =
            format!("write `{}[…]` for a resource, `${name}[…]` for a value", capitalised(name));
        self.out.problems.push(problem);
    }

    fn assign(&mut self, left: &Expr<'a>, right: &Expr<'a>) {
        let before = self.out.requires.len();
        self.expr(right);
        // `Class['a']` as a value is looked up only where a relationship uses it.
        let names = |own: &&mut Require| own.relation == Relation::Names;
        for require in self.out.requires[before..].iter_mut().filter(names) {
            require.strength = require.strength.min(Strength::Likely);
        }
        self.command_string(right);
        self.template_names(right);
        if let ExprKind::Variable(name) = left.kind {
            self.assigned_variable(name, left.span);
        }
        if let ExprKind::Array(entries) = left.kind {
            for entry in entries {
                if let ExprKind::Variable(name) = entry.kind {
                    self.assigned_variable(name, entry.span);
                }
            }
        }
    }

    /// Class scope names that old Puppet tries for a relative `name`, after the name itself. That
    /// a class means itself is left out: whoever writes `class { 'web': }` in `profile::web` means
    /// another one, which Puppet 4 and later find.
    pub fn relative_names(&self, name: &str) -> impl Iterator<Item = SmolStr> + use<'_, 'f, 'a> {
        let name = name.to_owned();
        let mut scope = match self.settings.layout.names {
            Names::Relative => self.scope.as_str(),
            Names::Absolute => "",
        };
        let own = scope;
        // A definition that names what it is called itself means another thing of that name: a type
        // that a module from elsewhere has.
        let means_other = own.rsplit("::").next() == Some(name.as_str());
        let all = std::iter::from_fn(move || {
            if scope.is_empty() {
                return None;
            }
            let candidate = SmolStr::from(format!("{scope}::{name}"));
            let outer = scope.rsplit_once("::").filter(|_| !means_other);
            scope = outer.map_or("", |(outer, _)| outer);
            Some(candidate)
        });
        all.filter(move |candidate| candidate != own)
    }

    /// How a reference to a resource of `ty` titled `title` is written.
    pub fn resource_name(ty: &str, title: &NamePattern) -> NamePattern {
        let head = capitalised(&canonical(ty));
        let title = title.prepend(&format!("{head}["));
        let close = crate::facts::Piece::Text("]".into());
        NamePattern::from_pieces(title.pieces().into_iter().chain([close]))
    }
}
