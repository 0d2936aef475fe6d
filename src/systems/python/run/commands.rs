//! Sub-commands of argparse: which of them runs a function, and what each of them does.
//!
//! (Source: the library reference of argparse, "Sub-commands" and `set_defaults`.)

use super::Run;
use super::call::ends_program;
use super::guard::{Guard, Holds, Outcome};
use crate::facts::{Effect, Passed};
use crate::systems::python::fold::dotted;
use crate::systems::python::value::{Args, Value, span_of};
use ruff_python_ast::{CmpOp, Expr, ExprCall};
use smol_str::SmolStr;
use std::rc::Rc;

/// Under what something happens: the sub-commands and the flag.
pub(super) type Under = (Option<Rc<[usize]>>, Option<(SmolStr, bool)>);

impl<'a> Run<'a> {
    /// Notes what the program does.
    pub(super) fn record(&mut self, callee: &Value<'a>, call: &'a ExprCall, expr: &'a Expr) {
        if self.muted > 0 || is_quiet(callee) {
            return;
        }
        let Some(what) = dotted(&call.func).filter(|what| !only_tells(what)) else { return };
        let span = span_of(expr);
        let under = self.under();
        if !self.seen.insert((span, under.clone())) {
            return;
        }
        let (owners, flag) = under;
        let passed = |passed| if passed { Passed::Yes } else { Passed::No };
        let guard = flag.map(|(flag, own)| (flag, passed(own)));
        let effect = Effect { what, guard, span };
        let Some(owners) = owners else { return self.effects.push(effect) };
        for owner in owners.iter() {
            if let Some(parser) = self.parsers.get_mut(*owner) {
                parser.effects.push(effect.clone());
            }
        }
    }

    /// Under what that happens which runs now.
    pub(super) fn under(&self) -> Under {
        let flags = self.guards.iter().rev().filter_map(|guard| match &guard.holds {
            Holds::Flag(flag, passed) => Some((flag.clone(), *passed == Passed::Yes)),
            Holds::Commands(_) => None,
        });
        let commands = self.guards.iter().filter_map(|guard| match &guard.holds {
            Holds::Commands(commands) => Some(commands.clone()),
            Holds::Flag(..) => None,
        });
        let both = |all: Rc<[usize]>, more: Rc<[usize]>| {
            let below = |own: &usize, of: &[usize]| of.iter().any(|top| self.is_below(*own, *top));
            let first = all.iter().filter(|own| below(own, &more));
            let second = more.iter().filter(|own| !all.contains(own) && below(own, &all));
            first.chain(second).copied().collect()
        };
        (commands.reduce(both), { flags }.next())
    }

    /// Whether `parser` is `top` or a sub-command of it.
    fn is_below(&self, parser: usize, top: usize) -> bool {
        self.tree(top).contains(&parser)
    }

    /// `top` and all sub-commands of it.
    pub(super) fn tree(&self, top: usize) -> Vec<usize> {
        let mut waiting = vec![top];
        let mut next = 0;
        while let Some(own) = waiting.get(next).and_then(|ix| self.parsers.get(*ix)) {
            next += 1;
            for (_, sub) in &own.subcommands {
                if !waiting.contains(sub) {
                    waiting.push(*sub);
                }
            }
        }
        waiting
    }

    /// The parser whose sub-command's name `value` is.
    pub(super) fn subcommands(&self, value: &Value<'a>) -> Option<usize> {
        let Value::Flag(parser, dest) = value else { return None };
        let tree = self.tree(*parser);
        let named = |ix: &usize| self.parsers.get(*ix).is_some_and(|parser| parser.dest == *dest);
        let declared = |ix: &usize| {
            self.parsers
                .get(*ix)
                .is_some_and(|parser| parser.params.iter().any(|param| param.dest == *dest))
        };
        // Where several levels store their name under one, it is the last one's.
        let mut found = tree.iter().copied().filter(named);
        let only = found.next().filter(|_| !dest.is_empty() && found.next().is_none());
        only.filter(|_| !tree.iter().any(declared))
    }

    /// `args.command == 'start'`, `args.command in ('start', 'stop')`.
    pub(super) fn names(
        &self,
        parent: usize,
        operator: CmpOp,
        other: &Value<'a>,
        outcome: Outcome,
    ) -> Option<Holds> {
        let truth = outcome == Outcome::True;
        let (is_list, truth) = match operator {
            CmpOp::Eq | CmpOp::Is => (false, truth),
            CmpOp::NotEq | CmpOp::IsNot => (false, !truth),
            CmpOp::In => (true, truth),
            CmpOp::NotIn => (true, !truth),
            _ => return None,
        };
        let wanted: Vec<&SmolStr> = match other {
            Value::None if !is_list => {
                // Called without one.
                return truth.then(|| Holds::Commands(Rc::new([])));
            }
            Value::List(list) if is_list => list.iter().map(Value::text).collect::<Option<_>>()?,
            other if !is_list => vec![other.text()?],
            _ => return None,
        };
        let own = self.parsers.get(parent).filter(|parser| !parser.open)?;
        let chosen = own.subcommands.iter().filter(|(name, _)| wanted.contains(&name) == truth);
        let mut chosen: Vec<usize> = chosen.map(|(_, sub)| *sub).collect();
        chosen.dedup();
        if !truth {
            // Under its other name it is the same one.
            let hit = |sub: &usize| {
                own.subcommands.iter().any(|(name, of)| of == sub && wanted.contains(&name))
            };
            chosen.retain(|sub| !hit(sub));
        }
        Some(Holds::Commands(chosen.into()))
    }

    /// `{'start': start, 'stop': stop}[args.command]`.
    pub(super) fn chosen(&self, entries: &[(Value<'a>, Value<'a>)], key: &Value<'a>) -> Value<'a> {
        let Some(parent) = self.subcommands(key) else { return Value::Unknown };
        let subs = self.parsers.get(parent).map_or(&[][..], |own| own.subcommands.as_slice());
        let found = entries.iter().flat_map(|(key, value)| {
            let own = subs.iter().filter(move |(name, _)| key.text() == Some(name));
            own.map(move |(_, sub)| (*sub, value.clone()))
        });
        Value::Chosen(Rc::new(found.collect()))
    }

    /// What sub-commands left by `set_defaults()` in the value that is called.
    pub(super) fn defaults(&self, parser: usize, dest: &str) -> Vec<(usize, Value<'a>)> {
        let of = |ix: usize| {
            let own = self.parsers.get(ix)?.defaults.iter().rev();
            own.filter(|(name, _)| name == dest).map(|(_, value)| value.clone()).next()
        };
        // The innermost one's counts.
        let inner =
            |ix: &usize| !self.tree(*ix).iter().any(|below| below != ix && of(*below).is_some());
        let subs = self.tree(parser).into_iter().skip(1).filter(inner);
        subs.filter_map(|ix| Some((ix, of(ix)?))).collect()
    }

    /// Runs for each sub-command its function.
    pub(super) fn dispatch(&mut self, targets: &[(usize, Value<'a>)], args: &Args<'a>) {
        // All arguments are read by now, so that the rest must not use up what they need.
        let outer = !std::mem::replace(&mut self.dispatching, true);
        if outer {
            std::mem::swap(&mut self.steps, &mut self.spare.0);
            std::mem::swap(&mut self.fuel, &mut self.spare.1);
        }
        for (sub, target) in targets {
            let before = self.guards.len();
            self.guards.push(Guard { holds: Holds::Commands(Rc::new([*sub])), exits: false });
            match target {
                Value::Function(function) => {
                    self.call_function(function, None, args.clone());
                }
                Value::Method(this, function, class) => {
                    let this = (this.as_ref().clone(), *class);
                    self.call_function(function, Some(this), args.clone());
                }
                _ => {}
            }
            self.guards.truncate(before);
            self.exited = false;
        }
        if outer {
            std::mem::swap(&mut self.steps, &mut self.spare.0);
            std::mem::swap(&mut self.fuel, &mut self.spare.1);
            self.dispatching = false;
        }
    }
}

/// Whether it writes to a log, or only looks at a path.
fn only_tells(what: &str) -> bool {
    let mut owners = what.split('.').rev().skip(1);
    owners.any(|owner| {
        matches!(owner, "log" | "logger" | "logging" | "LOG" | "LOGGER" | "_log" | "_logger")
    }) || what.starts_with("os.path.")
}

/// Whether calling it does nothing that others notice.
fn is_quiet(callee: &Value<'_>) -> bool {
    const LIBRARIES: &[&str] =
        &["argparse.", "optparse.", "click.", "typer.", "getopt.", "absl.", "gflags.", "docopt."];
    match callee {
        Value::Imported(name) => {
            super::call::PURE.contains(&name.as_str())
                || ends_program(name)
                || LIBRARIES.iter().any(|library| name.starts_with(library))
                || matches!(name.as_str(), "ArgumentParser" | "OptionParser" | "OptionGroup")
        }
        Value::Bound(..) | Value::Flag(..) | Value::Parser(_) | Value::Chosen(_) => true,
        _ => false,
    }
}
