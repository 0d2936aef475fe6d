//! Routes of services in Ruby.
//!
//! (Sources: Sinatra's README, "Routes"; Rails, "Rails Routing from the Outside In".)

use crate::domain::routes::{Routes, mounted, open, pattern, provide};
use crate::facts::{FileFacts, Span};
use crate::syntax::script::lexer::{self, tokens};
use memchr::memmem;

/// Services.
pub const ROUTES: Routes = Routes { claims, read: ruby };

fn claims(path: &str) -> bool {
    path.ends_with(".rb") || path.ends_with("config.ru")
}

fn ruby(text: &str, out: &mut FileFacts) {
    let has = |word: &str| memmem::find(text.as_bytes(), word.as_bytes()).is_some();
    let sinatra = has("inatra");
    if has("Grape::") || has("Roda") || has("Hanami") {
        return open(out, Span::default());
    }
    if !sinatra && !has("routes.draw") {
        if has("Rack::") {
            open(out, Span::default());
        }
        return;
    }
    let modular = has("Sinatra::Base") || has("Sinatra::Application");
    let tokens = tokens(text, &lexer::RUBY);
    for ix in 0..tokens.len() {
        let Some(token) = tokens.get(ix).filter(|token| token.first) else { continue };
        let argument = if tokens.is(ix + 1, "(") { ix + 2 } else { ix + 1 };
        match token.value.as_str() {
            "get" | "post" | "put" | "delete" | "patch" | "head" | "options" | "match" => {
                match tokens.string(argument) {
                    Some(path) => {
                        let path = format!("/{}", path.trim_start_matches('/'));
                        let name = pattern(&path);
                        let name = if modular || !sinatra { mounted(&name) } else { name };
                        provide(out, name, tokens.span(argument), "");
                    }
                    None if tokens.name(ix).is_some() => open(out, tokens.span(ix)),
                    None => {}
                }
            }
            // What stands in `public/` is served, and middleware answers by itself.
            "set" if tokens.source(argument..argument + 2).contains("public") => {
                open(out, tokens.span(ix));
            }
            "use" | "not_found" | "resources" | "resource" | "scope" | "namespace" | "mount"
            | "concern" | "devise_for" | "draw" | "constraints" | "root" | "register" => {
                open(out, tokens.span(ix));
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::routes::of_text;

    fn routes(path: &str, text: &str) -> Vec<String> {
        of_text(&ROUTES, path, text)
    }

    #[test]
    fn ruby_and_rails() {
        let text = "require 'sinatra'\nget '/wiki/:page' do |page|\n  get_it '/x'\nend\n# get '/no' do\npost('/edit') { }\n";
        assert_eq!(routes("app.rb", text), ["/wiki/*", "/edit"]);
        let text = "class A < Sinatra::Base\n  get '/a' do\n  end\nend\n";
        assert_eq!(routes("app.rb", text), ["*/a"]);
        let text = "Rails.application.routes.draw do\n  get 'status', to: 'a#b'\n  resources :pages\nend\n";
        assert_eq!(routes("config/routes.rb", text), ["*/status", "*"]);
    }
}
