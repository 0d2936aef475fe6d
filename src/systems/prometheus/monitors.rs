//! Monitors and health checks: who notices when a service is down, and what they ask for.
//!
//! A monitor is provided as `monitor:NAME`; its detail is a [`Monitor`]. A probe takes a
//! failing host out of service; a monitor tells somebody.
//!
//! (Sources: Nagios object definitions; PyBal's ProxyFetch monitors; Prometheus alerting
//! rules; Kubernetes, "Configure Liveness, Readiness and Startup Probes".)

use super::{rules, silences};
use crate::domain::watch::{ASKED_KEYS, BALANCER_KEYS, provide, provide_all};
use crate::extract::{Extractor, Settings, Source};
use crate::facts::{
    Detail, FileFacts, Monitor, NamePattern, Provide, Ref, Require, Span, Strength, kinds,
};
use crate::syntax::lines::lines;
use crate::syntax::yaml;
use memchr::memmem;

/// Extracts from YAML that holds alerting rules, container probes or load-balancer checks.
pub struct Monitors;

/// Words that a YAML file with monitors, or with silences, holds.
const WORDS: [&str; 15] = [
    "Probe",
    "alert:",
    "depool",
    "ProxyFetch",
    "healthcheck",
    "probe",
    "time_intervals",
    "TimeIntervals",
    "Silence",
    "downtime",
    "job_name",
    "record:",
    "receivers:",
    "rule_files:",
    "scrape_config_files:",
];

impl Extractor for Monitors {
    fn system(&self) -> &'static str {
        "monitors"
    }

    fn claims(&self, path: &str) -> bool {
        [".yaml", ".yml"].iter().any(|ending| path.ends_with(ending))
            || (path.ends_with(".tpl")
                && path.contains("/templates/")
                && !path.contains("/vendor/"))
    }

    fn accepts(&self, bytes: &[u8]) -> bool {
        WORDS.iter().any(|word| memmem::find(bytes, word.as_bytes()).is_some())
    }

    fn by_contents(&self, _path: &str) -> bool {
        true
    }

    fn extract(&self, source: &Source<'_>, _settings: &Settings, out: &mut FileFacts) {
        let within = Within { app: app(source.path), hosts: "" };
        // Templates of YAML are no YAML; whoever owns the file reports what is wrong with it.
        if !source.path.ends_with(".tpl") {
            for root in &source.yaml().roots {
                walk(root, "", &within, 0, out);
                rules::files(root, source.path, out);
            }
        }
        if let Some(app) = within.app.filter(|_| yaml::is_templated(source.text)) {
            templated_probes(source.text, app, out);
        }
    }
}

/// What holds for a node by where it stands.
#[derive(Clone, Copy)]
struct Within<'s> {
    /// The chart, or the deployment of one, that the file belongs to.
    app: Option<&'s str>,
    /// The hosts of the play.
    hosts: &'s str,
}

/// `charts/NAME/…`, `helmfile.d/services/NAME/…`.
fn app(path: &str) -> Option<&str> {
    let mut parts = path.split('/').rev().skip(1).peekable();
    while let Some(part) = parts.next() {
        let above = parts.peek().copied().unwrap_or_default();
        if above == "charts" || (above.ends_with("services") && path.contains("helmfile")) {
            return Some(part);
        }
    }
    None
}

/// `owner` is the nearest name above: a key, or the `name` beside.
fn walk(node: &yaml::Node<'_>, owner: &str, within: &Within<'_>, depth: u32, out: &mut FileFacts) {
    if depth > 24 {
        return;
    }
    let hosts = node.get("hosts").and_then(yaml::Node::as_str).unwrap_or(within.hosts);
    let within = &Within { hosts, ..*within };
    silences::node(node, hosts, out);
    rules::rule(node, out);
    rules::alertmanager(node, out);
    for item in node.items() {
        let own = item.get("name").and_then(|name| name.as_str()).unwrap_or(owner);
        walk(item, own, within, depth + 1, out);
    }
    if let Some(name) = node.get("alert").filter(|_| node.get("expr").is_some())
        && let Some(text) = name.as_str()
    {
        alert(node, text, name.span, out);
        return;
    }
    blackbox(node, out);
    for config in node.get("scrape_configs").map(yaml::Node::items).unwrap_or_default() {
        let mut own = Vec::new();
        if let Some(job) = config.get("job_name")
            && let Some(name) = job.as_str()
        {
            own.push((NamePattern::exact(name), job.span));
        }
        rules::labelled_jobs(config, &mut own);
        out.provides.extend(own.into_iter().map(|(name, span)| Provide {
            kind: kinds::PROMETHEUS_JOB,
            name,
            span,
            within: None,
            detail: Detail::None,
        }));
    }
    let named = node.get("name").and_then(|node| node.as_str()).unwrap_or(owner);
    for (key, value) in node.entries() {
        let Some(name) = key.as_str() else { continue };
        if matches!(
            name.strip_suffix("Probe").or(name.strip_suffix("_probe")),
            Some("liveness" | "readiness" | "startup")
        ) {
            let path = value.get("httpGet").and_then(|get| get.get("path"));
            let text = path.and_then(yaml::Node::as_str);
            let asks = text.map_or("no path".to_owned(), |path| format!("GET {path}"));
            // At the top of a chart's values: of its one container.
            let owner = if named.is_empty() { within.app.unwrap_or(name) } else { named };
            let span = path.map_or(key.span, |path| path.span);
            container(within.app, owner, name, &asks, span, out);
            continue;
        }
        if name == "probes" && is_typed(value) {
            for item in value.items() {
                let sort = item.get("type").and_then(yaml::Node::as_str).unwrap_or_default();
                let path = item.get("path").and_then(yaml::Node::as_str).unwrap_or_default();
                let asks = format!("{sort} {path}");
                provide(out, "monitor", NamePattern::exact(named), &asks, item.span, None);
            }
            continue;
        }
        if is_balanced(value) && !BALANCER_KEYS.contains(&name) {
            let asks = asked(value, 0).unwrap_or_else(|| "connect".to_owned());
            let of_owner = name == "lvs" && !named.is_empty();
            let own = if of_owner { named } else { name };
            provide(out, "probe", NamePattern::exact(own), &asks, key.span, None);
        }
        let own = if value.entries().is_empty() { named } else { name };
        walk(value, own, within, depth + 1, out);
    }
}

/// Adds a probe of a container: `key` says of which sort.
fn container(
    app: Option<&str>,
    owner: &str,
    key: &str,
    asks: &str,
    span: Span,
    out: &mut FileFacts,
) {
    // A container that fails another one is restarted, and stays in service.
    let mut labels = Vec::new();
    if !key.starts_with("readiness") {
        labels.push((Monitor::ACTION.into(), "restart".into()));
    }
    labels.extend(app.map(|own| ("app".into(), own.into())));
    let monitor = Monitor { sort: "probe".into(), asks: asks.into(), labels };
    provide_all(out, &monitor, NamePattern::exact(owner), span, None);
}

/// Probes in a template, which is no YAML yet: by their lines, below what was read as YAML.
fn templated_probes(text: &str, app: &str, out: &mut FileFacts) {
    let indent = |line: &str| line.len() - line.trim_start().len();
    let mut lines = lines(text).peekable();
    // The container, where its name is no computed one.
    let mut owner = app;
    while let Some((start, line)) = lines.next() {
        if let Some(name) = line.trim().strip_prefix("- name:") {
            owner = if name.contains("{{") { app } else { name.trim().trim_matches('"') };
        }
        let at = start + indent(line);
        let key = line.trim().trim_end_matches(':');
        if !matches!(key, "livenessProbe" | "readinessProbe" | "startupProbe")
            || !line.trim().ends_with(':')
        {
            continue;
        }
        let mut span = Span::new(at, at + key.len());
        let mut path = None;
        let mut end = start + line.len();
        while let Some((start, next)) = lines.next_if(|(_, next)| {
            next.trim().is_empty()
                || next.trim_start().starts_with("{{")
                || indent(next) > indent(line)
        }) {
            if let Some(own) = next.trim().strip_prefix("path:").filter(|_| path.is_none()) {
                path = Some(own.trim());
                let from = start + next.find(own.trim()).unwrap_or_default();
                span = Span::new(from, from + own.trim().len());
            }
            end = start + next.len();
        }
        let inside = at as u32..end as u32;
        let mut probes = out.provides.iter().filter(|provide| provide.kind == kinds::MONITOR);
        let known = probes.any(|probe| inside.contains(&probe.span.start));
        // What is taken from the values is read there.
        if let Some(path) = path.filter(|own| !known && !own.contains("{{")) {
            let asks = format!("GET {}", path.trim_matches(['"', '\'']));
            container(Some(app), owner, key, &asks, span, out);
        }
    }
}

fn alert(node: &yaml::Node<'_>, name: &str, span: Span, out: &mut FileFacts) {
    let expr = node.get("expr").and_then(|expr| expr.as_str()).unwrap_or_default();
    let labels = node.get("labels").map(yaml::Node::entries).unwrap_or_default();
    let labels = labels.iter().filter_map(|(label, value)| {
        let value = value.as_str().filter(|own| !own.contains("{{"))?;
        Some((label.as_str()?.into(), value.into()))
    });
    let monitor = Monitor { sort: "monitor".into(), asks: expr.into(), labels: labels.collect() };
    provide_all(out, &monitor, NamePattern::exact(name), span, None);
    if let Some(node) = node.get("expr") {
        jobs(expr, node.span, out);
    }
}

/// `up{job="node"}`: the scraped jobs that an expression selects by their whole name. With
/// no series of that name, the alert never fires.
fn jobs(expr: &str, span: Span, out: &mut FileFacts) {
    for (at, _) in expr.match_indices("job=\"") {
        let before = expr[..at].chars().next_back();
        let name = expr[at + 5..].split('"').next().unwrap_or_default();
        if matches!(before, Some('{' | ',' | ' ')) && !name.is_empty() && !name.contains('{') {
            let target = Ref::exact(kinds::PROMETHEUS_JOB, name);
            let require = Require::certain(target, span, "expr", None);
            out.requires.push(require.with_strength(Strength::Likely));
        }
    }
}

/// Checks of another monitoring system, in a list: `probes: [{type: http, path: /x}]`.
fn is_typed(value: &yaml::Node<'_>) -> bool {
    value.items().iter().any(|item| item.get("type").is_some())
}

/// Whether a mapping has what only a service behind a load balancer has.
fn is_balanced(value: &yaml::Node<'_>) -> bool {
    value.entries().iter().any(|(key, value)| match key.as_str() {
        // Also the name of a probe that stands elsewhere.
        Some("probe") => value.as_str().is_none_or(|own| own.contains('/')),
        Some("probes") => !is_typed(value),
        Some(key) => BALANCER_KEYS.contains(&key),
        None => false,
    })
}

/// Targets of Prometheus' blackbox exporter: a job of `metrics_path: /probe`, or `kind:
/// Probe`.
fn blackbox(node: &yaml::Node<'_>, out: &mut FileFacts) {
    let text = |node: &yaml::Node<'_>, key: &str| Some(node.get(key)?.as_str()?.to_owned());
    let mut targets = Vec::new();
    let name = if text(node, "metrics_path").as_deref() == Some("/probe") {
        for config in node.get("static_configs").map(yaml::Node::items).unwrap_or_default() {
            targets.extend(config.get("targets").map(yaml::Node::items).unwrap_or_default());
        }
        text(node, "job_name")
    } else if text(node, "kind").as_deref() == Some("Probe") {
        let all = node
            .get("spec")
            .and_then(|node| node.get("targets")?.get("staticConfig")?.get("static"));
        targets.extend(all.map(yaml::Node::items).unwrap_or_default());
        node.get("metadata").and_then(|node| text(node, "name"))
    } else {
        return;
    };
    let Some(name) = name else { return };
    for target in targets {
        let asks = target.as_str().unwrap_or_default();
        provide(out, "monitor", NamePattern::exact(name.as_str()), asks, target.span, None);
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
        let source = Source::of("x.yaml", text);
        Monitors.extract(&source, &Settings::default(), &mut out);
        out.provides
            .iter()
            .filter(|provide| provide.kind == kinds::MONITOR)
            .map(|provide| {
                let Detail::Monitor(monitor) = &provide.detail else { panic!("no monitor") };
                format!("{} {} {}", provide.name, monitor.sort, monitor.asks)
            })
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
        // As a catalogue of services has it: what balances, and what checks beside it.
        let both = "catalog:\n  parser:\n    lvs:\n      depool_threshold: 0.5\n    probes:\n    - type: http\n      path: /_info\n";
        assert_eq!(monitors(both), ["parser probe connect", "parser monitor http /_info"]);
        assert_eq!(monitors("cache:\n  opts: {probe: varnish}\n"), [""; 0]);
    }

    #[test]
    fn targets_and_values_of_charts() {
        let job = "scrape_configs:\n- job_name: sites\n  metrics_path: /probe\n  static_configs:\n  - targets: ['https://wiki.example.org/x']\n";
        assert_eq!(monitors(job), ["sites monitor https://wiki.example.org/x"]);
        let probe = "kind: Probe\nmetadata: {name: wiki}\nspec:\n  targets: {staticConfig: {static: [wiki.example.org]}}\n";
        assert_eq!(monitors(probe), ["wiki monitor wiki.example.org"]);
        let values = "main_app:\n  readiness_probe:\n    httpGet: {path: /_info}\n";
        assert_eq!(monitors(values), ["main_app probe GET /_info"]);
        let mut out = FileFacts::default();
        let text = "- name: {{ x }}\n  {{- if x }}\n  readinessProbe:\n    httpGet:\n      path: /ready\n  {{- end }}\n  livenessProbe:\n    {{- toYaml .Values.x }}\n";
        templated_probes(text, "wiki", &mut out);
        assert_eq!(out.provides.len(), 1);
        let detail = &out.provides[0].detail;
        assert!(matches!(detail, Detail::Monitor(own) if own.asks == "GET /ready"), "{detail:?}");
        assert_eq!(app("charts/wiki/values.yaml"), Some("wiki"));
        assert_eq!(app("helmfile.d/services/wiki/values-x.yaml"), Some("wiki"));
        assert_eq!(app("charts/values.yaml"), None);
    }
}
