//! Monitors and health checks: who notices when a service is down, and what they ask for.
//!
//! A monitor is provided as `monitor:NAME`; its detail is a [`Monitor`]. A probe takes a
//! failing host out of service; a monitor tells somebody.
//!
//! (Sources: Nagios object definitions; PyBal's ProxyFetch monitors; Prometheus alerting
//! rules; Kubernetes, "Configure Liveness, Readiness and Startup Probes".)

use super::{Extractor, Settings, Source, silences, yaml};
use crate::facts::{
    FileFacts, Matcher, Matching, Monitor, NamePattern, Provide, Silence, Span, kinds,
};
use memchr::memmem;

/// Extracts from YAML that holds alerting rules, container probes or load-balancer checks.
pub struct Monitors;

/// Keys that only the checks of a load balancer have.
pub(super) const BALANCER_KEYS: [&str; 8] = [
    "depool-threshold",
    "depool_threshold",
    "ProxyFetch",
    "monitors",
    "probe",
    "probes",
    "healthcheck",
    "httpchk",
];

/// Keys that hold what a check asks for.
pub(super) const ASKED_KEYS: [&str; 4] = ["url", "probe", "path", "uri"];

/// Words that a YAML file with monitors, or with silences, holds.
const WORDS: [&str; 10] = [
    "Probe:",
    "alert:",
    "depool",
    "ProxyFetch",
    "healthcheck",
    "probe",
    "time_intervals",
    "TimeIntervals",
    "Silence",
    "downtime",
];

/// Adds a monitor.
pub(super) fn provide(
    out: &mut FileFacts,
    sort: &str,
    name: NamePattern,
    asks: &str,
    span: Span,
    within: Option<u32>,
) {
    let monitor = Monitor { sort: sort.into(), asks: asks.into(), labels: Vec::new() };
    provide_all(out, &monitor, name, span, within);
}

/// Adds a monitor with what is known of it.
pub(super) fn provide_all(
    out: &mut FileFacts,
    monitor: &Monitor,
    name: NamePattern,
    span: Span,
    within: Option<u32>,
) {
    // The name of a monitor that is built at run time is shown with its holes.
    let name = NamePattern::exact(name.to_string());
    let detail = monitor.to_detail();
    out.provides.push(Provide { kind: kinds::MONITOR, name, span, within, detail });
}

/// Adds the silence of a monitor of the same file that tells nobody.
pub(super) fn quiet(out: &mut FileFacts, name: &NamePattern, span: Span) {
    let matcher = Matcher::new(Silence::OWN, Matching::Equal, &name.to_string());
    silences::provide(out, &Silence { matchers: vec![matcher], ..Silence::default() }, span);
}

impl Extractor for Monitors {
    fn system(&self) -> &'static str {
        "monitors"
    }

    fn claims(&self, path: &str) -> bool {
        path.ends_with(".yaml") || path.ends_with(".yml")
    }

    fn accepts(&self, bytes: &[u8]) -> bool {
        WORDS.iter().any(|word| memmem::find(bytes, word.as_bytes()).is_some())
    }

    fn by_contents(&self, _path: &str) -> bool {
        true
    }

    fn extract(&self, source: &Source<'_>, _settings: &Settings, out: &mut FileFacts) {
        // Templates of YAML are no YAML; whoever owns the file reports what is wrong with it.
        for root in &yaml::parse(source.text).roots {
            walk(root, "", "", 0, out);
        }
    }
}

/// `owner` is the nearest name above: a key, or the `name` beside; `hosts` those of a play.
fn walk(node: &yaml::Node<'_>, owner: &str, hosts: &str, depth: u32, out: &mut FileFacts) {
    if depth > 24 {
        return;
    }
    let hosts = node.get("hosts").and_then(yaml::Node::as_str).unwrap_or(hosts);
    silences::node(node, hosts, out);
    for item in node.items() {
        let own = item.get("name").and_then(|name| name.as_str()).unwrap_or(owner);
        walk(item, own, hosts, depth + 1, out);
    }
    if let Some(name) = node.get("alert").filter(|_| node.get("expr").is_some())
        && let Some(text) = name.as_str()
    {
        let expr = node.get("expr").and_then(|expr| expr.as_str()).unwrap_or_default();
        let labels = node.get("labels").map(yaml::Node::entries).unwrap_or_default();
        let labels = labels.iter().filter_map(|(label, value)| {
            let value = value.as_str().filter(|own| !own.contains("{{"))?;
            Some((label.as_str()?.into(), value.into()))
        });
        let monitor =
            Monitor { sort: "monitor".into(), asks: expr.into(), labels: labels.collect() };
        provide_all(out, &monitor, NamePattern::exact(text), name.span, None);
        return;
    }
    let named = node.get("name").and_then(|own| own.as_str()).unwrap_or(owner);
    for (key, value) in node.entries() {
        let Some(name) = key.as_str() else { continue };
        if matches!(name, "livenessProbe" | "readinessProbe" | "startupProbe") {
            let path = value.get("httpGet").and_then(|get| get.get("path")?.as_str());
            let asks = path.map_or("no path".to_owned(), |path| format!("GET {path}"));
            let owner = if owner.is_empty() { name } else { owner };
            provide(out, "probe", NamePattern::exact(owner), &asks, key.span, None);
            continue;
        }
        let balanced = value
            .entries()
            .iter()
            .any(|(own, _)| own.as_str().is_some_and(|own| BALANCER_KEYS.contains(&own)));
        if balanced && !BALANCER_KEYS.contains(&name) {
            let asks = asked(value, 0).unwrap_or_default();
            provide(out, "probe", NamePattern::exact(name), &asks, key.span, None);
        }
        let own = if value.entries().is_empty() { named } else { name };
        walk(value, own, hosts, depth + 1, out);
    }
}

/// What the checks below a node ask for.
fn asked(node: &yaml::Node<'_>, depth: u32) -> Option<String> {
    if depth > 6 {
        return None;
    }
    for (key, value) in node.entries() {
        if key.as_str().is_some_and(|key| ASKED_KEYS.contains(&key)) {
            let first = value.items().first().and_then(yaml::Node::as_str);
            if let Some(text) = value.as_str().or(first) {
                return Some(text.to_owned());
            }
        }
        if let Some(found) = asked(value, depth + 1) {
            return Some(found);
        }
    }
    node.items().iter().find_map(|item| asked(item, depth + 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn monitors(text: &str) -> Vec<String> {
        let mut out = FileFacts::default();
        let source = Source { path: "x.yaml", bytes: text.as_bytes(), text };
        Monitors.extract(&source, &Settings::default(), &mut out);
        out.provides
            .iter()
            .map(|own| format!("{} {}", own.name, own.detail.replace('\u{1f}', " ")))
            .collect()
    }

    #[test]
    fn alerts_probes_and_balancers() {
        let alerts = "groups:\n- name: wiki\n  rules:\n  - alert: WikiDown\n    expr: up == 0\n";
        assert_eq!(monitors(alerts), ["WikiDown monitor up == 0"]);
        let pod = "spec:\n  containers:\n  - name: wiki\n    livenessProbe: {httpGet: {path: /health, port: 80}}\n";
        assert_eq!(monitors(pod), ["wiki probe GET /health"]);
        let lvs = "services:\n  parser:\n    port: 8000\n    depool_threshold: '.5'\n    probe: http://localhost/\n";
        assert_eq!(monitors(lvs), ["parser probe http://localhost/"]);
    }
}
