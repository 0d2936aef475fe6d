//! Conditions that test whether something exists: `defined(…)`, and what they guard.
//!
//! A guard guards what it tests, by name or by the module of that name, and nothing else:
//! `if defined(Class['nginx'])` says nothing of a class or file of another module.

use crate::facts::{Ref, kinds};
use crate::syntax::puppet::ast::{BinaryOp, Call, Expr, ExprKind, UnaryOp};
use smol_str::SmolStr;

/// What the conditions around a place test.
#[derive(Debug, Default)]
pub(super) struct Guards {
    /// First segments of the tested names; empty for a test of something that is computed,
    /// which may guard anything.
    tested: Vec<SmolStr>,
}

/// How a condition comes out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Outcome {
    Holds,
    Fails,
}

impl Outcome {
    /// The other one.
    pub fn opposite(self) -> Self {
        match self {
            Self::Holds => Self::Fails,
            Self::Fails => Self::Holds,
        }
    }
}

impl Guards {
    /// One that guards everything.
    pub fn of_everything() -> Self {
        Self { tested: vec![SmolStr::default()] }
    }

    pub fn is_empty(&self) -> bool {
        self.tested.is_empty()
    }

    pub fn len(&self) -> usize {
        self.tested.len()
    }

    pub fn truncate(&mut self, len: usize) {
        self.tested.truncate(len);
    }

    /// Guards everything from here on.
    pub fn all(&mut self) {
        self.tested.push(SmolStr::default());
    }

    /// Adds what a condition tests: what exists where it comes out so.
    pub fn learn(&mut self, test: &Expr<'_>, outcome: Outcome) {
        let negated = outcome == Outcome::Fails;
        match test.kind {
            ExprKind::Call(call) if !negated && is_test(call) => {
                call.args.iter().for_each(|arg| self.tests(arg));
            }
            ExprKind::MethodCall(receiver, call) if !negated && is_test(call) => {
                self.tests(receiver);
            }
            // `if file_exists("${people}/${login}.pp")`: what is there is named as it may be.
            ExprKind::Call(call) if !negated && asks_for_file(call) => self.all(),
            // An environment of that name is another checkout, with modules of its own.
            ExprKind::Binary(BinaryOp::Equal, left, right)
                if !negated
                    && (is_other_environment(left, right) || is_other_environment(right, left)) =>
            {
                self.all();
            }
            ExprKind::Unary(UnaryOp::Not, inner) => self.learn(inner, outcome.opposite()),
            ExprKind::Paren(inner) => self.learn(inner, outcome),
            ExprKind::Binary(BinaryOp::And | BinaryOp::Or, left, right) => {
                self.learn(left, outcome);
                self.learn(right, outcome);
            }
            _ => {}
        }
    }

    fn tests(&mut self, arg: &Expr<'_>) {
        match arg.kind {
            ExprKind::Str { text, .. } | ExprKind::Name(text) | ExprKind::TypeRef(text) => {
                self.tested.push(segment(text));
            }
            ExprKind::Access(base, keys) => match (base.kind, keys) {
                (ExprKind::TypeRef("Class"), keys) => keys.iter().for_each(|key| self.tests(key)),
                (ExprKind::TypeRef(ty), _) => self.tested.push(segment(ty)),
                _ => self.all(),
            },
            ExprKind::Hash(_) => {}
            _ => self.all(),
        }
    }

    /// Whether one of them guards a reference.
    pub fn cover(&self, any_of: &[Ref]) -> bool {
        if self.tested.is_empty() {
            return false;
        }
        any_of.iter().any(|target| {
            let separator = match target.kind {
                kinds::PUPPET_CLASS
                | kinds::PUPPET_DEFINE
                | kinds::PUPPET_TYPE
                | kinds::PUPPET_FUNCTION
                | kinds::PUPPET_DATATYPE
                | kinds::PUPPET_VARIABLE => "::",
                kinds::PUPPET_FILES | kinds::PUPPET_TEMPLATE => "/",
                // Resources, keys, packages: whatever is tested may bring them.
                _ => return true,
            };
            let own = target.name.prefix().split(separator).next().unwrap_or_default();
            own.is_empty() || self.tested.iter().any(|tested| tested.is_empty() || tested == own)
        })
    }
}

/// `$environment == 'name'`, of any environment but the one that every tree may be.
fn is_other_environment(variable: &Expr<'_>, name: &Expr<'_>) -> bool {
    let asks = matches!(variable.kind, ExprKind::Variable("environment" | "::environment"));
    asks && matches!(name.kind, ExprKind::Str { text, .. } if text != "production")
}

fn is_test(call: &Call<'_>) -> bool {
    matches!(call.callee.kind, ExprKind::Name("defined" | "defined_with_params"))
}

/// Whether a call asks if a file is there. (Sources: Puppet's function reference, `find_file`,
/// `find_template`; boxen's module, `file_exists`.)
fn asks_for_file(call: &Call<'_>) -> bool {
    matches!(call.callee.kind, ExprKind::Name("file_exists" | "find_file" | "find_template"))
}

/// The module of a name, in lower case.
fn segment(name: &str) -> SmolStr {
    // `defined('$x')` tests a variable.
    let name = name.trim_start_matches(['$', ':']);
    name.split("::").next().unwrap_or(name).to_ascii_lowercase().into()
}
