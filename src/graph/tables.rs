//! Who provides what: for each kind the names, sorted, with their places.

use super::Site;
use super::patterns::Patterns;
use crate::facts::{Kind, NamePattern, Standing};
use crate::loader::{FileIx, Hashed, Snapshot};
use rustc_hash::{FxHashMap, FxHashSet};
use smallvec::SmallVec;
use smol_str::SmolStr;
use std::sync::Arc;

/// Providers of one kind, sorted by name.
#[derive(Default)]
pub(super) struct Table {
    pub(super) exact: Vec<(SmolStr, Site)>,
    places: Hashed,
    pub(super) patterns: Patterns,
}

impl Table {
    /// Places of exactly `name`.
    pub(super) fn exactly(&self, name: &str) -> &[(SmolStr, Site)] {
        let Some(from) = self.places.first(&self.exact, |(own, _)| own, name) else { return &[] };
        let own = self.exact[from..].iter().take_while(|(own, _)| own == name);
        &self.exact[from..from + own.count()]
    }

    /// Every place that provides something matching `name`, patterns included.
    pub(super) fn matching(&self, name: &NamePattern) -> SmallVec<[Site; 1]> {
        let mut sites: SmallVec<[Site; 1]> = match name {
            NamePattern::Exact(exact) => {
                self.exactly(exact).iter().map(|(_, site)| *site).collect()
            }
            pattern => {
                let prefix = pattern.prefix();
                let from = self.exact.partition_point(|(own, _)| own.as_str() < prefix);
                self.exact[from..]
                    .iter()
                    .take_while(|(own, _)| own.starts_with(prefix))
                    .filter(|(own, _)| pattern.matches(own))
                    .map(|(_, site)| *site)
                    .collect()
            }
        };
        sites.extend(self.patterns.overlapping(name));
        sites
    }
}

/// The tables of each kind; trees share those that are the same.
pub(super) type Tables = FxHashMap<Kind, Arc<Table>>;

/// What the files of some standings provide, by kind. `before` are the tables of a tree that differs
/// from this one in files that provide those kinds alone.
pub(super) fn tables(
    snapshot: &Snapshot,
    wanted: impl Fn(Standing) -> bool,
    before: Option<(&Tables, &FxHashSet<Kind>)>,
) -> Tables {
    let mut tables: FxHashMap<Kind, Table> = FxHashMap::default();
    let mut patterns: FxHashMap<Kind, Vec<(NamePattern, Site)>> = FxHashMap::default();
    let is_other = |kind: &Kind| before.is_none_or(|(_, other)| other.contains(kind));
    for (file, own) in snapshot.files.iter().enumerate().filter(|(_, own)| wanted(own.standing)) {
        if !own.facts.provides_of.iter().any(is_other) {
            continue;
        }
        for (ix, provide) in own.facts.provides.iter().enumerate() {
            let provided = Some(ix as u32);
            let site = Site { file: file as FileIx, span: provide.span, provide: provided };
            let kind = provide.kind;
            if !is_other(&kind) {
                continue;
            }
            match &provide.name {
                NamePattern::Exact(name) => {
                    tables.entry(kind).or_default().exact.push((name.clone(), site));
                }
                pattern => patterns.entry(kind).or_default().push((pattern.clone(), site)),
            }
        }
    }
    for table in tables.values_mut() {
        table.exact.sort_unstable();
        table.places = Hashed::of(&table.exact, |(own, _)| own);
    }
    for (kind, entries) in patterns {
        tables.entry(kind).or_default().patterns = Patterns::new(entries);
    }
    let same = before.into_iter().flat_map(|(all, other)| {
        all.iter().filter(|(kind, _)| !other.contains(kind)).map(|(kind, own)| (*kind, own.clone()))
    });
    tables.into_iter().map(|(kind, own)| (kind, Arc::new(own))).chain(same).collect()
}
