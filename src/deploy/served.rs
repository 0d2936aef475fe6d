//! Paths that a service answers at one version alone, and texts that ask for them.

use super::requirements::{Builder, Reason, opposite};
use super::units::Landing;
use crate::facts::{Detail, Entity, Span, kinds};
use crate::finding::Place;
use crate::loader::Role;
use crate::syntax::declared::Sheet;
use smol_str::SmolStr;

/// How many files of a change are compared, and how many bytes of one.
const MOST_FILES: usize = 400;
const MOST_BYTES: usize = 512 << 10;
/// How many routes of one file are looked at.
const MOST_ROUTES: usize = 50;
/// How many of a change.
const MOST_ALL: usize = 200;
/// The least length of a path that says something.
const LEAST: usize = 5;

/// A route of one version alone.
struct Route {
    path: SmolStr,
    file: SmolStr,
    span: Span,
}

impl Builder<'_, '_> {
    /// Texts that ask for what another file of the change answers at that version alone.
    pub(super) fn served_paths(&mut self) {
        let all = self.units.all.iter().flat_map(|unit| &unit.paths);
        let paths: Vec<SmolStr> = all.filter(|path| self.callers.include(path)).cloned().collect();
        if paths.len() < 2 || paths.len() > MOST_FILES {
            return;
        }
        let routes = [Role::Old, Role::New].map(|role| (role, self.own_routes(role, &paths)));
        if routes.iter().all(|own| own.1.is_empty()) {
            return;
        }
        let read = |path: &SmolStr| {
            let read = |role: Role| self.text(role, path).filter(|own| own.len() <= MOST_BYTES);
            (path.clone(), [read(Role::Old), read(Role::New)])
        };
        let texts: Vec<(SmolStr, [Option<String>; 2])> = paths.iter().map(read).collect();
        for (role, routes) in &routes {
            for route in routes.iter().take(MOST_ALL) {
                for (user, texts) in texts.iter().filter(|own| own.0 != route.file) {
                    self.asks_for(*role, route, (user, texts));
                }
            }
        }
    }

    /// Routes that changed files have at one version alone.
    fn own_routes(&self, role: Role, paths: &[SmolStr]) -> Vec<Route> {
        let (graph, other) = (self.graph(role), self.graph(opposite(role)));
        let answers = |path: &str| {
            other.all(kinds::ROUTE).iter().any(|(own, _)| own == path)
                || other.patterns(kinds::ROUTE).iter().any(|(own, _)| own.matches(path))
        };
        let mut out: Vec<Route> = Vec::new();
        for path in paths {
            let Some(file) = graph.snapshot.find(path) else { continue };
            // A file that comes or goes brings all its routes along; the tree may serve them still.
            let provides = &graph.snapshot.file(file).facts.provides;
            let own = provides
                .iter()
                .filter(|own| own.kind == kinds::ROUTE && own.detail != Detail::Front)
                .filter_map(|own| Some((own.name.as_exact()?, own.span)))
                .filter(|(own, _)| own.len() >= LEAST && own.starts_with('/') && !answers(own));
            out.extend(own.take(MOST_ROUTES).map(|(own, span)| Route {
                path: own.clone(),
                file: path.clone(),
                span,
            }));
        }
        out
    }

    fn asks_for(
        &mut self,
        role: Role,
        route: &Route,
        (user, [old, new]): (&SmolStr, &[Option<String>; 2]),
    ) {
        let (own, other) = if role == Role::Old { (old, new) } else { (new, old) };
        let find = |text: &Option<String>| spelled(user, text.as_deref()?, &route.path);
        let (Some(at), None) = (find(own), find(other)) else { return };
        let snapshot = self.graph(role).snapshot;
        let (Some(from), Some(to)) = (snapshot.find(user), snapshot.find(&route.file)) else {
            return;
        };
        // Who answers it as well does not ask for it.
        let own = &snapshot.file(from).facts.provides;
        if own.iter().any(|own| own.kind == kinds::ROUTE && own.name.matches(&route.path)) {
            return;
        }
        let (version, without) = match role {
            Role::Old => ("old", "new"),
            _ => ("new", "old"),
        };
        let reason = Reason {
            entity: Entity::new(kinds::ROUTE, route.path.clone()),
            message: format!(
                "the {version} text asks for `{}`, which the {without} `{}` does not answer",
                route.path, route.file
            ),
            from: Some(Place {
                tree: role,
                file: from,
                span: Span::new(at, at + route.path.len()),
            }),
            composed: None,
            to: Some(Place { tree: role, file: to, span: route.span }),
        };
        for view in self.views.clone() {
            let own = self.units.on(user, view.0.as_ref());
            let (Landing::With(own), Landing::With(unit)) = (own, self.met(&route.file, &view))
            else {
                continue;
            };
            for (live, _) in self.live(role, user, &view) {
                let live = live.unwrap_or(own);
                let (trigger, rescue) = match role {
                    Role::Old => (vec![unit], vec![live]),
                    _ => (vec![live], vec![unit]),
                };
                self.add_unless_implied(trigger, rescue, reason.clone());
            }
        }
    }
}

/// Where a text has the path as the end of an address.
fn spelled(user: &str, text: &str, path: &str) -> Option<usize> {
    if !text.contains(path) {
        return None;
    }
    text.match_indices(path).map(|(at, _)| at).find(|at| {
        let (before, after) = (&text[..*at], &text[at + path.len()..]);
        // It is quoted, or follows a host or what stands for one.
        let start = before
            .rfind(|c: char| c.is_whitespace() || matches!(c, '"' | '\'' | '`' | '(' | '='))
            .map_or(0, |own| own + 1);
        let host = &before[start..];
        let host = host.split_once("://").map_or(host, |(_, own)| own);
        let is_quoted = before.ends_with(['"', '\'', '`']);
        let is_begin = is_quoted || !host.is_empty() && !host.contains('/');
        let is_bare = before.ends_with(' ') && !is_code(user);
        let is_end = after.is_empty()
            || after.starts_with(|c: char| c.is_whitespace() || "\"'`?#)<;,".contains(c));
        let is_comment = || {
            Sheet::read(user, text)
                .around(*at)
                .is_none_or(|own| own.0.is_empty() && own.1.is_empty())
        };
        (is_begin || is_bare) && is_end && !is_comment()
    })
}

/// Whether a path that is not quoted says nothing there.
fn is_code(path: &str) -> bool {
    const CODE: [&str; 12] =
        [".py", ".rb", ".php", ".js", ".ts", ".tsx", ".jsx", ".go", ".java", ".rs", ".vue", ".md"];
    CODE.iter().any(|ending| path.ends_with(ending))
}

#[cfg(test)]
mod tests {
    use super::spelled;

    #[test]
    fn a_path_ends_an_address() {
        assert!(spelled("a.py", "x = get(STOCK + \"/api/all\")\n", "/api/all").is_some());
        assert!(spelled("a.js", "fetch(`${base}/api/all?x=1`)\n", "/api/all").is_some());
        assert!(spelled("a.sh", "curl -f http://web:80/api/all\n", "/api/all").is_some());
        assert!(spelled("a.py", "x = get(\"/api/all/of\")\n", "/api/all").is_none());
        assert!(spelled("a.py", "# see /api/all\n", "/api/all").is_none());
        assert!(spelled("a.py", "x = get(\"/v2/api/all\")\n", "/api/all").is_none());
    }
}
