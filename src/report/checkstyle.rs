//! Checkstyle XML, which most review tools read.

use super::Report;
use super::escape::xml;
use crate::finding::Severity;
use std::io;

pub(super) fn write(report: &Report, out: &mut dyn io::Write) -> io::Result<()> {
    writeln!(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<checkstyle version=\"4.3\">")?;
    let findings: Vec<_> = report.counting().collect();
    for file in findings.chunk_by(|a, b| a.primary.path == b.primary.path) {
        let Some(first) = file.first() else { continue };
        writeln!(out, "  <file name=\"{}\">", xml(first.primary.repository_path()))?;
        for finding in file {
            let severity = match finding.severity {
                Severity::Error => "error",
                Severity::Warning => "warning",
                Severity::Note => "info",
            };
            writeln!(
                out,
                "    <error line=\"{}\" column=\"{}\" severity=\"{severity}\" message=\"{}\" source=\"crosscheck.{}\"/>",
                finding.primary.start.line,
                finding.primary.start.column,
                xml(&finding.full_message()),
                xml(finding.rule),
            )?;
        }
        writeln!(out, "  </file>")?;
    }
    writeln!(out, "</checkstyle>")
}
