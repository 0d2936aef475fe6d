//! Which data file sets a key: one that a level of its hierarchy reads.

use crate::extract::Layout;
use crate::facts::{Call, NamePattern, kinds};
use crate::graph::{Authority, Data, Graph, Lookup, Site};
use crate::loader::FileIx;
use smol_str::SmolStr;

/// The detail of a default that a collector sets: it holds wherever the resource is declared.
pub(super) const COLLECTED: &str = "collected";

pub(super) fn install(graph: &mut Graph<'_>) {
    let data = data(graph);
    graph.set_lookup(Box::new(Hierarchies(data)));
    if data == Data::Whole {
        graph.set_authority(kinds::KEY, Authority::Closed);
    }
}

fn data(graph: &Graph<'_>) -> Data {
    let layout = &graph.snapshot.layout;
    let mut found = false;
    for (level, site) in levels(graph) {
        let path = graph.snapshot.file(site.file).entry.path.as_str();
        let beside = path.rsplit_once('/').map_or_else(String::new, |(own, _)| format!("{own}/"));
        // A module's own hierarchy is for its own keys.
        if layout.module_dir(&format!("{beside}manifests/x")).is_some() || layout.is_nested(path) {
            continue;
        }
        found = true;
        let endings = [".yaml", ".yml", ".eyaml", ".json"];
        let is_data = |path: &str| endings.iter().any(|ending| path.ends_with(ending));
        let prefix = level.prefix();
        let from = graph.paths.all().partition_point(|path| path.as_str() < prefix);
        let mut near = graph.paths.all()[from..].iter().take_while(|path| path.starts_with(prefix));
        if !near.any(|path| is_data(path) && level.matches(path)) {
            return Data::Partial;
        }
    }
    // What a module sets for itself says nothing of what its users set.
    let shared = |site: &Site| {
        let path = &graph.snapshot.file(site.file).entry.path;
        own_module(layout, path).is_none()
    };
    let mut keys = graph.all(kinds::KEY).iter().filter(|(name, _)| name.contains("::"));
    let mut keys = || keys.any(|(_, site)| shared(site));
    match found {
        true => Data::Whole,
        false if keys() => Data::Loose,
        false => Data::Absent,
    }
}

/// The data of the tree's hierarchies.
struct Hierarchies(Data);

impl Lookup for Hierarchies {
    fn data(&self) -> Data {
        self.0
    }

    /// Not counted are files that no level of the
    /// hierarchy over them reads, and keys in a module's data that are another module's,
    /// which Puppet does not look up there. Where the tree has no `hiera.yaml` over a file,
    /// the file counts.
    fn sets(&self, graph: &Graph<'_>, key: &str) -> bool {
        let sites = graph.matching(kinds::KEY, &NamePattern::exact(key));
        sites.into_iter().any(|site| reads_data_of(graph, site.file, key))
    }

    fn below(&self, graph: &Graph<'_>, path: &str, key: &str) -> Option<Site> {
        let mut sites = graph.providers(kinds::KEY, key).peekable();
        sites.peek()?;
        // Levels by the file of their hierarchy and their place in it, the highest first.
        let levels: Vec<_> = levels(graph).collect();
        let own: Vec<_> = levels.iter().filter(|(level, _)| level.matches(path)).collect();
        let found = sites.filter_map(|site| {
            let other = graph.snapshot.file(site.file).entry.path.as_str();
            let at = levels
                .iter()
                .filter(|(level, _)| matches!(level, Level::Exact(own) if *own == other));
            let below = at.filter(|(_, at)| {
                own.iter().any(|(_, own)| own.file == at.file && own.provide < at.provide)
            });
            let first = below.map(|(_, at)| at.provide).min()?;
            (other != path).then_some((first, site))
        });
        found.min_by_key(|(at, site)| (*at, site.file)).map(|(_, site)| site)
    }

    /// Defaults hold in the scope that sets them and in what that scope declares: here in the
    /// same file, in whatever the setting file declares by name, and everywhere when they are
    /// set at top level or in a node.
    fn defaults(&self, graph: &Graph<'_>, file: FileIx, call: &Call, parameter: &str) -> bool {
        let owner =
            call.within.and_then(|ix| graph.snapshot.file(file).facts.provides.get(ix as usize));
        graph.matching(kinds::PUPPET_DEFAULTS, &NamePattern::exact(parameter)).into_iter().any(
            |site| {
                let facts = &graph.snapshot.file(site.file).facts;
                let own = site.provide.and_then(|ix| facts.provides.get(ix as usize));
                let setter = own.and_then(|own| facts.provides.get(own.within? as usize));
                let everywhere = setter.is_none_or(|setter| setter.kind == kinds::PUPPET_NODE)
                    || own.is_some_and(|own| own.detail.text() == COLLECTED);
                everywhere
                    || site.file == file
                    || owner.is_some_and(|owner| {
                        facts
                            .requires
                            .iter()
                            .flat_map(|require| &require.any_of)
                            .any(|target| target.kind == owner.kind && target.name == owner.name)
                    })
            },
        )
    }
}

/// The levels of all hierarchies.
fn levels<'g>(graph: &'g Graph<'_>) -> impl Iterator<Item = (Level<'g>, Site)> {
    let exact = graph.all(kinds::HIERA_LEVEL).iter();
    let exact = exact.map(|(name, site)| (Level::Exact(name), *site));
    let patterns = graph.patterns(kinds::HIERA_LEVEL).iter();
    exact.chain(patterns.map(|(name, site)| (Level::Pattern(name), *site)))
}

/// The paths of a level, as a tree provides them. Each key is held against all levels.
#[derive(Clone, Copy)]
enum Level<'g> {
    Exact(&'g SmolStr),
    Pattern(&'g NamePattern),
}

impl<'g> Level<'g> {
    fn matches(self, path: &str) -> bool {
        match self {
            Self::Exact(own) => own == path,
            Self::Pattern(own) => own.matches(path),
        }
    }

    fn prefix(self) -> &'g str {
        match self {
            Self::Exact(own) => own,
            Self::Pattern(own) => own.prefix(),
        }
    }
}

fn reads_data_of(graph: &Graph<'_>, file: FileIx, key: &str) -> bool {
    let path = graph.snapshot.file(file).entry.path.as_str();
    if let Some(module) = own_module(&graph.snapshot.layout, path)
        && key.split("::").next() != Some(module.as_str())
    {
        return false;
    }
    let mut governed = false;
    for (level, site) in levels(graph) {
        if level.matches(path) {
            return true;
        }
        let provides = &graph.snapshot.file(site.file).facts.provides;
        let datadir = site.provide.and_then(|ix| provides.get(ix as usize));
        governed |= datadir.is_some_and(|provide| {
            path.strip_prefix(provide.detail.folder()).is_some_and(|rest| rest.starts_with('/'))
        });
    }
    !governed
}

/// The module whose own data a file is: `modules/NAME/data/…`, or the root's `data/…`.
fn own_module(layout: &Layout, path: &str) -> Option<SmolStr> {
    let at = if path.starts_with("data/") { 0 } else { path.find("/data/")? + 1 };
    layout.module_of(&format!("{}manifests/x", &path[..at])).map(SmolStr::new)
}
