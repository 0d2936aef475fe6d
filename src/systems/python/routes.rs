//! Routes of services in Python: Flask, FastAPI, Starlette, Bottle, aiohttp, Django.
//!
//! (Sources: the documentation of each, "Routing".)

use super::fold::dotted;
use super::value::span_of;
use crate::domain::routes::{below, expression, mounted, open, pattern, provide};
use crate::facts::{FileFacts, NamePattern, Span};
use memchr::memmem;
use regex::bytes::Regex;
use ruff_python_ast::visitor::{Visitor, walk_expr};
use ruff_python_ast::{Expr, ExprCall, Stmt};
use rustc_hash::FxHashMap;
use smol_str::SmolStr;
use std::sync::LazyLock;

/// Words without which a file has no routes.
const WORDS: &[&str] = &["flask", "fastapi", "starlette", "bottle", "aiohttp", "django", "sanic"];

/// Frameworks whose routes are not read, by what their files say. A service of one may
/// answer anything.
const OTHER: &[&str] = &[
    "import tornado",
    "from tornado",
    "import cherrypy",
    "import falcon",
    "from pyramid",
    "\nimport web\n",
    "import webapp2",
    "twisted.web",
    "BaseHTTPRequestHandler",
    "SimpleHTTPRequestHandler",
    "wsgiref",
    "start_response",
    "connexion",
    "flask_restful",
    "flask_restx",
    "flask_classful",
    "rest_framework",
];

/// All of these, in one pass.
static ANY: LazyLock<Option<Regex>> = LazyLock::new(|| {
    let all: Vec<String> = WORDS.iter().chain(OTHER).map(|word| regex::escape(word)).collect();
    Regex::new(&all.join("|")).ok()
});

/// Whether a file may have routes.
pub(super) fn may_serve(text: &str) -> bool {
    ANY.as_ref().is_some_and(|own| own.is_match(text.as_bytes()))
}

/// Adds the routes of a module.
pub(super) fn routes(body: &[Stmt], text: &str, out: &mut FileFacts) {
    if OTHER.iter().any(|word| memmem::find(text.as_bytes(), word.as_bytes()).is_some()) {
        return open(out, Span::default());
    }
    let mut reader = Reader { apps: FxHashMap::default(), out };
    reader.apps(body);
    reader.visit_body(body);
}

/// Extensions and calls that take an application and add no route to it.
const PLAIN: &[&str] = &[
    "babel",
    "bcrypt",
    "cache",
    "compress",
    "cors",
    "csrf",
    "csrfprotect",
    "db",
    "limiter",
    "loginmanager",
    "mail",
    "migrate",
    "print",
    "proxyfix",
    "run",
    "runapp",
    "session",
    "sqlalchemy",
    "talisman",
];

/// What a variable holds.
#[derive(Clone, Copy, PartialEq)]
enum App {
    /// The application itself: its routes are what they say.
    Whole,
    /// A part that is mounted somewhere.
    Part,
}

struct Reader<'o> {
    apps: FxHashMap<SmolStr, App>,
    out: &'o mut FileFacts,
}

impl Reader<'_> {
    /// Variables of the module that hold an application.
    fn apps(&mut self, body: &[Stmt]) {
        for stmt in body {
            let Stmt::Assign(own) = stmt else { continue };
            let Expr::Call(call) = own.value.as_ref() else { continue };
            let Some(name) = dotted(&call.func) else { continue };
            let app = match name.rsplit('.').next().unwrap_or_default() {
                "Flask" | "FastAPI" | "Starlette" | "Bottle" | "Sanic" => App::Whole,
                "Blueprint" | "APIRouter" | "RouteTableDef" => App::Part,
                _ => continue,
            };
            for target in &own.targets {
                let Some(variable) = dotted(target) else { continue };
                self.apps.insert(variable, app);
                let keyword = |name| call.arguments.find_keyword(name);
                if name.ends_with("Flask") && app == App::Whole {
                    // Flask serves its static folder.
                    if keyword("static_url_path").is_some() || keyword("static_folder").is_some() {
                        open(self.out, span_of(call.func.as_ref()));
                    } else {
                        provide(self.out, below("/static"), span_of(call.func.as_ref()), "");
                    }
                }
                if name.ends_with("FastAPI") {
                    for path in ["/docs", "/redoc", "/openapi.json"] {
                        provide(self.out, below(path), span_of(call.func.as_ref()), "");
                    }
                }
            }
        }
    }

    fn call(&mut self, call: &ExprCall) {
        let Some(name) = dotted(&call.func) else { return };
        let (owner, method) = name.rsplit_once('.').unwrap_or(("", &name));
        let at = span_of(call.func.as_ref());
        match method {
            "route" | "api_route" | "websocket" | "get" | "post" | "put" | "delete" | "patch"
            | "head" | "view" => {
                let app = self.apps.get(owner).copied();
                let is_route = method == "route" || method == "api_route";
                // `requests.get(url)` is none.
                if app.is_none() && !(is_route || owner == "web") {
                    return;
                }
                self.route(call, app, at);
            }
            "add_url_rule" | "add_api_route" | "add_route" => {
                let app = self.apps.get(owner).copied();
                self.route(call, app, at);
            }
            "add_get" | "add_post" | "add_put" | "add_delete" | "add_head" | "add_view" => {
                self.route(call, Some(App::Whole), at);
            }
            "add_static" | "mount" | "add_subapp" => match self.text(call) {
                Some(text) => provide(self.out, below(&text), at, ""),
                None => open(self.out, at),
            },
            "Route" | "Mount" if owner.is_empty() || owner == "routing" => match self.text(call) {
                Some(text) if method == "Mount" => {
                    provide(self.out, mounted(&below(&text)), at, "")
                }
                Some(text) => provide(self.out, mounted(&pattern(&text)), at, ""),
                None => {}
            },
            "path" | "re_path" | "url" if owner.is_empty() => self.django(call, method, at),
            "include_router" | "register_blueprint" => {}
            _ if self.extends(call, owner, method) => open(self.out, at),
            "add_routes" | "wsgi_app" | "static_file" => open(self.out, at),
            _ => {}
        }
    }

    /// Whether a call gives the application to an extension that may add routes to it:
    /// `HealthCheck(app, '/health')`, `metrics.init_app(app)`.
    fn extends(&self, call: &ExprCall, owner: &str, method: &str) -> bool {
        let takes_app = call.arguments.args.iter().any(|arg| {
            dotted(arg).is_some_and(|name| self.apps.get(name.as_str()) == Some(&App::Whole))
        });
        let name = if method == "init_app" { owner } else { method };
        takes_app && !PLAIN.contains(&name.to_ascii_lowercase().replace('_', "").as_str())
    }

    fn text(&self, call: &ExprCall) -> Option<String> {
        let expr = match call.arguments.args.first() {
            Some(own) => own,
            None => {
                let own = ["rule", "path", "uri", "route"];
                &own.iter().find_map(|name| call.arguments.find_keyword(name))?.value
            }
        };
        match expr {
            Expr::StringLiteral(own) => Some(own.value.to_str().to_owned()),
            _ => None,
        }
    }

    fn route(&mut self, call: &ExprCall, app: Option<App>, at: Span) {
        let Some(text) = self.text(call) else {
            return open(self.out, at);
        };
        let name: NamePattern = pattern(&text);
        let name = if app == Some(App::Whole) { name } else { mounted(&name) };
        provide(self.out, name, at, "");
    }

    /// `path('wiki/<page>/', view)`, below whatever includes the module.
    fn django(&mut self, call: &ExprCall, method: &str, at: Span) {
        let is_view =
            call.arguments.args.len() >= 2 || call.arguments.find_keyword("view").is_some();
        if !is_view {
            return;
        }
        let Some(text) = self.text(call) else {
            return open(self.out, at);
        };
        let includes = call.arguments.args.get(1).is_some_and(|own| match own {
            Expr::Call(own) => dotted(&own.func).is_some_and(|name| name.ends_with("include")),
            // `admin.site.urls`.
            own => dotted(own).is_some_and(|name| name.ends_with(".urls")),
        });
        let name = match method {
            // Of this tree or of another: any path.
            _ if includes && text.is_empty() => return open(self.out, at),
            "path" if includes => below(&text),
            "path" => pattern(&text),
            _ => expression(if text.starts_with('^') { &text } else { "" }),
        };
        provide(self.out, mounted(&name), at, "");
    }
}

impl<'a> Visitor<'a> for Reader<'_> {
    fn visit_expr(&mut self, expr: &'a Expr) {
        if let Expr::Call(call) = expr {
            self.call(call);
        }
        walk_expr(self, expr);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Vec<String> {
        let mut out = FileFacts::default();
        let own = ruff_python_ast::PySourceType::Python;
        let parsed = ruff_python_parser::parse_unchecked_source(text, own);
        assert!(may_serve(text));
        routes(parsed.suite(), text, &mut out);
        out.provides.iter().map(|provide| provide.name.to_string()).collect()
    }

    #[test]
    fn decorators_and_calls() {
        let text = "from flask import Flask, Blueprint\napp = Flask(__name__)\nbp = Blueprint('b', __name__, url_prefix='/x')\n@app.route('/wiki/<page>')\ndef a(page): pass\n@bp.route('/edit')\ndef b(): requests.get(url)\napp.add_url_rule('/c', view_func=c)\n";
        assert_eq!(found(text), ["/static*", "/wiki/*", "*/edit", "/c"]);
        let text = "from fastapi import APIRouter\nrouter = APIRouter()\n@router.get('/a/{b}')\nasync def a(b): pass\n@router.get(PATH)\nasync def c(): pass\n";
        assert_eq!(found(text), ["*/a/*", "*"]);
        let text = "from flask import Flask\napp = Flask(__name__)\nCORS(app)\nHealthCheck(app, '/health')\n";
        assert_eq!(found(text), ["/static*", "*"]);
        let text = "from aiohttp import web\napp.router.add_get('/a', a)\napp.add_routes([web.get('/b', b)])\n";
        assert_eq!(found(text), ["/a", "*", "*/b"]);
    }

    #[test]
    fn django_urls() {
        let text = "from django.urls import path, re_path, include\nurlpatterns = [\n  path('wiki/<str:page>/', v),\n  re_path(r'^api/(\\d+)$', w),\n  path('admin/', admin.site.urls),\n  path('x/', include('x.urls')),\n  path('', include('y.urls')),\n  os.path('no', 1),\n]\n";
        assert_eq!(found(text), ["*wiki/*/", "*api/*", "*admin*", "*x*", "*"]);
    }

    #[test]
    fn other_frameworks_may_answer_anything() {
        assert_eq!(found("import tornado.web\n"), ["*"]);
    }
}
