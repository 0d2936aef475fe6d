//! Who watches a service, what they ask for, and whether a load balancer would take a
//! failing host out.

use super::silences::{Silenced, Silences};
use crate::config::Service;
use crate::facts::{Monitor, kinds};
use crate::finding::Place;
use crate::graph::Graph;
use smol_str::SmolStr;

/// What sort of watcher it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum WatchKind {
    /// A health check of a load balancer or an orchestrator: a host that fails it is taken
    /// out, or restarted.
    Probe,
    /// A check that tells somebody.
    Monitor,
    /// Somebody outside the tree, by configuration.
    Outside,
}

/// A watcher of a service.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Watch {
    /// Its sort.
    pub kind: WatchKind,
    /// Its name.
    pub name: SmolStr,
    /// What it runs or asks for, as written, and its labels.
    pub monitor: Monitor,
    /// Where it is declared; `None` for one outside the tree.
    pub place: Option<Place>,
    /// The declared silence that covers it.
    pub silenced: Option<Silenced>,
    /// A silence that would cover it but for one label, and that label.
    pub missed: Option<(Place, SmolStr)>,
}

impl Watch {
    /// The path that it asks the service for; see [`asked_path`].
    pub fn path(&self) -> Option<String> {
        asked_path(&self.monitor.asks)
    }
}

/// The path that a check asks its service for: `/` where a web check names none.
pub fn asked_path(asks: &str) -> Option<String> {
    if let Some(at) = asks.find("://") {
        let rest = &asks[at + 3..];
        let rest = rest.split([' ', '\'', '"', ']', '!']).next().unwrap_or(rest);
        return Some(rest.find('/').map_or("/".to_owned(), |at| rest[at..].to_owned()));
    }
    if is_expression(asks) {
        return None;
    }
    let is_web = ["http", "GET ", "HEAD ", "OPTIONS ", "curl ", "wget "]
        .iter()
        .any(|word| asks.contains(word));
    // A program with its arguments asks for no path, unless it is a web check; nor does what
    // runs on the host itself.
    let is_command = asks.starts_with('/') && asks.contains(' ');
    let is_local = ["nrpe", "check_procs", "check_disk", "check_file", "by_ssh", "check_log"];
    if !is_web && (is_command || is_local.iter().any(|word| asks.contains(word))) {
        return None;
    }
    let flags = ["-u", "--url=", "--uri=", "--url-path="];
    let words = asks.split([' ', '!']).map(|word| word.trim_matches(['\'', '"']));
    let own = words
        .map(|word| flags.iter().find_map(|flag| word.strip_prefix(flag)).unwrap_or(word))
        .find(|word| {
            let is_program = ["/bin/", "/sbin/", "/plugins/", "/libexec/"];
            word.starts_with('/')
                && !word.starts_with("/usr/")
                && !is_program.iter().any(|own| word.contains(own))
        });
    match own {
        Some(path) => Some(path.to_owned()),
        None if is_web => Some("/".to_owned()),
        None => None,
    }
}

/// Whether a check asks a data base of measurements, in its query language: `rate(x[5m]) > 1`.
fn is_expression(asks: &str) -> bool {
    let is_word = |word: &&str| {
        !word.is_empty()
            && word.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | ':'))
    };
    let compares =
        [" == ", " != ", " > ", " < ", " >= ", " <= "].iter().any(|own| asks.contains(own));
    let head = asks.split(['{', '(', '[', ' ']).next().filter(is_word);
    let first = head.and_then(|head| asks[head.len()..].chars().next());
    let selects = matches!(first, Some('{' | '(' | '[')) && !asks.contains("{{");
    head.is_some() && (selects || compares)
}

/// Labels that say what a monitor is for; others say who is told, or how urgent it is.
const OF_SERVICE: [&str; 6] = ["service", "job", "app", "host", "hostgroup", "servicegroup"];

/// Everyone who watches `service`: monitors that have its name in their own or in what they
/// ask for; and those of the configuration. Silences that ended before `today` are none.
pub fn watches(graph: &Graph<'_>, service: &str, settings: &[Service], today: &str) -> Vec<Watch> {
    let mut out: Vec<Watch> = Vec::new();
    for (name, site) in graph.all(&kinds::MONITOR) {
        let Some(provide) = site
            .provide
            .and_then(|ix| graph.snapshot.file(site.file).facts.provides.get(ix as usize))
        else {
            continue;
        };
        let monitor = Monitor::of_detail(&provide.detail);
        let texts = OF_SERVICE.iter().flat_map(|label| monitor.label(label));
        if ![name, &monitor.asks].into_iter().chain(texts).any(|own| has_word(own, service)) {
            continue;
        }
        let kind = if monitor.sort == "probe" { WatchKind::Probe } else { WatchKind::Monitor };
        let place = Place { tree: graph.snapshot.role, file: site.file, span: site.span };
        out.push(Watch {
            kind,
            name: name.clone(),
            monitor,
            place: Some(place),
            silenced: None,
            missed: None,
        });
    }
    let silences = (!out.is_empty()).then(|| Silences::of(graph, today));
    for watch in out.iter_mut().filter(|own| own.kind == WatchKind::Monitor) {
        watch.silenced = silences.as_ref().and_then(|own| own.of_watch(graph, watch, service));
        watch.missed = match watch.silenced {
            None => silences.as_ref().and_then(|own| own.missing(graph, watch, service)),
            Some(_) => None,
        };
    }
    let own = settings.iter().filter(|own| own.name == service);
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

/// Whether `text` has `word` in it, by itself.
pub(super) fn has_whole_word(text: &str, word: &str) -> bool {
    let words = text.split(|c: char| !c.is_ascii_alphanumeric() && !matches!(c, '-' | '_'));
    words.into_iter().any(|own| own.eq_ignore_ascii_case(word))
}

/// Whether `text` has `word` in it: from the beginning of a word on, to its end for a short
/// one (`parsoid` is in `parsoidcache.svc`, `api` not in `apiary`).
pub(super) fn has_word(text: &str, word: &str) -> bool {
    let (text, word) = (text.to_ascii_lowercase(), word.to_ascii_lowercase());
    !word.is_empty()
        && text.match_indices(&word).any(|(at, _)| {
            let letter = |c: char| c.is_ascii_alphanumeric();
            !text[..at].ends_with(letter)
                && (word.len() >= 5 || !text[at + word.len()..].starts_with(letter))
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_that_checks_ask_for() {
        let path = |asks: &str| asked_path(asks).unwrap_or_else(|| "none".to_owned());
        assert_eq!(path("check_http!8000"), "/");
        assert_eq!(path("check_http!wiki!-u /status -p 80"), "/status");
        assert_eq!(path("check_website!wiki!https://wiki.example.org/a?b!Text"), "/a?b");
        assert_eq!(path("check_site!wiki.example.org!/wiki/!Text"), "/wiki/");
        assert_eq!(path("/usr/lib/nagios/plugins/check_procs -a '/usr/bin/x -S /etc/x'"), "none");
        assert_eq!(path("/usr/lib/nagios/plugins/check_http -H x -u/health"), "/health");
        assert_eq!(path("check_by_nrpe!check_disk_/"), "none");
        assert_eq!(path("GET /health"), "/health");
        assert_eq!(path("/_info"), "/_info");
        assert_eq!(path("connect"), "none");
        assert_eq!(path("rate(http_requests_total{job=\"x\"}[5m]) > 1"), "none");
        assert_eq!(path("http_requests_total > 1"), "none");
        assert_eq!(path("probe_success{instance=\"https://wiki.example.org/a\"} == 0"), "/a");
    }
}
