//! `derived-out-of-date`: a change of what something is made from, without the thing itself.

use super::Context;
use crate::facts::{Entity, Span, join_path, kinds};
use crate::finding::{Finding, Place};
use crate::graph::Graph;
use crate::packs::Derived;
use crate::session::FileIx;
use globset::Glob;

pub(super) fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    let Some(old) = context.old else { return };
    let new = context.new;
    for rule in &context.packages.packs.derived {
        let Some(to) = &rule.to else { continue };
        // A pack's glob was checked when it was read.
        let Ok(glob) = Glob::new(&rule.from) else { continue };
        let glob = glob.compile_matcher();
        for (ix, file) in new.snapshot.files.iter().enumerate() {
            let path = file.entry.path.as_str();
            if !glob.is_match(path) {
                continue;
            }
            let source = ix as FileIx;
            let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
            let made = join_path(folder, to).and_then(|made| new.snapshot.find(&made));
            let (Some(made), Some(before)) = (made, old.snapshot.find(path)) else { continue };
            let target = new.snapshot.file(made).entry.path.clone();
            let Some(made_before) = old.snapshot.find(&target) else { continue };
            let same = new.snapshot.blob_id(made) == old.snapshot.blob_id(made_before);
            if !same || !differs(rule, (old, before), (new, source)) {
                continue;
            }
            let place = |file| Place { tree: new.snapshot.role, file, span: Span::default() };
            let message = format!(
                "the {} `{target}` is made from this file, which changed without it",
                rule.name
            );
            findings.push(
                Finding::new("derived-out-of-date", message, place(source))
                    .of_change()
                    .label("changed here")
                    .help(format!("make it again: `{}`", rule.rebuild))
                    .related("made from it, and not changed", place(made))
                    .entity(Entity::new(kinds::FILE, target)),
            );
        }
    }
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
