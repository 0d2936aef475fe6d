//! `file:` names are paths of the tree.

use super::Resolver;
use crate::facts::{Entity, NamePattern, Ref, Span, kinds};
use crate::facts::{nearest_of, parent_folder, split_path};
use crate::graph::{Graph, PathKind, Resolution, Site};
use smallvec::{SmallVec, smallvec};
use smol_str::SmolStr;

pub(super) fn install(graph: &mut Graph<'_>) {
    graph.set_resolver(kinds::FILE, Box::new(Files));
    graph.set_resolver(kinds::PAYLOAD_FILE, Box::new(Payload));
}

/// Files beside one that is served, or copied to a host: never missing by themselves.
struct Payload;

impl Resolver for Payload {
    fn resolve(&self, graph: &Graph<'_>, target: &Ref) -> Resolution {
        match Files.resolve(graph, target) {
            Resolution::Missing(entity) => Resolution::Open(entity),
            resolution => resolution,
        }
    }
}

struct Files;

/// Whether a path is left out of the tree on purpose: ignored by git, in the folder that a
/// package manager fills, or written by a run of the tree.
pub fn is_generated(graph: &Graph<'_>, path: &str) -> bool {
    let installed = [("vendor/", "composer.json"), ("node_modules/", "package.json")];
    let by_manager = installed.iter().any(|(folder, manifest)| {
        path.find(folder).is_some_and(|at| {
            let root = &path[..at];
            (at == 0 || root.ends_with('/'))
                && matches!(graph.paths.look_up(&format!("{root}{manifest}")), PathKind::File(_))
        })
    });
    by_manager
        || (!path.is_empty() && graph.paths.is_ignored(path, graph.snapshot))
        || is_written(graph, path)
}

/// Whether a run of the tree writes `path`, or a folder above it, beside what writes it or in one
/// of the folders above that; a path of several names may end so anywhere.
fn is_written(graph: &Graph<'_>, path: &str) -> bool {
    let ends = |written: &str| {
        let at = path.find(written).filter(|at| *at == 0 || path[..*at].ends_with('/'));
        let rest = at.map(|at| &path[at + written.len()..]);
        written.contains('/') && rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    };
    let beside = |written: &str, writer: &str| {
        let above = writer.match_indices('/').map(|(at, _)| &writer[..at]);
        above.chain([""]).any(|folder| {
            let inner = match folder {
                "" => Some(path),
                folder => path.strip_prefix(folder).and_then(|own| own.strip_prefix('/')),
            };
            let rest = inner.and_then(|own| own.strip_prefix(written));
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        })
    };
    // A name alone is of a file below whatever writes it.
    let below = |site: &Site| {
        let folder = parent_folder(&graph.snapshot.file(site.file).entry.path);
        folder.is_empty() || path.strip_prefix(folder).is_some_and(|own| own.starts_with('/'))
    };
    let mut named = graph.patterns(kinds::WRITTEN_FILE).iter();
    if named.any(|(pattern, site)| below(site) && pattern.matches(path)) {
        return true;
    }
    graph.all(kinds::WRITTEN_FILE).iter().any(|(written, site)| {
        ends(written) || beside(written, &graph.snapshot.file(site.file).entry.path)
    })
}

impl Resolver for Files {
    fn resolve(&self, graph: &Graph<'_>, target: &Ref) -> Resolution {
        let name = &target.name;
        let missing = || {
            let path = name.to_string();
            // A copy for others has other words in place of some names.
            if is_generated(graph, &path) || path.contains("REDACTED") {
                return Resolution::Elsewhere;
            }
            let entity = Entity::new(kinds::FILE, path);
            match name.as_exact().is_some_and(|path| graph.paths.is_supplied(path)) {
                true => Resolution::Open(entity),
                false => Resolution::Missing(entity),
            }
        };
        match name {
            NamePattern::Exact(path) => match graph.paths.look_up(path) {
                PathKind::File(file) => Resolution::Found(smallvec![Site {
                    file,
                    span: Span::default(),
                    provide: None
                }]),
                PathKind::Folder => Resolution::Found(SmallVec::new()),
                PathKind::Elsewhere => Resolution::Elsewhere,
                PathKind::Absent => missing(),
            },
            pattern if graph.paths.any_match(pattern) => Resolution::Found(SmallVec::new()),
            // A prefix that ends inside a link or a submodule cannot be enumerated.
            pattern => match pattern.prefix().rsplit_once('/') {
                Some((folder, _)) if graph.paths.look_up(folder) == PathKind::Elsewhere => {
                    Resolution::Elsewhere
                }
                _ => missing(),
            },
        }
    }

    /// The same file name elsewhere counts as nearest, then a similar name in the
    /// same folder.
    fn nearest(&self, graph: &Graph<'_>, name: &str) -> Option<SmolStr> {
        let (folder, base) = split_path(name);
        let similar = nearest_of(name, graph.paths.under(folder).map(|(_, path)| path.as_str()));
        similar.or_else(|| {
            let same = |path: &&SmolStr| path.rsplit('/').next() == Some(base);
            let mut found = graph.paths.all().iter().filter(same);
            // Only where it is unambiguous.
            found.next().filter(|_| found.next().is_none()).cloned()
        })
    }
}
