//! What a module defines for others, and what it takes from others: names that it imports,
//! and how functions of other modules are called.
//!
//! Which file a module is depends on where others lie; that is found in the graph
//! ([`super::names`]).

use super::fold::dotted;
use super::uses;
use super::value::span_of;
use crate::extract::Source;
use crate::facts::{
    Arity, CommandLine, Detail, Entity, FileFacts, Interface, NamePattern, Param, Provide, Span,
    Syntax, kinds,
};
use ruff_python_ast::{
    Arguments, Decorator, ExceptHandler, Expr, Parameters, Stmt, StmtFunctionDef,
};
use rustc_hash::FxHashMap;
use smol_str::SmolStr;

/// Adds what a module defines and takes. `is_whole` says whether all of it could be parsed.
pub(super) fn symbols(source: &Source<'_>, body: &[Stmt], whole: Parse, out: &mut FileFacts) {
    let path = source.path;
    let is_program = source.text.starts_with("#!");
    let functions = FxHashMap::default();
    let mut names = Names { path, bound: Vec::new(), functions, is_program, out };
    names.block(body, 0);
    names.finish(whole);
    uses::uses(body, path, out);
}

/// Whether a text may define or import anything.
pub(super) fn may_have(text: &str) -> bool {
    ["import", "def ", "class ", "="]
        .iter()
        .any(|word| memchr::memmem::find(text.as_bytes(), word.as_bytes()).is_some())
}

/// How much of a module could be parsed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Parse {
    Whole,
    InPart,
}

/// The dotted name of the module at `path`, from the tree's root; `None` where folders have
/// names that no module can.
pub(super) fn module_of(path: &str) -> Option<String> {
    let stem = path.strip_suffix(".py")?;
    let stem = stem.strip_suffix("/__init__").unwrap_or(stem);
    (!stem.contains('.')).then(|| stem.replace('/', "."))
}

/// Names that the module has.
struct Names<'n, 'a> {
    path: &'n str,
    /// Names that come from elsewhere; `*` where some are not known.
    bound: Vec<SmolStr>,
    /// How often each function or other name is defined.
    functions: FxHashMap<&'a str, u32>,
    /// Whether the file is run as a program.
    is_program: bool,
    out: &'n mut FileFacts,
}

/// Folders of statements inside one another that are followed.
const DEPTH: u32 = 20;

impl<'a> Names<'_, 'a> {
    fn block(&mut self, body: &'a [Stmt], depth: u32) {
        if depth > DEPTH {
            self.bound.push("*".into());
            return;
        }
        for stmt in body {
            self.statement(stmt, depth);
        }
    }

    fn defined(&mut self, name: &'a str, span: Span) {
        let times = self.functions.entry(name).or_insert(0);
        *times += 1;
        if *times == 1 {
            self.out.provides.push(Provide {
                kind: kinds::PYTHON_NAME,
                name: NamePattern::exact(name),
                span,
                within: None,
                detail: Detail::None,
            });
        }
    }

    fn target(&mut self, target: &'a Expr) {
        match target {
            Expr::Name(name) => {
                if name.id.as_str() == "__all__" {
                    return;
                }
                self.bound.push(name.id.as_str().into());
                *self.functions.entry(&name.id).or_insert(0) += 1;
            }
            Expr::Tuple(tuple) => tuple.elts.iter().for_each(|own| self.target(own)),
            Expr::List(list) => list.elts.iter().for_each(|own| self.target(own)),
            Expr::Starred(starred) => self.target(&starred.value),
            // `globals()['x'] = …`
            Expr::Subscript(own) if dotted(&own.value).is_some_and(|name| name == "globals()") => {
                self.bound.push("*".into());
            }
            _ => {}
        }
    }

    fn statement(&mut self, stmt: &'a Stmt, depth: u32) {
        match stmt {
            Stmt::FunctionDef(function) => {
                self.defined(&function.name, span_of(&function.name));
                if function.name.as_str() == "__getattr__" {
                    self.bound.push("*".into());
                }
            }
            Stmt::ClassDef(class) => self.defined(&class.name, span_of(&class.name)),
            Stmt::TypeAlias(alias) => self.target(&alias.name),
            Stmt::Assign(stmt) => stmt.targets.iter().for_each(|own| self.target(own)),
            Stmt::AnnAssign(stmt) if stmt.value.is_some() => self.target(&stmt.target),
            Stmt::AugAssign(stmt) => self.target(&stmt.target),
            Stmt::Import(stmt) => {
                for alias in &stmt.names {
                    let name = alias.asname.as_ref().unwrap_or(&alias.name).as_str();
                    self.bound.push(name.split('.').next().unwrap_or(name).into());
                }
            }
            Stmt::ImportFrom(stmt) => {
                for alias in &stmt.names {
                    self.bound.push(alias.asname.as_ref().unwrap_or(&alias.name).as_str().into());
                }
            }
            Stmt::If(stmt) => {
                self.block(&stmt.body, depth + 1);
                for clause in &stmt.elif_else_clauses {
                    self.block(&clause.body, depth + 1);
                }
            }
            Stmt::For(stmt) => {
                self.target(&stmt.target);
                self.block(&stmt.body, depth + 1);
                self.block(&stmt.orelse, depth + 1);
            }
            Stmt::While(stmt) => self.block(&stmt.body, depth + 1),
            Stmt::With(stmt) => {
                for item in &stmt.items {
                    item.optional_vars.iter().for_each(|own| self.target(own));
                }
                self.block(&stmt.body, depth + 1);
            }
            Stmt::Try(stmt) => {
                self.block(&stmt.body, depth + 1);
                for ExceptHandler::ExceptHandler(handler) in &stmt.handlers {
                    self.block(&handler.body, depth + 1);
                }
                self.block(&stmt.orelse, depth + 1);
                self.block(&stmt.finalbody, depth + 1);
            }
            // `exec( … )`, `globals().update( … )` and the like.
            Stmt::Expr(stmt) => {
                if let Expr::Call(call) = stmt.value.as_ref()
                    && let Some(name) = dotted(&call.func)
                    && (name.starts_with("exec") || name.starts_with("globals()"))
                {
                    self.bound.push("*".into());
                }
            }
            Stmt::Match(_) => self.bound.push("*".into()),
            _ => {}
        }
        if let Stmt::FunctionDef(function) = stmt
            && depth == 0
        {
            self.interface(function);
        }
    }

    /// What a function takes, where its decorators leave that alone.
    fn interface(&mut self, function: &'a StmtFunctionDef) {
        // Nobody imports what only a program itself uses.
        let name = function.name.as_str();
        if self.is_program || name.starts_with('_') || name == "main" {
            return;
        }
        let Some(module) = module_of(self.path) else { return };
        let Some(drops) = skipped(&function.decorator_list) else { return };
        let (params, open) = parameters(&function.parameters, drops);
        let syntax = Syntax { function: true, ..Syntax::default() };
        let command = CommandLine { syntax, ..CommandLine::default() };
        let entity = Entity::new(kinds::PYTHON_NAME, format!("{module}.{}", function.name));
        self.out.interfaces.push(Interface {
            command: Some(Box::new(command)),
            open,
            ..Interface::new(entity, params, span_of(&function.name))
        });
    }

    fn finish(mut self, whole: Parse) {
        if whole == Parse::InPart {
            self.bound.push("*".into());
        }
        // One that is defined twice is either.
        let functions = &self.functions;
        self.out.interfaces.retain(|interface| {
            let last = interface.entity.name.rsplit('.').next().unwrap_or_default();
            interface.entity.kind != kinds::PYTHON_NAME || functions.get(last) == Some(&1)
        });
        self.bound.sort_unstable();
        self.bound.dedup();
        self.out.provides.push(Provide {
            kind: kinds::PYTHON_MODULE,
            name: NamePattern::exact(self.path),
            span: Span::default(),
            within: None,
            detail: Detail::Members(self.bound.into_boxed_slice()),
        });
    }
}

/// How many parameters decorators fill; `None` where they may change what is taken.
fn skipped(decorators: &[Decorator]) -> Option<usize> {
    let mut drops = 0;
    for decorator in decorators {
        let (expr, arguments) = match &decorator.expression {
            Expr::Call(call) => (call.func.as_ref(), Some(&call.arguments)),
            expr => (expr, None),
        };
        let name = dotted(expr)?;
        match name.rsplit('.').next().unwrap_or_default() {
            "task" | "shared_task" | "periodic_task" => {
                let bound = arguments.and_then(|own: &Arguments| own.find_keyword("bind"));
                match bound.map(|own| &own.value) {
                    None => {}
                    Some(Expr::BooleanLiteral(own)) => drops += usize::from(own.value),
                    Some(_) => return None,
                }
            }
            "lru_cache" | "cache" | "contextmanager" | "asynccontextmanager" => {}
            _ => return None,
        }
    }
    Some(drops)
}

fn parameters(own: &Parameters, drops: usize) -> (Vec<Param>, bool) {
    let mut out = Vec::new();
    let by_place = own.posonlyargs.iter().chain(&own.args);
    for parameter in by_place.skip(drops) {
        let required = parameter.default.is_none();
        out.push(Param {
            positional: true,
            required,
            values: Some(if required { Arity::ONE } else { Arity::OPTIONAL }),
            ..Param::new(parameter.name().as_str(), span_of(&parameter.parameter.name))
        });
    }
    if let Some(rest) = &own.vararg {
        out.push(Param {
            positional: true,
            values: Some(Arity::ANY),
            ..Param::new(rest.name.as_str(), span_of(&rest.name))
        });
    }
    for parameter in &own.kwonlyargs {
        out.push(Param {
            required: parameter.default.is_none(),
            ..Param::new(parameter.name().as_str(), span_of(&parameter.parameter.name))
        });
    }
    (out, own.kwarg.is_some())
}
