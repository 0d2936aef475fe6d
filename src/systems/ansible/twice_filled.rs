//! Keys that stand twice at the left of a template of YAML, whatever is filled in.
//!
//! (Source: YAML 1.2.2, 3.2.1.3, "keys are unique": what reads the file refuses it or takes the
//! last.)

use super::marks::{opened, statement};
use crate::extract::Source;
use crate::facts::{Problem, Span, Strength};
use crate::syntax::lines::lines;
use memchr::memmem;
use rustc_hash::FxHashMap;

/// Statements that what stands in them depends on.
const BRANCHES: [&str; 7] = ["if", "for", "macro", "call", "filter", "block", "raw"];

/// Reports keys that no statement is around.
pub(super) fn of_template(source: &Source<'_>, problems: &mut Vec<Problem>) {
    let path = source.path;
    let is_yaml = [".yml.j2", ".yaml.j2"].iter().any(|end| path.ends_with(end));
    if !is_yaml {
        return;
    }
    let Some(inner) = inner(source.text) else { return };
    let mut known: FxHashMap<&str, Span> = FxHashMap::default();
    for (at, line) in lines(source.text) {
        // Another document has keys of its own.
        if line.starts_with("---") || line.starts_with("...") {
            known.clear();
        }
        let is_inner = inner.iter().any(|(start, end)| (*start..*end).contains(&at));
        let Some(key) = key(line).filter(|_| !is_inner) else { continue };
        let span = Span::new(at, at + key.len());
        if let Some(first) = known.insert(key, span) {
            problems.push(Problem {
                help: "what reads the file refuses it, or takes the last".to_owned(),
                strength: Strength::Likely,
                related: vec![(first, "the first".to_owned())],
                ..Problem::new("duplicate-definition", format!("`{key}` stands twice here"), span)
            });
        }
    }
}

/// The key that a line begins with, without a blank before it.
fn key(line: &str) -> Option<&str> {
    let (key, rest) = line.split_once(':')?;
    let is_key = key.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && key.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_.-".contains(&byte));
    (is_key && (rest.is_empty() || rest.starts_with([' ', '\t', '\r']))).then_some(key)
}

/// Where marks, and what stands between statements, begin and end; `None` where some are not
/// closed.
fn inner(text: &str) -> Option<Vec<(usize, usize)>> {
    let mut found = Vec::new();
    let mut branches: Vec<usize> = Vec::new();
    let mut at = 0;
    while let Some((open, close)) = opened(text, at) {
        let from = open + 2;
        let len = memmem::find(&text.as_bytes()[from..], close.as_bytes())?;
        at = from + len + 2;
        found.push((open + 1, at));
        if close == "%}" {
            let word = statement(&text[from..from + len]);
            if BRANCHES.contains(&word) {
                branches.push(open);
            } else if word.starts_with("end") && word != "endset" {
                let start = branches.pop()?;
                if branches.is_empty() {
                    found.push((start, at));
                }
            }
        }
    }
    branches.is_empty().then_some(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(text: &str) -> Vec<String> {
        let mut problems = Vec::new();
        of_template(&Source::of("templates/a.yml.j2", text), &mut problems);
        problems.into_iter().map(|own| own.message).collect()
    }

    #[test]
    fn keys_that_no_statement_is_around() {
        for fine in [
            "a: 1\nb: 2\n",
            "{% if x %}\na: 1\n{% else %}\na: 2\n{% endif %}\n",
            "a: 1\n{% for x in y %}\nb: 1\n{% endfor %}\n{% if z %}\nb: 2\n{% endif %}\n",
            "a: 1\n---\na: 2\n",
            "a:\n  b: 1\nc:\n  b: 1\n",
            "{% set x = {\na: 1\n} %}\na: 2\n",
        ] {
            assert!(said(fine).is_empty(), "{fine}");
        }
        assert_eq!(
            said("a: 1\n{% if x %}\nb: 1\n{% endif %}\na: {{ y }}\n"),
            ["`a` stands twice here"]
        );
    }
}
