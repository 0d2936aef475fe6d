//! `removed-but-referenced` of variables that a file of variables sets no more, while a program of
//! the tree does not start without them.
//!
//! A variable may be set where nobody sees it. A file that sets one of another name in its place,
//! which nothing reads, is a hand that renamed it in one place alone: that is told.

use crate::check::Context;
use crate::facts::{Entity, NamePattern, kinds};
use crate::finding::{Finding, Place, Severity};
use crate::graph::{Graph, Site};
use crate::loader::{FileIx, Role, SnapshotFile};
use rustc_hash::{FxHashMap, FxHashSet};
use smol_str::SmolStr;

/// How many variables of one change are looked at.
const MOST: usize = 200;

pub(super) fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    let (new, Some(old)) = (context.new, context.old) else { return };
    let gone = gone(old, new);
    if gone.is_empty() || gone.len() > MOST {
        return;
    }
    let read = read(new);
    let mut told = FxHashSet::default();
    for (ix, file) in context.files().filter(|(_, file)| file.standing.is_live()) {
        let all = file.facts.interfaces.iter().flat_map(|own| &own.environment);
        for param in all.filter(|own| own.required) {
            let Some((site, gained)) = gone.get(&param.name) else { continue };
            let is_renamed = gained.iter().any(|own| !read.contains(own));
            if !is_renamed || !told.insert((ix, &param.name)) {
                continue;
            }
            findings.push(finding(new, old, (ix, param.span), &param.name, *site));
        }
    }
}

/// Variables that files set before and nothing sets now: where, and what is set in their place.
fn gone(old: &Graph<'_>, new: &Graph<'_>) -> FxHashMap<SmolStr, (Site, Vec<SmolStr>)> {
    let mut out: FxHashMap<SmolStr, (Site, Vec<SmolStr>)> = FxHashMap::default();
    for (ix, file) in old.providing(&[kinds::ENV]).filter(|(_, file)| file.standing.is_live()) {
        let Some(now) = new.snapshot.find(&file.entry.path) else { continue };
        let now = new.snapshot.file(now);
        if new.snapshot.has_same(file) {
            continue;
        }
        let (before, after) = (names(file), names(now));
        let gained: Vec<SmolStr> =
            after.iter().filter(|own| !before.contains(*own)).cloned().collect();
        for (at, own) in file.facts.provides.iter().enumerate() {
            let Some(name) = own.name.as_exact().filter(|_| own.kind == kinds::ENV) else {
                continue;
            };
            let stays = after.contains(name) || gained.is_empty();
            if !stays && new.matching(kinds::ENV, &NamePattern::exact(name.clone())).is_empty() {
                let site = Site { file: ix, span: own.span, provide: Some(at as u32) };
                out.entry(name.clone()).or_insert_with(|| (site, gained.clone()));
            }
        }
    }
    out
}

fn names(file: &SnapshotFile) -> FxHashSet<SmolStr> {
    let own = file.facts.provides.iter().filter(|own| own.kind == kinds::ENV);
    own.filter_map(|own| own.name.as_exact().cloned()).collect()
}

/// All variables that a program of the tree reads.
fn read<'g>(graph: &'g Graph<'_>) -> FxHashSet<&'g SmolStr> {
    let interfaces = graph.snapshot.files.iter().flat_map(|file| &file.facts.interfaces);
    interfaces.flat_map(|own| &own.environment).map(|own| &own.name).collect()
}

fn finding(
    new: &Graph<'_>,
    old: &Graph<'_>,
    (file, span): (FileIx, crate::facts::Span),
    name: &SmolStr,
    site: Site,
) -> Finding {
    let path = &old.snapshot.file(site.file).entry.path;
    let message = format!("`{path}` no longer sets `{name}`, without which this does not start");
    let place = Place { tree: new.snapshot.role, file, span };
    Finding::new("removed-but-referenced", message, place)
        .severity(Severity::Warning)
        .of_change()
        .label("read here")
        .help(format!("set `{name}` again, or read what is set in its place"))
        .related("set here before", Place { tree: Role::Old, file: site.file, span: site.span })
        .entity(Entity::new(kinds::ENV, name.clone()))
}
