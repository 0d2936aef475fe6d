//! `crosscheck.yaml`: what a team declares about its trees.
//!
//! Unknown keys are errors with the nearest valid name. The schema for editors is
//! `docs/crosscheck.schema.json`.

mod environments;
mod error;
mod levels;
mod packs;
mod rollout;
mod validate;

pub use environments::{Environment, Environments};
pub use error::ConfigError;
pub use levels::{Levels, Override};
pub use packs::{Linted, entries as pack_entries, lint as lint_pack};
pub use rollout::{Mechanism, Rollout, Service, Unit};

use crate::extract::{Settings, Told};
use crate::facts::Span;
use crate::finding::Severity;
use crate::graph::{EntityGlob, Policy};
use crate::packages::{Index, Known};
use crate::packs::Pack;
use serde::Deserialize;
use smol_str::SmolStr;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Name of the file that is looked for at a tree's root.
pub const FILE_NAME: &str = "crosscheck.yaml";

/// Names that it is easily given by mistake. One that were ignored in silence would leave
/// its author to believe that it holds.
pub const OTHER_NAMES: [&str; 3] = ["crosscheck.yml", ".crosscheck.yaml", ".crosscheck.yml"];

/// That a tree's configuration has a name which is not looked for.
pub fn misnamed(name: &str) -> ConfigError {
    ConfigError::new(format!("this name is not looked for: the configuration is {FILE_NAME}"))
        .help(format!("rename it to {FILE_NAME}, or name it with `--config {name}`"))
        .in_file(name)
}

/// The configuration.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct Config {
    /// Version of the format: 1.
    pub version: Option<u32>,
    /// Puppet.
    pub puppet: Puppet,
    /// HAProxy.
    pub haproxy: HaProxy,
    /// Which namespaces the tree is authoritative for, beyond what is found out.
    pub namespaces: Namespaces,
    /// Things that live outside the tree, each with a reason.
    pub provided_elsewhere: Vec<Elsewhere>,
    /// Severity by rule.
    pub rules: BTreeMap<String, RuleLevel>,
    /// Other severities for parts of the tree.
    pub overrides: Vec<Override>,
    /// Findings that are silenced.
    pub ignore: Vec<Ignore>,
    /// The baseline of known findings, a path of the tree.
    pub baseline: Option<String>,
    /// Paths that are not analysed (globs).
    pub exclude: Vec<String>,
    /// How staging paths map to production paths.
    pub mapping: Vec<Mapping>,
    /// Environments, and what may differ between them.
    pub environments: Environments,
    /// Which package provides an extension, a command or a path: `entity glob: package`.
    pub packages: BTreeMap<String, String>,
    /// How changes reach the hosts.
    pub rollout: Option<Rollout>,
    /// Versions of the commands that run on the hosts: `java: "17"`.
    pub versions: BTreeMap<String, SmolStr>,
    /// Further trees of the same world, by name: `code: ../code@git:main`.
    pub with: BTreeMap<String, String>,
    /// Built-in packs and the tree's own, from `.crosscheck/packs/`.
    #[serde(skip)]
    pub packs: Packs,
    /// Entities whose kind is not built in.
    #[serde(skip)]
    unknown_kinds: Vec<validate::UnknownKind>,
    /// Names of all joined trees, those of the command line too.
    #[serde(skip)]
    pub joined: Vec<SmolStr>,
    /// Those of them of which there are facts alone.
    #[serde(skip)]
    pub given: Vec<SmolStr>,
    /// Who wrote it.
    #[serde(skip)]
    pub source: Source,
    /// What other files of the tree tell of how its files are read.
    #[serde(skip)]
    pub told: Told,
}

/// Who wrote a configuration, which decides what it may name.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Source {
    /// The analysed tree, at its root: whoever may change the tree, so what it names stays
    /// inside that tree and its repository. Each tree of a change has its own.
    #[default]
    Found,
    /// A file of the analysed tree that the command line names: the same holds, for all trees.
    Tree,
    /// Whoever runs the program: it may name anything.
    User,
}

/// Packs of a run; the built-in ones by default.
#[derive(Debug, Clone)]
pub struct Packs(pub Arc<Pack>);

impl Default for Packs {
    fn default() -> Self {
        Self(Pack::builtin())
    }
}

/// Puppet settings.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Puppet {
    /// Functions that declare classes, with the prefix that they put before each argument.
    pub wrappers: BTreeMap<SmolStr, SmolStr>,
}

/// HAProxy settings.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct HaProxy {
    /// Version that configurations are written for, such as `2.8`.
    pub version: Option<SmolStr>,
}

/// Namespace declarations: entity globs such as `puppet.class:foo::*`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Namespaces {
    /// The tree holds all of these.
    pub closed: Vec<EntityGlob>,
    /// These may live elsewhere.
    pub open: Vec<EntityGlob>,
}

/// Something that another repository, package or tool provides.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Elsewhere {
    /// What: an entity glob.
    pub entity: EntityGlob,
    /// Where it lives, for readers.
    pub reason: String,
}

/// A rule's level.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum RuleLevel {
    /// Not reported.
    Off,
    /// As a note.
    Note,
    /// As a warning.
    Warning,
    /// As an error.
    Error,
}

impl RuleLevel {
    /// The severity, unless off.
    pub fn severity(self) -> Option<Severity> {
        match self {
            Self::Off => None,
            Self::Note => Some(Severity::Note),
            Self::Warning => Some(Severity::Warning),
            Self::Error => Some(Severity::Error),
        }
    }
}

/// A silence.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ignore {
    /// The rule.
    pub rule: String,
    /// Path glob; any path without it.
    #[serde(default)]
    pub path: Option<String>,
    /// Entity glob; any entity without it.
    #[serde(default)]
    pub entity: Option<EntityGlob>,
    /// Why.
    pub reason: String,
    /// Last day that it holds, `YYYY-MM-DD`.
    #[serde(default)]
    pub expires: Option<String>,
}

/// A mapping from staging paths to production paths. `**` stands for any number of
/// folders, `*` for anything within one; both sides hold the same wildcards in order.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mapping {
    /// Pattern of staging paths.
    pub staging: String,
    /// Pattern of the production path.
    pub production: String,
}

impl Config {
    /// Reads a configuration.
    ///
    /// # Errors
    /// What is wrong, with its place, and for an unknown key the nearest valid one.
    pub fn parse(text: &str) -> Result<Self, ConfigError> {
        if text.trim().is_empty() {
            return Ok(Self::default());
        }
        let mut config: Self =
            crate::yaml::from_str(text).map_err(|error| validate::refused(&error, text))?;
        config.unknown_kinds = validate::validate(&config, text)?;
        Ok(config)
    }

    /// What is to be said of entities whose kind neither the program nor a pack knows; ask
    /// once the packs are there.
    ///
    /// # Errors
    /// Where a kind is a built-in one, misspelt.
    pub fn kinds(&self) -> Result<Vec<ConfigError>, ConfigError> {
        let packs = &self.packs.0;
        let named = packs.packages.keys().filter_map(|own| Some(own.split_once(':')?.0));
        let known: Vec<&str> =
            packs.families.iter().map(|family| family.kind.as_str()).chain(named).collect();
        let lacking = |own: &&validate::UnknownKind| {
            let glob = EntityGlob::new(&own.kind);
            !known.iter().any(|kind| glob.covers_text(kind))
        };
        let told = self.unknown_kinds.iter().filter(lacking);
        told.map(|own| if own.is_misspelt { Err(own.error.clone()) } else { Ok(own.error.clone()) })
            .collect()
    }

    /// The part that extraction depends on.
    pub fn settings(&self) -> Settings {
        let mut settings = Settings::default();
        if !self.puppet.wrappers.is_empty() {
            settings.puppet_wrappers = self.puppet.wrappers.clone().into();
        }
        let versions = self.versions.iter().map(|(name, version)| (name.into(), version.clone()));
        settings.versions = versions.collect::<BTreeMap<_, _>>().into();
        if let Some(version) = &self.haproxy.version {
            settings.versions.insert("haproxy".into(), version.clone());
        }
        settings.packs = self.packs.0.clone().into();
        let Told { hiera_datadirs, inventories, ansible_modules, layout } = self.told.clone();
        settings.hiera_datadirs = hiera_datadirs.into();
        settings.inventories = inventories.into();
        settings.ansible_modules = ansible_modules.into();
        settings.layout = layout.into();
        settings
    }

    /// What checks know of packages: these indexes, and what is declared.
    pub fn known(&self, indexes: Vec<Index>) -> Known {
        let mut brings = self.packs.0.packages.clone();
        brings.extend(self.packages.clone());
        let mut versions = self.versions.clone();
        if let Some(version) = &self.haproxy.version {
            versions.entry("haproxy".into()).or_insert_with(|| version.clone());
        }
        Known { indexes: indexes.into(), brings, packs: self.packs.0.clone(), versions }
    }

    /// Adds a tree's own pack.
    ///
    /// # Errors
    /// What is wrong, and for an unknown key the nearest valid one.
    pub fn add_pack(&mut self, text: &str) -> Result<(), ConfigError> {
        let pack = Pack::parse(text).map_err(|error| ConfigError::new(explain(&error)))?;
        Arc::make_mut(&mut self.packs.0).add(pack);
        Ok(())
    }

    /// The part that resolution depends on.
    pub fn policy(&self) -> Policy {
        let elsewhere = self.provided_elsewhere.iter().map(|entry| entry.entity.clone()).collect();
        Policy::new(self.namespaces.closed.clone(), self.namespaces.open.clone(), elsewhere)
    }
}

/// Whether `text` is `YYYY-MM-DD`.
pub(crate) fn is_date(text: &str) -> bool {
    let parts: Vec<&str> = text.split('-').collect();
    matches!(parts.as_slice(), [year, month, day]
        if year.len() == 4 && month.len() == 2 && day.len() == 2
            && parts.iter().all(|part| part.bytes().all(|byte| byte.is_ascii_digit())))
}

/// Adds the nearest valid key to a message about an unknown one.
fn explain(message: &str) -> String {
    let quoted = |text: &str| -> Vec<String> {
        text.split('`').skip(1).step_by(2).map(str::to_owned).collect()
    };
    if message.contains("unknown field") || message.contains("unknown variant") {
        let names = quoted(message);
        if let Some((wrong, valid)) = names.split_first()
            && let Some(near) = crate::facts::nearest_of(wrong, valid.iter().map(String::as_str))
        {
            return format!("{message}; did you mean `{near}`?");
        }
    }
    message.to_owned()
}

/// Where things stand in a configuration's text, which is parsed once for all that is asked.
pub struct Places<'t>(validate::Text<'t>);

impl<'t> Places<'t> {
    /// Those of a text.
    pub fn of(text: &'t str) -> Self {
        Self(validate::Text::new(text))
    }

    /// The `ignore` entry with this index, if it is about `rule`.
    pub fn ignore(&self, ix: usize, rule: &str) -> Option<Span> {
        let item = [validate::Step::Key("ignore"), validate::Step::Item(ix)];
        self.0
            .is_value(&[item[0], item[1], validate::Step::Key("rule")], rule)
            .then(|| self.0.find(&item))
            .flatten()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use insta::assert_snapshot;

    #[test]
    fn unknown_keys_name_the_nearest() {
        let said = |text: &str| Config::parse(text).unwrap_err();
        assert_snapshot!(
            said("provided-elswhere: []\n"),
            @"line 1, column 1: unknown key `provided-elswhere`; did you mean `provided-elsewhere`?"
        );
        assert_snapshot!(
            said("rules: {unresolved-referense: off}\n"),
            @"line 1, column 9: unknown rule `unresolved-referense`; did you mean `unresolved-reference`?"
        );
    }

    #[test]
    fn a_reason_is_required() {
        let error =
            Config::parse("provided-elsewhere:\n- entity: 'puppet.class:x::*'\n").unwrap_err();
        assert_snapshot!(error, @"line 2, column 3: provided-elsewhere[0]: missing key `reason`");
    }
}
