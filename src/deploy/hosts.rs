//! Which hosts a unit reaches: host groups of the tree whose configuration needs one of its
//! files, directly or not.

use super::units::Units;
use crate::facts::kinds;
use crate::finding::Place;
use crate::graph::Graph;
use crate::graph::query::{Need, Needs, Thing, find, with_contents};
use rustc_hash::FxHashSet;
use smol_str::SmolStr;

/// Hosts that are configured alike.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HostGroup {
    /// Its name: a node definition's title, an inventory's group.
    pub name: SmolStr,
    /// How many hosts are in it at most: as many as its names can match; `None` where the
    /// tree does not tell.
    pub hosts: Option<u64>,
    /// Its definition.
    pub place: Place,
}

/// The host groups that each unit reaches, the smallest first; what is deleted reaches those
/// that needed it.
pub fn reached(old: &Graph<'_>, new: &Graph<'_>, units: &Units) -> Vec<Vec<HostGroup>> {
    let has_groups = [kinds::PUPPET_NODE, kinds::ANSIBLE_GROUP]
        .into_iter()
        .any(|kind| !new.all(kind).is_empty());
    if !has_groups {
        return vec![Vec::new(); units.all.len()];
    }
    let after = Needs::new(new);
    let deletes = units.all.iter().any(|unit| unit.deletes && !unit.paths.is_empty());
    let before = deletes.then(|| Needs::new(old));
    let of = |unit: &super::Unit| match &before {
        Some(before) if unit.deletes => groups(old, before, &unit.paths),
        _ => groups(new, &after, &unit.paths),
    };
    units.all.iter().map(of).collect()
}

fn groups(graph: &Graph<'_>, needs: &Needs, paths: &[SmolStr]) -> Vec<HostGroup> {
    let mut files = Vec::new();
    let mut named = Vec::new();
    for path in paths {
        match data_level(path) {
            // Data of one host or role: whoever else reads the same keys gets others.
            Some(Level::Host(name)) => named.push(name),
            Some(Level::Role(class)) => {
                files.extend(find(graph, &format!("{}:{class}", kinds::PUPPET_CLASS)));
            }
            None => files.extend(with_contents(graph, &find(graph, path))),
        }
    }
    let mut found: FxHashSet<Thing> = files.iter().copied().collect();
    // `File['x']` orders what is in the catalog anyway; it brings nothing in.
    let brings = |need: &Need| need.via != "reference";
    found.extend(needs.impact(&files, brings).into_iter().map(|(_, thing, _)| thing));
    let mut out = Vec::new();
    for (name, site) in graph.all(kinds::PUPPET_NODE) {
        let is_found = found.contains(&Thing { file: site.file, provide: site.provide });
        if !is_found && !named.iter().any(|host| is_for(name, host)) {
            continue;
        }
        let detail = site.provide.and_then(|ix| {
            graph.snapshot.file(site.file).facts.provides[ix as usize].detail.parse().ok()
        });
        let place = Place { tree: graph.snapshot.role, file: site.file, span: site.span };
        out.push(HostGroup { name: name.clone(), hosts: detail, place });
    }
    out.extend(inventory_groups(graph, &found));
    let size = |group: &HostGroup| group.hosts.unwrap_or(u64::MAX);
    out.sort_by(|a, b| (size(a), &a.name, a.place).cmp(&(size(b), &b.name, b.place)));
    out.dedup_by(|a, b| a.name == b.name && a.place == b.place);
    out
}

/// What a file of a Hiera level is data of.
enum Level {
    /// `hosts/web1.yaml`
    Host(String),
    /// `role/common/wiki/web.yaml`, of the class `role::wiki::web`
    Role(String),
}

/// The one host or role that a data file is for, by the names that such levels commonly
/// have. Keys of other levels are followed to whatever reads them.
fn data_level(path: &str) -> Option<Level> {
    let path = path.strip_suffix(".yaml").or_else(|| path.strip_suffix(".yml"))?;
    let parts: Vec<&str> = path.split('/').collect();
    let data = parts.iter().position(|part| matches!(*part, "hieradata" | "data" | "hiera"))?;
    let below = &parts[data + 1..];
    let at = |names: &[&str]| below.iter().position(|part| names.contains(part));
    if let Some(at) = at(&["hosts", "host", "nodes", "node"])
        && let [name] = below[at + 1..]
    {
        return Some(Level::Host(name.to_owned()));
    }
    match below[at(&["role", "roles"])? + 1..] {
        // The first part is a site, or what all sites share.
        [_, ref class @ ..] if !class.is_empty() => {
            Some(Level::Role(format!("role::{}", class.join("::"))))
        }
        [class] => Some(Level::Role(format!("role::{class}"))),
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

/// Groups that one of the found plays is for.
fn inventory_groups(graph: &Graph<'_>, found: &FxHashSet<Thing>) -> Vec<HostGroup> {
    let mut out = Vec::new();
    if graph.all(kinds::ANSIBLE_GROUP).is_empty() {
        return out;
    }
    for thing in found.iter().filter(|thing| thing.provide.is_none()) {
        let requires = graph.snapshot.file(thing.file).facts.requires.iter();
        for require in requires.filter(|require| require.via == "hosts") {
            let Some(target) = require.any_of.first() else { continue };
            let Some(name) = target.name.as_exact() else { continue };
            let Some(site) = graph.providers(kinds::ANSIBLE_GROUP, name).next() else { continue };
            let hosts = hosts_of(graph, name);
            if hosts == 0 {
                continue;
            }
            let place = Place { tree: graph.snapshot.role, file: site.file, span: site.span };
            out.push(HostGroup { name: name.clone(), hosts: Some(hosts), place });
        }
    }
    out
}

/// How many hosts a group and its children have, each counted once.
fn hosts_of(graph: &Graph<'_>, name: &str) -> u64 {
    let mut hosts: FxHashSet<&str> = FxHashSet::default();
    let mut seen: FxHashSet<SmolStr> = FxHashSet::default();
    let mut queue = vec![SmolStr::new(name)];
    while let Some(group) = queue.pop() {
        if !seen.insert(group.clone()) {
            continue;
        }
        for site in graph.providers(kinds::ANSIBLE_GROUP, &group) {
            let facts = &graph.snapshot.file(site.file).facts;
            if let Some(provide) = site.provide.and_then(|ix| facts.provides.get(ix as usize)) {
                hosts.extend(provide.detail.split_whitespace());
            }
            let children = facts.requires.iter().filter(|own| own.within == site.provide);
            let names = children.filter(|own| own.via == "children").flat_map(|own| &own.any_of);
            queue.extend(names.filter_map(|own| own.name.as_exact().cloned()));
        }
    }
    hosts.len() as u64
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
            Some(Level::Host(name)) => format!("host {name}"),
            Some(Level::Role(name)) => name,
            None => String::new(),
        };
        assert_eq!(level("hieradata/hosts/web1.yaml"), "host web1");
        assert_eq!(level("hieradata/role/common/wiki/web.yaml"), "role::wiki::web");
        assert_eq!(level("data/roles/web.yaml"), "role::web");
        assert_eq!(level("hieradata/common.yaml"), "");
        assert_eq!(level("modules/x/files/hosts/a.yaml"), "");
    }
}
