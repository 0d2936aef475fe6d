//! A rough interpretation of a script's main path: which parsers it builds, and what it
//! calls under which flag.
//!
//! Statements run in order; both branches of an `if` run; a loop over literals runs for
//! each of them, any other one once; functions and methods of the file are entered.
//! Everything is bounded: steps, depth of calls, loop turns.

mod absl;
mod call;
mod click;
mod commands;
mod eval;
mod guard;
mod library;
mod statement;
mod typer;

use super::parser::{Parsed, Parser};
use super::value::{Value, span_of};
use crate::facts::{Effect, Span};
use guard::{Guard, Outcome};
use ruff_python_ast::{Expr, Stmt, StmtClassDef, StmtFunctionDef, StmtIf};
use rustc_hash::{FxHashMap, FxHashSet};
use smol_str::SmolStr;

/// How many statements and calls are interpreted.
const STEPS: u32 = 40_000;
/// How many expressions are looked at.
const FUEL: u32 = 4_000_000;
/// How many parsers are followed.
const PARSERS: usize = 500;
/// How deep calls are followed.
const CALLS: usize = 12;
/// How deep calls are followed for what they do.
const EFFECT_CALLS: usize = 4;
/// How many turns of a loop over literals run.
const TURNS: usize = 64;
/// How deep statements and expressions are followed.
const DEPTH: u32 = 60;

/// How a block ends, whichever way it goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum End {
    /// It may go on.
    Falls,
    /// It leaves its function or loop.
    Leaves,
    /// It ends the program.
    Exits,
}

/// A call that is running.
#[derive(Debug, Default)]
struct Frame<'a> {
    locals: FxHashMap<&'a str, Value<'a>>,
    globals: FxHashSet<&'a str>,
    /// Where the function's definition starts.
    function: usize,
    /// The object and the class of a method.
    this: Option<(Value<'a>, &'a StmtClassDef)>,
    returned: Option<Value<'a>>,
}

/// An object of a class of the file.
#[derive(Debug)]
struct Instance<'a> {
    class: &'a StmtClassDef,
    attributes: FxHashMap<SmolStr, Value<'a>>,
}

/// The state of the interpretation.
pub(super) struct Run<'a> {
    source: &'a str,
    globals: FxHashMap<&'a str, Value<'a>>,
    frames: Vec<Frame<'a>>,
    instances: Vec<Instance<'a>>,
    /// All parsers that were made.
    pub parsers: Vec<Parser<'a>>,
    /// What `setup()` was called with.
    pub setup: Option<super::value::Args<'a>>,
    /// The parser that absl's flags make up.
    absl: Option<usize>,
    /// Whether functions may be commands of click or typer.
    has_commands: bool,
    /// Commands of click, by where their function starts.
    commands: FxHashMap<usize, usize>,
    /// What the program does.
    pub effects: Vec<Effect>,
    /// Calls that were noted, each with what it happens under.
    seen: FxHashSet<(Span, commands::Under)>,
    /// Functions whose calls were noted, by their start.
    shown: FxHashSet<(usize, commands::Under)>,
    /// Functions that ran.
    entered: FxHashSet<usize>,
    guards: Vec<Guard>,
    /// More than zero: nothing that runs now counts as an effect.
    muted: u32,
    /// More than zero: an exception is being handled; known names keep their values.
    weak: u32,
    /// How many undecided branches are open.
    branches: u32,
    steps: u32,
    fuel: u32,
    depth: u32,
    /// Steps and fuel for the functions of sub-commands.
    spare: (u32, u32),
    dispatching: bool,
    /// The call that ran last ends the program.
    exited: bool,
}

impl<'a> Run<'a> {
    /// Runs the statements of a module.
    pub fn new(source: &'a str, body: &'a [Stmt]) -> Self {
        let mut run = Self {
            source,
            globals: FxHashMap::default(),
            frames: Vec::new(),
            instances: Vec::new(),
            parsers: Vec::new(),
            setup: None,
            absl: None,
            has_commands: ["click", "typer"].iter().any(|name| source.contains(name)),
            commands: FxHashMap::default(),
            effects: Vec::new(),
            seen: FxHashSet::default(),
            shown: FxHashSet::default(),
            entered: FxHashSet::default(),
            guards: Vec::new(),
            muted: 0,
            weak: 0,
            branches: 0,
            steps: STEPS,
            fuel: FUEL,
            depth: 0,
            spare: (STEPS, FUEL),
            dispatching: false,
            exited: false,
        };
        if let Some(Stmt::Expr(first)) = body.first()
            && first.value.is_string_literal_expr()
        {
            let text = run.evaluate(&first.value);
            run.globals.insert("__doc__", text);
        }
        run.block(body);
        run
    }

    /// Whether the bound was reached: then parsers may take more than was seen.
    pub fn is_cut(&self) -> bool {
        self.steps == 0 || self.fuel == 0 || self.parsers.len() > PARSERS
    }

    /// Whether it was reached in the functions of sub-commands: then what they do is not
    /// known.
    pub fn is_cut_below(&self) -> bool {
        self.spare.0 == 0 || self.spare.1 == 0
    }

    /// Runs functions that the module itself does not call, as another one or an entry
    /// point does: `main` first, then those that parse arguments. Stops with the first
    /// that does.
    pub fn enter_functions(&mut self, body: &'a [Stmt]) {
        let mut entries: Vec<(bool, &'a StmtFunctionDef, Option<&'a StmtClassDef>)> = Vec::new();
        for stmt in body {
            match stmt {
                Stmt::FunctionDef(function) => {
                    entries.push((function.name.as_str() != "main", function, None))
                }
                Stmt::ClassDef(class) => {
                    for stmt in &class.body {
                        if let Stmt::FunctionDef(function) = stmt {
                            entries.push((true, function, Some(class)));
                        }
                    }
                }
                _ => {}
            }
        }
        entries.sort_by_key(|(later, ..)| *later);
        for (later, function, class) in entries {
            let text = self.source.get(span_of(function).range()).unwrap_or_default();
            let parses = text.contains("parse_args(")
                || text.contains("parse_known_args(")
                || text.contains("getopt(");
            if (later && !parses) || self.entered.contains(&(span_of(function).start as usize)) {
                continue;
            }
            self.guards.clear();
            let before = self.effects.len();
            let this = class.map(|class| {
                self.instances.push(Instance { class, attributes: FxHashMap::default() });
                (Value::Instance(self.instances.len() - 1), class)
            });
            self.call_function(function, this, Default::default());
            if self.parsers.iter().any(|parser| parser.parsed != Parsed::No) {
                return;
            }
            self.effects.truncate(before);
        }
    }

    /// Runs statements. Guards that early exits add stay; the caller takes them away.
    fn block(&mut self, stmts: &'a [Stmt]) -> End {
        if self.depth > DEPTH {
            return End::Falls;
        }
        self.depth += 1;
        let mut end = End::Falls;
        for stmt in stmts {
            end = self.statement(stmt);
            if end != End::Falls {
                break;
            }
        }
        self.depth -= 1;
        end
    }

    /// A block that may not run at all.
    fn branch(&mut self, stmts: &'a [Stmt], guards: &[Guard]) -> End {
        let before = self.guards.len();
        self.guards.extend_from_slice(guards);
        self.branches += 1;
        let end = self.block(stmts);
        self.branches -= 1;
        self.guards.truncate(before);
        end
    }

    fn step(&mut self) -> bool {
        self.steps = self.steps.saturating_sub(1);
        self.steps > 0 && self.parsers.len() <= PARSERS
    }

    fn statement(&mut self, stmt: &'a Stmt) -> End {
        if !self.step() {
            return End::Falls;
        }
        match stmt {
            Stmt::FunctionDef(function) => {
                let value = self.define(function);
                self.bind_name(&function.name, value);
            }
            Stmt::ClassDef(class) => self.bind_name(&class.name, Value::Class(class)),
            Stmt::Return(stmt) => return self.leave(stmt.value.as_deref()),
            Stmt::Assign(stmt) => {
                let value = self.evaluate(&stmt.value);
                for target in &stmt.targets {
                    self.bind(target, value.clone());
                }
            }
            Stmt::AnnAssign(stmt) => {
                if let Some(value) = &stmt.value {
                    let value = self.evaluate(value);
                    self.bind(&stmt.target, value);
                }
            }
            Stmt::AugAssign(stmt) => self.augment(stmt),
            Stmt::For(stmt) => {
                let list = self.evaluate(&stmt.iter);
                self.turns(&stmt.target, list, &stmt.body);
                self.branch(&stmt.orelse, &[]);
            }
            Stmt::While(stmt) => {
                self.evaluate(&stmt.test);
                let guard = self.condition(&stmt.test, Outcome::True);
                self.branch(&stmt.body, &guard);
                self.branch(&stmt.orelse, &[]);
            }
            Stmt::If(stmt) => return self.choose(stmt),
            Stmt::With(stmt) => {
                for item in &stmt.items {
                    let value = self.evaluate(&item.context_expr);
                    if let Some(target) = &item.optional_vars {
                        let value = if value.is_kept() { value } else { Value::Unknown };
                        self.bind(target, value);
                    }
                }
                return self.block(&stmt.body);
            }
            Stmt::Try(stmt) => return self.attempt(stmt),
            Stmt::Match(stmt) => self.cases(stmt),
            Stmt::Expr(stmt) => {
                self.evaluate(&stmt.value);
            }
            Stmt::Import(stmt) => self.import(stmt),
            Stmt::ImportFrom(stmt) => {
                let module = stmt.module.as_ref().map_or("", |module| module.as_str());
                let dots = ".".repeat(stmt.level as usize);
                for alias in &stmt.names {
                    let name = alias.asname.as_ref().unwrap_or(&alias.name);
                    let dotted = format!("{dots}{module}.{}", alias.name.as_str());
                    self.bind_name(name, Value::Imported(dotted.into()));
                }
            }
            Stmt::Raise(_) => return End::Exits,
            Stmt::Break(_) | Stmt::Continue(_) => return End::Leaves,
            Stmt::Assert(stmt) => {
                self.evaluate(&stmt.test);
            }
            Stmt::Global(stmt) => {
                if let Some(frame) = self.frames.last_mut() {
                    frame.globals.extend(stmt.names.iter().map(|name| name.as_str()));
                }
            }
            _ => {}
        }
        if std::mem::take(&mut self.exited) { End::Exits } else { End::Falls }
    }

    /// `for TARGET in LIST: BODY`.
    fn turns(&mut self, target: &'a Expr, list: Value<'a>, body: &'a [Stmt]) {
        let before = self.guards.len();
        match list {
            Value::List(list) if list.len() <= TURNS => {
                for value in list.iter() {
                    self.bind(target, value.clone());
                    self.block(body);
                    self.guards.truncate(before);
                }
            }
            _ => {
                self.bind(target, Value::Unknown);
                self.branch(body, &[]);
            }
        }
    }

    fn choose(&mut self, stmt: &'a StmtIf) -> End {
        if is_main_test(&stmt.test) && stmt.elif_else_clauses.is_empty() {
            return self.block(&stmt.body);
        }
        let mut ends: Vec<End> = Vec::new();
        // What holds where no clause before was taken.
        let mut missed: Vec<Guard> = Vec::new();
        // What holds after the statement because its first clauses leave.
        let mut after: Vec<Guard> = Vec::new();
        // What the one clause asks for that goes on.
        let mut kept: Vec<Guard> = Vec::new();
        let mut complete = false;
        let clauses = stmt.elif_else_clauses.iter();
        let clauses = clauses.map(|clause| (clause.test.as_ref(), clause.body.as_slice()));
        let first = (Some(&*stmt.test), stmt.body.as_slice());
        for (test, body) in std::iter::once(first).chain(clauses) {
            let (yes, no) = match test {
                Some(test) => {
                    self.evaluate(test);
                    (self.condition(test, Outcome::True), self.condition(test, Outcome::False))
                }
                None => {
                    complete = true;
                    (Vec::new(), Vec::new())
                }
            };
            let mut guards = missed.clone();
            guards.extend_from_slice(&yes);
            let end = self.branch(body, &guards);
            if end == End::Falls {
                kept = yes;
            } else if ends.iter().all(|end| *end != End::Falls) {
                let exits = end == End::Exits;
                after.extend(no.iter().cloned().map(|guard| Guard { exits, ..guard }));
            }
            ends.push(end);
            missed.extend(no);
        }
        let going = ends.iter().filter(|end| **end == End::Falls).count();
        let exits = ends.iter().all(|end| *end != End::Leaves);
        if complete && going == 0 {
            return if exits { End::Exits } else { End::Leaves };
        }
        if complete && going == 1 {
            after.extend(kept.into_iter().map(|guard| Guard { exits, ..guard }));
        }
        self.guards.extend(after);
        End::Falls
    }

    /// Gives `target` a value.
    fn bind(&mut self, target: &'a Expr, value: Value<'a>) {
        match target {
            Expr::Name(name) => self.bind_name(&name.id, value),
            Expr::Tuple(ruff_python_ast::ExprTuple { elts, .. })
            | Expr::List(ruff_python_ast::ExprList { elts, .. }) => {
                for (ix, target) in elts.iter().enumerate() {
                    let part = match &value {
                        Value::List(list) => list.get(ix).cloned().unwrap_or(Value::Unknown),
                        _ => Value::Unknown,
                    };
                    self.bind(target, part);
                }
            }
            Expr::Starred(starred) => self.bind(&starred.value, Value::Unknown),
            Expr::Attribute(attribute) => {
                if let Value::Instance(ix) = self.evaluate(&attribute.value)
                    && let Some(instance) = self.instances.get_mut(ix)
                {
                    let name = SmolStr::new(attribute.attr.as_str());
                    let known = instance.attributes.get(&name).is_some_and(Value::is_kept);
                    if !known || value.is_kept() {
                        instance.attributes.insert(name, value);
                    }
                }
            }
            Expr::Subscript(subscript) => {
                let base = self.evaluate(&subscript.value);
                let key = self.evaluate(&subscript.slice);
                if let Value::Dict(entries) = base {
                    self.bind(&subscript.value, eval::with_entry(&entries, key, value));
                }
            }
            _ => {}
        }
    }

    fn bind_name(&mut self, name: &'a str, value: Value<'a>) {
        let branches = self.branches;
        let names = match self.frames.last_mut() {
            Some(frame) if !frame.globals.contains(name) => &mut frame.locals,
            _ => &mut self.globals,
        };
        if let Some(old) = names.get(name)
            && (self.weak > 0 || (branches > 0 && old.is_kept() && !value.is_kept()))
        {
            return;
        }
        names.insert(name, value);
    }

    fn look_up(&self, name: &str) -> Option<&Value<'a>> {
        let frames = self.frames.iter().rev();
        frames.filter_map(|frame| frame.locals.get(name)).next().or_else(|| self.globals.get(name))
    }
}

/// `__name__ == '__main__'`.
pub(super) fn is_main_test(test: &Expr) -> bool {
    let Expr::Compare(compare) = test else { return false };
    matches!(compare.left.as_ref(), Expr::Name(name) if name.id.as_str() == "__name__")
        || compare
            .comparators
            .iter()
            .any(|side| matches!(side, Expr::Name(name) if name.id.as_str() == "__name__"))
}
