//! Plain variables that a class, a defined type or a function reads and does not set.
//!
//! A body is one scope, and each lambda in it another one inside of it; branches are none. A
//! variable that something asks about (`if $x`, `pick($x, …)`) may be there or not, and is left
//! out. (Source: Puppet's manual, "Scope" and "Lambdas".)

use super::every_scope;
use crate::facts::{Span, is_slip, nearest_of};
use crate::syntax::puppet::ast::{
    Call, Definition, DefinitionKind, Expr, ExprKind, Parameter, Part,
};
use crate::syntax::puppet::children;
use rustc_hash::FxHashSet;

/// Functions that are asked whether a variable is there, or do without it.
const ASKING: [&str; 9] = [
    "any2array",
    "defined",
    "defined_with_params",
    "empty",
    "getvar",
    "pick",
    "pick_default",
    "size",
    "unique",
];

/// Functions that say something and do nothing.
const TELLING: [&str; 8] = ["alert", "crit", "debug", "err", "fail", "info", "notice", "warning"];

/// Functions that fail where they are handed nothing: what they go through, or declare.
const NEEDING: [&str; 13] = [
    "all",
    "any",
    "contain",
    "create_resources",
    "each",
    "filter",
    "include",
    "map",
    "reduce",
    "require",
    "reverse_each",
    "slice",
    "step",
];

/// A variable that a definition has from scopes around it.
#[derive(Clone, Copy)]
pub(super) struct Free<'a> {
    pub name: &'a str,
    /// Its first place.
    pub span: Span,
    /// Whether Puppet 4 and later refuse the catalogue where there is no such variable.
    pub need: Need,
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Need {
    /// It is then empty.
    None,
    /// A title, what is gone through or has elements, or a part of a text.
    Value,
}

/// The variables that `definition` reads and does not set.
pub(super) fn free<'a>(definition: &Definition<'a>) -> Vec<Free<'a>> {
    let mut reads = Reads::default();
    reads.scope(definition.params, definition.body);
    let Reads { mut free, asked, .. } = reads;
    // What a resource is declared with, a defined type reads.
    let given = |name: &str| {
        definition.kind == DefinitionKind::Define && super::builtin::is_metaparameter(name)
    };
    // What asks for almost a parameter means the parameter.
    let is_slip_of_own = |name: &str| definition.params.iter().any(|own| is_slip(name, own.name));
    free.retain(|own| (!asked.contains(own.name) || is_slip_of_own(own.name)) && !given(own.name));
    let mut first: Vec<Free<'a>> = Vec::new();
    for own in free {
        match first.iter_mut().find(|known| known.name == own.name) {
            Some(known) if known.need < own.need => *known = own,
            Some(_) => {}
            None => first.push(own),
        }
    }
    first
}

/// The variables that the top of a manifest and its nodes read and do not set.
pub(super) fn free_at_top<'a>(body: &[Expr<'a>]) -> Vec<Free<'a>> {
    let mut reads = Reads::default();
    reads.scope(&[], body);
    let Reads { mut free, asked, .. } = reads;
    let mut seen = FxHashSet::default();
    free.retain(|own| !asked.contains(own.name) && seen.insert(own.name));
    free
}

/// Places of variables in a body that something cannot do without.
pub(super) fn needed(body: &[Expr<'_>]) -> FxHashSet<Span> {
    let mut reads = Reads::default();
    reads.scope(&[], body);
    reads.needed
}

/// Whether a call asks whether a variable is there, or does without it.
pub(super) fn is_asking(call: &Call<'_>) -> bool {
    matches!(call.callee.kind, ExprKind::Name(name)
        if ASKING.contains(&name) || name.starts_with("is_"))
}

#[derive(Default)]
struct Reads<'a> {
    /// What the scopes around a place set, the innermost last.
    scopes: Vec<FxHashSet<&'a str>>,
    free: Vec<Free<'a>>,
    /// Names that something asks about.
    asked: FxHashSet<&'a str>,
    /// Places of variables that something cannot do without.
    needed: FxHashSet<Span>,
    /// Places of texts that name one of several sources.
    spared: FxHashSet<Span>,
    /// Whether what is read is a message alone.
    told: bool,
}

impl<'a> Reads<'a> {
    fn scope(&mut self, params: &[Parameter<'a>], body: &[Expr<'a>]) {
        let mut own: FxHashSet<&'a str> = params.iter().map(|param| param.name).collect();
        body.iter().for_each(|statement| sets(statement, &mut own));
        self.scopes.push(own);
        // A default that is another scope's variable was a way to take settings of the top scope:
        // only a slip for another parameter is none.
        for param in params {
            let before = self.free.len();
            param.default.into_iter().for_each(|default| self.expr(default));
            let others = || params.iter().map(|own| own.name).filter(|own| *own != param.name);
            let is_slip = |name: &str| {
                matches!(name, "true" | "false" | "undef") || nearest_of(name, others()).is_some()
            };
            let defaults = self.free.split_off(before);
            self.free.extend(defaults.into_iter().filter(|own| is_slip(own.name)));
        }
        body.iter().for_each(|statement| self.expr(statement));
        self.scopes.pop();
    }

    fn variable(&mut self, name: &'a str, span: Span) {
        let plain = name.starts_with(|first: char| first.is_ascii_lowercase() || first == '_');
        let known = || self.scopes.iter().any(|own| own.contains(name)) || every_scope::has(name);
        if plain && !name.contains(':') && !known() {
            let need = if self.needed.contains(&span) { Need::Value } else { Need::None };
            self.free.push(Free { name, span, need });
        }
    }

    /// Notes the variables that a condition, or what does without them, asks about.
    fn asks(&mut self, expr: &Expr<'a>) {
        match expr.kind {
            ExprKind::Variable(name) => drop(self.asked.insert(name)),
            // `defined('$x')`, `getvar('x')`.
            ExprKind::Str { text, .. } => {
                self.asked.insert(text.strip_prefix('$').unwrap_or(text));
            }
            _ => children(expr, &mut |inner| self.asks(inner)),
        }
    }

    /// Notes a variable that stands alone where there has to be a value.
    fn needs(&mut self, expr: &Expr<'a>) {
        match expr.kind {
            ExprKind::Variable(_) => drop(self.needed.insert(expr.span)),
            ExprKind::Paren(inner) => self.needs(inner),
            ExprKind::Array(entries) => entries.iter().for_each(|entry| self.needs(entry)),
            _ => {}
        }
    }

    /// Notes the names in a list of sources that another follows: the first that is there is taken.
    fn spares(&mut self, source: &Expr<'a>) {
        match source.kind {
            ExprKind::Array([first @ .., _]) => {
                self.spared.extend(first.iter().map(|own| own.span))
            }
            ExprKind::Selector(_, entries) => {
                entries.iter().for_each(|(_, value)| self.spares(value));
            }
            ExprKind::Paren(inner) => self.spares(inner),
            _ => {}
        }
    }

    fn call(&mut self, call: &Call<'a>, receiver: Option<&Expr<'a>>) {
        let all = || receiver.into_iter().chain(call.args);
        if let ExprKind::Name(name) = call.callee.kind {
            if is_asking(call) {
                all().for_each(|arg| self.asks(arg));
            }
            // The first argument of that one is a type.
            let skipped = usize::from(name == "create_resources");
            if NEEDING.contains(&name) {
                all().skip(skipped).take(1).for_each(|arg| self.needs(arg));
            }
        }
        receiver.into_iter().for_each(|own| self.expr(own));
        self.expr(&call.callee);
        let told = self.told;
        self.told |= matches!(call.callee.kind, ExprKind::Name(name) if TELLING.contains(&name));
        call.args.iter().for_each(|arg| self.expr(arg));
        self.told = told;
        if let Some(lambda) = call.lambda {
            self.scope(lambda.params, lambda.body);
        }
    }

    fn expr(&mut self, expr: &Expr<'a>) {
        match expr.kind {
            ExprKind::Variable(name) => self.variable(name, expr.span),
            ExprKind::If(node) => self.asks(&node.test),
            ExprKind::Case(subject, _) | ExprKind::Selector(subject, _) => self.asks(subject),
            // The idiom by which a module takes a setting of the top scope.
            ExprKind::Assign(_, left, right) => {
                if let (ExprKind::Variable(own), ExprKind::Variable(other)) =
                    (left.kind, right.kind)
                    && other.strip_suffix(own).is_some_and(|head| head.ends_with('_'))
                {
                    self.asks(right);
                }
            }
            ExprKind::Resource(resource) => {
                for body in resource.bodies {
                    self.needs(&body.title);
                    let sources = body.attributes.iter().filter(|own| own.name == "source");
                    sources.for_each(|own| self.spares(&own.value));
                }
                if matches!(resource.ty.kind, ExprKind::Name("notify")) {
                    let told = std::mem::replace(&mut self.told, true);
                    children(expr, &mut |inner| self.expr(inner));
                    self.told = told;
                    return;
                }
            }
            ExprKind::Interpolated(parts) if !self.told && !self.spared.contains(&expr.span) => {
                for part in parts {
                    if let Part::Expr(inner) = part {
                        self.needs(inner);
                    }
                }
            }
            // Nothing has no elements. (Source: `AccessOperator` of Puppet 4 to 8, "Operator '[]' is
            // not applicable to an Undef Value"; it passes over an unset title of a reference.)
            ExprKind::Access(receiver, _) => self.needs(receiver),
            ExprKind::Call(call) => return self.call(call, None),
            ExprKind::MethodCall(receiver, call) => return self.call(call, Some(receiver)),
            ExprKind::Definition(_) => return,
            _ => {}
        }
        children(expr, &mut |inner| self.expr(inner));
    }
}

/// Adds the variables that an expression sets in the scope that it stands in.
fn sets<'a>(expr: &Expr<'a>, own: &mut FxHashSet<&'a str>) {
    match expr.kind {
        ExprKind::Assign(_, left, right) => {
            assigned(left, own);
            sets(right, own);
        }
        ExprKind::Call(call) => call.args.iter().for_each(|arg| sets(arg, own)),
        ExprKind::MethodCall(receiver, call) => {
            sets(receiver, own);
            call.args.iter().for_each(|arg| sets(arg, own));
        }
        _ => children(expr, &mut |inner| sets(inner, own)),
    }
}

/// `$x`, `[$x, $y]`, `{ 'x' => $y }`.
fn assigned<'a>(left: &Expr<'a>, own: &mut FxHashSet<&'a str>) {
    match left.kind {
        ExprKind::Variable(name) => drop(own.insert(name)),
        _ => children(left, &mut |inner| assigned(inner, own)),
    }
}
