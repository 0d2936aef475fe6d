//! Which tasks are handlers, and which handler a name nearly is.
//!
//! A task is one where it stands in a list of handlers: in the folder of a role's handlers, in a
//! play's `handlers`, or in a file that such a list includes. (Source: Ansible's documentation of
//! handlers.)

use super::super::shape::is_of_handlers;
use super::super::spelling;
use crate::facts::{NamePattern, Relation, kinds, nearest_of};
use crate::graph::{Graph, Resolution, Site};
use crate::loader::{FileIx, SnapshotFile};
use rustc_hash::FxHashSet;
use smallvec::SmallVec;
use smol_str::SmolStr;
use std::sync::OnceLock;

/// Shorter names are like too many others.
const MIN_SLIP: usize = 12;

/// Files whose tasks are handlers since a list of handlers includes them.
#[derive(Default)]
pub(super) struct Handled(OnceLock<FxHashSet<FileIx>>);

impl Handled {
    /// Handlers of that name.
    pub(super) fn matching(&self, graph: &Graph<'_>, name: &NamePattern) -> SmallVec<[Site; 1]> {
        let mut sites = graph.matching(kinds::ANSIBLE_HANDLER, name);
        let tasks = graph.matching(kinds::ANSIBLE_TASK, name);
        if !tasks.is_empty() {
            let files = self.0.get_or_init(|| included(graph));
            let is_included = |file: FileIx| {
                files.contains(&file)
                    || graph.paths.is_linked(&graph.snapshot.file(file).entry.path)
            };
            sites.extend(tasks.into_iter().filter(|site| is_included(site.file)));
        }
        sites
    }
}

/// Files that lists of handlers include, directly or through others.
fn included(graph: &Graph<'_>) -> FxHashSet<FileIx> {
    let mut queue: Vec<FileIx> = Vec::new();
    for file in &graph.snapshot.files {
        let is_all = is_of_handlers(&file.entry.path);
        includes(graph, file, |wording| is_all || wording == "handlers", &mut queue);
    }
    let mut seen = FxHashSet::default();
    while let Some(file) = queue.pop() {
        if seen.insert(file) {
            includes(graph, graph.snapshot.file(file), |_| true, &mut queue);
        }
    }
    seen
}

/// Adds the files that a file includes by words that count.
fn includes(
    graph: &Graph<'_>,
    file: &SnapshotFile,
    counts: impl Fn(&str) -> bool,
    found: &mut Vec<FileIx>,
) {
    for require in &file.facts.requires {
        if require.relation != Relation::Includes || !counts(require.via) {
            continue;
        }
        // Whether a file is one of a role's users' depends on handlers in turn.
        let known = require.any_of.iter().filter(|own| own.kind != kinds::ANSIBLE_CALLER_FILE);
        let known: SmallVec<[_; 4]> = known.cloned().collect();
        if let Resolution::Found(sites) = graph.resolve_any(&known) {
            found.extend(sites.iter().map(|site| site.file));
        }
    }
}

/// The handler of one of those files that has that name but for the case of its letters.
pub(super) fn other_case(
    graph: &Graph<'_>,
    name: &NamePattern,
    is_own: impl Fn(FileIx) -> bool,
) -> Option<SmolStr> {
    let name = name.as_exact()?;
    let mut all = graph.all(kinds::ANSIBLE_HANDLER).iter();
    let own = all.find(|(own, site)| own.eq_ignore_ascii_case(name) && is_own(site.file));
    own.map(|(own, _)| own.clone())
}

/// Whether a handler's name is a letter from that of one of those files, and no word of another.
pub(super) fn is_own_slip(
    graph: &Graph<'_>,
    name: &NamePattern,
    is_own: impl Fn(FileIx) -> bool,
) -> bool {
    let Some(name) = name.as_exact().filter(|name| name.len() >= MIN_SLIP) else { return false };
    // `restart sshd` is another's.
    let is_daemon = |a: &str, b: &str| a.strip_suffix('d') == Some(b);
    let mut all = graph.all(kinds::ANSIBLE_HANDLER).iter();
    all.any(|(own, site)| {
        spelling::is_slip(name, own)
            // Another role may call its handler so; see `other_case`.
            && !name.eq_ignore_ascii_case(own)
            && !is_daemon(name, own)
            && !is_daemon(own, name)
            && is_own(site.file)
    })
}

/// Whether a handler's name is almost that of one in the tree.
pub(super) fn is_slip(graph: &Graph<'_>, name: &NamePattern) -> bool {
    let names = graph.all(kinds::ANSIBLE_HANDLER).iter().map(|(own, _)| own.as_str());
    name.as_exact().is_some_and(|name| nearest_of(name, names).is_some())
}
