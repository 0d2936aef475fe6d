//! Flags in environment variables: `JAVA_OPTS="-Xmx1g -XX:+UseG1GC"`.
//!
//! Such a variable becomes a call whose target is the variable; which program reads it is
//! known elsewhere.

use super::Lines;
use crate::facts::{Call, FileFacts, Ref, Span, Word, kinds};
use crate::syntax::shell::{CommandText, split};

/// Whether a variable's name says that it holds flags.
pub(crate) fn is_options(name: &str) -> bool {
    ["_OPTS", "_OPTIONS"].iter().any(|ending| name.ends_with(ending))
}

impl Lines<'_> {
    /// Adds the flags that `value` of the variable `name` holds.
    pub fn add_variable(&self, name: &str, value: &CommandText, out: &mut FileFacts) {
        if !is_options(name) {
            return;
        }
        let words: Vec<Word> = split(value).into_iter().map(|own| own.word).collect();
        self.add_flags(name, words, out);
    }

    /// Adds `NAME=value`.
    pub fn add_assignment(&self, text: &CommandText, out: &mut FileFacts) {
        let all = text.as_str();
        let Some((name, value)) = all.split_once('=') else { return };
        let name = name.trim_end_matches('+');
        self.add_variable(name, &text.slice(all.len() - value.len()..all.len()), out);
    }

    /// Adds flags for the program that reads `name`.
    pub fn add_flags(&self, name: &str, words: Vec<Word>, out: &mut FileFacts) {
        let first = words.iter().find(|word| word.text.prefix().starts_with('-'));
        let (Some(_), Some(last)) = (first, words.last()) else { return };
        let span: Span = words[0].span.to(last.span);
        out.calls.push(Call {
            words,
            open: true,
            within: self.within,
            ..Call::new(smallvec::smallvec![Ref::exact(kinds::ENV, name)], span, self.via)
        });
    }
}
