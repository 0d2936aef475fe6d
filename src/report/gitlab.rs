//! GitLab's code quality report (a subset of the Code Climate format).

use super::Report;
use super::escape::terminal as escape;
use crate::finding::Severity;
use serde_json::{Value, json};
use std::io;

pub(super) fn write(report: &Report, out: &mut dyn io::Write) -> io::Result<()> {
    let issues: Vec<Value> = report
        .counting()
        .map(|finding| {
            let severity = match finding.severity {
                Severity::Error => "major",
                Severity::Warning => "minor",
                Severity::Note => "info",
            };
            json!({
                "description": escape(&finding.full_message()),
                "check_name": finding.rule,
                "fingerprint": finding.fingerprint,
                "severity": severity,
                "location": {
                    "path": finding.primary.repository_path(),
                    "lines": {"begin": finding.primary.start.line, "end": finding.primary.end.line},
                },
            })
        })
        .collect();
    serde_json::to_writer_pretty(&mut *out, &issues)?;
    writeln!(out)
}
