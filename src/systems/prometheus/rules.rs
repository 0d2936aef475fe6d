//! What expressions of Prometheus name: recording rules, metrics, units; and the alerts, receivers
//! and intervals that Alertmanager names.
//!
//! An expression may ask for what any exporter has, so that only what the tree had is missed.
//!
//! (Sources: Prometheus' documentation, "Querying basics", "Recording rules"; Alertmanager's,
//! "Configuration".)

use crate::domain::servers;
use crate::facts::{
    Entity, FileFacts, NamePattern, Problem, Ref, Require, Span, Strength, join_path, kinds,
    nearest_of, parent_folder,
};
use crate::syntax::yaml;
use std::collections::BTreeSet;

/// How a recording rule is called in reports.
pub(super) const RULE: &str = "recording rule";
/// Alertmanager's tree of routes is not deeper.
const MAX_ROUTES: u32 = 12;

/// Adds what an expression names; `span` says where a part of it stands.
pub(super) fn expression(expr: &str, span: &dyn Fn(usize, usize) -> Span, out: &mut FileFacts) {
    let mut seen = BTreeSet::new();
    let mut from = 0;
    let (mut depth, mut quote) = (0_usize, None);
    let is_part = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == ':';
    let mut push = |start: usize, end: usize, follows: &str, out: &mut FileFacts| {
        let name = &expr[start..end];
        let is_rule = name.contains(':') && !name.starts_with(':');
        let is_named = is_rule || name.contains('_') && !follows.trim_start().starts_with('(');
        if !is_named || name.starts_with(|c: char| c.is_ascii_digit()) || !seen.insert(name) {
            return;
        }
        if is_rule {
            servers::require(RULE, (name, span(start, end)), "expr", Strength::Likely, out);
            return;
        }
        let target = Ref::exact(kinds::PROMETHEUS_METRIC, name);
        let require = Require::certain(target, span(start, end), "expr", None);
        out.requires.push(require.with_strength(Strength::Likely));
    };
    let mut word: Option<usize> = None;
    for (at, c) in expr.char_indices().chain([(expr.len(), ' ')]) {
        if let Some(begin) = word.filter(|_| !is_part(c)) {
            push(begin, at, &expr[at..], out);
            word = None;
        }
        match (quote, c) {
            (Some(own), c) if own == c => quote = None,
            (Some(_), _) => {}
            (None, '"' | '\'' | '`') => quote = Some(c),
            (None, '{' | '[') => depth += 1,
            (None, '}' | ']') => depth = depth.saturating_sub(1),
            (None, c) if depth == 0 && word.is_none() && is_part(c) && at >= from => {
                word = Some(at)
            }
            _ => {}
        }
        // Labels stand in brackets after these words.
        if c == '(' && quote.is_none() && is_grouping(&expr[..at]) {
            let len = expr[at..].find(')').unwrap_or(0);
            from = at + len;
        }
    }
    units(expr, span, out);
}

/// Whether a bracket after this holds labels: `by (job)`.
fn is_grouping(before: &str) -> bool {
    let last = before.trim_end().rsplit(|c: char| !c.is_ascii_alphabetic() && c != '_').next();
    let words = ["by", "without", "on", "ignoring", "group_left", "group_right"];
    last.is_some_and(|own| words.contains(&own))
}

/// `name="web.service"`: the units that an expression selects by their whole names.
fn units(expr: &str, span: &dyn Fn(usize, usize) -> Span, out: &mut FileFacts) {
    for (at, key) in expr.match_indices("name=\"") {
        let before = expr[..at].chars().next_back();
        let start = at + key.len();
        let name = expr[start..].split('"').next().unwrap_or_default();
        let is_unit = [".service", ".timer", ".socket", ".mount", ".target"];
        let plain =
            name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.@".contains(&byte));
        if matches!(before, Some('{' | ',' | ' '))
            && plain
            && is_unit.iter().any(|own| name.ends_with(own))
        {
            let target = Ref::exact(kinds::SYSTEMD_UNIT, name);
            let require = Require::certain(target, span(start, start + name.len()), "expr", None);
            out.requires.push(require.with_strength(Strength::Likely));
        }
    }
}

/// Adds what the rule at a node records, and what its expression names.
pub(super) fn rule(node: &yaml::Node<'_>, out: &mut FileFacts) {
    let Some(expr) = node.get("expr") else { return };
    if let Some(record) = node.get("record")
        && let Some(name) = record.as_str()
    {
        servers::provide(RULE, &NamePattern::exact(name), record.span, out);
    }
    if let Some(alert) = node.get("alert")
        && let Some(name) = alert.as_str()
    {
        servers::provide("alert", &NamePattern::exact(name), alert.span, out);
    }
    if let Some(text) = expr.as_str() {
        expression(text, &|_, _| expr.span, out);
    }
}

/// Names of jobs that a scraped job gives its targets beside its own.
pub(super) fn labelled_jobs(config: &yaml::Node<'_>, out: &mut Vec<(NamePattern, Span)>) {
    for key in ["relabel_configs", "metric_relabel_configs"] {
        for rule in config.get(key).map(yaml::Node::items).unwrap_or_default() {
            let text = |key: &str| rule.get(key).and_then(yaml::Node::as_str);
            if text("target_label") != Some("job") {
                continue;
            }
            let name = match text("replacement") {
                Some(own) if !own.contains('$') => NamePattern::exact(own),
                _ => NamePattern::any(),
            };
            out.push((name, rule.span));
        }
    }
    for group in config.get("static_configs").map(yaml::Node::items).unwrap_or_default() {
        let job = group.get("labels").and_then(|labels| labels.get("job"));
        out.extend(job.and_then(|job| Some((NamePattern::exact(job.as_str()?), job.span))));
    }
}

/// Adds the files that a configuration of Prometheus at `path` takes in, or Alertmanager's
/// templates, seen from its folder: a name without a file is a pattern without a match.
pub(super) fn files(node: &yaml::Node<'_>, path: &str, out: &mut FileFacts) {
    let lists: &[&str] = match node.get("route").is_some() && node.get("receivers").is_some() {
        true => &["templates"],
        false => &["rule_files", "scrape_config_files"],
    };
    for list in lists.iter().filter_map(|key| node.get(key)) {
        for item in list.items() {
            let Some(name) = item.as_str().filter(|own| !own.contains("{{")) else { continue };
            let Some(file) = join_path(parent_folder(path), name) else { continue };
            let file = NamePattern::with_holes(&file, |rest| {
                let at = rest.find('*')?;
                Some(at..at + 1)
            });
            // A letter that may be any is not read.
            if !name.contains(['?', '[']) {
                let target = Ref::new(kinds::PAYLOAD_FILE, file);
                out.requires.push(Require::certain(target, item.span, "rule_files", None));
            }
        }
    }
}

/// Adds what a configuration of Alertmanager defines and names.
pub(super) fn alertmanager(node: &yaml::Node<'_>, strength: Strength, out: &mut FileFacts) {
    let (Some(route), Some(receivers)) = (node.get("route"), node.get("receivers")) else { return };
    let mut names = |list: &yaml::Node<'_>, sort: &str| {
        for name in list.items().iter().filter_map(|item| item.get("name")) {
            if let Some(text) = name.as_str() {
                servers::provide(sort, &NamePattern::exact(text), name.span, out);
            }
        }
    };
    names(receivers, "receiver");
    for key in ["time_intervals", "mute_time_intervals"] {
        if let Some(list) = node.get(key) {
            names(list, "time interval");
        }
    }
    routes(route, 0, out);
    undefined(route, receivers, strength, out);
    for rule in node.get("inhibit_rules").map(yaml::Node::items).unwrap_or_default() {
        for key in ["source_matchers", "target_matchers", "source_match", "target_match"] {
            matchers(rule.get(key), out);
        }
    }
}

/// Receivers that routes name and the list does not have. Both stand in one mapping, and nothing
/// adds to a list: Alertmanager refuses the whole.
fn undefined(
    route: &yaml::Node<'_>,
    receivers: &yaml::Node<'_>,
    strength: Strength,
    out: &mut FileFacts,
) {
    let mut known = BTreeSet::new();
    for item in receivers.items() {
        match item.get("name").and_then(yaml::Node::as_str).filter(|own| !own.contains("{{")) {
            Some(name) => drop(known.insert(name)),
            // What it is called a template says.
            None => return,
        }
    }
    if known.is_empty() {
        return;
    }
    let mut open = vec![(route, 0)];
    while let Some((own, depth)) = open.pop() {
        let named = own.get("receiver").and_then(|node| Some((node, node.as_str()?)));
        if let Some((node, name)) = named
            && !name.contains(['{', '$'])
            && !name.is_empty()
            && !known.contains(name)
        {
            let message = format!("no receiver is called `{name}`");
            let mut problem = Problem::new("unresolved-reference", message, node.span);
            problem.strength = strength;
            problem.entity = Some(Entity::new(kinds::SERVER_NAME, format!("receiver {name}")));
            problem.help = match nearest_of(name, known.iter().copied()) {
                Some(near) => format!("Alertmanager does not start: did you mean `{near}`?"),
                None => "Alertmanager does not start: add it to `receivers`".to_owned(),
            };
            out.problems.push(problem);
        }
        if depth < MAX_ROUTES {
            let inner = own.get("routes").map(yaml::Node::items).unwrap_or_default();
            open.extend(inner.iter().map(|own| (own, depth + 1)));
        }
    }
}

fn routes(route: &yaml::Node<'_>, depth: u32, out: &mut FileFacts) {
    if depth > MAX_ROUTES {
        return;
    }
    let mut need = |node: &yaml::Node<'_>, sort: &str, via: &'static str| {
        if let Some(name) = node.as_str().filter(|own| !own.contains("{{")) {
            servers::require(sort, (name, node.span), via, Strength::Certain, out);
        }
    };
    if let Some(own) = route.get("receiver") {
        need(own, "receiver", "receiver");
    }
    for (key, via) in [
        ("mute_time_intervals", "mute_time_intervals"),
        ("active_time_intervals", "active_time_intervals"),
    ] {
        for own in route.get(key).map(yaml::Node::items).unwrap_or_default() {
            need(own, "time interval", via);
        }
    }
    matchers(route.get("matchers"), out);
    matchers(route.get("match"), out);
    for own in route.get("routes").map(yaml::Node::items).unwrap_or_default() {
        routes(own, depth + 1, out);
    }
}

/// Alerts that matchers name: `alertname="X"` in a list, `alertname: X` in a mapping.
fn matchers(node: Option<&yaml::Node<'_>>, out: &mut FileFacts) {
    let Some(node) = node else { return };
    let mut need = |name: &str, span: Span| {
        let plain = name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-".contains(&byte));
        if plain && !name.is_empty() {
            servers::require("alert", (name, span), "alertname", Strength::Likely, out);
        }
    };
    if let Some(own) = node.get("alertname")
        && let Some(name) = own.as_str()
    {
        need(name, own.span);
    }
    for item in node.items() {
        let text = item.as_str().unwrap_or_default();
        let value = text.trim().strip_prefix("alertname").map(str::trim_start);
        if let Some(value) =
            value.and_then(|own| own.strip_prefix('=')).filter(|own| !own.starts_with('~'))
        {
            need(value.trim().trim_matches(['"', '\'']), item.span);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(expr: &str) -> Vec<String> {
        let mut out = FileFacts::default();
        expression(expr, &|start, end| Span::new(start, end), &mut out);
        out.requires.iter().map(|own| own.any_of[0].name.to_string()).collect()
    }

    #[test]
    fn what_expressions_name() {
        assert_eq!(
            named("sum by (a_b) (rate(x_total{c_d=\"e_f\"}[5m])) / job:y:rate5m > on(g_h) z_z"),
            ["x_total", "recording rule job:y:rate5m", "z_z"]
        );
        assert_eq!(named("histogram_quantile(0.9, x_bucket)"), ["x_bucket"]);
        assert_eq!(
            named("node_unit{state=\"failed\", name=\"a.service\"}"),
            ["node_unit", "a.service"]
        );
        assert!(named("up == 0 and {").is_empty() && named("up{a=\"").is_empty());
    }

    #[test]
    fn routes_and_inhibitions() {
        let text = "route:\n  receiver: a\n  routes:\n  - receiver: b\n    mute_time_intervals: [n]\n    \
                    matchers: ['alertname = \"X\"', 'alertname=~\"Y.*\"']\nreceivers:\n- name: a\n\
                    time_intervals:\n- name: n\n";
        let mut out = FileFacts::default();
        yaml::parse(text)
            .roots
            .iter()
            .for_each(|root| alertmanager(root, Strength::Certain, &mut out));
        let provides: Vec<_> = out.provides.iter().map(|own| own.name.to_string()).collect();
        assert_eq!(provides, ["receiver a", "time interval n"]);
        let problems: Vec<_> = out.problems.iter().map(|own| own.message.as_str()).collect();
        assert_eq!(problems, ["no receiver is called `b`"]);
        let requires: Vec<_> =
            out.requires.iter().map(|own| own.any_of[0].name.to_string()).collect();
        assert_eq!(requires, ["receiver a", "receiver b", "time interval n", "alert X"]);
    }
}
