//! JavaScript: yargs, minimist and `util.parseArgs`; commander has a file of its own.
//!
//! (Sources: yargs' API reference; minimist's README; Node's documentation of
//! `util.parseArgs`.)

use super::commander;
use crate::domain::programs::builder::{Builder, argument, dashed, is_method};
use crate::extract::Source;
use crate::facts::{Arity, Interface, Span, Syntax};
use crate::syntax::script::lexer::{self, NODE};
use crate::syntax::script::tokens::{Kind, Tokens};
use smol_str::SmolStr;
use std::ops::Range;

/// Commands within commands are followed this deep.
const MAX_DEPTH: u32 = 6;

/// The interface of a script, by the first library that it loads.
pub fn interface(source: &Source<'_>) -> Option<Interface> {
    let tokens = lexer::tokens(source.text, &NODE);
    let loads = |module: &str| {
        (0..tokens.len()).any(|ix| {
            tokens.string(ix).is_some_and(|text| {
                let text = text.trim_start_matches("node:").trim_start_matches("npm:");
                text == module
                    || text.strip_prefix(module).is_some_and(|rest| rest.starts_with(['/', '@']))
            }) && (ix > 0 && (tokens.is(ix - 1, "(") || tokens.is(ix - 1, "from")))
        })
    };
    let own = if loads("commander") {
        commander::read(&tokens)
    } else if loads("yargs") {
        yargs(&tokens)
    } else if loads("minimist") {
        minimist(&tokens)
    } else if loads("util") {
        parse_args(&tokens)
    } else {
        None
    }?;
    let says = !own.params.is_empty() || !own.subcommands.is_empty();
    says.then(|| own.interface(source.path))
}

/// What one option of yargs says.
#[derive(Default)]
struct Described {
    names: Vec<SmolStr>,
    kind: SmolStr,
    required: bool,
    count: Option<u16>,
    choices: Vec<SmolStr>,
    default: SmolStr,
    /// Part of it is computed.
    unclear: bool,
}

fn yargs(tokens: &Tokens<'_>) -> Option<Builder> {
    let strict = (0..tokens.len()).any(|ix| {
        is_method(tokens, ix)
            && (tokens.is(ix, "strict") || tokens.is(ix, "strictOptions"))
            && tokens.is(ix + 1, "(")
            && !tokens.is(ix + 2, "false")
    });
    let mut root = Builder {
        syntax: Syntax { valued_switches: true, ..Syntax::default() },
        ..Builder::default()
    };
    chain(tokens, 0..tokens.len(), strict, &mut root, 0);
    root.span = root.params.first().map_or(root.span, |param| param.span);
    finish(&mut root, strict);
    Some(root)
}

fn finish(own: &mut Builder, strict: bool) {
    // Without `strict()` whatever is passed is taken.
    own.open |= !strict;
    own.implied(&["--help"], own.span);
    own.implied(&["--version"], own.span);
    own.takes_arguments("_");
    own.subcommands.iter_mut().for_each(|sub| finish(sub, strict));
}

/// The methods that are called in a range.
fn chain(tokens: &Tokens<'_>, range: Range<usize>, strict: bool, own: &mut Builder, depth: u32) {
    let mut ix = range.start;
    while ix < range.end.min(tokens.len()) {
        let called = is_method(tokens, ix) && tokens.is(ix + 1, "(");
        let Some(method) = tokens.name(ix).filter(|_| called) else {
            ix += 1;
            continue;
        };
        let parts = tokens.arguments(ix + 1);
        match method {
            "option" | "options" | "positional" => {
                let positional = method == "positional";
                match parts.first() {
                    Some(first) if tokens.is(first.start, "{") => {
                        for (name, value) in tokens.entries(first.start) {
                            match name {
                                Some((name, span)) => {
                                    option(tokens, &name, span, Some(&value), false, own)
                                }
                                None => own.open = true,
                            }
                        }
                    }
                    Some(first) => match tokens.only(first) {
                        Some(name) => {
                            let span = tokens.span(first.start);
                            option(tokens, name, span, parts.get(1), positional, own);
                        }
                        None => own.open = true,
                    },
                    None => {}
                }
            }
            "alias" | "boolean" | "string" | "number" | "array" | "count" | "demandOption"
            | "demand" | "require" | "required" | "choices" | "default" | "requiresArg" => {
                shorthand(tokens, method, &parts, own);
            }
            "command" if depth < MAX_DEPTH => {
                command(tokens, &parts, strict, own, depth);
                ix = tokens.next(ix + 1);
                continue;
            }
            "commandDir" | "config" | "env" | "pkgConf" => own.open = true,
            _ => {}
        }
        ix += 1;
    }
}

/// A yargs option by name, with its description.
fn option(
    tokens: &Tokens<'_>,
    name: &SmolStr,
    span: Span,
    value: Option<&Range<usize>>,
    positional: bool,
    own: &mut Builder,
) {
    let mut said = Described::default();
    match value {
        Some(value) if tokens.is(value.start, "{") => describe(tokens, value.start, &mut said),
        Some(_) => said.unclear = true,
        None => {}
    }
    if positional {
        if let Some(param) =
            own.params.iter_mut().find(|param| param.positional && param.name == *name)
        {
            param.choices = said.choices;
        }
        return;
    }
    let mut names: Vec<SmolStr> = vec![dashed(name)];
    names.extend(other_case(name).map(|name| dashed(&name)));
    names.extend(said.names.iter().map(|name| dashed(name)));
    let values = match (said.kind.as_str(), said.count) {
        _ if said.unclear => None,
        (_, Some(count)) => Some(Arity { min: count, max: Some(count) }),
        ("boolean", _) => {
            names.push(format!("--no-{name}").into());
            Some(Arity::NONE)
        }
        ("count", _) => Some(Arity::NONE),
        ("array", _) => Some(Arity { min: 1, max: None }),
        ("string" | "number", _) => Some(Arity::ONE),
        _ => Some(Arity::OPTIONAL),
    };
    if let Some(param) = own.flag(names, values, span) {
        param.required = said.required && said.default.is_empty() && !said.unclear;
        param.choices = said.choices;
        param.ty = said.kind;
        param.default = said.default;
    }
}

fn describe(tokens: &Tokens<'_>, open: usize, said: &mut Described) {
    for (name, value) in tokens.entries(open) {
        let Some((name, _)) = name else {
            said.unclear = true;
            continue;
        };
        let yes = tokens.is(value.start, "true") && value.len() == 1;
        match name.as_str() {
            "alias" => match tokens.strings(&value) {
                Some(names) => said.names.extend(names.into_iter().map(|(name, _)| name)),
                None => said.unclear = true,
            },
            "type" => match tokens.only(&value) {
                Some(kind) => said.kind = kind.clone(),
                None => said.unclear = true,
            },
            "boolean" | "string" | "number" | "array" | "count" if yes => said.kind = name,
            "demandOption" | "demand" | "required" | "require" => {
                said.required = yes || tokens.string(value.start).is_some();
            }
            "nargs" => said.count = tokens.source(value).parse().ok(),
            "choices" => {
                let list = tokens.strings(&value).unwrap_or_default();
                said.choices = list.into_iter().map(|(choice, _)| choice).collect();
            }
            "default" => said.default = tokens.source(value).into(),
            _ => {}
        }
    }
}

/// `dry-run` for `dryRun`, and the reverse: yargs takes both.
fn other_case(name: &str) -> Option<String> {
    let mut out = String::new();
    let mut chars = name.chars();
    while let Some(c) = chars.next() {
        match c {
            '-' => out.extend(chars.next().map(|c| c.to_ascii_uppercase())),
            c if c.is_ascii_uppercase() && !out.is_empty() => {
                out.push('-');
                out.push(c.to_ascii_lowercase());
            }
            c => out.push(c),
        }
    }
    (out != name).then_some(out)
}

/// `.boolean('x')`, `.alias('n', 'name')`, `.choices('x', […])`.
fn shorthand(tokens: &Tokens<'_>, method: &str, parts: &[Range<usize>], own: &mut Builder) {
    let Some(first) = parts.first() else { return };
    let Some(names) = tokens.strings(first) else {
        // `.demand(1)` counts arguments; `.alias({…})` names many.
        own.open |= !matches!(method, "demand" | "default" | "string" | "array");
        return;
    };
    if method == "demand" && tokens.get(first.start).is_some_and(|token| token.kind == Kind::Number)
    {
        return;
    }
    if method == "alias" {
        let others = parts.get(1).and_then(|part| tokens.strings(part)).unwrap_or_default();
        let span = names.first().map_or(Span::default(), |(_, span)| *span);
        let spellings: Vec<SmolStr> =
            names.iter().chain(&others).map(|(name, _)| dashed(name)).collect();
        return join(spellings, span, own);
    }
    for (name, span) in names {
        let spelling = dashed(&name);
        if own.find(&spelling).is_none() {
            own.flag(vec![spelling.clone()], Some(Arity::OPTIONAL), span);
        }
        let others = parts.get(1).and_then(|part| tokens.strings(part)).unwrap_or_default();
        let Some(param) = own.find(&spelling) else { continue };
        match method {
            "boolean" => {
                param.values = Some(Arity::NONE);
                param.aliases.push(format!("--no-{name}").into());
            }
            "count" => param.values = Some(Arity::NONE),
            "string" | "number" | "requiresArg" => param.values = Some(Arity::ONE),
            "array" => param.values = Some(Arity { min: 1, max: None }),
            "demandOption" | "demand" | "require" | "required" => {
                param.required = param.default.is_empty();
            }
            "choices" => param.choices = others.into_iter().map(|(choice, _)| choice).collect(),
            "default" => {
                param.default = parts.get(1).map_or("", |part| tokens.source(part.clone())).into();
                param.required = false;
            }
            _ => {}
        }
    }
}

/// Makes all of these spellings of one flag, that one of them may name already.
fn join(spellings: Vec<SmolStr>, span: Span, own: &mut Builder) {
    let Some(known) = spellings.iter().find(|name| own.find(name).is_some()).cloned() else {
        own.flag(spellings, Some(Arity::OPTIONAL), span);
        return;
    };
    let Some(param) = own.find(&known) else { return };
    for name in spellings {
        if !param.is_called(&name) {
            param.aliases.push(name);
        }
    }
    // The first long spelling is the name.
    if !param.name.starts_with("--")
        && let Some(ix) = param.aliases.iter().position(|alias| alias.starts_with("--"))
    {
        std::mem::swap(&mut param.name, &mut param.aliases[ix]);
    }
}

/// `.command('serve <port> [host]', 'desc', builder, handler)`.
fn command(
    tokens: &Tokens<'_>,
    parts: &[Range<usize>],
    strict: bool,
    own: &mut Builder,
    depth: u32,
) {
    let names = parts.first().and_then(|part| tokens.strings(part));
    let Some(((usage, span), others)) = names
        .as_ref()
        .and_then(|names| names.split_first())
        .map(|(first, rest)| (first.clone(), rest))
    else {
        own.open = true;
        return;
    };
    let mut words = usage.split_whitespace();
    let name = words.next().unwrap_or_default();
    let mut sub = Builder { name: name.into(), span, ..Builder::default() };
    sub.aliases = others.iter().map(|(name, _)| name.clone()).collect();
    for word in words {
        argument(word, span, &mut sub);
    }
    match parts.get(2) {
        Some(part) if tokens.is(part.start, "{") => {
            for (name, value) in tokens.entries(part.start) {
                match name {
                    Some((name, span)) => {
                        option(tokens, &name, span, Some(&value), false, &mut sub)
                    }
                    None => sub.open = true,
                }
            }
        }
        // A function that is defined elsewhere.
        Some(part) if part.len() == 1 => sub.open = true,
        Some(part) => chain(tokens, part.clone(), strict, &mut sub, depth + 1),
        None => {}
    }
    if name == "$0" || sub.aliases.iter().any(|alias| alias == "$0") {
        // What is done without a sub-command.
        own.params.extend(sub.params);
        own.open |= sub.open;
    } else {
        own.subcommands.push(sub);
    }
}

/// `minimist(argv, {string: […], boolean: […], alias: {…}})`. It takes whatever is passed.
fn minimist(tokens: &Tokens<'_>) -> Option<Builder> {
    let mut own = Builder {
        open: true,
        syntax: Syntax { valued_switches: true, ..Syntax::default() },
        ..Builder::default()
    };
    let options = (0..tokens.len()).find_map(|ix| {
        let parts = if tokens.is(ix, "(") { tokens.arguments(ix) } else { Vec::new() };
        let argv = parts.first().is_some_and(|part| tokens.source(part.clone()).contains("argv"));
        parts.get(1).filter(|part| argv && tokens.is(part.start, "{")).map(|part| part.start)
    })?;
    for (name, value) in tokens.entries(options) {
        let Some((name, _)) = name else { continue };
        match name.as_str() {
            "string" => shorthand(tokens, "string", &[value], &mut own),
            "boolean" => shorthand(tokens, "boolean", &[value], &mut own),
            "alias" | "default" if tokens.is(value.start, "{") => {
                for (flag, value) in tokens.entries(value.start) {
                    let Some((flag, span)) = flag else { continue };
                    let others = tokens.strings(&value).unwrap_or_default();
                    let others = if name == "alias" { others } else { Vec::new() };
                    let mut names = vec![dashed(&flag)];
                    names.extend(others.iter().map(|(alias, _)| dashed(alias)));
                    join(names, span, &mut own);
                }
            }
            _ => {}
        }
    }
    own.span = own.params.first().map_or(own.span, |param| param.span);
    Some(own)
}

/// `parseArgs({options: {file: {type: 'string', short: 'f'}}})`.
fn parse_args(tokens: &Tokens<'_>) -> Option<Builder> {
    let mut calls =
        (0..tokens.len()).filter(|ix| tokens.is(*ix, "parseArgs") && tokens.is(ix + 1, "("));
    let at = calls.next()?;
    let mut own =
        Builder { open: calls.next().is_some(), span: tokens.span(at), ..Builder::default() };
    let config = tokens.arguments(at + 1).into_iter().next()?;
    if !tokens.is(config.start, "{") {
        return None;
    }
    let mut negative = false;
    let mut arguments = false;
    for (name, value) in tokens.entries(config.start) {
        let yes = tokens.is(value.start, "true");
        match name.as_ref().map(|(name, _)| name.as_str()) {
            Some("options") if tokens.is(value.start, "{") => {
                for (name, value) in tokens.entries(value.start) {
                    match name.filter(|_| tokens.is(value.start, "{")) {
                        Some((name, span)) => parsed(tokens, &name, span, value.start, &mut own),
                        None => own.open = true,
                    }
                }
            }
            Some("options") | None => own.open = true,
            Some("strict") => own.open |= !yes,
            Some("allowPositionals") => arguments = !tokens.is(value.start, "false"),
            Some("allowNegative") => negative = yes,
            _ => {}
        }
    }
    if negative {
        for param in &mut own.params {
            if param.values == Some(Arity::NONE) {
                param.aliases.push(format!("--no-{}", param.name.trim_start_matches('-')).into());
            }
        }
    }
    if arguments || own.open {
        own.takes_arguments("positionals");
    }
    Some(own)
}

fn parsed(tokens: &Tokens<'_>, name: &str, span: Span, open: usize, own: &mut Builder) {
    let mut names: Vec<SmolStr> = vec![format!("--{name}").into()];
    let mut values = None;
    let mut default = SmolStr::default();
    for (key, value) in tokens.entries(open) {
        match key.as_ref().map(|(key, _)| key.as_str()) {
            Some("type") => {
                values = tokens.only(&value).map(|kind| match kind.as_str() {
                    "boolean" => Arity::NONE,
                    _ => Arity::ONE,
                });
            }
            Some("short") => match tokens.only(&value) {
                Some(short) => names.push(format!("-{short}").into()),
                None => own.open = true,
            },
            Some("default") => default = tokens.source(value).into(),
            Some(_) => {}
            None => own.open = true,
        }
    }
    if let Some(param) = own.flag(names, values, span) {
        param.default = default;
    }
}
