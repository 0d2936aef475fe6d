//! Silences: what is known and accepted. A silenced finding is marked, never dropped,
//! and a silence that covers nothing is itself reported.

pub mod allow;
mod baseline;
mod configured;

pub use baseline::{Baseline, BaselineError, Entry, Kind};

use crate::catalog;
use crate::config::{Config, Level};
use crate::finding::{Finding, Severity};
use crate::report::{self, Resolved, Sources};
use crate::session::Snapshot;
use jiff::civil::Date;

/// Who silenced a finding, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Silence {
    /// By what means.
    pub by: Means,
    /// The reason given; may be empty.
    pub reason: String,
}

/// The means of a silence.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Means {
    /// A comment in the file.
    Inline,
    /// `ignore:` in the configuration.
    Config,
    /// The baseline, as a false alarm or as not now.
    Baseline(Kind),
}

impl Means {
    /// As JSON writes it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Inline => "inline",
            Self::Config => "config",
            Self::Baseline(_) => "baseline",
        }
    }
}

/// Which rules run, chosen on the command line.
#[derive(Debug, Clone, Default)]
pub struct Selection {
    /// Only these, when not empty; also those that are off by default.
    pub only: Vec<String>,
    /// Never these.
    pub never: Vec<String>,
}

/// Everything that decides whether a finding counts.
pub struct Terms<'t> {
    /// The configuration.
    pub config: &'t Config,
    /// Rules chosen on the command line.
    pub selection: &'t Selection,
    /// Known findings.
    pub baseline: Option<&'t Baseline>,
    /// The day against which expiry is judged.
    pub today: Date,
}

impl Terms<'_> {
    /// The severity that a finding of `rule` counts with; `None` where the rule does
    /// not run. A check may have lowered it below the rule's own: that is kept.
    pub fn severity(&self, rule: &str, found: Severity) -> Option<Severity> {
        let listed = |list: &[String]| list.iter().any(|own| own == rule);
        let selection = self.selection;
        if listed(&selection.never) || !(selection.only.is_empty() || listed(&selection.only)) {
            return None;
        }
        let page = catalog::find(rule);
        let own = page.map_or(Severity::Error, |page| page.severity);
        let level = match self.config.rules.get(rule).map(|level: &Level| level.severity()) {
            Some(None) if listed(&selection.only) => own,
            Some(None) => return None,
            Some(Some(level)) => level,
            None if page.is_some_and(|page| !page.enabled) && !listed(&selection.only) => return None,
            None => return Some(found),
        };
        Some(if found >= own { level } else { level.min(found) })
    }

    fn runs(&self, rule: &str) -> bool {
        self.severity(rule, Severity::Error).is_some()
    }

    fn levelled(&self, findings: Vec<Finding>) -> Vec<Finding> {
        let levelled = findings.into_iter().filter_map(|mut finding| {
            finding.severity = self.severity(finding.rule, finding.severity)?;
            Some(finding)
        });
        levelled.collect()
    }
}

/// A tree's findings after all silences.
pub struct Judged {
    /// Sorted; silenced ones are marked.
    pub findings: Vec<Resolved>,
    /// Stale silences that stand in no tree and so cannot be findings.
    pub stale: Vec<String>,
}

/// Resolves the findings of `snapshot` and applies every silence. `unneeded` are the
/// entries of `provided-elsewhere` that no reference needs.
pub fn judge(
    findings: Vec<Finding>,
    unneeded: &[usize],
    snapshot: &Snapshot,
    sources: &Sources<'_>,
    terms: &Terms<'_>,
) -> Judged {
    let mut findings = report::resolve(terms.levelled(findings), sources);
    let mut notes = Vec::new();
    allow::apply(&mut findings, snapshot, sources, terms, &mut notes);
    let mut stale = configured::apply(&mut findings, unneeded, snapshot, sources, terms, &mut notes);
    if !notes.is_empty() {
        findings.extend(report::resolve(terms.levelled(notes), sources));
        report::sort(&mut findings);
    }
    if let Some(baseline) = terms.baseline {
        let unused = baseline.apply(&mut findings, terms.today);
        if unused > 0 {
            let entries = if unused == 1 { "entry covers" } else { "entries cover" };
            stale.push(format!("{unused} baseline {entries} nothing any more; write it anew with `crosscheck baseline`"));
        }
    }
    Judged { findings, stale }
}
