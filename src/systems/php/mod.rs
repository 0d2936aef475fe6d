//! PHP: includes, classes, their members, functions, constants, autoload maps, settings.
//!
//! A token stream with proper lexing and a recogniser of the constructs that matter,
//! rather than a full parser: robust on broken and templated files, and fast.

mod fold;
mod members;
mod names;
mod routes;
mod singles;
mod symbols;
mod unmet;
mod walk;

use crate::check::Check;
use crate::domain::environment::Reads;
use crate::extract::{Extractor, Settings, Source};
use crate::facts::{
    FileFacts, Problem, Span, Strength, Template, base_name, is_template_of_unit, is_variable_name,
};
use crate::graph::Graph;
use crate::systems::System;

/// PHP.
pub(super) struct Room;

impl System for Room {
    fn name(&self) -> &'static str {
        "php"
    }

    fn readers(&self) -> &'static [&'static dyn Extractor] {
        &[&Php, &PhpScript]
    }

    fn names(&self, graph: &mut Graph<'_>) {
        names::install(graph);
        members::install(graph);
        singles::install(graph);
    }

    fn checks(&self) -> &'static [Check] {
        &[unmet::check]
    }
}

/// Extracts from `.php` files.
pub struct Php;

impl Extractor for Php {
    fn system(&self) -> &'static str {
        "php"
    }

    fn claims(&self, path: &str) -> bool {
        path.ends_with(".php")
            || path.ends_with(".php5")
            || path.ends_with(".inc")
            || is_template(path)
    }

    fn extract(&self, source: &Source<'_>, _settings: &Settings, out: &mut FileFacts) {
        if source.path.ends_with(".inc") && !source.text.trim_start().starts_with("<?php") {
            return;
        }
        // Settings of another language that a server is kept from handing out: `;<?php http_…`.
        if source.text.starts_with(';') {
            return;
        }
        let (tokens, broken) = crate::syntax::php::tokens(source.text);
        // Template tags may hold half of a pair.
        let problem = match broken {
            _ if is_template(source.path) => None,
            Some(broken) => {
                let span = Span::new(broken.at, broken.at + 1);
                Some((broken.message.to_owned(), span))
            }
            None => unbalanced(&tokens),
        };
        if let Some((message, span)) = problem {
            let mut problem = Problem::new("parse-error", message, span);
            // A template under another name is no PHP before it is rendered.
            if ["<%", "{%", "{{"].iter().any(|mark| source.text.contains(mark)) {
                problem.strength = Strength::Likely;
            }
            out.problems.push(problem);
        }
        if routes::may_serve(source.text) {
            routes::routes(&tokens, out);
        }
        walk::Walk::new(source, &tokens, out).file();
        // Calls for editors alone, which nothing runs.
        let is_meta = base_name(source.path).starts_with(".phpstorm.meta");
        if !is_template(source.path) && !is_meta {
            symbols::symbols(&tokens, out);
        }
        environment(source, &tokens, out);
    }
}

/// Extracts from scripts without an ending whose first line starts PHP.
pub struct PhpScript;

impl Extractor for PhpScript {
    fn system(&self) -> &'static str {
        "php"
    }

    fn claims(&self, path: &str) -> bool {
        !base_name(path).contains('.')
    }

    fn accepts(&self, bytes: &[u8]) -> bool {
        let first = bytes.split(|byte| *byte == b'\n').next().unwrap_or_default();
        let calls = |word: &[u8]| memchr::memmem::find(first, word).is_some();
        first.starts_with(b"#!") && (calls(b"/php") || calls(b" php"))
    }

    fn by_contents(&self, _path: &str) -> bool {
        true
    }

    fn extract(&self, source: &Source<'_>, settings: &Settings, out: &mut FileFacts) {
        if self.accepts(source.bytes) {
            Php.extract(source, settings, out);
        }
    }
}

/// The variables that it reads: `getenv('X')`, `$_ENV['X']`. PHP does without them.
fn environment(source: &Source<'_>, tokens: &[crate::syntax::php::Token<'_>], out: &mut FileFacts) {
    let mut reads = Reads::default();
    for window in tokens.windows(3) {
        let [name, open, text] = window else { continue };
        let asks = matches!((name.text, open.text), ("getenv", "(") | ("$_ENV", "["));
        if asks && text.kind == crate::syntax::php::Kind::Literal && is_variable_name(text.text) {
            reads.optional(text.text, "", text.span);
        }
    }
    reads.attach(source.path, out);
}

/// A template that produces PHP: `LocalSettings.php.erb`, `LocalSettings.php.fp.j2`.
fn is_template(path: &str) -> bool {
    let base = base_name(path);
    // One whose signs are not known may hold what is no PHP.
    Template::known(base).is_some_and(|own| own.of.ends_with(".php") || own.of.contains(".php."))
}

/// Whether the file runs from another folder than the one that it stands in: a template, or
/// what stands in the `templates/` of a role or module.
fn runs_elsewhere(path: &str) -> bool {
    is_template(path) || is_template_of_unit(path)
}

/// The first bracket that does not match.
fn unbalanced(tokens: &[crate::syntax::php::Token<'_>]) -> Option<(String, Span)> {
    let mut open: Vec<(&str, Span)> = Vec::new();
    for token in tokens.iter().filter(|token| token.kind == crate::syntax::php::Kind::Punct) {
        match token.text {
            "(" | "[" | "{" => open.push((token.text, token.span)),
            ")" | "]" | "}" => {
                let wanted = match token.text {
                    ")" => "(",
                    "]" => "[",
                    _ => "{",
                };
                match open.pop() {
                    Some((text, _)) if text == wanted => {}
                    Some((text, span)) => {
                        return Some((
                            format!("this `{text}` is closed by `{}`", token.text),
                            span,
                        ));
                    }
                    None => {
                        return Some((format!("`{}` without its opening", token.text), token.span));
                    }
                }
            }
            _ => {}
        }
    }
    open.pop().map(|(text, span)| (format!("this `{text}` is never closed"), span))
}
