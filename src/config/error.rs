//! What is wrong with a configuration, and where.

use crate::facts::{LineIndex, Span};
use std::fmt;

/// A configuration that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ConfigError {
    /// The file, as the user knows it; empty until it is known.
    pub file: String,
    /// Its text.
    pub text: String,
    /// Where in the text, if that is known.
    pub span: Option<Span>,
    /// What is wrong.
    pub message: String,
    /// What to do; may be empty.
    pub help: String,
}

impl ConfigError {
    /// An error without a place.
    pub fn new(message: impl Into<String>) -> Self {
        Self {
            file: String::new(),
            text: String::new(),
            span: None,
            message: message.into(),
            help: String::new(),
        }
    }

    /// With what to do.
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = help.into();
        self
    }

    /// At `span` of `text`.
    pub fn at(mut self, text: &str, span: Option<Span>) -> Self {
        self.text = text.to_owned();
        self.span = span;
        self
    }

    /// In the file of this name.
    pub fn in_file(mut self, file: impl Into<String>) -> Self {
        self.file = file.into();
        self
    }
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.file.is_empty() {
            write!(f, "{}: ", self.file)?;
        }
        if let Some(span) = self.span {
            let bytes = self.text.as_bytes();
            let at = LineIndex::new(bytes).position(span.start, bytes);
            write!(f, "line {}, column {}: ", at.line, at.column)?;
        }
        f.write_str(&self.message)?;
        if self.help.is_empty() { Ok(()) } else { write!(f, "; {}", self.help) }
    }
}

impl std::error::Error for ConfigError {}
