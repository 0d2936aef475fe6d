//! Variables that a change is the first to read, and that nothing sets.
//!
//! Whoever runs a tree may set any variable. Where the tree itself set nearly all that it read
//! before the change, it is the place for the new one too: what sets it was left out.

use super::names::{is_kept_secret, is_special};
use super::orphans::known_elsewhere;
use super::strays::{self, Names, Uses, is_listed, is_made, is_said, names};
use crate::check::Context;
use crate::facts::{Entity, kinds};
use crate::finding::{Finding, Place, Severity};
use crate::graph::Graph;
use crate::loader::FileIx;
use std::sync::Arc;

/// Shorter names are of a piece of text.
const MIN_NAME: usize = 6;
/// So many that are read the tree sets.
const SEVERAL: usize = 8;
/// And so many for each that it does not.
const SET: usize = 20;

/// Reports what nothing sets and nothing read before.
pub(super) fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    let (graph, Some(old)) = (context.new, context.old) else { return };
    let has_plays = |graph: &Graph<'_>| !graph.all(kinds::ANSIBLE_PLAYS).is_empty();
    if !has_plays(graph) || !has_plays(old) {
        return;
    }
    let now = names(graph);
    let is_new = |uses: &Uses<'_>| uses.read.iter().all(|(file, _)| is_changed(graph, old, *file));
    // What plays read themselves may be asked of whoever runs them.
    let is_of_plays = |file: FileIx| {
        let provides = &graph.snapshot.file(file).facts.provides;
        provides.iter().any(|own| own.kind == kinds::ANSIBLE_PLAYS)
    };
    let is_fresh = |name: &str, uses: &Uses<'_>| {
        is_unset(graph, name, uses)
            && is_new(uses)
            && !uses.read.iter().all(|(file, _)| is_of_plays(*file))
    };
    let mut fresh: Vec<_> = now.iter().filter(|(name, uses)| is_fresh(name, uses)).collect();
    if fresh.is_empty() {
        return;
    }
    let before = names(old);
    let is_known = |name: &str| before.get(name).is_some_and(|own| own.is_set() || own.reads() > 0);
    fresh.retain(|(name, _)| !is_known(name));
    let (plain, secret) = (Share::of(old, &before, false), Share::of(old, &before, true));
    if std::env::var_os("FR_DEBUG").is_some() {
        eprintln!("FR {} {plain:?} {secret:?}", fresh.len());
    }
    fresh.retain(|(name, _)| if is_kept_secret(name) { &secret } else { &plain }.is_whole());
    if fresh.is_empty() {
        return;
    }
    let mut told = Vec::new();
    strays::check(context, &mut told);
    let is_told = |name: &str| {
        told.iter().filter_map(|own: &Finding| own.entity.as_ref()).any(|own| own.name == name)
    };
    let wanted = fresh.iter().map(|(name, uses)| (**name, uses.readers())).collect();
    let known = known_elsewhere(graph, &wanted);
    for (name, uses) in fresh {
        let mut sites = uses.read.iter().filter(|(file, _)| !is_of_plays(*file));
        let Some(&(file, span)) = sites.next() else { continue };
        let entity = Entity::new(kinds::ANSIBLE_VARIABLE, *name);
        let is_open = || is_said(context, file, name) || graph.may_be_set(&entity);
        if known.contains(*name) || is_told(name) || is_open() {
            continue;
        }
        let place = Place { tree: graph.snapshot.role, file, span };
        let message =
            format!("nothing sets variable `{name}`, and this change is the first to read it");
        findings.push(
            Finding::new("unresolved-reference", message, place)
                .severity(Severity::Warning)
                .label("read here")
                .help("set it beside the others, or give it a default")
                .entity(entity),
        );
    }
}

/// Of the variables that a tree reads, how many it sets.
#[derive(Debug, Default)]
struct Share {
    set: usize,
    unset: usize,
}

impl Share {
    /// Of those that are kept secret elsewhere, or of the others.
    fn of(graph: &Graph<'_>, names: &Names<'_>, is_secret: bool) -> Self {
        let mut share = Self::default();
        let own = names.iter().filter(|(name, _)| is_kept_secret(name) == is_secret);
        for (name, uses) in own.filter(|(_, uses)| !uses.read.is_empty()) {
            share.set += usize::from(uses.is_set());
            share.unset += usize::from(is_unset(graph, name, uses));
        }
        share
    }

    fn is_whole(&self) -> bool {
        self.set >= SEVERAL && self.set >= self.unset * SET
    }
}

/// Whether a file says something else than in the tree before.
pub(super) fn is_changed(graph: &Graph<'_>, old: &Graph<'_>, file: FileIx) -> bool {
    let own = graph.snapshot.file(file);
    let before = old.snapshot.find(&own.entry.path).map(|ix| old.snapshot.file(ix));
    before.is_none_or(|before| !Arc::ptr_eq(&own.facts, &before.facts))
}

/// Whether a name is read, and nothing that is known of the tree sets it or does without it.
fn is_unset(graph: &Graph<'_>, name: &str, uses: &Uses<'_>) -> bool {
    let is_plain = name.len() >= MIN_NAME
        && name.starts_with(|c: char| c.is_ascii_lowercase())
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
        // Modules of that name return facts.
        && !name.ends_with("_facts")
        // What `ansible_managed` is made of.
        && !name.starts_with("template_");
    is_plain
        && !uses.is_set()
        && uses.asked.is_empty()
        && !uses.read.is_empty()
        && !is_special(name)
        && !is_made(graph, name)
        && !is_listed(graph, name)
}
