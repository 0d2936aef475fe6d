//! Routes of services in Go.
//!
//! (Sources: Go's `net/http`, `ServeMux`; gorilla/mux, gin, echo and chi.)

use crate::domain::routes::{Routes, below, mounted, open, pattern, provide};
use crate::facts::{FileFacts, Span};
use crate::syntax::script::lexer::{self, tokens};
use crate::syntax::script::tokens::Tokens;
use memchr::memmem;

/// Services.
pub const ROUTES: Routes = Routes { claims, read: go };

fn claims(path: &str) -> bool {
    path.ends_with(".go") && !path.ends_with("_test.go")
}

fn go(text: &str, out: &mut FileFacts) {
    let has = |word: &str| memmem::find(text.as_bytes(), word.as_bytes()).is_some();
    // Frameworks whose groups put a prefix before a route.
    let grouped =
        ["gin-gonic", "labstack/echo", "go-chi/chi", "gorilla/mux"].iter().any(|word| has(word));
    let other = ["fasthttp", "gofiber", "julienschmidt/httprouter", "go-restful", "go-swagger"];
    if other.iter().any(|own| has(own)) {
        return open(out, Span::default());
    }
    if !grouped && !has("net/http\"") {
        return;
    }
    let tokens = tokens(text, &lexer::GO);
    for ix in 1..tokens.len() {
        let Some(name) =
            tokens.name(ix).filter(|_| tokens.is(ix - 1, ".") && tokens.is(ix + 1, "("))
        else {
            continue;
        };
        match name {
            "HandleFunc" | "Handle" => mux(&tokens, ix + 2, grouped, out),
            "FileServer" | "FileServerFS" | "ServeHTTP" | "NotFoundHandler" => {
                open(out, tokens.span(ix))
            }
            "GET" | "POST" | "PUT" | "DELETE" | "HEAD" | "Any" | "Get" | "Post" | "Put"
            | "Delete" | "Head"
                if grouped =>
            {
                match tokens.string(ix + 2) {
                    Some(path) if path.starts_with('/') || path.is_empty() => {
                        provide(out, mounted(&pattern(path)), tokens.span(ix + 2), "");
                    }
                    Some(_) => {}
                    None => open(out, tokens.span(ix)),
                }
            }
            "PathPrefix" | "Mount" | "Static" | "StaticFS" | "Group" | "Route" if grouped => {
                match tokens.string(ix + 2) {
                    Some(path) => provide(out, mounted(&below(path)), tokens.span(ix + 2), ""),
                    None => open(out, tokens.span(ix)),
                }
            }
            // A handler in place of a mux: it answers what it likes.
            "ListenAndServe" | "ListenAndServeTLS" | "Serve" => {
                let second = tokens.arguments(ix + 1).last().cloned().unwrap_or_default();
                let own = tokens.source(second);
                if !own.is_empty()
                    && own != "nil"
                    && !own.contains("mux")
                    && !own.contains("outer")
                    && !own.contains("Mux")
                    && !grouped
                {
                    open(out, tokens.span(ix));
                }
            }
            "HandlerFunc" => open(out, tokens.span(ix)),
            _ => {}
        }
    }
    if has("Handler:") {
        // `http.Server{Handler: …}` names a mux, or a handler of its own.
        for (at, _) in text.match_indices("Handler:") {
            let own: String = text[at + 8..].trim_start().chars().take(24).collect();
            if !["mux", "r,", "router", "nil", "http.DefaultServeMux"]
                .iter()
                .any(|word| own.starts_with(word))
            {
                open(out, Span::new(at, at + 7));
            }
        }
    }
}

/// `HandleFunc("GET /wiki/{page}", …)`: with a slash at its end, all below.
fn mux(tokens: &Tokens<'_>, ix: usize, grouped: bool, out: &mut FileFacts) {
    let Some(text) = tokens.string(ix) else {
        return open(out, tokens.span(ix));
    };
    // A method before it, a host before the path.
    let path = text.rsplit(' ').next().unwrap_or(text);
    let path = path.find('/').map_or(path, |at| &path[at..]);
    let name = match path.strip_suffix('/') {
        Some("") if !grouped => return open(out, tokens.span(ix)),
        Some(_) if !grouped => below(path),
        _ => pattern(path.strip_suffix("{$}").unwrap_or(path)),
    };
    provide(out, if grouped { mounted(&name) } else { name }, tokens.span(ix), "");
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::routes::of_text;

    fn routes(path: &str, text: &str) -> Vec<String> {
        of_text(&ROUTES, path, text)
    }

    #[test]
    fn go_muxes() {
        let text = "package main\nimport \"net/http\"\nfunc main() {\n  http.HandleFunc(\"/health\", f)\n  mux.Handle(\"GET /wiki/{page}\", g)\n  http.HandleFunc(\"/static/\", h)\n  http.ListenAndServe(\":80\", nil)\n}\n";
        assert_eq!(routes("main.go", text), ["/health", "/wiki/*", "/static*"]);
        let text = "package main\nimport \"net/http\"\nfunc main() {\n  http.HandleFunc(path, f)\n  http.ListenAndServe(\":80\", handler)\n}\n";
        assert_eq!(routes("main.go", text), ["*", "*"]);
        let text = "import \"net/http\"\nimport \"github.com/gorilla/mux\"\nfunc f() { r.HandleFunc(\"/a/{b}\", f) }\n";
        assert_eq!(routes("main.go", text), ["*/a/*"]);
    }
}
