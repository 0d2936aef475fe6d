//! Templates of charts: the templates that they define, include, and the values they read.

use super::functions;
use crate::extract::Source;
use crate::facts::{
    Detail, FileFacts, NamePattern, Provide, Ref, Relation, Require, Scope, Span, Strength, Via,
    kinds,
};
use crate::syntax::go_template::{Action, Token, actions};
use rustc_hash::FxHashSet;
use smol_str::SmolStr;
use std::sync::Arc;

/// A value without which the template refuses to render.
const REQUIRED: Via = Via { relation: Relation::Requires, wording: "required value" };

/// Functions by which an action says that a value may be absent, or passes it on.
const TOLERANT: &[&str] = &[
    "and",
    "any",
    "all",
    "coalesce",
    "default",
    "dict",
    "dig",
    "empty",
    "eq",
    "fail",
    "get",
    "has",
    "hasKey",
    "include",
    "kindIs",
    "list",
    "merge",
    "mergeOverwrite",
    "ne",
    "not",
    "or",
    "required",
    "set",
    "template",
    "ternary",
    "tpl",
    "typeIs",
];

/// The name under which a block that nothing closes is told of.
pub(super) const UNCLOSED: &str = "unclosed";

/// The name under which a function is told of that Helm does not have; the detail is the one that
/// is meant.
pub(super) const UNDEFINED: &str = "undefined";

pub(super) fn extract(source: &Source<'_>, out: &mut FileFacts) {
    // The open blocks, of conditions with the keys that each asks for.
    let mut blocks: Vec<Option<Vec<&str>>> = Vec::new();
    // The definitions that are open, each with the number of blocks around it.
    let mut definitions: Vec<(&str, usize, u32)> = Vec::new();
    let mut denied = None;
    let path = SmolStr::new(source.path);
    let (mut known, mut wanted) = (FxHashSet::default(), FxHashSet::default());
    let actions = actions(source.text);
    unclosed(source.text, &actions, out);
    let asked_files: FxHashSet<&str> =
        actions.iter().filter(|own| own.opens()).flat_map(file_names).map(|own| own.text).collect();
    if let Some((own, near)) = actions.iter().find_map(functions::slip) {
        let (kind, name) = (kinds::HELM_INCLUDE, NamePattern::exact(UNDEFINED));
        let detail = near.into();
        out.provides.push(Provide { kind, name, span: span(&own), within: None, detail });
    }
    for action in actions {
        if let Some(name) = definition(&action, out)
            && action.keyword() == "define"
        {
            definitions.push((name, blocks.len(), out.provides.len() as u32 - 1));
        }
        let (inside, within) =
            definitions.last().map_or(("", None), |(name, _, ix)| (*name, Some(*ix)));
        let outer = definitions.last().map_or(0, |(_, outer, _)| *outer);
        let branch = blocks[outer.min(blocks.len())..].iter().any(Option::is_some);
        let names = Scope::inside(path.clone(), inside);
        let scope = Place { names, within, branch };
        includes(&action, &scope, out);
        wholes(&action, &scope, out);
        files(&action, &scope, &asked_files, out);
        let keyword = action.keyword();
        denied = refused(&action, denied, &scope, &blocks, out);
        let reads: Vec<Read<'_>> = reads(&action);
        let asked: Vec<&str> = reads.iter().map(|read| read.key).collect();
        for read in &reads {
            if known.insert(read.key) {
                set_by_chart(read, Strength::Guarded, &scope, out);
            }
            let key = need(read, &action, &asked, &blocks, &scope, out);
            if let Some(key) = key.filter(|key| wanted.insert(*key)) {
                set_by_chart(&Read { key, ..*read }, Strength::Likely, &scope, out);
            }
        }
        if action.opens() {
            blocks.push(matches!(keyword, "if" | "with" | "range").then_some(asked));
        } else if keyword == "else" {
            // `else if`: what the branches before asked for is not known to be set.
            if let Some(open) = blocks.last_mut() {
                *open = open.is_some().then_some(asked);
            }
        } else if keyword == "end" {
            blocks.pop();
            if definitions.last().is_some_and(|(_, outer, _)| *outer == blocks.len()) {
                definitions.pop();
            }
        }
    }
}

/// Tells of the first block that nothing closes, or of the first `end` that closes none.
fn unclosed(text: &str, actions: &[Action<'_>], out: &mut FileFacts) {
    // What follows an action that does not end was not read.
    let read = actions.last().map_or(0, |last| last.range.end);
    if text[read..].contains("{{") {
        return;
    }
    let mut open: Vec<&Action<'_>> = Vec::new();
    let mut found = None;
    for action in actions {
        if action.opens() {
            open.push(action);
        } else if action.keyword() == "end" && open.pop().is_none() {
            found = Some(action);
            break;
        }
    }
    if let Some(own) = found.or(open.last().copied()) {
        out.provides.push(Provide {
            kind: kinds::HELM_INCLUDE,
            name: NamePattern::exact(UNCLOSED),
            span: Span::new(own.range.start, own.range.end),
            within: None,
            detail: own.keyword().into(),
        });
    }
}

/// `required "message" .Values.a`, `if not .Values.a` and `fail`: rendering fails without the
/// value, wherever it comes to it. `denied` is the value that the action before asked for so.
fn refused<'a>(
    action: &Action<'a>,
    denied: Option<Token<'a>>,
    scope: &Place,
    blocks: &[Option<Vec<&str>>],
    out: &mut FileFacts,
) -> Option<Token<'a>> {
    let branches = ["and", "or", "ternary", "if", "with", "else", "range", "tpl", "default"];
    let inside = |token: &Token<'_>| !token.quoted && branches.contains(&token.text);
    let mut add = |value: &Token<'_>| {
        let key = [".Values.", "$.Values."].iter().find_map(|word| value.text.strip_prefix(word));
        if let Some(key) = key.filter(|key| !value.quoted && !key.starts_with("global.")) {
            let target = Ref::exact(kinds::HELM_VALUE, key);
            let require = Require::certain(target, span(value), REQUIRED, scope.within);
            out.requires.push(require.with_strength(Strength::Guarded));
        }
    };
    if let Some(value) = denied.filter(|_| action.keyword() == "fail") {
        add(&value);
    }
    if scope.branch || scope.within.is_none() && !blocks.is_empty() {
        return None;
    }
    if let [first, not, value] = action.tokens.as_slice()
        && (first.text, not.text) == ("if", "not")
    {
        return Some(*value);
    }
    if !action.tokens.iter().any(inside) {
        for three in action.tokens.windows(3) {
            let [function, message, value] = three else { continue };
            if function.text == "required" && !function.quoted && message.quoted {
                add(value);
            }
        }
    }
    None
}

/// `define "name"`, `block "name"`.
fn definition<'a>(action: &Action<'a>, out: &mut FileFacts) -> Option<&'a str> {
    if let (Some("define" | "block"), Some(name)) =
        (action.tokens.first().map(|token| token.text), action.tokens.get(1))
        && name.quoted
    {
        out.provides.push(Provide {
            kind: kinds::HELM_TEMPLATE,
            name: NamePattern::exact(name.text),
            span: span(name),
            within: None,
            detail: Detail::None,
        });
        return Some(name.text);
    }
    None
}

/// Where an action stands.
struct Place {
    /// Names as its file, and the definition that it is in, see them.
    names: Arc<Scope>,
    /// The definition, as an index into the file's provides.
    within: Option<u32>,
    /// In a block that may not be rendered.
    branch: bool,
}

fn span(token: &Token<'_>) -> Span {
    Span::new(token.at, token.at + token.text.len())
}

/// `include "name"`, `template "name"`, with names that `printf` builds, and the files that
/// `print $.Template.BasePath "/x.yaml"` names.
fn includes(action: &Action<'_>, scope: &Place, out: &mut FileFacts) {
    for (ix, token) in action.tokens.iter().enumerate() {
        let is_call = !token.quoted && matches!(token.text, "include" | "template");
        let rest = &action.tokens[ix + 1..];
        let (true, Some(first)) = (is_call, rest.first()) else { continue };
        let (name, at) = if first.quoted {
            (NamePattern::exact(first.text), first)
        } else if let [paren, function, argument, ..] = rest
            && paren.text == "("
            && !paren.quoted
        {
            match (function.text, argument.quoted) {
                ("printf", true) => (format(argument.text), argument),
                ("print", false) if argument.text.ends_with(".Template.BasePath") => {
                    match rest.get(3..5) {
                        Some([file, close]) if file.quoted && close.text == ")" => {
                            (NamePattern::exact(file.text), file)
                        }
                        _ => continue,
                    }
                }
                _ => continue,
            }
        } else {
            continue;
        };
        if name.prefix().is_empty() && name.suffix().is_empty() {
            continue;
        }
        let via = match token.text {
            _ if scope.branch => Relation::InBranch.called("include in a branch"),
            "include" => Relation::Includes.called("include"),
            _ => "template".into(),
        };
        let target = Ref::new(kinds::HELM_INCLUDE, name).seen_from(scope.names.clone());
        out.requires.push(Require::certain(target, span(at), via, scope.within));
    }
}

/// The pattern of a `printf` format.
fn format(text: &str) -> NamePattern {
    NamePattern::with_holes(text, |rest| {
        let at = rest.find('%')?;
        let verb = |c: char| c.is_ascii_alphabetic() || c == '%';
        let end = rest[at + 1..].find(verb).map_or(rest.len(), |len| at + 1 + len + 1);
        Some(at..end)
    })
}

/// Values that an action reads by no name that stands behind `.Values.`: `index .Values "a"`,
/// `toYaml .Values`; and those that a file of the chart's reads as a template.
fn wholes(action: &Action<'_>, scope: &Place, out: &mut FileFacts) {
    for (ix, token) in action.tokens.iter().enumerate().filter(|(_, token)| !token.quoted) {
        let name = match token.text {
            ".Values" | "$.Values" => match action.tokens.get(ix + 1) {
                Some(key) if key.quoted => NamePattern::exact(key.text),
                _ => NamePattern::any(),
            },
            text if text.ends_with(".Values") => NamePattern::any(),
            "tpl" if action.tokens.iter().any(|own| own.text.contains(".Files.")) => {
                NamePattern::any()
            }
            _ => continue,
        };
        let target = Ref::new(kinds::HELM_VALUE, name);
        let via = Relation::AsksFor.called("value asked for");
        let require = Require::certain(target, span(token), via, scope.within);
        out.requires.push(require.with_strength(Strength::Guarded));
    }
}

/// The names of files that an action gets.
fn file_names<'a>(action: &Action<'a>) -> impl Iterator<Item = Token<'a>> {
    let found: Vec<Token<'a>> = action
        .tokens
        .windows(2)
        .filter_map(|two| {
            let [function, name] = two else { return None };
            let gets = matches!(function.text, ".Files.Get" | "$.Files.Get" | ".Files.GetBytes");
            let is_name = name.quoted && !name.text.is_empty();
            (gets && !function.quoted && is_name).then_some(*name)
        })
        .collect();
    found.into_iter()
}

/// `.Files.Get "name"`: a file of the chart, without which the text is empty. One that the template
/// asks for, may be absent.
fn files(action: &Action<'_>, scope: &Place, asked: &FxHashSet<&str>, out: &mut FileFacts) {
    let asks = action.opens() || action.tokens.iter().any(|own| own.text == "default");
    if scope.within.is_some() || asks {
        return;
    }
    for name in file_names(action).filter(|own| !asked.contains(own.text)) {
        let target = Ref::exact(kinds::HELM_FILE, name.text).seen_from(scope.names.clone());
        let require = Require::certain(target, span(&name), ".Files.Get", None);
        out.requires.push(require.with_strength(Strength::Likely));
    }
}

/// A read of `.Values.a.b`.
struct Read<'a> {
    /// `a.b`.
    key: &'a str,
    span: Span,
    /// `(.Values.a).b`: an absent value is fine.
    wrapped: bool,
}

fn reads<'a>(action: &Action<'a>) -> Vec<Read<'a>> {
    let mut out = Vec::new();
    for (ix, token) in action.tokens.iter().enumerate() {
        // `.Values.a`, `$.Values.a`, `$root.Values.a`, `.Root.Values.a`.
        let Some(at) = token.text.find(".Values.").filter(|_| !token.quoted) else { continue };
        let key = token.text[at + 8..].trim_matches('.');
        let next = |ahead: usize| action.tokens.get(ix + ahead);
        let wrapped = next(1).is_some_and(|close| close.text == ")")
            && next(2).is_some_and(|field| field.text.starts_with('.') && field.text.len() > 1);
        if !key.is_empty() {
            out.push(Read { key, span: span(token), wrapped });
        }
    }
    out
}

/// What the chart's own values have: a change of both is one of two files that go together. Any
/// read of a value misses one that goes; one that comes is missed where rendering needs it.
fn set_by_chart(read: &Read<'_>, strength: Strength, scope: &Place, out: &mut FileFacts) {
    let target = Ref::exact(kinds::HELM_READ, read.key).seen_from(scope.names.clone());
    let via = Relation::Expects.called("value");
    let require = Require::certain(target, read.span, via, scope.within);
    out.requires.push(require.with_strength(strength));
}

/// The value that has to be set for a read to give something; where the read itself may
/// give nothing, that is the map that it reads from: without it rendering fails.
fn need<'a>(
    read: &Read<'a>,
    action: &Action<'_>,
    asked: &[&str],
    blocks: &[Option<Vec<&str>>],
    scope: &Place,
    out: &mut FileFacts,
) -> Option<&'a str> {
    let covers = |outer: &str| {
        read.key.strip_prefix(outer).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
    };
    let asked_before = asked.iter().any(|own| *own != read.key && covers(own))
        || blocks.iter().flatten().flatten().any(|block| covers(block));
    let tolerant = matches!(action.keyword(), "if" | "with" | "range" | "else")
        || action.tokens.iter().any(|token| {
            !token.quoted && (TOLERANT.contains(&token.text) || matches!(token.text, "=" | ":"))
        });
    let mut add = |key: &str, via: Via| {
        let target = Ref::exact(kinds::HELM_VALUE, key);
        let require = Require::certain(target, read.span, via, scope.within);
        out.requires.push(require.with_strength(Strength::Guarded));
    };
    if read.wrapped || tolerant {
        add(read.key, Relation::AsksFor.called("value asked for"));
    }
    if read.wrapped || asked_before {
        return None;
    }
    let key = match (tolerant, read.key.rsplit_once('.')) {
        (false, _) => read.key,
        (true, Some((outer, _))) if !scope.branch => outer,
        _ => return None,
    };
    // Helm itself sees to it that this one is there.
    if key == "global" {
        return None;
    }
    if !key.starts_with("global.") {
        add(key, "value".into());
    }
    Some(key)
}
