//! Routes of services in PHP: Slim, Laravel, Lumen.
//!
//! (Sources: Slim, "Routing"; Laravel, "Routing", "Route Groups".)

use crate::domain::routes::{below, mounted, open, pattern, provide};
use crate::facts::FileFacts;
use crate::syntax::php::{Kind, Token};
use memchr::memmem;

/// Whether a file may have routes.
pub(super) fn may_serve(text: &str) -> bool {
    let words = ["Slim\\", "Route::", "$router->", "Laravel\\Lumen"];
    words.iter().any(|word| memmem::find(text.as_bytes(), word.as_bytes()).is_some())
}

/// Adds the routes of a file.
pub(super) fn routes(tokens: &[Token<'_>], out: &mut FileFacts) {
    for window in tokens.windows(5) {
        let [owner, arrow, method, bracket, first] = window else { continue };
        let is_facade = owner.text == "Route" && arrow.text == "::";
        let is_app = arrow.text == "->"
            && owner.kind == Kind::Variable
            && matches!(owner.text.trim_start_matches('$'), "app" | "router" | "group" | "route");
        if !(is_facade || is_app) || method.kind != Kind::Name || bracket.text != "(" {
            continue;
        }
        let known = matches!(first.kind, Kind::Literal);
        match method.text {
            "get" | "post" | "put" | "patch" | "delete" | "any" | "view" | "redirect" if known => {
                let text = format!("/{}", first.text.trim_start_matches('/'));
                // A group, or the application's own folder, stands before it.
                provide(out, mounted(&pattern(&text)), first.span, "");
            }
            "prefix" | "group" if known && !first.text.is_empty() => {
                provide(out, mounted(&below(first.text)), first.span, "");
            }
            "get" | "post" | "put" | "patch" | "delete" | "any" | "view" | "redirect" | "map"
            | "match" | "resource" | "resources" | "apiResource" | "fallback" | "controller" => {
                open(out, method.span);
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slim_and_laravel() {
        let text = "<?php\nRoute::get('wiki/{page}', 'A@b');\n$app->post('/edit', f());\nRoute::resource('p', 'P');\n$other->get('/no');\n";
        assert!(may_serve(text));
        let mut out = FileFacts::default();
        routes(&crate::syntax::php::tokens(text).0, &mut out);
        let shown: Vec<_> = out.provides.iter().map(|provide| provide.name.to_string()).collect();
        assert_eq!(shown, ["*/wiki/*", "*/edit", "*"]);
    }
}
