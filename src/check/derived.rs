//! `derived-out-of-date`: a change of what something is made from, without the thing itself.

use super::Context;
use crate::facts::{Entity, Span, join_path, kinds, parent_folder};
use crate::finding::{Finding, Place};
use crate::graph::Graph;
use crate::loader::FileIx;
use crate::packs::Derived;
use globset::{Glob, GlobSetBuilder};

pub(super) fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    let Some(old) = context.old else { return };
    let rules: Vec<&Derived> =
        context.packages.packs.derived.iter().filter(|rule| rule.to.is_some()).collect();
    let mut globs = GlobSetBuilder::new();
    for rule in &rules {
        // A pack's globs were checked when it was read.
        let Ok(glob) = Glob::new(&rule.from) else { return };
        globs.add(glob);
    }
    let Ok(globs) = globs.build() else { return };
    let new = context.new;
    for (ix, file) in new.snapshot.files.iter().enumerate() {
        for rule in globs.matches(file.entry.path.as_str()) {
            findings.extend(stale(rules[rule], (old, new), ix as FileIx));
        }
    }
}

/// What is made from `source` by the rule, where the source changed without it.
fn stale(rule: &Derived, (old, new): (&Graph<'_>, &Graph<'_>), source: FileIx) -> Option<Finding> {
    let path = new.snapshot.file(source).entry.path.as_str();
    let folder = parent_folder(path);
    let target = join_path(folder, rule.to.as_ref()?)?;
    let made = new.snapshot.find(&target)?;
    let (made_before, before) = (old.snapshot.find(&target)?, old.snapshot.find(path)?);
    let same = new.snapshot.blob_id(made) == old.snapshot.blob_id(made_before);
    if !same || !differs(rule, (old, before), (new, source)) {
        return None;
    }
    let place = |file| Place { tree: new.snapshot.role, file, span: Span::default() };
    let message =
        format!("the {} `{target}` is made from this file, which changed without it", rule.name);
    let finding = Finding::new("derived-out-of-date", message, place(source))
        .of_change()
        .label("changed here")
        .help(format!("make it again: `{}`", rule.rebuild))
        .related("made from it, and not changed", place(made))
        .entity(Entity::new(kinds::FILE, target));
    Some(finding)
}

/// Whether what matters of a source differs between the trees.
fn differs(
    rule: &Derived,
    (old, before): (&Graph<'_>, FileIx),
    (new, after): (&Graph<'_>, FileIx),
) -> bool {
    if old.snapshot.blob_id(before) == new.snapshot.blob_id(after) {
        return false;
    }
    if rule.keys.is_empty() {
        return true;
    }
    let read = |bytes: Vec<u8>| serde_json::from_slice::<serde_json::Value>(&bytes).ok();
    match (read(old.snapshot.contents(before)), read(new.snapshot.contents(after))) {
        (Some(old), Some(new)) => rule.keys.iter().any(|key| old.get(key) != new.get(key)),
        // What is no JSON is reported elsewhere.
        _ => false,
    }
}
