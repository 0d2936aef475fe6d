//! Variables that nothing of the tree sets, in roles whose other variables it sets.
//!
//! Whoever runs a tree may set a variable that it reads. Where a role, or what stands beside plays,
//! reads many variables and the tree sets them all but one or two, those are forgotten or
//! misspelt. So is a variable of another role in the place of the role's own.

use super::given::{is_kept_secret, is_near, is_special, is_supplied, is_supplied_near};
use super::slips::own_name;
use super::{holds_plays, unit};
use crate::facts::{Detail, NamePattern, Relation, kinds};
use crate::graph::Graph;
use rustc_hash::{FxHashMap, FxHashSet};
use smol_str::SmolStr;

/// Shorter names are of a piece of text.
const SHORT: usize = 4;
/// Most names of a unit that are unset by mistake.
const FEW: usize = 2;
/// Most names of another unit that came with a copied piece of text.
const COPIED: usize = 8;
/// So many of its names have to be set, for each that is not.
const MANY: usize = 8;
/// And so many of all that the tree's roles and plays read: in a tree whose inventories are kept
/// elsewhere, more are not.
const MOST: usize = 50;
/// The same of names that begin with the name of their role, which sets others so.
const MOSTLY: usize = 4;
/// So many of them it sets.
const SEVERAL: usize = 3;

/// Names that should be set, by the unit that reads them.
#[derive(Default)]
pub(super) struct Nowhere(FxHashMap<SmolStr, Vec<SmolStr>>);

/// What a unit reads whatever the case.
#[derive(Default)]
struct Reads<'g> {
    set: FxHashSet<&'g str>,
    unset: FxHashSet<&'g str>,
    swapped: FxHashSet<&'g str>,
    /// What nothing sets, whether it is read in some cases only.
    lost: FxHashSet<&'g str>,
}

impl Nowhere {
    pub fn new(graph: &Graph<'_>) -> Self {
        let mut units: FxHashMap<&str, Reads<'_>> = FxHashMap::default();
        for (ix, file) in graph.asking(&[kinds::ANSIBLE_VARIABLE]) {
            let told = [Relation::FilledIn, Relation::Sometimes];
            let reads = file.facts.requires.iter().filter(|own| told.contains(&own.relation));
            let mut reads = reads.peekable();
            if reads.peek().is_none() || !file.standing.is_live() || graph.is_loose(ix) {
                continue;
            }
            let path = file.entry.path.as_str();
            if holds_plays(file) {
                continue;
            }
            let own = units.entry(unit(path).unwrap_or_default()).or_default();
            for read in reads {
                let target = read.any_of.first().filter(|own| own.kind == kinds::ANSIBLE_VARIABLE);
                if let Some(name) = target.and_then(|target| target.name.as_exact()) {
                    own.add(graph, path, name, read.relation);
                }
            }
        }
        let count = |of: fn(&Reads<'_>) -> usize| units.values().map(of).sum::<usize>();
        let (set, unset) = (count(|own| own.set.len()), count(|own| own.unset.len()));
        let is_whole = [kinds::ANSIBLE_PLAYS, kinds::ANSIBLE_GROUP]
            .iter()
            .all(|kind| !graph.all(*kind).is_empty())
            && set >= unset * MOST;
        let is_told = !graph.all(kinds::ANSIBLE_PLAYS).is_empty() && set >= unset * MOSTLY;
        let named = named(graph);
        let mut found: FxHashMap<SmolStr, Vec<SmolStr>> = FxHashMap::default();
        for (unit, reads) in units {
            // What plays read themselves may be asked of whoever runs them.
            let is_judged = unit.is_empty() || unit.split('/').any(|part| part == "roles");
            let role = format!("_{}_", own_name(unit));
            let own = Named { is_told, role, sets: named.get(unit).map_or(&[], Vec::as_slice) };
            let names = reads.wrong(is_whole && is_judged, &own);
            if !names.is_empty() {
                found.insert(unit.into(), names);
            }
        }
        Self(found)
    }

    /// Whether the file at `path` reads a variable that should be set and is not.
    pub fn has(&self, path: &str, name: &str) -> bool {
        let names = self.0.get(unit(path).unwrap_or_default());
        names.is_some_and(|names| names.iter().any(|own| own == name))
    }
}

impl<'g> Reads<'g> {
    fn add(&mut self, graph: &Graph<'_>, path: &str, name: &'g str, relation: Relation) {
        let own = unit(path);
        // Modules of that name return facts.
        if is_special(name) || name.len() < SHORT || name.ends_with("_facts") {
            return;
        }
        let mut holders = FxHashSet::default();
        let is_open = is_supplied(graph, own, name);
        let mut is_unknown = false;
        for site in graph.matching(kinds::ANSIBLE_VARIABLE, &NamePattern::exact(name)) {
            let file = graph.snapshot.file(site.file);
            let provide = site.provide.and_then(|ix| file.facts.provides.get(ix as usize));
            if file.entry.path == path && provide.is_some_and(|own| own.detail == Detail::Inner) {
                continue;
            }
            match provide.map(|provide| &provide.name) {
                Some(NamePattern::Exact(_)) => {
                    holders.insert(unit(&file.entry.path).unwrap_or_default());
                }
                // What is encrypted may be any name.
                Some(pattern) if *pattern == NamePattern::any() => {
                    is_unknown |= is_near(own, &file.entry.path) && is_kept_secret(name);
                }
                _ => is_unknown = true,
            }
        }
        // What tests of another role set is no matter.
        let is_swapped = || {
            !is_supplied_near(graph, own, name)
                && own.is_some_and(|own| is_swapped(graph, own, &holders, name))
        };
        if holders.is_empty() && !is_open && !is_unknown {
            self.lost.insert(name);
        }
        let reads = if !holders.is_empty() && !is_unknown && is_swapped() {
            &mut self.swapped
        } else if is_open || is_unknown {
            &mut self.set
        } else if holders.is_empty() {
            &mut self.unset
        } else {
            &mut self.set
        };
        // What is read under a condition counts where it is another's.
        let is_told =
            relation != Relation::Sometimes || !is_unknown && !holders.is_empty() && is_swapped();
        if is_told {
            reads.insert(name);
        }
    }

    /// The names that are unset by mistake.
    fn wrong(&self, is_whole: bool, own: &Named<'_>) -> Vec<SmolStr> {
        let (unset, swapped) = (&self.unset, &self.swapped);
        let mut names = Vec::new();
        if self.lost.len() <= FEW {
            let lost = self.lost.iter().filter(|name| own.has(name));
            names.extend(lost.map(|name| SmolStr::new(*name)));
        }
        if is_whole && unset.len() <= FEW && self.set.len() >= unset.len() * MANY {
            let unset = unset.iter().filter(|name| !is_kept_secret(name));
            names.extend(unset.map(|name| SmolStr::new(*name)));
        }
        if swapped.len() <= COPIED {
            names.extend(swapped.iter().map(|name| SmolStr::new(*name)));
        }
        names
    }
}

/// What a role sets under its own name.
struct Named<'g> {
    /// Whether the tree as a whole tells what is set.
    is_told: bool,
    /// Its name, with `_` around it.
    role: String,
    sets: &'g [&'g str],
}

impl Named<'_> {
    /// Whether a name begins as several that the role sets, or with more words of its name, and is
    /// none that is kept secret.
    fn has(&self, name: &str) -> bool {
        let (first, rest) = name.split_once('_').unwrap_or((name, ""));
        let second = rest.split('_').next().unwrap_or_default();
        let is_long = self.role.contains(&format!("{first}_{second}_"));
        let begins = |own: &&&str| match own.split_once('_') {
            Some((own, inner)) => {
                own == first && (!is_long || inner.split('_').next() == Some(second))
            }
            None => false,
        };
        let count = self.sets.iter().filter(begins).count();
        // What has the role's name and no more holds all that the role is told.
        self.is_told
            && !rest.is_empty()
            && count >= if is_long { 1 } else { SEVERAL }
            && !is_kept_secret(rest)
    }
}

/// The variables of each role that begin with a word of its name.
fn named<'g>(graph: &'g Graph<'_>) -> FxHashMap<&'g str, Vec<&'g str>> {
    let mut all: FxHashMap<&str, Vec<&str>> = FxHashMap::default();
    for (name, site) in graph.all(kinds::ANSIBLE_VARIABLE) {
        let Some(own) = unit(&graph.snapshot.file(site.file).entry.path) else { continue };
        let first = name.split('_').next().unwrap_or_default();
        if first.len() > 2 && own_name(own).split('_').any(|word| word == first) {
            all.entry(own).or_default().push(name.as_str());
        }
    }
    all
}

/// Whether a variable that only another role sets has that role's name before it, and the role at
/// `own` sets one that has its own name there.
fn is_swapped(graph: &Graph<'_>, own: &str, holders: &FxHashSet<&str>, name: &str) -> bool {
    let mut holders = holders.iter();
    let (Some(other), None) = (holders.next(), holders.next()) else { return false };
    if other.is_empty() || *other == own || own.is_empty() {
        return false;
    }
    let (theirs, ours) = (own_name(other), own_name(own));
    let Some(rest) = name.strip_prefix(&theirs).filter(|rest| rest.starts_with('_')) else {
        return false;
    };
    // Roles that are made alike have part of their names in common.
    let is_alike = theirs.split('_').any(|word| ours.split('_').any(|own| own == word))
        && !ours.starts_with(&theirs)
        && !theirs.starts_with(&ours);
    if !is_alike {
        return false;
    }
    let meant = NamePattern::exact(format!("{ours}{rest}"));
    let mut sites = graph.matching(kinds::ANSIBLE_VARIABLE, &meant).into_iter();
    sites.any(|site| unit(&graph.snapshot.file(site.file).entry.path) == Some(own))
}
