//! JavaScript of services: methods that files offer each other, routes, and relative
//! `require`s.
//!
//! Methods are matched by bare name, which says nothing about what is missing; it does say
//! which files have to change together when a name goes (incident 4).

use super::exports::{exports, imported};
use super::imports::{TYPED, imports, loads_by_import};
use super::tokens::{Kind, Token, tokens};
use crate::domain::routes;
use crate::extract::{Extractor, Settings, Source};
use crate::facts::{
    Detail, FileFacts, NamePattern, Piece, Provide, Ref, Require, Span, Strength, join_path, kinds,
    parent_folder,
};
use rustc_hash::FxHashSet;
use smol_str::SmolStr;

/// Extracts from `.js` files.
pub struct JavaScript;

/// Larger files are bundles.
const MAX_SIZE: usize = 256 << 10;

impl Extractor for JavaScript {
    fn system(&self) -> &'static str {
        super::SYSTEM
    }

    fn claims(&self, path: &str) -> bool {
        let is_script =
            [".js", ".mjs", ".cjs"].iter().chain(TYPED).any(|ending| path.ends_with(ending));
        is_script
            && !path.ends_with(".min.js")
            && !path.split('/').any(|part| matches!(part, "node_modules" | "vendor" | "dist"))
    }

    fn accepts(&self, bytes: &[u8]) -> bool {
        bytes.len() <= MAX_SIZE
    }

    fn by_contents(&self, _path: &str) -> bool {
        true
    }

    fn extract(&self, source: &Source<'_>, settings: &Settings, out: &mut FileFacts) {
        let tokens = tokens(source.text);
        exports(source, out);
        imported(source, &tokens, out);
        if TYPED.iter().any(|ending| source.path.ends_with(ending)) {
            return imports(source, &tokens, out);
        }
        let loads = |names: &[&str]| {
            tokens.windows(2).find_map(|pair| {
                let after = matches!(pair[0].text, "(" | "from") && pair[1].kind == Kind::Text;
                (after && names.contains(&pair[1].text)).then_some(pair[1].start)
            })
        };
        let framework = loads(&FRAMEWORKS).is_some();
        if let Some(start) = loads(&OTHER_FRAMEWORKS) {
            routes::open(out, Span::new(start, start));
        }
        // What a module or role deploys runs beside files of another origin; what is served
        // was built elsewhere.
        let deployed = settings.layout.module_dir(source.path).is_some() || is_payload(source.path);
        let called = FxHashSet::default();
        Reader { source, tokens: &tokens, out, called, framework, deployed }.read();
        if loads_by_import(&tokens) {
            imports(source, &tokens, out);
        }
    }
}

/// Whether a path lies in a folder of files that are copied or served as they are.
fn is_payload(path: &str) -> bool {
    let folders = parent_folder(path);
    folders
        .split('/')
        .any(|part| matches!(part, "files" | "static" | "public" | "assets" | "htdocs" | "www"))
}

/// Methods of the language itself and of nearly every library.
const COMMON: &[&str] = &[
    "add",
    "all",
    "append",
    "apply",
    "bind",
    "call",
    "catch",
    "close",
    "concat",
    "create",
    "debug",
    "done",
    "each",
    "emit",
    "end",
    "error",
    "every",
    "exec",
    "filter",
    "find",
    "forEach",
    "get",
    "has",
    "hasOwnProperty",
    "indexOf",
    "info",
    "init",
    "join",
    "keys",
    "length",
    "listen",
    "log",
    "map",
    "match",
    "next",
    "on",
    "once",
    "parse",
    "pipe",
    "pop",
    "post",
    "push",
    "put",
    "reduce",
    "reject",
    "remove",
    "replace",
    "require",
    "resolve",
    "send",
    "set",
    "shift",
    "slice",
    "some",
    "sort",
    "split",
    "start",
    "stop",
    "stringify",
    "substr",
    "substring",
    "test",
    "then",
    "toString",
    "trim",
    "unshift",
    "update",
    "use",
    "values",
    "warn",
    "write",
];

/// Middleware that passes requests on.
const PASSING: &[&str] = &[
    "bodyParser",
    "compress",
    "compression",
    "cookie-parser",
    "cookieParser",
    "cors",
    "errorHandler",
    "helmet",
    "json",
    "logger",
    "methodOverride",
    "morgan",
    "multipart",
    "raw",
    "responseTime",
    "session",
    "text",
    "urlencoded",
];

/// Frameworks whose routes are read where an object is named after them.
const FRAMEWORKS: [&str; 4] = ["express", "restify", "fastify", "polka"];

/// Frameworks whose routes are not read.
const OTHER_FRAMEWORKS: [&str; 7] =
    ["@nestjs/core", "hapi", "@hapi/hapi", "next", "koa", "connect", "sails"];

struct Reader<'r, 't> {
    source: &'r Source<'t>,
    tokens: &'r [Token<'t>],
    out: &'r mut FileFacts,
    called: FxHashSet<SmolStr>,
    /// Whether the file loads a framework of services.
    framework: bool,
    /// The file is copied or served as it is.
    deployed: bool,
}

impl Reader<'_, '_> {
    fn text(&self, ix: usize) -> &str {
        self.tokens.get(ix).map_or("", |token| token.text)
    }

    fn is(&self, ix: usize, text: &str) -> bool {
        self.tokens.get(ix).is_some_and(|token| {
            matches!(token.kind, Kind::Mark | Kind::Name) && token.text == text
        })
    }

    fn span(&self, ix: usize) -> Span {
        let token = self.tokens.get(ix);
        token.map_or(Span::default(), |own| Span::new(own.start, own.start + own.text.len()))
    }

    fn read(&mut self) {
        // Of each open brace, how many that are open are those of a `try`.
        let mut braces: Vec<usize> = Vec::new();
        for ix in 0..self.tokens.len() {
            let token = self.tokens[ix];
            match (token.kind, token.text) {
                (Kind::Mark, "{") => {
                    let is_try = ix > 0 && self.is(ix - 1, "try");
                    braces.push(braces.last().unwrap_or(&0) + usize::from(is_try));
                }
                (Kind::Mark, "}") => drop(braces.pop()),
                (Kind::Name, "require") if self.is(ix + 1, "(") => {
                    self.require(ix + 2, braces.last().is_some_and(|own| *own > 0));
                }
                (Kind::Mark, ".") => self.member(ix + 1),
                _ => {}
            }
        }
    }

    /// `.NAME` at `ix`: a definition, a route, or a call.
    fn member(&mut self, ix: usize) {
        let Some(Token { kind: Kind::Name, text: name, .. }) = self.tokens.get(ix).copied() else {
            return;
        };
        let owner = if ix >= 2 { self.text(ix - 2) } else { "" };
        if self.is(ix + 1, "=") && !self.is(ix + 2, "=") {
            let is_method = owner == "prototype"
                || owner == "exports"
                || (owner == "this" && self.is(ix + 2, "function"));
            if is_method {
                self.out.provides.push(Provide {
                    kind: kinds::JS_METHOD,
                    name: NamePattern::exact(name),
                    span: self.span(ix),
                    within: None,
                    detail: Detail::None,
                });
            }
            return;
        }
        if !self.is(ix + 1, "(") {
            return;
        }
        let serves = matches!(owner, "app" | "router")
            || (self.framework && matches!(owner, "server" | "api"));
        match name {
            "get" | "post" | "put" | "delete" | "all" | "patch" | "head" | "route" if serves => {
                return self.route(ix + 2);
            }
            "use" | "mount" | "register" if serves => return self.middleware(ix + 2),
            // A handler of its own.
            "createServer" if self.is(ix + 2, "function") || self.is(ix + 2, "(") => {
                routes::open(self.out, self.span(ix));
            }
            _ => {}
        }
        let is_common = COMMON.binary_search(&name).is_ok() || name.len() < 4;
        if !is_common && self.called.insert(name.into()) {
            let target = Ref::exact(kinds::JS_METHOD, name);
            let require = Require::certain(target, self.span(ix), "call", None);
            self.out.requires.push(require.with_strength(Strength::Guarded));
        }
    }

    /// `app.get('/wiki/:page', …)`.
    fn route(&mut self, ix: usize) {
        let Some(token) = self.tokens.get(ix).copied() else { return };
        let name = match token.kind {
            Kind::Text if token.text.starts_with('/') => routes::pattern(token.text),
            Kind::Text if token.text == "*" => NamePattern::any(),
            // A setting: `app.get('env')`.
            Kind::Text => return,
            Kind::Regex => routes::expression(token.text),
            // A computed one: some path.
            Kind::Name if token.text == "new" => {
                NamePattern::from_pieces([Piece::Text("/".into()), Piece::Hole])
            }
            Kind::Mark if token.text == "[" => {
                let end = (ix..self.tokens.len()).find(|at| self.is(*at, "]"));
                for at in ix + 1..end.unwrap_or(ix) {
                    if !self.is(at, ",") {
                        self.route(at);
                    }
                }
                return;
            }
            Kind::Mark => return,
            Kind::Name => NamePattern::any(),
        };
        routes::provide(self.out, name, self.span(ix), "");
    }

    /// `app.use('/path', …)` answers below the path; `app.use(x)` whatever it likes, unless it
    /// is known to answer nothing.
    fn middleware(&mut self, ix: usize) {
        let Some(token) = self.tokens.get(ix).copied() else { return };
        if token.kind == Kind::Text && token.text.starts_with('/') {
            return routes::provide(self.out, routes::below(token.text), self.span(ix), "");
        }
        // `express.json()`, `bodyParser.json()`, `require('morgan')('x')`.
        let mut last = token.text;
        for at in ix..(ix + 4).min(self.tokens.len()) {
            if self.is(at, "(") && last != "require" {
                break;
            }
            if matches!(self.tokens[at].kind, Kind::Name | Kind::Text) {
                last = self.tokens[at].text;
            }
        }
        if PASSING.binary_search(&last).is_err() {
            routes::open(self.out, self.span(ix));
        }
    }

    /// `require('./x')`: a file beside, with or without its ending.
    fn require(&mut self, ix: usize, guarded: bool) {
        let Some(token) = self.tokens.get(ix).filter(|token| token.kind == Kind::Text) else {
            return;
        };
        if !token.text.starts_with('.') {
            return;
        }
        let folder = parent_folder(self.source.path);
        let Some(path) = join_path(folder, token.text) else { return };
        let endings = ["", ".js", ".json", ".node", "/index.js", ".mjs", ".cjs"];
        let kind = || if self.deployed { kinds::PAYLOAD_FILE } else { kinds::FILE };
        let mut all = endings.iter().map(|ending| Ref::exact(kind(), format!("{path}{ending}")));
        let Some(first) = all.next() else { return };
        let mut require = Require::certain(first, self.span(ix), "require()", None);
        require.any_of.extend(all);
        // Files that a build makes are in no tree.
        let strength = if guarded { Strength::Guarded } else { Strength::Likely };
        self.out.requires.push(require.with_strength(strength));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn facts(text: &str) -> FileFacts {
        let mut out = FileFacts::default();
        let source = Source::of("lib/a.js", text);
        JavaScript.extract(&source, &Settings::default(), &mut out);
        out
    }

    #[test]
    fn the_list_is_sorted() {
        assert!(COMMON.is_sorted());
        assert!(PASSING.is_sorted());
    }

    #[test]
    fn methods_routes_and_requires() {
        let out = facts(
            "A.prototype.setWiki = function () {}; // B.prototype.no = 1\nexports.setup = 1;\nc.setWiki('x.callMe()');\napp.get('/w/:page', f); app.get(/^\\/x\\(/, g);\ntry { require('./opt') } catch (e) {}\nrequire('./b'); require('fs');",
        );
        let provides: Vec<_> = out
            .provides
            .iter()
            .map(|provide| format!("{}:{}", provide.kind, provide.name))
            .collect();
        assert_eq!(
            provides,
            [
                "js.export:lib/a.js#*",
                "js.method:setWiki",
                "js.method:setup",
                "route:/w/*",
                "route:/x*"
            ]
        );
        let requires: Vec<_> = out
            .requires
            .iter()
            .map(|require| (require.any_of[0].name.to_string(), require.strength))
            .collect();
        assert_eq!(
            requires,
            [
                ("setWiki".to_owned(), Strength::Guarded),
                ("lib/opt".to_owned(), Strength::Guarded),
                ("lib/b".to_owned(), Strength::Likely),
            ]
        );
    }
}
