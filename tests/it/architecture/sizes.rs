//! No file over 500 lines, no function over 80 without a reason in the list below.

use super::source::{self, File};

const FILE: usize = 500;
const FUNCTION: usize = 80;

/// Functions that may be longer, and why.
const LONG_FUNCTIONS: &[(&str, &str, &str)] = &[
    ("src/syntax/php.rs", "tokens", "an arm for each token"),
    ("src/systems/python/run/eval.rs", "value", "an arm for each kind of expression"),
    (
        "src/systems/python/run/typer.rs",
        "typer_parameter",
        "one argument of click after the other, each from all that is known",
    ),
    ("src/systems/python/scope.rs", "statement", "an arm for each kind of statement"),
    ("src/syntax/shell/parse.rs", "walk", "one state, moved on by each kind of token"),
    ("src/syntax/puppet/validate.rs", "expr", "an arm for each kind of expression"),
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
        if lines > FILE {
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

#[test]
fn a_function_is_counted_to_its_closing_brace() {
    let code = "fn a(x: [u8; 2]) -> u8 {\n    { 1 }\n}\ntrait T {\n    fn b(&self);\n}\n";
    assert_eq!(functions(code), [("a".to_owned(), 3), ("b".to_owned(), 1)]);
}
