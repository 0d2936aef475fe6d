//! Which variables text names that no reader knows: prose, scripts, lists of settings, plugins.

use super::{PARTS, holds_plays};
use crate::facts::{Standing, base_name, kinds, split_path};
use crate::graph::Graph;
use crate::loader::{Snapshot, SnapshotFile, is_baseline};
use crate::tree::{BlobId, Reader};
use rayon::prelude::*;
use rustc_hash::FxHashSet;
use smol_str::SmolStr;
use std::sync::{Arc, OnceLock};

/// Files of more bytes are not looked through.
const MAX_SEARCHED: u64 = 256 * 1024;

/// What the text of a tree names; found when it is first asked for, since all of it is read.
#[derive(Default)]
pub(super) struct Texts {
    /// Names that the tree reads, and that text names.
    named: OnceLock<FxHashSet<SmolStr>>,
    /// Names that the tree reads.
    wanted: OnceLock<FxHashSet<SmolStr>>,
    /// Words that files of an older tree lost.
    gone: OnceLock<FxHashSet<SmolStr>>,
}

impl Texts {
    /// Whether any of them has a name.
    pub(super) fn name(&self, graph: &Graph<'_>, name: &SmolStr) -> bool {
        self.named.get_or_init(|| named(graph, self.wanted(graph))).contains(name)
    }

    fn wanted(&self, graph: &Graph<'_>) -> &FxHashSet<SmolStr> {
        self.wanted.get_or_init(|| wanted(graph))
    }

    /// Whether a name that text of `old` has is surely one that text has here too, since no file
    /// lost it. The two trees of a change share nearly all files, and none of those is read for
    /// this.
    pub(super) fn name_as_before(
        &self,
        graph: &Graph<'_>,
        old: &Graph<'_>,
        name: &SmolStr,
    ) -> bool {
        self.wanted(graph).contains(name)
            && !is_set(graph, name)
            && !self.gone.get_or_init(|| gone(graph, old)).contains(name)
    }
}

/// Names that a tree reads and that text may set.
fn wanted(graph: &Graph<'_>) -> FxHashSet<SmolStr> {
    let requires = graph.snapshot.files.iter().flat_map(|file| &file.facts.requires);
    let targets = requires.filter_map(|require| require.any_of.first());
    let looked_for = [kinds::ANSIBLE_VARIABLE, kinds::ANSIBLE_RESULT, kinds::ANSIBLE_GROUP_NAME];
    let names = targets.filter(|target| looked_for.contains(&target.kind));
    names.filter_map(|target| target.name.as_exact()).cloned().collect()
}

/// What a role says to readers, and what tests do, sets none of those that the tree sets.
fn is_set(graph: &Graph<'_>, name: &SmolStr) -> bool {
    graph.providers(kinds::ANSIBLE_VARIABLE, name).next().is_some()
}

fn named(graph: &Graph<'_>, wanted: &FxHashSet<SmolStr>) -> FxHashSet<SmolStr> {
    words_of(graph.snapshot, is_looked_through, |file, word| {
        let name = wanted.get(word)?;
        let is_aside = is_of_role(&file.entry.path) && !file.standing.is_live();
        (!is_aside || !is_set(graph, name)).then(|| name.clone())
    })
}

/// Words that files of an older tree lost: they went with a file, or from the file as it is now,
/// and no file has them that is new or another here.
fn gone(graph: &Graph<'_>, old: &Graph<'_>) -> FxHashSet<SmolStr> {
    let (now, before) = (graph.snapshot, old.snapshot);
    let mut gone = other_words(before, now);
    let here = other_words(now, before);
    gone.retain(|word| !here.contains(word));
    gone
}

/// The words of those files of a tree that are not the same in another one.
fn other_words(snapshot: &Snapshot, others: &Snapshot) -> FxHashSet<SmolStr> {
    let is_same = |own: &SnapshotFile, other: &SnapshotFile| {
        // Contents that were made to look like others have no identity.
        own.id.is_some_and(|id| id != BlobId([0; 20]))
            && own.id == other.id
            && own.entry.kind == other.entry.kind
            && (Arc::ptr_eq(&own.facts, &other.facts) && own.entry.size == other.entry.size
                || is_looked_through(other))
    };
    let is_other = |own: &SnapshotFile| {
        let other = others.find(&own.entry.path).map(|ix| others.file(ix));
        !other.is_some_and(|other| is_same(own, other)) && is_looked_through(own)
    };
    words_of(snapshot, is_other, |_, word| Some(word.into()))
}

/// What `keep` makes of the words of those files that `is_meant` names.
fn words_of(
    snapshot: &Snapshot,
    is_meant: impl Fn(&SnapshotFile) -> bool + Sync,
    keep: impl Fn(&SnapshotFile, &str) -> Option<SmolStr> + Sync,
) -> FxHashSet<SmolStr> {
    let words_in = |reader: &mut Box<dyn Reader + '_>, (ix, file): (usize, &SnapshotFile)| {
        let mut contents = reader.read(ix).unwrap_or_default();
        if is_baseline(&file.entry.path, &contents) {
            contents.clear();
        }
        let all = words(&contents).filter_map(|word| std::str::from_utf8(word).ok());
        all.filter_map(|word| keep(file, word)).collect::<FxHashSet<SmolStr>>()
    };
    let files = snapshot.files.par_iter().enumerate().filter(|(_, file)| is_meant(file));
    files.map_init(|| snapshot.tree.reader(), words_in).flatten_iter().collect()
}

fn is_looked_through(file: &SnapshotFile) -> bool {
    let is_large = file.entry.size.is_some_and(|size| size > MAX_SEARCHED);
    let is_told = is_read(&file.entry.path) || file.standing.is_live() && holds_plays(file);
    !is_large && !is_told
}

/// Whether facts say what a file sets, or it only reads: tasks, templates, files of variables.
/// What tests set is for who uses what they test to set.
fn is_read(path: &str) -> bool {
    let (folders, base) = split_path(path);
    let base = base.to_ascii_lowercase();
    let is_history = ["changelog", "changes", "history", "news", "release"]
        .iter()
        .any(|word| base.starts_with(word))
        || folders.split('/').any(|part| matches!(part, "changelogs" | "releasenotes"));
    let is_part = folders.split('/').any(|part| {
        let of_inventory = matches!(part, "group_vars" | "host_vars");
        of_inventory && super::super::variables::stands(path)
            || PARTS.contains(&part) && part != "library" && !(part == "files" && is_script(&base))
    });
    // Prose beside a role's parts says what its users set.
    let is_prose = [".txt", ".md", ".rst"].iter().any(|end| base.ends_with(end));
    is_history
        || is_part && !is_prose && Standing::of(path).is_live()
        || base_name(path).ends_with(".lock")
}

/// Whether a file that is copied may run plays: `restore -e snapshot=…`.
fn is_script(base: &str) -> bool {
    !base.contains('.') || [".sh", ".bash", ".py", ".service"].iter().any(|end| base.ends_with(end))
}

fn is_of_role(path: &str) -> bool {
    path.starts_with("roles/") || path.contains("/roles/")
}

fn words(text: &[u8]) -> impl Iterator<Item = &[u8]> {
    text.split(|byte| !byte.is_ascii_alphanumeric() && *byte != b'_').filter(|word| word.len() > 1)
}
