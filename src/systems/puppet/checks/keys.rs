//! Keys of data that nothing looks up and that are another but for a letter: one that something
//! looks up by its plain name, or one of a class whose module is called almost so.

use super::hiera::{Lookups, keys_of};
use crate::check::Context;
use crate::facts::{Entity, is_one_edit, is_slip, kinds};
use crate::finding::{Finding, FindingScope, Place, Severity};
use crate::graph::Graph;
use rustc_hash::FxHashSet;
use smol_str::SmolStr;
use std::collections::BTreeSet;

pub(crate) fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    let graph = context.new;
    if graph.all(kinds::KEY).is_empty() {
        return;
    }
    let lookups = Lookups::of(graph);
    let classes = graph.all(kinds::PUPPET_CLASS);
    let modules: BTreeSet<&str> = classes.iter().map(|(own, _)| module_of(own)).collect();
    let plain: BTreeSet<&SmolStr> = lookups.exact().filter(|own| !own.contains(':')).collect();
    for (ix, file) in context.providing(&[kinds::KEY]) {
        let keys = keys_of(graph, file);
        for own in keys.clone() {
            let Some(key) = own.name.as_exact().filter(|own| own.len() > 5) else { continue };
            let near = match key.contains(':') {
                true => of_near_module(graph, &modules, key),
                false => {
                    let near = |other: &&&SmolStr| is_near(key, other) || is_short_for(key, other);
                    plain.iter().find(near).map(|own| (*own).clone())
                }
            };
            let Some(near) = near.filter(|_| !lookups.read(key)) else { continue };
            // What the same file sets is not what was meant.
            let set: FxHashSet<&SmolStr> =
                keys.clone().filter_map(|own| own.name.as_exact()).collect();
            if set.contains(&near) {
                continue;
            }
            let place = Place { tree: graph.snapshot.role, file: ix, span: own.span };
            let message = format!("nothing looks up the key `{key}`");
            let severity = match key.contains(':') {
                true => Severity::Error,
                false => Severity::Warning,
            };
            let finding = Finding::new("unknown-parameter", message, place)
                .severity(severity)
                .label("set here")
                .help(format!("did you mean `{near}`?"))
                .entity(Entity::new(kinds::KEY, key.clone()));
            findings.push(Finding { scope: FindingScope::Tree, ..finding });
        }
    }
}

fn module_of(name: &str) -> &str {
    name.split("::").next().unwrap_or_default()
}

/// Whether one plain key is the other but for one letter inside of it: one that goes on may be a
/// key of its own.
fn is_near(key: &str, other: &str) -> bool {
    key.len().abs_diff(other.len()) < 2
        && key.get(..2) == other.get(..2)
        && is_one_edit(key, other)
        && is_slip(key, other)
        && !key.starts_with(other)
        && !other.starts_with(key)
}

/// Whether a key is another whose last word is cut short, or that one's: `disk_dev`, `disk_device`.
fn is_short_for(key: &str, other: &str) -> bool {
    let (short, long) = if key.len() < other.len() { (key, other) } else { (other, key) };
    let Some(rest) = long.strip_prefix(short) else { return false };
    let last = short.rsplit('_').next().unwrap_or(short);
    short.contains('_')
        && short.len() > 7
        && last.len() > 2
        && (2..5).contains(&rest.len())
        && rest.bytes().all(|own| own.is_ascii_lowercase())
}

/// The parameter of a class under a module that is called almost as that of the key, which nothing
/// has.
fn of_near_module(graph: &Graph<'_>, modules: &BTreeSet<&str>, key: &str) -> Option<SmolStr> {
    let (class, param) = key.rsplit_once("::")?;
    let (module, rest) = class.split_once("::")?;
    if modules.contains(module) || graph.providers(kinds::PUPPET_EXTERNAL, module).next().is_some()
    {
        return None;
    }
    modules.iter().find_map(|near| {
        let is_near = is_one_edit(near, module);
        let meant = is_near.then(|| format!("{near}::{rest}"))?;
        let entity = Entity::new(kinds::PUPPET_CLASS, meant.as_str());
        let takes = graph
            .interfaces(&entity)
            .any(|(_, own)| own.params.iter().any(|own| own.name == param));
        takes.then(|| format!("{meant}::{param}").into())
    })
}
