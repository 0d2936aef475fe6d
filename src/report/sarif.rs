//! SARIF 2.1.0. Silenced findings are marked with a suppression, never dropped.

use super::escape::terminal as escape;
use super::{Fix, Report, Resolved, ResolvedPlace};
use crate::finding::{Means, Severity};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::io;

pub(super) fn write(report: &Report, out: &mut dyn io::Write) -> io::Result<()> {
    let used: BTreeSet<&str> = report.findings.iter().map(|finding| finding.rule).collect();
    let rules: Vec<Value> = used.iter().map(|id| rule(id, report.page_of(id))).collect();
    let results: Vec<Value> = report
        .findings
        .iter()
        .map(|finding| {
            let mut value = result(finding);
            if let (Some(state), Some(object)) = (state(report, finding), value.as_object_mut()) {
                object.insert("baselineState".into(), json!(state));
            }
            value
        })
        .collect();
    let mut document = json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": {"driver": {
                "name": "crosscheck",
                "semanticVersion": env!("CARGO_PKG_VERSION"),
                "rules": rules,
            }},
            "columnKind": "unicodeCodePoints",
            "results": results,
        }],
    });
    if let Some(left) = report.summary.unfinished {
        let told = json!([{"level": "error", "message": {"text": left.to_string()}}]);
        document["runs"][0]["invocations"] =
            json!([{"executionSuccessful": false, "toolExecutionNotifications": told}]);
    }
    serde_json::to_writer_pretty(&mut *out, &document)?;
    writeln!(out)
}

fn rule(id: &str, address: Option<String>) -> Value {
    let mut value = match crate::catalog::find(id) {
        Some(page) => json!({
            "id": id,
            "shortDescription": {"text": page.title},
            "fullDescription": {"text": page.what},
            "help": {"text": page.fix, "markdown": page.markdown()},
            "defaultConfiguration": {"level": level(page.severity)},
        }),
        None => json!({"id": id}),
    };
    if let (Some(address), Some(object)) = (address, value.as_object_mut()) {
        object.insert("helpUri".into(), json!(address));
    }
    value
}

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Note => "note",
    }
}

fn result(finding: &Resolved) -> Value {
    let mut text = escape(&finding.message);
    if !finding.help.is_empty() {
        text.push_str(". ");
        text.push_str(&escape(&finding.help));
    }
    let related: Vec<Value> = finding
        .related
        .iter()
        .enumerate()
        .map(|(ix, (message, place))| {
            let mut value = location(place);
            if let Some(object) = value.as_object_mut() {
                object.insert("id".into(), json!(ix + 1));
                let message = format!("{} ({} tree)", escape(message), place.tree.as_str());
                object.insert("message".into(), json!({"text": message}));
            }
            value
        })
        .collect();
    let mut value = json!({
        "ruleId": finding.rule,
        "level": level(finding.severity),
        "message": {"text": text},
        "locations": [location(&finding.primary)],
        "relatedLocations": related,
        "partialFingerprints": {"crosscheck/v1": finding.fingerprint},
    });
    if let (Some(own), Some(object)) = (&finding.fix, value.as_object_mut()) {
        object.insert("fixes".into(), json!([fix(own)]));
    }
    if let (Some(silence), Some(object)) = (&finding.silenced, value.as_object_mut()) {
        let kind = if silence.by == Means::Inline { "inSource" } else { "external" };
        let mut suppression = json!({"kind": kind, "status": "accepted"});
        if let (false, Some(fields)) = (silence.reason.is_empty(), suppression.as_object_mut()) {
            fields.insert("justification".into(), json!(silence.reason));
        }
        if let (Means::Baseline(kind), Some(fields)) = (silence.by, suppression.as_object_mut()) {
            fields.insert("properties".into(), json!({"kind": kind}));
        }
        object.insert("suppressions".into(), json!([suppression]));
    }
    value
}

/// A fix as the change of one file.
fn fix(own: &Fix) -> Value {
    let place = location(&own.edit.place);
    json!({
        "description": {"text": escape(&own.edit.title)},
        "artifactChanges": [{
            "artifactLocation": place["physicalLocation"]["artifactLocation"],
            "replacements": [{
                "deletedRegion": place["physicalLocation"]["region"],
                "insertedContent": {"text": own.edit.text},
            }],
        }],
    })
}

/// SARIF asks for a state on every result or on none: only where something was
/// compared with.
fn state(report: &Report, finding: &Resolved) -> Option<&'static str> {
    let known = finding.silenced.as_ref().is_some_and(|own| matches!(own.by, Means::Baseline(_)));
    match (known, report.summary.compared) {
        (true, _) => Some("unchanged"),
        (false, true) => Some("new"),
        (false, false) => None,
    }
}

fn location(place: &ResolvedPlace) -> Value {
    json!({"physicalLocation": {
        "artifactLocation": {"uri": uri(place.repository_path())},
        "region": {
            "startLine": place.start.line,
            "startColumn": place.start.column,
            "endLine": place.end.line,
            "endColumn": place.end.column,
        },
    }})
}

/// A path as a relative URI: everything but unreserved characters and `/` is escaped.
fn uri(path: &str) -> String {
    let mut out = String::with_capacity(path.len());
    for byte in path.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte) {
            out.push(byte as char);
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}
