//! What the rules would have said of a history: what each change brought, and which of that a
//! later change mended, after how long.

mod chart;
mod page;
mod proposals;

pub use page::Page;
pub use proposals::{Heeded, Lowered, Proposals, Silenced};

use crate::deadline::Unfinished;
use crate::report::Resolved;
use crate::severity::Severity;
use crate::tree::Commit;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// What the rules would have said of a history.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Report {
    /// Version of this format: 1.
    pub version: u32,
    /// The commit that the oldest one is compared with; none of an empty history.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<Made>,
    /// The newest commit.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub to: Option<Made>,
    /// By rule and severity, the most severe first.
    pub rules: Vec<Rule>,
    /// Each finding that a commit brought: oldest commit first, then by path and place.
    pub findings: Vec<Brought>,
    /// Commits of which nothing can be said, oldest first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub not_judged: Vec<NotJudged>,
    /// What this says of the rules.
    pub proposals: Proposals,
    /// What was left, where the time of the run was over before its end.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unfinished: Option<Unfinished>,
    /// Files that a system reads and whose contents the clone lacks, in the commit that lacks most
    /// of them.
    #[serde(skip_serializing_if = "proposals::is_zero")]
    pub absent: usize,
    /// Figures.
    pub summary: Summary,
}

/// A commit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Made {
    /// Its id, in full.
    pub commit: String,
    /// The day on which it was made, in UTC.
    pub date: String,
    /// The first line of its message.
    pub subject: String,
    #[serde(skip)]
    seconds: i64,
}

impl Made {
    fn short(&self) -> &str {
        self.commit.get(..10).unwrap_or(&self.commit)
    }
}

impl From<&Commit> for Made {
    fn from(own: &Commit) -> Self {
        let date = crate::facts::day(own.seconds.div_euclid(86_400));
        let (commit, subject) = (own.id.clone(), own.subject.clone());
        Self { commit, date, subject, seconds: own.seconds }
    }
}

/// What became of a finding.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Fate {
    /// A later commit mended it.
    Mended,
    /// The newest tree has it.
    Standing,
    /// It was about the change itself: no later tree can have it.
    Passing,
}

/// A finding that a commit brought.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Brought {
    /// The rule's id.
    pub rule: &'static str,
    /// Severity.
    pub severity: Severity,
    /// What is wrong.
    pub message: String,
    /// What it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub entity: Option<String>,
    /// The file.
    pub path: String,
    /// The line, from 1.
    pub line: u32,
    /// The column, from 1.
    pub column: u32,
    /// As `check` gives it.
    pub fingerprint: String,
    /// The commit that brought it.
    pub by: Made,
    /// What became of it.
    pub fate: Fate,
    /// How it was mended.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mended: Option<Mended>,
    /// It stands, and a check of the newest tree alone is silent of it: only a change is told of
    /// such, as of a name that nothing read before.
    #[serde(skip)]
    is_needed: bool,
}

/// How a finding was mended.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Mended {
    /// The commit after which the tree did not have it any more.
    pub by: Made,
    /// After how many commits: 1 where the next one did.
    pub commits: usize,
    /// After how many days, as the dates of both commits say; hundredths.
    pub days: f64,
}

/// What a rule would have said.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Rule {
    /// Its id.
    pub rule: &'static str,
    /// Its findings of this severity.
    pub severity: Severity,
    /// How many findings commits brought.
    pub brought: usize,
    /// How many commits brought any.
    pub commits: usize,
    /// How many findings a later commit mended.
    pub mended: usize,
    /// Half of these within so many commits.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub median_commits: Option<usize>,
    /// Half of these within so many days.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub median_days: Option<f64>,
    /// How many the newest tree has.
    pub standing: usize,
    /// How many were about a change itself.
    pub passing: usize,
}

/// A commit of which nothing can be said.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct NotJudged {
    /// The commit.
    #[serde(flatten)]
    pub by: Made,
    /// Why.
    pub reason: String,
}

/// Figures.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Summary {
    /// Commits of the range.
    pub commits: usize,
    /// Those that were judged.
    pub judged: usize,
    /// Those that brought an error.
    pub with_errors: usize,
    /// Errors that commits brought.
    pub errors: usize,
    /// Warnings.
    pub warnings: usize,
    /// Notes.
    pub notes: usize,
    /// How many of the errors were mended.
    pub errors_mended: usize,
    /// How many of them stand.
    pub errors_standing: usize,
    /// Milliseconds from start to report; the one field that may differ between runs.
    pub elapsed_ms: u64,
}

/// Puts a report together, commit by commit, oldest first.
#[derive(Debug)]
pub struct Record {
    made: Vec<Made>,
    findings: Vec<Entry>,
    not_judged: Vec<NotJudged>,
    judged: usize,
    absent: usize,
}

#[derive(Debug)]
struct Entry {
    found: Resolved,
    fate: Fate,
    /// Places of commits in the range.
    by: usize,
    mended: Option<usize>,
    /// It stands, and a check of the newest tree alone is silent of it.
    is_needed: bool,
}

impl Record {
    /// That of these commits, oldest first; the first is what the second is compared with.
    pub fn of<'c>(commits: impl Iterator<Item = &'c Commit>) -> Self {
        let made = commits.map(Made::from).collect();
        Self { made, findings: Vec::new(), not_judged: Vec::new(), judged: 0, absent: 0 }
    }

    /// The `ix`th commit brought `found`. `mended` are numbers of what commits before it brought,
    /// counted over all from 0.
    pub fn add(&mut self, ix: usize, found: Vec<Resolved>, mended: &[usize]) {
        self.judged += 1;
        for number in mended {
            if let Some(own) = self.findings.get_mut(*number) {
                (own.fate, own.mended) = (Fate::Mended, Some(ix));
            }
        }
        let entry =
            |found| Entry { found, fate: Fate::Passing, by: ix, mended: None, is_needed: false };
        self.findings.extend(found.into_iter().map(entry));
    }

    /// The newest tree has what was brought under these numbers.
    pub fn stand(&mut self, numbers: impl Iterator<Item = usize>) {
        for number in numbers {
            if let Some(own) = self.findings.get_mut(number) {
                own.fate = Fate::Standing;
            }
        }
    }

    /// A commit has so many files whose contents the clone lacks.
    pub fn lacks(&mut self, files: usize) {
        self.absent = self.absent.max(files);
    }

    /// What was brought under these numbers stands, and only a change is told of it.
    pub fn need(&mut self, numbers: impl Iterator<Item = usize>) {
        for number in numbers {
            if let Some(own) = self.findings.get_mut(number) {
                own.is_needed = true;
            }
        }
    }

    /// The `ix`th commit was not judged.
    pub fn miss(&mut self, ix: usize, reason: String) {
        self.not_judged.push(NotJudged { by: self.made[ix].clone(), reason });
    }

    /// The report.
    pub fn report(self, unfinished: Option<Unfinished>) -> Report {
        let Self { made, findings, not_judged, judged, absent } = self;
        let findings: Vec<Brought> = findings.iter().map(|own| brought(own, &made)).collect();
        let of = |severity: Severity| findings.iter().filter(move |own| own.severity == severity);
        let errors = |fate: Fate| of(Severity::Error).filter(|own| own.fate == fate).count();
        let speaking: BTreeSet<&str> =
            of(Severity::Error).map(|own| own.by.commit.as_str()).collect();
        let summary = Summary {
            commits: made.len().saturating_sub(1),
            judged,
            with_errors: speaking.len(),
            errors: of(Severity::Error).count(),
            warnings: of(Severity::Warning).count(),
            notes: of(Severity::Note).count(),
            errors_mended: errors(Fate::Mended),
            errors_standing: errors(Fate::Standing),
            elapsed_ms: 0,
        };
        Report {
            version: 1,
            from: made.first().filter(|_| made.len() > 1).cloned(),
            to: made.last().cloned(),
            rules: rules(&findings),
            // Where the end was not reached, nothing is known to stand.
            proposals: match &unfinished {
                Some(_) => Proposals::default(),
                None => Proposals::of(&findings, &made),
            },
            findings,
            not_judged,
            unfinished,
            absent,
            summary,
        }
    }
}

fn brought(own: &Entry, made: &[Made]) -> Brought {
    let (found, by) = (&own.found, &made[own.by]);
    let mended = own.mended.map(|ix| Mended {
        by: made[ix].clone(),
        commits: ix - own.by,
        days: days(made[ix].seconds.saturating_sub(by.seconds)),
    });
    Brought {
        rule: found.rule,
        severity: found.severity,
        message: found.message.clone(),
        entity: found.entity.as_ref().map(ToString::to_string),
        path: found.primary.path.to_string(),
        line: found.primary.start.line,
        column: found.primary.start.column,
        fingerprint: found.fingerprint.clone(),
        by: by.clone(),
        fate: own.fate,
        mended,
        is_needed: own.is_needed,
    }
}

/// Seconds as days, in hundredths. Clocks may run backwards from one commit to the next.
fn days(seconds: i64) -> f64 {
    (seconds.max(0) as f64 / 864.0).round() / 100.0
}

fn rules(findings: &[Brought]) -> Vec<Rule> {
    let mut groups: BTreeMap<(std::cmp::Reverse<Severity>, &'static str), Vec<&Brought>> =
        BTreeMap::new();
    for own in findings {
        groups.entry((std::cmp::Reverse(own.severity), own.rule)).or_default().push(own);
    }
    let rule = |((severity, rule), own): (_, Vec<&Brought>)| {
        let std::cmp::Reverse(severity) = severity;
        let count = |fate: Fate| own.iter().filter(|own| own.fate == fate).count();
        let mended = || own.iter().filter_map(|own| own.mended.as_ref());
        let commits: BTreeSet<&str> = own.iter().map(|own| own.by.commit.as_str()).collect();
        Rule {
            rule,
            severity,
            brought: own.len(),
            commits: commits.len(),
            mended: count(Fate::Mended),
            median_commits: median(mended().map(|own| own.commits).collect()),
            median_days: median(mended().map(|own| own.days).collect()),
            standing: count(Fate::Standing),
            passing: count(Fate::Passing),
        }
    };
    groups.into_iter().map(rule).collect()
}

/// The least value that at least half of them do not exceed.
fn median<T: PartialOrd + Copy>(mut all: Vec<T>) -> Option<T> {
    all.sort_by(|a, b| a.partial_cmp(b).unwrap_or(std::cmp::Ordering::Equal));
    all.get(all.len().saturating_sub(1) / 2).copied()
}

impl Report {
    /// The same report with findings of at least this severity alone. Figures of the others stay in
    /// the summary.
    pub fn at_least(mut self, least: Severity) -> Self {
        self.rules.retain(|own| own.severity >= least);
        self.findings.retain(|own| own.severity >= least);
        self.proposals.at_least(least);
        self
    }

    /// Says how long it took to make.
    pub fn took(&mut self, elapsed: std::time::Duration) {
        self.summary.elapsed_ms = u64::try_from(elapsed.as_millis()).unwrap_or(u64::MAX);
    }
}

#[cfg(test)]
mod tests {
    use super::{days, median};

    #[test]
    fn the_median_is_a_value_of_the_list() {
        assert_eq!(median::<usize>(vec![]), None);
        assert_eq!(median(vec![3]), Some(3));
        assert_eq!(median(vec![9, 1]), Some(1));
        assert_eq!(median(vec![9, 1, 4]), Some(4));
    }

    #[test]
    fn days_are_never_negative() {
        assert_eq!(days(-5).to_bits(), 0.0_f64.to_bits());
        assert_eq!(days(43_200).to_bits(), 0.5_f64.to_bits());
    }
}
