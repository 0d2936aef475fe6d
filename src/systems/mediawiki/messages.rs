//! Messages of an extension, in the language that all others fall back to.
//!
//! (Source: MediaWiki's manual, "Localisation", `i18n/en.json`.)

use crate::extract::{Extractor, Settings, Source};
use crate::facts::{Detail, FileFacts, NamePattern, Provide, base_name, kinds, parent_folder};

/// Extracts them.
pub(super) struct Messages;

impl Extractor for Messages {
    fn system(&self) -> &'static str {
        "mediawiki"
    }

    fn claims(&self, path: &str) -> bool {
        base_name(path) == "en.json" && parent_folder(path).split('/').any(|own| own == "i18n")
    }

    fn extract(&self, source: &Source<'_>, _settings: &Settings, out: &mut FileFacts) {
        let Ok(root) = source.json() else { return };
        for (key, _) in root.entries() {
            let Some(name) = key.as_str().filter(|own| !own.starts_with('@')) else { continue };
            out.provides.push(Provide {
                kind: kinds::MEDIAWIKI_MESSAGE,
                name: NamePattern::exact(name),
                span: key.span,
                within: None,
                detail: Detail::None,
            });
        }
    }
}
