//! `co-change`: a change of one file without another one that nearly always changes with it.

use super::{COMMITS, FILES, Rule, Together};
use crate::facts::{Entity, Span, kinds};
use crate::finding::{Finding, Place};
use crate::loader::{FileIx, Snapshot};
use crate::tree::EntryKind;
use smol_str::SmolStr;
use std::collections::BTreeSet;

/// What the change from `old` to `new` leaves out, as a history before it tells.
pub fn findings(together: &Together, old: &Snapshot, new: &Snapshot) -> Vec<Finding> {
    let Some(changed) = changed(old, new) else { return Vec::new() };
    let rules = together.rules(&changed.iter().collect::<Vec<_>>());
    let left = rules.into_values().filter(|rule| !changed.contains(&rule.other));
    left.filter_map(|rule| told(&rule, old, new)).collect()
}

/// The files that both trees have, with other contents; `None` where too much differs.
fn changed(old: &Snapshot, new: &Snapshot) -> Option<BTreeSet<SmolStr>> {
    let (mut found, mut came) = (BTreeSet::new(), 0);
    for (ix, file) in new.files.iter().enumerate() {
        let path = &file.entry.path;
        match old.find(path) {
            Some(before) if old.blob_id(before) == new.blob_id(ix as FileIx) => {}
            Some(_) => {
                found.insert(path.clone());
            }
            None => came += 1,
        }
        if found.len() + came > FILES {
            return None;
        }
    }
    let gone = old.files.iter().filter(|own| new.find(&own.entry.path).is_none()).count();
    (found.len() + came + gone <= FILES).then_some(found)
}

fn told(rule: &Rule, old: &Snapshot, new: &Snapshot) -> Option<Finding> {
    // What is gone before or by the change cannot be changed with it.
    old.find(&rule.other)?;
    let (changed, other) = (new.find(&rule.changed)?, new.find(&rule.other)?);
    let place = |file| Place { tree: new.role, file, span: Span::default() };
    let is_file = |file| new.file(file).entry.kind == EntryKind::File;
    if !is_file(changed) || !is_file(other) {
        return None;
    }
    let Rule { other: path, support, of, examples, .. } = rule;
    let message = format!(
        "`{path}` is not changed, and {support} of the {of} commits that changed this file \
         changed it too"
    );
    let help = format!(
        "look whether `{path}` has to follow; the last that changed both: {} (learned from the \
         newest {COMMITS} commits, without those of more than {FILES} files)",
        examples.join(", ")
    );
    let finding = Finding::new("co-change", message, place(changed))
        .of_change()
        .label("changed here")
        .help(help)
        .related("not changed", place(other))
        .entity(Entity::new(kinds::FILE, path.clone()));
    Some(finding)
}
