//! Units of systemd: they may also come from outside, so that only what was here before is
//! missed.

use super::DROP_IN;
use crate::facts::{Entity, Kind, NamePattern, Property, Ref, kinds};
use crate::graph::{Graph, Resolution, Resolver, Site};
use smallvec::SmallVec;

pub(super) fn install(graph: &mut Graph<'_>) {
    graph.set_resolver(kinds::SYSTEMD_UNIT, Box::new(Units));
}

/// Folders of the host that units lie in.
const UNIT_FOLDERS: [&str; 4] = [
    "/etc/systemd/system",
    "/lib/systemd/system",
    "/usr/lib/systemd/system",
    "/usr/local/lib/systemd/system",
];

/// Types of Puppet that make a unit of their title, with or without its ending.
const UNIT_TYPES: [&str; 7] = [
    "Systemd::Unit",
    "Systemd::Unit_file",
    "Systemd::Service",
    "Systemd::Timer",
    "Systemd::Timer::Job",
    "Systemd::Manage_unit",
    "Base::Service_unit",
];

struct Units;

impl Resolver for Units {
    fn resolve(&self, graph: &Graph<'_>, target: &Ref) -> Resolution {
        let name = &target.name;
        let found = graph.matching(kinds::SYSTEMD_UNIT, name);
        let open = || Resolution::Open(Entity::new(kinds::SYSTEMD_UNIT, name.to_string()));
        if !found.is_empty() {
            return Resolution::Found(found);
        }
        let Some(unit) = name.as_exact() else { return open() };
        // A part of a unit changes one that a package brings.
        let part = NamePattern::exact(format!("{DROP_IN} {unit}"));
        if !graph.matching(kinds::SERVER_NAME, &part).is_empty() {
            return Resolution::Elsewhere;
        }
        let stem = unit.rsplit_once('.').map_or(unit.as_str(), |(stem, _)| stem);
        let mut sites: SmallVec<[Site; 1]> = SmallVec::new();
        for folder in UNIT_FOLDERS {
            // What may put anything there says nothing of this one.
            let path = format!("{folder}/{unit}");
            sites.extend(graph.providers(kinds::DEPLOYED_PATH, &path));
            let mut look = |kind: Kind, name: String| {
                sites.extend(graph.matching(kind, &NamePattern::exact(name)));
            };
            Kind::with(Property::DECLARED)
                .for_each(|kind| look(kind, format!("File[{folder}/{unit}]")));
            look(kinds::PACKAGE_PATH, format!("{folder}/{unit}"));
        }
        let mut look = |kind: Kind, name: String| {
            sites.extend(graph.matching(kind, &NamePattern::exact(name)));
        };
        for ty in UNIT_TYPES {
            for kind in Kind::with(Property::DECLARED) {
                look(kind, format!("{ty}[{unit}]"));
                look(kind, format!("{ty}[{stem}]"));
            }
        }
        if sites.is_empty() { open() } else { Resolution::Found(sites) }
    }
}
