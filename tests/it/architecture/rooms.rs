//! What a system has to itself is named in its room alone: its kinds, and the room.

use super::{circles, root, source};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;

/// How the kinds of a room begin, where it is not with the room's name alone.
const PREFIXES: &[(&str, &[&str])] = &[
    ("puppet", &["PUPPET_", "HIERA_"]),
    ("helm", &["HELM_", "HELMFILE_"]),
    ("varnish", &["VCL_"]),
    ("node", &["JS_"]),
    ("github_actions", &["CI_"]),
    ("gitops", &["GITOPS_", "FLUX_"]),
];

/// Where kinds of a system are named outside of its room, and why. The list may only shrink:
/// elsewhere, ask a kind for a [`Property`](crosscheck::facts::Property), or let the system add
/// what it knows to the graph.
const NAMED_OUTSIDE: &[(&str, &[&str], &str)] = &[
    (
        "src/domain/watch.rs",
        &["NAGIOS_COMMAND"],
        "every monitor of the Nagios family names a command, whichever tool writes it",
    ),
    (
        "src/deploy/harmless.rs",
        &["PROMETHEUS_JOB"],
        "an alert on a job that is not scraped yet has nothing to say, whatever lands first",
    ),
    (
        "src/domain/commands/mod.rs",
        &["GO_PROGRAM"],
        "a command line builds programs of Go, in whatever file it stands",
    ),
    (
        "src/systems/gitops/applied.rs",
        &["KUSTOMIZE_PATH"],
        "the namespace of an object of Flux is that of the root which has it",
    ),
    (
        "src/systems/kubernetes/charted/referred.rs",
        &["HELM_DEPENDENCY"],
        "a chart that has dependencies gets objects from them",
    ),
    (
        "src/systems/mediawiki/mod.rs",
        &["PHP_CLASS", "PHP_CLASS_MAP", "PHP_MEMBER", "PHP_NAMESPACE"],
        "a registration declares classes of PHP, and names their methods",
    ),
    (
        "src/systems/kubernetes/charted.rs",
        &["HELM_CHART"],
        "objects of a chart are compared by how its templates build their names",
    ),
    (
        "src/systems/kustomize/built/left.rs",
        &["FLUX_NAMED"],
        "what Flux names is left where a root that it builds no longer has it",
    ),
    (
        "src/systems/prometheus/rules.rs",
        &["SYSTEMD_UNIT"],
        "alerts of node_exporter name units of systemd",
    ),
    ("src/systems/php/names.rs", &["MEDIAWIKI_WIKI"], "names of settings end in those of wikis"),
    (
        "src/systems/php/walk/mod.rs",
        &["MEDIAWIKI_EXTENSION", "MEDIAWIKI_SKIN"],
        "`wfLoadExtension` is a call of PHP",
    ),
    (
        "src/systems/php/walk/paths.rs",
        &["MEDIAWIKI_ENTRY", "MEDIAWIKI_EXTENSION", "MEDIAWIKI_SKIN"],
        "extensions are loaded by paths that PHP puts together",
    ),
    (
        "src/systems/puppet/resources.rs",
        &["NAGIOS_COMMAND", "NAGIOS_CONTACTGROUP", "NAGIOS_HOSTGROUP", "NAGIOS_TIMEPERIOD"],
        "Puppet has resource types for the objects of Nagios",
    ),
];

/// Rooms that use another room, and why.
const ROOMS_BESIDE: &[(&str, &str, &str)] =
    &[("kubernetes", "compose", "a file of Compose looks like a manifest and is none")];

/// The folders of systems.
fn rooms() -> BTreeSet<String> {
    let all = fs::read_dir(root().join("src/systems")).expect("readable").flatten();
    let folders = all.filter(|entry| entry.path().is_dir());
    folders.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect()
}

/// Each kind that belongs to a room, with the room.
fn kinds(rooms: &BTreeSet<String>) -> BTreeMap<String, String> {
    let table = fs::read_to_string(root().join("src/facts/kind/table.rs")).expect("readable");
    let names = table.lines().filter_map(|line| {
        let (name, rest) = line.strip_prefix("    ")?.split_once(" = \"")?;
        let is_name = name.chars().all(|c| c.is_ascii_uppercase() || "_0123456789".contains(c));
        (is_name && rest.contains("\", \"")).then(|| name.to_owned())
    });
    let begins = |room: &String, kind: &str| match PREFIXES.iter().find(|(own, _)| own == room) {
        Some((_, prefixes)) => prefixes.iter().any(|own| kind.starts_with(own)),
        None => kind.starts_with(&format!("{}_", room.to_uppercase())),
    };
    let owned = names.filter_map(|kind| {
        let room = rooms.iter().find(|room| begins(room, &kind))?;
        Some((kind, room.clone()))
    });
    owned.collect()
}

#[test]
fn kinds_of_a_system_are_named_in_its_room_alone() {
    let kinds = kinds(&rooms());
    assert!(kinds.len() > 50, "the table of kinds is not read as it is written");
    let mut found: BTreeMap<String, BTreeSet<&str>> = BTreeMap::new();
    for file in source::files() {
        let own = match file.module.as_slice() {
            [part, room, ..] if part == "systems" => Some(room),
            _ => None,
        };
        if file.path.starts_with("src/facts/kind") {
            continue;
        }
        for word in file.code.split(|c| !source::is_word(c)) {
            if let Some((kind, room)) = kinds.get_key_value(word)
                && own != Some(room)
            {
                found.entry(file.path.clone()).or_default().insert(kind);
            }
        }
    }
    let mut wrong = Vec::new();
    for (path, named) in &found {
        let listed = NAMED_OUTSIDE.iter().find(|(own, ..)| own == path);
        for kind in named.iter().filter(|kind| listed.is_none_or(|own| !own.1.contains(kind))) {
            wrong.push(format!("{path} names {kind} of {}", kinds[*kind]));
        }
    }
    for (path, listed, _) in NAMED_OUTSIDE {
        let named = found.get(*path);
        for kind in listed.iter().filter(|kind| named.is_none_or(|own| !own.contains(*kind))) {
            wrong.push(format!("{path} names {kind} no more: take it from the list"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_room_is_named_in_the_list_alone() {
    let arrows = circles::arrows();
    let mut wrong = Vec::new();
    let own = arrows.get(&vec!["systems".to_owned()]).cloned().unwrap_or_default();
    for ((from, to), at) in &own {
        if !ROOMS_BESIDE.iter().any(|(one, other, _)| one == from && other == to) {
            wrong.push(format!("the room `{from}` uses `{to}` in {at}"));
        }
    }
    for (from, to, _) in ROOMS_BESIDE {
        if !own.contains_key(&((*from).to_owned(), (*to).to_owned())) {
            wrong.push(format!("`{from}` uses `{to}` no more: take it from the list"));
        }
    }
    let list = fs::read_to_string(root().join("src/systems/mod.rs")).expect("readable");
    for room in rooms() {
        // A private module cannot be named from outside.
        if !list.lines().any(|line| line == format!("mod {room};")) {
            wrong.push(format!("`{room}` is no private module of src/systems/mod.rs"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_room_is_in_the_list_by_its_name() {
    let list = fs::read_to_string(root().join("src/systems/mod.rs")).expect("readable");
    let named =
        |line: &str| Some(line.trim().strip_prefix('&')?.strip_suffix("::Room,")?.to_owned());
    let listed: BTreeSet<String> = list.lines().filter_map(named).collect();
    assert_eq!(listed, rooms());
    let named: BTreeSet<String> =
        crosscheck::known_systems().iter().map(|system| system.name.to_owned()).collect();
    assert_eq!(named, rooms(), "a room has another name than its folder");
}
