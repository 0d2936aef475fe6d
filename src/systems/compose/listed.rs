//! Files that a file of Compose takes in with `include`, with all that they declare.
//!
//! (Source: Compose file reference, "include": a path, a list of them with `path`, or what lies
//! elsewhere, `oci://…`, `git@…`, `https://…`.)

use super::included::{ELSEWHERE, known, paths};
use super::parts::Parts;
use crate::facts::{Detail, Ref, Require, Strength, join_path, kinds};
use crate::graph::{Graph, PathKind};
use crate::syntax::yaml::Node;
use smol_str::SmolStr;

/// Begins the name of a part that says which files those of a folder include, as its detail.
const INCLUDES: &str = "includes:";

/// Begins the name of a part that says, as its detail, which folder's files include one of a folder.
const INCLUDED: &str = "included:";

/// Most folders whose files make one project.
const MOST: usize = 64;

impl Parts<'_> {
    /// The files that a file includes: without one, Compose refuses the project.
    pub(super) fn includes(&mut self, root: &Node<'_>) {
        for own in paths(root) {
            let Some(path) = known(own).and_then(|text| join_path(self.folder, text)) else {
                continue;
            };
            let name = format!("{INCLUDES}{}", self.folder);
            self.provide(kinds::COMPOSE_PART, name, own.span, Detail::from(path.as_str()));
            let name = format!("{INCLUDED}{}", crate::facts::parent_folder(&path));
            self.provide(kinds::COMPOSE_PART, name, own.span, Detail::from(self.folder));
            let target = Ref::exact(kinds::FILE, path);
            let require = Require::certain(target, own.span, "include", None);
            self.out.requires.push(require.with_strength(Strength::Certain));
        }
    }
}

/// The folders whose files make one project with those of a folder: those that they include, and
/// those that include them. `None` where a part of it is not known.
pub(super) fn project(graph: &Graph<'_>, folder: &str) -> Option<Vec<SmolStr>> {
    let mut all = vec![SmolStr::new(folder)];
    let mut at = 0;
    while let Some(folder) = all.get(at).cloned() {
        at += 1;
        if details(graph, &folder).iter().any(|own| own == ELSEWHERE) {
            return None;
        }
        for path in details(graph, &format!("{INCLUDES}{folder}")) {
            let PathKind::File(file) = graph.paths.look_up(&path) else { return None };
            let provides = &graph.snapshot.file(file).facts.provides;
            if !provides.iter().any(|own| own.kind == kinds::COMPOSE_PART) {
                return None;
            }
            add(&mut all, crate::facts::parent_folder(&path));
        }
        for other in details(graph, &format!("{INCLUDED}{folder}")) {
            add(&mut all, &other);
        }
        if all.len() > MOST {
            return None;
        }
    }
    Some(all)
}

fn add(all: &mut Vec<SmolStr>, folder: &str) {
    if !all.iter().any(|own| own == folder) {
        all.push(folder.into());
    }
}

/// What parts of one name say.
pub(super) fn details(graph: &Graph<'_>, name: &str) -> Vec<String> {
    let text = |site: crate::graph::Site| {
        let provides = &graph.snapshot.file(site.file).facts.provides;
        let own = site.provide.and_then(|ix| provides.get(ix as usize))?;
        Some(own.detail.text().to_owned())
    };
    graph.providers(kinds::COMPOSE_PART, name).filter_map(text).collect()
}
