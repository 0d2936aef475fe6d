//! Declared silences: who is told beforehand that a service goes down.
//!
//! A silence is provided as `silence:WHAT IT COVERS`; its detail is a
//! [`Silence`](crate::facts::Silence). It is read where it covers by name: an inhibition
//! covers only while another alert fires, and is none.
//!
//! (Sources: Alertmanager's configuration, `route`, and its API, `gettableSilence`; `amtool
//! silence add --help`; silence-operator's `Silence`; Nagios Core, "External Commands";
//! Ansible, `community.general.nagios`.)

use crate::domain::silences::{date, provide, scheduled, written};
use crate::extract::{Extractor, Settings, Source};
use crate::facts::{FileFacts, Matcher, Matching, Silence, Span, base_name};
use crate::syntax::tags::templated;
use crate::syntax::yaml::Node;
use memchr::memmem;

/// Extracts from files of silences that no other tool reads: exports of Alertmanager, and
/// lists of Nagios' external commands.
pub struct Silences;

impl Extractor for Silences {
    fn system(&self) -> &'static str {
        "silences"
    }

    fn claims(&self, path: &str) -> bool {
        let base = base_name(path);
        let ending = base.rsplit_once('.').map_or("", |(_, ending)| ending);
        matches!(ending, "json" | "txt" | "cmd" | "downtime")
            && ["silence", "downtime"].iter().any(|word| path.contains(word))
    }

    fn accepts(&self, bytes: &[u8]) -> bool {
        [&b"endsAt"[..], b"_DOWNTIME;"].iter().any(|word| memmem::find(bytes, word).is_some())
    }

    fn by_contents(&self, _path: &str) -> bool {
        true
    }

    fn extract(&self, source: &Source<'_>, _settings: &Settings, out: &mut FileFacts) {
        if source.path.ends_with(".json") {
            for root in &source.yaml().roots {
                every(root, &mut |node| exported(node, out), 0);
            }
            return;
        }
        for (start, line) in source.lines() {
            if let Some((silence, range)) = scheduled(line) {
                provide(out, &silence, Span::new(start + range.start, start + range.end));
            }
        }
    }
}

fn every(node: &Node<'_>, each: &mut impl FnMut(&Node<'_>), depth: u32) {
    if depth > 24 {
        return;
    }
    each(node);
    node.items().iter().for_each(|item| every(item, each, depth + 1));
    node.entries().iter().for_each(|(_, value)| every(value, each, depth + 1));
}

/// Silences of one node of YAML: Alertmanager's routes, a silence as a resource or as
/// exported, a task of Ansible. `hosts` are those of the play that it stands in.
pub(super) fn node(node: &Node<'_>, hosts: &str, out: &mut FileFacts) {
    exported(node, out);
    resource(node, out);
    if let Some(route) = node
        .get("route")
        .filter(|_| ["receivers", "muteTimeIntervals"].iter().any(|key| node.get(key).is_some()))
    {
        muted(route, &mut Vec::new(), false, 0, out);
    }
    for (key, value) in node.entries() {
        if matches!(key.as_str(), Some("nagios" | "community.general.nagios")) {
            task(value, hosts, out);
        }
    }
}

fn text<'n>(node: &'n Node<'_>, key: &str) -> Option<&'n str> {
    node.get(key)?.as_str()
}

fn is_true(node: &Node<'_>, key: &str) -> bool {
    text(node, key) == Some("true")
}

/// `{name: …, value: …, isRegex: …, isEqual: …}`, or with `matchType` or `regex`.
fn matcher(node: &Node<'_>) -> Option<Matcher> {
    if let Some(own) = node.as_str() {
        return written(own);
    }
    let how = match text(node, "matchType") {
        Some(how) => Matching::parse(how)?,
        None => {
            let regex = is_true(node, "isRegex") || is_true(node, "regex");
            match (regex, text(node, "isEqual") != Some("false")) {
                (false, true) => Matching::Equal,
                (false, false) => Matching::NotEqual,
                (true, true) => Matching::Regex,
                (true, false) => Matching::NotRegex,
            }
        }
    };
    Some(Matcher::new(text(node, "name")?, how, text(node, "value")?))
}

/// All matchers of a list, or none where one of them is not understood.
fn matchers(list: &Node<'_>) -> Option<Vec<Matcher>> {
    list.items().iter().map(matcher).collect()
}

/// As the API returns it and `amtool silence export` writes it.
fn exported(node: &Node<'_>, out: &mut FileFacts) {
    let Some(list) = node.get("matchers") else { return };
    let Some(ends) = text(node, "endsAt") else { return };
    let state = node.get("status").and_then(|node| text(node, "state"));
    if let (false, Some(matchers)) = (state == Some("expired"), matchers(list)) {
        let silence = Silence { until: date(ends).into(), in_part: false, matchers };
        provide(out, &silence, list.span);
    }
}

/// `kind: Silence` of silence-operator.
fn resource(node: &Node<'_>, out: &mut FileFacts) {
    let is_ours = text(node, "kind") == Some("Silence")
        && text(node, "apiVersion").is_some_and(|own| own.contains("giantswarm.io/"));
    let Some(spec) = node.get("spec").filter(|_| is_ours) else { return };
    let Some(list) = spec.get("matchers").filter(|_| text(spec, "endsAt").is_none()) else {
        return;
    };
    let Some(matchers) = matchers(list) else { return };
    let annotations = node.get("metadata").and_then(|node| node.get("annotations"));
    let until = annotations.and_then(|annotation| text(annotation, "valid-until")).map_or("", date);
    provide(out, &Silence { until: until.into(), in_part: false, matchers }, list.span);
}

/// Routes that are muted at times. An alert takes the first route that matches, so an earlier
/// one may take some of what a muted one names; and intervals are not inherited.
fn muted(
    route: &Node<'_>,
    above: &mut Vec<Matcher>,
    in_part: bool,
    depth: u32,
    out: &mut FileFacts,
) {
    if depth > 16 {
        return;
    }
    let Some(own) = route_matchers(route) else { return };
    let before = above.len();
    above.extend(own);
    let children = route.get("routes").map(Node::items).unwrap_or_default();
    let keys = [
        "mute_time_intervals",
        "active_time_intervals",
        "muteTimeIntervals",
        "activeTimeIntervals",
    ];
    let times = keys.iter().find_map(|key| route.get(key)).filter(|own| !own.items().is_empty());
    if let Some(times) = times {
        let in_part = in_part || !children.is_empty() || is_true(route, "continue");
        let silence = Silence { until: "".into(), in_part, matchers: above.clone() };
        provide(out, &silence, times.span);
    }
    for (ix, child) in children.iter().enumerate() {
        let own = route_matchers(child).unwrap_or_default();
        let earlier = children[..ix]
            .iter()
            .any(|other| route_matchers(other).is_none_or(|other| !disjoint(&own, &other)));
        muted(child, above, in_part || earlier, depth + 1, out);
    }
    above.truncate(before);
}

fn route_matchers(route: &Node<'_>) -> Option<Vec<Matcher>> {
    let mut out = Vec::new();
    if let Some(list) = route.get("matchers") {
        for item in list.items() {
            match item.as_str() {
                Some(own) => {
                    for own in own.split("\",") {
                        out.push(written(own)?);
                    }
                }
                None => out.push(matcher(item)?),
            }
        }
    }
    for (key, how) in [("match", Matching::Equal), ("match_re", Matching::Regex)] {
        for (label, value) in route.get(key).map(Node::entries).unwrap_or_default() {
            out.push(Matcher::new(label.as_str()?, how, value.as_str()?));
        }
    }
    Some(out)
}

/// Whether no alert matches both, for the same label has to be two things.
fn disjoint(a: &[Matcher], b: &[Matcher]) -> bool {
    let equal = |own: &&Matcher| own.how == Matching::Equal;
    a.iter().filter(equal).any(|one| {
        b.iter().filter(equal).any(|other| one.label == other.label && one.value != other.value)
    })
}

/// `nagios: action=downtime host=… services=…`, or as a mapping.
fn task(value: &Node<'_>, hosts: &str, out: &mut FileFacts) {
    let free = value.as_str().map(templated).map(|own| own.to_string());
    let get = |key: &str| -> Option<String> {
        match &free {
            Some(free) => free
                .split_whitespace()
                .find_map(|word| word.strip_prefix(key)?.strip_prefix('='))
                .map(|own| own.trim_matches(['"', '\'']).to_owned()),
            None => Some(templated(text(value, key)?).to_string()),
        }
    };
    let Some(action) = get("action") else { return };
    let group = match action.as_str() {
        "downtime" | "silence" | "disable_alerts" => None,
        "servicegroup_host_downtime" | "servicegroup_service_downtime" => get("servicegroup"),
        _ => return,
    };
    let mut matchers: Vec<Matcher> =
        group.iter().map(|own| Matcher::built("servicegroup", own)).collect();
    match get("host") {
        // The host that the task runs for: those of the play.
        Some(host) if host.starts_with('*') && !hosts.is_empty() => {
            let names: Vec<String> =
                hosts.split([':', ',']).map(|own| regex::escape(own.trim())).collect();
            let own = names.join("|");
            matchers.push(Matcher::new("hostgroup", Matching::Regex, &own));
        }
        Some(host) => matchers.push(Matcher::built("host", &host)),
        None => {}
    }
    // The host itself, or all of its services: Nagios keeps quiet on both.
    let services = get("services").or_else(|| get("service")).unwrap_or_default();
    let named: Vec<&str> = services
        .split(',')
        .map(str::trim)
        .filter(|own| !own.is_empty() && !matches!(*own, "host" | "all"))
        .collect();
    if named.is_empty() {
        provide(out, &Silence { matchers, ..Silence::default() }, value.span);
        return;
    }
    for service in named {
        let mut matchers = matchers.clone();
        matchers.push(Matcher::built("service", service));
        provide(out, &Silence { matchers, ..Silence::default() }, value.span);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::Detail;
    use crate::facts::{Provide, kinds};

    fn read(path: &str, text: &str) -> Vec<String> {
        let mut out = FileFacts::default();
        let source = Source::of(path, text);
        match path.ends_with(".yaml") {
            true => crate::systems::prometheus::monitors::Monitors.extract(
                &source,
                &Settings::default(),
                &mut out,
            ),
            false => Silences.extract(&source, &Settings::default(), &mut out),
        }
        let silences = out.provides.iter().filter(|provide| provide.kind == kinds::SILENCE);
        let show = |own: &Provide| {
            let Detail::Silence(silence) = &own.detail else { panic!("no silence") };
            let part = if silence.in_part { " in part" } else { "" };
            format!("{} {}{part}", own.name, silence.until)
        };
        silences.map(show).collect()
    }

    #[test]
    fn routes_that_are_muted() {
        let text = "route:\n  receiver: a\n  routes:\n  - matchers: ['team=\"x\"']\n    receiver: b\n  - matchers: ['team=\"y\"', 'alertname =~ \"Wiki.*\"']\n    mute_time_intervals: [deploys]\n  - match: {team: y}\n    active_time_intervals: [office]\nreceivers: []\n";
        assert_eq!(read("a.yaml", text), ["team=y, alertname=~Wiki.* ", "team=y  in part"]);
    }

    #[test]
    fn resources_and_exports() {
        let text = "apiVersion: monitoring.giantswarm.io/v1alpha1\nkind: Silence\nmetadata:\n  annotations: {valid-until: '2030-01-02'}\nspec:\n  matchers:\n  - {name: alertname, value: Wiki.*, isRegex: true}\n";
        assert_eq!(read("s.yaml", text), ["alertname=~Wiki.* 2030-01-02"]);
        let text = r#"[{"matchers":[{"name":"job","value":"wiki","isRegex":false,"isEqual":true}],"startsAt":"2030-01-01T00:00:00Z","endsAt":"2030-01-02T03:04:05.000Z","comment":"x"}]"#;
        assert_eq!(read("silences/all.json", text), ["job=wiki 2030-01-02"]);
    }

    #[test]
    fn tasks_of_ansible() {
        let text = "- hosts: wiki:wiki_stg\n  tasks:\n  - nagios: action=downtime minutes=5 service=host host={{ inventory_hostname }}\n  - community.general.nagios:\n      action: downtime\n      host: web1\n      services: [no]\n  - community.general.nagios: {action: downtime, host: web1, services: 'http,https'}\n  - nagios: action=delete_downtime host=web1\n";
        assert_eq!(
            read("p.yaml", text),
            [
                "hostgroup=~wiki|wiki_stg ",
                "host=web1 ",
                "host=web1, service=http ",
                "host=web1, service=https "
            ]
        );
    }

    #[test]
    fn external_commands() {
        let text = "[1] SCHEDULE_SVC_DOWNTIME;web1;Parser HTTP;1893456000;1893542400;1;0;7200;me;x\n# none\n[1] SCHEDULE_HOSTGROUP_SVC_DOWNTIME;parser;1;2;1;0;1;me;x\n[1] PROCESS_SERVICE_CHECK_RESULT;a;b;0;x\n";
        assert_eq!(
            read("downtime/a.txt", text),
            ["host=web1, service=Parser HTTP 2030-01-02", "hostgroup=parser 1970-01-01"]
        );
    }
}
