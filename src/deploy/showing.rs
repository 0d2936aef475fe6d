//! From a deployment to the report that shows it.

use super::location::Location;
use super::notes::{notes, rebuilds};
use super::rollout_report::{
    Basis, Cycle, Edge, MechanismResult, Member, Reach, RolloutReport, Step, Unread, Wave,
};
use super::services::services;
use super::{Deployment, HostGroup, Order, ServiceOutage, Window, mechanism_name, proposal};
use crate::config::Rollout as Settings;
use crate::finding::{Place, Severity};
use crate::graph::Graph;
use crate::loader::Role;
use crate::packs::Derived;
use crate::schedule::Schedule;
use smol_str::SmolStr;

impl RolloutReport {
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
        let count = deployment.units.all.len();
        let locate = |place: Place| {
            let graph = if place.tree == Role::Old { old } else { new };
            Location {
                tree: place.tree.as_str(),
                path: graph.snapshot.file(place.file).entry.path.clone(),
                line: graph.snapshot.positions(place.file, place.span).0.line,
            }
        };
        let waves = waves(deployment, reached, &locate);
        let services = services(deployment, new, settings, today, &locate);
        let clauses = deployment.needs.clauses.clone();
        let mut report = Self {
            version: 1,
            old: old.snapshot.tree.label().to_owned(),
            new: new.snapshot.tree.label().to_owned(),
            units: count,
            hazards: Schedule::new(count as u32, clauses).hazards().len(),
            known: known(deployment),
            rebuilds: rebuilds(deployment, derived),
            notes: notes(deployment, &waves, new, settings, &services, &locate),
            waves,
            edges: edges(deployment, &locate),
            components: components(deployment, old, new),
            mechanisms: mechanisms(deployment, windows, &locate),
            services,
            fewest: deployment.plan.fewest,
            worst: None,
        };
        report.worst = worst(deployment, &report);
        report
    }
}

/// How bad what a plan says is.
fn worst(deployment: &Deployment, report: &RolloutReport) -> Option<Severity> {
    let undeclared = |down: &ServiceOutage| {
        !down.routine && down.declared.is_none() && !down.watchers.is_empty() && !down.is_silenced()
    };
    if !deployment.plan.is_orderly() {
        Some(Severity::Error)
    } else if report.hazards > 0 || report.services.iter().any(undeclared) {
        Some(Severity::Warning)
    } else {
        let unknown = deployment.known.iter().any(|unit| unit.order == Order::Unknown);
        unknown.then_some(Severity::Note)
    }
}

fn names(deployment: &Deployment, units: &[u32]) -> Vec<SmolStr> {
    units.iter().map(|unit| SmolStr::new(deployment.units.name(*unit))).collect()
}

/// Every requirement, with both ends.
fn edges(deployment: &Deployment, locate: &impl Fn(Place) -> Location) -> Vec<Edge> {
    let edge = |clause: &crate::schedule::Clause| {
        let reason = &deployment.needs.reasons[clause.reason as usize];
        Edge {
            after: names(deployment, &clause.trigger),
            before: names(deployment, &clause.rescue),
            entity: reason.entity.to_string(),
            message: reason.message.clone(),
            from: reason.from.map(locate),
            composed: reason.composed.map(locate),
            to: reason.to.map(locate),
        }
    };
    deployment.needs.clauses.iter().map(edge).collect()
}

/// What lands, in order.
fn waves(
    deployment: &Deployment,
    reached: &[Vec<HostGroup>],
    locate: &impl Fn(Place) -> Location,
) -> Vec<Wave> {
    let units = &deployment.units;
    let mut wave_of = vec![0; units.all.len()];
    for (ix, wave) in deployment.plan.waves.iter().enumerate() {
        wave.iter().for_each(|unit| wave_of[*unit as usize] = ix);
    }
    let waits = |unit: u32| {
        let is_first = |first: &u32| wave_of[*first as usize] < wave_of[unit as usize];
        let clauses = deployment.needs.clauses.iter().enumerate();
        let own = clauses.filter(|(_, clause)| {
            clause.trigger.contains(&unit) && clause.rescue.iter().any(is_first)
        });
        own.map(|(ix, _)| ix).collect::<Vec<_>>()
    };
    let member = |unit: &u32| {
        let (ix, unit) = (*unit, units.all.get(*unit as usize)?);
        Some(Member {
            name: unit.name.clone(),
            paths: unit.paths.clone(),
            deletes: unit.deletes && !unit.paths.is_empty(),
            mechanism: mechanism_name(unit.mechanism),
            restarts: unit.restarts.iter().chain(&unit.notifies).cloned().collect(),
            hosts: unit.hosts.clone(),
            reaches: reached.get(ix as usize).and_then(|own| reach(own, locate)),
            elsewhere: unit.elsewhere.clone(),
            waits_for: waits(ix),
            order: deployment.known[ix as usize].order.as_str(),
            unread: deployment.known[ix as usize].unread.keys().copied().collect(),
            likely: likely(deployment, ix),
        })
    };
    let waves = deployment.plan.waves.iter().enumerate().map(|(ix, wave)| Wave {
        number: ix + 1,
        at_once: deployment.plan.component(ix).is_some() || deployment.plan.bound.contains(&ix),
        units: wave.iter().filter_map(member).collect(),
    });
    waves.collect()
}

/// What a unit had better wait for, beside what was found.
fn likely(deployment: &Deployment, unit: u32) -> Vec<String> {
    let own = deployment.needs.likely.iter().filter(|own| own.then == unit);
    let told = own.map(|own| {
        let first = deployment.units.name(own.first);
        match own.role {
            Role::Old => format!(
                "perhaps after {first}: the old text of both has `{}`, and it goes",
                own.name
            ),
            _ => format!(
                "perhaps after {first}: the new text of both has `{}`, and it comes",
                own.name
            ),
        }
    });
    told.collect()
}

/// Units without a safe order, and how a change may be split so that they have one.
fn components(deployment: &Deployment, old: &Graph<'_>, new: &Graph<'_>) -> Vec<Cycle> {
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
        Cycle {
            units: names(deployment, &component.units),
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
    components.collect()
}

/// What each way of bringing the files to a host leaves open.
fn mechanisms(
    deployment: &Deployment,
    windows: &[Window],
    locate: &impl Fn(Place) -> Location,
) -> Vec<MechanismResult> {
    let left = |window: &Window| MechanismResult {
        mechanism: mechanism_name(window.mechanism),
        broken: window.broken,
        longest: window.longest,
        first: window.first.and_then(|(reason, _)| {
            let reason = deployment.needs.reasons.get(reason as usize)?;
            let at = reason.from.map(|place| locate(place).show()).unwrap_or_default();
            Some(format!("{} at {at}", reason.entity))
        }),
    };
    windows.iter().map(left).collect()
}

fn reach(groups: &[HostGroup], locate: &impl Fn(Place) -> Location) -> Option<Reach> {
    let smallest = groups.first()?;
    Some(Reach {
        groups: groups.len(),
        hosts: groups.iter().filter_map(|group| group.hosts).fold(0, u64::saturating_add),
        smallest: smallest.name.clone(),
        smallest_hosts: smallest.hosts,
        place: locate(smallest.place),
    })
}

/// How much of the change is known.
fn known(deployment: &Deployment) -> Basis {
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
    Basis {
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
