//! Reports: findings with their places resolved, then one file per format.

mod human;
mod json;
mod resolve;
mod sarif;

pub use resolve::{Resolved, ResolvedPlace, Sources, resolve};

use crate::finding::Severity;
use crate::session::Snapshot;
use std::collections::BTreeMap;
use std::io;

/// What a report shows.
pub struct Report<'r> {
    /// Findings, sorted; silenced ones are marked.
    pub findings: &'r [Resolved],
    /// Counts of what was read.
    pub summary: &'r Summary,
    /// Contents for excerpts.
    pub sources: &'r Sources<'r>,
}

/// How much was read and found.
#[derive(Debug, Default, Clone)]
pub struct Summary {
    /// Findings that count, by severity: notes, warnings, errors.
    pub counts: [usize; 3],
    /// Findings that a silence covers.
    pub silenced: usize,
    /// Files of the checked tree.
    pub files: usize,
    /// Facts of the checked tree.
    pub facts: usize,
    /// By system: files read and files with a parse error.
    pub understood: BTreeMap<&'static str, (usize, usize)>,
    /// Time from start to report, milliseconds.
    pub elapsed_ms: u128,
}

impl Summary {
    /// Counts a snapshot's files and facts.
    pub fn of(snapshot: &Snapshot) -> Self {
        let mut summary = Self { files: snapshot.files.len(), ..Self::default() };
        for file in &snapshot.files {
            let facts = &file.facts;
            summary.facts += facts.provides.len()
                + facts.requires.len()
                + facts.interfaces.len()
                + facts.calls.len();
            let failed = facts.problems.iter().any(|problem| problem.rule == "parse-error");
            for system in &file.systems {
                let entry = summary.understood.entry(system).or_default();
                entry.0 += 1;
                entry.1 += usize::from(failed);
            }
        }
        summary
    }

    /// Adds up the findings that are not silenced.
    pub fn count(&mut self, findings: &[Resolved]) {
        self.counts = [0; 3];
        self.silenced = 0;
        for finding in findings {
            if finding.silenced.is_some() {
                self.silenced += 1;
            } else {
                self.counts[finding.severity as usize] += 1;
            }
        }
    }

    /// Number of findings of exactly this severity.
    pub fn count_of(&self, severity: Severity) -> usize {
        self.counts[severity as usize]
    }
}

/// A report format.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Format {
    /// Excerpts for people.
    Human,
    /// The versioned JSON contract.
    Json,
    /// SARIF 2.1.0.
    Sarif,
}

impl Report<'_> {
    /// Writes the report in `format`; `color` applies to the human one.
    pub fn write(&self, format: Format, color: bool, out: &mut dyn io::Write) -> io::Result<()> {
        match format {
            Format::Human => human::write(self, color, out),
            Format::Json => json::write(self, out),
            Format::Sarif => sarif::write(self, out),
        }
    }
}
