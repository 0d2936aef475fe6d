//! Services that go down, who watches them, and what their visitors see.

use super::location::Location;
use super::restarts::repositories;
use super::watch::has_word;
use super::{Deployment, Served, Watch, WatchKind, watches};
use crate::config::Rollout as Settings;
use crate::facts::{Monitor, Problem, Property, kinds};
use crate::finding::Place;
use crate::graph::Graph;
use crate::schedule::Component;
use serde::Serialize;
use smol_str::SmolStr;

/// A service that goes down.
#[derive(Debug, Clone, Serialize)]
#[non_exhaustive]
pub struct ServiceOutage {
    /// Its name.
    pub service: SmolStr,
    /// Units that restart it.
    pub restarted_by: Vec<SmolStr>,
    /// Whether that is part of each change: the tree itself restarts it when a file changes,
    /// and no configuration says that it goes down; or its replicas are replaced one by one.
    pub routine: bool,
    /// Whether the two versions of its units do not fit: it is down while they land.
    pub forced: bool,
    /// Why the downtime is known to whom it concerns.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub declared: Option<String>,
    /// Repositories whose deployment restarts it, as the tree describes deployments.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub deployed_from: Vec<Deployed>,
    /// Who notices.
    pub watchers: Vec<Watcher>,
    /// Paths that are probed.
    pub probed: Vec<String>,
    /// Paths that users ask for.
    pub traffic: Vec<String>,
    /// Routes that the service's source shows.
    pub routes: Vec<String>,
    /// Whether it may answer more than these.
    pub routes_open: bool,
    /// What it answers, for findings.
    #[serde(skip)]
    pub(crate) served: Served,
    /// Whether a failing host is taken out by a load balancer of the tree.
    pub balanced: bool,
}

impl ServiceOutage {
    /// Whether every monitor in the tree that would tell somebody is silenced.
    pub fn is_silenced(&self) -> bool {
        let mut monitors =
            self.watchers.iter().filter(|watcher| watcher.kind == "monitor").peekable();
        monitors.peek().is_some()
            && monitors.all(|monitor| monitor.silenced.as_ref().is_some_and(|quiet| !quiet.in_part))
    }
}

/// A repository that is deployed by itself.
#[derive(Debug, Clone, Serialize)]
#[non_exhaustive]
pub struct Deployed {
    /// How the deployment calls it.
    pub repository: SmolStr,
    /// Where the tree says so.
    pub place: Location,
}

/// Somebody who notices.
#[derive(Debug, Clone, Serialize)]
#[non_exhaustive]
pub struct Watcher {
    /// `probe`, `monitor` or `outside`.
    pub kind: &'static str,
    /// Its name.
    pub name: SmolStr,
    /// What it runs or asks for.
    pub asks: String,
    /// Where it is declared.
    pub place: Option<Location>,
    /// The declared silence that covers it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub silenced: Option<Suppression>,
    /// The place in the run's trees, for findings.
    #[serde(skip)]
    pub(crate) at: Option<Place>,
    /// A silence that would cover it but for one label, and that label.
    #[serde(skip)]
    pub(crate) missed: Option<(Place, SmolStr)>,
}

/// A declared silence of a watcher.
#[derive(Debug, Clone, Serialize)]
#[non_exhaustive]
pub struct Suppression {
    /// Where it is declared.
    pub by: Location,
    /// What it covers, as it says.
    pub covers: SmolStr,
    /// The day on which it ends.
    #[serde(skip_serializing_if = "SmolStr::is_empty")]
    pub until: SmolStr,
    /// Whether some of what the watcher says is still told.
    pub in_part: bool,
    /// The place in the run's trees, for findings.
    #[serde(skip)]
    pub(crate) at: Place,
}

/// Every service that is restarted.
pub(super) fn services(
    deployment: &Deployment,
    graph: &Graph<'_>,
    settings: &Settings,
    today: &str,
    locate: &impl Fn(Place) -> Location,
) -> Vec<ServiceOutage> {
    let units = &deployment.units.all;
    let mut names: Vec<&SmolStr> =
        units.iter().flat_map(|unit| unit.restarts.iter().chain(&unit.notifies)).collect();
    names.sort();
    names.dedup();
    let down = names.into_iter().map(|service| {
        let restarts = |ix: &u32| deployment.units.restarts(*ix, service);
        let stuck = |component: &Component| component.units.iter().any(restarts);
        let forced = deployment.plan.stuck.iter().any(stuck);
        let configured = units.iter().any(|unit| unit.restarts.contains(service));
        let own = settings.services.iter().filter(|own| own.name == *service);
        let watchers = watches(graph, service, &settings.services, today);
        let mut probed: Vec<String> = watchers.iter().filter_map(Watch::path).collect();
        probed.sort();
        probed.dedup();
        let served = Served::of(graph, service, settings);
        ServiceOutage {
            service: service.clone(),
            restarted_by: (0..units.len() as u32)
                .filter(restarts)
                .map(|ix| deployment.units.name(ix).into())
                .collect(),
            routine: (!configured || is_rolling(graph, service)) && !forced,
            forced,
            declared: own
                .clone()
                .find_map(|own| own.downtime.as_ref().map(|downtime| downtime.reason.clone())),
            deployed_from: repositories(graph, service)
                .into_iter()
                .map(|(repository, place)| Deployed { repository, place: locate(place) })
                .collect(),
            traffic: own.flat_map(|own| own.traffic.clone()).collect(),
            probed,
            routes: served.names(),
            routes_open: served.open,
            served,
            balanced: watchers.iter().any(|watch| {
                watch.kind == WatchKind::Probe
                    && watch.monitor.label(Monitor::ACTION).next().is_none()
            }),
            watchers: watchers
                .into_iter()
                .map(|watch| Watcher {
                    kind: match watch.kind {
                        WatchKind::Probe => "probe",
                        WatchKind::Monitor => "monitor",
                        WatchKind::Outside => "outside",
                    },
                    name: watch.name,
                    asks: watch.monitor.asks.to_string(),
                    place: watch.place.map(locate),
                    silenced: watch.silenced.map(|own| Suppression {
                        by: locate(own.place),
                        covers: own.covers,
                        until: own.until,
                        in_part: own.in_part,
                        at: own.place,
                    }),
                    at: watch.place,
                    missed: watch.missed,
                })
                .collect(),
        }
    });
    down.collect()
}

/// Whether a workload of that name is replaced one replica after the other.
fn is_rolling(graph: &Graph<'_>, service: &str) -> bool {
    graph.providers(kinds::ROLLING, service).next().is_some()
}

/// What the load balancers of the tree do meanwhile (incident 5).
pub(super) fn balancers(graph: &Graph<'_>, services: &[ServiceOutage]) -> Vec<String> {
    let mut notes = Vec::new();
    let services: Vec<&ServiceOutage> = services.iter().filter(|down| !down.routine).collect();
    for (ix, file) in graph.snapshot.all_files().filter(|_| !services.is_empty()) {
        let at = |problem: &Problem| {
            let line = graph.snapshot.positions(ix, problem.span).0.line;
            format!("{}:{line}", file.entry.path)
        };
        // A server that nobody probes stays in service however it fails.
        for problem in
            file.facts.problems.iter().filter(|problem| problem.rule == "unchecked-server")
        {
            notes.push(format!("{}: {}: it would not be taken out", at(problem), problem.message));
        }
        let own =
            file.facts.problems.iter().filter(|problem| problem.rule == "no-maintenance-fallback");
        for problem in own {
            let named: Vec<String> = services
                .iter()
                .filter(|down| {
                    let mut provides = file.facts.provides.iter();
                    provides.any(|provide| {
                        provide.kind.has(Property::BALANCED)
                            && has_word(&provide.name.to_string(), &down.service)
                    })
                })
                .map(|down| format!("`{}`", down.service))
                .collect();
            let which = match named.is_empty() {
                true => "a service behind it".to_owned(),
                false => named.join(" or "),
            };
            notes.push(format!(
                "{}: while {which} is down, visitors see the page of a failure: {}",
                at(problem),
                problem.help
            ));
        }
    }
    notes
}
