//! The environment variables that a program reads, and those that it gives to others.
//!
//! (Source: Python's documentation of `os.environ`, `os.getenv` and `subprocess`.)

use super::fold::dotted;
use super::scope;
use super::value::span_of;
use crate::domain::environment::Reads;
use crate::extract::Source;
use crate::facts::{Environment, FileFacts, is_variable_name, kinds};
use ruff_python_ast::visitor::{Visitor, walk_expr, walk_stmt};
use ruff_python_ast::{CmpOp, Expr, ExprCall, ExprContext, Stmt};
use rustc_hash::{FxHashMap, FxHashSet};
use smol_str::SmolStr;

/// Adds the variables to the script's interface.
pub(super) fn extract(body: &[Stmt], source: &Source<'_>, out: &mut FileFacts) {
    let words = ["environ", "getenv"];
    if !words.iter().any(|word| source.text.contains(word)) {
        return;
    }
    let functions = body.iter().filter_map(|stmt| match stmt {
        Stmt::FunctionDef(own) => Some((own.name.as_str(), own.body.as_slice())),
        _ => None,
    });
    let mut reader = Reader {
        reads: Reads::default(),
        imports: scope::imports(body),
        functions: functions.collect(),
        entered: FxHashSet::default(),
        conditional: 0,
        depth: 0,
        unseen: source.text.contains("dotenv"),
    };
    reader.body(body);
    // What nothing calls unconditionally.
    reader.conditional += 1;
    let mut rest: Vec<_> = reader.functions.iter().map(|(name, body)| (*name, *body)).collect();
    rest.sort_unstable_by_key(|(name, _)| *name);
    for (name, body) in rest {
        if !reader.entered.contains(name) {
            reader.body(body);
        }
    }
    if reader.unseen {
        reader.reads.relax();
    }
    reader.reads.attach(source.path, out);
}

struct Reader<'a> {
    reads: Reads,
    imports: FxHashMap<&'a str, SmolStr>,
    /// The module's functions.
    functions: FxHashMap<&'a str, &'a [Stmt]>,
    entered: FxHashSet<&'a str>,
    /// Above zero where it is not certain that the program comes to a place.
    conditional: u32,
    /// Variables may come from a file that it reads by itself.
    unseen: bool,
    /// Calls that it is inside of.
    depth: u32,
}

/// Functions that call each other are followed no further.
const MAX_DEPTH: u32 = 4;

impl<'a> Reader<'a> {
    /// The statements of a block; what comes behind a way out is not certain any more.
    fn body(&mut self, body: &'a [Stmt]) {
        for stmt in body {
            self.visit_stmt(stmt);
            if self.conditional == 0 && leaves_well(stmt) {
                self.conditional += 1;
            }
        }
    }

    fn inside(&mut self, body: &'a [Stmt]) {
        self.conditional += 1;
        self.body(body);
        self.conditional -= 1;
    }

    /// The full name of a function or object, with what the imports say.
    fn name(&self, expr: &Expr) -> Option<SmolStr> {
        let name = dotted(expr)?;
        let (first, rest) = match name.split_once('.') {
            Some((first, rest)) => (first, Some(rest)),
            None => (name.as_str(), None),
        };
        Some(match (self.imports.get(first), rest) {
            (Some(module), Some(rest)) => format!("{module}.{rest}").into(),
            (Some(own), None) => own.clone(),
            _ => name,
        })
    }

    fn is_environ(&self, expr: &Expr) -> bool {
        self.name(expr).is_some_and(|name| matches!(name.as_str(), "os.environ" | "os.environb"))
    }

    fn call(&mut self, call: &'a ExprCall) {
        let Some(name) = self.name(&call.func) else { return };
        let first = call.arguments.args.first();
        let literal = first.and_then(text);
        match name.as_str() {
            "os.getenv" | "os.environ.get" | "os.environ.pop" => {
                if let (Some(own), Some(first)) = (literal, first) {
                    let default = call.arguments.args.get(1).and_then(text).unwrap_or_default();
                    self.reads.guarded(own, default, span_of(first));
                }
            }
            "os.environ.setdefault" => literal.into_iter().for_each(|own| self.reads.sets(own)),
            "os.environ.update" | "os.putenv" => self.unseen = true,
            _ => {}
        }
        if let Expr::Name(own) = call.func.as_ref()
            && self.conditional == 0
            && self.depth < MAX_DEPTH
            && let Some((name, body)) = self.functions.get_key_value(own.id.as_str())
        {
            let (name, body) = (*name, *body);
            if self.entered.insert(name) {
                // Where it returns early, its caller goes on.
                self.depth += 1;
                self.body(body);
                self.depth -= 1;
                self.conditional = 0;
            }
        }
    }
}

impl<'a> Visitor<'a> for Reader<'a> {
    fn visit_stmt(&mut self, stmt: &'a Stmt) {
        match stmt {
            // The module's own come where they are called.
            Stmt::FunctionDef(own)
                if self
                    .functions
                    .get(own.name.as_str())
                    .is_some_and(|body| std::ptr::eq(*body, own.body.as_slice())) => {}
            Stmt::FunctionDef(own) => self.inside(&own.body),
            Stmt::ClassDef(own) => self.body(&own.body),
            Stmt::If(own) => {
                self.visit_expr(&own.test);
                if is_main(&own.test) {
                    self.body(&own.body);
                } else {
                    self.inside(&own.body);
                }
                own.elif_else_clauses.iter().for_each(|clause| {
                    self.conditional += 1;
                    clause.test.iter().for_each(|test| self.visit_expr(test));
                    self.conditional -= 1;
                    self.inside(&clause.body);
                });
            }
            Stmt::For(own) => {
                self.visit_expr(&own.iter);
                self.inside(&own.body);
                self.inside(&own.orelse);
            }
            Stmt::While(own) => {
                self.visit_expr(&own.test);
                self.inside(&own.body);
                self.inside(&own.orelse);
            }
            Stmt::Try(own) => {
                if own.handlers.is_empty() {
                    self.body(&own.body);
                } else {
                    self.inside(&own.body);
                }
                for ruff_python_ast::ExceptHandler::ExceptHandler(handler) in &own.handlers {
                    self.inside(&handler.body);
                }
                self.inside(&own.orelse);
                self.body(&own.finalbody);
            }
            Stmt::With(own) => {
                own.items.iter().for_each(|item| self.visit_expr(&item.context_expr));
                let suppresses = own.items.iter().any(|item| match &item.context_expr {
                    Expr::Call(call) => {
                        dotted(&call.func).is_some_and(|name| name.ends_with("suppress"))
                    }
                    _ => false,
                });
                if suppresses { self.inside(&own.body) } else { self.body(&own.body) }
            }
            Stmt::Match(own) => {
                self.visit_expr(&own.subject);
                own.cases.iter().for_each(|case| self.inside(&case.body));
            }
            _ => walk_stmt(self, stmt),
        }
    }

    fn visit_expr(&mut self, expr: &'a Expr) {
        match expr {
            Expr::Subscript(own) if self.is_environ(&own.value) => match text(&own.slice) {
                Some(name) if own.ctx != ExprContext::Load => self.reads.sets(name),
                Some(name) if self.conditional == 0 => {
                    self.reads.required(name, span_of(&*own.slice));
                }
                Some(name) => self.reads.optional(name, "", span_of(&*own.slice)),
                None => {}
            },
            Expr::Compare(own)
                if matches!(own.ops.as_ref(), [CmpOp::In | CmpOp::NotIn])
                    && own.comparators.first().is_some_and(|right| self.is_environ(right)) =>
            {
                if let Some(name) = text(&own.left) {
                    self.reads.guarded(name, "", span_of(&*own.left));
                }
            }
            // What comes behind `or`, `if` and `lambda` may not be come to.
            Expr::BoolOp(own) => {
                for (ix, value) in own.values.iter().enumerate() {
                    self.conditional += u32::from(ix > 0);
                    self.visit_expr(value);
                    self.conditional -= u32::from(ix > 0);
                }
                return;
            }
            Expr::If(own) => {
                self.visit_expr(&own.test);
                self.conditional += 1;
                self.visit_expr(&own.body);
                self.visit_expr(&own.orelse);
                self.conditional -= 1;
                return;
            }
            Expr::Lambda(_)
            | Expr::ListComp(_)
            | Expr::SetComp(_)
            | Expr::DictComp(_)
            | Expr::Generator(_) => {
                self.conditional += 1;
                walk_expr(self, expr);
                self.conditional -= 1;
                return;
            }
            Expr::Call(call) => {
                walk_expr(self, expr);
                self.call(call);
                return;
            }
            _ => {}
        }
        walk_expr(self, expr);
    }
}

fn text(expr: &Expr) -> Option<&str> {
    match expr {
        Expr::StringLiteral(own) => Some(own.value.to_str()).filter(|name| !name.is_empty()),
        _ => None,
    }
}

/// `__name__ == '__main__'`
fn is_main(test: &Expr) -> bool {
    let Expr::Compare(own) = test else { return false };
    let named = |expr: &Expr| matches!(expr, Expr::Name(name) if name.id.as_str() == "__name__");
    named(&own.left) || own.comparators.iter().any(named)
}

/// Whether some branch of a statement ends the program, or the function, without an error.
fn leaves_well(stmt: &Stmt) -> bool {
    struct Ways(bool);
    impl<'a> Visitor<'a> for Ways {
        fn visit_stmt(&mut self, stmt: &'a Stmt) {
            match stmt {
                Stmt::Return(_) => self.0 = true,
                Stmt::FunctionDef(_) | Stmt::ClassDef(_) => {}
                _ => walk_stmt(self, stmt),
            }
        }

        fn visit_expr(&mut self, expr: &'a Expr) {
            if let Expr::Call(call) = expr
                && let Some(name) = dotted(&call.func)
                && matches!(name.as_str(), "sys.exit" | "exit" | "quit" | "os._exit")
            {
                // With a number above zero or a text it is an error.
                self.0 |= match call.arguments.args.first() {
                    None => true,
                    Some(Expr::NumberLiteral(own)) => {
                        own.value.as_int().is_some_and(|int| int.as_u8() == Some(0))
                    }
                    Some(Expr::StringLiteral(_) | Expr::FString(_)) => false,
                    Some(_) => true,
                };
            }
            walk_expr(self, expr);
        }
    }
    let mut ways = Ways(false);
    ways.visit_stmt(stmt);
    ways.0
}

/// The environment of a call with `env=…`: whole where it is a literal of its own.
pub(super) fn of_call(call: &ExprCall) -> Option<Box<Environment>> {
    let keyword = call.arguments.find_keyword("env")?;
    let mut own = Environment::default();
    match &keyword.value {
        Expr::Dict(dict) => {
            for item in &dict.items {
                match item.key.as_ref().map(|key| (key, text(key))) {
                    Some((key, Some(name))) if is_variable_name(name) => {
                        own.add(name, text(&item.value).map(SmolStr::new), span_of(key));
                    }
                    // `**os.environ` is what this program has itself.
                    None if is_own(&item.value) => own.open = true,
                    _ => own.add_unknown(kinds::ENV),
                }
            }
        }
        Expr::NoneLiteral(_) => return None,
        _ => {
            own.open = true;
            own.add_unknown(kinds::ENV);
        }
    }
    Some(Box::new(own))
}

fn is_own(expr: &Expr) -> bool {
    dotted(expr).is_some_and(|name| matches!(name.as_str(), "os.environ" | "environ"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reads(text: &str) -> Vec<String> {
        let mut out = FileFacts::default();
        let source = Source::of("x.py", text);
        super::super::module(&source, &mut out);
        crate::domain::environment::shown(out)
    }

    #[test]
    fn forms_of_access() {
        let text = "import os\nfrom os import environ as e, getenv\nos.environ['A']\ne['B']\ngetenv('C', 'c')\nos.environ.get('D')\nos.environ['E'] = 'x'\ny = os.environ['E']\n";
        assert_eq!(reads(text), ["A!", "B!", "C=c", "D"]);
        assert_eq!(reads("import os\nif 'A' in os.environ:\n  pass\nos.environ['A']\n"), ["A"]);
        assert_eq!(
            reads("import os\ntry:\n  x = os.environ['A']\nexcept KeyError:\n  x = 1\n"),
            ["A"]
        );
        assert_eq!(reads("import os, dotenv\ndotenv.load_dotenv()\nx = os.environ['A']\n"), ["A"]);
    }

    #[test]
    fn only_what_is_always_read_is_required() {
        let text = "import os, sys\ndef main():\n  a = os.environ['A']\n  if a:\n    return 1\n  os.environ['B']\ndef other():\n  os.environ['C']\nif __name__ == '__main__':\n  sys.exit(main())\n";
        assert_eq!(reads(text), ["A!", "B", "C"]);
        let text = "import os, sys\nif len(sys.argv) < 2:\n  sys.exit(1)\nos.environ['A']\nif x:\n  sys.exit()\nos.environ['B']\nz = 1 if y else os.environ['C']\n";
        assert_eq!(reads(text), ["A!", "B", "C"]);
        let text = "import os\nclass Settings:\n  token = os.environ['A']\n  def f(self):\n    os.environ['B']\n";
        assert_eq!(reads(text), ["A!", "B"]);
    }
}
