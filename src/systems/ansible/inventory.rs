//! Inventories: which hosts are in which group.
//!
//! (Source: Ansible's documentation of inventories in INI and YAML form, and of host
//! ranges; `[10:20]` and `[a:f]` include both ends.)

use super::{aimed, twice};
use crate::extract::{Extractor, Settings, Source};
use crate::facts::{
    Detail, FileFacts, NamePattern, Provide, Ref, Relation, Require, Span, Strength, kinds,
    split_path,
};
use crate::syntax::lines::lines;
use crate::syntax::shebang;
use crate::syntax::yaml::{Node, Value};
use rustc_hash::{FxHashMap, FxHashSet};
use smol_str::SmolStr;

/// Extracts host groups from inventories.
pub struct Inventory;

/// More hosts than these in one word are not a range that somebody wrote.
const MAX_RANGE: usize = 10_000;

impl Extractor for Inventory {
    fn system(&self) -> &'static str {
        "ansible"
    }

    fn claims(&self, path: &str) -> bool {
        let (folder, name) = split_path(path);
        let inside = |part: &str| matches!(part, "inventory" | "inventories");
        let known =
            matches!(name, "hosts" | "hosts.ini" | "hosts.yml" | "hosts.yaml" | "inventory")
                && folder.is_empty();
        may_be_one(path) && (known || folder.split('/').any(inside))
    }

    /// `ansible.cfg` names others.
    fn claims_under(&self, path: &str, settings: &Settings) -> bool {
        let is_named = |own: &SmolStr| {
            path.strip_prefix(own.as_str())
                .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        };
        self.claims(path) || may_be_one(path) && settings.inventories.iter().any(is_named)
    }

    /// A program that prints one is none.
    fn accepts(&self, bytes: &[u8]) -> bool {
        !shebang::is_script(bytes)
    }

    fn extract(&self, source: &Source<'_>, _settings: &Settings, out: &mut FileFacts) {
        let mut groups = Groups { out, names: FxHashMap::default(), hosts: FxHashSet::default() };
        let is_named = [".yml", ".yaml"].iter().any(|end| source.path.ends_with(end));
        if is_named || is_yaml(source.text) {
            let roots = &source.yaml().roots;
            for root in roots {
                for (name, group) in root.entries() {
                    groups.node(name, group);
                }
            }
            twice::of_values(roots, &mut out.problems);
        } else {
            groups.ini(source.text);
        }
    }
}

/// Whether an inventory without an ending is one in YAML: it begins with a key that holds more.
fn is_yaml(text: &str) -> bool {
    let mut lines = text.lines().map(str::trim_end);
    let first = lines.find(|line| !line.is_empty() && !line.starts_with('#'));
    first.is_some_and(|line| line == "---" || line.ends_with(':') && !line.starts_with('['))
}

/// Whether a file at `path` may be an inventory by its name: no program, none of variables.
fn may_be_one(path: &str) -> bool {
    let (folder, name) = split_path(path);
    let others = |part: &str| matches!(part, "group_vars" | "host_vars" | "roles" | "files");
    let endings = [".ini", ".yml", ".yaml"];
    !folder.split('/').any(others)
        && (!name.contains('.') || endings.iter().any(|ending| name.ends_with(ending)))
}

struct Groups<'f> {
    out: &'f mut FileFacts,
    /// Groups of this file, with their index among its provides.
    names: FxHashMap<SmolStr, u32>,
    /// Hosts of this file.
    hosts: FxHashSet<SmolStr>,
}

impl Groups<'_> {
    /// The group of that name; its detail lists its hosts, apart by blanks.
    fn group(&mut self, name: &str, span: Span) -> u32 {
        if let Some(ix) = self.names.get(name) {
            return *ix;
        }
        let ix = self.out.provides.len() as u32;
        self.out.provides.push(Provide {
            kind: kinds::ANSIBLE_GROUP,
            name: NamePattern::exact(name),
            span,
            within: None,
            detail: Detail::None,
        });
        self.names.insert(name.into(), ix);
        aimed::reads_variables("group", name, span, self.out);
        ix
    }

    /// A variable of a group, which is set at `start`.
    fn variable(&mut self, name: &str, start: usize) {
        self.out.provides.push(Provide {
            kind: kinds::ANSIBLE_VARIABLE,
            name: NamePattern::exact(name),
            span: Span::new(start, start + name.len()),
            within: None,
            detail: Detail::None,
        });
    }

    fn variables(&mut self, node: &Node<'_>) {
        for (key, _) in node.entries() {
            if let Some(name) = key.as_str() {
                self.variable(name, key.span.start as usize);
            }
        }
    }

    fn hosts(&mut self, group: u32, hosts: &[String]) {
        let provide = &mut self.out.provides[group as usize];
        let mut all = match std::mem::take(&mut provide.detail) {
            Detail::Members(own) => own.into_vec(),
            _ => Vec::new(),
        };
        all.extend(hosts.iter().filter(|host| !host.is_empty()).map(SmolStr::from));
        provide.detail = Detail::Members(all.into());
    }

    /// The hosts that the word at `span` stands for.
    fn named(&mut self, word: &str, span: Span) -> Vec<String> {
        let hosts = expanded(word);
        for host in hosts.iter().filter(|host| !host.is_empty()) {
            if self.hosts.len() < MAX_RANGE && self.hosts.insert(host.into()) {
                self.out.provides.push(Provide {
                    kind: kinds::ANSIBLE_HOST,
                    name: NamePattern::exact(host.as_str()),
                    span,
                    within: None,
                    detail: Detail::None,
                });
                aimed::reads_variables("host", host, span, self.out);
            }
        }
        hosts
    }

    fn child(&mut self, group: u32, name: &str, span: Span) {
        let target = Ref::exact(kinds::ANSIBLE_GROUP, name);
        let require =
            Require::certain(target, span, Relation::HasMember.called("children"), Some(group));
        self.out.requires.push(require.with_strength(Strength::Guarded));
    }

    fn ini(&mut self, text: &str) {
        // What a section's lines are; variables and hosts without a group are passed over.
        let mut section: Option<(u32, bool)> = None;
        let mut of_variables = false;
        let mut hosts = Vec::new();
        for (at, line) in lines(text) {
            let start = at + line.len() - line.trim_start().len();
            let line = line.split(['#', ';']).next().unwrap_or_default().trim();
            let span = Span::new(start, start + line.len());
            if let Some(head) = line.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
                if let Some((group, _)) = section.take() {
                    self.hosts(group, &std::mem::take(&mut hosts));
                }
                let (name, sort) = head.split_once(':').unwrap_or((head, "hosts"));
                of_variables = sort == "vars";
                section = match sort {
                    "hosts" | "children" => Some((self.group(name, span), sort == "children")),
                    _ => None,
                };
                continue;
            }
            let Some(word) = line.split_whitespace().next() else { continue };
            if let Some((name, _)) = line.split_once('=').filter(|_| of_variables) {
                self.variable(name.trim_end(), start);
            }
            match section {
                Some((group, true)) => self.child(group, word, span),
                Some((_, false)) => {
                    hosts.extend(self.named(word, Span::new(start, start + word.len())));
                    let pairs = line.split_whitespace().skip(1);
                    for (name, _) in pairs.filter_map(|pair| pair.split_once('=')) {
                        self.variable(name, start);
                    }
                }
                // Hosts without a group stand first.
                None if !of_variables && !word.contains('=') => {
                    self.named(word, Span::new(start, start + word.len()));
                }
                None => {}
            }
        }
        if let Some((group, _)) = section {
            self.hosts(group, &hosts);
        }
    }

    fn node(&mut self, name: &Node<'_>, node: &Node<'_>) {
        let Some(text) = name.as_str() else { return };
        let parts = ["hosts", "children", "vars"];
        let is_group = node
            .entries()
            .iter()
            .any(|(key, _)| key.as_str().is_some_and(|key| parts.contains(&key)));
        if !is_group && !matches!(node.value, Value::Scalar { .. }) {
            return;
        }
        let group = self.group(text, name.span);
        if let Some(hosts) = node.get("hosts") {
            let names: Vec<String> = hosts
                .entries()
                .iter()
                .filter_map(|(host, _)| Some((host.as_str()?, host.span)))
                .flat_map(|(host, span)| self.named(host, span))
                .collect();
            self.hosts(group, &names);
            hosts.entries().iter().for_each(|(_, own)| self.variables(own));
        }
        node.get("vars").into_iter().for_each(|own| self.variables(own));
        for (child, inner) in node.get("children").map(Node::entries).unwrap_or_default() {
            if let Some(text) = child.as_str() {
                self.child(group, text, child.span);
                self.node(child, inner);
            }
        }
    }
}

/// The hosts that a word with a range stands for: `web[01:03].example.org`.
fn expanded(word: &str) -> Vec<String> {
    let plain = || vec![word.to_owned()];
    let Some((before, rest)) = word.split_once('[') else { return plain() };
    let Some((range, after)) = rest.split_once(']') else { return plain() };
    let mut parts = range.split(':');
    let (Some(from), Some(to)) = (parts.next(), parts.next()) else { return plain() };
    let step: u32 = parts.next().and_then(|step| step.parse().ok()).unwrap_or(1).max(1);
    let width = from.len();
    let texts: Vec<String> = match (from.parse::<u32>(), to.parse::<u32>()) {
        (Ok(first), Ok(last)) if (last.saturating_sub(first) as usize) < MAX_RANGE => {
            (first..=last).step_by(step as usize).map(|n| format!("{n:0width$}")).collect()
        }
        _ => match (from.as_bytes(), to.as_bytes()) {
            ([first], [last]) if first.is_ascii_alphabetic() && last.is_ascii_alphabetic() => {
                (*first..=*last).map(|letter| char::from(letter).to_string()).collect()
            }
            _ => return plain(),
        },
    };
    let rests = expanded(after);
    if texts.len() * rests.len() > MAX_RANGE {
        return plain();
    }
    let joined = |text: &String| {
        rests.iter().map(|rest| format!("{before}{text}{rest}")).collect::<Vec<_>>()
    };
    texts.iter().flat_map(joined).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn groups(path: &str, text: &str) -> Vec<String> {
        let mut out = FileFacts::default();
        let source = Source::of(path, text);
        Inventory.extract(&source, &Settings::default(), &mut out);
        let groups = out.provides.iter().filter(|own| own.kind != kinds::ANSIBLE_HOST);
        groups.map(|group| format!("{}: {}", group.name, group.detail)).collect()
    }

    #[test]
    fn ranges_are_bounded() {
        assert_eq!(expanded("a[1:2][x:y]"), ["a1x", "a1y", "a2x", "a2y"]);
        assert_eq!(expanded("a[0:9999][0:9999]").len(), 1);
        assert_eq!(expanded("a[0:4000000000]").len(), 1);
        assert_eq!(expanded("a[3:1]").len(), 0);
    }

    #[test]
    fn groups_of_both_forms() {
        let ini = "lonely\n[web]\na.example # the first\nb[08:10].example port=1\n[web:vars]\nx=1\n[all_web:children]\nweb\n[web]\nc\n";
        assert_eq!(
            groups("inventory/hosts", ini),
            ["web: a.example b08.example b09.example b10.example c", "port: ", "x: ", "all_web: "]
        );
        let yaml =
            "all:\n  children:\n    web:\n      hosts:\n        a:\n        w[a:c]:\n    db:\n";
        assert_eq!(groups("inventory/x", yaml), groups("inventory/x.yml", yaml));
        assert_eq!(groups("inventory/x.yml", yaml), ["all: ", "web: a wa wb wc", "db: "]);
    }

    #[test]
    fn by_folder_or_as_ansible_cfg_names_them() {
        let settings =
            Settings { inventories: vec!["envs/live".into()].into(), ..Settings::default() };
        assert!(Inventory.claims_under("envs/live/hosts", &settings));
        assert!(!Inventory.claims_under("envs/live/group_vars/web", &settings));
        assert!(!Inventory.claims_under("envs/old/hosts", &settings));
        assert!(!Inventory.claims_under("envs/live/list.py", &settings));
        assert!(Inventory.claims_under("inventory/hosts", &settings));
        assert!(!Inventory.accepts(b"#!/bin/sh\n"));
    }
}
