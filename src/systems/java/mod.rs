//! `jvm.options`: one flag of Java a line.
//!
//! (Source: Elasticsearch's reference, "Set JVM options": comments begin with `#`; a number
//! or a range before a `:` holds the line for those versions alone.)

use crate::domain::commands::Lines;
use crate::extract::{Extractor, Settings, Source};
use crate::facts::{FileFacts, Word, base_name, rendered};
use crate::syntax::lines::lines;
use crate::syntax::shell::{CommandText, split};
use crate::syntax::tags::{Sort, tags};
use crate::systems::System;
use std::ops::Range;

/// Java.
pub(super) struct Room;

impl System for Room {
    fn name(&self) -> &'static str {
        "java"
    }

    fn readers(&self) -> &'static [&'static dyn Extractor] {
        &[&JvmOptions]
    }
}

/// Extracts from `jvm.options` and what stands in `jvm.options.d/`.
pub struct JvmOptions;

impl Extractor for JvmOptions {
    fn system(&self) -> &'static str {
        "java"
    }

    fn claims(&self, path: &str) -> bool {
        let path = rendered(path);
        let own = base_name(path);
        own == "jvm.options"
            || own.ends_with(".jvm.options")
            || path.contains("jvm.options.d/") && own.ends_with(".options")
    }

    fn extract(&self, source: &Source<'_>, _settings: &Settings, out: &mut FileFacts) {
        let text = CommandText::of_file(source.text);
        let branches = branches(source.text);
        let mut words: Vec<Word> = Vec::new();
        // What holds for some versions or in a branch only is not judged.
        for (start, line) in lines(text.as_str()).filter(|(_, line)| line.starts_with('-')) {
            let own = split(&text.slice(start..start + line.len()));
            let own = own.into_iter().map(|own| own.word);
            words.extend(own.filter(|word| {
                !branches.iter().any(|range| range.contains(&(word.span.start as usize)))
            }));
        }
        Lines::new(source.path, "jvm.options").add_flags("JAVA_OPTS", words, out);
    }
}

/// What stands between a template's tags that begin and end a block; one without an end
/// goes on to the end of the file.
fn branches(text: &str) -> Vec<Range<usize>> {
    let mut out = Vec::new();
    let mut open: Vec<usize> = Vec::new();
    for tag in tags(text, Sort::CODE) {
        let Range { start, end } = tag.range;
        let inner = tag.inner.trim_matches(['-', ' ', '~', '\t']);
        let word = inner.split(|c: char| !c.is_ascii_alphanumeric()).next().unwrap_or_default();
        let begins = ["if", "unless", "case", "for", "while", "range", "with"].contains(&word)
            || inner.ends_with(" do")
            || inner.ends_with('|') && inner.contains(" do |");
        if begins {
            open.push(end);
        } else if word.starts_with("end") {
            out.extend(open.pop().map(|from| from..start));
        }
    }
    out.extend(open.into_iter().map(|from| from..text.len()));
    out
}
