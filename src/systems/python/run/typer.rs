//! Commands of typer: functions whose parameters are the command line.
//!
//! (Source: typer's tutorial, "CLI Arguments", "CLI Options", "Commands" and "SubCommands".)

use super::Run;
use super::click;
use crate::facts::{NamePattern, Param, Span};
use crate::systems::python::parser::{Library, Parsed, Parser};
use crate::systems::python::value::{Args, Value, span_of};
use ruff_python_ast::{Expr, Operator, ParameterWithDefault, Stmt, StmtClassDef, StmtFunctionDef};
use smol_str::SmolStr;
use std::rc::Rc;

/// How deep annotations are followed.
const DEPTH: u32 = 8;

/// Types whose parameters take one word.
const ONE_WORD: &[&str] = &[
    "str",
    "int",
    "float",
    "bytes",
    "pathlib.Path",
    "pathlib.PurePath",
    "uuid.UUID",
    "datetime.datetime",
    "typer.FileText",
    "typer.FileTextWrite",
    "typer.FileBinaryRead",
    "typer.FileBinaryWrite",
];

/// What an annotation says of a parameter.
#[derive(Debug, Clone, PartialEq)]
enum Type {
    /// A switch with an opposite.
    Bool,
    /// One word.
    Word,
    /// One of these words.
    OneOf(Vec<SmolStr>),
    /// Any number of words, or of flags with one word each.
    Many(Vec<SmolStr>),
    /// So many words.
    Tuple(usize),
    /// typer passes it itself.
    Context,
    /// It may be anything, another name for a whole declaration too.
    Unknown,
}

/// `typer.Option(…)`, `typer.Argument(…)`.
struct Info<'a> {
    positional: bool,
    args: Args<'a>,
}

impl<'a> Run<'a> {
    /// `typer.Typer(…)`.
    pub(super) fn typer_app(&mut self, args: &Args<'a>, at: Span) -> Value<'a> {
        let mut app = Parser::new(Library::Typer, at, self.branches);
        app.open = args.open || args.keyword("callback").is_some() || args.keyword("cls").is_some();
        app.completes = !args.is_false("add_completion");
        app.stops_at_positional = true;
        app.name = args.get("name", 0).and_then(Value::text).cloned().unwrap_or_default();
        let help = click::settings(&mut app, args);
        click::add_help(&mut app, args, &help);
        self.parsers.push(app);
        Value::Parser(self.parsers.len() - 1)
    }

    /// `typer.run(function)`.
    pub(super) fn typer_run(&mut self, function: &'a StmtFunctionDef) -> Value<'a> {
        let ix = self.typer_command(function, &Args::default(), span_of(function));
        self.run_command(ix)
    }

    /// Whether `callee` is `app.command` or `app.callback`: the app, and whether it is the
    /// callback.
    pub(super) fn typer_maker(&self, callee: &Value<'a>) -> Option<(usize, bool)> {
        let Value::Bound(app, name) = callee else { return None };
        let Value::Parser(ix) = app.as_ref() else { return None };
        let is_app = self.parsers.get(*ix)?.library == Library::Typer;
        match name.as_str() {
            "command" if is_app => Some((*ix, false)),
            "callback" if is_app => Some((*ix, true)),
            _ => None,
        }
    }

    /// Notes a function that is decorated with `@app.command()` or `@app.callback()`.
    pub(super) fn define_typer(
        &mut self,
        function: &'a StmtFunctionDef,
        decorators: &[(Value<'a>, Args<'a>, &'a Expr)],
    ) {
        let plain = |callee: &Value<'a>| match callee {
            Value::Imported(name) => click::adds_nothing(super::call::last(name)),
            _ => false,
        };
        let mut made = None;
        for (callee, args, expr) in decorators {
            let Some((app, callback)) = self.typer_maker(callee) else { continue };
            if callback {
                let ix = self.typer_command(function, args, span_of(*expr));
                let own = self.parsers.pop().filter(|_| ix + 1 == self.parsers.len() + 1);
                if let (Some(own), Some(app)) = (own, self.parsers.get_mut(app)) {
                    app.function = Some(function);
                    app.open |= own.open;
                    app.inherit(own.params, Vec::new());
                }
                continue;
            }
            // Under several names it is one command.
            let ix = match made {
                Some(ix) => ix,
                None => self.typer_command(function, args, span_of(*expr)),
            };
            made = Some(ix);
            let name = match args.get("name", 0) {
                Some(Value::None) | None => Some(command_name(&function.name)),
                Some(name) => name.text().cloned(),
            };
            match name {
                Some(name) => self.parsers[app].subcommands.push((name, ix)),
                None => self.parsers[app].open = true,
            }
        }
        let is_maker = |run: &Self, callee| run.typer_maker(callee).is_some();
        let strange = decorators.iter().any(|(own, ..)| !is_maker(self, own) && !plain(own));
        if let Some(ix) = made.filter(|_| strange) {
            self.parsers[ix].open = true;
        }
    }

    /// `app.add_typer(other, name='x')`.
    pub(super) fn add_typer(&mut self, app: usize, args: &Args<'a>) {
        let other = match args.get("typer_instance", 0) {
            Some(Value::Parser(other)) => *other,
            _ => usize::MAX,
        };
        let is_app = |own: &Parser<'_>| own.library == Library::Typer;
        if other == app || !self.parsers.get(other).is_some_and(is_app) || args.open {
            self.parsers[app].open = true;
            return;
        }
        self.parsers[other].attached = true;
        // Without a name, versions of typer differ.
        let name = match args.keyword("name") {
            None => Some(self.parsers[other].name.clone()).filter(|name| !name.is_empty()),
            Some(name) => name.text().cloned(),
        };
        match name {
            Some(name) if self.parsers[app].subcommands.len() < super::PARSERS => {
                self.parsers[app].subcommands.push((name, other));
            }
            _ => self.parsers[app].open = true,
        }
    }

    /// `app()`.
    pub(super) fn run_typer(&mut self, app: usize) -> Value<'a> {
        let own = &mut self.parsers[app];
        if own.parsed != Parsed::No {
            return Value::Unknown;
        }
        // One command alone is the program.
        let alone = own.function.is_none() && !own.open;
        let command = match own.subcommands.as_slice() {
            [(_, only)] if alone => *only,
            _ => app,
        };
        if self.parsers[command].library == Library::Typer {
            // A group below it makes it a group.
            self.complete(app);
            return self.run_command(app);
        }
        let completes = self.parsers[app].completes;
        self.parsers[app].subcommands.clear();
        self.parsers[command].completes = completes;
        self.complete(command);
        self.run_command(command)
    }

    /// Adds what prints and installs the shell's completion.
    fn complete(&mut self, ix: usize) {
        let own = &mut self.parsers[ix];
        if std::mem::take(&mut own.completes) {
            own.add_builtin(&["--install-completion"]);
            own.add_builtin(&["--show-completion"]);
            // Some versions take a shell's name.
            let builtin = |param: &Param| param.name.ends_with("-completion");
            let own = own.params.iter_mut().filter(|param| builtin(&param.param));
            own.for_each(|own| own.param.values = None);
        }
    }

    /// The parser that a function's parameters are.
    fn typer_command(&mut self, function: &'a StmtFunctionDef, args: &Args<'a>, at: Span) -> usize {
        // Commands are click's; only apps are typer's.
        let mut parser = Parser::new(Library::Click, at, self.branches);
        parser.function = Some(function);
        parser.attached = true;
        parser.open = args.open || args.keyword("cls").is_some();
        let help = click::settings(&mut parser, args);
        let parameters = &function.parameters;
        parser.open |= parameters.vararg.is_some() || parameters.kwarg.is_some();
        let ordered = parameters.posonlyargs.iter().chain(&parameters.args);
        for parameter in ordered.chain(&parameters.kwonlyargs) {
            self.typer_parameter(&mut parser, parameter);
        }
        click::add_help(&mut parser, args, &help);
        self.parsers.push(parser);
        self.parsers.len() - 1
    }

    fn typer_parameter(&mut self, parser: &mut Parser<'a>, parameter: &'a ParameterWithDefault) {
        let name = &parameter.parameter.name;
        let span = span_of(name);
        let annotation = parameter.parameter.annotation.as_deref();
        self.muted += 1;
        let (ty, inner) = annotation.map_or((Type::Word, None), |own| self.annotated(own));
        let default = parameter.default.as_deref();
        let outer = default.and_then(|default| self.info(default));
        self.muted -= 1;
        if ty == Type::Context {
            return;
        }
        // Another name for `Annotated[…]` may say anything.
        parser.open |= ty == Type::Unknown && outer.is_none();
        // In `Annotated[…]` the default stands with the parameter, elsewhere it comes first.
        let (default, skipped) = match &outer {
            Some(info) => {
                let keyword = info.args.keywords.iter().find(|(name, ..)| name == "default");
                let first = info.args.positional.first().and_then(|(_, expr)| *expr);
                (keyword.map_or(first, |(_, _, expr)| *expr), 1)
            }
            None => (default, 0),
        };
        let is_outer = outer.is_some();
        let info = outer.or(inner);
        let default = default.filter(|default| !default.is_ellipsis_literal_expr());
        let positional = match &info {
            Some(info) => info.positional,
            None => default.is_none(),
        };
        let given = info.map(|info| info.args).unwrap_or_default();
        parser.open |= given.open;
        let other = ["default_factory", "envvar", "prompt"];
        let other = other.iter().any(|name| given.keyword(name).is_some()) || given.open;
        let names = given.positional.into_iter().skip(if is_outer { skipped } else { 0 });
        let mut names: Vec<(Value<'a>, Option<&'a Expr>)> = names.collect();
        if positional {
            // An argument has no other spelling.
            names = vec![(text(name, span), None)];
        } else {
            if names.is_empty() {
                let flag = command_name(name);
                let flag = match ty {
                    Type::Bool => format!("--{flag}/--no-{flag}"),
                    _ => format!("--{flag}"),
                };
                names.push((text(&flag, span), None));
            }
            names.push((text(name, span), None));
        }
        let mut made = Args { positional: names, ..Args::default() };
        let mut add = |name: &str, value, expr| made.keywords.push((name.into(), value, expr));
        let counts = matches!(
            given.keywords.iter().find(|(name, ..)| name == "count"),
            Some((_, Value::Bool(true), _))
        );
        if counts {
            add("count", Value::Bool(true), None);
        } else if ty == Type::Bool && !positional {
            add("is_flag", Value::Bool(true), None);
        }
        let own = given.keywords.iter().find(|(name, ..)| name == "click_type");
        let any_case = matches!(
            given.keywords.iter().find(|(name, ..)| name == "case_sensitive"),
            Some((_, Value::Bool(false), _))
        );
        let choices = |choices: &[SmolStr]| {
            let known = if any_case { &[][..] } else { choices };
            match known {
                [] => Value::Imported("str".into()),
                known => Value::List(Rc::new(known.iter().map(|own| text(own, span)).collect())),
            }
        };
        let value = match (&ty, own) {
            (_, Some((_, value @ Value::List(_), _))) => value.clone(),
            (Type::OneOf(known) | Type::Many(known), _) => choices(known),
            (Type::Tuple(count), _) => Value::List(Rc::new(vec![Value::Unknown; *count])),
            _ => Value::Unknown,
        };
        add("type", value, annotation);
        if matches!(ty, Type::Many(_)) && positional {
            add("nargs", Value::Int(-1), None);
        } else if ty == Type::Unknown {
            add("nargs", Value::Unknown, None);
        }
        match default {
            Some(default) => {
                self.muted += 1;
                let value = self.evaluate(default);
                self.muted -= 1;
                add("default", value, Some(default));
                add("required", Value::Bool(false), None);
            }
            None => add("required", Value::Bool(!other), None),
        }
        let sort = if positional { click::Sort::Argument } else { click::Sort::Option };
        click::add(parser, &made, sort, self.source, span);
    }

    /// `typer.Option(…)` or `typer.Argument(…)`.
    fn info(&mut self, expr: &'a Expr) -> Option<Info<'a>> {
        let Expr::Call(call) = expr else { return None };
        let Value::Imported(name) = self.evaluate(&call.func) else { return None };
        let positional = match name.as_str() {
            "typer.Option" | "typer.params.Option" => false,
            "typer.Argument" | "typer.params.Argument" => true,
            _ => return None,
        };
        Some(Info { positional, args: self.arguments(call) })
    }

    /// The type that an annotation means, and the declaration in it.
    fn annotated(&mut self, expr: &'a Expr) -> (Type, Option<Info<'a>>) {
        if let Expr::Subscript(subscript) = expr
            && let Value::Imported(name) = self.evaluate(&subscript.value)
            && super::call::last(&name) == "Annotated"
            && let Expr::Tuple(parts) = subscript.slice.as_ref()
            && let [ty, more @ ..] = parts.elts.as_slice()
        {
            let info = more.iter().find_map(|own| self.info(own));
            // What is computed may be a declaration too.
            let ty = if info.is_some() { self.type_of(ty, 0) } else { Type::Unknown };
            return (ty, info);
        }
        (self.type_of(expr, 0), None)
    }

    fn type_of(&mut self, expr: &'a Expr, depth: u32) -> Type {
        if depth > DEPTH {
            return Type::Unknown;
        }
        match expr {
            // `X | None`.
            Expr::BinOp(operation) if operation.op == Operator::BitOr => {
                match (operation.left.as_ref(), operation.right.as_ref()) {
                    (own, Expr::NoneLiteral(_)) | (Expr::NoneLiteral(_), own) => {
                        self.type_of(own, depth + 1)
                    }
                    _ => Type::Unknown,
                }
            }
            Expr::Subscript(subscript) => {
                let Value::Imported(name) = self.evaluate(&subscript.value) else {
                    return Type::Unknown;
                };
                let inside: &'a Expr = &subscript.slice;
                match super::call::last(&name) {
                    "Optional" => self.type_of(inside, depth + 1),
                    "List" | "list" => match self.type_of(inside, depth + 1) {
                        Type::OneOf(choices) => Type::Many(choices),
                        Type::Unknown => Type::Unknown,
                        _ => Type::Many(Vec::new()),
                    },
                    "Tuple" | "tuple" => match inside {
                        Expr::Tuple(parts)
                            if !parts.elts.iter().any(Expr::is_ellipsis_literal_expr) =>
                        {
                            Type::Tuple(parts.elts.len())
                        }
                        _ => Type::Unknown,
                    },
                    "Literal" => {
                        let parts = match inside {
                            Expr::Tuple(parts) => parts.elts.as_slice(),
                            one => std::slice::from_ref(one),
                        };
                        let words: Vec<Value<'a>> =
                            parts.iter().map(|part| self.evaluate(part)).collect();
                        Type::OneOf(crate::systems::python::declare::literals(&words))
                    }
                    _ => Type::Unknown,
                }
            }
            _ => match self.evaluate(expr) {
                Value::Imported(name) => match name.as_str() {
                    "bool" => Type::Bool,
                    "typer.Context" | "click.Context" | "typer.CallbackParam" => Type::Context,
                    name if ONE_WORD.contains(&name) => Type::Word,
                    _ => Type::Unknown,
                },
                Value::Class(class) => self.enumeration(class),
                _ => Type::Unknown,
            },
        }
    }

    /// The values of `class Kind(str, Enum)`.
    fn enumeration(&mut self, class: &'a StmtClassDef) -> Type {
        let bases = class.arguments.as_ref().map_or(&[][..], |bases| &bases.args);
        let is_enum = bases.iter().any(|base| match self.evaluate(base) {
            Value::Imported(name) => matches!(super::call::last(&name), "Enum" | "StrEnum"),
            _ => false,
        });
        if !is_enum {
            return Type::Unknown;
        }
        let mut values = Vec::new();
        for stmt in &class.body {
            if let Stmt::Assign(assign) = stmt {
                values.push(self.evaluate(&assign.value));
            }
        }
        Type::OneOf(crate::systems::python::declare::literals(&values))
    }
}

fn text<'a>(text: &str, span: Span) -> Value<'a> {
    Value::Text(NamePattern::exact(SmolStr::new(text)), span)
}

fn command_name(name: &str) -> SmolStr {
    name.to_lowercase().replace('_', "-").into()
}
