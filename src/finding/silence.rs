//! Who silenced a finding, and why.

use serde::{Deserialize, Serialize};

/// Who silenced a finding, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Silence {
    /// By what means.
    pub by: Means,
    /// The reason given; may be empty.
    pub reason: String,
}

/// The means of a silence.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Means {
    /// A comment in the file.
    Inline,
    /// `ignore:` in the configuration.
    Config,
    /// The baseline, as a false alarm or as not now.
    Baseline(EntryKind),
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

/// Why a finding is in the baseline.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum EntryKind {
    /// It is not true.
    FalseAlarm,
    /// It is true and will be fixed later.
    NotNow,
}
