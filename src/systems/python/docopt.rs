//! Usage texts that docopt reads.
//!
//! (Source: docopt's description of its language.)

use super::parser::{Declared, Library, Parsed, Parser, Stores};
use crate::facts::{Arity, Param, Span};
use smol_str::SmolStr;

/// The parser that the usage text `text` describes. `literal` is where it stands in
/// `source`.
pub(super) fn parser<'a>(
    text: &str,
    literal: Span,
    at: Span,
    source: &str,
    branches: u32,
) -> Parser<'a> {
    let mut parser = Parser::new(Library::Docopt, at, branches);
    parser.parsed = Parsed::Yes;
    let lower = text.to_ascii_lowercase();
    let Some(start) = lower.find("usage:") else {
        parser.open = true;
        return parser;
    };
    let usage = &text[start + "usage:".len()..];
    let usage = usage.find("\n\n").map_or(usage, |end| &usage[..end]);
    let place = |name: &str| {
        let inside = source.get(literal.range()).unwrap_or_default();
        let found = inside.match_indices(name).map(|(at, _)| at).find(|at| {
            let after = inside[at + name.len()..].chars().next();
            after.is_none_or(|c| !(c.is_alphanumeric() || c == '-' || c == '_'))
        });
        found.map_or(literal, |found| {
            let start = literal.start as usize + found;
            Span::new(start, start + name.len())
        })
    };
    for line in text.lines().map(str::trim).filter(|line| line.starts_with('-')) {
        if let Some(declared) = option(line, &place) {
            parser.declare(declared);
        }
    }
    let mut patterns = usage.lines().map(str::trim).filter(|line| !line.is_empty());
    let (first, more) = (patterns.next().unwrap_or_default(), patterns.next().is_some());
    let words = usage.split(|c: char| c.is_whitespace() || "[]()|".contains(c));
    for word in words.filter(|word| word.starts_with('-') && !word.trim_matches('-').is_empty()) {
        let (name, value) = word.split_once('=').unwrap_or((word, ""));
        let name = name.trim_end_matches("...");
        if parser.params.iter().any(|param| param.param.is_called(name)) {
            continue;
        }
        let mut param = Param::new(name, place(name));
        // A short flag's value is the next word; then only the usage's reader can tell.
        let short = !name.starts_with("--");
        param.values = match (value.is_empty(), short) {
            (false, _) => Some(Arity::ONE),
            (true, false) => Some(Arity::NONE),
            (true, true) => None,
        };
        parser.declare(declared(param));
    }
    positionals(&mut parser, first, more, &place);
    parser
}

fn declared(param: Param) -> Declared {
    let stores = if param.values == Some(Arity::NONE) { Stores::True } else { Stores::Value };
    Declared { dest: param.name.clone(), stores, param }
}

/// `-o FILE, --output=FILE  Where to write [default: x].`
fn option(line: &str, place: &dyn Fn(&str) -> Span) -> Option<Declared> {
    let spec = line.split("  ").next().unwrap_or(line);
    let mut names: Vec<SmolStr> = Vec::new();
    let mut takes = false;
    for word in spec.split([' ', ',', '=']).filter(|word| !word.is_empty()) {
        if word.starts_with('-') { names.push(word.into()) } else { takes = true }
    }
    names.sort_by_key(|name| !name.starts_with("--"));
    if names.is_empty() || names.iter().any(|name| name.trim_matches('-').is_empty()) {
        return None;
    }
    let name = names.remove(0);
    let mut param = Param::new(name.clone(), place(&name));
    param.aliases = names.into();
    param.values = Some(if takes { Arity::ONE } else { Arity::NONE });
    if let Some((_, default)) = line.split_once("[default:") {
        param.default = default.split(']').next().unwrap_or_default().trim().into();
    }
    Some(declared(param))
}

/// The arguments of the only pattern; those of several patterns are free.
fn positionals(parser: &mut Parser<'_>, pattern: &str, more: bool, place: &dyn Fn(&str) -> Span) {
    let mut found: Vec<Param> = Vec::new();
    let mut free = more || pattern.contains(['|', '(']);
    let mut optional = 0_usize;
    let mut value = false;
    // The first word is the program.
    for word in pattern.split_whitespace().skip(1) {
        optional += word.matches('[').count();
        let bare = word.trim_matches(['[', ']']).trim_end_matches("...").trim_matches(['[', ']']);
        let is_name = bare.starts_with('<')
            || (bare.len() > 1
                && bare.chars().all(|c| c.is_ascii_uppercase() || c == '_' || c == '-'));
        if bare.starts_with('-') {
            let takes = parser
                .params
                .iter()
                .any(|param| param.param.is_called(bare) && param.param.values == Some(Arity::ONE));
            value = takes && !bare.contains('=');
        } else if std::mem::take(&mut value) || bare == "options" || bare.is_empty() {
        } else if is_name {
            let mut param = Param::new(bare, place(bare));
            param.positional = true;
            param.required = optional == 0;
            let min = u16::from(optional == 0);
            let max = if word.contains("...") { None } else { Some(1) };
            param.values = Some(Arity { min, max });
            found.push(param);
        } else {
            free = true;
        }
        optional = optional.saturating_sub(word.matches(']').count());
    }
    if free {
        let mut rest = Param::new("args", parser.span);
        rest.positional = true;
        rest.values = Some(Arity::ANY);
        found = vec![rest];
    }
    parser.params.extend(found.into_iter().map(declared));
}
