//! HAProxy configurations, also as Puppet or Jinja templates.

mod branches;
mod checks;
mod environment;
mod keywords;
mod loops;
mod maintenance;
mod maps;
mod names;
mod parse;
mod references;
mod syntax;

use crate::extract::{Extractor, Settings, Source};
use crate::facts::{FileFacts, Kind, Template, base_name, kinds};
use crate::graph::Graph;
use crate::syntax::shebang;
use crate::systems::System;
use smol_str::SmolStr;

/// HAProxy.
pub(super) struct Room;

impl System for Room {
    fn name(&self) -> &'static str {
        "haproxy"
    }

    fn readers(&self) -> &'static [&'static dyn Extractor] {
        &[&HaProxy, &HaProxyByContents, &maps::Maps]
    }

    fn names(&self, graph: &mut Graph<'_>) {
        names::install(graph);
    }
}

/// Extracts from HAProxy configurations.
pub struct HaProxy;

impl Extractor for HaProxy {
    fn system(&self) -> &'static str {
        "haproxy"
    }

    fn claims(&self, path: &str) -> bool {
        let base = base_name(path);
        path.contains("haproxy") && (may_configure(base) || base == "haproxy")
    }

    fn extract(&self, source: &Source<'_>, settings: &Settings, out: &mut FileFacts) {
        let file = parse::parse(source.text);
        // Other tools' files lie in haproxy folders too: a configuration has a proxy or
        // global section with HAProxy's own words in it.
        let mut lines = file.sections.iter().flat_map(|section| &section.lines);
        if !lines.any(|line| OWN_WORDS.binary_search(&line.keyword()).is_ok()) {
            return;
        }
        references::collect(&file, source, out);
        environment::environment(&file, source, out);
        checks::check(&file, settings, out);
        let version = settings.versions.get("haproxy").map(SmolStr::as_str);
        maintenance::check(&file, version, out);
        syntax::check(&file, source.text, version, out);
    }
}

/// Words that lines of HAProxy's sections begin with.
const OWN_WORDS: &[&str] = &[
    "acl",
    "balance",
    "bind",
    "daemon",
    "default_backend",
    "errorfile",
    "http-check",
    "http-request",
    "http-response",
    "log",
    "mailer",
    "maxconn",
    "mode",
    "nameserver",
    "option",
    "peer",
    "redirect",
    "server",
    "server-template",
    "stats",
    "stick",
    "stick-table",
    "tcp-request",
    "timeout",
    "use_backend",
    "user",
];

/// Configurations whose path does not say that they are HAProxy's.
pub struct HaProxyByContents;

impl Extractor for HaProxyByContents {
    fn system(&self) -> &'static str {
        "haproxy"
    }

    fn claims(&self, path: &str) -> bool {
        !HaProxy.claims(path) && may_configure(base_name(path))
    }

    fn by_contents(&self, _path: &str) -> bool {
        true
    }

    /// A section that takes traffic or sends it on, and in it what only HAProxy writes.
    fn accepts(&self, bytes: &[u8]) -> bool {
        let sections = ["frontend ", "backend ", "listen "];
        if !sections.iter().any(|word| memchr::memmem::find(bytes, word.as_bytes()).is_some()) {
            return false;
        }
        // A program that writes one.
        if shebang::is_script(bytes) {
            return false;
        }
        let Ok(text) = std::str::from_utf8(bytes) else { return false };
        let (mut inside, mut own) = (false, 0);
        for line in text.lines() {
            let mut words = line.split_whitespace();
            let (first, second) = (words.next().unwrap_or_default(), words.next());
            if matches!(first, "frontend" | "backend" | "listen") && line.starts_with(first) {
                // Not `listen 80;`, not `backend web {`, and not OpenNTPD's `listen on *`.
                if second.is_none()
                    || (first, second) == ("listen", Some("on"))
                    || line.trim_end().ends_with(['{', ';'])
                {
                    return false;
                }
                inside = true;
            } else if line.trim_end().ends_with(';') {
                return false;
            }
            let counts = match (first, second) {
                ("use_backend" | "default_backend" | "server", Some(_)) => true,
                ("mode", Some("http" | "tcp")) => true,
                ("balance", Some("roundrobin" | "leastconn" | "source" | "first")) => true,
                ("bind", Some(at)) => at.contains(':'),
                ("option", Some("httpchk" | "httplog" | "tcplog" | "forwardfor")) => true,
                ("timeout", Some("client" | "server" | "connect")) => true,
                _ => false,
            };
            own += usize::from(inside && counts);
        }
        own >= 2
    }

    fn extract(&self, source: &Source<'_>, settings: &Settings, out: &mut FileFacts) {
        HaProxy.extract(source, settings, out);
    }
}

/// Whether a file that is called so may be HAProxy's: a configuration, or any template.
fn may_configure(base: &str) -> bool {
    base.ends_with(".cfg") || base.ends_with(".conf") || Template::at(base).is_some()
}

/// The kind that a section's name provides and references require.
fn section_kind(section: &str) -> Option<Kind> {
    Some(match section {
        "backend" | "listen" => kinds::HAPROXY_BACKEND,
        "frontend" => kinds::HAPROXY_FRONTEND,
        "peers" => kinds::HAPROXY_PEERS,
        "resolvers" => kinds::HAPROXY_RESOLVERS,
        "userlist" => kinds::HAPROXY_USERLIST,
        "mailers" => kinds::HAPROXY_MAILERS,
        "cache" => kinds::HAPROXY_CACHE,
        "defaults" => kinds::HAPROXY_DEFAULTS,
        "fcgi-app" => kinds::HAPROXY_FCGI_APP,
        "http-errors" => kinds::HAPROXY_HTTP_ERRORS,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn its_contents_tell_a_configuration_from_other_tools_files() {
        assert!(OWN_WORDS.is_sorted());
        for (text, is_own) in [
            ("frontend web\n  bind :80\n  default_backend app\n", true),
            ("{{range .}}\nbackend {{.}}\n  mode http\n  server a 192.0.2.1:80\n{{end}}", true),
            ("backend web {\n  .host = \"a\";\n}\nserver a\nserver b\n", false),
            ("server {\n listen 80;\n}\n", false),
            ("backend = x\nmode http\n", false),
            ("listen to me\nserver a\n", false),
        ] {
            assert_eq!(HaProxyByContents.accepts(text.as_bytes()), is_own, "{text}");
        }
    }
}
