//! What of production's sets a key.

use super::data::{self, Environments};
use super::readers::Key;
use crate::facts::{NamePattern, Standing, kinds};
use crate::graph::{Graph, PartKeys, Site};
use crate::loader::FileIx;

/// Whether anything but a file of staging's own sets the key.
pub(super) fn is_set(trees: &dyn Environments, graph: &Graph<'_>, key: &Key) -> bool {
    if let Some((keys, part)) = of_part(graph, key) {
        return keys.is_set(graph, part, &key.name, &|file| counts(trees, graph, file));
    }
    let name = NamePattern::exact(key.name.clone());
    let counts = |site: &Site| {
        let path = &graph.snapshot.file(site.file).entry.path;
        counts(trees, graph, site.file)
            && !(key.kind == kinds::ENV && (!Standing::of(path).is_live() || is_sample(path)))
    };
    graph.matching(key.kind, &name).iter().any(counts)
}

/// Whether a file is not staging's own.
fn counts(trees: &dyn Environments, graph: &Graph<'_>, file: FileIx) -> bool {
    let file = graph.snapshot.file(file);
    let path = &file.entry.path;
    !data::is_stagings(trees, path) || !data::is_environment(trees, path, &file.facts)
}

/// Whether a file of variables is there to be copied and filled in.
pub(super) fn is_sample(path: &str) -> bool {
    [".dist", ".template", ".tmpl", ".tpl", ".defaults"].iter().any(|end| path.ends_with(end))
}

/// Whether what a file sets reaches the reader of the key.
pub(super) fn is_read_for(graph: &Graph<'_>, file: FileIx, key: &Key) -> bool {
    of_part(graph, key).is_none_or(|(keys, part)| keys.reaches(graph, file, part))
}

/// What knows the part of the tree that a key belongs to.
pub(super) fn of_part<'g>(
    graph: &'g Graph<'_>,
    key: &'g Key,
) -> Option<(&'g dyn PartKeys, &'g str)> {
    let part = key.part.as_deref()?;
    Some((graph.part_keys().find(|part_key| part_key.kind() == key.kind)?, part))
}
