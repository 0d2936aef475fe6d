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
        let is_word = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
        let bytes = source.text.as_bytes();
        for at in memchr::memchr2_iter(b'=', b':', bytes) {
            // `"name": 1` in JSON.
            let end = if at > 0 && bytes[at - 1] == b'"' { at - 1 } else { at };
            let name = bytes[..end].iter().rev().take_while(|byte| is_word(**byte)).count();
            if name == 0 || bytes[end - name].is_ascii_digit() {
                continue;
            }
            let text = &source.text[end - name..end];
            out.provides.push(Provide {
                kind: kinds::PUPPET_FACT,
                name: NamePattern::exact(text),
                span: Span::new(end - name, end),
                within: None,
                detail: Detail::None,
            });
        }
    }
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
