//! Reports: findings with their places resolved, then one file per format.

mod causes;
mod checkstyle;
mod concise;
mod coverage;
pub mod escape;
mod excerpt;
mod fix;
mod github;
mod gitlab;
mod html;
mod human;
mod json;
mod junit;
mod markdown;
pub mod page;
pub mod picture;
mod reach;
mod references;
mod resolve;
mod sarif;
mod sources;
mod totals;
pub mod words;

pub use coverage::{NotRead, Understood};
pub use escape::terminal as printable;
pub use fix::{Edit, Fix};
pub use markdown::cell;
pub use references::{Drawing, Edge, Node, References};
pub use resolve::{Resolved, resolve, sort};
pub use sources::{Contents, ResolvedPlace, Sources};

use crate::deadline::Unfinished;
use crate::finding::Severity;
use crate::loader::{Snapshot, is_too_much};
use std::collections::BTreeMap;
use std::io;

/// What a check reports: findings with their places, and how much was read. It owns all that
/// its formats show.
///
/// Serialised it is the versioned JSON contract that [`Format::Json`] writes.
#[derive(Debug, Clone)]
pub struct Report {
    /// Findings, sorted; silenced ones are marked.
    findings: Vec<Resolved>,
    /// Counts of what was read.
    summary: Summary,
    /// Contents for excerpts.
    contents: Contents,
    /// See [`Report::fixed`].
    fixed: usize,
    /// See [`Report::link_rules`].
    pages: Option<String>,
    /// See [`Report::failing_from`].
    fails_from: Option<Severity>,
}

impl Default for Report {
    fn default() -> Self {
        Self {
            findings: Vec::new(),
            summary: Summary::default(),
            contents: Contents::default(),
            fixed: 0,
            pages: None,
            fails_from: Some(Severity::Error),
        }
    }
}

/// Two folders or files of one tree that a promotion is about.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
#[non_exhaustive]
pub struct Promotes {
    /// What is promoted.
    pub from: String,
    /// What it is promoted to.
    pub to: String,
}

impl Promotes {
    /// What is promoted, and to what.
    pub(crate) fn new(from: impl Into<String>, to: impl Into<String>) -> Self {
        Self { from: from.into(), to: to.into() }
    }
}

/// How much was read and found.
#[derive(Debug, Default, Clone)]
#[non_exhaustive]
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
    /// Files that a system reads and whose contents the clone lacks: nothing is known of them.
    pub absent: usize,
    /// What is promoted within one tree: the first of each two takes the place of the second, or
    /// its keys are compared with those of the second.
    pub promotes: Vec<Promotes>,
    /// What was left, where the time of the run was over before its end.
    pub unfinished: Option<Unfinished>,
    /// Time from start to report, milliseconds.
    pub elapsed_ms: u128,
}

impl Summary {
    /// How many files lack contents, where they are too many for an answer.
    pub fn missing(&self) -> usize {
        if is_too_much(self.absent, self.files) { self.absent } else { 0 }
    }

    /// Counts a snapshot's files and facts.
    pub(crate) fn of(snapshot: &Snapshot) -> Self {
        let unfinished = snapshot.deadline.unfinished();
        let (files, absent) = (snapshot.files.len(), snapshot.absent());
        let mut summary = Self { files, absent, unfinished, ..Self::default() };
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
    pub(crate) fn count(&mut self, findings: &[Resolved]) {
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
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
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
    /// JUnit XML, one test case per finding; those that fail the run are failures.
    Junit,
    /// Checkstyle XML.
    Checkstyle,
    /// A comment on a merge request, which fits there.
    Markdown,
    /// A page that stands alone, for a browser or a printer.
    Html,
}

/// How the human and the concise format look: without colours, grouped by cause and as wide as
/// needed by default.
#[derive(Debug, Clone, Copy, Default)]
#[non_exhaustive]
pub struct Style {
    /// With colours.
    pub color: bool,
    /// How much is shown.
    pub detail: Detail,
    /// Columns of the terminal; none where it goes elsewhere.
    pub width: Option<usize>,
}

impl Style {
    /// The default style.
    pub fn new() -> Self {
        Self::default()
    }

    /// With colours.
    pub fn colored(self) -> Self {
        Self { color: true, ..self }
    }

    /// Shows this much.
    pub fn detail(self, detail: Detail) -> Self {
        Self { detail, ..self }
    }

    /// For a terminal of this many columns; none where it goes elsewhere.
    pub fn width(self, width: Option<usize>) -> Self {
        Self { width, ..self }
    }
}

/// How much the human and the concise format show.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum Detail {
    /// The totals alone.
    Summary,
    /// Causes; places beyond a few are counted.
    #[default]
    Grouped,
    /// Every finding.
    All,
}

impl Report {
    /// A report of `findings` about the trees that `sources` hold.
    pub(crate) fn new(findings: Vec<Resolved>, mut summary: Summary, sources: Sources<'_>) -> Self {
        summary.count(&findings);
        let places = findings.iter().flat_map(Resolved::places);
        let contents = sources.keep(places);
        Self { findings, summary, contents, ..Self::default() }
    }

    /// The findings that count, by path and place: no silence covers them.
    pub fn findings(&self) -> impl Iterator<Item = &Resolved> {
        self.counting()
    }

    /// The findings that a silence covers.
    pub fn silenced(&self) -> impl Iterator<Item = &Resolved> {
        self.findings.iter().filter(|finding| finding.silenced.is_some())
    }

    /// All findings, silenced ones among them.
    pub(crate) fn all(&self) -> &[Resolved] {
        &self.findings
    }

    /// How much was read and found.
    pub fn summary(&self) -> &Summary {
        &self.summary
    }

    /// How many entries of a baseline beside the tree no finding has any more. What a baseline
    /// inside the tree lists in vain is a finding itself.
    pub fn fixed(&self) -> usize {
        self.fixed
    }

    /// Says how many entries of the baseline are fixed.
    pub(crate) fn with_fixed(mut self, fixed: usize) -> Self {
        self.fixed = fixed;
        self
    }

    /// The severity of the worst finding that counts.
    pub fn worst(&self) -> Option<Severity> {
        self.counting().map(|finding| finding.severity).max()
    }

    /// The same report, showing only findings of at least this severity. What it says of how
    /// many there are stays.
    pub fn at_least(mut self, least: Severity) -> Self {
        let is_shown = |own: &Resolved| own.severity >= least;
        let hidden = self.counting().filter(|own| !is_shown(own)).count();
        self.summary.hidden += hidden;
        self.findings.retain(is_shown);
        self
    }

    /// Links each rule to its page in SARIF, in Markdown and on terminals; `pages` is what
    /// [`crate::catalog::address`] takes.
    pub fn link_rules(self, pages: impl Into<String>) -> Self {
        Self { pages: Some(pages.into()), ..self }
    }

    /// Says from which severity on a finding fails the run, where a format tells what fails from
    /// what does not: errors by default; `None` for nothing.
    pub fn failing_from(self, least: Option<Severity>) -> Self {
        Self { fails_from: least, ..self }
    }

    /// The address of a rule's page, where somebody said where the pages lie.
    fn page_of(&self, rule: &str) -> Option<String> {
        self.pages.as_ref().map(|pages| crate::catalog::address(pages, rule))
    }

    /// Says how long it took to make, in milliseconds.
    pub fn took(&mut self, elapsed: std::time::Duration) {
        self.summary.elapsed_ms = elapsed.as_millis();
    }

    /// Writes the report in `format`; `style` applies to those that people read.
    ///
    /// # Errors
    /// Where `out` cannot be written.
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
            Format::Markdown => markdown::write(self, style, out),
            Format::Html => html::write(self, out),
        }
    }

    /// Findings that no silence covers.
    fn counting(&self) -> impl Iterator<Item = &Resolved> {
        self.findings.iter().filter(|finding| finding.silenced.is_none())
    }
}

impl Resolved {
    /// Where to look, the first place first.
    fn places(&self) -> impl Iterator<Item = &ResolvedPlace> {
        std::iter::once(&self.primary).chain(self.related.iter().map(|(_, place)| place))
    }

    /// Message and remedy in one line of text.
    fn full_message(&self) -> String {
        match self.help.as_str() {
            "" => self.message.clone(),
            help => format!("{}; {help}", self.message),
        }
    }
}
