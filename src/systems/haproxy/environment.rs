//! Environment variables that a configuration reads.

use super::parse::File;
use crate::domain::environment::Reads;
use crate::extract::Source;
use crate::facts::{FileFacts, Ref, Require, Span, Strength, is_variable_name, kinds};

/// `"$NAME"`, `"${NAME}"`, `"${NAME-default}"` in double quotes: read when it starts.
/// (Source: configuration manual, 2.3 "Environment variables".)
pub(super) fn environment(file: &File, source: &Source<'_>, out: &mut FileFacts) {
    let mut reads = Reads::default();
    for section in &file.sections {
        for line in section.all("setenv").chain(section.all("presetenv")) {
            line.word(1)
                .and_then(|word| word.name.as_exact())
                .iter()
                .for_each(|name| reads.sets(name));
        }
    }
    for (start, line) in source.lines() {
        variables(line, start, &mut reads, out);
    }
    // What is not certain to be part of it, and what other files of its may set.
    if file.conditional || file.includes {
        reads.relax();
    }
    reads.attach(source.path, out);
}

fn variables(line: &str, offset: usize, reads: &mut Reads, out: &mut FileFacts) {
    let mut quote = None;
    let mut escaped = false;
    for (at, c) in line.char_indices() {
        if std::mem::take(&mut escaped) {
            continue;
        }
        match c {
            '\\' if quote != Some('\'') => escaped = true,
            '#' if quote.is_none() => return,
            '"' | '\'' if quote == Some(c) => quote = None,
            '"' | '\'' if quote.is_none() => quote = Some(c),
            '$' if quote == Some('"') => {
                let rest = line[at + 1..].trim_start_matches('{');
                let skip = line[at + 1..].len() - rest.len();
                let len = rest
                    .find(|c: char| !(c.is_ascii_alphanumeric() || c == '_'))
                    .unwrap_or(rest.len());
                let name = &rest[..len];
                if !is_variable_name(name) {
                    continue;
                }
                let start = offset + at + 1 + skip;
                let span = Span::new(start, start + len);
                let target = Ref::exact(kinds::ENV, name);
                let require = Require::certain(target, span, "environment", None);
                out.requires.push(require.with_strength(Strength::Guarded));
                let default = rest[len..].strip_prefix('-').filter(|_| skip > 0);
                match default.map(|rest| rest.split('}').next().unwrap_or_default()) {
                    Some(default) => reads.guarded(name, default, span),
                    // Its own.
                    None if name.starts_with("HAPROXY_") => reads.guarded(name, "", span),
                    None => reads.required(name, span),
                }
            }
            _ => {}
        }
    }
}
