//! The JSON contract, version 1 (`docs/guide/json.md`). Silenced findings do not count and
//! stand in a list of their own.

use crate::finding::{Means, Severity};
use crate::report::{Report, Resolved, ResolvedPlace};
use serde_json::{Map, Value, json};
use std::io;

/// Writes the document.
pub fn write(report: &Report<'_>, out: &mut dyn io::Write) -> io::Result<()> {
    let summary = report.summary;
    let understood: Map<String, Value> = summary
        .understood
        .iter()
        .map(|(system, own)| {
            let counts =
                json!({"files": own.files, "failed": own.failed, "modelled": own.modelled});
            ((*system).to_owned(), counts)
        })
        .collect();
    let kinds: Map<String, Value> =
        summary.not_read.kinds().into_iter().map(|(kind, n)| (kind.to_owned(), json!(n))).collect();
    let findings: Vec<Value> = report.counting().map(finding).collect();
    let silenced: Vec<Value> = report.findings.iter().filter_map(silenced).collect();
    let document = json!({
        "version": 1,
        "tool": {"name": "crosscheck", "version": env!("CARGO_PKG_VERSION")},
        "findings": findings,
        "silenced": silenced,
        "summary": {
            "errors": summary.count_of(Severity::Error),
            "warnings": summary.count_of(Severity::Warning),
            "notes": summary.count_of(Severity::Note),
            "silenced": summary.silenced,
            "hidden": summary.hidden,
            "files": summary.files,
            "facts": summary.facts,
            "understood": understood,
            "not_read": {"files": summary.not_read.files(), "kinds": kinds},
            "elapsed_ms": summary.elapsed_ms as u64,
        },
    });
    serde_json::to_writer(&mut *out, &document)?;
    writeln!(out)
}

/// A silenced finding, with who silenced it and why.
fn silenced(own: &Resolved) -> Option<Value> {
    let silence = own.silenced.as_ref()?;
    let mut value = finding(own);
    let mut told = json!({"by": silence.by.as_str(), "reason": silence.reason});
    if let (Means::Baseline(kind), Some(object)) = (silence.by, told.as_object_mut()) {
        object.insert("kind".into(), json!(kind));
    }
    value.as_object_mut()?.insert("silence".into(), told);
    Some(value)
}

fn finding(finding: &Resolved) -> Value {
    let related: Vec<_> =
        finding.related.iter().map(|(message, place)| related(message, place)).collect();
    json!({
        "rule": finding.rule,
        "severity": finding.severity,
        "message": finding.message,
        "help": finding.help,
        "entity": finding.entity.as_ref().map(ToString::to_string),
        "tree": finding.primary.tree.as_str(),
        "path": finding.primary.path.as_str(),
        "line": finding.primary.start.line,
        "column": finding.primary.start.column,
        "end_line": finding.primary.end.line,
        "end_column": finding.primary.end.column,
        "fingerprint": finding.fingerprint,
        "cause": finding.cause,
        "related": related,
    })
}

fn related(message: &str, place: &ResolvedPlace) -> Value {
    json!({
        "message": message,
        "tree": place.tree.as_str(),
        "path": place.path.as_str(),
        "line": place.start.line,
        "column": place.start.column,
        "end_line": place.end.line,
        "end_column": place.end.column,
    })
}
