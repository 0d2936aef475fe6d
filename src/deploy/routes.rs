//! What a service answers, by its code in the tree.

use super::silences::holes;
use super::units::globs;
use crate::config::Rollout as Settings;
use crate::facts::{Detail, NamePattern, kinds};
use crate::finding::Place;
use crate::graph::Graph;
use smol_str::SmolStr;

/// The routes of a service.
#[derive(Debug, Clone, Default)]
pub struct Served {
    /// Its routes with their places, as they are shown; without those that may be anything.
    pub routes: Vec<(NamePattern, Place)>,
    /// Whether it may answer more than its routes.
    pub open: bool,
    /// What front ends of the tree answer or take apart.
    fronts: Vec<NamePattern>,
    /// Its files, which a server may hand out.
    files: Vec<SmolStr>,
}

/// Endings of code whose routes are not read.
const UNREAD: &[&str] = &[
    "c", "cc", "cgi", "clj", "coffee", "cpp", "cr", "cs", "d", "dart", "erl", "ex", "exs", "fcgi",
    "fs", "groovy", "hs", "java", "jsp", "kt", "lua", "ml", "mts", "nim", "pl", "pm", "psgi", "r",
    "rs", "scala", "swift", "ts", "tsx", "vb",
];

impl Served {
    /// Routes in the units that restart `service`.
    pub fn of(graph: &Graph<'_>, service: &str, settings: &Settings) -> Self {
        let units = || {
            settings.units.iter().filter(|unit| unit.restarts.iter().any(|name| name == service))
        };
        let mut out =
            Self { open: units().any(|unit| unit.elsewhere.is_some()), ..Self::default() };
        let globs: Vec<_> = units().map(|unit| globs(&unit.paths)).collect();
        let (mut php, mut php_routes) = (false, false);
        for (ix, file) in graph.snapshot.files.iter().enumerate() {
            let path = file.entry.path.as_str();
            let own = globs.iter().any(|globs| globs.is_match(path));
            for provide in file.facts.provides.iter().filter(|provide| provide.kind == kinds::ROUTE)
            {
                if provide.detail == Detail::Front {
                    out.fronts.push(provide.name.clone());
                } else if own && provide.name == NamePattern::any() {
                    out.open = true;
                } else if own {
                    let (tree, file) = (graph.snapshot.role, ix as u32);
                    let place = Place { tree, file, span: provide.span };
                    out.routes.push((provide.name.clone(), place));
                    php_routes |= path.ends_with(".php");
                }
            }
            if own {
                let ending = path.rsplit_once('.').map_or("", |(_, ending)| ending);
                out.open |= UNREAD.binary_search(&ending).is_ok();
                php |= ending == "php";
                out.files.push(file.entry.path.clone());
            }
        }
        // Without a framework every script is a route, below a folder that no file names.
        out.open |= (php && !php_routes) || out.routes.is_empty();
        if php {
            out.fronts.push(holes("*.php*"));
        }
        out
    }

    /// Names of the routes, sorted.
    pub fn names(&self) -> Vec<String> {
        let mut out: Vec<String> = self.routes.iter().map(|(name, _)| name.to_string()).collect();
        out.sort();
        out.dedup();
        out
    }

    /// Whether a route of its own answers a path.
    pub fn answers(&self, path: &str) -> bool {
        self.routes.iter().any(|(name, _)| matches(name, path))
    }

    /// Whether nothing answers a path, for all that is known.
    pub fn refuses(&self, path: &str) -> bool {
        let bare = bare(path);
        let is_file = bare.len() > 1 && self.files.iter().any(|file| file.ends_with(bare));
        let is_front = self.fronts.iter().any(|name| matches(name, path));
        !self.open && !is_file && !is_front && !self.answers(path)
    }
}

/// A path without its query and the slash at its end.
fn bare(path: &str) -> &str {
    path.split(['?', '#']).next().unwrap_or(path).trim_end_matches('/')
}

/// Whether a path is one of a pattern's, with a slash at its end or without.
pub(super) fn matches(name: &NamePattern, path: &str) -> bool {
    let bare = bare(path);
    (!bare.is_empty() && name.matches(bare)) || name.matches(&format!("{bare}/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_is_sorted() {
        assert!(UNREAD.is_sorted());
    }
}
