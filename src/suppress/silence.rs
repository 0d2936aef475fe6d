//! What a silence says of a finding that it covers.

use super::baseline::EntryKind;

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
