//! Who provides what: for each kind the names, sorted, with their places.

use super::Site;
use super::patterns::Patterns;
use crate::facts::{Kind, NamePattern, Standing};
use crate::loader::{FileIx, Hashed, Snapshot};
use rustc_hash::FxHashMap;
use smallvec::SmallVec;
use smol_str::SmolStr;

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

/// What the files of some standings provide, by kind.
pub(super) fn tables(
    snapshot: &Snapshot,
    wanted: impl Fn(Standing) -> bool,
) -> FxHashMap<Kind, Table> {
    let mut tables: FxHashMap<Kind, Table> = FxHashMap::default();
    let mut patterns: FxHashMap<Kind, Vec<(NamePattern, Site)>> = FxHashMap::default();
    for (file, own) in snapshot.files.iter().enumerate().filter(|(_, own)| wanted(own.standing)) {
        for (ix, provide) in own.facts.provides.iter().enumerate() {
            let provided = Some(ix as u32);
            let site = Site { file: file as FileIx, span: provide.span, provide: provided };
            let kind = provide.kind;
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
    tables
}
