//! What a tree takes from elsewhere: what its own lists name, and what it refers to without
//! having it.

use crate::facts::{Entity, Property, Standing, Strength, base_name};
use crate::graph::{Graph, Resolution};
use smol_str::SmolStr;
use std::collections::BTreeMap;

/// A list of what is external.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// The list.
    pub path: SmolStr,
    /// How many it names.
    pub count: usize,
    /// Its text.
    text: String,
}

impl Listed {
    /// Whether it names `name`, as a word or as part of a longer one: `puppetlabs-apt`.
    fn names(&self, name: &str) -> bool {
        let is_edge = |c: Option<char>| c.is_none_or(|c| !c.is_alphanumeric() && c != '_');
        self.text.match_indices(name).any(|(at, _)| {
            is_edge(self.text[..at].chars().next_back())
                && is_edge(self.text[at + name.len()..].chars().next())
        })
    }
}

/// Names that are referred to and that nothing here provides.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Referred {
    /// An entity glob: `puppet.class:passwords::*`.
    pub glob: String,
    /// How many references there are.
    pub count: usize,
    /// The first file that refers to it.
    pub path: SmolStr,
}

/// Most namespaces that are shown.
const SHOWN: usize = 12;

/// Files that list what is external, with what begins an entry of theirs.
const LISTS: [(&str, &[&str]); 6] = [
    ("Puppetfile", &["mod "]),
    (".fixtures.yml", &["repo:", "repo "]),
    ("requirements.yml", &["src:", "- src:", "- name:", "name:"]),
    ("requirements.yaml", &["- name:"]),
    ("Chart.yaml", &["repository:"]),
    (".gitmodules", &["[submodule"]),
];

/// The tree's own lists, in path order.
pub(super) fn listed(graph: &Graph<'_>) -> Vec<Listed> {
    let mut out = Vec::new();
    for (ix, path) in graph.paths.all().iter().enumerate() {
        let own = LISTS.iter().find(|(name, _)| *name == base_name(path));
        let Some((_, marks)) = own.filter(|_| Standing::of(path).is_live()) else { continue };
        let bytes = graph.snapshot.contents(ix as u32);
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let begins = |line: &&str| marks.iter().any(|mark| line.trim_start().starts_with(mark));
        let count = text.lines().filter(begins).count();
        if count > 0 {
            out.push(Listed { path: path.clone(), count, text });
        }
    }
    out
}

/// Search paths that configuration files of the tree state, as they write them.
pub(super) fn stated(graph: &Graph<'_>) -> Vec<(SmolStr, String)> {
    let mut out = Vec::new();
    for (ix, path) in graph.paths.all().iter().enumerate() {
        let keys: &[&str] = match base_name(path) {
            // What lies deeper is deployed somewhere, and says nothing of this tree.
            _ if path.matches('/').count() > 2 => continue,
            "environment.conf" => &["modulepath", "manifest"],
            "ansible.cfg" => &["roles_path", "collections_path", "collections_paths", "library"],
            _ => continue,
        };
        let bytes = graph.snapshot.contents(ix as u32);
        for line in String::from_utf8_lossy(&bytes).lines().map(str::trim) {
            let key = line.split('=').next().unwrap_or_default().trim();
            if keys.contains(&key) && line.contains('=') {
                let short: String = line.chars().filter(|c| !c.is_control()).take(120).collect();
                out.push((path.clone(), short));
            }
        }
    }
    out
}

/// Namespaces of which the tree has nothing, by the number of references; a namespace that
/// it has in part, or that a list names, is no question.
pub(super) fn referred(graph: &Graph<'_>, listed: &[Listed]) -> Vec<Referred> {
    let paths = graph.paths.all();
    let is_here = |name: &str| {
        let ends = [format!("roles/{name}/"), format!("modules/{name}/")];
        paths.iter().any(|path| ends.iter().any(|end| path.contains(end.as_str())))
    };
    let mut found: BTreeMap<String, (usize, SmolStr)> = BTreeMap::new();
    for file in graph.snapshot.files.iter().filter(|file| file.standing.is_live()) {
        for require in &file.facts.requires {
            let kind = require.any_of.first().map(|target| target.kind);
            if require.strength == Strength::Guarded
                || !kind.is_some_and(|kind| kind.has(Property::EXTERNAL))
            {
                continue;
            }
            let Resolution::Open(entity) = graph.resolve(require) else { continue };
            let Some(glob) = glob(&entity) else { continue };
            let (count, _) = found.entry(glob).or_insert_with(|| (0, file.entry.path.clone()));
            *count += 1;
        }
    }
    let is_question = |glob: &str| {
        let name = glob.split_once(':').map_or("", |(_, name)| name).trim_end_matches("::*");
        !listed.iter().any(|own| own.names(name)) && !is_here(name)
    };
    let mut out: Vec<Referred> = found
        .into_iter()
        .filter(|(glob, _)| is_question(glob))
        .map(|(glob, (count, path))| Referred { glob, count, path })
        .collect();
    out.sort_by_key(|own| (std::cmp::Reverse(own.count), own.glob.clone()));
    out.truncate(SHOWN);
    out
}

fn glob(entity: &Entity) -> Option<String> {
    let Entity { kind, name } = entity;
    let plain = |text: &str| {
        !text.is_empty() && text.chars().all(|c| c.is_alphanumeric() || "_-.".contains(c))
    };
    match name.split_once("::") {
        Some((first, _)) if plain(first) && kind.holder().is_none() => {
            Some(format!("{kind}:{first}::*"))
        }
        None if plain(name) => Some(format!("{kind}:{name}")),
        _ => None,
    }
}
