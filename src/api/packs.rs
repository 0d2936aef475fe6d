//! Packs, looked through and tried.

use super::{Analysis, Error, Options, Tree};
use crate::config::{self, ConfigError, Linted};
use crate::facts::{LineIndex, Span};
use crate::packs::{Case, Expected, FOLDER};
use crate::report::Resolved;
use serde::Serialize;
use std::collections::BTreeMap;

/// What was found of a pack.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct PackReport {
    /// The file, as it was named.
    pub path: String,
    /// How many things it says.
    pub entries: usize,
    /// What is wrong with it, by place.
    pub problems: Vec<PackProblem>,
    /// Its cases, in their order.
    pub cases: Vec<PackCase>,
}

/// Something that is wrong with a pack.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct PackProblem {
    /// Line, from 1.
    pub line: u32,
    /// Column in Unicode scalar values, from 1.
    pub column: u32,
    /// What is wrong.
    pub message: String,
    /// What to do; may be empty.
    pub help: String,
}

/// A case of a pack, as it went.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct PackCase {
    /// What it shows.
    pub name: String,
    /// Line, from 1.
    pub line: u32,
    /// Column in Unicode scalar values, from 1.
    pub column: u32,
    /// What is expected and not reported, what is reported and not expected, or why it could not
    /// be tried. Empty where it holds.
    pub failures: Vec<String>,
}

impl PackReport {
    /// Whether nothing is wrong, and every case holds.
    pub fn is_clean(&self) -> bool {
        self.problems.is_empty() && self.cases.iter().all(|case| case.failures.is_empty())
    }
}

/// Looks through a pack and tries its cases: small trees that stand in it, with the findings that
/// they have to bring. `name` is what the report calls it.
///
/// ```
/// let pack = "commands: [{name: frob, source: its manual, removed: [{flag: --old, removd: '2'}]}]";
/// let report = crosscheck::lint_pack("house.yaml", pack);
/// assert_eq!(report.problems[0].help, "did you mean `removed`?");
/// ```
pub fn lint_pack(name: &str, text: &str) -> PackReport {
    let Linted { pack, problems, cases } = config::lint_pack(text);
    let bytes = text.as_bytes();
    let lines = LineIndex::new(bytes);
    let place = |span: Option<Span>| {
        let at = lines.position(span.unwrap_or_default().start, bytes);
        (at.line, at.column)
    };
    let problem = |error: ConfigError| {
        let (line, column) = place(error.span);
        PackProblem { line, column, message: error.message, help: error.help }
    };
    let problems: Vec<PackProblem> = problems.into_iter().map(problem).collect();
    let entries = pack.as_ref().map_or(0, config::pack_entries);
    let own = pack.map(|pack| pack.cases).unwrap_or_default();
    let tried = own.iter().zip(cases).map(|(case, span)| {
        let (line, column) = place(span);
        let failures = tried(case, text).unwrap_or_else(|error| vec![error.to_string()]);
        PackCase { name: case.name.to_string(), line, column, failures }
    });
    // A case of a pack that is wrong may hold or not for no reason of its own.
    let cases = if problems.is_empty() { tried.collect() } else { Vec::new() };
    PackReport { path: name.to_owned(), entries, problems, cases }
}

/// What a case lacks, and what it has beside what it expects.
fn tried(case: &Case, pack: &str) -> Result<Vec<String>, Error> {
    let tree = |files: &BTreeMap<String, String>| {
        let own = (format!("{FOLDER}/own.yaml"), pack.to_owned());
        Tree::of_files(files.clone().into_iter().chain([own]))
    };
    let mut options = Options::new();
    for rule in &case.rules {
        options = options.only_rule(rule);
    }
    let mut analysis = Analysis::new(tree(&case.files), &options)?;
    if let Some(before) = &case.before {
        analysis = analysis.against(tree(before))?;
    }
    let report = analysis.check()?;
    let mut left: Vec<&Resolved> = report.findings().collect();
    let mut failures = Vec::new();
    for expected in &case.expect {
        match left.iter().position(|finding| is_met(expected, finding)) {
            Some(ix) => {
                left.remove(ix);
            }
            None => failures.push(format!("expected and not reported: {}", spoken(expected))),
        }
    }
    failures.extend(left.iter().map(|finding| {
        let at = &finding.primary;
        format!(
            "reported and not expected: {}[{}] {}:{}: {}",
            finding.severity, finding.rule, at.path, at.start.line, finding.message
        )
    }));
    Ok(failures)
}

fn is_met(expected: &Expected, finding: &Resolved) -> bool {
    let at = &finding.primary;
    expected.rule == finding.rule
        && expected.path.as_ref().is_none_or(|path| at.path == path.as_str())
        && expected.line.is_none_or(|line| at.start.line == line)
        && expected
            .says
            .as_ref()
            .is_none_or(|text| finding.message.contains(text) || finding.help.contains(text))
}

fn spoken(expected: &Expected) -> String {
    let mut text = expected.rule.clone();
    if let Some(path) = &expected.path {
        text.push_str(&format!(" in {path}"));
    }
    if let Some(line) = expected.line {
        text.push_str(&format!(", line {line}"));
    }
    if let Some(says) = &expected.says {
        text.push_str(&format!(", with `{says}`"));
    }
    text
}
