//! Whether anything of a tree leads to the text that a finding is about.
//!
//! Most slips of an old tree stand in classes that no node has any more. They are no less wrong,
//! but they stop no deploy, and who reads a report wants to know which is which. What is told is
//! what the tree shows: a classifier outside of it may hand out what nothing here names.

use super::places::Places;
use crate::facts::{Entity, FileFacts, Property, Provide, Ref, Relation, Require, Span, kinds};
use crate::finding::Reach;
use crate::graph::{Graph, Resolution, View};
use crate::loader::FileIx;
use rustc_hash::{FxHashMap, FxHashSet};
use smol_str::SmolStr;
use std::collections::VecDeque;

/// Most links of a chain that are told; of a longer one, the first and the last.
const MOST_LINKS: usize = 6;

/// What takes in others or is taken in: a definition, by its file and its place there; without
/// one, what stands in a file outside of its definitions.
type Holder = (FileIx, Option<u32>);

/// What leads to what, from the texts that act by themselves.
pub struct InUse {
    /// Of what is reached, what it was first reached from; what acts by itself from nothing.
    from: FxHashMap<Holder, Option<Holder>>,
    /// What takes in each.
    by: FxHashMap<Holder, Vec<Holder>>,
    /// Files that act only where something serves or renders them.
    served: FxHashSet<FileIx>,
    /// Families of names (modules) that this tree itself hands to its hosts: it leads to half of
    /// them at least. What uses others may be a classifier that is not in the tree.
    handed_out: FxHashSet<SmolStr>,
}

impl View for InUse {
    fn of(graph: &Graph<'_>) -> Self {
        let mut takes: FxHashMap<Holder, Vec<Holder>> = FxHashMap::default();
        let mut served = FxHashSet::default();
        let (mut hosts, mut files) = (Vec::new(), Vec::new());
        for (ix, file) in graph.snapshot.files.iter().enumerate() {
            let (ix, facts) = (ix as FileIx, &file.facts);
            if !file.standing.is_live() {
                continue;
            }
            files.push(ix);
            let is_for_hosts = |at: &usize| facts.provides[*at].kind.has(Property::HOSTS);
            let own = (0..facts.provides.len()).filter(is_for_hosts);
            hosts.extend(own.map(|at| (ix, Some(at as u32))));
            for require in &facts.requires {
                let Some(target) = require.any_of.iter().find(|own| takes_in(require, own)) else {
                    continue;
                };
                let Resolution::Found(sites) = graph.resolve_from(ix, require) else { continue };
                let own = takes.entry((ix, holder(facts, require.within))).or_default();
                for site in sites {
                    let there = &graph.snapshot.file(site.file).facts;
                    own.push((site.file, holder(there, site.provide)));
                    if target.kind.has(Property::SERVED) {
                        served.insert(site.file);
                    }
                }
            }
        }
        let others = files.iter().filter(|ix| !served.contains(ix)).map(|ix| (*ix, None));
        let from = walk(hosts.into_iter().chain(others), &takes);
        let mut by: FxHashMap<Holder, Vec<Holder>> = FxHashMap::default();
        for (taker, own) in &takes {
            for other in own {
                by.entry(*other).or_default().push(*taker);
            }
        }
        let handed_out = handed_out(graph, &from);
        Self { from, by, served, handed_out }
    }
}

/// The families of names of which the tree leads to half at least.
fn handed_out(graph: &Graph<'_>, from: &FxHashMap<Holder, Option<Holder>>) -> FxHashSet<SmolStr> {
    let mut counts: FxHashMap<SmolStr, (usize, usize)> = FxHashMap::default();
    for (ix, file) in graph.snapshot.files.iter().enumerate() {
        for (at, own) in file.facts.provides.iter().enumerate() {
            if own.kind.has(Property::HANDED_OUT) && file.standing.is_live() {
                let count = counts.entry(family(own)).or_default();
                count.0 += 1;
                count.1 += usize::from(from.contains_key(&(ix as FileIx, Some(at as u32))));
            }
        }
    }
    counts.into_iter().filter(|(_, (all, own))| own * 2 >= *all).map(|(name, _)| name).collect()
}

/// The first part of a name: what one author or one part of a site declares.
fn family(provide: &Provide) -> SmolStr {
    let name = provide.name.prefix();
    SmolStr::new(name.split("::").next().unwrap_or(name))
}

/// Whether a reference brings in what it names, if that is `target`.
fn takes_in(require: &Require, target: &Ref) -> bool {
    let brings = !matches!(
        require.relation,
        Relation::Orders
            | Relation::Names
            | Relation::Expects
            | Relation::Awaits
            | Relation::Amends
    );
    let kinds_taken = [Property::TAKEN_IN, Property::SERVED, Property::HOSTS];
    let is_part = || kinds_taken.into_iter().any(|property| target.kind.has(property));
    brings && (target.kind == kinds::FILE || is_part())
}

/// What is reached from `roots`, each by a shortest way; of two equally short ones by that from
/// the earlier root.
fn walk(
    roots: impl Iterator<Item = Holder>,
    takes: &FxHashMap<Holder, Vec<Holder>>,
) -> FxHashMap<Holder, Option<Holder>> {
    let mut from: FxHashMap<Holder, Option<Holder>> = FxHashMap::default();
    let mut queue: VecDeque<Holder> = VecDeque::new();
    for root in roots {
        from.insert(root, None);
        queue.push_back(root);
    }
    while let Some(next) = queue.pop_front() {
        for other in takes.get(&next).into_iter().flatten() {
            if !from.contains_key(other) {
                from.insert(*other, Some(next));
                queue.push_back(*other);
            }
        }
    }
    from
}

/// The definition around `provide`, or it itself, that is taken in as a whole.
fn holder(facts: &FileFacts, mut provide: Option<u32>) -> Option<u32> {
    while let Some(own) = provide.and_then(|ix| facts.provides.get(ix as usize)) {
        if own.kind.has(Property::TAKEN_IN) || own.kind.has(Property::HOSTS) {
            return provide;
        }
        provide = own.within;
    }
    None
}

/// The definition that the text at `span` stands in; `None` where that is not known.
fn holder_at(
    graph: &Graph<'_>,
    (file, span): (FileIx, Span),
    is_served: impl FnOnce() -> bool,
) -> Option<Option<u32>> {
    let facts = &graph.snapshot.file(file).facts;
    if let Some(within) = graph.view::<Places>().and_then(|own| own.within(facts, file, span)) {
        return Some(holder(facts, within));
    }
    let mut taken = facts.provides.iter().enumerate();
    let mut taken = taken.by_ref().filter(|(_, own)| own.kind.has(Property::TAKEN_IN));
    match (taken.next(), taken.next()) {
        (Some((ix, only)), None) if span.start >= only.span.start => Some(Some(ix as u32)),
        (None, _) if is_served() => Some(None),
        _ => None,
    }
}

/// What leads to the text at a place of a file; `None` where that is not known.
pub fn reach(graph: &Graph<'_>, file: FileIx, span: Span) -> Option<Reach> {
    let own = graph.view::<InUse>()?;
    let provide = holder_at(graph, (file, span), || own.served.contains(&file))?;
    own.reach(graph, (file, provide))
}

impl InUse {
    fn reach(&self, graph: &Graph<'_>, holder: Holder) -> Option<Reach> {
        if !self.from.contains_key(&holder) {
            return self.is_known(graph, holder).then(|| Reach::Nothing(entity(graph, holder)));
        }
        let mut chain = vec![holder];
        while let Some(Some(from)) = chain.last().and_then(|last| self.from.get(last)) {
            chain.push(*from);
        }
        chain.reverse();
        // A text that acts by itself needs no words.
        if chain.len() < 2 {
            return None;
        }
        let left_out = chain.len().saturating_sub(MOST_LINKS);
        let is_told = |at: usize| !(MOST_LINKS / 2..MOST_LINKS / 2 + left_out).contains(&at);
        let links = chain.into_iter().enumerate().filter(|(at, _)| is_told(*at));
        let links = links.map(|(_, own)| entity(graph, own)).collect();
        Some(Reach::Through { links, left_out })
    }
}

impl InUse {
    /// Whether the tree would show what leads to a holder that it does not lead to: all that might
    /// take it in is handed out here, if anywhere.
    fn is_known(&self, graph: &Graph<'_>, holder: Holder) -> bool {
        let mut seen: FxHashSet<Holder> = FxHashSet::from_iter([holder]);
        let mut left = vec![holder];
        while let Some(next) = left.pop() {
            let facts = &graph.snapshot.file(next.0).facts;
            let own = next.1.and_then(|ix| facts.provides.get(ix as usize));
            let may_be_elsewhere = own.is_some_and(|own| {
                own.kind.has(Property::HANDED_OUT) && !self.handed_out.contains(&family(own))
            });
            if may_be_elsewhere {
                return false;
            }
            let takers = self.by.get(&next).into_iter().flatten();
            left.extend(takers.filter(|taker| seen.insert(**taker)));
        }
        // A definition of a tree without any hosts is for others.
        !self.handed_out.is_empty()
    }
}

/// What a reader calls a holder.
fn entity(graph: &Graph<'_>, (file, provide): Holder) -> Entity {
    let file = graph.snapshot.file(file);
    match provide.and_then(|ix| file.facts.provides.get(ix as usize)) {
        Some(own) => Entity::new(own.kind, own.name.to_string()),
        None => Entity::new(kinds::FILE, file.entry.path.clone()),
    }
}
