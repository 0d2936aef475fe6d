//! A rollout as plain data, ready to be shown: paths and lines in place of spans.

use super::location::Location;
use super::services::ServiceOutage;
use crate::finding::Severity;
use serde::Serialize;
use smol_str::SmolStr;

/// A whole plan.
#[derive(Debug, Clone, Serialize)]
#[non_exhaustive]
pub struct RolloutReport {
    /// Version of this format.
    pub version: u32,
    /// How the user calls the old tree.
    pub old: String,
    /// How the user calls the new tree.
    pub new: String,
    /// How many units land.
    pub units: usize,
    /// Requirements that some order would break.
    pub hazards: usize,
    /// What the plan rests on.
    pub known: Basis,
    /// What lands, in order.
    pub waves: Vec<Wave>,
    /// Every requirement between units that an order has to respect.
    pub edges: Vec<Edge>,
    /// Units without a safe order.
    pub components: Vec<Cycle>,
    /// What each way of bringing the files to a host leaves open.
    pub mechanisms: Vec<MechanismResult>,
    /// Services that go down, and who notices.
    pub services: Vec<ServiceOutage>,
    /// What has to be made again.
    pub rebuilds: Vec<Rebuild>,
    /// What else is worth knowing.
    pub notes: Vec<String>,
    /// Whether the waves are proven to be the fewest.
    pub fewest: bool,
    /// How bad what it says is: an error for units without a safe order; a warning for needs
    /// that some order breaks, and for an outage that somebody would be told of; a note for
    /// units whose order is not known.
    #[serde(skip)]
    pub worst: Option<Severity>,
}

/// Units that may land in any order among themselves.
#[derive(Debug, Clone, Serialize)]
#[non_exhaustive]
pub struct Wave {
    /// From 1.
    pub number: usize,
    /// Its units.
    pub units: Vec<Member>,
    /// Whether they have to land at once.
    pub at_once: bool,
}

/// A unit in a wave.
#[derive(Debug, Clone, Serialize)]
#[non_exhaustive]
pub struct Member {
    /// Its name.
    pub name: SmolStr,
    /// Its changed paths.
    pub paths: Vec<SmolStr>,
    /// Whether it only deletes.
    pub deletes: bool,
    /// How it is brought.
    pub mechanism: &'static str,
    /// Services that are restarted with it.
    pub restarts: Vec<SmolStr>,
    /// The hosts that get it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hosts: Option<String>,
    /// The host groups of the tree that need it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reaches: Option<Reach>,
    /// Why its contents are in no tree.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub elsewhere: Option<String>,
    /// What it waits for: indexes into [`RolloutReport::edges`].
    pub waits_for: Vec<usize>,
    /// `ordered` by a need that was found; `free`, since it was read and nothing that was
    /// read is tied to it; `unknown`, since it was not read.
    pub order: &'static str,
    /// What of it was not read.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub unread: Vec<&'static str>,
    /// What it had better wait for, beside what was found.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub likely: Vec<String>,
}

/// What a plan rests on.
#[derive(Debug, Clone, Default, Serialize)]
#[non_exhaustive]
pub struct Basis {
    /// Units that a need orders.
    pub ordered: usize,
    /// Units that were read, and that nothing is tied to.
    pub free: usize,
    /// Units whose order is not known.
    pub unknown: usize,
    /// How many changed files were read.
    pub files: usize,
    /// How many changed files no host runs or reads: tests, examples, documentation.
    pub aside: usize,
    /// How many references and calls of the changed files were looked at.
    pub references: usize,
    /// What was not read.
    pub unread: Vec<Unread>,
}

/// Files of one kind that were not read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Unread {
    /// What they are.
    pub what: &'static str,
    /// How many.
    pub files: usize,
}

/// Host groups that need a unit.
#[derive(Debug, Clone, Serialize)]
#[non_exhaustive]
pub struct Reach {
    /// How many.
    pub groups: usize,
    /// How many hosts are at most in those whose size the tree tells, a host in two of them
    /// twice.
    pub hosts: u64,
    /// The smallest: where a failure hurts least.
    pub smallest: SmolStr,
    /// How many hosts are in that one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub smallest_hosts: Option<u64>,
    /// Its definition.
    pub place: Location,
}

/// A requirement between units.
#[derive(Debug, Clone, Serialize)]
#[non_exhaustive]
pub struct Edge {
    /// These must not all be new…
    pub after: Vec<SmolStr>,
    /// …while all of these are old.
    pub before: Vec<SmolStr>,
    /// What is needed.
    pub entity: String,
    /// What goes wrong otherwise.
    pub message: String,
    /// The text that needs it.
    pub from: Option<Location>,
    /// Where that text puts the name together, if elsewhere.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub composed: Option<Location>,
    /// What provides it.
    pub to: Option<Location>,
}

/// Units without a safe order.
#[derive(Debug, Clone, Serialize)]
#[non_exhaustive]
pub struct Cycle {
    /// The units.
    pub units: Vec<SmolStr>,
    /// The wave in which they land at once.
    pub wave: usize,
    /// What forces them together: indexes into [`RolloutReport::edges`].
    pub forcing: Vec<usize>,
    /// The smallest set of requirements without which they have an order.
    pub freeing: Vec<usize>,
    /// Whether that set is proven the smallest.
    pub smallest: bool,
    /// Whether it is proven that no order exists.
    pub exact: bool,
    /// First commit of a split: new things beside old ones.
    pub expand: Vec<Step>,
    /// Second commit: callers change over.
    pub migrate: Vec<Step>,
    /// Third commit: old things go.
    pub contract: Vec<Step>,
}

/// What a commit of a split does to a path.
#[derive(Debug, Clone, Serialize)]
#[non_exhaustive]
pub struct Step {
    /// The path.
    pub path: SmolStr,
    /// What is done to it.
    pub what: String,
}

/// What a mechanism leaves open.
#[derive(Debug, Clone, Serialize)]
#[non_exhaustive]
pub struct MechanismResult {
    /// The mechanism.
    pub mechanism: &'static str,
    /// Requirements that it breaks on the way.
    pub broken: usize,
    /// For how many files at most.
    pub longest: usize,
    /// The first that breaks.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub first: Option<String>,
}

/// Something that has to be made again.
#[derive(Debug, Clone, Serialize)]
#[non_exhaustive]
pub struct Rebuild {
    /// What it is.
    pub name: SmolStr,
    /// What makes it.
    pub command: String,
    /// The last wave that brings one of its sources, from 1.
    pub after_wave: usize,
    /// Its sources that changed.
    pub sources: Vec<SmolStr>,
}
