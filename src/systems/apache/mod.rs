//! Apache's httpd.

use crate::domain::routes::{below, expression, provide};
use crate::domain::servers;
use crate::extract::{Extractor, Settings, Source};
use crate::facts::{FRONT, FileFacts, NamePattern, Span};
use crate::syntax::tags::templated;
use crate::systems::System;
use memchr::memmem;

/// Apache.
pub(super) struct Room;

impl System for Room {
    fn name(&self) -> &'static str {
        "apache"
    }

    fn readers(&self) -> &'static [&'static dyn Extractor] {
        &[&Apache]
    }
}

/// Extracts from configurations of Apache.
pub struct Apache;

impl Extractor for Apache {
    fn system(&self) -> &'static str {
        "apache"
    }

    fn claims(&self, path: &str) -> bool {
        servers::may_configure(path, "apache")
    }

    fn accepts(&self, bytes: &[u8]) -> bool {
        let words = ["Location", "Alias", "RewriteRule"];
        words.iter().any(|word| memmem::find(bytes, word.as_bytes()).is_some())
    }

    fn by_contents(&self, _path: &str) -> bool {
        true
    }

    fn extract(&self, source: &Source<'_>, _settings: &Settings, out: &mut FileFacts) {
        let mut start = 0;
        for line in source.text.split_inclusive('\n') {
            let own = line.trim_start();
            let at = start + line.len() - own.len();
            start += line.len();
            let Some((name, text)) = answered(own.trim_end()) else { continue };
            // The whole of a site is passed on, and says nothing.
            let all = ["", "/", "*", "/*", "**"].contains(&name.to_string().as_str());
            if let Some(offset) = own.find(text).filter(|_| !all) {
                provide(out, name, Span::new(at + offset, at + offset + text.len()), FRONT);
            }
        }
    }
}

/// The paths of a line, and its word that names them.
fn answered(line: &str) -> Option<(NamePattern, &str)> {
    let line = line.split_once(" #").map_or(line, |(code, _)| code);
    let mut words = line.split_whitespace().map(|own| own.trim_end_matches(['{', '>']));
    let plain = |text: &str| below(&templated(text).to_string());
    match words.next()? {
        "<Location" | "Alias" | "ScriptAlias" => {
            let own = words.next()?.trim_matches('"');
            own.starts_with('/').then(|| (plain(own), own))
        }
        "<LocationMatch" | "AliasMatch" | "RewriteRule" => {
            let own = words.next()?.trim_matches('"');
            own.starts_with("^/").then(|| (expression(own), own))
        }
        _ => None,
    }
}
