//! The baseline: findings that are known, by fingerprint.

use crate::finding::{EntryKind, Means, Silence};
use crate::report::Resolved;
use serde::{Deserialize, Serialize};

/// A baseline file.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Baseline {
    /// Version of the format: 1.
    pub version: u32,
    /// Known findings, sorted by path. Identical ones have an entry each, so that one
    /// more still speaks.
    pub entries: Vec<Entry>,
    /// Where it stands in the checked tree; none for a file beside it.
    #[serde(skip)]
    pub path: Option<String>,
}

/// A known finding.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    /// The finding's fingerprint.
    pub fingerprint: String,
    /// Its rule, for readers.
    pub rule: String,
    /// Its path, for readers.
    pub path: String,
    /// What it says, for readers.
    pub message: String,
    /// False alarm, or not now.
    pub kind: EntryKind,
    /// Why; optional.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Last day that it holds, `YYYY-MM-DD`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires: Option<String>,
}

impl Entry {
    /// Whether it and `other` are of one finding.
    pub fn is(&self, other: &Self) -> bool {
        self.fingerprint == other.fingerprint
    }

    /// Whether it still holds on day `today`.
    pub fn holds(&self, today: &str) -> bool {
        self.expires.as_deref().is_none_or(|date| date >= today)
    }

    /// What it says of the finding that it covers.
    pub fn silence(&self) -> Silence {
        let reason = self.reason.clone().unwrap_or_default();
        Silence { by: Means::Baseline(self.kind), reason }
    }
}

impl Baseline {
    /// A baseline of all findings that nothing silences yet. That a silence is in vain is for its
    /// author to mend, and no finding to accept.
    pub fn of(findings: &[Resolved]) -> Self {
        let counts = |own: &&Resolved| own.silenced.is_none() && own.rule != "unused-silence";
        let entries = findings.iter().filter(counts).map(|finding| Entry {
            fingerprint: finding.fingerprint.clone(),
            rule: finding.rule.to_owned(),
            path: finding.primary.path.to_string(),
            message: finding.message.clone(),
            kind: EntryKind::NotNow,
            reason: None,
            expires: None,
        });
        Self { version: 1, entries: entries.collect(), path: None }
    }

    /// Takes kind, reason and expiry of each entry that `before` has too.
    pub fn keep_what_is_said(&mut self, before: &Self) {
        for entry in &mut self.entries {
            if let Some(known) = before.entries.iter().find(|known| known.is(entry)) {
                *entry = known.clone();
            }
        }
    }

    /// Drops the entries that `before` does not have.
    pub fn keep_known(&mut self, before: &Self) {
        self.entries.retain(|entry| before.entries.iter().any(|known| known.is(entry)));
    }

    /// Reads a baseline file.
    ///
    /// # Errors
    /// A message with line and column.
    pub fn parse(text: &str) -> Result<Self, String> {
        let baseline: Self = crate::yaml::from_str(text).map_err(|error| error.to_string())?;
        match baseline.version {
            1 => Ok(baseline),
            other => Err(format!("version {other} is not known; this is version 1")),
        }
    }

    /// As text.
    pub fn to_text(&self) -> String {
        serde_yaml::to_string(self).unwrap_or_default()
    }
}
