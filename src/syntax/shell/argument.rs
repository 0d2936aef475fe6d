//! Words of an argument list.

use super::text::CommandText;
use crate::facts::{NamePattern, Span, Word};

/// A word of an argument list.
#[derive(Debug, Clone)]
pub struct Argument {
    /// The word; its span is that of its text, without quotes.
    pub word: Word,
    /// Its text, for the case that it is itself a command line.
    pub text: CommandText,
}

impl Argument {
    /// A word with the place of each part of its text.
    pub fn new(text: CommandText) -> Self {
        let span = text.span(0, text.as_str().len());
        let word = Word { text: text.to_pattern(), splits: false, span };
        Self { word, text }
    }

    /// Any number of words that are not known.
    pub fn open(span: Span) -> Self {
        Word { text: NamePattern::any(), splits: true, span }.into()
    }
}

impl From<Word> for Argument {
    fn from(word: Word) -> Self {
        let text = CommandText::pattern(&word.text, word.span);
        Self { word, text }
    }
}
