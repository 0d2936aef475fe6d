//! Variables that a class or a defined type reads before it assigns them.
//!
//! A body is read from its beginning to its end, and its branches are no scopes: what every
//! assignment stands behind is not set by then. Lambdas are left out, and what something asks
//! about. (Source: Puppet's manual, "Variables": "assignments are evaluation-order dependent".)

use super::reads;
use super::walk::Walk;
use crate::extract::Names;
use crate::facts::{Ref, Span, Strength, kinds};
use crate::syntax::puppet::ast::{Definition, Expr, ExprKind};
use crate::syntax::puppet::children;
use rustc_hash::{FxHashMap, FxHashSet};
use smallvec::smallvec;

/// How a read is told that Puppet 4 and later refuse.
pub(super) const NEEDED: &str = "variable that is needed";

impl<'a> Walk<'_, '_, 'a> {
    pub fn early_variables(&mut self, definition: &Definition<'a>) {
        // A class that is inherited may have it.
        if definition.parent.is_some() {
            return;
        }
        let found = early(definition);
        if found.is_empty() {
            return;
        }
        let needed = reads::needed(definition.body);
        for (name, span) in found {
            let fails = self.settings.layout.names == Names::Absolute && needed.contains(&span);
            let via = if fails { NEEDED } else { "variable" };
            let name = format!("{}::{name}", self.scope);
            let target = Ref::exact(kinds::PUPPET_EARLY_VARIABLE, name);
            self.require(smallvec![target], span, via, Strength::Guarded);
        }
    }
}

/// The first read of each variable that stands before all of its assignments.
fn early<'a>(definition: &Definition<'a>) -> Vec<(&'a str, Span)> {
    let mut all = Early::default();
    definition.body.iter().for_each(|own| all.assignments(own));
    for param in definition.params {
        all.first.remove(param.name);
    }
    if all.first.is_empty() {
        return Vec::new();
    }
    definition.body.iter().for_each(|own| all.reads(own));
    let Early { mut found, asked, .. } = all;
    let mut seen = FxHashSet::default();
    found.retain(|(name, _)| !asked.contains(name) && seen.insert(*name));
    found
}

#[derive(Default)]
struct Early<'a> {
    /// The first statement that assigns each.
    first: FxHashMap<&'a str, Span>,
    /// Those that something asks about before.
    asked: FxHashSet<&'a str>,
    found: Vec<(&'a str, Span)>,
}

impl<'a> Early<'a> {
    fn assignments(&mut self, expr: &Expr<'a>) {
        match expr.kind {
            ExprKind::Assign(_, left, right) => {
                self.assigned(left, expr.span);
                self.assignments(right);
            }
            // What a lambda sets is its own.
            ExprKind::Call(call) => call.args.iter().for_each(|own| self.assignments(own)),
            ExprKind::MethodCall(receiver, call) => {
                self.assignments(receiver);
                call.args.iter().for_each(|own| self.assignments(own));
            }
            _ => children(expr, &mut |inner| self.assignments(inner)),
        }
    }

    fn assigned(&mut self, left: &Expr<'a>, whole: Span) {
        match left.kind {
            ExprKind::Variable(name) => drop(self.first.entry(name).or_insert(whole)),
            _ => children(left, &mut |inner| self.assigned(inner, whole)),
        }
    }

    fn is_before(&self, name: &str, span: Span) -> bool {
        self.first.get(name).is_some_and(|first| span.end <= first.start)
    }

    fn asks(&mut self, expr: &Expr<'a>) {
        match expr.kind {
            ExprKind::Variable(name) if self.is_before(name, expr.span) => {
                self.asked.insert(name);
            }
            // `defined('$x')`, `getvar('x')`.
            ExprKind::Str { text, .. } => {
                let name = text.strip_prefix('$').unwrap_or(text);
                if self.is_before(name, expr.span) {
                    self.asked.insert(name);
                }
            }
            _ => children(expr, &mut |inner| self.asks(inner)),
        }
    }

    fn reads(&mut self, expr: &Expr<'a>) {
        match expr.kind {
            ExprKind::Variable(name) if self.is_before(name, expr.span) => {
                self.found.push((name, expr.span));
            }
            ExprKind::If(node) => self.asks(&node.test),
            ExprKind::Case(subject, _) | ExprKind::Selector(subject, _) => self.asks(subject),
            ExprKind::Call(call) => {
                if reads::is_asking(call) {
                    call.args.iter().for_each(|own| self.asks(own));
                }
                return call.args.iter().for_each(|own| self.reads(own));
            }
            ExprKind::MethodCall(receiver, call) => {
                if reads::is_asking(call) {
                    self.asks(receiver);
                }
                self.reads(receiver);
                return call.args.iter().for_each(|own| self.reads(own));
            }
            ExprKind::Assign(_, left, right) => {
                if !matches!(left.kind, ExprKind::Variable(_) | ExprKind::Array(_)) {
                    self.reads(left);
                }
                return self.reads(right);
            }
            _ => {}
        }
        children(expr, &mut |inner| self.reads(inner));
    }
}
