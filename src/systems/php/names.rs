//! PHP's namespaces: classes by autoload prefix, settings by prefix, web paths.

use crate::facts::nearest_of;
use crate::facts::{Entity, Ref, Span, kinds};
use crate::graph::{Authority, Graph, PathKind, Resolution, Resolver, Site};
use smallvec::smallvec;
use smol_str::SmolStr;

/// A tree that defines at least this many settings of a prefix owns the prefix.
const OWNED_SETTINGS: usize = 20;

pub(super) fn install(graph: &mut Graph<'_>) {
    let prefixes: Vec<SmolStr> =
        graph.all(kinds::PHP_NAMESPACE).iter().map(|(name, _)| name.clone()).collect();
    graph.set_authority(kinds::PHP_CLASS, Authority::Prefixes(prefixes));
    let owned: Vec<SmolStr> = ["wmg"]
        .into_iter()
        .filter(|prefix| {
            let settings = graph.all(kinds::PHP_SETTING).iter();
            settings.filter(|(name, _)| name.starts_with(prefix)).count() >= OWNED_SETTINGS
        })
        .map(SmolStr::new)
        .collect();
    graph.set_authority(kinds::PHP_SETTING, Authority::Prefixes(owned.clone()));
    graph.set_authority(kinds::PHP_SETTING_OVERLAY, Authority::Prefixes(owned));
    if !graph.all(kinds::MEDIAWIKI_WIKI).is_empty() {
        graph.set_authority(kinds::MEDIAWIKI_WIKI, Authority::Closed);
    }
    graph.set_resolver(kinds::WEB_PATH, Box::new(WebPaths));
}

/// Folders that web servers use as document roots, relative to the tree's root.
const WEB_ROOTS: &[&str] = &["", "w/", "docroot/", "public/", "htdocs/", "www/", "html/"];

struct WebPaths;

impl Resolver for WebPaths {
    fn resolve(&self, graph: &Graph<'_>, target: &Ref) -> Resolution {
        let name = &target.name;
        let open = || Resolution::Open(Entity::new(kinds::WEB_PATH, name.to_string()));
        let Some(path) = name.as_exact().map(|path| path.trim_start_matches('/')) else {
            return open();
        };
        // Authoritative where a root holds the path's first two folders.
        let mut folders = path.match_indices('/').map(|(at, _)| at);
        let _ = folders.next();
        let Some(owned) = folders.next().map(|at| &path[..at]) else { return open() };
        let mut expected = None;
        for root in WEB_ROOTS {
            let full = format!("{root}{path}");
            match graph.paths.look_up(&full) {
                PathKind::File(file) => {
                    return Resolution::Found(smallvec![Site {
                        file,
                        span: Span::default(),
                        provide: None
                    }]);
                }
                PathKind::Elsewhere => return Resolution::Elsewhere,
                PathKind::Folder => return Resolution::Found(smallvec![]),
                PathKind::Absent => {}
            }
            if expected.is_none()
                && graph.paths.look_up(&format!("{root}{owned}")) == PathKind::Folder
            {
                expected = Some(full);
            }
        }
        match expected {
            Some(path) => Resolution::Missing(Entity::new(kinds::FILE, path)),
            None => open(),
        }
    }

    fn nearest(&self, graph: &Graph<'_>, name: &str) -> Option<SmolStr> {
        nearest_of(name, graph.paths.all().iter().map(SmolStr::as_str))
    }
}
