//! A rollout as plain data, ready to be shown: paths and lines in place of spans.

use super::notes::{notes, rebuilds};
use super::services::{Down, services};
use super::{Deployment, HostGroup, Order, Window, mechanism_name, proposal};
use crate::config::Rollout as Settings;
use crate::finding::Place;
use crate::graph::Graph;
use crate::packs::Derived;
use crate::session::Role;
use serde::Serialize;
use smol_str::SmolStr;

/// A whole plan.
#[derive(Debug, Clone, Serialize)]
pub struct Sheet {
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
    pub known: Known,
    /// What lands, in order.
    pub waves: Vec<Wave>,
    /// Every requirement between units that an order has to respect.
    pub edges: Vec<Edge>,
    /// Units without a safe order.
    pub components: Vec<Stuck>,
    /// What each way of bringing the files to a host leaves open.
    pub mechanisms: Vec<Left>,
    /// Services that go down, and who notices.
    pub services: Vec<Down>,
    /// What has to be made again.
    pub rebuilds: Vec<Rebuild>,
    /// What else is worth knowing.
    pub notes: Vec<String>,
    /// Whether the waves are proven to be the fewest.
    pub fewest: bool,
}

/// Units that may land in any order among themselves.
#[derive(Debug, Clone, Serialize)]
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
    /// What it waits for: indexes into [`Sheet::edges`].
    pub waits_for: Vec<usize>,
    /// `ordered` by a need that was found; `free`, since it was read and nothing that was
    /// read is tied to it; `unknown`, since it was not read.
    pub order: &'static str,
    /// What of it was not read.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub unread: Vec<&'static str>,
}

/// What a plan rests on.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Known {
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
pub struct Unread {
    /// What they are.
    pub what: &'static str,
    /// How many.
    pub files: usize,
}

/// Host groups that need a unit.
#[derive(Debug, Clone, Serialize)]
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
    pub place: Spot,
}

/// A requirement between units.
#[derive(Debug, Clone, Serialize)]
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
    pub from: Option<Spot>,
    /// Where that text puts the name together, if elsewhere.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub composed: Option<Spot>,
    /// What provides it.
    pub to: Option<Spot>,
}

/// A place.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Spot {
    /// `old` or `new`.
    pub tree: &'static str,
    /// Path.
    pub path: SmolStr,
    /// Line, from 1.
    pub line: u32,
}

impl Spot {
    /// `path:line`, with the version.
    pub fn show(&self) -> String {
        format!("{}:{} ({})", self.path, self.line, self.tree)
    }
}

/// Units without a safe order.
#[derive(Debug, Clone, Serialize)]
pub struct Stuck {
    /// The units.
    pub units: Vec<SmolStr>,
    /// The wave in which they land at once.
    pub wave: usize,
    /// What forces them together: indexes into [`Sheet::edges`].
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
pub struct Step {
    /// The path.
    pub path: SmolStr,
    /// What is done to it.
    pub what: String,
}

/// What a mechanism leaves open.
#[derive(Debug, Clone, Serialize)]
pub struct Left {
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

impl Sheet {
    /// Shows a deployment.
    pub fn of(
        deployment: &Deployment,
        windows: &[Window],
        reached: &[Vec<HostGroup>],
        (old, new): (&Graph<'_>, &Graph<'_>),
        settings: &Settings,
        derived: &[Derived],
        today: &str,
    ) -> Self {
        let units = &deployment.units;
        let name = |unit: &u32| SmolStr::new(units.name(*unit));
        let spot = |place: Place| {
            let graph = if place.tree == Role::Old { old } else { new };
            Spot {
                tree: place.tree.as_str(),
                path: graph.snapshot.file(place.file).entry.path.clone(),
                line: graph.snapshot.positions(place.file, place.span).0.line,
            }
        };
        let edges: Vec<Edge> = deployment
            .needs
            .clauses
            .iter()
            .map(|clause| {
                let reason = &deployment.needs.reasons[clause.reason as usize];
                Edge {
                    after: clause.trigger.iter().map(name).collect(),
                    before: clause.rescue.iter().map(name).collect(),
                    entity: reason.entity.to_string(),
                    message: reason.message.clone(),
                    from: reason.from.map(spot),
                    composed: reason.composed.map(spot),
                    to: reason.to.map(spot),
                }
            })
            .collect();
        let wave_of: Vec<usize> = {
            let mut out = vec![0; units.all.len()];
            for (ix, wave) in deployment.plan.waves.iter().enumerate() {
                wave.iter().for_each(|unit| out[*unit as usize] = ix);
            }
            out
        };
        let waits = |unit: u32| {
            let own = deployment.needs.clauses.iter().enumerate().filter(|(_, clause)| {
                clause.trigger.contains(&unit)
                    && clause
                        .rescue
                        .iter()
                        .any(|first| wave_of[*first as usize] < wave_of[unit as usize])
            });
            own.map(|(ix, _)| ix).collect::<Vec<_>>()
        };
        let waves: Vec<Wave> = deployment
            .plan
            .waves
            .iter()
            .enumerate()
            .map(|(ix, wave)| Wave {
                number: ix + 1,
                at_once: deployment.plan.component(ix).is_some(),
                units: wave
                    .iter()
                    .filter_map(|unit| Some((*unit, units.all.get(*unit as usize)?)))
                    .map(|(ix, unit)| Member {
                        name: unit.name.clone(),
                        paths: unit.paths.clone(),
                        deletes: unit.deletes && !unit.paths.is_empty(),
                        mechanism: mechanism_name(unit.mechanism),
                        restarts: unit.restarts.iter().chain(&unit.notifies).cloned().collect(),
                        hosts: unit.hosts.clone(),
                        reaches: reached.get(ix as usize).and_then(|own| reach(own, &spot)),
                        elsewhere: unit.elsewhere.clone(),
                        waits_for: waits(ix),
                        order: deployment.known[ix as usize].order.as_str(),
                        unread: deployment.known[ix as usize].unread.keys().copied().collect(),
                    })
                    .collect(),
            })
            .collect();
        let by_reason = |reasons: &[u32]| -> Vec<usize> {
            let clauses = deployment.needs.clauses.iter().enumerate();
            clauses.filter(|(_, own)| reasons.contains(&own.reason)).map(|(ix, _)| ix).collect()
        };
        let components = deployment.plan.stuck.iter().map(|component| {
            let path = |role, file| {
                let graph = if role == Role::Old { old } else { new };
                graph.snapshot.file(file).entry.path.clone()
            };
            let split = proposal(deployment, component, path);
            let steps = |list: Vec<(SmolStr, String)>| {
                list.into_iter().map(|(path, what)| Step { path, what }).collect()
            };
            Stuck {
                units: component.units.iter().map(name).collect(),
                wave: component.wave + 1,
                forcing: by_reason(&component.forcing),
                freeing: by_reason(&component.freeing),
                smallest: component.smallest,
                exact: component.exact,
                expand: steps(split.expand),
                migrate: steps(split.migrate),
                contract: steps(split.contract),
            }
        });
        let components: Vec<Stuck> = components.collect();
        let mechanisms = windows
            .iter()
            .map(|window| Left {
                mechanism: mechanism_name(window.mechanism),
                broken: window.broken,
                longest: window.longest,
                first: window.first.and_then(|(reason, _)| {
                    let reason = deployment.needs.reasons.get(reason as usize)?;
                    let at = reason.from.map(|place| spot(place).show()).unwrap_or_default();
                    Some(format!("{} at {at}", reason.entity))
                }),
            })
            .collect();
        let services = services(deployment, new, settings, today, &spot);
        Self {
            version: 1,
            old: old.snapshot.tree.label().to_owned(),
            new: new.snapshot.tree.label().to_owned(),
            units: units.all.len(),
            hazards: crate::rollout::Rollout::new(
                units.all.len() as u32,
                deployment.needs.clauses.clone(),
            )
            .hazards()
            .len(),
            known: known(deployment),
            rebuilds: rebuilds(deployment, derived),
            notes: notes(deployment, &waves, new, settings, &services),
            waves,
            edges,
            components,
            mechanisms,
            services,
            fewest: deployment.plan.fewest,
        }
    }
}

fn reach(groups: &[HostGroup], spot: &impl Fn(Place) -> Spot) -> Option<Reach> {
    let smallest = groups.first()?;
    Some(Reach {
        groups: groups.len(),
        hosts: groups.iter().filter_map(|group| group.hosts).fold(0, u64::saturating_add),
        smallest: smallest.name.clone(),
        smallest_hosts: smallest.hosts,
        place: spot(smallest.place),
    })
}

/// How much of the change is known.
fn known(deployment: &Deployment) -> Known {
    let count = |order| deployment.known.iter().filter(|own| own.order == order).count();
    let mut unread: std::collections::BTreeMap<&'static str, usize> = Default::default();
    for (what, files) in deployment.known.iter().flat_map(|own| &own.unread) {
        *unread.entry(what).or_default() += files;
    }
    let paths: std::collections::BTreeSet<&SmolStr> =
        deployment.units.all.iter().flat_map(|unit| &unit.paths).collect();
    let mut unread: Vec<Unread> =
        unread.into_iter().map(|(what, files)| Unread { what, files }).collect();
    unread.sort_by(|a, b| b.files.cmp(&a.files).then(a.what.cmp(b.what)));
    let aside = deployment.known.iter().map(|own| own.aside).sum();
    Known {
        aside,
        ordered: count(Order::Ordered),
        free: count(Order::Free),
        unknown: count(Order::Unknown),
        files: unread
            .iter()
            .fold(paths.len(), |left, own| left.saturating_sub(own.files))
            .saturating_sub(aside),
        references: deployment.needs.looked_at,
        unread,
    }
}
