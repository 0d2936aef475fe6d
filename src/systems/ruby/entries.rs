//! Entries of a hash, one a line, that no comma parts: Ruby refuses the whole file.

use crate::domain::commas;
use crate::extract::{Extractor, Settings, Source};
use crate::facts::FileFacts;

/// Reads the lines of a file of Ruby.
pub(super) struct Entries;

impl Extractor for Entries {
    fn system(&self) -> &'static str {
        "ruby"
    }

    fn claims(&self, path: &str) -> bool {
        path.ends_with(".rb") && !path.contains("/templates/")
    }

    fn by_contents(&self, _path: &str) -> bool {
        true
    }

    fn accepts(&self, bytes: &[u8]) -> bool {
        memchr::memmem::find(bytes, b" => ").is_some()
    }

    fn extract(&self, source: &Source<'_>, _settings: &Settings, out: &mut FileFacts) {
        // A text that no quote ends is told of templates alone: here it may go on.
        let found = commas::missing(source.path, source.text);
        out.problems.extend(found);
    }
}
