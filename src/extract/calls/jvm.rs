//! `jvm.options`: one flag of Java a line.
//!
//! (Source: Elasticsearch's reference, "Set JVM options": comments begin with `#`; a number
//! or a range before a `:` holds the line for those versions alone.)

use super::{base, lines, rendered};
use crate::extract::shell::{CommandText, Lines, split};
use crate::extract::{Extractor, Settings, Source};
use crate::facts::{FileFacts, Word};

/// Extracts from `jvm.options` and what stands in `jvm.options.d/`.
pub struct JvmOptions;

impl Extractor for JvmOptions {
    fn system(&self) -> &'static str {
        "java"
    }

    fn claims(&self, path: &str) -> bool {
        let path = rendered(path);
        let own = base(path);
        own == "jvm.options"
            || own.ends_with(".jvm.options")
            || path.contains("jvm.options.d/") && own.ends_with(".options")
    }

    fn extract(&self, source: &Source<'_>, _settings: &Settings, out: &mut FileFacts) {
        let text = CommandText::of_file(source.text);
        let mut words: Vec<Word> = Vec::new();
        // What holds for some versions only is not judged.
        for (start, line) in lines(text.as_str()).filter(|(_, line)| line.starts_with('-')) {
            let own = split(&text.slice(start..start + line.len()));
            words.extend(own.into_iter().map(|own| own.word));
        }
        Lines { path: source.path, via: "jvm.options", within: None }.add_flags(
            "JAVA_OPTS",
            words,
            out,
        );
    }
}
