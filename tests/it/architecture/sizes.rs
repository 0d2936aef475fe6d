//! No file over 500 lines, no function over 80 without a reason in the list below, and no public
//! one with a bare `bool`.

use super::source::{self, File};

const FILE: usize = 500;
const FUNCTION: usize = 80;

/// Files that may be longer, how long, and why.
const LONG_FILES: &[(&str, usize, &str)] =
    &[("src/facts/kind/table.rs", 700, "a row for each kind, in order: it is looked up, not read")];

/// Functions that may be longer, and why.
const LONG_FUNCTIONS: &[(&str, &str, &str)] = &[
    ("src/syntax/php.rs", "split", "an arm for each token"),
    ("src/systems/python/run/eval.rs", "value", "an arm for each kind of expression"),
    (
        "src/systems/python/run/typer.rs",
        "typer_parameter",
        "one argument of click after the other, each from all that is known",
    ),
    ("src/systems/python/scope.rs", "statement", "an arm for each kind of statement"),
    ("src/syntax/shell/parse.rs", "walk", "one state, moved on by each kind of token"),
    ("src/syntax/puppet/validate.rs", "expr", "an arm for each kind of expression"),
    ("src/systems/puppet/shapes.rs", "inner", "an arm for each of Puppet's types"),
];

/// Each function's name and how many lines it has, from `fn` to its closing brace.
fn functions(code: &str) -> Vec<(String, usize)> {
    let mut found = Vec::new();
    for (at, _) in code.match_indices("fn ") {
        if code[..at].chars().next_back().is_some_and(source::is_word) {
            continue;
        }
        let name: String = code[at + 3..].chars().take_while(|c| source::is_word(*c)).collect();
        if !name.is_empty() {
            let end = source::item_end(code, at);
            found.push((name, code[at..end].lines().count()));
        }
    }
    found
}

#[test]
fn no_file_is_longer_than_a_reader_bears() {
    let mut wrong = Vec::new();
    for File { path, lines, .. } in source::files() {
        let most = LONG_FILES.iter().find(|(own, ..)| *own == path).map_or(FILE, |own| own.1);
        if lines > most {
            wrong.push(format!("{path} has {lines} lines"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn no_function_is_longer_than_a_reader_bears() {
    let mut wrong = Vec::new();
    let mut excused: Vec<(&str, &str)> =
        LONG_FUNCTIONS.iter().map(|(file, name, _)| (*file, *name)).collect();
    for File { path, code, .. } in source::files() {
        for (name, lines) in functions(&code).into_iter().filter(|(_, lines)| *lines > FUNCTION) {
            let before = excused.len();
            excused.retain(|listed| *listed != (path.as_str(), name.as_str()));
            if excused.len() == before {
                wrong.push(format!("`{name}` in {path} has {lines} lines"));
            }
        }
    }
    wrong.extend(
        excused
            .iter()
            .map(|(file, name)| format!("`{name}` in {file} needs no exception any more")),
    );
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Functions that others can call with a bare `bool`: `f(x, true)` says nothing at its call.
fn bare(code: &str) -> Vec<String> {
    let mut found = Vec::new();
    for (at, _) in code.match_indices("fn ") {
        let line = code[..at].rsplit('\n').next().unwrap_or_default().trim_start();
        let Some(open) = code[at..].find('(').map(|len| at + len) else { continue };
        let mut depth = 0;
        let close = code[open..].find(|c| {
            depth += i32::from(c == '(') - i32::from(c == ')');
            depth == 0
        });
        let params = close.map_or("", |len| &code[open + 1..open + len]);
        if line.starts_with("pub") && params.split(',').any(|own| own.trim().ends_with(": bool")) {
            found.push(code[at + 3..open].to_owned());
        }
    }
    found
}

#[test]
fn no_public_function_takes_a_bare_bool() {
    let wrong: Vec<String> = source::files()
        .iter()
        .flat_map(|file| {
            bare(&file.code).into_iter().map(|name| format!("{}: `{name}`", file.path))
        })
        .collect();
    assert!(wrong.is_empty(), "give these an enum:\n{}", wrong.join("\n"));
    let code = "pub fn a(x: bool) {}\nfn b(x: bool) {}\npub(super) fn c(\n    x: u8,\n    y: bool,\n) {}\npub fn d(x: impl Fn(u8) -> bool) {}\n";
    assert_eq!(bare(code), ["a", "c"]);
}

#[test]
fn a_function_is_counted_to_its_closing_brace() {
    let code = "fn a(x: [u8; 2]) -> u8 {\n    { 1 }\n}\ntrait T {\n    fn b(&self);\n}\n";
    assert_eq!(functions(code), [("a".to_owned(), 3), ("b".to_owned(), 1)]);
}
