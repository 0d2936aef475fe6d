//! Commands that a program runs by a list of words: `subprocess.run(['a', '-b'])`.
//!
//! Commands that a shell reads (`os.system('…')`, `shell=True`) are in [`super::lines`].

use super::environment;
use super::fold::{dotted, fold_string};
use super::lines;
use super::scope::{self, Change, Given, Site, View};
use super::value::span_of;
use crate::facts::{Call, FileFacts, NamePattern, Piece, Ref, Span, Strength, Word, kinds};
use ruff_python_ast::{Expr, ExprCall, Operator, Stmt};
use rustc_hash::FxHashSet;
use smallvec::SmallVec;
use smol_str::SmolStr;
use std::cell::Cell;

/// How deep lists are followed.
const DEPTH: u32 = 12;
/// How many values of one variable are looked at.
const VALUES: usize = 6;
/// How many names are looked up for one call.
const LOOK_UPS: u32 = 100;
/// How many words a list may have.
const WORDS: usize = 500;
/// How many calls of one file are noted.
const CALLS: usize = 2000;

/// Adds the commands that the module runs.
pub(super) fn calls(body: &[Stmt], path: &str, out: &mut FileFacts) {
    let imports = scope::imports(body);
    let scopes = scope::scopes(body);
    let Some(module) = scopes.first() else { return };
    let mut found = Vec::new();
    let mut texts = Vec::new();
    for scope in &scopes {
        for site in &scope.sites {
            if found.len() > CALLS {
                break;
            }
            let Some(name) = dotted(&site.call.func) else { continue };
            let (first, rest) = match name.split_once('.') {
                Some((first, rest)) => (first, Some(rest)),
                None => (name.as_str(), None),
            };
            let name = match (imports.get(first), rest) {
                (Some(module), Some(rest)) => format!("{module}.{rest}").into(),
                (Some(name), None) => name.clone(),
                _ => name,
            };
            let budget = Cell::new(LOOK_UPS);
            let view = View::new(scope, module, site, &budget);
            texts.extend(lines::shell_text(&name, site.call, &view));
            let environment = environment::of_call(site.call);
            for words in commands(&name, site.call, &view) {
                let call = call(words, site);
                found.extend(call.map(|call| Call { environment: environment.clone(), ..call }));
            }
        }
    }
    found.sort_by_key(|call| call.span);
    out.calls.extend(found);
    texts.sort_by_key(|(_, at)| *at);
    for (text, at) in texts {
        lines::add(path, "shell", &text, at, out);
    }
    // What this program runs itself is no command for someone else.
    let run: FxHashSet<Span> = out.calls.iter().map(|call| call.span).collect();
    let known = (out.calls.len(), out.requires.len());
    lines::strings(body, path, out);
    let mut ix = 0;
    out.calls.retain(|call| {
        ix += 1;
        ix <= known.0 || !run.contains(&call.span)
    });
    let mut ix = 0;
    out.requires.retain(|require| {
        ix += 1;
        ix <= known.1 || !run.contains(&require.span)
    });
}

/// The lists of words that a call of `name` runs; several where a variable has several
/// values.
fn commands(name: &str, call: &ExprCall, view: &View<'_, '_>) -> Vec<Vec<Word>> {
    let arguments = &call.arguments;
    match name {
        "subprocess.call"
        | "subprocess.check_call"
        | "subprocess.check_output"
        | "subprocess.run"
        | "subprocess.Popen" => {
            let uses_shell = arguments.find_keyword("shell").is_some_and(
                |shell| !matches!(&shell.value, Expr::BooleanLiteral(value) if !value.value),
            );
            match arguments.find_argument_value("args", 0) {
                Some(list) if !uses_shell => alternatives(list, view),
                _ => Vec::new(),
            }
        }
        "asyncio.create_subprocess_exec" => vec![elements(&arguments.args, view, 0)],
        "os.execv" | "os.execvp" | "os.execve" | "os.execvpe" => {
            let [file, list, ..] = arguments.args.as_ref() else { return Vec::new() };
            alternatives(list, view)
                .into_iter()
                .filter_map(|words| renamed(file, words, view))
                .collect()
        }
        "os.execl" | "os.execlp" => match arguments.args.split_first() {
            Some((file, rest)) => {
                renamed(file, elements(rest, view, 0), view).into_iter().collect()
            }
            None => Vec::new(),
        },
        _ => Vec::new(),
    }
}

/// The words with `file` for the first of them, which a program may choose freely.
fn renamed(file: &Expr, mut words: Vec<Word>, view: &View<'_, '_>) -> Option<Vec<Word>> {
    let text = fold_string(file, view)?;
    let first = words.first_mut().filter(|word| !word.splits)?;
    *first = Word { text, splits: false, span: span_of(file) };
    Some(words)
}

fn alternatives(list: &Expr, view: &View<'_, '_>) -> Vec<Vec<Word>> {
    if let Expr::Name(name) = list {
        let values = view.values(&name.id);
        if values.len() > VALUES {
            return Vec::new();
        }
        return values.iter().filter_map(|given| changed(given, view, 0)).collect();
    }
    words(list, view, 0).into_iter().collect()
}

/// The words of `expr`; `None` where it is no list that the file shows.
fn words(expr: &Expr, view: &View<'_, '_>, depth: u32) -> Option<Vec<Word>> {
    if depth > DEPTH {
        return None;
    }
    match expr {
        Expr::List(list) if list.elts.len() <= WORDS => Some(elements(&list.elts, view, depth)),
        Expr::Tuple(tuple) if tuple.elts.len() <= WORDS => Some(elements(&tuple.elts, view, depth)),
        Expr::StringLiteral(literal) => {
            let text = literal.value.to_str();
            (!text.contains(char::is_whitespace)).then(|| {
                vec![Word { text: NamePattern::exact(text), splits: false, span: span_of(literal) }]
            })
        }
        Expr::BinOp(operation) if operation.op == Operator::Add => {
            let mut left = words(&operation.left, view, depth + 1)?;
            match words(&operation.right, view, depth + 1) {
                Some(right) => left.extend(right),
                None => left.push(any(span_of(&*operation.right))),
            }
            Some(left)
        }
        Expr::Name(name) => {
            let values = view.values(&name.id);
            let [given] = values.as_slice() else { return None };
            if given.value.is_string_literal_expr() { None } else { changed(given, view, depth) }
        }
        Expr::Call(call) => split(call, view, depth),
        _ => None,
    }
}

/// A list and what was added to it.
fn changed(given: &Given<'_, '_>, view: &View<'_, '_>, depth: u32) -> Option<Vec<Word>> {
    let mut out = words(given.value, &given.view, depth + 1)?;
    let end = span_of(given.value).end as usize;
    for change in &given.changes {
        match change {
            Some(Change::Append(word)) => {
                out.extend(elements(std::slice::from_ref(word), view, depth))
            }
            Some(Change::Extend(more)) => match words(more, view, depth + 1) {
                Some(more) => out.extend(more),
                None => out.push(any(span_of(*more))),
            },
            _ => out.push(any(Span::new(end, end))),
        }
    }
    Some(out)
}

/// `'a b c'.split()`, `shlex.split('a b c')`, `list(x)`.
fn split(call: &ExprCall, view: &View<'_, '_>, depth: u32) -> Option<Vec<Word>> {
    let args = call.arguments.args.as_ref();
    let name = dotted(&call.func).unwrap_or_default();
    let text = match (call.func.as_ref(), args) {
        (_, [list]) if name == "list" => return words(list, view, depth + 1),
        (_, [text]) if matches!(name.as_str(), "shlex.split" | "split") => text,
        (Expr::Attribute(attribute), []) if attribute.attr.as_str() == "split" => &attribute.value,
        _ => return None,
    };
    let folded = fold_string(text, view)?;
    let is_quoted =
        |piece: &Piece| matches!(piece, Piece::Text(text) if text.contains(['\'', '"', '\\']));
    if folded.pieces().iter().any(is_quoted) {
        return None;
    }
    Some(split_words(&folded, span_of(text)))
}

/// The words of a text that is split at blanks. A word that is wholly unknown may be
/// several.
fn split_words(text: &NamePattern, span: Span) -> Vec<Word> {
    let mut out: Vec<Vec<Piece>> = vec![Vec::new()];
    for piece in text.pieces() {
        match piece {
            Piece::Hole => out.last_mut().into_iter().for_each(|word| word.push(Piece::Hole)),
            Piece::Text(text) => {
                for (ix, part) in text.split(char::is_whitespace).enumerate() {
                    if ix > 0 {
                        out.push(Vec::new());
                    }
                    let word = out.last_mut().into_iter();
                    word.filter(|_| !part.is_empty())
                        .for_each(|word| word.push(Piece::Text(part.into())));
                }
            }
        }
    }
    let words = out.into_iter().filter(|word| !word.is_empty());
    words
        .map(|word| {
            let splits = word.contains(&Piece::Hole);
            Word { text: NamePattern::from_pieces(word), splits, span }
        })
        .collect()
}

fn elements(elements: &[Expr], view: &View<'_, '_>, depth: u32) -> Vec<Word> {
    let mut out = Vec::new();
    for element in elements {
        match element {
            Expr::Starred(starred) => match words(&starred.value, view, depth + 1) {
                Some(words) => out.extend(words),
                None => out.push(any(span_of(element))),
            },
            _ => {
                let text = fold_string(element, view).unwrap_or_else(NamePattern::any);
                // A text of several words is a command line for someone else: what it says
                // stands where it is written.
                let is_line = text.prefix().contains(char::is_whitespace);
                let span = if is_line { origin(element, view, depth) } else { span_of(element) };
                out.push(Word { text, splits: false, span });
            }
        }
    }
    out
}

/// Where the literal stands that a string expression begins with.
fn origin(expr: &Expr, view: &View<'_, '_>, depth: u32) -> Span {
    if depth > DEPTH {
        return span_of(expr);
    }
    match expr {
        Expr::BinOp(operation) => origin(&operation.left, view, depth + 1),
        Expr::Call(call) => match call.func.as_ref() {
            Expr::Attribute(attribute) if attribute.attr.as_str() == "format" => {
                origin(&attribute.value, view, depth + 1)
            }
            _ => span_of(expr),
        },
        Expr::Name(name) => match view.values(&name.id).as_slice() {
            [given] => origin(given.value, &given.view, depth + 1),
            _ => span_of(expr),
        },
        _ => span_of(expr),
    }
}

/// Any number of words.
fn any(span: Span) -> Word {
    Word { text: NamePattern::any(), splits: true, span }
}

/// The call that running `words` is. `None` where the command is not known.
fn call(mut words: Vec<Word>, site: &Site<'_>) -> Option<Call> {
    if words.first().is_none_or(|word| word.splits) {
        return None;
    }
    let first = words.remove(0);
    let path = &first.text;
    let base: SmolStr = match path {
        NamePattern::Exact(path) => path.rsplit('/').next()?.into(),
        // A computed folder.
        NamePattern::Pattern(_) => path.suffix().rsplit_once('/')?.1.into(),
    };
    let is_absolute = path.prefix().starts_with('/');
    let is_relative = path.as_exact().is_some_and(|path| path.contains('/')) && !is_absolute;
    if base.is_empty() || is_relative {
        return None;
    }
    let command = Ref::exact(kinds::COMMAND, base);
    let mut any_of: SmallVec<[Ref; 1]> = SmallVec::new();
    if is_absolute || path.as_exact().is_none() {
        any_of.push(Ref::new(kinds::DEPLOYED_PATH, path.clone()));
    }
    any_of.push(command);
    Some(Call {
        words,
        strength: if site.in_try { Strength::Likely } else { Strength::Certain },
        ..Call::new(any_of, first.span, "subprocess")
    })
}
