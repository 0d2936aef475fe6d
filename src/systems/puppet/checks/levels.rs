//! Keys that a change takes from one level of the data while a level below has another value: hosts
//! of the first get that one, silently.

use super::hiera::Lookups;
use crate::check::Context;
use crate::facts::{Entity, Provide, kinds};
use crate::finding::{Finding, Place, Severity};
use crate::graph::Graph;
use crate::loader::{FileIx, Role};
use rustc_hash::FxHashSet;
use smol_str::SmolStr;

/// Said of values that something reads, where both are plain: lists and hashes may be merged.
pub(crate) fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    let (new, Some(old)) = (context.new, context.old) else { return };
    let mut lookups = None;
    for (ix, file) in old.providing(&[kinds::KEY]) {
        let path = file.entry.path.as_str();
        // Hosts of a file that is gone are gone as well.
        let Some(now) = new.snapshot.find(path) else { continue };
        if new.snapshot.blob_id(now) == old.snapshot.blob_id(ix) || new.is_partly_read(now) {
            continue;
        }
        let names = |graph: &Graph<'_>, file: FileIx| -> FxHashSet<SmolStr> {
            keys(&graph.snapshot.file(file).facts.provides).map(|(name, _)| name.clone()).collect()
        };
        let after = names(new, now);
        for (key, own) in keys(&file.facts.provides).filter(|(key, _)| !after.contains(*key)) {
            let before = own.detail.text();
            let Some(below) = new.level_below(path, key) else { continue };
            let lower = &new.snapshot.file(below.file);
            let value =
                below.provide.map_or("", |ix| lower.facts.provides[ix as usize].detail.text());
            let lookups = lookups.get_or_insert_with(|| Lookups::of(new));
            let is_read = || lookups.reads_exactly(key) || is_parameter(new, key);
            if before.is_empty()
                || value.is_empty()
                || before == value
                || !is_read()
                || is_moved(old, new, key, before)
            {
                continue;
            }
            let shown = |text: &str| {
                if is_secret(key) { "another value".into() } else { format!("`{text}`") }
            };
            let place = Place { tree: new.snapshot.role, file: below.file, span: below.span };
            let message = format!(
                "`{path}` no longer sets `{key}`: its hosts get {} from here",
                shown(value)
            );
            findings.push(
                Finding::new("removed-but-referenced", message, place)
                    .severity(Severity::Note)
                    .of_change()
                    .help(
                        "this is silent: where the value has to differ, keep the key at its level",
                    )
                    .related(
                        "set before this change",
                        Place { tree: Role::Old, file: ix, span: own.span },
                    )
                    .entity(Entity::new(kinds::KEY, key.clone())),
            );
        }
    }
}

fn keys(provides: &[Provide]) -> impl Iterator<Item = (&SmolStr, &Provide)> {
    let all = provides.iter().filter(|own| own.kind == kinds::KEY);
    all.filter_map(|own| Some((own.name.as_exact()?, own)))
}

fn is_secret(key: &str) -> bool {
    crate::facts::is_secret_name(key)
}

fn is_parameter(graph: &Graph<'_>, key: &str) -> bool {
    let Some((class, param)) = key.rsplit_once("::") else { return false };
    let entity = Entity::new(kinds::PUPPET_CLASS, class);
    graph.interfaces(&entity).any(|(_, own)| own.params.iter().any(|own| own.name == param))
}

/// Whether a file that did not set the key sets it now, to the same value.
fn is_moved(old: &Graph<'_>, new: &Graph<'_>, key: &str, value: &str) -> bool {
    let before: FxHashSet<&str> = old
        .providers(kinds::KEY, key)
        .map(|site| old.snapshot.file(site.file).entry.path.as_str())
        .collect();
    let mut after = new.providers(kinds::KEY, key);
    after.any(|site| {
        let file = new.snapshot.file(site.file);
        let own = site.provide.map_or("", |ix| file.facts.provides[ix as usize].detail.text());
        own == value && !before.contains(file.entry.path.as_str())
    })
}
