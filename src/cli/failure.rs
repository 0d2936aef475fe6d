//! How a run that cannot be done says so.

use super::{INCOMPLETE, USAGE};
use crosscheck::{ConfigError, Error, ErrorKind, printable as escape};
use miette::{
    Diagnostic, GraphicalReportHandler, GraphicalTheme, LabeledSpan, NamedSource, SourceCode,
};
use std::fmt;

/// The longest line that is shown as an excerpt, bytes.
const MAX_LINE: usize = 400;

/// An error that ends the run, with its exit code.
#[derive(Debug)]
pub struct Failure {
    /// Exit code: [`USAGE`] or [`INCOMPLETE`].
    pub code: u8,
    /// What was attempted and what to do.
    pub message: String,
}

impl Failure {
    /// Wrong arguments.
    pub(super) fn usage(message: impl Into<String>) -> Self {
        Self { code: USAGE, message: message.into() }
    }

    /// Something that the run needs cannot be read.
    pub(super) fn incomplete(message: impl Into<String>) -> Self {
        Self { code: INCOMPLETE, message: message.into() }
    }

    /// A configuration that cannot be used, with an excerpt where its place is known.
    pub(super) fn config(error: ConfigError) -> Self {
        let plain = error.to_string();
        let Some(excerpt) = Excerpt::of(error) else { return Self::usage(plain) };
        let handler = GraphicalReportHandler::new_themed(GraphicalTheme::unicode_nocolor());
        let handler = handler.with_width(100).with_links(false).with_wrap_lines(false);
        let mut text = String::new();
        match handler.render_report(&mut text, &excerpt) {
            Ok(()) => Self::usage(format!("wrong configuration\n{text}")),
            Err(_) => Self::usage(plain),
        }
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        match error {
            Error::Config(error) => Self::config(*error),
            error if error.kind() == ErrorKind::Usage => Self::usage(error.to_string()),
            error => Self::incomplete(error.to_string()),
        }
    }
}

/// A place in a configuration as miette shows it.
#[derive(Debug)]
struct Excerpt {
    message: String,
    help: String,
    source: NamedSource<String>,
    label: LabeledSpan,
}

impl Excerpt {
    fn of(error: ConfigError) -> Option<Self> {
        let span = error.span?.range();
        let (before, rest) = error.text.split_at_checked(span.start)?;
        let (marked, after) = rest.split_at_checked(span.len())?;
        if error.text.lines().any(|line| line.len() > MAX_LINE) {
            return None;
        }
        let (before, marked) = (escape(before), escape(marked));
        let at = miette::SourceSpan::new(before.len().into(), marked.len());
        let contents = format!("{before}{marked}{}", escape(after));
        Some(Self {
            message: escape(&error.message),
            help: escape(&error.help),
            source: NamedSource::new(escape(&error.file), contents),
            label: LabeledSpan::new_with_span(None, at),
        })
    }
}

impl fmt::Display for Excerpt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Excerpt {}

impl Diagnostic for Excerpt {
    fn help<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        (!self.help.is_empty()).then(|| Box::new(&self.help) as Box<dyn fmt::Display>)
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        Some(&self.source)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        Some(Box::new(std::iter::once(self.label.clone())))
    }
}
