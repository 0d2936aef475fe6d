//! Calls: functions and methods of the file are entered, libraries are known by name.

use super::eval::Member;
use super::{CALLS, EFFECT_CALLS, End, Frame, Instance, Run};
use crate::facts::Span;
use crate::systems::python::parser::{Library, Parsed, Parser};
use crate::systems::python::value::{Args, Value, span_of};
use crate::systems::python::{docopt, getopt};
use ruff_python_ast::{Expr, ExprCall, StmtClassDef, StmtFunctionDef};
use rustc_hash::FxHashMap;
use smol_str::SmolStr;
use std::rc::Rc;

/// Built-in functions that do nothing outside the program.
pub(super) const PURE: &[&str] = &[
    "abs",
    "all",
    "any",
    "bool",
    "bytes",
    "callable",
    "chr",
    "dict",
    "dir",
    "divmod",
    "enumerate",
    "filter",
    "float",
    "format",
    "frozenset",
    "getattr",
    "globals",
    "hasattr",
    "hash",
    "hex",
    "id",
    "int",
    "isinstance",
    "issubclass",
    "iter",
    "len",
    "list",
    "locals",
    "long",
    "map",
    "max",
    "min",
    "next",
    "object",
    "oct",
    "ord",
    "pow",
    "print",
    "property",
    "range",
    "repr",
    "reversed",
    "round",
    "set",
    "setattr",
    "slice",
    "sorted",
    "str",
    "sum",
    "super",
    "tuple",
    "type",
    "unicode",
    "vars",
    "xrange",
    "zip",
];

/// Methods by which an object of unknown making shows itself as a parser.
const ADDERS: &[&str] = &[
    "add_argument",
    "add_argument_group",
    "add_mutually_exclusive_group",
    "add_subparsers",
    "add_option",
    "add_option_group",
];

/// Callees that a parser may be handed to without getting arguments.
const HARMLESS: &[&str] =
    &["autocomplete", "isinstance", "hasattr", "print", "id", "repr", "str", "len", "type"];

impl<'a> Run<'a> {
    pub(super) fn call(&mut self, expr: &'a Expr, call: &'a ExprCall) -> Value<'a> {
        if !self.step() {
            return Value::Unknown;
        }
        let callee = self.callee(&call.func);
        let args = self.arguments(call);
        // What ends the program inside an argument does so here too.
        let ended = std::mem::take(&mut self.exited);
        self.record(&callee, call, expr);
        let value = match callee {
            Value::Imported(name) => self.call_imported(&name, args, expr),
            Value::Function(function) => {
                match self.commands.get(&(span_of(function).start as usize)) {
                    Some(command) => self.run_command(*command),
                    None => self.call_function(function, None, args),
                }
            }
            Value::Method(this, function, class) => {
                self.call_function(function, Some((*this, class)), args)
            }
            Value::Class(class) => self.instantiate(class, args, span_of(expr)),
            Value::Flag(parser, dest) => {
                let targets = self.defaults(parser, &dest);
                match targets.as_slice() {
                    [] => self.leak(&args),
                    targets => self.dispatch(targets, &args),
                }
                Value::Unknown
            }
            Value::Chosen(targets) => {
                self.dispatch(&targets, &args);
                Value::Unknown
            }
            Value::Parser(ix) if self.parsers[ix].library == Library::Typer => self.run_typer(ix),
            Value::Bound(receiver, name) => self.call_bound(*receiver, &name, args, expr, call),
            _ => {
                self.leak(&args);
                Value::Unknown
            }
        };
        self.exited |= ended;
        value
    }

    /// What is called. An object of unknown making that arguments are added to is a parser.
    fn callee(&mut self, func: &'a Expr) -> Value<'a> {
        let Expr::Attribute(attribute) = func else { return self.evaluate(func) };
        let name = attribute.attr.as_str();
        let base = self.evaluate(&attribute.value);
        if ADDERS.contains(&name)
            && matches!(base, Value::Unknown | Value::Imported(_) | Value::None)
            && matches!(*attribute.value, Expr::Name(_) | Expr::Attribute(_))
        {
            let library =
                if name.contains("option") { Library::Optparse } else { Library::Argparse };
            let mut parser = Parser::new(library, span_of(&*attribute.value), self.branches);
            parser.open = true;
            self.parsers.push(parser);
            let parser = Value::Parser(self.parsers.len() - 1);
            self.bind(&attribute.value, parser.clone());
            return Value::Bound(Box::new(parser), name.into());
        }
        self.attribute(base, name)
    }

    /// Runs a function of the file.
    pub(super) fn call_function(
        &mut self,
        function: &'a StmtFunctionDef,
        this: Option<(Value<'a>, &'a StmtClassDef)>,
        args: Args<'a>,
    ) -> Value<'a> {
        let start = span_of(function).start as usize;
        if self.frames.len() >= CALLS
            || self.frames.iter().any(|frame| frame.function == start)
            || !self.step()
        {
            self.leak(&args);
            return Value::Unknown;
        }
        let is_static = function.decorator_list.iter().any(|decorator| {
            matches!(&decorator.expression, Expr::Name(name) if name.id.as_str() == "staticmethod")
        });
        let parameters = &function.parameters;
        let mut locals: FxHashMap<&'a str, Value<'a>> = FxHashMap::default();
        let mut given = args.positional.into_iter().map(|(value, _)| value);
        let this_value = this.as_ref().filter(|_| !is_static).map(|(value, _)| value.clone());
        let mut given: Vec<Value<'a>> = this_value.into_iter().chain(given.by_ref()).collect();
        let rest =
            given.split_off(given.len().min(parameters.posonlyargs.len() + parameters.args.len()));
        let mut given = given.into_iter();
        let mut keywords = args.keywords;
        let ordered = parameters.posonlyargs.iter().chain(&parameters.args);
        let count = parameters.posonlyargs.len() + parameters.args.len();
        for (ix, parameter) in ordered.chain(&parameters.kwonlyargs).enumerate() {
            let name = parameter.parameter.name.as_str();
            let by_position = if ix < count { given.next() } else { None };
            let by_name = keywords.iter().position(|(own, _, _)| own == name);
            let by_name = by_name.map(|ix| keywords.remove(ix).1);
            let value = match by_position.or(by_name) {
                Some(value) => value,
                None if args.open => Value::Unknown,
                None => match parameter.default.as_deref() {
                    Some(default) => self.evaluate(default),
                    None => Value::Unknown,
                },
            };
            locals.insert(name, value);
        }
        if let Some(vararg) = &parameters.vararg {
            let value = if args.open { Value::Unknown } else { Value::List(Rc::new(rest)) };
            locals.insert(vararg.name.as_str(), value);
        }
        if let Some(kwarg) = &parameters.kwarg {
            let entries =
                keywords.into_iter().map(|(name, value, _)| (super::eval::word(&name), value));
            let value =
                if args.open { Value::Unknown } else { Value::Dict(Rc::new(entries.collect())) };
            locals.insert(kwarg.name.as_str(), value);
        }
        let frame = Frame { locals, function: start, this, ..Frame::default() };
        self.frames.push(frame);
        self.entered.insert(start);
        let again = !self.shown.insert((start, self.under()));
        let quiet = again || self.frames.len() > EFFECT_CALLS;
        self.muted += u32::from(quiet);
        let before = self.guards.len();
        let end = self.block(&function.body);
        self.exited = end == End::Exits;
        let added = self.guards.split_off(before.min(self.guards.len()));
        self.guards.extend(added.into_iter().filter(|guard| guard.exits));
        self.muted -= u32::from(quiet);
        let frame = self.frames.pop();
        frame.and_then(|frame| frame.returned).unwrap_or(Value::Unknown)
    }

    /// Makes an object of a class of the file.
    fn instantiate(&mut self, class: &'a StmtClassDef, args: Args<'a>, at: Span) -> Value<'a> {
        let this = match self.library_of(class, 0) {
            Some((library, known)) => {
                let mut parser = Parser::new(library, at, self.branches);
                parser.open = !known;
                parser.class = Some(class);
                self.parsers.push(parser);
                Value::Parser(self.parsers.len() - 1)
            }
            None => {
                self.instances.push(Instance { class, attributes: FxHashMap::default() });
                Value::Instance(self.instances.len() - 1)
            }
        };
        match (self.member(class, "__init__", 0), &this) {
            (Some((Member::Function(function), class)), _) => {
                self.call_function(function, Some((this.clone(), class)), args);
            }
            (_, Value::Parser(ix)) => self.configure(*ix, &args),
            _ => self.leak(&args),
        }
        this
    }

    /// Whether objects of `class` are parsers, and whether all that they add is in sight.
    fn library_of(&mut self, class: &'a StmtClassDef, depth: u32) -> Option<(Library, bool)> {
        let bases = class.arguments.as_ref().map_or(&[][..], |bases| &bases.args);
        bases.iter().find_map(|base| match self.evaluate(base) {
            Value::Imported(name) => parser_class(&name),
            Value::Class(base) if depth < 6 => self.library_of(base, depth + 1),
            _ => None,
        })
    }

    /// Applies the constructor's arguments.
    pub(super) fn configure(&mut self, ix: usize, args: &Args<'a>) {
        let inherited: Vec<Option<usize>> = match args.keyword("parents") {
            None => Vec::new(),
            Some(Value::List(parents)) => parents.iter().map(Value::parser).collect(),
            Some(_) => vec![None],
        };
        let options = match args.keyword("option_list") {
            Some(Value::List(options)) => options.to_vec(),
            Some(Value::None) | None => Vec::new(),
            Some(_) => vec![Value::Unknown],
        };
        self.parsers[ix].configure(args);
        for parent in inherited {
            match parent.filter(|parent| *parent != ix) {
                Some(parent) => {
                    let from = &self.parsers[parent];
                    let (params, groups, open) =
                        (from.params.clone(), from.groups.clone(), from.open);
                    let subcommands = from.subcommands.clone();
                    self.parsers[ix].inherit(params, groups);
                    self.parsers[ix].open |= open;
                    if self.parsers[ix].subcommands.len() < super::PARSERS {
                        self.parsers[ix].subcommands.extend(subcommands);
                    }
                }
                None => self.parsers[ix].open = true,
            }
        }
        for option in options {
            self.add_option(ix, &option);
        }
    }

    /// Adds what `make_option()` made.
    pub(super) fn add_option(&mut self, ix: usize, option: &Value<'a>) {
        let reached = self.reached(ix);
        match option {
            Value::Option(args) => {
                let at = self.parsers[ix].span;
                crate::systems::python::declare::declare(
                    &mut self.parsers[ix],
                    args,
                    self.source,
                    at,
                    reached,
                );
            }
            _ => self.parsers[ix].open = true,
        }
    }

    /// Arguments that go where the file does not show: a parser among them may get any
    /// argument there, unless it was used already.
    pub(super) fn leak(&mut self, args: &Args<'a>) {
        for value in args.values() {
            if let Some(parser) = value.parser().and_then(|ix| self.parsers.get_mut(ix))
                && parser.parsed == Parsed::No
            {
                parser.open = true;
            }
        }
    }

    /// A library's function, or a built-in one.
    fn call_imported(&mut self, name: &str, args: Args<'a>, expr: &'a Expr) -> Value<'a> {
        if let Some((library, known)) = parser_class(name) {
            let mut parser = Parser::new(library, span_of(expr), self.branches);
            parser.open = !known;
            self.parsers.push(parser);
            let ix = self.parsers.len() - 1;
            self.configure(ix, &args);
            return Value::Parser(ix);
        }
        if ends_program(name) {
            self.exited = true;
            return Value::Unknown;
        }
        let first = args.positional.first().map(|(value, _)| value.clone());
        let second = args.positional.get(1).map(|(value, _)| value.clone());
        match (name, first) {
            ("optparse.OptionGroup" | "OptionGroup", Some(Value::Parser(ix))) => {
                Value::Group(ix, None)
            }
            ("optparse.make_option" | "make_option" | "optparse.Option", _) => {
                Value::Option(Rc::new(args))
            }
            ("vars" | "copy.copy", Some(value @ Value::Namespace(_))) => value,
            ("getattr", Some(value @ Value::Namespace(_))) => {
                super::eval::item(value, &second.unwrap_or(Value::Unknown))
            }
            ("list" | "tuple" | "sorted" | "set" | "frozenset", Some(value)) => {
                super::eval::elements(&value)
                    .map_or(Value::Unknown, |list| Value::List(Rc::new(list)))
            }
            ("collections.OrderedDict" | "OrderedDict", Some(value @ Value::Dict(_))) => value,
            ("dict", None) if !args.open => {
                let entries = args.keywords.into_iter();
                let entries = entries.map(|(name, value, _)| (super::eval::word(&name), value));
                Value::Dict(Rc::new(entries.collect()))
            }
            ("getopt.getopt" | "getopt.gnu_getopt" | "gnu_getopt", _) => {
                let order = match name.ends_with("gnu_getopt") {
                    true => getopt::Order::Any,
                    false => getopt::Order::FlagsFirst,
                };
                self.parsers.push(getopt::parser(&args, span_of(expr), order, self.branches));
                Value::List(Rc::new(vec![Value::Unknown, Value::Unknown]))
            }
            ("docopt.docopt" | "docopt", _) => self.docopt(&args, span_of(expr)),
            ("typer.Typer" | "typer.main.Typer", _) => self.typer_app(&args, span_of(expr)),
            ("typer.run", Some(Value::Function(function))) => self.typer_run(function),
            (name, _) if super::absl::is_flags(name) => {
                self.absl_call(name, &args, span_of(expr));
                Value::Unknown
            }
            ("range" | "xrange", _) => range(&args),
            (name, Some(value @ Value::List(_)))
                if name.ends_with("click.Choice") && !args.is_false("case_sensitive") =>
            {
                value
            }
            ("super", first) => {
                let Some((this, class)) = self.frames.last().and_then(|frame| frame.this.clone())
                else {
                    return Value::Unknown;
                };
                match first {
                    Some(Value::Class(class)) => Value::Super(Box::new(this), class),
                    _ => Value::Super(Box::new(this), class),
                }
            }
            ("setuptools.setup" | "distutils.core.setup" | "setup", _) => {
                self.setup = Some(args);
                Value::Unknown
            }
            (name, first) => self.call_unread(name, first, &args),
        }
    }

    /// `docopt(__doc__)`.
    fn docopt(&mut self, args: &Args<'a>, at: Span) -> Value<'a> {
        let text = args.get("doc", 0).or_else(|| args.keyword("docstring"));
        let parser = match text {
            Some(Value::Text(text, literal)) if text.as_exact().is_some() => {
                let text = text.as_exact().map(SmolStr::as_str).unwrap_or_default();
                docopt::parser(text, *literal, at, self.source, self.branches)
            }
            _ => return Value::Unknown,
        };
        self.parsers.push(parser);
        Value::Namespace(self.parsers.len() - 1)
    }

    /// A function that nothing here reads.
    fn call_unread(&mut self, name: &str, first: Option<Value<'a>>, args: &Args<'a>) -> Value<'a> {
        let last = name.rsplit('.').next().unwrap_or(name);
        if matches!(last, "__init__")
            && parser_class(name.trim_end_matches(".__init__")).is_some()
            && let Some(Value::Parser(ix)) = first
        {
            // `ArgumentParser.__init__(self, …)`.
            self.configure(ix, args);
            return Value::None;
        }
        if !HARMLESS.contains(&last) {
            self.leak(args);
        }
        if name == "absl.app.run" || name == "google.apputils.app.run" {
            self.parse_absl();
        }
        // `app.run(main)`, `curses.wrapper(main)`.
        if matches!(last, "run" | "wrapper")
            && let Some(Value::Function(function)) = args.positional.first().map(|(value, _)| value)
        {
            return self.call_function(function, None, Args::default());
        }
        Value::Unknown
    }
}

/// Whether `name` is a parser's class, and whether it is the library's own.
fn parser_class(name: &str) -> Option<(Library, bool)> {
    let last = name.rsplit('.').next().unwrap_or(name);
    match last {
        "ArgumentParser" => {
            Some((Library::Argparse, matches!(name, "argparse.ArgumentParser" | "ArgumentParser")))
        }
        "OptionParser" => {
            Some((Library::Optparse, matches!(name, "optparse.OptionParser" | "OptionParser")))
        }
        _ => None,
    }
}

/// Functions that do not return.
pub(super) fn ends_program(name: &str) -> bool {
    matches!(name, "sys.exit" | "exit" | "quit" | "os._exit" | "os.abort")
}

/// `range(…)` of literals.
fn range<'a>(args: &Args<'a>) -> Value<'a> {
    let ints = args.positional.iter().map(|(value, _)| match value {
        Value::Int(int) => Some(*int),
        _ => None,
    });
    let Some(ints) = ints.collect::<Option<Vec<i64>>>() else { return Value::Unknown };
    let (from, to, step) = match ints.as_slice() {
        [to] => (0, *to, 1),
        [from, to] => (*from, *to, 1),
        [from, to, step] if *step > 0 => (*from, *to, *step),
        _ => return Value::Unknown,
    };
    let Ok(step) = usize::try_from(step) else { return Value::Unknown };
    let values: Vec<Value<'a>> =
        (from..to).step_by(step).take(super::TURNS * 4).map(Value::Int).collect();
    if values.len() == super::TURNS * 4 { Value::Unknown } else { Value::List(Rc::new(values)) }
}

/// Keeps the name of a callee for those who read it.
pub(super) fn last(name: &SmolStr) -> &str {
    name.rsplit('.').next().unwrap_or(name)
}
