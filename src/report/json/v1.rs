//! The JSON contract, version 1 (`docs/guide/json.md`). Silenced findings do not count and
//! stand in a list of their own.

use crate::finding::{Means, Severity};
use crate::report::{Fix, Report, Resolved, ResolvedPlace, Summary, reach};
use serde::ser::{Serialize, SerializeStruct, Serializer};
use serde_json::{Map, Value, json};
use std::io;

/// Writes the document.
pub fn write(report: &Report, out: &mut dyn io::Write) -> io::Result<()> {
    serde_json::to_writer(&mut *out, report)?;
    writeln!(out)
}

impl Serialize for Report {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut out = serializer.serialize_struct("Report", 5)?;
        out.serialize_field("version", &1)?;
        let tool = json!({"name": "crosscheck", "version": env!("CARGO_PKG_VERSION")});
        out.serialize_field("tool", &tool)?;
        let findings: Vec<&Resolved> = self.findings().collect();
        out.serialize_field("findings", &findings)?;
        let silenced: Vec<&Resolved> = self.silenced().collect();
        out.serialize_field("silenced", &silenced)?;
        out.serialize_field("summary", &self.summary)?;
        out.end()
    }
}

impl Serialize for Summary {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let understood: Map<String, Value> = self
            .understood
            .iter()
            .map(|(system, own)| {
                let counts =
                    json!({"files": own.files, "failed": own.failed, "modelled": own.modelled});
                ((*system).to_owned(), counts)
            })
            .collect();
        let kinds = self.not_read.kinds();
        let kinds: Map<String, Value> =
            kinds.into_iter().map(|(kind, n)| (kind.to_owned(), json!(n))).collect();
        let mut summary = json!({
            "errors": self.count_of(Severity::Error),
            "warnings": self.count_of(Severity::Warning),
            "notes": self.count_of(Severity::Note),
            "silenced": self.silenced,
            "hidden": self.hidden,
            "files": self.files,
            "facts": self.facts,
            "understood": understood,
            "not_read": {"files": self.not_read.files(), "kinds": kinds},
            "elapsed_ms": self.elapsed_ms as u64,
        });
        if let (1.., Some(object)) = (self.absent, summary.as_object_mut()) {
            object.insert("absent".into(), json!(self.absent));
        }
        if let (false, Some(object)) = (self.promotes.is_empty(), summary.as_object_mut()) {
            object.insert("promotes".into(), json!(self.promotes));
        }
        if let (Some(left), Some(object)) = (self.unfinished, summary.as_object_mut()) {
            object.insert("unfinished".into(), json!(left));
        }
        summary.serialize(serializer)
    }
}

impl Serialize for Resolved {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        silenced(self).unwrap_or_else(|| finding(self)).serialize(serializer)
    }
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
        "reach": reach::value(finding),
        "related": related,
        "fix": finding.fix.as_ref().map(fix),
    })
}

fn fix(own: &Fix) -> Value {
    let place = &own.edit.place;
    json!({
        "title": own.edit.title,
        "sureness": own.sureness.as_str(),
        "path": place.path.as_str(),
        "line": place.start.line,
        "column": place.start.column,
        "end_line": place.end.line,
        "end_column": place.end.column,
        "text": own.edit.text,
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
