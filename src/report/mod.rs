//! Reports: findings with their places resolved, then one file per format.

mod causes;
mod checkstyle;
mod concise;
mod coverage;
pub mod escape;
mod excerpt;
mod github;
mod gitlab;
mod human;
mod json;
mod junit;
mod markdown;
mod resolve;
mod sarif;
mod totals;

pub use coverage::{NotRead, Understood};
pub use resolve::{Resolved, ResolvedPlace, Sources, resolve, sort};

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
    /// Findings that count and are less severe than what is shown.
    pub hidden: usize,
    /// Files of the checked tree.
    pub files: usize,
    /// Facts of the checked tree.
    pub facts: usize,
    /// By system: how many files there are, and what came of them.
    pub understood: BTreeMap<&'static str, Understood>,
    /// What no system reads.
    pub not_read: NotRead,
    /// Whether findings were compared with an old tree or a baseline.
    pub compared: bool,
    /// Time from start to report, milliseconds.
    pub elapsed_ms: u128,
}

impl Summary {
    /// Counts a snapshot's files and facts.
    pub fn of(snapshot: &Snapshot) -> Self {
        let mut summary = Self { files: snapshot.files.len(), ..Self::default() };
        for file in &snapshot.files {
            let facts = &file.facts;
            summary.facts += facts.count();
            summary.not_read.add(file);
            let failed = facts.problems.iter().any(|problem| problem.rule == "parse-error");
            // Several readers of one system may share a file.
            for (ix, system) in file.systems.iter().enumerate() {
                if file.systems[..ix].contains(system) {
                    continue;
                }
                let entry = summary.understood.entry(system).or_default();
                entry.files += 1;
                entry.failed += usize::from(failed);
                entry.modelled += usize::from(file.modelled.contains(system));
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

    /// The table of `--stats`.
    pub fn table(&self) -> String {
        let mut out = format!(
            "{:<14}{:>9}{:>9}{:>10}{:>9}\n",
            "system", "files", "failed", "modelled", "share"
        );
        for (system, own) in &self.understood {
            let Understood { files, failed, modelled } = own;
            let share = own.share();
            out.push_str(&format!(
                "{system:<14}{files:>9}{failed:>9}{modelled:>10}{share:>8.1}%\n"
            ));
        }
        out.push_str(&format!("{} facts in {} files\n", self.facts, self.files));
        out
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
    /// One line per finding: `path:line:column: severity[rule] message`.
    Concise,
    /// The versioned JSON contract.
    Json,
    /// SARIF 2.1.0.
    Sarif,
    /// Annotations of GitHub Actions.
    Github,
    /// GitLab's code-quality report.
    Gitlab,
    /// JUnit XML, one test case per finding.
    Junit,
    /// Checkstyle XML.
    Checkstyle,
    /// A table for comments and wikis.
    Markdown,
}

/// How the human and the concise format look.
#[derive(Debug, Clone, Copy)]
pub struct Style {
    /// With colours.
    pub color: bool,
    /// How much is shown.
    pub detail: Detail,
    /// Columns of the terminal; none where it goes elsewhere.
    pub width: Option<usize>,
}

/// How much the human and the concise format show.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Detail {
    /// The totals alone.
    Summary,
    /// Causes; places beyond a few are counted.
    Grouped,
    /// Every finding.
    All,
}

impl<'r> Report<'r> {
    /// Writes the report in `format`; `style` applies to those that people read.
    pub fn write(&self, format: Format, style: Style, out: &mut dyn io::Write) -> io::Result<()> {
        match format {
            Format::Human => human::write(self, style, out),
            Format::Concise => concise::write(self, style, out),
            Format::Json => json::v1::write(self, out),
            Format::Sarif => sarif::write(self, out),
            Format::Github => github::write(self, out),
            Format::Gitlab => gitlab::write(self, out),
            Format::Junit => junit::write(self, out),
            Format::Checkstyle => checkstyle::write(self, out),
            Format::Markdown => markdown::write(self, out),
        }
    }

    /// The path of a place as the repository calls it, which is what tools that show reports
    /// look for.
    fn repository_path(&self, place: &ResolvedPlace) -> String {
        match self.sources.snapshot(place.tree) {
            Some(snapshot) => snapshot.tree.repository_path(&place.path),
            None => place.path.to_string(),
        }
    }

    /// Findings that no silence covers.
    fn counting(&self) -> impl Iterator<Item = &'r Resolved> + use<'r> {
        self.findings.iter().filter(|finding| finding.silenced.is_none())
    }
}

impl Resolved {
    /// Message and remedy in one line of text.
    fn full_message(&self) -> String {
        match self.help.as_str() {
            "" => self.message.clone(),
            help => format!("{}; {help}", self.message),
        }
    }
}
