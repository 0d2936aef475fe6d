//! What a rollout plan says as findings, for `check` where `crosscheck.yaml` says how
//! changes reach the hosts: `mixed-state`, `undeclared-downtime`, `probe-mismatch`.

use super::mechanism::sequence;
use super::watch::{asked_path, has_whole_word};

use super::rollout_report::RolloutReport;
use super::routes::matches;
use super::services::{ServiceOutage, Watcher};
use super::silences::holes;
use super::{Callers, Deployment, Reason};
use crate::config::Rollout as Settings;
use crate::facts::{Entity, NamePattern, Span, kinds};
use crate::finding::{Finding, Place, Severity};
use crate::graph::Graph;
use crate::loader::Role;
use crate::packs::Family;
use crate::schedule::Schedule;
use smol_str::SmolStr;

/// Findings of the change from `old` to `new`.
pub fn findings(
    old: &Graph<'_>,
    new: &Graph<'_>,
    settings: &Settings,
    joined: &[SmolStr],
    families: &[Family],
    today: &str,
) -> Vec<Finding> {
    let deployment = Deployment::plan(old, new, settings, joined, families, Callers::Live);
    let mut out = Vec::new();
    mixed(&deployment, settings, &mut out);
    let report = RolloutReport::of(&deployment, &[], &[], (old, new), settings, &[], today);
    for down in report.services.iter().filter(|down| !down.routine) {
        let change =
            deployment.units.all.iter().find(|unit| down.restarted_by.contains(&unit.name));
        let change = change.and_then(|change| {
            let file = change.paths.iter().find_map(|path| new.snapshot.find(path))?;
            Some((change.name.clone(), Place { tree: Role::New, file, span: Span::default() }))
        });
        let of_joined = |place: Place| {
            let path = new.snapshot.file(place.file).entry.path.as_str();
            crate::facts::joined_in(joined, path).is_some()
        };
        downtime(down, change, of_joined, &mut out);
        probes(down, &mut out);
    }
    out
}

/// States that the configured mechanism passes through and that break something.
fn mixed(deployment: &Deployment, settings: &Settings, out: &mut Vec<Finding>) {
    let units = &deployment.units;
    let mut said: Vec<u32> = Vec::new();
    for component in &deployment.plan.stuck {
        let names: Vec<String> =
            component.units.iter().map(|unit| format!("`{}`", units.name(*unit))).collect();
        let message =
            format!("{} have no safe order: each breaks the other on the way", names.join(" and "));
        let reasons: Vec<&Reason> = component
            .forcing
            .iter()
            .filter_map(|reason| deployment.needs.reasons.get(*reason as usize))
            .collect();
        said.extend(&component.forcing);
        let Some(first) = reasons.iter().find_map(|reason| reason.from) else { continue };
        let mut finding = Finding::new("mixed-state", message, first)
            .of_change()
            .label(reasons.first().map(|reason| reason.message.clone()).unwrap_or_default())
            .help("let them land at once, split the change into expand, migrate and contract (`crosscheck rollout` proposes how), or declare a downtime")
            .entity(Entity::new(kinds::UNIT, units.name(component.units[0])));
        for reason in reasons.iter().take(8) {
            if let Some(to) = reason.to {
                finding = finding.related(reason.message.clone(), to);
            }
        }
        out.push(finding);
    }
    // Files of one tree, brought by one mechanism: only the states it passes through.
    let rollout = Schedule::new(units.all.len() as u32, deployment.needs.clauses.clone());
    let plain = settings.units.is_empty();
    let broken: Vec<u32> = match sequence(settings.mechanism, units, &settings.order) {
        _ if !plain => return,
        None => rollout.hazards(),
        Some(order) => {
            let steps: Vec<Vec<u32>> = order.into_iter().map(|unit| vec![unit]).collect();
            let checked = rollout.check_order(&steps);
            let mut reasons: Vec<u32> =
                checked.violations.iter().map(|violation| violation.reason).collect();
            reasons.sort_unstable();
            reasons.dedup();
            reasons
        }
    };
    for reason in broken.into_iter().filter(|reason| !said.contains(reason)) {
        let Some(reason) = deployment.needs.reasons.get(reason as usize) else { continue };
        let Some(from) = reason.from else { continue };
        let message = format!(
            "on the way ({}) {}",
            super::mechanism_name(settings.mechanism),
            reason.message
        );
        let mut finding = Finding::new("mixed-state", message, from)
            .of_change()
            .label("meets the other version here")
            .help(
                "let the callers land first and remove last; `crosscheck rollout` prints the waves",
            )
            .entity(reason.entity.clone());
        if let Some(to) = reason.to {
            finding = finding.related("what it meets", to);
        }
        out.push(finding);
    }
}

fn service_entity(down: &ServiceOutage) -> Entity {
    Entity::new(kinds::SERVICE, down.service.clone())
}

/// `change` is a unit that restarts the service, with one of its changed files; it is shown
/// where the watchers are those of another tree.
fn downtime(
    down: &ServiceOutage,
    change: Option<(SmolStr, Place)>,
    of_joined: impl Fn(Place) -> bool,
    out: &mut Vec<Finding>,
) {
    if down.declared.is_some() || down.is_silenced() {
        return;
    }
    let told = |own: &&Watcher| own.silenced.as_ref().is_some_and(|quiet| !quiet.in_part);
    let loud = down.watchers.iter().filter(|watcher| !told(watcher));
    let mut places = loud.filter_map(|own| Some((own, own.at?)));
    let Some((_, first)) = places.next() else { return };
    let why = match down.forced {
        true => "no safe order exists for the units that it runs from",
        false => "it is restarted with this change",
    };
    let message =
        format!("`{}` goes down, for {why}, and nobody who watches it is told", down.service);
    let mut finding = Finding::new("undeclared-downtime", message, first)
        .severity(Severity::Warning)
        .of_change()
        .label("this notices")
        .help(format!(
            "declare it under `rollout.services` (`name: {}`, `downtime: {{reason: …}}`), and silence these checks while it lasts",
            down.service
        ))
        .entity(service_entity(down));
    if let Some((unit, place)) = change.filter(|_| of_joined(first)) {
        finding = finding.related(format!("`{unit}` changes here, and restarts it"), place);
    }
    for (watcher, place) in places.take(12) {
        finding =
            finding.related(format!("{} `{}` notices too", watcher.kind, watcher.name), place);
    }
    for quiet in down.watchers.iter().filter_map(|watcher| watcher.silenced.as_ref()).take(4) {
        let how = if quiet.in_part { "in part " } else { "" };
        finding = finding.related(format!("a check is silenced {how}here"), quiet.at);
    }
    for (watcher, (place, label)) in
        down.watchers.iter().filter_map(|watcher| Some((watcher, watcher.missed.as_ref()?))).take(4)
    {
        let message = format!("this silence misses `{}` by its label `{label}`", watcher.name);
        finding = finding.related(message, *place);
    }
    out.push(finding);
}

fn probes(down: &ServiceOutage, out: &mut Vec<Finding>) {
    let probing = || {
        down.watchers
            .iter()
            .filter_map(|watcher| Some((watcher, watcher.at?, asked_path(&watcher.asks)?)))
    };
    let Some((_, at, _)) = probing().next() else { return };
    let refused = || {
        probing().filter(|(own, _, path)| is_of(own, &down.service) && down.served.refuses(path))
    };
    if let Some((watcher, at, path)) = refused().next() {
        let message = format!(
            "`{}` asks `{}` for `{path}`, which no route of it answers",
            watcher.name, down.service
        );
        let mut finding = Finding::new("probe-mismatch", message, at)
            .of_change()
            .label("asked for here")
            .help(format!("it answers {}", down.routes.join(", ")))
            .entity(service_entity(down));
        for (watcher, at, path) in refused().skip(1).take(8) {
            finding = finding.related(format!("`{}` asks for `{path}` too", watcher.name), at);
        }
        for (name, place) in down.served.routes.iter().take(8) {
            finding = finding.related(format!("the route `{name}`"), *place);
        }
        out.push(finding);
        return;
    }
    let used = match down.traffic.is_empty() {
        false => &down.traffic,
        // It may answer anything, or something else answers the checks.
        true if down.routes_open || !probing().all(|(.., path)| down.served.answers(&path)) => {
            return;
        }
        true => &down.routes,
    };
    let wanted: Vec<NamePattern> = patterns(used)
        .into_iter()
        .filter(|pattern| pattern.as_exact().is_none_or(|name| name != "/"))
        .collect();
    let is_wanted = |path: &str| wanted.iter().any(|own| matches(own, path));
    if wanted.is_empty() || probing().any(|(.., path)| is_wanted(&path)) {
        return;
    }
    let message = format!(
        "health checks of `{}` only request {}, which its users never do; they can fail while the service works and pass while it is broken",
        down.service,
        down.probed.iter().map(|path| format!("`{path}`")).collect::<Vec<_>>().join(", ")
    );
    let mut finding = Finding::new("probe-mismatch", message, at)
        .of_change()
        .label("asked for here")
        .help(format!("ask for one of the paths that users hit: {}", used.join(", ")))
        .entity(service_entity(down));
    for (watcher, at, _) in probing().skip(1).take(8) {
        finding = finding.related(format!("`{}` asks the same", watcher.name), at);
    }
    for (name, place) in down.served.routes.iter().take(8) {
        finding = finding.related(format!("the route `{name}`"), *place);
    }
    out.push(finding);
}

/// Whether a watcher is a service's own by its name, or by what it asks for.
fn is_of(watcher: &Watcher, service: &str) -> bool {
    let texts = [watcher.name.as_str(), &watcher.asks];
    texts.iter().any(|text| has_whole_word(text, service))
}

/// `*` and `:name` stand for anything.
fn patterns(texts: &[String]) -> Vec<NamePattern> {
    texts.iter().map(|text| holes(text)).collect()
}
