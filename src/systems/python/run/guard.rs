//! Which flag or sub-command a condition asks for.

use super::Run;
use crate::facts::Passed;
use crate::systems::python::parser::{Declared, Stores};
use crate::systems::python::value::Value;
use ruff_python_ast::{BoolOp, CmpOp, Expr, Pattern, StmtMatch, UnaryOp};
use smol_str::SmolStr;
use std::rc::Rc;

/// What holds wherever the statements run that run now.
#[derive(Debug, Clone)]
pub(super) struct Guard {
    /// What.
    pub holds: Holds,
    /// It comes from an early exit, so that it holds for whatever is called later.
    pub exits: bool,
}

/// What a condition asks for.
#[derive(Debug, Clone)]
pub(super) enum Holds {
    /// A flag.
    Flag(SmolStr, Passed),
    /// One of these sub-commands, by the number of their parser.
    Commands(Rc<[usize]>),
}

/// How a test comes out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Outcome {
    True,
    False,
}

impl<'a> Run<'a> {
    /// What must hold where `test` comes out so. Nothing where it asks for no flag,
    /// or for more than one alternative.
    pub(super) fn condition(&mut self, test: &'a Expr, outcome: Outcome) -> Vec<Guard> {
        let mut found = Vec::new();
        self.muted += 1;
        self.asks(test, outcome == Outcome::True, 0, &mut found);
        self.muted -= 1;
        found.into_iter().map(|holds| Guard { holds, exits: false }).collect()
    }

    /// `match SUBJECT: case 'a': …`.
    pub(super) fn cases(&mut self, stmt: &'a StmtMatch) {
        let subject = self.evaluate(&stmt.subject);
        let mut missed: Vec<Guard> = Vec::new();
        for case in &stmt.cases {
            let mut guards = missed.clone();
            if let Pattern::MatchValue(pattern) = &case.pattern {
                self.muted += 1;
                let value = self.peek(&pattern.value);
                self.muted -= 1;
                let of = |run: &Self, truth| {
                    let holds = run.compares(CmpOp::Eq, &subject, &value, truth);
                    holds.map(|holds| Guard { holds, exits: false })
                };
                guards.extend(of(self, true));
                if case.guard.is_none() {
                    missed.extend(of(self, false));
                }
            }
            self.branch(&case.body, &guards);
        }
    }

    /// The value of a side of a condition, which was evaluated before: nothing is called
    /// again but what reads a flag.
    fn peek(&mut self, expr: &'a Expr) -> Value<'a> {
        let reads = match expr {
            Expr::Call(call) => match call.func.as_ref() {
                Expr::Name(name) => name.id.as_str() == "getattr",
                Expr::Attribute(attribute) => attribute.attr.as_str() == "get",
                _ => false,
            },
            _ => {
                expr.is_name_expr()
                    || expr.is_attribute_expr()
                    || expr.is_subscript_expr()
                    || expr.is_literal_expr()
                    || is_literals(expr)
            }
        };
        if reads { self.evaluate(expr) } else { Value::Unknown }
    }

    fn asks(&mut self, test: &'a Expr, truth: bool, depth: u32, out: &mut Vec<Holds>) {
        if depth > 20 {
            return;
        }
        match test {
            Expr::UnaryOp(operation) if operation.op == UnaryOp::Not => {
                self.asks(&operation.operand, !truth, depth + 1, out);
            }
            // Only where all of them hold does each of them hold.
            Expr::BoolOp(operation) if (operation.op == BoolOp::And) == truth => {
                for value in &operation.values {
                    self.asks(value, truth, depth + 1, out);
                }
            }
            Expr::BoolOp(operation) => {
                // Alternatives that are all sub-commands.
                let mut any: Vec<usize> = Vec::new();
                for value in &operation.values {
                    let mut one = Vec::new();
                    self.asks(value, truth, depth + 1, &mut one);
                    let [Holds::Commands(commands)] = one.as_slice() else { return };
                    any.extend(
                        commands
                            .iter()
                            .filter(|command| !any.contains(command))
                            .copied()
                            .collect::<Vec<_>>(),
                    );
                }
                out.push(Holds::Commands(any.into()));
            }
            Expr::Compare(compare) => {
                let ([operator], [right]) = (compare.ops.as_ref(), compare.comparators.as_ref())
                else {
                    return;
                };
                let left = self.peek(&compare.left);
                let right = self.peek(right);
                out.extend(self.compares(*operator, &left, &right, truth));
            }
            Expr::Call(call) => match (call.func.as_ref(), call.arguments.args.as_ref()) {
                (Expr::Name(name), [value]) if matches!(name.id.as_str(), "bool" | "len") => {
                    self.asks(value, truth, depth + 1, out);
                }
                _ => {
                    let value = self.peek(test);
                    out.extend(self.holds(&value, truth));
                }
            },
            _ => {
                let value = self.peek(test);
                out.extend(self.holds(&value, truth));
            }
        }
    }

    /// `if VALUE:`.
    fn holds(&self, value: &Value<'a>, truth: bool) -> Option<Holds> {
        if self.subcommands(value).is_some() {
            return (!truth).then(|| Holds::Commands(Rc::new([])));
        }
        let declared = self.declared(value)?;
        match declared.stores {
            Stores::False => Some(named(declared, !truth)),
            Stores::True | Stores::Value if declared.is_false_by_default() => {
                Some(named(declared, truth))
            }
            _ => None,
        }
    }

    fn compares(
        &self,
        operator: CmpOp,
        left: &Value<'a>,
        right: &Value<'a>,
        truth: bool,
    ) -> Option<Holds> {
        let (value, other) = match (left, right) {
            (Value::Flag(..), other) | (other, Value::Flag(..)) => {
                let value = if matches!(left, Value::Flag(..)) { left } else { right };
                (value, other)
            }
            _ => return None,
        };
        if let Some(parent) = self.subcommands(value) {
            let outcome = if truth { Outcome::True } else { Outcome::False };
            return self.names(parent, operator, other, outcome);
        }
        let declared = self.declared(value)?;
        let (equal, truth) = match operator {
            CmpOp::Eq | CmpOp::Is => (true, truth),
            CmpOp::NotEq | CmpOp::IsNot => (true, !truth),
            CmpOp::In => (false, truth),
            CmpOp::NotIn => (false, !truth),
            CmpOp::Gt if matches!(other, Value::Int(0)) && declared.is_false_by_default() => {
                return Some(named(declared, truth));
            }
            _ => (false, truth),
        };
        if !equal {
            // `in` and the orders say something only where they hold, and not of what a
            // default may be.
            return (truth && declared.is_false_by_default()).then(|| named(declared, true));
        }
        let default = declared.param.default.as_str();
        let is_default = match other {
            Value::None => matches!(default, "" | "None") && declared.stores == Stores::Value,
            Value::Bool(value) => match declared.stores {
                Stores::True => !value,
                Stores::False => *value,
                Stores::Value => default == if *value { "True" } else { "False" },
            },
            Value::Int(int) => default == int.to_string(),
            Value::Text(text, _) => {
                let text = text.as_exact()?;
                let inner = default.trim_matches(['\'', '"']);
                default.len() == text.len() + 2 && inner == text
            }
            _ => return None,
        };
        if is_default {
            Some(named(declared, !truth))
        } else {
            // A value that is not the default must have been passed.
            truth.then(|| named(declared, true))
        }
    }

    /// The flag whose value this is, where passing it is the caller's choice.
    fn declared(&self, value: &Value<'a>) -> Option<&Declared> {
        let Value::Flag(parser, dest) = value else { return None };
        let declared = self.find(*parser, dest)?;
        (!declared.param.required).then_some(declared)
    }

    /// What stores `dest`, in the parser or a sub-command of it.
    fn find(&self, parser: usize, dest: &str) -> Option<&Declared> {
        let mut waiting = vec![parser];
        let mut next = 0;
        while let Some(own) = waiting.get(next).and_then(|ix| self.parsers.get(*ix)) {
            next += 1;
            if let Some(found) = own.params.iter().find(|declared| declared.dest == dest) {
                return Some(found);
            }
            for (_, sub) in &own.subcommands {
                if !waiting.contains(sub) {
                    waiting.push(*sub);
                }
            }
        }
        None
    }
}

fn named(declared: &Declared, passed: bool) -> Holds {
    Holds::Flag(declared.param.name.clone(), if passed { Passed::Yes } else { Passed::No })
}

/// `('a', 'b')`.
fn is_literals(expr: &Expr) -> bool {
    let elements = match expr {
        Expr::Tuple(tuple) => &tuple.elts,
        Expr::List(list) => &list.elts,
        Expr::Set(set) => &set.elts,
        _ => return false,
    };
    elements.iter().all(Expr::is_literal_expr)
}
