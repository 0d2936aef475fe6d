//! Ruby: `opts.on('-f', '--file FILE')` of OptionParser, and Slop's declarations.
//!
//! (Source: the documentation of Ruby's optparse, "Argument Converters" and "Parameters for
//! New Options"; Slop 4's README.)

use crate::domain::programs::builder::{Builder, is_method};
use crate::extract::Source;
use crate::facts::{Arity, Interface, Span, Syntax};
use crate::syntax::script::lexer::{self, RUBY};
use crate::syntax::script::tokens::{Kind, Tokens};
use smol_str::SmolStr;
use std::ops::Range;

/// Methods that declare a flag of an OptionParser.
const DECLARE: &[&str] =
    &["on", "on_head", "on_tail", "define", "define_head", "define_tail", "def_option"];

/// Methods that read the arguments.
const PARSE: &[&str] = &["parse", "permute", "order"];

/// The interface of a script.
pub fn interface(source: &Source<'_>) -> Option<Interface> {
    let tokens = lexer::tokens(source.text, &RUBY);
    let made = |library: &str| {
        let is = |ix: &usize| {
            tokens.is(*ix, library)
                && (tokens.is(ix + 1, ".") || (*ix > 0 && tokens.is(ix - 1, "<")))
        };
        (0..tokens.len()).filter(is).count()
    };
    let (parsers, slops) = (made("OptionParser"), made("Slop"));
    if parsers + slops == 0 {
        return None;
    }
    let mut own = Builder {
        syntax: Syntax { abbreviates: slops == 0, ignores_case: slops == 0, ..Syntax::default() },
        // Several parsers read one after another, or one of them.
        open: parsers + slops > 1,
        ..Builder::default()
    };
    let mut read = slops > 0;
    for ix in 0..tokens.len() {
        let Some(name) = tokens.name(ix).filter(|_| is_method(&tokens, ix)) else { continue };
        if PARSE.contains(&name) {
            // `JSON.parse` reads something else.
            let receiver = ix.checked_sub(2).and_then(|at| tokens.name(at));
            let is_class =
                |name: &str| name != "OptionParser" && name.starts_with(|c: char| c.is_uppercase());
            if receiver.is_some_and(is_class) {
                continue;
            }
            read = true;
            own.syntax.stops_at_positional |= name == "order";
        } else if name == "getopts" {
            own.open = true;
        } else if parsers > 0 && DECLARE.contains(&name) {
            optparse(&tokens, ix, &mut own);
        } else if slops > 0 {
            slop(&tokens, ix, name, &mut own);
        }
    }
    if own.params.is_empty() {
        return None;
    }
    own.span = own.params[0].span;
    if parsers > 0 {
        // More may be declared where the arguments are read.
        own.open |= !read;
        own.implied(&["--help", "-h"], own.span);
        own.implied(&["--version", "-v"], own.span);
    }
    own.takes_arguments("ARGV");
    Some(own.interface(source.path))
}

/// The arguments of the method named at `ix`, with or without parentheses.
pub(super) fn arguments(tokens: &Tokens<'_>, ix: usize) -> Vec<Range<usize>> {
    if tokens.is(ix + 1, "(") {
        return tokens.arguments(ix + 1);
    }
    let mut end = ix + 1;
    while let Some(token) = tokens.get(end) {
        let goes_on = end == ix + 1 || tokens.is(end - 1, ",") || tokens.is(end - 1, "+");
        let ends = token.first && !goes_on;
        if ends || tokens.is(end, "do") || tokens.is(end, "{") || tokens.is(end, ";") {
            break;
        }
        if tokens.is(end, ")") || tokens.is(end, "}") {
            break;
        }
        end = tokens.next(end);
    }
    tokens.split(ix + 1..end)
}

/// How a flag takes its value, by the text after its name.
fn style(text: &str) -> Option<Arity> {
    let bare = text.strip_prefix('=').unwrap_or(text).trim_start();
    match (text.is_empty(), bare.starts_with('[')) {
        (true, _) => None,
        (_, true) => Some(Arity::OPTIONAL),
        _ => Some(Arity::ONE),
    }
}

fn optparse(tokens: &Tokens<'_>, at: usize, own: &mut Builder) {
    let mut names: Vec<SmolStr> = Vec::new();
    let mut values = None;
    let mut span = Span::default();
    let mut choices: Vec<SmolStr> = Vec::new();
    let mut ty = SmolStr::default();
    let mut computed = false;
    let arguments = arguments(tokens, at);
    for (ix, part) in arguments.iter().enumerate() {
        let first = part.start;
        if let Some(text) = tokens.string(first) {
            if part.len() == 1 || !text.starts_with('-') {
                if let Some((spellings, takes)) = spelling(text) {
                    if names.is_empty() || (text.starts_with("--") && !names[0].starts_with("--")) {
                        span = tokens.span(first);
                    }
                    names.extend(spellings);
                    values = values.or(takes);
                } else if text.starts_with('=') && part.len() == 1 {
                    values = values.or(style(text));
                }
                continue;
            }
            computed = true;
        } else if tokens.get(first).is_some_and(|token| token.kind == Kind::Text) {
            // `"--#{name}"`; in a description nothing depends on it.
            let source = tokens.source(part.clone());
            computed |= source.get(1..).is_some_and(|text| text.starts_with(['-', '#']));
        } else if tokens.is(first, ":") {
            match tokens.name(first + 1) {
                Some("REQUIRED") => values = Some(Arity::ONE),
                Some("OPTIONAL") => values = Some(Arity::OPTIONAL),
                Some("NONE") => values = Some(Arity::NONE),
                _ => {}
            }
        } else if let Some(list) = tokens.strings(part) {
            choices = list.into_iter().map(|(choice, _)| choice).collect();
        } else if let Some(name) = tokens.name(first) {
            // A class such as `Integer`; a variable may hold a spelling.
            let class = name.starts_with(|c: char| c.is_ascii_uppercase());
            if class && part.len() == 1 {
                ty = name.into();
            } else if ix == 0 {
                computed = true;
            }
        } else if tokens.is(first, "*") {
            computed = true;
        }
    }
    let declares = !names.is_empty();
    // `on(:event)` of something else declares no flag.
    own.open |=
        computed && (declares || arguments.first().is_some_and(|part| !tokens.is(part.start, ":")));
    if let Some(param) = own.flag(names, Some(values.unwrap_or(Arity::NONE)), span) {
        param.choices = choices;
        param.ty = ty;
    }
}

/// The spellings that one text declares, and the value they take.
fn spelling(text: &str) -> Option<(Vec<SmolStr>, Option<Arity>)> {
    if let Some(long) = text.strip_prefix("--") {
        let (long, negated) = match long.strip_prefix("[no-]") {
            Some(long) => (long, true),
            None => match long.strip_prefix("no-") {
                Some(long) => (long, true),
                None => (long, false),
            },
        };
        let end = long.find(['[', ']', '=', ' ', '\t']).unwrap_or(long.len());
        let (name, rest) = long.split_at(end);
        if name.is_empty() {
            return None;
        }
        let mut names = vec![SmolStr::from(format!("--{name}"))];
        if negated {
            names.push(format!("--no-{name}").into());
        }
        return Some((names, style(rest)));
    }
    let short = text.strip_prefix('-')?;
    let letter = short.chars().next()?;
    let rest = &short[letter.len_utf8()..];
    // `-[a-z]` stands for many.
    (letter != '[').then(|| (vec![format!("-{letter}").into()], style(rest)))
}

/// `o.string '-h', '--host', 'a host', required: true`.
fn slop(tokens: &Tokens<'_>, at: usize, method: &str, own: &mut Builder) {
    let values = match method {
        "bool" | "boolean" | "on" | "null" | "flag" => Arity::NONE,
        "string" | "str" | "integer" | "int" | "float" | "array" | "symbol" | "regexp" => {
            Arity::ONE
        }
        _ => return,
    };
    let mut names = Vec::new();
    let mut span = Span::default();
    let mut required = false;
    for part in arguments(tokens, at) {
        if let Some(text) = tokens.only(&part) {
            if text.starts_with('-') {
                span = tokens.span(part.start);
                names.push(SmolStr::new(text.trim_end_matches('=')));
            }
        } else if tokens.is(part.start, "required") && tokens.is(part.start + 2, "true") {
            required = true;
        }
    }
    if let Some(param) = own.flag(names, Some(values), span) {
        param.required = required;
    }
}
