//! A watcher of a service, what it asks for, and the silence that covers it.

use crate::facts::Monitor;
use crate::finding::Place;
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
        [" == ", " != ", " > ", " < ", " >= ", " <= "].iter().any(|word| asks.contains(word));
    let head = asks.split(['{', '(', '[', ' ']).next().filter(is_word);
    let first = head.and_then(|head| asks[head.len()..].chars().next());
    let selects = matches!(first, Some('{' | '(' | '[')) && !asks.contains("{{");
    head.is_some() && (selects || compares)
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

/// How a monitor is silenced.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Silenced {
    /// Where that is declared.
    pub place: Place,
    /// What the silence covers, as it says.
    pub covers: SmolStr,
    /// The day on which it ends; empty where it is not known.
    pub until: SmolStr,
    /// Whether it covers the monitor in part only, as far as the tree shows.
    pub in_part: bool,
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
