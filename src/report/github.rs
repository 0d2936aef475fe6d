//! GitHub workflow commands: one annotation a finding.

use super::Report;
use super::escape::terminal as escape;
use crate::finding::Severity;
use std::io;

pub(super) fn write(report: &Report, out: &mut dyn io::Write) -> io::Result<()> {
    for finding in report.counting() {
        let command = match finding.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Note => "notice",
        };
        let place = &finding.primary;
        writeln!(
            out,
            "::{command} file={},line={},col={},endLine={},endColumn={},title={}::{}",
            property(place.repository_path()),
            place.start.line,
            place.start.column,
            place.end.line,
            place.end.column,
            property(finding.rule),
            data(&finding.full_message()),
        )?;
    }
    match report.summary.unfinished {
        Some(left) => writeln!(out, "::error title=crosscheck::{}", data(&left.to_string())),
        None => Ok(()),
    }
}

/// The escapes that the runner undoes in a message. Other control characters would reach the
/// log as they are.
fn data(text: &str) -> String {
    escape(text).replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// Those that it undoes in a property.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_path_cannot_start_another_command_or_property() {
        assert_eq!(super::property("a\n::error file=b,c"), "a%0A%3A%3Aerror file=b%2Cc");
    }
}
