//! Command lines that a shell reads: `os.system('…')`, `shell=True`, and strings that hold
//! a command for someone else to run, such as a job that is submitted to another host.

use super::fold::{Names, NoNames, dotted, fold_string};
use super::scope::View;
use super::value::span_of;
use crate::domain::commands::{Lines, runs_program};
use crate::facts::{FileFacts, NamePattern, Relation, Span, Via};
use crate::syntax::shell::CommandText;
use ruff_python_ast::visitor::{Visitor, walk_expr, walk_stmt};
use ruff_python_ast::{Expr, ExprCall, Operator, Stmt};
use rustc_hash::{FxHashMap, FxHashSet};
use smol_str::SmolStr;

/// The text that a call of `name` hands to a shell.
pub(super) fn shell_text(
    name: &str,
    call: &ExprCall,
    view: &View<'_, '_>,
) -> Option<(NamePattern, Span)> {
    let arguments = &call.arguments;
    let text = match name {
        "os.system"
        | "os.popen"
        | "subprocess.getoutput"
        | "subprocess.getstatusoutput"
        | "commands.getoutput"
        | "commands.getstatusoutput"
        | "asyncio.create_subprocess_shell" => arguments.args.first()?,
        "subprocess.call"
        | "subprocess.check_call"
        | "subprocess.check_output"
        | "subprocess.run"
        | "subprocess.Popen" => {
            let shell = arguments.find_keyword("shell")?;
            let is_on = matches!(&shell.value, Expr::BooleanLiteral(value) if value.value);
            arguments.find_argument_value("args", 0).filter(|_| is_on)?
        }
        _ => return None,
    };
    Some((fold_string(text, view)?, literal(text)))
}

/// Adds the calls of a command line.
pub(super) fn add(
    path: &str,
    via: impl Into<Via>,
    text: &NamePattern,
    at: Span,
    out: &mut FileFacts,
) {
    Lines::new(path, via).add(&CommandText::pattern(text, at), out);
}

/// Where the first string literal of `expr` holds its text.
fn literal(expr: &Expr) -> Span {
    struct First(Option<Span>);
    impl<'a> Visitor<'a> for First {
        fn visit_expr(&mut self, expr: &'a Expr) {
            if self.0.is_none() && (expr.is_string_literal_expr() || expr.is_f_string_expr()) {
                self.0 = Some(span_of(expr));
            } else {
                walk_expr(self, expr);
            }
        }
    }
    let mut first = First(None);
    first.visit_expr(expr);
    let span = first.0.unwrap_or_else(|| span_of(expr));
    Span::new(span.start as usize + 1, span.end as usize)
}

/// Adds the commands that strings of the module hold: a variable that is set to a text which
/// begins with a program's path, with what is appended to it in the same function.
pub(super) fn strings(body: &[Stmt], path: &str, out: &mut FileFacts) {
    let constants = Constants::of(body);
    let mut reader = Strings { constants: &constants, open: Vec::new(), done: Vec::new() };
    reader.visit_body(body);
    let Strings { open, mut done, .. } = reader;
    done.extend(open.into_iter().map(|(_, text, at)| (text, at)));
    done.sort_by_key(|(_, at)| *at);
    for (text, at) in done {
        add(path, Relation::Remote.called("command string"), &text, at, out);
    }
}

/// Texts that the module sets once, at its top.
struct Constants(FxHashMap<SmolStr, NamePattern>);

impl Constants {
    fn of(body: &[Stmt]) -> Self {
        let mut own: FxHashMap<SmolStr, NamePattern> = FxHashMap::default();
        let mut again: FxHashSet<SmolStr> = FxHashSet::default();
        for stmt in body {
            let Stmt::Assign(assign) = stmt else { continue };
            let [Expr::Name(name)] = assign.targets.as_slice() else { continue };
            let name = SmolStr::new(name.id.as_str());
            let text = fold_string(&assign.value, &NoNames);
            let known = text.and_then(|text| own.insert(name.clone(), text));
            if known.is_some() {
                again.insert(name);
            }
        }
        own.retain(|name, _| !again.contains(name));
        Self(own)
    }
}

impl Names for Constants {
    fn text(&self, name: &str, _depth: u32) -> Option<NamePattern> {
        self.0.get(name).cloned()
    }

    fn list(&self, _name: &str) -> Option<&[Expr]> {
        None
    }
}

struct Strings<'a> {
    constants: &'a Constants,
    /// Variables of the function that is read, with their text so far.
    open: Vec<(&'a str, NamePattern, Span)>,
    done: Vec<(NamePattern, Span)>,
}

impl<'a> Visitor<'a> for Strings<'a> {
    fn visit_stmt(&mut self, stmt: &'a Stmt) {
        match stmt {
            Stmt::FunctionDef(_) | Stmt::ClassDef(_) => {
                let outer = std::mem::take(&mut self.open);
                walk_stmt(self, stmt);
                let inner = std::mem::replace(&mut self.open, outer);
                self.done.extend(inner.into_iter().map(|(_, text, at)| (text, at)));
            }
            Stmt::Assign(assign) => {
                if let [Expr::Name(name)] = assign.targets.as_slice()
                    && let Some(text) = fold_string(&assign.value, self.constants)
                        .filter(|text| runs_program(text.prefix()))
                {
                    self.open.push((name.id.as_str(), text, literal(&assign.value)));
                }
            }
            Stmt::AugAssign(more) if more.op == Operator::Add => {
                if let Some(name) = dotted(&more.target)
                    && let Some(own) = self.open.iter_mut().rev().find(|own| own.0 == name)
                {
                    let more =
                        fold_string(&more.value, self.constants).unwrap_or_else(NamePattern::any);
                    let pieces = own.1.pieces().into_iter().chain(more.pieces());
                    own.1 = NamePattern::from_pieces(pieces);
                }
            }
            _ => walk_stmt(self, stmt),
        }
    }
}
