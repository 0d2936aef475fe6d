//! The `rollout` part of `crosscheck.yaml`: how changes reach the hosts.

use serde::Deserialize;
use smol_str::SmolStr;

/// How changes reach the hosts.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct Rollout {
    /// How files that are in no unit are brought.
    pub mechanism: Mechanism,
    /// Folders in the order that the mechanism takes them; the rest follow by name.
    pub order: Vec<String>,
    /// What lands together.
    pub units: Vec<Unit>,
    /// What is known of services: who may watch them, which paths users ask for, when
    /// they may be down.
    pub services: Vec<Service>,
}

impl Rollout {
    /// Refuses what cannot be meant.
    ///
    /// # Errors
    /// A message that names the unit.
    pub fn validate(&self) -> Result<(), String> {
        for (ix, unit) in self.units.iter().enumerate() {
            let name = &unit.name;
            if name.is_empty() {
                return Err(format!("rollout.units: unit {} has no name", ix + 1));
            }
            if unit.paths.is_empty() && unit.elsewhere.is_none() {
                return Err(format!(
                    "rollout.units: `{name}` has no paths; say `elsewhere: WHY` if no tree holds it"
                ));
            }
            if unit.across_hosts && unit.groups.len() < 2 {
                return Err(format!(
                    "rollout.units: `{name}` is used across hosts, and has no two `groups` that could differ"
                ));
            }
            for path in &unit.paths {
                globset::Glob::new(path)
                    .map_err(|error| format!("rollout.units: `{name}`: {error}"))?;
            }
            for other in &unit.coupled {
                if !self.units.iter().any(|unit| unit.name == *other) {
                    return Err(format!(
                        "rollout.units: `{name}` is coupled to `{other}`, which no unit is called"
                    ));
                }
            }
        }
        match self.services.iter().find(|service| service.name.is_empty()) {
            Some(_) => Err("rollout.services: a service has no name".to_owned()),
            None => Ok(()),
        }
    }
}

/// A unit of the rollout.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct Unit {
    /// Its name.
    pub name: SmolStr,
    /// Its paths: globs.
    pub paths: Vec<String>,
    /// How it is brought.
    pub mechanism: Mechanism,
    /// Services that are restarted when it lands.
    pub restarts: Vec<SmolStr>,
    /// The hosts that get it, for readers.
    pub hosts: Option<String>,
    /// Host groups that get it one after the other: on each it lands by itself.
    pub groups: Vec<SmolStr>,
    /// Other hosts use what it provides: their text meets it at either version.
    pub across_hosts: bool,
    /// Why its contents are in no tree of the world. It then counts as changed.
    pub elsewhere: Option<String>,
    /// Units that it has to match, although no tree shows how.
    pub coupled: Vec<SmolStr>,
}

/// A service.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct Service {
    /// Its name.
    pub name: SmolStr,
    /// Paths that its users ask for: `/wiki/*`.
    pub traffic: Vec<String>,
    /// Who watches it from outside the tree: `pingdom: https://wiki.example.org/`.
    pub watchers: Vec<String>,
    /// A downtime that is declared.
    pub downtime: Option<Downtime>,
}

/// A declared downtime.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Downtime {
    /// Why, and who was told.
    pub reason: String,
}

/// How files are brought to a host, which decides the states on the way.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Mechanism {
    /// Any file at any time.
    #[default]
    Any,
    /// rsync, deletions before the transfer (`--delete-before`).
    RsyncDeleteBefore,
    /// rsync, deletions folder by folder (`--delete`, `--delete-during`).
    RsyncDeleteDuring,
    /// rsync, deletions after the transfer (`--delete-after`, `--delete-delay`).
    RsyncDeleteAfter,
    /// rsync with `--delay-updates`: all files are put into place at the end, one after
    /// the other, then deletions.
    RsyncDelayUpdates,
    /// `git checkout` or `git pull` in the folder that is served.
    GitCheckout,
    /// A package upgrade: new files over old ones, then what is gone is removed.
    Package,
    /// Puppet runs, at any time on any host.
    Puppet,
    /// A complete copy beside the old one, then a link is switched.
    Symlink,
}
