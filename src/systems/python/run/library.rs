//! Methods of parsers, groups and other known objects.

use super::Run;
use crate::facts::Group;
use crate::systems::python::declare::{Reached, declare};
use crate::systems::python::parser::{Library, Parsed, Parser};
use crate::systems::python::value::{Args, Value, span_of};
use ruff_python_ast::{Expr, ExprCall};
use smol_str::SmolStr;
use std::rc::Rc;

impl<'a> Run<'a> {
    /// `RECEIVER.NAME(ARGS)`.
    pub(super) fn call_bound(
        &mut self,
        receiver: Value<'a>,
        name: &SmolStr,
        args: Args<'a>,
        expr: &'a Expr,
        call: &'a ExprCall,
    ) -> Value<'a> {
        match (receiver, name.as_str()) {
            (Value::Parser(ix) | Value::Group(ix, _) | Value::Subparsers(ix), _)
                if ix >= self.parsers.len() =>
            {
                Value::Unknown
            }
            (Value::Parser(ix), name) if self.parsers[ix].library == Library::Typer => {
                match name {
                    "add_typer" => self.add_typer(ix, &args),
                    // `app.command()(function)`.
                    _ => self.parsers[ix].open = true,
                }
                Value::Unknown
            }
            (Value::Parser(ix), name) => self.parser_method(ix, None, name, args, expr),
            (Value::Group(ix, group), name) => self.parser_method(ix, group, name, args, expr),
            (Value::Subparsers(ix), "add_parser") => self.add_parser(ix, &args, expr),
            (Value::Function(group), "add_command") => {
                self.add_command(group, &args);
                Value::None
            }
            (Value::Function(command), "main") => {
                let start = span_of(command).start as usize;
                match self.commands.get(&start) {
                    Some(command) => self.run_command(*command),
                    None => Value::Unknown,
                }
            }
            (Value::Namespace(parser), "get") => {
                let key = args.positional.first().map_or(Value::Unknown, |(key, _)| key.clone());
                super::eval::item(Value::Namespace(parser), &key)
            }
            (Value::Dict(entries), name @ ("setdefault" | "update" | "pop" | "clear")) => {
                if let Some(changed) = changed(entries, name, args) {
                    self.rebind(call, changed);
                }
                Value::Unknown
            }
            (Value::Dict(entries), name) => self.ask_dict(entries, name, &args),
            (Value::List(list), "append" | "extend") => {
                let added =
                    args.positional.first().map_or(Value::Unknown, |(value, _)| value.clone());
                let joined = match (name.as_str(), added) {
                    ("append", value) => super::eval::joined(&list, &[value]),
                    (_, Value::List(more)) => super::eval::joined(&list, &more),
                    _ => Value::Unknown,
                };
                self.rebind(call, joined);
                Value::None
            }
            (Value::Text(text, span), "split") if args.positional.is_empty() => {
                let Some(text) = text.as_exact() else { return Value::Unknown };
                let words = text.split_whitespace();
                let words =
                    words.map(|word| Value::Text(crate::facts::NamePattern::exact(word), span));
                Value::List(Rc::new(words.collect()))
            }
            (Value::Text(..), _) => match crate::systems::python::fold::fold_string(expr, self) {
                Some(text) => Value::Text(text, span_of(expr)),
                None => Value::Unknown,
            },
            _ => {
                self.leak(&args);
                Value::Unknown
            }
        }
    }

    /// The variable whose method is called gets a new value.
    fn rebind(&mut self, call: &'a ExprCall, value: Value<'a>) {
        if let Expr::Attribute(attribute) = call.func.as_ref()
            && matches!(*attribute.value, Expr::Name(_))
        {
            self.bind(&attribute.value, value);
        }
    }

    /// A method that leaves a dictionary as it is.
    fn ask_dict(
        &mut self,
        entries: Rc<Vec<(Value<'a>, Value<'a>)>>,
        name: &str,
        args: &Args<'a>,
    ) -> Value<'a> {
        match name {
            "keys" => Value::List(Rc::new(entries.iter().map(|(key, _)| key.clone()).collect())),
            "values" => {
                Value::List(Rc::new(entries.iter().map(|(_, value)| value.clone()).collect()))
            }
            "items" | "iteritems" => {
                let pairs = entries
                    .iter()
                    .map(|(key, value)| Value::List(Rc::new(vec![key.clone(), value.clone()])));
                Value::List(Rc::new(pairs.collect()))
            }
            "get" => {
                let key = args.positional.first().map_or(Value::Unknown, |(key, _)| key.clone());
                match key {
                    Value::Flag(..) => self.chosen(&entries, &key),
                    key => super::eval::item(Value::Dict(entries), &key),
                }
            }
            _ => Value::Unknown,
        }
    }

    /// Whether the line that is being read is reached whenever this parser is made.
    pub(super) fn reached(&self, ix: usize) -> Reached {
        match self.branches > self.parsers[ix].branches {
            true => Reached::Perhaps,
            false => Reached::Always,
        }
    }

    fn parser_method(
        &mut self,
        ix: usize,
        group: Option<usize>,
        name: &str,
        args: Args<'a>,
        expr: &'a Expr,
    ) -> Value<'a> {
        let reached = self.reached(ix);
        match name {
            "add_argument" | "add_option" => self.add_argument(ix, group, &args, expr),
            "add_options" => {
                match args.positional.first() {
                    Some((Value::List(options), _)) => {
                        for option in options.iter() {
                            self.add_option(ix, option);
                        }
                    }
                    _ => self.parsers[ix].open = true,
                }
                Value::Unknown
            }
            "add_argument_group" => Value::Group(ix, group),
            "add_option_group" => match args.positional.first() {
                Some((value @ Value::Group(..), _)) => value.clone(),
                _ => Value::Group(ix, None),
            },
            "add_mutually_exclusive_group" => {
                let required = args.is_true("required") && reached == Reached::Always;
                self.parsers[ix].groups.push(Group { params: Vec::new(), required });
                Value::Group(ix, Some(self.parsers[ix].groups.len() - 1))
            }
            "add_subparsers" => {
                let dest = args.keyword("dest").and_then(Value::text);
                self.parsers[ix].dest = dest.cloned().unwrap_or_default();
                Value::Subparsers(ix)
            }
            "set_defaults" => {
                let own = &mut self.parsers[ix];
                let defaults = args.keywords.into_iter().map(|(name, value, _)| (name, value));
                if own.defaults.len() < super::PARSERS {
                    own.defaults.extend(defaults);
                }
                Value::None
            }
            "parse_args"
            | "parse_intermixed_args"
            | "parse_known_args"
            | "parse_known_intermixed_args" => {
                self.parse(ix, name.starts_with("parse_known"), &args)
            }
            "error" | "exit" => {
                self.exited = true;
                Value::None
            }
            "disable_interspersed_args" => {
                self.parsers[ix].stops_at_positional = true;
                Value::None
            }
            "__init__" => {
                self.configure(ix, &args);
                Value::None
            }
            "remove_option" => {
                match args.positional.first().and_then(|(name, _)| name.text()) {
                    Some(name) => {
                        self.parsers[ix].params.retain(|param| !param.param.is_called(name));
                    }
                    None => self.parsers[ix].open = true,
                }
                Value::None
            }
            "_add_action" | "_add_container_actions" => {
                self.parsers[ix].open = true;
                Value::Unknown
            }
            _ => Value::Unknown,
        }
    }

    /// `parser.add_argument(…)`, also of a group.
    fn add_argument(
        &mut self,
        ix: usize,
        group: Option<usize>,
        args: &Args<'a>,
        expr: &'a Expr,
    ) -> Value<'a> {
        let reached = self.reached(ix);
        if let Some((option @ Value::Option(_), _)) = args.positional.first() {
            self.add_option(ix, &option.clone());
            return Value::Unknown;
        }
        let added = declare(&mut self.parsers[ix], args, self.source, span_of(expr), reached);
        let group = group.and_then(|group| self.parsers[ix].groups.get_mut(group));
        if let (Some(added), Some(group)) = (added, group)
            && !group.params.contains(&added)
        {
            group.params.push(added);
        }
        Value::Unknown
    }

    /// `parser.parse_args(…)`; `known` where arguments that are not known are let through.
    fn parse(&mut self, ix: usize, known: bool, args: &Args<'a>) -> Value<'a> {
        let library = self.parsers[ix].library;
        let parsed = if known { Parsed::Known } else { Parsed::Yes };
        let own = &mut self.parsers[ix];
        own.parsed = own.parsed.max(parsed);
        let result = Value::Namespace(ix);
        if let Some((_, _, Some(target))) =
            args.keywords.iter().find(|(name, _, _)| name == "namespace")
            && matches!(target, Expr::Name(_))
        {
            self.bind(target, result.clone());
        }
        if known || library == Library::Optparse {
            Value::List(Rc::new(vec![result, Value::Unknown]))
        } else {
            result
        }
    }

    /// `subparsers.add_parser('name', aliases=['n'])`.
    fn add_parser(&mut self, parent: usize, args: &Args<'a>, expr: &'a Expr) -> Value<'a> {
        let mut sub = Parser::new(Library::Argparse, span_of(expr), self.branches);
        sub.prefix_chars = self.parsers[parent].prefix_chars.clone();
        self.parsers.push(sub);
        let ix = self.parsers.len() - 1;
        self.configure(ix, args);
        let aliases = match args.keyword("aliases") {
            None => Vec::new(),
            Some(Value::List(aliases)) => aliases.to_vec(),
            Some(_) => vec![Value::Unknown],
        };
        let name = args.get("name", 0).cloned().unwrap_or(Value::Unknown);
        for name in std::iter::once(name).chain(aliases) {
            match name.text() {
                Some(name) => self.parsers[parent].subcommands.push((name.clone(), ix)),
                None => self.parsers[parent].open = true,
            }
        }
        Value::Parser(ix)
    }
}

/// What a dictionary is after one of its methods changed it; `None` where it stays.
fn changed<'a>(
    entries: Rc<Vec<(Value<'a>, Value<'a>)>>,
    name: &str,
    args: Args<'a>,
) -> Option<Value<'a>> {
    let first = args.positional.first().map(|(value, _)| value.clone());
    let second = args.positional.get(1).map_or(Value::None, |(value, _)| value.clone());
    Some(match (name, first) {
        ("setdefault", Some(key)) => {
            let known =
                key.text().is_some() && entries.iter().any(|(own, _)| own.text() == key.text());
            if known {
                return None;
            }
            super::eval::with_entry(&entries, key, second)
        }
        ("update", None) if !args.open => {
            let mut changed = Value::Dict(entries);
            for (key, value, _) in args.keywords {
                if let Value::Dict(entries) = &changed {
                    changed = super::eval::with_entry(entries, super::eval::word(&key), value);
                }
            }
            changed
        }
        ("update", Some(Value::Dict(more))) => {
            let mut changed = Value::Dict(entries);
            for (key, value) in more.iter() {
                if let Value::Dict(entries) = &changed {
                    changed = super::eval::with_entry(entries, key.clone(), value.clone());
                }
            }
            changed
        }
        _ => Value::Unknown,
    })
}
