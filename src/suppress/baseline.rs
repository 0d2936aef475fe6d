//! The baseline: findings that stood when it was written. One entry covers exactly one
//! finding, so a further identical one still speaks.

use super::{Means, Silence};
use crate::report::Resolved;
use jiff::civil::Date;
use rustc_hash::FxHashMap;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// Why a finding is in the baseline.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// It is wrong.
    FalseAlarm,
    /// It is right, and will be dealt with later.
    NotNow,
}

/// One known finding.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    /// The finding's fingerprint: stable when lines move.
    pub fingerprint: String,
    /// Its rule, for readers.
    pub rule: String,
    /// Its path, for readers.
    pub path: String,
    /// Its message, for readers.
    pub message: String,
    /// False alarm, or not now.
    pub kind: Kind,
    /// Why; empty when not said.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub reason: String,
    /// The last day on which the entry holds.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        serialize_with = "write_date",
        deserialize_with = "read_date"
    )]
    pub expires: Option<Date>,
}

fn write_date<S: Serializer>(date: &Option<Date>, to: S) -> Result<S::Ok, S::Error> {
    date.map(|date| date.to_string()).serialize(to)
}

fn read_date<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Date>, D::Error> {
    let Some(text) = Option::<String>::deserialize(from)? else { return Ok(None) };
    let wrong = |_| de::Error::custom(format!("`{text}` is not a date: write YYYY-MM-DD"));
    text.parse().map(Some).map_err(wrong)
}

/// Known findings.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Baseline {
    version: u32,
    findings: Vec<Entry>,
}

/// A baseline that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum BaselineError {
    /// Not YAML of the right form.
    #[error("not a baseline: {0}")]
    Form(#[from] serde_yaml::Error),
    /// Written by a newer crosscheck.
    #[error("version {0} is not known to this crosscheck; write the baseline anew")]
    Version(u32),
}

impl Baseline {
    /// A baseline of all findings that count. What `previous` says of a finding (its
    /// kind, reason and date) is kept.
    pub fn of(findings: &[Resolved], previous: Option<&Baseline>) -> Self {
        let known: FxHashMap<&str, &Entry> = previous
            .iter()
            .flat_map(|baseline| &baseline.findings)
            .map(|entry| (entry.fingerprint.as_str(), entry))
            .collect();
        let counts = findings.iter().filter(|finding| finding.silenced.is_none());
        let entry = |finding: &Resolved| {
            let before = known.get(finding.fingerprint.as_str());
            Entry {
                fingerprint: finding.fingerprint.clone(),
                rule: finding.rule.to_owned(),
                path: finding.primary.path.to_string(),
                message: finding.message.clone(),
                kind: before.map_or(Kind::NotNow, |entry| entry.kind),
                reason: before.map_or_else(String::new, |entry| entry.reason.clone()),
                expires: before.and_then(|entry| entry.expires),
            }
        };
        Self { version: 1, findings: counts.map(entry).collect() }
    }

    /// Reads a baseline.
    pub fn read(text: &str) -> Result<Self, BaselineError> {
        let baseline: Self = serde_yaml::from_str(text)?;
        if baseline.version != 1 {
            return Err(BaselineError::Version(baseline.version));
        }
        Ok(baseline)
    }

    /// The file's text.
    pub fn write(&self) -> Result<String, BaselineError> {
        Ok(serde_yaml::to_string(self)?)
    }

    /// Number of entries.
    pub fn len(&self) -> usize {
        self.findings.len()
    }

    /// Whether it has no entry.
    pub fn is_empty(&self) -> bool {
        self.findings.is_empty()
    }

    /// Marks known findings; returns how many entries hold no longer for any.
    pub(super) fn apply(&self, findings: &mut [Resolved], today: Date) -> usize {
        let holds = |entry: &&Entry| entry.expires.is_none_or(|expires| expires >= today);
        let entries: FxHashMap<&str, &Entry> = self
            .findings
            .iter()
            .filter(holds)
            .map(|entry| (entry.fingerprint.as_str(), entry))
            .collect();
        let mut used = 0;
        for finding in findings {
            let Some(entry) = entries.get(finding.fingerprint.as_str()) else { continue };
            used += 1;
            if finding.silenced.is_none() {
                let silence = Silence { by: Means::Baseline(entry.kind), reason: entry.reason.clone() };
                finding.silenced = Some(silence);
            }
        }
        entries.len() - used
    }
}
