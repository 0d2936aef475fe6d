//! Maps of HAProxy: their values may be backends, and where one goes that a map names, requests for
//! its keys go to the default backend.
//!
//! (Source: configuration manual, "Maps": a key and a value a line, `#` begins a comment.)

use crate::domain::servers;
use crate::extract::{Extractor, Settings, Source};
use crate::facts::{FileFacts, Span, Strength, rendered};

/// Extracts from maps.
pub struct Maps;

/// Most lines that are read: longer maps hold no backends.
const MAX_LINES: usize = 5000;

impl Extractor for Maps {
    fn system(&self) -> &'static str {
        "haproxy-map"
    }

    fn claims(&self, path: &str) -> bool {
        let path = rendered(path);
        path.contains("haproxy") && [".map", ".maps"].iter().any(|ending| path.ends_with(ending))
    }

    fn by_contents(&self, _path: &str) -> bool {
        true
    }

    fn extract(&self, source: &Source<'_>, _settings: &Settings, out: &mut FileFacts) {
        for (start, line) in source.lines().take(MAX_LINES) {
            let line = line.trim_end();
            let Some((key, value)) = line.split_once(char::is_whitespace) else { continue };
            let value = value.trim_start();
            let plain =
                value.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.:".contains(&byte));
            if key.starts_with('#') || value.is_empty() || !plain {
                continue;
            }
            let end = start + line.len();
            let span = Span::new(end - value.len(), end);
            servers::require("backend", (value, span), "map", Strength::Likely, out);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_that_may_be_backends() {
        let text = "# a b\na.example be_a\nb.example  be_b  \nc.example https://x/y\nd\n";
        let path = "etc/haproxy/maps/hosts.map";
        let mut out = FileFacts::default();
        assert!(Maps.claims(path));
        Maps.extract(&Source::of(path, text), &Settings::default(), &mut out);
        let own: Vec<_> = out.requires.iter().map(|own| &text[own.span.range()]).collect();
        assert_eq!(own, ["be_a", "be_b"]);
    }
}
