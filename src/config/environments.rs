//! Environments, as they are declared.

use serde::Deserialize;
use smol_str::SmolStr;

/// Environments and what may differ between them.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct Environments {
    /// Their names in paths, earliest first; the well-known ones without it.
    pub chain: Vec<Environment>,
    /// Differences that are meant.
    pub may_differ: Vec<MayDiffer>,
}

/// One environment: its name, or all its names, in paths.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
pub enum Environment {
    /// One.
    Word(SmolStr),
    /// Several; the first is the one that reports use.
    Words(Vec<SmolStr>),
}

impl Environment {
    /// All its names.
    pub fn words(&self) -> Vec<SmolStr> {
        match self {
            Self::Word(word) => vec![word.clone()],
            Self::Words(words) => words.clone(),
        }
    }
}

/// Differences that are meant.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MayDiffer {
    /// Files (glob) of either environment; all without it.
    #[serde(default)]
    pub path: Option<String>,
    /// Keys, items and resources (glob); whole files too without it.
    #[serde(default)]
    pub key: Option<String>,
    /// Why.
    pub reason: String,
}
