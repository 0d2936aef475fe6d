//! Answers of the library as the protocol has them.

use super::text::{Encoding, Lines};
use super::uri;
use crosscheck::{Answers, Edit, Finding, Location, Severity, catalog};
use lsp_types::{
    CodeDescription, Diagnostic, DiagnosticRelatedInformation, DiagnosticSeverity, DiagnosticTag,
    NumberOrString, Range, Uri,
};
use serde_json::{Value, json};
use std::collections::{BTreeMap, HashMap};
use std::path::Path;

/// Where a client finds files and pages, and how it counts.
#[derive(Debug, Clone)]
pub struct Dialect {
    /// What a character of a position counts.
    pub encoding: Encoding,
    /// Where the pages of rules lie, as [`catalog::address`] takes it.
    pub pages: Option<String>,
}

/// Texts of one moment, each split into lines once.
pub struct Texts<'a, 'g> {
    answers: &'a Answers<'g>,
    folder: &'a Path,
    dialect: &'a Dialect,
    /// Addresses of open files, as the client wrote them.
    open: &'a BTreeMap<String, Uri>,
    lines: HashMap<String, Lines<'static>>,
}

impl<'a, 'g> Texts<'a, 'g> {
    /// None yet.
    pub fn new(
        answers: &'a Answers<'g>,
        folder: &'a Path,
        dialect: &'a Dialect,
        open: &'a BTreeMap<String, Uri>,
    ) -> Self {
        Self { answers, folder, dialect, open, lines: HashMap::new() }
    }

    /// What a character of a position counts.
    pub fn encoding(&self) -> Encoding {
        self.dialect.encoding
    }

    fn lines(&mut self, path: &str) -> &Lines<'static> {
        let read = || Lines::of(self.answers.text(path).unwrap_or_default());
        self.lines.entry(path.to_owned()).or_insert_with(read)
    }

    /// A position in a file as the library has it.
    pub fn position(
        &mut self,
        path: &str,
        at: lsp_types::Position,
        encoding: Encoding,
    ) -> crosscheck::Position {
        self.lines(path).position(at, encoding)
    }

    /// The range of a place.
    pub fn range(&mut self, place: &Location) -> Range {
        let encoding = self.dialect.encoding;
        let lines = self.lines(&place.path);
        Range { start: lines.told(place.start, encoding), end: lines.told(place.end, encoding) }
    }

    /// A place with its file.
    pub fn location(&mut self, place: &Location) -> Option<lsp_types::Location> {
        let uri = self.uri(&place.path)?;
        Some(lsp_types::Location { uri, range: self.range(place) })
    }

    fn uri(&self, path: &str) -> Option<Uri> {
        self.open.get(path).cloned().or_else(|| uri::of(&self.folder.join(path)))
    }

    /// Edits by file.
    pub fn edits(&mut self, edits: &[Edit]) -> Value {
        let mut changes: BTreeMap<String, Vec<Value>> = BTreeMap::new();
        for edit in edits {
            let Some(uri) = self.uri(&edit.place.path) else { continue };
            let own = json!({"range": self.range(&edit.place), "newText": edit.text});
            changes.entry(uri.as_str().to_owned()).or_default().push(own);
        }
        json!({ "changes": changes })
    }

    /// A finding as editors show it.
    pub fn diagnostic(&mut self, finding: &Finding) -> Diagnostic {
        let mut range = self.range(&finding.primary);
        if range.start == range.end {
            // What is about a file as a whole shows on its first line.
            let encoding = self.dialect.encoding;
            range.end = self.lines(&finding.primary.path).end(finding.primary.start.line, encoding);
        }
        let message = match finding.help.as_str() {
            "" => finding.message.clone(),
            help => format!("{}\n{help}", finding.message),
        };
        let related: Vec<DiagnosticRelatedInformation> = finding
            .related
            .iter()
            .filter_map(|(message, place)| {
                let location = self.location(place)?;
                Some(DiagnosticRelatedInformation { location, message: message.clone() })
            })
            .collect();
        let page = |pages: &String| {
            let href = catalog::address(pages, finding.rule).parse().ok()?;
            Some(CodeDescription { href })
        };
        let is_idle = matches!(finding.rule, "unused-silence" | "unreferenced-file");
        Diagnostic {
            range,
            severity: Some(match finding.severity {
                Severity::Error => DiagnosticSeverity::ERROR,
                Severity::Warning => DiagnosticSeverity::WARNING,
                Severity::Note => DiagnosticSeverity::INFORMATION,
            }),
            code: Some(NumberOrString::String(finding.rule.to_owned())),
            code_description: self.dialect.pages.as_ref().and_then(page),
            source: Some("crosscheck".to_owned()),
            message,
            related_information: (!related.is_empty()).then_some(related),
            tags: is_idle.then(|| vec![DiagnosticTag::UNNECESSARY]),
            data: None,
        }
    }
}
