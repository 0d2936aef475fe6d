//! External facts: `facts.d/` folders of modules and of what modules deploy there.
//!
//! Facts are keys of a file, or lines `name=value` that a script prints. (Source: Facter's
//! manual, "External facts".)

use super::{Extractor, Settings, Source};
use crate::facts::{Detail, FileFacts, NamePattern, Provide, Span, kinds};

/// Extracts from files below `facts.d/`.
pub struct ExternalFacts;

impl Extractor for ExternalFacts {
    fn system(&self) -> &'static str {
        "puppet"
    }

    fn claims(&self, path: &str) -> bool {
        path.starts_with("facts.d/") || path.contains("/facts.d/")
    }

    fn extract(&self, source: &Source<'_>, _settings: &Settings, out: &mut FileFacts) {
        for (name, at) in names(source.text) {
            out.provides.push(Provide {
                kind: kinds::PUPPET_FACT,
                name: NamePattern::exact(name),
                span: Span::new(at, at + name.len()),
                within: None,
                detail: Detail::None,
            });
        }
    }
}

/// The names of the facts that a text sets, and where they stand.
pub(super) fn names(text: &str) -> Vec<(&str, usize)> {
    let is_word = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    let bytes = text.as_bytes();
    let found = memchr::memchr2_iter(b'=', b':', bytes).filter_map(|at| {
        // `"name": 1` in JSON.
        let end = if at > 0 && bytes[at - 1] == b'"' { at - 1 } else { at };
        let len = bytes[..end].iter().rev().take_while(|byte| is_word(**byte)).count();
        let start = end - len;
        (len > 0 && !bytes[start].is_ascii_digit()).then(|| (&text[start..end], start))
    });
    found.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_and_lines() {
        let text = "#!/bin/sh\necho \"rack=$x\"\nprintf 'room=%s'\n{\"row\": 1}\nsite: a\n";
        let mut out = FileFacts::default();
        let source = Source::of("facts.d/a", text);
        ExternalFacts.extract(&source, &Settings::default(), &mut out);
        let names: Vec<_> = out.provides.iter().map(|provide| provide.name.to_string()).collect();
        assert_eq!(names, ["rack", "room", "row", "site"]);
    }
}
