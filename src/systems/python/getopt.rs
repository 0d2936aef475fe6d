//! `getopt.getopt(argv, 'ab:', ['long', 'value='])`.
//!
//! (Source: the library reference of getopt.)

use super::parser::{Declared, Library, Parsed, Parser, Stores};
use super::value::{Args, Value};
use crate::facts::{Arity, Param, Span};
use ruff_python_ast::visitor::{Visitor, walk_expr};
use ruff_python_ast::{CmpOp, Expr, Stmt};
use smol_str::SmolStr;

/// Where flags may stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Order {
    /// Before the arguments.
    FlagsFirst,
    /// Also behind them.
    Any,
}

/// The parser that such a call is.
pub(super) fn parser<'a>(args: &Args<'_>, at: Span, order: Order, branches: u32) -> Parser<'a> {
    let mut parser = Parser::new(Library::Getopt, at, branches);
    parser.stops_at_positional = order == Order::FlagsFirst;
    parser.parsed = Parsed::Yes;
    parser.open |= args.open;
    match args.get("shortopts", 1) {
        Some(Value::Text(text, span)) if text.as_exact().is_some() => {
            let text = text.as_exact().map(SmolStr::as_str).unwrap_or_default();
            let mut letters = text.trim_start_matches(['+', '-']).chars().peekable();
            while let Some(letter) = letters.next() {
                let takes = letters.next_if_eq(&':').is_some();
                while letters.next_if_eq(&':').is_some() {}
                add(&mut parser, format!("-{letter}").into(), takes, *span);
            }
        }
        None => {}
        Some(_) => parser.open = true,
    }
    match args.get("longopts", 2) {
        Some(Value::List(names)) => {
            for name in names.iter() {
                match (name.text(), name) {
                    (Some(name), Value::Text(_, span)) => {
                        let bare = name.trim_end_matches('?').trim_end_matches('=');
                        add(&mut parser, format!("--{bare}").into(), name.contains('='), *span);
                    }
                    _ => parser.open = true,
                }
            }
        }
        Some(Value::Text(text, span)) if text.as_exact().is_some() => {
            let name = text.as_exact().map(SmolStr::as_str).unwrap_or_default();
            let bare = name.trim_end_matches('=');
            add(&mut parser, format!("--{bare}").into(), name.contains('='), *span);
        }
        None | Some(Value::None) => {}
        Some(_) => parser.open = true,
    }
    parser
}

fn add(parser: &mut Parser<'_>, name: SmolStr, takes: bool, span: Span) {
    let mut param = Param::new(name, span);
    param.values = Some(if takes { Arity::ONE } else { Arity::NONE });
    parser.declare(Declared { param, dest: SmolStr::default(), stores: Stores::Value });
}

/// Joins spellings that the script compares together: `opt in ('-h', '--help')`.
pub(super) fn join_spellings(parser: &mut Parser<'_>, body: &[Stmt]) {
    let mut finder = Finder { sets: Vec::new(), depth: 0 };
    finder.visit_body(body);
    for set in finder.sets {
        let Some(long) = set.iter().find(|name| name.starts_with("--")) else { continue };
        let of = |parser: &Parser<'_>, name: &str| {
            parser.params.iter().position(|param| param.param.name == name)
        };
        for name in set.iter().filter(|name| *name != long) {
            let (Some(from), Some(to)) = (of(parser, name), of(parser, long)) else { continue };
            if parser.params[from].param.values == parser.params[to].param.values {
                let alias = parser.params[from].param.name.clone();
                parser.params[to].param.aliases.push(alias);
                parser.params.remove(from);
            }
        }
    }
}

struct Finder {
    sets: Vec<Vec<String>>,
    depth: u32,
}

impl<'a> Visitor<'a> for Finder {
    fn visit_stmt(&mut self, stmt: &'a Stmt) {
        if self.depth < 60 {
            self.depth += 1;
            ruff_python_ast::visitor::walk_stmt(self, stmt);
            self.depth -= 1;
        }
    }

    fn visit_expr(&mut self, expr: &'a Expr) {
        if self.depth >= 60 {
            return;
        }
        let flag = |expr: &Expr| match expr {
            Expr::StringLiteral(text) if text.value.to_str().starts_with('-') => {
                Some(text.value.to_str().to_owned())
            }
            _ => None,
        };
        match expr {
            Expr::Compare(compare) if compare.ops.as_ref() == [CmpOp::In] => {
                let elements = match compare.comparators.first() {
                    Some(Expr::Tuple(tuple)) => tuple.elts.as_slice(),
                    Some(Expr::List(list)) => list.elts.as_slice(),
                    Some(Expr::Set(set)) => set.elts.as_slice(),
                    _ => &[],
                };
                self.sets.push(elements.iter().filter_map(flag).collect());
            }
            // `o == '-h' or o == '--help'`.
            Expr::BoolOp(operation) => {
                let sides = operation.values.iter().filter_map(|value| match value {
                    Expr::Compare(compare) if compare.ops.as_ref() == [CmpOp::Eq] => {
                        compare.comparators.first().and_then(flag)
                    }
                    _ => None,
                });
                self.sets.push(sides.collect());
            }
            _ => {}
        }
        self.depth += 1;
        walk_expr(self, expr);
        self.depth -= 1;
    }
}
