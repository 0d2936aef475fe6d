//! Modules that settings name by their dotted paths: Django's `MIDDLEWARE`, `INSTALLED_APPS` and
//! others, `include('a.urls')`, `DJANGO_SETTINGS_MODULE`.
//!
//! What a setting names may be of any package, so that only what went is missed.
//!
//! (Source: Django's documentation, "Settings", "URL dispatcher".)

use super::entries::started;
use super::value::span_of;
use crate::extract::Source;
use crate::facts::{FileFacts, Ref, Require, Scope, Span, Strength, base_name, kinds};
use ruff_python_ast::visitor::{Visitor, walk_expr, walk_stmt};
use ruff_python_ast::{Expr, ExprCall, Stmt};
use smallvec::smallvec;

/// Words without which a file has none of these.
pub(super) const WORDS: [&str; 5] =
    ["INSTALLED_APPS", "MIDDLEWARE", "ROOT_URLCONF", "DJANGO_SETTINGS_MODULE", "include("];

/// Settings whose modules are imported before anything is served.
const SURE: [&str; 9] = [
    "ASGI_APPLICATION",
    "AUTHENTICATION_BACKENDS",
    "INSTALLED_APPS",
    "MIDDLEWARE",
    "MIDDLEWARE_CLASSES",
    "ROOT_URLCONF",
    "TEMPLATES",
    "TEMPLATE_CONTEXT_PROCESSORS",
    "WSGI_APPLICATION",
];

/// The variable that names the module of the settings.
const MODULE: &str = "DJANGO_SETTINGS_MODULE";

/// How many names of one file are noted.
const MOST: usize = 1000;

/// Adds what a module names so.
pub(super) fn names(body: &[Stmt], source: &Source<'_>, out: &mut FileFacts) {
    let text = source.text;
    let has = |words: &[&str]| words.iter().any(|word| text.contains(word));
    let is_settings = has(&["INSTALLED_APPS", "MIDDLEWARE", "ROOT_URLCONF"]);
    let is_urls = base_name(source.path).contains("urls") && has(&["urlpatterns"]);
    if !is_settings && !is_urls && !has(&[MODULE]) {
        return;
    }
    let mut names =
        Names { path: source.path, setting: None, is_settings, is_urls, depth: 0, out, left: MOST };
    names.visit_body(body);
}

struct Names<'n> {
    path: &'n str,
    /// The setting whose value is read.
    setting: Option<String>,
    is_settings: bool,
    is_urls: bool,
    /// Functions and classes around.
    depth: u32,
    out: &'n mut FileFacts,
    left: usize,
}

impl<'a> Visitor<'a> for Names<'_> {
    fn visit_stmt(&mut self, stmt: &'a Stmt) {
        match stmt {
            Stmt::FunctionDef(_) | Stmt::ClassDef(_) => {
                self.depth += 1;
                walk_stmt(self, stmt);
                self.depth -= 1;
            }
            Stmt::Assign(own) => {
                let target = own.targets.first();
                if target.is_some_and(is_variable) {
                    self.module(&own.value);
                }
                self.value(target, &own.value);
            }
            Stmt::AugAssign(own) => self.value(Some(&own.target), &own.value),
            Stmt::AnnAssign(own) => {
                if let Some(value) = &own.value {
                    self.value(Some(&own.target), value);
                }
            }
            _ => walk_stmt(self, stmt),
        }
    }

    fn visit_expr(&mut self, expr: &'a Expr) {
        match expr {
            Expr::StringLiteral(text) if self.setting.is_some() => {
                self.name(text.value.to_str(), span_of(text));
            }
            // Its keys are names of loggers and options.
            Expr::Dict(own) => own.items.iter().for_each(|item| self.visit_expr(&item.value)),
            Expr::Call(call) => {
                self.call(call);
                // What a function is handed is no setting.
                let setting = self.setting.take();
                walk_expr(self, expr);
                self.setting = setting;
            }
            _ => walk_expr(self, expr),
        }
    }
}

/// `os.environ['DJANGO_SETTINGS_MODULE']`.
fn is_variable(target: &Expr) -> bool {
    target
        .as_subscript_expr()
        .and_then(|own| own.slice.as_string_literal_expr())
        .is_some_and(|own| own.value.to_str() == MODULE)
}

impl Names<'_> {
    /// Reads the value of a setting.
    fn value(&mut self, target: Option<&Expr>, value: &Expr) {
        let name = target.and_then(Expr::as_name_expr).map(|own| own.id.as_str());
        let is_setting = |own: &&str| {
            own.bytes().all(|byte| byte.is_ascii_uppercase() || byte == b'_')
                && !own.ends_with("_MODEL")
                && !own.ends_with("MODULES")
        };
        let name = name.filter(|own| self.is_settings && self.depth == 0 && is_setting(own));
        let before = std::mem::replace(&mut self.setting, name.map(str::to_owned));
        self.visit_expr(value);
        self.setting = before;
    }

    /// `setdefault('DJANGO_SETTINGS_MODULE', 'a.b')`, `include('a.urls')`.
    fn call(&mut self, call: &ExprCall) {
        let args = &call.arguments.args;
        let name = match call.func.as_ref() {
            Expr::Name(own) => own.id.as_str(),
            Expr::Attribute(own) => own.attr.as_str(),
            _ => return,
        };
        match (name, args.as_ref()) {
            ("setdefault", [Expr::StringLiteral(key), value]) if key.value.to_str() == MODULE => {
                self.module(value);
            }
            ("include", [Expr::Tuple(own), ..]) if self.is_urls => {
                own.elts.iter().take(1).for_each(|own| self.module(own));
            }
            ("include", [value, ..]) if self.is_urls => self.module(value),
            _ => {}
        }
    }

    /// A text that is the whole name of a module.
    fn module(&mut self, value: &Expr) {
        let Expr::StringLiteral(text) = value else { return };
        let name = text.value.to_str();
        if is_dotted(name) {
            self.out.requires.extend(started(self.path, name, "", span_of(text), "setting"));
        }
    }

    /// A text of a setting, if it is the dotted name of something.
    fn name(&mut self, text: &str, span: Span) {
        let setting = self.setting.as_deref().unwrap_or_default();
        let of_modules = matches!(setting, "INSTALLED_APPS" | "ROOT_URLCONF");
        if !is_dotted(text) || !text.contains('.') && !of_modules || self.left == 0 {
            return;
        }
        self.left -= 1;
        let strength = match SURE.contains(&setting) {
            true => Strength::Certain,
            false => Strength::Likely,
        };
        let parts = text.rsplit_once('.');
        let of_class = parts
            .filter(|(_, last)| last.starts_with(|c: char| c.is_ascii_uppercase()))
            .or_else(|| parts.filter(|_| setting.ends_with("_APPLICATION")));
        let found = match of_class {
            Some((module, name)) => started(self.path, module, name, span, "setting"),
            None if of_modules => started(self.path, text, "", span, "setting"),
            None => {
                // A function, or a module.
                let Some((module, _)) = parts else { return };
                let scope = Scope::of(self.path);
                let of = |kind, name: &str| Ref::exact(kind, name).seen_from(scope.clone());
                let any =
                    smallvec![of(kinds::PYTHON_IMPORT, text), of(kinds::PYTHON_IMPORT, module)];
                let name = of(kinds::PYTHON_NAME, text);
                vec![
                    Require::any_of(any, span, "setting", None),
                    Require::certain(name, span, "setting", None),
                ]
            }
        };
        self.out.requires.extend(found.into_iter().map(|own| own.with_strength(strength)));
    }
}

/// Whether a text is one name, or several with dots between them.
fn is_dotted(text: &str) -> bool {
    let is_name = |part: &str| {
        part.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
            && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
    };
    text.len() < 200 && text.split('.').all(is_name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(path: &str, text: &str) -> Vec<String> {
        let kind = ruff_python_ast::PySourceType::Python;
        let parsed = ruff_python_parser::parse_unchecked_source(text, kind);
        let mut out = FileFacts::default();
        names(parsed.suite(), &Source::of(path, text), &mut out);
        out.requires.iter().map(|own| own.any_of[0].name.to_string()).collect()
    }

    #[test]
    fn dotted_names_of_settings() {
        let text = "ROOT_URLCONF = 'a.urls'\nINSTALLED_APPS = ['b', 'c.apps.CConfig']\nMIDDLEWARE = [\n  'a.m.One',\n]\nX = {'k.v': 'a.ctx.site', 'y': 'plain'}\nAUTH_USER_MODEL = 'b.User'\nZ = env('q.r')\ndef f():\n  W = 'a.no'\n";
        assert_eq!(
            named("a/settings.py", text),
            [
                "a.urls",
                "b",
                "c.apps",
                "c.apps.CConfig",
                "a.m",
                "a.m.One",
                "a.ctx.site",
                "a.ctx.site"
            ]
        );
        assert!(named("a/other.py", "X = ['a.b.C']\n").is_empty());
    }

    #[test]
    fn modules_of_settings_and_urls() {
        let text = "import os\nos.environ.setdefault('DJANGO_SETTINGS_MODULE', 'a.settings')\n";
        assert_eq!(named("manage.py", text), ["a.settings"]);
        let text =
            "urlpatterns = [path('x/', include('a.x.urls')), path('', include(('b.urls', 'b')))]\n";
        assert_eq!(named("a/urls.py", text), ["a.x.urls", "b.urls"]);
    }
}
