//! What a module uses of others: names that it imports, members of modules, and how it calls
//! functions of theirs.

use super::fold::dotted;
use super::value::span_of;
use crate::domain::methods::Methods;
use crate::domain::pages;
use crate::facts::{
    Arg, Call, FileFacts, NamePattern, Ref, Require, Scope, Span, Strength, Word, kinds,
    parent_folder,
};
use ruff_python_ast::visitor::{Visitor, walk_expr, walk_parameters, walk_stmt};
use ruff_python_ast::{Expr, ExprCall, ExprContext, Parameters, Stmt, StmtImportFrom};
use rustc_hash::{FxHashMap, FxHashSet};
use smallvec::smallvec;
use smol_str::SmolStr;
use std::sync::{Arc, LazyLock};

/// Modules of Python itself, and packages that nearly every program has from elsewhere.
static OTHERS: LazyLock<FxHashSet<&'static str>> = LazyLock::new(|| MODULES.split(' ').collect());

const MODULES: &str = "__future__ abc argparse array ast asyncio atexit base64 binascii bisect \
    builtins bz2 calendar cgi codecs collections concurrent configparser contextlib copy csv \
    ctypes dataclasses datetime decimal difflib email enum errno fcntl fileinput fnmatch \
    fractions ftplib functools gc getopt getpass gettext glob grp gzip hashlib heapq hmac html \
    http imaplib importlib inspect io ipaddress itertools json locale logging lzma math \
    mimetypes multiprocessing netrc numbers operator optparse os pathlib pickle pkgutil platform \
    pprint pwd queue random re readline sched secrets select selectors shelve shlex shutil \
    signal smtplib socket socketserver sqlite3 ssl stat statistics string struct subprocess sys \
    syslog tarfile tempfile termios textwrap threading time timeit traceback types typing \
    unicodedata unittest urllib urllib2 uuid warnings weakref xml xmlrpc zipfile zlib zoneinfo \
    ansible boto boto3 botocore celery click django flask jinja2 mock numpy pandas prometheus_client \
    pulumi pydantic pymysql pytest requests setuptools six sqlalchemy yaml";

/// How many uses of other modules one file may have.
const MOST: usize = 2000;

/// Adds what a module uses of others.
pub(super) fn uses(body: &[Stmt], path: &str, out: &mut FileFacts) {
    let mut uses = Uses {
        path,
        scope: Scope::of(path),
        root: Scope::of(""),
        aliases: FxHashMap::default(),
        rebound: FxHashSet::default(),
        found: Vec::new(),
        calls: Vec::new(),
        known: FxHashSet::default(),
        functions: 0,
        tries: 0,
        methods: Methods::new(kinds::PYTHON_METHOD),
        out,
    };
    uses.visit_body(body);
    std::mem::replace(&mut uses.methods, Methods::new(kinds::PYTHON_METHOD)).finish(uses.out);
    if !uses.aliases.is_empty() {
        uses.members();
        uses.calls();
    }
}

/// Where an imported name leads.
#[derive(Clone)]
struct Alias {
    /// Its dotted name.
    target: SmolStr,
    /// From where that is seen.
    scope: Arc<Scope>,
    /// Whether failing to import it is expected.
    strength: Strength,
}

struct Uses<'u, 'a> {
    path: &'u str,
    scope: Arc<Scope>,
    root: Arc<Scope>,
    aliases: FxHashMap<&'a str, Alias>,
    /// Names that something else than an import binds, too.
    rebound: FxHashSet<&'a str>,
    /// Chains of attributes.
    found: Vec<(SmolStr, Span)>,
    calls: Vec<(SmolStr, &'a ExprCall)>,
    known: FxHashSet<(SmolStr, bool)>,
    functions: u32,
    tries: u32,
    /// Methods of objects, by bare name.
    methods: Methods<'a>,
    out: &'u mut FileFacts,
}

impl<'a> Visitor<'a> for Uses<'_, 'a> {
    fn visit_stmt(&mut self, stmt: &'a Stmt) {
        match stmt {
            Stmt::Import(own) => {
                for alias in &own.names {
                    let name = alias.name.as_str();
                    let first = name.split('.').next().unwrap_or(name);
                    if OTHERS.contains(first) {
                        continue;
                    }
                    self.module(name.into(), span_of(&alias.name), self.scope.clone());
                    let strength = self.strength();
                    let (bound, target) = match &alias.asname {
                        Some(other) => (other.as_str(), name),
                        None => (first, first),
                    };
                    let scope = self.scope.clone();
                    self.aliases.insert(bound, Alias { target: target.into(), scope, strength });
                }
            }
            Stmt::ImportFrom(own) => self.import_from(own),
            Stmt::FunctionDef(own) => {
                self.rebound.insert(&own.name);
                self.functions += 1;
                walk_stmt(self, stmt);
                self.functions -= 1;
            }
            Stmt::ClassDef(own) => {
                self.rebound.insert(&own.name);
                for method in own.body.iter().filter_map(Stmt::as_function_def_stmt) {
                    self.methods.defines(&method.name, span_of(&method.name));
                }
                walk_stmt(self, stmt);
            }
            Stmt::Try(own) => {
                self.tries += u32::from(!own.handlers.is_empty());
                self.visit_body(&own.body);
                self.tries -= u32::from(!own.handlers.is_empty());
                // What is done instead may fail as well.
                self.tries += 1;
                for handler in &own.handlers {
                    self.visit_except_handler(handler);
                }
                self.tries -= 1;
                self.visit_body(&own.orelse);
                self.visit_body(&own.finalbody);
            }
            Stmt::If(own)
                if dotted(&own.test).is_some_and(|own| own.ends_with("TYPE_CHECKING")) =>
            {
                self.tries += 1;
                walk_stmt(self, stmt);
                self.tries -= 1;
            }
            _ => walk_stmt(self, stmt),
        }
    }

    fn visit_parameters(&mut self, parameters: &'a Parameters) {
        self.rebound.extend(parameters.iter().map(|own| own.name().as_str()));
        walk_parameters(self, parameters);
    }

    fn visit_expr(&mut self, expr: &'a Expr) {
        match expr {
            Expr::Name(name) if name.ctx == ExprContext::Store => {
                self.rebound.insert(&name.id);
            }
            Expr::Attribute(own) => {
                if own.ctx == ExprContext::Load
                    && self.found.len() < MOST
                    && root(expr).is_some_and(|root| self.aliases.contains_key(root))
                    && let Some(name) = plain(expr)
                {
                    self.found.push((name, span_of(expr)));
                }
                walk_expr(self, expr);
            }
            Expr::Call(call) => {
                if let Expr::Name(name) = call.func.as_ref() {
                    self.renders(&name.id, call);
                } else if let Expr::Attribute(own) = call.func.as_ref() {
                    self.renders(&own.attr, call);
                    if root(&own.value).is_none_or(|root| !self.aliases.contains_key(root)) {
                        self.methods.calls(&own.attr, span_of(&own.attr));
                    }
                }
                if self.calls.len() < MOST
                    && root(&call.func).is_some_and(|root| self.aliases.contains_key(root))
                    && let Some(name) = plain(&call.func)
                {
                    self.calls.push((name, call));
                }
                walk_expr(self, expr);
            }
            _ => walk_expr(self, expr),
        }
    }
}

/// The name that `a.b.c` begins with.
fn root(expr: &Expr) -> Option<&str> {
    let mut rest = expr;
    while let Expr::Attribute(own) = rest {
        rest = &own.value;
    }
    match rest {
        Expr::Name(name) => Some(&name.id),
        _ => None,
    }
}

/// `a.b.c`, and nothing but names.
fn plain(expr: &Expr) -> Option<SmolStr> {
    root(expr).and_then(|_| dotted(expr))
}

impl<'a> Uses<'_, 'a> {
    fn strength(&self) -> Strength {
        match (self.tries, self.functions) {
            (0, 0) => Strength::Certain,
            (0, _) => Strength::Likely,
            _ => Strength::Guarded,
        }
    }

    fn module(&mut self, name: SmolStr, span: Span, scope: Arc<Scope>) {
        if self.known.insert((name.clone(), true)) {
            let target = Ref::exact(kinds::PYTHON_IMPORT, name).seen_from(scope);
            let require = Require::certain(target, span, "import", None);
            self.out.requires.push(require.with_strength(self.strength()));
        }
    }

    fn name(&mut self, name: SmolStr, span: Span, scope: Arc<Scope>, strength: Strength) {
        if self.known.insert((name.clone(), false)) {
            let target = Ref::exact(kinds::PYTHON_NAME, name).seen_from(scope);
            let require = Require::certain(target, span, "import", None);
            self.out.requires.push(require.with_strength(strength));
        }
    }

    /// `from a.b import c`, `from ..a import b as c`.
    fn import_from(&mut self, own: &'a StmtImportFrom) {
        let module = own.module.as_ref().map_or("", |module| module.as_str());
        let (module, scope) = match own.level {
            0 if OTHERS.contains(module.split('.').next().unwrap_or(module)) => return,
            0 => (SmolStr::new(module), self.scope.clone()),
            level => {
                let mut folder = parent_folder(self.path);
                for _ in 1..level {
                    folder = parent_folder(folder);
                }
                if folder.contains('.') {
                    return;
                }
                let folder = folder.replace('/', ".");
                let between = if folder.is_empty() || module.is_empty() { "" } else { "." };
                (format!("{folder}{between}{module}").into(), self.root.clone())
            }
        };
        if module.is_empty() {
            return;
        }
        let span = own.module.as_ref().map_or_else(|| span_of(own), span_of);
        self.module(module.clone(), span, scope.clone());
        let strength = self.strength();
        for alias in &own.names {
            if alias.name.as_str() == "*" {
                continue;
            }
            let target = SmolStr::from(format!("{module}.{}", alias.name));
            self.name(target.clone(), span_of(&alias.name), scope.clone(), strength);
            let bound = alias.asname.as_ref().unwrap_or(&alias.name).as_str();
            self.aliases.insert(bound, Alias { target, scope: scope.clone(), strength });
        }
    }

    /// `render_template('a.html')`, `render(request, 'a.html')`.
    fn renders(&mut self, name: &str, call: &'a ExprCall) {
        let place = match name {
            "render_template" | "render_to_string" | "get_template" => 0,
            "render" | "TemplateResponse" => 1,
            _ => return,
        };
        let mut args = call.arguments.args.iter().take(place + 1);
        let page = args.find_map(|arg| match arg {
            Expr::StringLiteral(text) => {
                pages::rendered(text.value.to_str(), span_of(arg), "render")
            }
            _ => None,
        });
        self.out.requires.extend(page);
    }

    /// The full name of a chain that begins with an imported name, which nothing else binds.
    fn full(&self, chain: &str) -> Option<(SmolStr, Alias)> {
        let (first, rest) = match chain.split_once('.') {
            Some((first, rest)) => (first, Some(rest)),
            None => (chain, None),
        };
        if self.rebound.contains(first) {
            return None;
        }
        let alias = self.aliases.get(first)?;
        let full = match rest {
            Some(rest) => format!("{}.{rest}", alias.target).into(),
            None => alias.target.clone(),
        };
        Some((full, alias.clone()))
    }

    /// `util.f` of a module `util`.
    fn members(&mut self) {
        for (chain, span) in std::mem::take(&mut self.found) {
            if let Some((full, alias)) = self.full(&chain) {
                // Where it is read, a function may never be called.
                let strength = alias.strength.min(Strength::Likely);
                self.name(full, span, alias.scope, strength);
            }
        }
    }

    fn calls(&mut self) {
        let mut said: FxHashSet<(SmolStr, usize)> = FxHashSet::default();
        for (chain, call) in std::mem::take(&mut self.calls) {
            let Some((mut full, alias)) = self.full(&chain) else { continue };
            let mut own = None;
            if let Some((function, how)) = full.rsplit_once('.') {
                own = match how {
                    "delay" | "s" | "si" => Some((function.to_owned(), false)),
                    "apply_async" => Some((function.to_owned(), true)),
                    _ => None,
                };
            }
            let queued = own.is_some();
            let listed = own.as_ref().is_some_and(|(_, listed)| *listed);
            if let Some((function, _)) = own {
                full = function.into();
            }
            let strength = match alias.strength {
                Strength::Guarded => continue,
                _ => Strength::Certain,
            };
            let target = Ref::exact(kinds::PYTHON_NAME, full.clone()).seen_from(alias.scope);
            let via = if queued { "task" } else { "call" };
            let mut found =
                Call { strength, ..Call::new(smallvec![target], span_of(&*call.func), via) };
            match listed {
                true => queued_arguments(call, &mut found),
                false => arguments(call, &mut found),
            }
            // One of a kind says all.
            let is_plain = found.args.is_empty() && !found.open;
            if !is_plain || said.insert((full, found.words.len())) {
                self.out.calls.push(found);
            }
        }
    }
}

fn arguments(call: &ExprCall, out: &mut Call) {
    for arg in &call.arguments.args {
        positional(arg, out);
    }
    for keyword in &call.arguments.keywords {
        match &keyword.arg {
            Some(name) => {
                let span = span_of(name);
                out.args.push(Arg { name: name.as_str().into(), value: None, span });
            }
            None => out.open = true,
        }
    }
}

fn positional(arg: &Expr, out: &mut Call) {
    match arg {
        Expr::Starred(_) => out.open = true,
        _ => out.words.push(Word { text: NamePattern::any(), splits: false, span: span_of(arg) }),
    }
}

/// `task.apply_async( args, kwargs )`.
fn queued_arguments(call: &ExprCall, out: &mut Call) {
    match call.arguments.find_argument_value("args", 0) {
        None => {}
        Some(Expr::List(list)) => list.elts.iter().for_each(|own| positional(own, out)),
        Some(Expr::Tuple(tuple)) => tuple.elts.iter().for_each(|own| positional(own, out)),
        Some(_) => out.open = true,
    }
    match call.arguments.find_argument_value("kwargs", 1) {
        None => {}
        Some(Expr::Dict(dict)) => {
            for item in &dict.items {
                match &item.key {
                    Some(Expr::StringLiteral(key)) => {
                        let name = key.value.to_str().into();
                        out.args.push(Arg { name, value: None, span: span_of(key) });
                    }
                    _ => out.open = true,
                }
            }
        }
        Some(_) => out.open = true,
    }
    out.open |= call.arguments.keywords.iter().any(|own| own.arg.is_none());
}
