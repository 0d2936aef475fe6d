//! Commands of click: functions whose decorators declare the parameters.
//!
//! (Source: click's documentation of options, arguments, commands and groups.)

use super::Run;
use super::guard::{Guard, Holds};
use crate::facts::{Arity, Param, Span};
use crate::systems::python::declare::literals;
use crate::systems::python::parser::{Declared, Library, Parsed, Parser, Stores};
use crate::systems::python::value::{Args, Value, span_of};
use ruff_python_ast::{Expr, StmtFunctionDef};
use smol_str::SmolStr;
use std::rc::Rc;

/// Decorators that add no parameter.
const PLAIN: &[&str] = &[
    "pass_context",
    "pass_obj",
    "wraps",
    "cache",
    "lru_cache",
    "contextmanager",
    "with_appcontext",
    "log_options",
];

impl<'a> Run<'a> {
    /// The value of a function's definition; notes a command of click.
    pub(super) fn define(&mut self, function: &'a StmtFunctionDef) -> Value<'a> {
        let value = Value::Function(function);
        if !self.has_commands || function.decorator_list.is_empty() || self.is_cut() {
            return value;
        }
        let mut decorators: Vec<(Value<'a>, Args<'a>, &'a Expr)> = Vec::new();
        self.muted += 1;
        for decorator in &function.decorator_list {
            let expr = &decorator.expression;
            let (func, args) = match expr {
                Expr::Call(call) => (call.func.as_ref(), self.arguments(call)),
                _ => (expr, Args::default()),
            };
            decorators.push((self.evaluate(func), args, expr));
        }
        self.muted -= 1;
        if decorators.iter().any(|(callee, ..)| self.typer_maker(callee).is_some()) {
            self.define_typer(function, &decorators);
            return value;
        }
        let made = decorators.iter().find_map(|(callee, args, expr)| {
            let parent = match callee {
                Value::Bound(parent, name) if is_maker(name) => match parent.as_ref() {
                    Value::Function(parent) => self.commands.get(&start(parent)).copied(),
                    _ => None,
                },
                Value::Imported(name) if name.rsplit('.').next().is_some_and(is_maker) => None,
                _ => return None,
            };
            let own = matches!(callee, Value::Bound(..))
                || matches!(callee, Value::Imported(name) if is_click(name));
            Some((parent, args.clone(), *expr, own))
        });
        let Some((parent, args, expr, own)) = made else { return value };
        let mut parser = Parser::new(Library::Click, span_of(expr), self.branches);
        parser.function = Some(function);
        // A command of an imported group is no program of its own.
        parser.attached = !own || parent.is_some();
        parser.name = match args.get("name", 0).and_then(Value::text) {
            Some(name) => name.clone(),
            None => function.name.as_str().to_lowercase().replace('_', "-").into(),
        };
        let help = settings(&mut parser, &args);
        parser.open |= args.open;
        for (callee, args, expr) in &decorators {
            decorate(&mut parser, callee, args, expr, self.source);
        }
        add_help(&mut parser, &args, &help);
        let is_group = matches!(expr, Expr::Call(_) | Expr::Attribute(_) | Expr::Name(_))
            && span_text(self.source, expr).contains("group");
        parser.stops_at_positional = is_group;
        self.parsers.push(parser);
        let ix = self.parsers.len() - 1;
        if let Some(parent) = parent {
            let name = self.parsers[ix].name.clone();
            self.parsers[parent].subcommands.push((name, ix));
        }
        self.commands.insert(start(function), ix);
        value
    }

    /// `group.add_command(command, 'name')`.
    pub(super) fn add_command(&mut self, group: &'a StmtFunctionDef, args: &Args<'a>) {
        let Some(&group) = self.commands.get(&start(group)) else { return };
        let command = match args.get("cmd", 0) {
            Some(Value::Function(function)) => self.commands.get(&start(function)).copied(),
            _ => None,
        };
        match command {
            Some(command) if command != group => {
                let name = match args.get("name", 1) {
                    None => Some(self.parsers[command].name.clone()),
                    Some(name) => name.text().cloned(),
                };
                self.parsers[command].attached = true;
                match name {
                    Some(name) => self.parsers[group].subcommands.push((name, command)),
                    None => self.parsers[group].open = true,
                }
            }
            _ => self.parsers[group].open = true,
        }
    }

    /// Runs a command's function, and those of its sub-commands.
    pub(super) fn run_command(&mut self, ix: usize) -> Value<'a> {
        let Some(parser) = self.parsers.get_mut(ix) else { return Value::Unknown };
        parser.parsed = Parsed::Yes;
        if let Some(function) = parser.function {
            let own = parser.params.iter();
            let keywords =
                own.map(|own| (own.dest.clone(), Value::Flag(ix, own.dest.clone()), None));
            let args = Args { keywords: keywords.collect(), open: true, ..Args::default() };
            self.call_function(function, None, args);
            self.exited = false;
        }
        for (_, sub) in self.parsers[ix].subcommands.clone() {
            if self.parsers[sub].parsed != Parsed::No {
                continue;
            }
            let own = Guard { holds: Holds::Commands(Rc::new([sub])), exits: false };
            let guards = std::mem::replace(&mut self.guards, vec![own]);
            self.run_command(sub);
            self.guards = guards;
        }
        Value::Unknown
    }

    /// Runs the command that an entry point would, where there is but one.
    pub fn enter_commands(&mut self) {
        let is_root = |own: &Parser<'_>| {
            matches!(own.library, Library::Click | Library::Typer) && !own.attached
        };
        let roots = self.parsers.iter().enumerate().filter(|(_, own)| is_root(own));
        let roots: Vec<usize> = roots.map(|(ix, _)| ix).collect();
        if let [root] = roots.as_slice() {
            self.guards.clear();
            match self.parsers[*root].library {
                Library::Typer => self.run_typer(*root),
                _ => self.run_command(*root),
            };
        }
    }
}

fn start(function: &StmtFunctionDef) -> usize {
    span_of(function).start as usize
}

fn is_maker(name: &str) -> bool {
    matches!(name, "command" | "group")
}

/// Whether a decorator of this name adds no parameter.
pub(super) fn adds_nothing(name: &str) -> bool {
    is_maker(name) || PLAIN.contains(&name)
}

/// Applies `context_settings`; the spellings of the flag for help.
pub(super) fn settings(parser: &mut Parser<'_>, args: &Args<'_>) -> Vec<SmolStr> {
    let mut help = vec![SmolStr::new_static("--help")];
    let Some(settings) = args.keyword("context_settings") else { return help };
    let Value::Dict(entries) = settings else {
        parser.open = true;
        return help;
    };
    for (key, value) in entries.iter() {
        match (key.text().map(SmolStr::as_str), value) {
            (Some("help_option_names"), Value::List(names)) => {
                help = literals(names);
                help.sort_by_key(|name| !name.starts_with("--"));
            }
            (Some("ignore_unknown_options" | "allow_extra_args"), _) => parser.open = true,
            _ => {}
        }
    }
    help
}

/// Adds the flag for help, unless it is switched off or there.
pub(super) fn add_help(parser: &mut Parser<'_>, args: &Args<'_>, help: &[SmolStr]) {
    let has_help = parser.params.iter().any(|param| param.param.is_called("--help"));
    if !args.is_false("add_help_option") && !has_help && !help.is_empty() {
        let names: Vec<&str> = help.iter().map(SmolStr::as_str).collect();
        parser.add_builtin(&names);
    }
}

fn is_click(name: &str) -> bool {
    matches!(
        name.split('.').next(),
        Some("click" | "rich_click" | "asyncclick" | "cloup" | "command" | "group")
    )
}

fn span_text<'s>(source: &'s str, expr: &Expr) -> &'s str {
    let text = source.get(span_of(expr).range()).unwrap_or_default();
    text.split('(').next().unwrap_or(text)
}

/// `@click.version_option('-V', '--version')`.
fn builtin(parser: &mut Parser<'_>, args: &Args<'_>, default: &str, expr: &Expr) {
    let flags = args.positional.iter().filter_map(|(value, _)| value.text());
    let mut names: Vec<SmolStr> = flags.filter(|name| name.starts_with('-')).cloned().collect();
    names.sort_by_key(|name| !name.starts_with("--"));
    if names.is_empty() {
        names.push(default.into());
    }
    let mut param = Param::new(names.remove(0), span_of(expr));
    param.aliases = names.into();
    param.values = Some(if default == "--password" { Arity::ONE } else { Arity::NONE });
    parser.declare(Declared { param, dest: SmolStr::default(), stores: Stores::Value });
}

/// Adds what one decorator of a command says.
fn decorate<'a>(
    parser: &mut Parser<'a>,
    callee: &Value<'a>,
    args: &Args<'a>,
    expr: &'a Expr,
    source: &str,
) {
    match callee {
        Value::Imported(name) => {
            let last = super::call::last(name);
            match last {
                "option" | "argument" => {
                    let at = span_of(expr);
                    let sort = if last == "argument" { Sort::Argument } else { Sort::Option };
                    add(parser, args, sort, source, at);
                }
                "version_option" => {
                    builtin(parser, args, "--version", expr);
                }
                "password_option" | "confirmation_option" | "help_option" => {
                    let default = match last {
                        "password_option" => "--password",
                        "confirmation_option" => "--yes",
                        _ => "--help",
                    };
                    builtin(parser, args, default, expr);
                }
                last => parser.open |= !adds_nothing(last),
            }
        }
        Value::Bound(_, name) if is_maker(name) => {}
        _ => parser.open = true,
    }
}

/// How a parameter is written.
struct Spelled {
    spellings: Vec<(SmolStr, Span)>,
    /// The name of the function's parameter.
    dest: Option<SmolStr>,
    /// `--on/--off`.
    opposites: bool,
}

/// The names among a decorator's arguments.
fn spelled(parser: &mut Parser<'_>, args: &Args<'_>, positional: bool) -> Spelled {
    let mut spellings = Vec::new();
    let mut dest = None;
    let mut opposites = false;
    for (value, _) in &args.positional {
        let Value::Text(text, span) = value else {
            parser.open = true;
            continue;
        };
        let Some(text) = text.as_exact() else {
            parser.open = true;
            continue;
        };
        if positional || !text.starts_with('-') {
            if positional && spellings.is_empty() {
                spellings.push((text.clone(), *span));
            } else if let Some((on, off)) = text.split_once('/').filter(|_| !positional) {
                // ` / -S`: only the opposite.
                spellings.extend((!on.trim().is_empty()).then(|| (on.trim().into(), *span)));
                spellings.push((off.trim().into(), *span));
                opposites = true;
            } else {
                dest = Some(text.clone());
            }
        } else if let Some((on, off)) = text.split_once('/') {
            spellings.push((on.trim().into(), *span));
            spellings.push((off.trim().into(), *span));
            opposites = true;
        } else {
            spellings.push((text.clone(), *span));
        }
    }
    Spelled { spellings, dest, opposites }
}

/// What a decorator adds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sort {
    Argument,
    Option,
}

/// `@click.option(…)` and `@click.argument(…)`.
pub(super) fn add(parser: &mut Parser<'_>, args: &Args<'_>, sort: Sort, source: &str, at: Span) {
    let positional = sort == Sort::Argument;
    let Spelled { mut spellings, dest, opposites } = spelled(parser, args, positional);
    let long = spellings.iter().position(|(name, _)| name.starts_with("--")).unwrap_or(0);
    if spellings.is_empty() {
        parser.open = true;
        return;
    }
    let (name, span) = spellings.remove(long);
    let mut param = Param::new(name.clone(), if span == Span::default() { at } else { span });
    param.positional = positional;
    param.aliases = spellings.into_iter().map(|(name, _)| name).collect();
    param.ty = args.written("type", source);
    param.default = args.written("default", source);
    let is_switch = args.is_true("is_flag")
        || args.is_true("count")
        || (!args.is_false("is_flag") && (opposites || args.keyword("flag_value").is_some()));
    let one = match args.keyword("type") {
        Some(Value::List(parts)) => {
            param.choices = literals(parts);
            // A tuple of types takes as many values.
            if param.choices.is_empty() { u16::try_from(parts.len()).ok() } else { Some(1) }
        }
        _ => Some(1),
    };
    let count = match args.keyword("nargs") {
        None => one.map(|count| Arity { min: count, max: Some(count) }),
        Some(Value::Int(-1)) => Some(Arity::ANY),
        Some(Value::Int(count)) => {
            u16::try_from(*count).ok().map(|count| Arity { min: count, max: Some(count) })
        }
        Some(_) => None,
    };
    param.values = if is_switch { Some(Arity::NONE) } else { count };
    let has_other = args.keyword("default").is_some_and(|value| !matches!(value, Value::None))
        || args.keyword("envvar").is_some()
        || args.open;
    param.required = if positional {
        let many = param.values == Some(Arity::ANY);
        !has_other
            && if many {
                args.is_true("required")
            } else {
                args.keyword("required").is_none() || args.is_true("required")
            }
    } else {
        args.is_true("required") && !has_other
    };
    if positional && let Some(values) = &mut param.values {
        values.min = if param.required { values.min.max(1) } else { 0 };
    }
    let bare = name.trim_start_matches('-').replace('-', "_").to_lowercase();
    let dest = dest.unwrap_or_else(|| bare.into());
    let stores = if is_switch && !args.is_true("count") { Stores::True } else { Stores::Value };
    parser.declare(Declared { param, dest, stores });
}
