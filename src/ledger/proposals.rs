//! What a history says of the rules: which were heeded, and what nobody ever mended.
//!
//! Nothing is written: the lines are for whoever keeps `crosscheck.yaml`.

use super::{Brought, Fate, Made, days, median};
use crate::severity::Severity;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

/// A finding stands long after so many commits...
const COMMITS: usize = 20;
/// ...and so many days: quick repositories make twenty commits before anybody looks.
const DAYS: f64 = 30.0;
/// A lower severity is proposed where findings that stand long are so many, in so many files, from
/// so many commits. Fewer are matters of their places.
const LOWER: (usize, usize, usize) = (5, 3, 3);
/// Most silences that are proposed.
const SILENCES: usize = 20;

/// What a history says of the rules.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Proposals {
    /// Rules of which at least half of the findings were mended: leave them as they are.
    pub keep: Vec<Heeded>,
    /// Rules of which no finding was mended and many stand long: a lower severity.
    pub lower: Vec<Lowered>,
    /// Single findings that stand long, of rules that are mended elsewhere or speak seldom.
    pub silence: Vec<Silenced>,
    /// How many more such findings there are: a baseline holds them.
    #[serde(skip_serializing_if = "is_zero")]
    pub silences_left_out: usize,
    /// The two as lines for `crosscheck.yaml`; empty without any.
    pub lines: String,
}

pub(super) fn is_zero(own: &usize) -> bool {
    *own == 0
}

/// A rule that was heeded.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Heeded {
    /// The rule's id.
    pub rule: &'static str,
    /// The severity of its findings.
    pub severity: Severity,
    /// How many were mended.
    pub mended: usize,
    /// How many stand for long.
    pub standing_long: usize,
    /// Half of those that were mended were so within so many commits.
    pub median_commits: usize,
    /// And within so many days.
    pub median_days: f64,
}

/// A rule that nobody heeded.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Lowered {
    /// The rule's id.
    pub rule: &'static str,
    /// The severity of its findings.
    pub severity: Severity,
    /// The one that is proposed.
    pub to: Severity,
    /// How many findings stand for long.
    pub standing_long: usize,
    /// In how many files.
    pub files: usize,
}

/// What nobody mended.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Silenced {
    /// The rule's id.
    pub rule: &'static str,
    /// The severity of the findings.
    pub severity: Severity,
    /// The file.
    pub path: String,
    /// What they are about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub entity: Option<String>,
    /// How many findings there are of it.
    pub findings: usize,
    /// The day of the commit that brought the first.
    pub since: String,
    /// How many commits of the range came after it.
    pub commits: usize,
}

/// A finding that stands long: itself, and after how many commits.
type Long<'b> = (&'b Brought, usize);

impl Proposals {
    /// From what was brought by commits, all of them `made` oldest first.
    pub(super) fn of(findings: &[Brought], made: &[Made]) -> Self {
        let places: BTreeMap<&str, usize> =
            made.iter().enumerate().map(|(ix, own)| (own.commit.as_str(), ix)).collect();
        let stands_long = |own: &Brought| {
            let after = made.len() - 1 - places.get(own.by.commit.as_str())?;
            let newest = made.last()?.seconds;
            let is_long = after >= COMMITS && days(newest.saturating_sub(own.by.seconds)) >= DAYS;
            (own.fate == Fate::Standing && is_long).then_some(after)
        };
        let mut groups: BTreeMap<(std::cmp::Reverse<Severity>, &'static str), Vec<&Brought>> =
            BTreeMap::new();
        for own in findings {
            groups.entry((std::cmp::Reverse(own.severity), own.rule)).or_default().push(own);
        }
        let mut own = Self::default();
        for ((severity, rule), group) in groups {
            let long: Vec<Long<'_>> =
                group.iter().filter_map(|own| Some((*own, stands_long(own)?))).collect();
            own.add(rule, severity.0, &group, &long);
        }
        own.silences_left_out = own.silence.len().saturating_sub(SILENCES);
        own.silence.truncate(SILENCES);
        own.lines = own.lines();
        own
    }

    fn add(
        &mut self,
        rule: &'static str,
        severity: Severity,
        group: &[&Brought],
        long: &[Long<'_>],
    ) {
        let mended: Vec<&Brought> =
            group.iter().copied().filter(|own| own.fate == Fate::Mended).collect();
        let how = || mended.iter().filter_map(|own| own.mended.as_ref());
        let half = median(how().map(|own| own.commits).collect())
            .zip(median(how().map(|own| own.days).collect()));
        // Who mends a rule's findings as a rule does not want to lose it.
        if let Some((median_commits, median_days)) = half
            && mended.len() >= long.len()
        {
            let (mended, standing_long) = (mended.len(), long.len());
            let kept =
                Heeded { rule, severity, mended, standing_long, median_commits, median_days };
            self.keep.push(kept);
            return;
        }
        let files: BTreeSet<&str> = long.iter().map(|(own, _)| own.path.as_str()).collect();
        let commits: BTreeSet<&str> = long.iter().map(|(own, _)| own.by.commit.as_str()).collect();
        let is_wide = long.len() >= LOWER.0 && files.len() >= LOWER.1 && commits.len() >= LOWER.2;
        let to = match severity {
            Severity::Error => Some(Severity::Warning),
            Severity::Warning => Some(Severity::Note),
            Severity::Note => None,
        };
        if let Some(to) = to.filter(|_| mended.is_empty() && is_wide) {
            let (standing_long, files) = (long.len(), files.len());
            self.lower.push(Lowered { rule, severity, to, standing_long, files });
            return;
        }
        self.silence.extend(silenced(rule, severity, &mended, long));
    }

    /// The same with findings of at least this severity alone.
    pub(super) fn at_least(&mut self, least: Severity) {
        self.keep.retain(|own| own.severity >= least);
        self.lower.retain(|own| own.severity >= least);
        self.silence.retain(|own| own.severity >= least);
        self.lines = self.lines();
    }

    /// Whether there is anything to say.
    pub(super) fn is_empty(&self) -> bool {
        self.keep.is_empty() && self.lower.is_empty() && self.silence.is_empty()
    }

    fn lines(&self) -> String {
        let mut text = String::new();
        if !self.lower.is_empty() {
            text.push_str("rules:\n");
        }
        for own in &self.lower {
            let _ = writeln!(text, "  {}: {}", own.rule, own.to);
        }
        if !self.silence.is_empty() {
            text.push_str("ignore:\n");
        }
        for own in &self.silence {
            let _ = writeln!(text, "  - rule: {}", own.rule);
            let _ = writeln!(text, "    path: {}", quoted(&globset::escape(&own.path)));
            // What is a pattern there would silence more than this.
            let is_plain = |own: &&String| !own.contains(['*', '?', '[', ']', '{', '}', '\\']);
            if let Some(entity) = own.entity.as_ref().filter(is_plain) {
                let _ = writeln!(text, "    entity: {}", quoted(entity));
            }
            let reason =
                format!("stands since {}, for {} commits: say why", own.since, own.commits);
            let _ = writeln!(text, "    reason: {}", quoted(&reason));
        }
        text
    }
}

/// Findings that stand long, without those of places or things of which one was mended.
fn silenced(
    rule: &'static str,
    severity: Severity,
    mended: &[&Brought],
    long: &[Long<'_>],
) -> Vec<Silenced> {
    let is_mended = |own: &Brought| {
        let is_same = |other: &&Brought| {
            other.path == own.path || (own.entity.is_some() && other.entity == own.entity)
        };
        mended.iter().any(is_same)
    };
    let mut found: BTreeMap<(&str, Option<&str>), Silenced> = BTreeMap::new();
    // Oldest first: the first one of a place says since when.
    for (own, commits) in long.iter().filter(|(own, _)| !is_mended(own)) {
        let entry = found.entry((own.path.as_str(), own.entity.as_deref()));
        let new = || Silenced {
            rule,
            severity,
            path: own.path.clone(),
            entity: own.entity.clone(),
            findings: 0,
            since: own.by.date.clone(),
            commits: *commits,
        };
        entry.or_insert_with(new).findings += 1;
    }
    found.into_values().collect()
}

/// A text as YAML takes it on one line: JSON's strings are some of YAML's.
fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}
