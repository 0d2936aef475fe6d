//! The hosts of node definitions, and what files of hierarchies are data of.

use crate::facts::{Detail, Entity, kinds};
use crate::graph::query::Thing;
use crate::graph::{DataOf, Graph, Hosts, Inventory};
use rustc_hash::FxHashSet;

/// Node definitions.
pub(super) struct Nodes;

impl Inventory for Nodes {
    fn data_of(&self, path: &str) -> Option<DataOf> {
        data_level(path)
    }

    fn hosts(&self, graph: &Graph<'_>, things: &FxHashSet<Thing>, named: &[String]) -> Vec<Hosts> {
        let mut out = Vec::new();
        for (name, site) in graph.all(kinds::PUPPET_NODE) {
            let is_found = things.contains(&Thing { file: site.file, provide: site.provide });
            if !is_found && !named.iter().any(|host| is_for(name, host)) {
                continue;
            }
            let count = site.provide.and_then(|ix| {
                match graph.snapshot.file(site.file).facts.provides[ix as usize].detail {
                    Detail::Count(count) => Some(count),
                    _ => None,
                }
            });
            out.push(Hosts { name: name.clone(), count, site: *site });
        }
        out
    }
}

/// The class of a role.
fn role(name: &str) -> DataOf {
    DataOf::Definition(Entity::new(kinds::PUPPET_CLASS, format!("role::{name}")))
}

/// The one host or role that a data file is for, by the names that such levels commonly
/// have. Keys of other levels are followed to whatever reads them.
fn data_level(path: &str) -> Option<DataOf> {
    let path = path.strip_suffix(".yaml").or_else(|| path.strip_suffix(".yml"))?;
    let parts: Vec<&str> = path.split('/').collect();
    let data = parts.iter().position(|part| matches!(*part, "hieradata" | "data" | "hiera"))?;
    let below = &parts[data + 1..];
    let at = |names: &[&str]| below.iter().position(|part| names.contains(part));
    if let Some(at) = at(&["hosts", "host", "nodes", "node"])
        && let [name] = below[at + 1..]
    {
        return Some(DataOf::Host(name.to_owned()));
    }
    match below[at(&["role", "roles"])? + 1..] {
        // The first part is a site, or what all sites share.
        [_, ref class @ ..] if !class.is_empty() => Some(role(&class.join("::"))),
        [class] => Some(role(class)),
        _ => None,
    }
}

/// Whether a node definition of that title is for a host.
fn is_for(title: &str, host: &str) -> bool {
    match title.strip_prefix('/').and_then(|rest| rest.strip_suffix('/')) {
        // Titles commonly go on with the domain, which the data's name leaves out.
        Some(pattern) => {
            regex::RegexBuilder::new(pattern).size_limit(1 << 20).build().is_ok_and(|own| {
                own.is_match(host)
                    || domains(pattern).any(|domain| own.is_match(&format!("{host}{domain}")))
            })
        }
        None => title.split('.').next() == host.split('.').next(),
    }
}

/// What may stand behind a host's name where a pattern goes on with a domain: the words that
/// the pattern has after its first dot.
fn domains(pattern: &str) -> impl Iterator<Item = String> {
    let rest = pattern.split_once("\\.").map_or("", |(_, rest)| rest);
    let words = rest.split(|c: char| !c.is_ascii_alphanumeric() && c != '-');
    words
        .filter(|word| !word.is_empty())
        .map(|word| format!(".{word}."))
        .collect::<Vec<_>>()
        .into_iter()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn node_titles_match_hosts_with_and_without_domain() {
        assert!(is_for(r"/^web100[12]\.(eqiad|codfw)\.wmnet$/", "web1001.eqiad.wmnet"));
        assert!(is_for(r"/^web100[12]\.(eqiad|codfw)\./", "web1002"));
        assert!(!is_for(r"/^web100[12]\.(eqiad|codfw)\./", "web1003"));
        assert!(is_for("web1.example.org", "web1"));
    }

    #[test]
    fn data_is_of_a_host_or_a_role() {
        let level = |path| match data_level(path) {
            Some(DataOf::Host(name)) => format!("host {name}"),
            Some(DataOf::Definition(own)) => own.name.to_string(),
            None => String::new(),
        };
        assert_eq!(level("hieradata/hosts/web1.yaml"), "host web1");
        assert_eq!(level("hieradata/role/common/wiki/web.yaml"), "role::wiki::web");
        assert_eq!(level("data/roles/web.yaml"), "role::web");
        assert_eq!(level("hieradata/common.yaml"), "");
        assert_eq!(level("modules/x/files/hosts/a.yaml"), "");
    }
}
