//! Variables that a change is the first to read, and that nothing sets.
//!
//! Whoever runs a tree may set any variable. Where the tree itself set nearly all that it read
//! before the change, it is the place for the new one too: what sets it was left out.

use super::names::{holds_plays, is_kept_secret, is_special, own_name, unit};
use super::orphans::known_elsewhere;
use super::strays::{self, Names, Uses, is_listed, is_made, is_said, names};
use crate::check::Context;
use crate::facts::{Entity, kinds};
use crate::finding::{Finding, Place, Severity};
use crate::graph::Graph;
use crate::loader::FileIx;
use rustc_hash::{FxHashMap, FxHashSet};

/// Shorter names are of a piece of text.
const MIN_NAME: usize = 6;
/// So many that are read the tree sets.
const SEVERAL: usize = 8;
/// And so many for each that it does not.
const SET: usize = 8;

/// Reports what nothing sets and nothing read before.
pub(super) fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    let (graph, Some(old)) = (context.new, context.old) else { return };
    let has_plays = |graph: &Graph<'_>| !graph.all(kinds::ANSIBLE_PLAYS).is_empty();
    if !has_plays(graph) || !has_plays(old) {
        return;
    }
    // All names of a tree are many, and few changes touch any.
    let files = graph.snapshot.files.iter().enumerate();
    let mut asking = files.filter(|(_, file)| !file.facts.requires.is_empty());
    if !asking.any(|(ix, _)| is_changed(graph, old, ix as FileIx)) {
        return;
    }
    let now = names(graph);
    let is_new = |uses: &Uses<'_>| uses.read.iter().all(|(file, _)| is_changed(graph, old, *file));
    // What plays read themselves may be asked of whoever runs them.
    let is_of_plays = |file: FileIx| holds_plays(graph.snapshot.file(file));
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
    let shares = Shares::of(old, &before);
    let of_role = |own: &Uses<'_>| {
        let file = own.read.first().map(|(file, _)| *file);
        file.and_then(|file| unit(&graph.snapshot.file(file).entry.path))
    };
    fresh.retain(|(name, uses)| shares.tell(name, of_role(uses)));
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
#[derive(Default)]
struct Shares<'g> {
    plain: Share,
    /// Those that may be kept elsewhere.
    secret: Share,
    /// Of the plain ones, those that begin with the name of a role that reads them.
    named: Share,
    /// Of the plain ones, those that each role reads.
    roles: FxHashMap<&'g str, Share>,
}

#[derive(Default)]
struct Share {
    set: usize,
    unset: usize,
}

impl<'g> Shares<'g> {
    fn of(graph: &'g Graph<'_>, names: &Names<'_>) -> Self {
        let mut shares = Self::default();
        for (name, uses) in names.iter().filter(|(_, uses)| !uses.read.is_empty()) {
            let is_unset = is_unset(graph, name, uses);
            if is_kept_secret(name) {
                shares.secret.add(uses.is_set(), is_unset);
                continue;
            }
            shares.plain.add(uses.is_set(), is_unset);
            let paths = uses.read.iter().map(|(file, _)| &graph.snapshot.file(*file).entry.path);
            let roles: FxHashSet<&str> = paths.filter_map(|path| unit(path)).collect();
            if roles.iter().any(|role| is_named(name, role)) {
                shares.named.add(uses.is_set(), is_unset);
            }
            for role in roles {
                shares.roles.entry(role).or_default().add(uses.is_set(), is_unset);
            }
        }
        shares
    }

    /// Whether what sets a name that `role` reads should be in the tree.
    fn tell(&self, name: &str, role: Option<&str>) -> bool {
        if is_kept_secret(name) {
            return self.secret.is_whole();
        }
        let own = role.and_then(|role| self.roles.get(role));
        let is_named = role.is_some_and(|role| is_named(name, role));
        self.plain.is_whole()
            || is_named && self.named.is_whole()
            || own.is_some_and(|own| own.set >= SEVERAL && own.unset == 0)
    }
}

impl Share {
    fn add(&mut self, is_set: bool, is_unset: bool) {
        self.set += usize::from(is_set);
        self.unset += usize::from(is_unset);
    }

    fn is_whole(&self) -> bool {
        self.set >= SEVERAL && self.set >= self.unset * SET
    }
}

/// Whether a name begins with that of a role.
fn is_named(name: &str, role: &str) -> bool {
    name.strip_prefix(own_name(role).as_str()).is_some_and(|rest| rest.starts_with('_'))
}

/// Whether a file says something else than in the tree before.
pub(super) fn is_changed(graph: &Graph<'_>, old: &Graph<'_>, file: FileIx) -> bool {
    !old.snapshot.has_same(graph.snapshot.file(file))
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
