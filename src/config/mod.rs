//! `crosscheck.yaml`: what the user knows and a tree cannot say.
//!
//! It is found at the root of the tree that is checked, whichever sort of tree that
//! is, or named by `--config`. `docs/crosscheck.schema.json` describes it to editors.

mod read;
mod values;

pub use read::{ConfigError, discover, read};
pub use values::{Entities, PathGlob};

use crate::extract::Settings;
use crate::finding::Severity;
use crate::graph::Policy;
use jiff::civil::Date;
use serde::Deserialize;
use smol_str::SmolStr;
use std::collections::BTreeMap;

/// The file's name at a tree's root.
pub const FILE_NAME: &str = "crosscheck.yaml";

/// A whole configuration.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct Config {
    /// Version of this format; 1, the default.
    pub version: Option<u32>,
    /// How staging and production correspond.
    pub trees: Trees,
    /// Puppet.
    pub puppet: Puppet,
    /// HAProxy.
    pub haproxy: Haproxy,
    /// Which names the tree is authoritative for, beyond what it shows itself.
    pub namespaces: Namespaces,
    /// Things that live outside the tree.
    pub provided_elsewhere: Vec<Elsewhere>,
    /// Severity by rule.
    pub rules: BTreeMap<String, Level>,
    /// Findings that are accepted.
    pub ignore: Vec<Ignore>,
    /// Files whose contents are not analysed; they still exist.
    pub exclude: Vec<PathGlob>,
}

/// How staging and production correspond.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct Trees {
    /// Pairs of globs; the stars of one side stand for the same text on the other.
    pub mapping: Vec<Mapping>,
}

/// Where a path of staging is found in production.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Mapping {
    /// Glob of paths in staging: `modules-staging/**`.
    pub staging: SmolStr,
    /// The same in production: `modules/**`.
    pub production: SmolStr,
}

/// Puppet settings.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct Puppet {
    /// Functions that declare classes, with the prefix they put before each argument.
    pub wrappers: Option<BTreeMap<SmolStr, SmolStr>>,
}

/// HAProxy settings.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct Haproxy {
    /// The version that runs, such as `2.8`.
    pub version: Option<SmolStr>,
}

/// Which names the tree is authoritative for.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct Namespaces {
    /// All of these are in the tree, or missing.
    pub closed: Vec<Entities>,
    /// These may be elsewhere.
    pub open: Vec<Entities>,
}

/// Things that live outside the tree.
#[derive(Debug, Clone, Deserialize)]
#[serde(try_from = "values::ElsewhereText")]
pub struct Elsewhere {
    /// Which ones.
    pub entity: Entities,
    /// Where they are, or who provides them.
    pub reason: String,
}

/// What a rule's findings count as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// Not reported.
    Off,
    /// A note.
    Note,
    /// A warning.
    Warning,
    /// An error.
    Error,
}

impl Level {
    /// The severity; `None` for [`Level::Off`].
    pub fn severity(self) -> Option<Severity> {
        match self {
            Self::Off => None,
            Self::Note => Some(Severity::Note),
            Self::Warning => Some(Severity::Warning),
            Self::Error => Some(Severity::Error),
        }
    }
}

/// Findings that are accepted. All given conditions must hold.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Ignore {
    /// Of this rule.
    pub rule: Option<String>,
    /// In files of this path.
    pub path: Option<PathGlob>,
    /// About these entities.
    pub entity: Option<Entities>,
    /// Why.
    pub reason: String,
    /// The last day on which it holds.
    #[serde(default, deserialize_with = "values::date")]
    pub expires: Option<Date>,
}

impl Config {
    /// What extraction depends on.
    pub fn settings(&self) -> Settings {
        let defaults = Settings::default();
        Settings {
            puppet_wrappers: self.puppet.wrappers.clone().unwrap_or(defaults.puppet_wrappers),
            haproxy_version: self.haproxy.version.clone(),
        }
    }

    /// What resolution depends on.
    pub fn policy(&self) -> Policy {
        let patterns = |list: &[Entities]| list.iter().map(|own| own.pattern.clone()).collect();
        Policy {
            closed: patterns(&self.namespaces.closed),
            open: patterns(&self.namespaces.open),
            elsewhere: self.provided_elsewhere.iter().map(|own| own.entity.pattern.clone()).collect(),
        }
    }
}
