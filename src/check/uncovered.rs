//! References to files that git no longer ignores: `.gitignore` said that they are made or
//! brought where the tree is used, and a change takes that back.
//!
//! The references did not change, and the files were not removed. What became of them is said
//! once, at the file that changed.

use super::Context;
use crate::facts::{Require, Span, base_name};
use crate::finding::{Finding, Place, Severity};
use crate::graph::{Graph, Resolution};
use crate::loader::{FileIx, SnapshotFile};

/// Most references that the finding names.
const MAX_PLACES: usize = 5;

/// What git no longer ignores.
pub(super) struct Uncovered<'c, 'g> {
    context: &'c Context<'g>,
    /// The `.gitignore` files that the change touched, as the new tree has them; `None` for one
    /// that it removed.
    edited: Vec<Option<FileIx>>,
    found: Vec<(String, Place)>,
}

impl<'c, 'g> Uncovered<'c, 'g> {
    pub fn new(context: &'c Context<'g>) -> Self {
        let edited = context.old.map_or_else(Vec::new, |old| edited(old, context.new));
        Self { context, edited, found: Vec::new() }
    }

    /// Whether a reference of a file that did not change lost its file by that; it is told by
    /// [`Uncovered::finish`].
    pub fn takes(&mut self, require: &Require, before: &Resolution, place: Place) -> bool {
        let (new, Some(old)) = (self.context.new, self.context.old) else { return false };
        if self.edited.is_empty() || *before != Resolution::Elsewhere {
            return false;
        }
        let path = new.snapshot.file(place.file).entry.path.as_str();
        let is_same = |file: FileIx| old.snapshot.blob_id(file) == new.snapshot.blob_id(place.file);
        if !old.snapshot.find(path).is_some_and(is_same) {
            return false;
        }
        let away =
            require.any_of.iter().filter(|target| old.resolve_ref(target) == Resolution::Elsewhere);
        let lost = away.map(|target| target.name.to_string()).find(|name| {
            old.paths.is_ignored(name, old.snapshot) && !new.paths.is_ignored(name, new.snapshot)
        });
        self.found.extend(lost.iter().map(|name| (name.clone(), place)));
        lost.is_some()
    }

    /// Adds the finding.
    pub fn finish(self, findings: &mut Vec<Finding>) {
        let Some((name, first)) = self.found.first() else { return };
        let edited = self.edited.iter().flatten().next();
        let at = |file: &FileIx| Place { file: *file, span: Span::default(), ..*first };
        let place = edited.map_or(*first, at);
        let message = match self.found.len() {
            1 => format!("`{name}` is ignored by git no longer, and is not in the tree"),
            count => format!(
                "files are ignored by git no longer, and are not in the tree: {count} references \
                 lead to them, the first to `{name}`"
            ),
        };
        let mut finding = Finding::new("unresolved-reference", message, place)
            .severity(Severity::Warning)
            .of_change()
            .help("add what is referred to, or keep the line that ignores it");
        for (name, place) in self.found.into_iter().take(MAX_PLACES) {
            finding = finding.related(format!("`{name}` is required here"), place);
        }
        findings.push(finding);
    }
}

fn edited(old: &Graph<'_>, new: &Graph<'_>) -> Vec<Option<FileIx>> {
    let all = old.snapshot.files.iter().enumerate();
    let ignores = all.filter(|(_, own)| base_name(&own.entry.path) == ".gitignore");
    let now = |(ix, own): (usize, &SnapshotFile)| {
        let now = new.snapshot.find(&own.entry.path);
        let before = old.snapshot.blob_id(ix as FileIx);
        (now.map(|now| new.snapshot.blob_id(now)) != Some(before)).then_some(now)
    };
    ignores.filter_map(now).collect()
}
