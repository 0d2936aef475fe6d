//! What packages of Go have for others: names that begin with a capital.
//!
//! (Source: the Go specification, "Exported identifiers".)

use crate::extract::{Extractor, Settings, Source};
use crate::facts::{Detail, FileFacts, NamePattern, Provide, Span, Standing, kinds, parent_folder};

/// Extracts them.
pub(super) struct Exported;

/// Larger files are made by a tool.
const MAX_SIZE: usize = 256 << 10;

impl Extractor for Exported {
    fn system(&self) -> &'static str {
        "go"
    }

    fn claims(&self, path: &str) -> bool {
        let is_installed = path.split('/').any(|part| matches!(part, "vendor" | "testdata"));
        path.ends_with(".go")
            && !path.ends_with("_test.go")
            && !is_installed
            && Standing::of(path).is_live()
    }

    fn accepts(&self, bytes: &[u8]) -> bool {
        bytes.len() <= MAX_SIZE
    }

    fn by_contents(&self, _path: &str) -> bool {
        true
    }

    fn extract(&self, source: &Source<'_>, _settings: &Settings, out: &mut FileFacts) {
        let folder = parent_folder(source.path);
        for (at, name) in declared(source.text) {
            out.provides.push(Provide {
                kind: kinds::GO_NAME,
                name: NamePattern::exact(format!("{folder}#{name}")),
                span: Span::new(at, at + name.len()),
                within: None,
                detail: Detail::None,
            });
        }
    }
}

/// Functions, types, variables and constants of a package that others see, with their places.
/// `gofmt` has them at the beginning of a line, or one tab in.
pub(super) fn declared(text: &str) -> Vec<(usize, &str)> {
    let mut out = Vec::new();
    if text.lines().any(|line| line == "package main") {
        return out;
    }
    let mut group = false;
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let start = at;
        at += line.len();
        let code = line.trim_end();
        match code {
            "const (" | "var (" | "type (" => {
                group = true;
                continue;
            }
            ")" => {
                group = false;
                continue;
            }
            _ => {}
        }
        let rest = match group {
            true => code.strip_prefix('\t'),
            false => {
                ["func ", "type ", "var ", "const "].iter().find_map(|word| code.strip_prefix(word))
            }
        };
        let Some(rest) = rest.filter(|own| own.starts_with(|c: char| c.is_ascii_uppercase()))
        else {
            continue;
        };
        let mut place = start + code.len() - rest.len();
        // `A, B = 1, 2`
        for part in rest.split('=').next().unwrap_or(rest).split(',') {
            let own = part.trim_start();
            place += part.len() - own.len();
            let end = own.find(|c: char| !(c.is_alphanumeric() || c == '_')).unwrap_or(own.len());
            if own.starts_with(|c: char| c.is_ascii_uppercase()) {
                out.push((place, &own[..end]));
            }
            place += own.len() + 1;
            if own.contains(['(', ' ', '[', '{']) {
                break;
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_others_see() {
        let text = "package a\n\nfunc Open(dir string, n int) error {\n\tB := 1\n}\nfunc (q *Q) Push() {}\nfunc own() {}\ntype Q[T any] struct {\n\tDir string\n}\nconst (\n\tOne = iota\n\tTwo, Three = 2, 3\n)\nvar Err, Other error\n";
        let all: Vec<&str> = declared(text)
            .into_iter()
            .map(|(at, name)| {
                assert_eq!(&text[at..at + name.len()], name);
                name
            })
            .collect();
        assert_eq!(all, ["Open", "Q", "One", "Two", "Three", "Err", "Other"]);
        assert!(declared("package main\nfunc Open() {}\n").is_empty());
    }
}
