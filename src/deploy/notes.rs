//! What a plan says beside its waves: what has to be made again, where to try it first.

use super::Callers;
use super::Deployment;
use super::location::Location;
use super::rollout_report::{Rebuild, Wave};
use super::services::{ServiceOutage, balancers};
use crate::config::{Mechanism, Rollout as Settings};
use crate::finding::Place;
use crate::graph::Graph;
use crate::packs::Derived;
use smol_str::SmolStr;

/// What is made from changed files, by a pack's word.
pub(super) fn rebuilds(deployment: &Deployment, derived: &[Derived]) -> Vec<Rebuild> {
    let mut out: Vec<Rebuild> = Vec::new();
    for rule in derived {
        let Ok(glob) = globset::Glob::new(&rule.from) else { continue };
        let glob = glob.compile_matcher();
        let mut sources = Vec::new();
        let mut last = 0;
        for (ix, wave) in deployment.plan.waves.iter().enumerate() {
            let units = wave.iter().filter_map(|unit| deployment.units.all.get(*unit as usize));
            let paths: Vec<SmolStr> = units
                .flat_map(|unit| &unit.paths)
                .filter(|path| glob.is_match(path.as_str()))
                .cloned()
                .collect();
            if !paths.is_empty() {
                last = ix + 1;
                sources.extend(paths);
            }
        }
        // Of a file in the tree, `derived-out-of-date` says whether it was made again.
        if sources.is_empty() || rule.to.is_some() {
            continue;
        }
        match out.iter_mut().find(|own| own.command == rule.rebuild && own.name == rule.name) {
            Some(own) => {
                own.after_wave = own.after_wave.max(last);
                own.sources.extend(sources);
            }
            None => out.push(Rebuild {
                name: rule.name.clone(),
                command: rule.rebuild.clone(),
                after_wave: last,
                sources,
            }),
        }
    }
    out
}

/// Where the plan is tried first: on the smallest group of hosts that its first wave reaches,
/// or else the first wave that reaches any.
fn canary(waves: &[Wave]) -> Option<String> {
    for wave in waves {
        let reached = wave.units.iter().filter_map(|unit| unit.reaches.as_ref());
        // All hosts that have no definition of their own.
        let reached = reached.filter(|own| own.smallest != "default");
        let smallest = reached.min_by_key(|own| own.smallest_hosts.unwrap_or(u64::MAX));
        let Some(own) = smallest else { continue };
        let size = match own.smallest_hosts {
            Some(1) => " (1 host)".to_owned(),
            Some(count) => format!(" (one of its hosts, {count} at most)"),
            None => String::new(),
        };
        return Some(format!(
            "canary: bring wave {} to `{}`{size} first and wait for its checks, {}",
            wave.number,
            own.smallest,
            own.place.show()
        ));
    }
    let hosts = waves.first()?.units.iter().find_map(|unit| unit.hosts.as_deref())?;
    Some(format!("canary: bring wave 1 to one host of `{hosts}` first and wait for its checks"))
}

/// What else is worth knowing.
pub(super) fn notes(
    deployment: &Deployment,
    waves: &[Wave],
    graph: &Graph<'_>,
    settings: &Settings,
    services: &[ServiceOutage],
    locate: &impl Fn(Place) -> Location,
) -> Vec<String> {
    let mut notes = Vec::new();
    notes.extend(balancers(graph, services));
    for (units, reason) in &deployment.needs.lost {
        let Some(from) = reason.from.map(locate) else { continue };
        let by: Vec<&str> = units.iter().map(|unit| deployment.units.name(*unit)).collect();
        notes.push(format!(
            "no order helps {}: it requires {}, which goes with `{}` and comes nowhere",
            from.show(),
            reason.message,
            by.join("`, `")
        ));
    }
    for unit in &deployment.units.all {
        if let Some(reason) = &unit.elsewhere {
            notes.push(format!(
                "the contents of `{}` are in no tree ({reason}): what it needs and provides cannot be checked",
                unit.name
            ));
        }
    }
    let paths = deployment.units.all.iter().flat_map(|unit| &unit.paths);
    let is_aside = |path: &smol_str::SmolStr| !Callers::Live.include(path);
    if deployment.known.iter().all(|own| own.aside == 0) && paths.clone().all(is_aside) {
        notes.push(
            "no host runs what changes (tests, examples, what is retired): the order is for whoever runs it".to_owned(),
        );
    }
    for path in deployment.taking(graph) {
        notes.push(format!(
            "`{path}` takes away a table or column, or renames one: run it when no host has code that uses it any more, in a release of its own"
        ));
    }
    notes.extend(canary(waves));
    for down in services.iter().filter(|down| !down.routine) {
        notes.push(if down.balanced {
            format!("a load balancer probes `{}`: a host that fails is taken out", down.service)
        } else {
            format!(
                "nothing in the tree takes a failing host of `{}` out of service: no probe of a load balancer names it",
                down.service
            )
        });
    }
    if settings.mechanism == Mechanism::Any
        && settings.units.is_empty()
        && deployment.plan.waves.len() > 1
    {
        notes.push(
            "no mechanism is configured: any file may arrive at any time (`rollout.mechanism` in crosscheck.yaml)".to_owned(),
        );
    }
    notes
}
