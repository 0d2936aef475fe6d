//! Units of systemd, and what the build of an image copies: names that may also come from
//! outside, so that only what was here before is missed.

use super::Resolver;
use super::files::is_generated;
use crate::facts::{Entity, Kind, NamePattern, Span, join_path, kinds};
use crate::graph::{Graph, PathKind, Resolution, Site};
use smallvec::{SmallVec, smallvec};

pub(super) fn install(graph: &mut Graph<'_>) {
    graph.set_resolver(kinds::SYSTEMD_UNIT, Box::new(Units));
    graph.set_resolver(kinds::DOCKER_SOURCE, Box::new(Sources));
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
    fn resolve(&self, graph: &Graph<'_>, name: &NamePattern) -> Resolution {
        let found = graph.matching(kinds::SYSTEMD_UNIT, name);
        let open = || Resolution::Open(Entity::new(kinds::SYSTEMD_UNIT, name.to_string()));
        if !found.is_empty() {
            return Resolution::Found(found);
        }
        let Some(unit) = name.as_exact() else { return open() };
        let stem = unit.rsplit_once('.').map_or(unit.as_str(), |(stem, _)| stem);
        let mut sites: SmallVec<[Site; 1]> = SmallVec::new();
        let mut look = |kind: Kind, name: String| {
            sites.extend(graph.matching(kind, &NamePattern::exact(name)));
        };
        for folder in UNIT_FOLDERS {
            look(kinds::DEPLOYED_PATH, format!("{folder}/{unit}"));
            look(kinds::PUPPET_RESOURCE, format!("File[{folder}/{unit}]"));
            look(kinds::PACKAGE_PATH, format!("{folder}/{unit}"));
        }
        for ty in UNIT_TYPES {
            look(kinds::PUPPET_RESOURCE, format!("{ty}[{unit}]"));
            look(kinds::PUPPET_RESOURCE, format!("{ty}[{stem}]"));
        }
        if sites.is_empty() { open() } else { Resolution::Found(sites) }
    }
}

struct Sources;

impl Resolver for Sources {
    fn resolve(&self, graph: &Graph<'_>, name: &NamePattern) -> Resolution {
        let open = |path: &str| Resolution::Open(Entity::new(kinds::FILE, path));
        let Some((folder, path)) = name.as_exact().and_then(|name| name.split_once('\u{1f}'))
        else {
            return open(&name.to_string());
        };
        let mut context = folder;
        loop {
            let full = join_path(context, path).unwrap_or_default();
            match graph.paths.look_up(&full) {
                PathKind::File(file) => {
                    let site = Site { file, span: Span::default(), provide: None };
                    return Resolution::Found(smallvec![site]);
                }
                PathKind::Folder => return Resolution::Found(SmallVec::new()),
                PathKind::Elsewhere => return Resolution::Elsewhere,
                PathKind::Absent if is_generated(graph, &full) => return Resolution::Elsewhere,
                PathKind::Absent => {}
            }
            match context.rsplit_once('/') {
                Some((above, _)) => context = above,
                None if context.is_empty() => return open(path),
                None => context = "",
            }
        }
    }
}
