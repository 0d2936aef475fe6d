//! Levels of a hierarchy whose folder is not there, beside one that is called almost so and that no
//! level reads: `node/%{fqdn}` where the data lies in `nodes/`.

use crate::check::Context;
use crate::extract::inside;
use crate::facts::{Entity, Provide, is_slip, kinds};
use crate::finding::{Finding, Place, Severity};
use crate::graph::Graph;
use rustc_hash::FxHashSet;
use smol_str::SmolStr;

pub(crate) fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    let graph = context.new;
    for (ix, file) in graph.providing(&[kinds::HIERA_LEVEL]) {
        let is_level = |own: &&Provide| own.kind == kinds::HIERA_LEVEL;
        let levels: Vec<&Provide> = file.facts.provides.iter().filter(is_level).collect();
        // What a module brings for itself, and what is handed out, may be read elsewhere.
        if levels.is_empty() || !file.standing.is_live() || graph.is_partly_read(ix) {
            continue;
        }
        for level in &levels {
            let Some((folder, near)) = misnamed(graph, level, &levels) else { continue };
            let place = Place { tree: graph.snapshot.role, file: ix, span: level.span };
            let data = level.detail.folder();
            let message =
                format!("no data lies in `{data}/{folder}`, and no level reads `{data}/{near}`");
            findings.push(
                Finding::new("unresolved-reference", message, place)
                    .severity(Severity::Error)
                    .label("this level finds nothing")
                    .help(format!("did you mean `{near}/`?"))
                    .entity(Entity::new(kinds::HIERA_LEVEL, format!("{data}/{folder}"))),
            );
        }
    }
}

/// The first folder of a level that the data lacks, and the one that was meant.
fn misnamed(graph: &Graph<'_>, level: &Provide, levels: &[&Provide]) -> Option<(SmolStr, SmolStr)> {
    let data = level.detail.folder();
    // `None` for what a fact is part of: it may be any folder.
    let first = |own: &Provide| {
        let rest = own.name.prefix().strip_prefix(data)?.strip_prefix('/')?;
        match rest.split_once('/') {
            Some((first, _)) => Some(SmolStr::new(first)),
            None if own.name.to_string()[data.len() + 1..].contains('/') => None,
            None => Some(SmolStr::default()),
        }
    };
    let folder = first(level).filter(|own| own.len() > 2)?;
    let mut folders: FxHashSet<&str> = FxHashSet::default();
    for (_, path) in graph.paths.under(data) {
        let held = inside(data, path).and_then(|rest| rest.split_once('/'));
        folders.extend(held.map(|(folder, _)| folder));
    }
    if data.is_empty() || folders.contains(folder.as_str()) {
        return None;
    }
    let beside = levels.iter().filter(|own| own.detail.folder() == data);
    let read = beside.map(|own| first(own)).collect::<Option<Vec<SmolStr>>>()?;
    let mut near = folders.into_iter().filter(|own| {
        let is_plural =
            own.strip_suffix('s') == Some(&folder) || folder.strip_suffix('s') == Some(own);
        (is_plural || is_slip(own, &folder)) && !read.iter().any(|known| known == own)
    });
    let found = near.next()?;
    near.next().is_none().then(|| (folder, SmolStr::new(found)))
}
