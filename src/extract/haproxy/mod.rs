//! HAProxy configurations, also as Puppet or Jinja templates.

mod checks;
mod loops;
mod parse;
mod references;

use super::{Extractor, Settings, Source};
use crate::facts::{FileFacts, Kind, base_name, kinds};

/// Extracts from HAProxy configurations.
pub struct HaProxy;

impl Extractor for HaProxy {
    fn system(&self) -> &'static str {
        "haproxy"
    }

    fn claims(&self, path: &str) -> bool {
        let base = base_name(path);
        let endings = [
            ".cfg",
            ".cfg.erb",
            ".cfg.epp",
            ".cfg.j2",
            ".conf.j2",
            ".conf.erb",
            ".conf",
            ".erb",
            ".j2",
        ];
        path.contains("haproxy")
            && (endings.iter().any(|ending| base.ends_with(ending)) || base == "haproxy")
    }

    fn extract(&self, source: &Source<'_>, settings: &Settings, out: &mut FileFacts) {
        let file = parse::parse(source.text);
        // Other tools' files lie in haproxy folders too: a configuration has a proxy or
        // global section with HAProxy's own words in it.
        let looks_right = file.sections.iter().any(|section| {
            section.lines.iter().any(|line| {
                matches!(
                    line.keyword(),
                    "bind"
                        | "server"
                        | "mode"
                        | "balance"
                        | "timeout"
                        | "option"
                        | "log"
                        | "maxconn"
                        | "use_backend"
                        | "default_backend"
                        | "acl"
                        | "http-request"
                        | "daemon"
                        | "nameserver"
                        | "peer"
                        | "user"
                        | "mailer"
                        | "errorfile"
                        | "server-template"
                )
            })
        });
        if !looks_right {
            return;
        }
        references::collect(&file, source, out);
        checks::check(&file, settings, out);
    }
}

/// The kind that a section's name provides and references require.
fn section_kind(section: &str) -> Option<Kind> {
    Some(match section {
        "backend" | "listen" => kinds::HAPROXY_BACKEND,
        "frontend" => Kind::fixed("haproxy.frontend"),
        "peers" => Kind::fixed("haproxy.peers"),
        "resolvers" => Kind::fixed("haproxy.resolvers"),
        "userlist" => Kind::fixed("haproxy.userlist"),
        "mailers" => Kind::fixed("haproxy.mailers"),
        "cache" => Kind::fixed("haproxy.cache"),
        "defaults" => Kind::fixed("haproxy.defaults"),
        "http-errors" => Kind::fixed("haproxy.http-errors"),
        _ => return None,
    })
}
