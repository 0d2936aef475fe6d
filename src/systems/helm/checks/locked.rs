//! `Chart.lock` beside a `Chart.yaml` that asks for other charts: `helm dependency build` refuses it.
//!
//! (Source: Helm's `Manager.Build`: "the lock file is out of sync with the dependencies file".)

use super::dependencies::satisfies;
use crate::check::Context;
use crate::facts::{Entity, Provide, base_name, kinds, parent_folder, path_in};
use crate::finding::{Finding, Place};
use crate::graph::Graph;
use crate::loader::FileIx;
use crate::syntax::yaml::{self, Node};

/// A list of dependencies, and the file that holds what was found for it.
const LOCKS: [(&str, &str); 2] =
    [("Chart.yaml", "Chart.lock"), ("requirements.yaml", "requirements.lock")];

pub(in super::super) fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    let graph = context.new;
    for (ix, file) in context.files() {
        let path = file.entry.path.as_str();
        let Some((_, lock)) = LOCKS.iter().find(|(name, _)| *name == base_name(path)) else {
            continue;
        };
        let Some(lock) = graph.snapshot.find(&path_in(parent_folder(path), lock)) else { continue };
        findings.extend(stale(graph, ix, lock));
    }
}

/// The first dependency that the lock has in another version, or not at all.
fn stale(graph: &Graph<'_>, file: FileIx, lock: FileIx) -> Option<Finding> {
    let contents = graph.snapshot.contents(lock);
    let documents = yaml::parse(std::str::from_utf8(&contents).ok()?);
    let root = documents.roots.first().filter(|_| documents.is_whole())?;
    let locked: Vec<(&str, &str)> = root
        .get("dependencies")?
        .items()
        .iter()
        .map(|own| Some((own.get("name")?.as_str()?, own.get("version").and_then(Node::as_str)?)))
        .collect::<Option<_>>()?;
    let own = graph.snapshot.file(file);
    let folder = parent_folder(&own.entry.path);
    let is_asked = |own: &&Provide| {
        own.kind == kinds::HELM_VERSION
            && own.name.as_exact().is_some_and(|own| {
                own.strip_prefix(folder).is_some_and(|rest| rest.starts_with('#'))
            })
    };
    let mut asked = own.facts.provides.iter().filter(is_asked);
    let (name, asked, span) = asked.find_map(|own| {
        let name = own.name.as_exact()?.strip_prefix(folder)?.strip_prefix('#')?;
        let asked = own.detail.text();
        let mut versions = locked.iter().filter(|(other, _)| *other == name);
        let is_other = |(_, version): &(&str, &str)| {
            !asked.is_empty() && satisfies(version, asked) == Some(false)
        };
        let is_stale = !name.is_empty() && !name.contains(['{', '$']) && versions.all(is_other);
        is_stale.then_some((name, asked, own.span))
    })?;
    let tree = graph.snapshot.role;
    let version = locked.iter().find(|(own, _)| *own == name).map(|(_, own)| *own);
    let lock_name = base_name(&graph.snapshot.file(lock).entry.path);
    let message = match version {
        Some(version) => {
            format!("`{asked}` of `{name}` is asked for, and `{lock_name}` has {version}")
        }
        None => format!("`{lock_name}` has no `{name}`, which is asked for here"),
    };
    Some(
        Finding::new("derived-out-of-date", message, Place { tree, file, span })
            .label("asked for here")
            .help("`helm dependency build` refuses it: run `helm dependency update`")
            .related("what was found before", Place { tree, file: lock, span: Default::default() })
            .entity(Entity::new(kinds::FILE, path_in(folder, lock_name))),
    )
}
