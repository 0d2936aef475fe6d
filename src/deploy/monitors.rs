//! Who watches a service, what they ask for, and whether a load balancer would take a
//! failing host out.

use super::silences::ActiveSilences;
use super::watch::{Watch, WatchKind, has_word};
use crate::config::Service;
use crate::facts::{Detail, Monitor, kinds};
use crate::finding::Place;
use crate::graph::Graph;
use smol_str::SmolStr;

/// Labels that say what a monitor is for; others say who is told, or how urgent it is.
const OF_SERVICE: [&str; 6] = ["service", "job", "app", "host", "hostgroup", "servicegroup"];

/// Everyone who watches `service`: monitors that have its name in their own or in what they
/// ask for; and those of the configuration. Silences that ended before `today` are none.
pub fn watches(graph: &Graph<'_>, service: &str, settings: &[Service], today: &str) -> Vec<Watch> {
    let mut out: Vec<Watch> = Vec::new();
    for (name, site) in graph.all(kinds::MONITOR) {
        let Some(provide) = site
            .provide
            .and_then(|ix| graph.snapshot.file(site.file).facts.provides.get(ix as usize))
        else {
            continue;
        };
        let Detail::Monitor(monitor) = &provide.detail else { continue };
        let texts = OF_SERVICE.iter().flat_map(|label| monitor.label(label));
        if ![name, &monitor.asks].into_iter().chain(texts).any(|own| has_word(own, service)) {
            continue;
        }
        let kind = if monitor.sort == "probe" { WatchKind::Probe } else { WatchKind::Monitor };
        let place = Place { tree: graph.snapshot.role, file: site.file, span: site.span };
        out.push(Watch {
            kind,
            name: name.clone(),
            monitor: Monitor::clone(monitor),
            place: Some(place),
            silenced: None,
            missed: None,
        });
    }
    let silences = (!out.is_empty()).then(|| ActiveSilences::of(graph, today));
    for watch in out.iter_mut().filter(|own| own.kind == WatchKind::Monitor) {
        watch.silenced =
            silences.as_ref().and_then(|silence| silence.of_watch(graph, watch, service));
        watch.missed = match watch.silenced {
            None => silences.as_ref().and_then(|silence| silence.missing(graph, watch, service)),
            Some(_) => None,
        };
    }
    let own = settings.iter().filter(|setting| setting.name == service);
    for watcher in own.flat_map(|own| &own.watchers) {
        let (name, asks) = watcher.split_once(": ").unwrap_or((watcher, watcher));
        let name = SmolStr::new(name);
        let monitor = Monitor { asks: asks.into(), ..Monitor::default() };
        let kind = WatchKind::Outside;
        out.push(Watch { kind, name, monitor, place: None, silenced: None, missed: None });
    }
    out.sort_by(|a, b| (a.kind, a.place, &a.name).cmp(&(b.kind, b.place, &b.name)));
    out.dedup();
    out
}
