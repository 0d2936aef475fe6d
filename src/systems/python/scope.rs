//! What names stand for at a place of a function: its assignments, and which of them are
//! certain to have happened there.

use super::fold::{self, Names};
use super::value::span_of;
use crate::facts::{NamePattern, Piece};
use ruff_python_ast::visitor::{Visitor, walk_expr};
use ruff_python_ast::{ExceptHandler, Expr, ExprCall, Operator, Parameters, Stmt};
use rustc_hash::FxHashMap;
use smol_str::SmolStr;
use std::cell::Cell;

/// How deep statements and expressions are followed.
const DEPTH: u32 = 60;
/// A variable that is assigned more often is not followed.
const ASSIGNMENTS: usize = 200;

/// What an assignment does to a name.
#[derive(Debug, Clone, Copy)]
pub(super) enum Change<'a> {
    /// `name = VALUE`.
    Set(&'a Expr),
    /// It becomes what is not known: a parameter, a loop's variable.
    Unknown,
    /// `name += VALUE`, `name.extend(VALUE)`.
    Extend(&'a Expr),
    /// `name.append(VALUE)`.
    Append(&'a Expr),
}

#[derive(Debug)]
struct Assignment<'a> {
    at: u32,
    block: usize,
    change: Change<'a>,
}

/// A call and where it stands.
#[derive(Debug, Clone, Copy)]
pub(super) struct Site<'a> {
    /// The call.
    pub call: &'a ExprCall,
    /// Its place.
    pub at: u32,
    block: usize,
    /// An exception may be caught around it.
    pub in_try: bool,
}

/// The body of a function, a class or a module.
#[derive(Debug, Default)]
pub(super) struct Scope<'a> {
    assignments: FxHashMap<&'a str, Vec<Assignment<'a>>>,
    /// For each block the one around it.
    blocks: Vec<usize>,
    /// The calls in it, functions inside left out.
    pub sites: Vec<Site<'a>>,
    tries: u32,
    depth: u32,
}

/// All scopes of a module; the first is the module's own.
pub(super) fn scopes<'a>(body: &'a [Stmt]) -> Vec<Scope<'a>> {
    let mut out = Vec::new();
    let mut waiting: Vec<(Option<&'a Parameters>, &'a [Stmt])> = vec![(None, body)];
    let mut next = 0;
    while let Some((parameters, body)) = waiting.get(next).copied() {
        next += 1;
        let mut scope = Scope { blocks: vec![0], ..Scope::default() };
        for parameter in parameters.into_iter().flat_map(|parameters| parameters.iter()) {
            scope.assign(parameter.name().as_str(), 0, 0, Change::Unknown);
        }
        scope.read(body, 0, &mut waiting);
        out.push(scope);
    }
    out
}

impl<'a> Scope<'a> {
    fn assign(&mut self, name: &'a str, at: u32, block: usize, change: Change<'a>) {
        self.assignments.entry(name).or_default().push(Assignment { at, block, change });
    }

    fn block(&mut self, parent: usize) -> usize {
        self.blocks.push(parent);
        self.blocks.len() - 1
    }

    fn read(
        &mut self,
        stmts: &'a [Stmt],
        block: usize,
        waiting: &mut Vec<(Option<&'a Parameters>, &'a [Stmt])>,
    ) {
        if self.depth > DEPTH {
            return;
        }
        self.depth += 1;
        for stmt in stmts {
            self.statement(stmt, block, waiting);
        }
        self.depth -= 1;
    }

    fn statement(
        &mut self,
        stmt: &'a Stmt,
        block: usize,
        waiting: &mut Vec<(Option<&'a Parameters>, &'a [Stmt])>,
    ) {
        let at = span_of(stmt).end;
        match stmt {
            Stmt::FunctionDef(function) => {
                self.assign(&function.name, at, block, Change::Unknown);
                waiting.push((Some(&function.parameters), &function.body));
            }
            Stmt::ClassDef(class) => waiting.push((None, &class.body)),
            Stmt::Assign(stmt) => {
                self.calls(&stmt.value, block);
                for target in &stmt.targets {
                    self.target(target, at, block, Some(&stmt.value));
                }
            }
            Stmt::AnnAssign(stmt) => {
                if let Some(value) = &stmt.value {
                    self.calls(value, block);
                    self.target(&stmt.target, at, block, Some(value));
                }
            }
            Stmt::AugAssign(stmt) => {
                self.calls(&stmt.value, block);
                if let Expr::Name(name) = stmt.target.as_ref() {
                    let change = match stmt.op {
                        Operator::Add => Change::Extend(&stmt.value),
                        _ => Change::Unknown,
                    };
                    self.assign(&name.id, at, block, change);
                }
            }
            Stmt::For(stmt) => {
                self.calls(&stmt.iter, block);
                let inner = self.block(block);
                self.target(&stmt.target, span_of(&*stmt.target).end, block, None);
                self.read(&stmt.body, inner, waiting);
                let inner = self.block(block);
                self.read(&stmt.orelse, inner, waiting);
            }
            Stmt::While(stmt) => {
                self.calls(&stmt.test, block);
                let inner = self.block(block);
                self.read(&stmt.body, inner, waiting);
                let inner = self.block(block);
                self.read(&stmt.orelse, inner, waiting);
            }
            Stmt::If(stmt) => {
                self.calls(&stmt.test, block);
                let is_main = super::run::is_main_test(&stmt.test);
                let inner = if is_main { block } else { self.block(block) };
                self.read(&stmt.body, inner, waiting);
                for clause in &stmt.elif_else_clauses {
                    if let Some(test) = &clause.test {
                        self.calls(test, block);
                    }
                    let inner = self.block(block);
                    self.read(&clause.body, inner, waiting);
                }
            }
            Stmt::With(stmt) => {
                for item in &stmt.items {
                    self.calls(&item.context_expr, block);
                    if let Some(target) = &item.optional_vars {
                        self.target(target, span_of(&**target).end, block, None);
                    }
                }
                self.read(&stmt.body, block, waiting);
            }
            Stmt::Try(stmt) => {
                self.tries += u32::from(!stmt.handlers.is_empty());
                self.read(&stmt.body, block, waiting);
                self.tries -= u32::from(!stmt.handlers.is_empty());
                for ExceptHandler::ExceptHandler(handler) in &stmt.handlers {
                    let inner = self.block(block);
                    self.read(&handler.body, inner, waiting);
                }
                self.read(&stmt.orelse, block, waiting);
                self.read(&stmt.finalbody, block, waiting);
            }
            Stmt::Match(stmt) => {
                self.calls(&stmt.subject, block);
                for case in &stmt.cases {
                    let inner = self.block(block);
                    self.read(&case.body, inner, waiting);
                }
            }
            Stmt::Expr(stmt) => {
                self.calls(&stmt.value, block);
                self.mutation(&stmt.value, at, block);
            }
            Stmt::Return(stmt) => {
                if let Some(value) = &stmt.value {
                    self.calls(value, block);
                }
            }
            Stmt::Assert(stmt) => self.calls(&stmt.test, block),
            _ => {}
        }
    }

    fn target(&mut self, target: &'a Expr, at: u32, block: usize, value: Option<&'a Expr>) {
        match target {
            Expr::Name(name) => {
                let change = value.map_or(Change::Unknown, Change::Set);
                self.assign(&name.id, at, block, change);
            }
            Expr::Tuple(ruff_python_ast::ExprTuple { elts, .. })
            | Expr::List(ruff_python_ast::ExprList { elts, .. }) => {
                for target in elts.iter().take(100) {
                    self.target(target, at, block, None);
                }
            }
            // `name[0] = x`: what it holds is not known any more.
            Expr::Subscript(subscript) => self.target(&subscript.value, at, block, None),
            _ => {}
        }
    }

    /// `name.append(x)` and whatever else changes a list.
    fn mutation(&mut self, expr: &'a Expr, at: u32, block: usize) {
        let Expr::Call(call) = expr else { return };
        let Expr::Attribute(attribute) = call.func.as_ref() else { return };
        let Expr::Name(name) = attribute.value.as_ref() else { return };
        let change = match (attribute.attr.as_str(), call.arguments.args.as_ref()) {
            ("append", [value]) => Change::Append(value),
            ("extend", [value]) => Change::Extend(value),
            ("insert" | "remove" | "pop" | "clear" | "reverse" | "sort", _) => Change::Unknown,
            _ => return,
        };
        self.assign(&name.id, at, block, change);
    }

    fn calls(&mut self, expr: &'a Expr, block: usize) {
        let mut finder = Finder { found: Vec::new(), depth: 0 };
        finder.visit_expr(expr);
        let in_try = self.tries > 0;
        let sites = finder.found.into_iter();
        self.sites.extend(sites.map(|call| Site { call, at: span_of(call).start, block, in_try }));
    }

    /// Whether what stands in `block` has happened wherever `other` runs.
    fn encloses(&self, block: usize, other: usize) -> bool {
        let mut at = other;
        loop {
            if at == block {
                return true;
            }
            if at == 0 {
                return false;
            }
            at = self.blocks.get(at).copied().unwrap_or(0);
        }
    }
}

struct Finder<'a> {
    found: Vec<&'a ExprCall>,
    depth: u32,
}

impl<'a> Visitor<'a> for Finder<'a> {
    fn visit_expr(&mut self, expr: &'a Expr) {
        if self.depth > DEPTH {
            return;
        }
        self.depth += 1;
        if let Expr::Call(call) = expr {
            self.found.push(call);
        }
        walk_expr(self, expr);
        self.depth -= 1;
    }
}

/// What names stand for at one place.
#[derive(Clone, Copy)]
pub(super) struct View<'s, 'a> {
    scope: &'s Scope<'a>,
    module: &'s Scope<'a>,
    at: u32,
    block: usize,
    /// How many names may still be looked up: each can double what is to be read.
    budget: &'s Cell<u32>,
}

/// A value that a variable may have.
pub(super) struct Given<'s, 'a> {
    /// The expression.
    pub value: &'a Expr,
    /// What changes it afterwards; `None` in place of a change that may not happen.
    pub changes: Vec<Option<Change<'a>>>,
    /// What names stood for when it was given.
    pub view: View<'s, 'a>,
}

impl<'s, 'a> View<'s, 'a> {
    /// The view from a call.
    pub fn new(
        scope: &'s Scope<'a>,
        module: &'s Scope<'a>,
        site: &Site<'a>,
        budget: &'s Cell<u32>,
    ) -> Self {
        Self { scope, module, at: site.at, block: site.block, budget }
    }

    /// The values that the variable `name` may have; empty where one of them is not known.
    pub fn values(&self, name: &str) -> Vec<Given<'s, 'a>> {
        let Some(budget) = self.budget.get().checked_sub(1) else { return Vec::new() };
        self.budget.set(budget);
        let local = self.scope.assignments.contains_key(name);
        let scope = if local { self.scope } else { self.module };
        let all = scope.assignments.get(name).filter(|all| all.len() <= ASSIGNMENTS);
        let Some(all) = all else { return Vec::new() };
        // Another function runs whenever; the module has then been run.
        let before: Vec<&Assignment<'a>> =
            all.iter().filter(|own| !local || own.at <= self.at).collect();
        let sure = |own: &Assignment<'a>| {
            if local { scope.encloses(own.block, self.block) } else { own.block == 0 }
        };
        let is_set = |own: &Assignment<'a>| matches!(own.change, Change::Set(_) | Change::Unknown);
        let first = before.iter().rposition(|own| is_set(own) && sure(own)).unwrap_or(0);
        let mut values = Vec::new();
        for (ix, own) in before.iter().enumerate().skip(first) {
            let value = match own.change {
                Change::Set(value) => value,
                Change::Unknown => return Vec::new(),
                _ => continue,
            };
            let later = before[ix + 1..].iter().filter(|change| !is_set(change));
            let changes = later.map(|change| {
                let follows = sure(change) || scope.encloses(change.block, own.block);
                follows.then_some(change.change)
            });
            let at = span_of(value).start;
            let view = View { scope, at, block: own.block, ..*self };
            values.push(Given { value, changes: changes.collect(), view });
        }
        values
    }
}

impl Names for View<'_, '_> {
    fn text(&self, name: &str, depth: u32) -> Option<NamePattern> {
        let values = self.values(name);
        let [given] = values.as_slice() else { return None };
        let mut pieces = fold::fold(given.value, &given.view, depth + 1)?.pieces();
        for change in &given.changes {
            match change {
                Some(Change::Extend(more)) => match fold::fold(more, self, depth + 1) {
                    Some(more) => pieces.extend(more.pieces()),
                    None => pieces.push(Piece::Hole),
                },
                _ => pieces.push(Piece::Hole),
            }
        }
        Some(NamePattern::from_pieces(pieces)).filter(fold::is_short)
    }

    fn list(&self, name: &str) -> Option<&[Expr]> {
        let values = self.values(name);
        let [given] = values.as_slice() else { return None };
        match given.value {
            Expr::List(list) if given.changes.is_empty() => Some(&list.elts),
            Expr::Tuple(tuple) if given.changes.is_empty() => Some(&tuple.elts),
            _ => None,
        }
    }
}

/// What names were imported: `sp` stands for `subprocess`.
pub(super) fn imports(body: &[Stmt]) -> FxHashMap<&str, SmolStr> {
    let mut out = FxHashMap::default();
    let mut waiting: Vec<&[Stmt]> = vec![body];
    while let Some(stmts) = waiting.pop() {
        for stmt in stmts {
            match stmt {
                Stmt::Import(stmt) => {
                    for alias in &stmt.names {
                        if let Some(name) = &alias.asname {
                            out.insert(name.as_str(), SmolStr::new(alias.name.as_str()));
                        }
                    }
                }
                Stmt::ImportFrom(stmt) if stmt.level == 0 => {
                    let module = stmt.module.as_ref().map_or("", |module| module.as_str());
                    for alias in &stmt.names {
                        let name = alias.asname.as_ref().unwrap_or(&alias.name);
                        out.insert(
                            name.as_str(),
                            format!("{module}.{}", alias.name.as_str()).into(),
                        );
                    }
                }
                Stmt::FunctionDef(function) => waiting.push(&function.body),
                Stmt::ClassDef(class) => waiting.push(&class.body),
                Stmt::If(stmt) => {
                    waiting.push(&stmt.body);
                    waiting
                        .extend(stmt.elif_else_clauses.iter().map(|clause| clause.body.as_slice()));
                }
                Stmt::Try(stmt) => {
                    waiting.push(&stmt.body);
                    for ExceptHandler::ExceptHandler(handler) in &stmt.handlers {
                        waiting.push(&handler.body);
                    }
                }
                _ => {}
            }
        }
    }
    out
}
