//! Which declared silences cover a monitor.

use super::watch::{Silenced, Watch, has_word};
use crate::facts::{Detail, Matcher, Matching, NamePattern, Silence, kinds};
use crate::finding::Place;
use crate::graph::Graph;
use regex::{Regex, RegexBuilder};
use smol_str::SmolStr;

/// Silences of a tree that have not ended.
pub(super) struct ActiveSilences(Vec<(SmolStr, Silence, Vec<Option<Regex>>, Place)>);

/// How far something holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Holds {
    Yes,
    InPart,
    Unknown,
    No,
}

impl ActiveSilences {
    /// Those that hold on day `today` or later.
    pub fn of(graph: &Graph<'_>, today: &str) -> Self {
        let mut out = Vec::new();
        for (name, site) in graph.all(kinds::SILENCE) {
            let provides = &graph.snapshot.file(site.file).facts.provides;
            let Some(provide) = site.provide.and_then(|ix| provides.get(ix as usize)) else {
                continue;
            };
            let Detail::Silence(silence) = &provide.detail else { continue };
            if !silence.until.is_empty() && silence.until.as_str() < today {
                continue;
            }
            let patterns = silence.matchers.iter().map(pattern).collect();
            let place = Place { tree: graph.snapshot.role, file: site.file, span: site.span };
            out.push((name.clone(), Silence::clone(silence), patterns, place));
        }
        out.sort_by_key(|own| own.3);
        Self(out)
    }

    /// The silence that covers most of what `watch` would say of `service`.
    pub fn of_watch(&self, graph: &Graph<'_>, watch: &Watch, service: &str) -> Option<Silenced> {
        let mut found: Option<Silenced> = None;
        let is_alert = watch.place.is_some_and(|place| is_of_alerts(graph, place));
        for (covers, silence, patterns, place) in &self.0 {
            // A downtime in Icinga silences Icinga's checks, and no alert of Prometheus.
            if is_alert && is_of_icinga(graph, *place) {
                continue;
            }
            let in_part = match self::covers(silence, patterns, *place, watch, service) {
                Holds::Yes => silence.in_part,
                Holds::InPart => true,
                _ => continue,
            };
            if found.is_none() || !in_part {
                let covers = covers.clone();
                let until = silence.until.clone();
                found = Some(Silenced { place: *place, covers, until, in_part });
                if !in_part {
                    break;
                }
            }
        }
        found
    }

    /// The silence that would cover `watch` but for one label, and that label.
    pub fn missing(
        &self,
        graph: &Graph<'_>,
        watch: &Watch,
        service: &str,
    ) -> Option<(Place, SmolStr)> {
        let is_alert = watch.place.is_some_and(|place| is_of_alerts(graph, place));
        self.0.iter().find_map(|(_, silence, patterns, place)| {
            if is_alert && is_of_icinga(graph, *place) {
                return None;
            }
            Some((*place, but_for(silence, patterns, *place, watch, service)?))
        })
    }
}

/// The one label by which a silence misses, where it is by name for what `watch` says.
fn but_for(
    silence: &Silence,
    patterns: &[Option<Regex>],
    place: Place,
    watch: &Watch,
    service: &str,
) -> Option<SmolStr> {
    let mut misses = None;
    let mut named = false;
    for (matcher, pattern) in silence.matchers.iter().zip(patterns) {
        match holds(matcher, pattern.as_ref(), place, watch, service) {
            Holds::No if misses.is_some() => return None,
            Holds::No => misses = Some(matcher.label.clone()),
            Holds::Yes => named |= matcher.label == "alertname" || matcher.label == "service",
            Holds::InPart | Holds::Unknown => {}
        }
    }
    misses.filter(|_| named)
}

fn has_system(graph: &Graph<'_>, place: Place, systems: &[&str]) -> bool {
    let own = &graph.snapshot.file(place.file).systems;
    own.iter().any(|own| systems.contains(own))
}

/// Whether a monitor stands in a file of alerts, and of nothing else that watches.
fn is_of_alerts(graph: &Graph<'_>, place: Place) -> bool {
    has_system(graph, place, &["monitors"])
        && !has_system(graph, place, &["icinga2", "nagios", "puppet", "ansible"])
}

/// Whether a downtime is Icinga's or Nagios' own.
fn is_of_icinga(graph: &Graph<'_>, place: Place) -> bool {
    has_system(graph, place, &["icinga2", "nagios"])
}

/// The expression of a matcher, for its whole text.
fn pattern(matcher: &Matcher) -> Option<Regex> {
    matches!(matcher.how, Matching::Regex | Matching::NotRegex)
        .then(|| {
            RegexBuilder::new(&format!("^(?:{})$", matcher.value)).size_limit(1 << 18).build()
        })?
        .ok()
}

fn covers(
    silence: &Silence,
    patterns: &[Option<Regex>],
    place: Place,
    watch: &Watch,
    service: &str,
) -> Holds {
    let mut all = true;
    let mut some = false;
    for (matcher, pattern) in silence.matchers.iter().zip(patterns) {
        match holds(matcher, pattern.as_ref(), place, watch, service) {
            Holds::No => return Holds::No,
            Holds::Yes => some = true,
            Holds::InPart => (all, some) = (false, true),
            Holds::Unknown => all = false,
        }
    }
    match (all, some) {
        (true, true) => Holds::Yes,
        (false, true) => Holds::InPart,
        _ => Holds::No,
    }
}

fn holds(
    matcher: &Matcher,
    pattern: Option<&Regex>,
    place: Place,
    watch: &Watch,
    service: &str,
) -> Holds {
    let says = |text: &str| compare(matcher, pattern, text);
    let known: Vec<&str> = watch.monitor.label(&matcher.label).map(|own| own.as_str()).collect();
    let yes = |is: bool| if is { Holds::Yes } else { Holds::No };
    match matcher.label.as_str() {
        Silence::OWN => {
            let same = watch.place.is_some_and(|own| own.file == place.file);
            yes(same && matcher.value == watch.name)
        }
        "alertname" => says(&watch.name),
        // The description of a check, or the label of an alert.
        "service" | "job" | "app" | "component" => match known.as_slice() {
            [] if matches!(matcher.how, Matching::NotEqual | Matching::NotRegex) => Holds::Unknown,
            [] => yes(says(&watch.name) == Holds::Yes || names(matcher, pattern, service)),
            known => any(known.iter().map(|own| says(own))),
        },
        "host" | "hostname" | "instance" => match known.as_slice() {
            [] => {
                let own = matcher.value.split([':', '.']).next().unwrap_or_default();
                if matcher.how != Matching::Equal {
                    return Holds::Unknown;
                }
                let named = !own.is_empty()
                    && (watch.name.contains(matcher.value.as_str())
                        || watch.monitor.asks.contains(matcher.value.as_str()));
                if own.eq_ignore_ascii_case(service) || named {
                    Holds::Yes
                } else if has_word(own, service) {
                    Holds::InPart
                } else {
                    Holds::Unknown
                }
            }
            known => {
                let each: Vec<Holds> = known.iter().map(|own| says(own)).collect();
                match any(each.iter().copied()) {
                    Holds::Yes if each.iter().any(|own| *own != Holds::Yes) => Holds::InPart,
                    own => own,
                }
            }
        },
        "hostgroup" | "servicegroup" => match known.as_slice() {
            [] if matcher.how == Matching::Built => Holds::Unknown,
            // Which hosts are in a group only an inventory tells, or their names.
            [] => {
                let hosts: Vec<&SmolStr> = watch.monitor.label("host").collect();
                let starts = |own: &&&SmolStr| {
                    let head = own.get(..service.len()).unwrap_or_default();
                    head.eq_ignore_ascii_case(service)
                };
                let elsewhere = hosts.len() - hosts.iter().filter(starts).count();
                match (hosts.len(), elsewhere) {
                    (1.., own) if own == hosts.len() => Holds::Unknown,
                    _ if names(matcher, pattern, service) && elsewhere == 0 => Holds::Yes,
                    _ if has_word(&matcher.value, service) => Holds::InPart,
                    _ => Holds::Unknown,
                }
            }
            known => any(known.iter().map(|own| says(own))),
        },
        label => match known.as_slice() {
            [] => match selected(&watch.monitor.asks, label) {
                Some(value) => says(value),
                None => Holds::Unknown,
            },
            known => any(known.iter().map(|own| says(own))),
        },
    }
}

/// The best of several.
fn any(all: impl Iterator<Item = Holds>) -> Holds {
    let all: Vec<Holds> = all.collect();
    let has = |own| all.contains(&own);
    [Holds::Yes, Holds::InPart, Holds::Unknown]
        .into_iter()
        .find(|word| has(*word))
        .unwrap_or(Holds::No)
}

/// Whether a matcher is for the service itself.
fn names(matcher: &Matcher, pattern: Option<&Regex>, service: &str) -> bool {
    matcher.value.eq_ignore_ascii_case(service) || compare(matcher, pattern, service) == Holds::Yes
}

/// The value that an expression selects for a label, where its result keeps it.
fn selected<'t>(expression: &'t str, label: &str) -> Option<&'t str> {
    let gathers = ["sum", "count", "avg", "max", "min", "topk", "absent", "group", "quantile"];
    if gathers.iter().any(|word| has_word(expression, word)) {
        return None;
    }
    let own = format!("{label}=\"");
    let at = expression.match_indices(&own).map(|(at, _)| at).find(|at| {
        expression[..*at].ends_with(|c: char| matches!(c, '{' | ',') || c.is_whitespace())
    })?;
    expression[at + own.len()..].split_once('"').map(|(value, _)| value)
}

fn compare(matcher: &Matcher, pattern: Option<&Regex>, text: &str) -> Holds {
    if text.contains('*') && !matcher.value.is_empty() && matcher.value != text {
        // A name that is known at run time only.
        let possible = match matcher.how {
            Matching::Equal => holes(text).matches(&matcher.value),
            _ => true,
        };
        return if possible { Holds::Unknown } else { Holds::No };
    }
    let yes = |is: bool| if is { Holds::Yes } else { Holds::No };
    let invert = |own| match own {
        Holds::Yes => Holds::No,
        Holds::No => Holds::Yes,
        own => own,
    };
    let matched = || pattern.map_or(Holds::Unknown, |own| yes(own.is_match(text)));
    match matcher.how {
        Matching::Equal => yes(matcher.value == text),
        Matching::NotEqual => yes(matcher.value != text),
        Matching::Regex => matched(),
        Matching::NotRegex => invert(matched()),
        Matching::Glob => yes(holes(&matcher.value).matches(text)),
        Matching::Built if holes(&matcher.value).matches(text) => Holds::Unknown,
        Matching::Built => Holds::No,
    }
}

/// `*` stands for anything.
pub(super) fn holes(text: &str) -> NamePattern {
    NamePattern::with_marks(text, &['*'])
}

#[cfg(test)]
mod tests {
    use super::super::WatchKind;
    use super::*;
    use crate::facts::{Monitor, Span};
    use crate::loader::Role;

    fn judge(matchers: &[(&str, Matching, &str)], name: &str, monitor: Monitor) -> Holds {
        let matchers = matchers.iter().map(|(label, how, value)| Matcher::new(label, *how, value));
        let silence = Silence { matchers: matchers.collect(), ..Silence::default() };
        let patterns: Vec<_> = silence.matchers.iter().map(pattern).collect();
        let place = Place { tree: Role::New, file: 0, span: Span::default() };
        let name = name.into();
        let watch = Watch {
            kind: WatchKind::Monitor,
            name,
            monitor,
            place: Some(place),
            silenced: None,
            missed: None,
        };
        covers(&silence, &patterns, place, &watch, "parser")
    }

    fn labels(all: &[(&str, &str)]) -> Monitor {
        let labels = all.iter().map(|(name, value)| ((*name).into(), (*value).into()));
        Monitor { labels: labels.collect(), ..Monitor::default() }
    }

    use Matching::{Built, Equal, Glob, NotEqual, Regex as Re};

    #[test]
    fn alerts() {
        let own = |all: &[_]| judge(all, "ParserDown", labels(&[("severity", "page")]));
        assert_eq!(own(&[("alertname", Equal, "ParserDown")]), Holds::Yes);
        assert_eq!(own(&[("alertname", Equal, "WikiDown")]), Holds::No);
        assert_eq!(own(&[("alertname", Re, "Parser")]), Holds::No);
        assert_eq!(own(&[("alertname", Re, "Parser.*")]), Holds::Yes);
        assert_eq!(own(&[("alertname", Re, "(")]), Holds::No);
        assert_eq!(own(&[("service", Equal, "parser"), ("severity", Equal, "page")]), Holds::Yes);
        assert_eq!(own(&[("service", Equal, "parser"), ("severity", NotEqual, "page")]), Holds::No);
        // One site, one host: what remains still tells.
        assert_eq!(own(&[("service", Equal, "parser"), ("site", Equal, "a")]), Holds::InPart);
        assert_eq!(own(&[("site", Equal, "a")]), Holds::No);
    }

    #[test]
    fn one_label_that_misses_is_named() {
        let by = |matchers: &[(&str, Matching, &str)]| {
            let all = matchers.iter().map(|(label, how, value)| Matcher::new(label, *how, value));
            let silence = Silence { matchers: all.collect(), ..Silence::default() };
            let patterns: Vec<_> = silence.matchers.iter().map(pattern).collect();
            let place = Place { tree: Role::New, file: 0, span: Span::default() };
            let monitor = labels(&[("severity", "page")]);
            let (kind, name) = (WatchKind::Monitor, "ParserDown".into());
            let watch =
                Watch { kind, name, monitor, place: Some(place), silenced: None, missed: None };
            but_for(&silence, &patterns, place, &watch, "parser")
        };
        let (name, wrong) = (("alertname", Equal, "ParserDown"), ("severity", Equal, "warning"));
        assert_eq!(by(&[name, wrong]).as_deref(), Some("severity"));
        assert_eq!(by(&[name]), None);
        assert_eq!(by(&[wrong]), None);
        assert_eq!(by(&[("alertname", Equal, "Other"), wrong]), None);
    }

    #[test]
    fn what_an_expression_selects() {
        let alert = |asks: &str| Monitor { asks: asks.into(), ..Monitor::default() };
        let matchers = [("alertname", Equal, "ServiceOutage"), ("site", Equal, "a")];
        let own = |asks: &str| judge(&matchers, "ServiceOutage", alert(asks));
        assert_eq!(own("up{job=\"x\", site=\"a\"} == 0"), Holds::Yes);
        assert_eq!(own("up{site=\"b\"} == 0"), Holds::No);
        assert_eq!(own("sum(up{site=\"a\"}) == 0"), Holds::InPart);
    }

    #[test]
    fn hosts_and_groups() {
        let two = || labels(&[("service", "Parser HTTP"), ("host", "a"), ("host", "b")]);
        let own = |all: &[_]| judge(all, "Parser HTTP", two());
        assert_eq!(own(&[("host", Equal, "a"), ("service", Equal, "Parser HTTP")]), Holds::InPart);
        assert_eq!(own(&[("host", Glob, "*")]), Holds::Yes);
        assert_eq!(own(&[("host", Built, "*")]), Holds::No);
        assert_eq!(own(&[("host", Equal, "c")]), Holds::No);
        let none = |all: &[_]| judge(all, "parser", Monitor::default());
        assert_eq!(none(&[("hostgroup", Re, "parser|wiki")]), Holds::Yes);
        assert_eq!(none(&[("hostgroup", Equal, "wiki")]), Holds::No);
        assert_eq!(none(&[("host", Equal, "parser.svc.example.org")]), Holds::Yes);
        assert_eq!(none(&[("host", Equal, "parser1001")]), Holds::InPart);
        assert_eq!(none(&[("host", Built, "*")]), Holds::No);
        assert_eq!(none(&[("hostgroup", Built, "*")]), Holds::No);
        // Hosts that are not named after the service may be in no such group.
        let group = [("hostgroup", Equal, "parser")];
        let of = |hosts: &[(&str, &str)]| judge(&group, "check", labels(hosts));
        assert_eq!(of(&[("host", "parser1001"), ("host", "parser1002")]), Holds::Yes);
        assert_eq!(of(&[("host", "parser1001"), ("host", "log1")]), Holds::InPart);
        assert_eq!(of(&[("host", "log1")]), Holds::No);
    }
}
