//! Names with holes that a tree provides, found by their literal beginning.
//!
//! A tree has thousands of them (`File["${dir}/x"]`), and each reference has to be held
//! against all that could match it: those whose beginning begins the reference's, or is
//! begun by it. Both are read off the sorted beginnings.

use super::Site;
use crate::facts::NamePattern;
use smol_str::SmolStr;

/// Provided patterns of one kind.
#[derive(Default)]
pub(super) struct Patterns {
    entries: Vec<(NamePattern, Site)>,
    /// Distinct beginnings, sorted.
    prefixes: Vec<Prefix>,
}

struct Prefix {
    text: SmolStr,
    /// The longest other beginning that begins this one. It stands before it.
    parent: Option<u32>,
    /// The entries that begin so.
    entries: Vec<Entry>,
}

/// An entry by its index.
#[derive(Clone, Copy)]
struct Entry {
    ix: u32,
    /// What the last of its literal bytes is, where it ends with one.
    last: Option<u8>,
}

impl Patterns {
    /// Indexes entries; their order is kept.
    pub(super) fn new(entries: Vec<(NamePattern, Site)>) -> Self {
        let mut order: Vec<u32> = (0..entries.len() as u32).collect();
        order.sort_by_key(|&ix| entries[ix as usize].0.prefix());
        let mut prefixes: Vec<Prefix> = Vec::new();
        for ix in order {
            let pattern = &entries[ix as usize].0;
            let text = pattern.prefix();
            let own = Entry { ix, last: pattern.suffix().bytes().last() };
            match prefixes.last_mut() {
                Some(last) if last.text == text => last.entries.push(own),
                _ => {
                    let parent = enclosing(&prefixes, text);
                    prefixes.push(Prefix { text: SmolStr::new(text), parent, entries: vec![own] });
                }
            }
        }
        Self { entries, prefixes }
    }

    /// All entries, in the order in which they were given.
    pub(super) fn all(&self) -> &[(NamePattern, Site)] {
        &self.entries
    }

    /// Places whose pattern could match `name`, in the order in which they were given.
    pub(super) fn overlapping(&self, name: &NamePattern) -> impl Iterator<Item = Site> {
        let begin = name.prefix();
        let mut found: Vec<u32> = Vec::new();
        let end = name.suffix().bytes().last();
        let mut keep = |prefix: &Prefix| {
            // Of many patterns with one beginning, most end otherwise.
            let may_end = |own: &&Entry| own.last.is_none() || end.is_none() || own.last == end;
            let overlaps = |own: &&Entry| self.entries[own.ix as usize].0.overlaps(name);
            let kept = prefix.entries.iter().filter(may_end).filter(overlaps);
            found.extend(kept.map(|own| own.ix));
        };
        let mut shorter = enclosing(&self.prefixes, begin);
        while let Some(ix) = shorter {
            let prefix = &self.prefixes[ix as usize];
            keep(prefix);
            shorter = prefix.parent;
        }
        if name.as_exact().is_none() {
            let from = self.prefixes.partition_point(|prefix| prefix.text.as_str() <= begin);
            let longer = self.prefixes[from..].iter();
            longer.take_while(|prefix| prefix.text.starts_with(begin)).for_each(keep);
        }
        found.sort_unstable();
        found.into_iter().map(|ix| self.entries[ix as usize].1)
    }
}

/// The longest of the sorted `prefixes` that begins `text` or equals it. Whatever begins
/// `text` also begins everything sorted between the two, so it is the last one that sorts
/// before `text` or encloses that one.
fn enclosing(prefixes: &[Prefix], text: &str) -> Option<u32> {
    let mut candidate = prefixes.partition_point(|prefix| prefix.text.as_str() <= text);
    candidate = candidate.checked_sub(1)?;
    loop {
        let prefix = &prefixes[candidate];
        if text.starts_with(prefix.text.as_str()) {
            return Some(candidate as u32);
        }
        candidate = prefix.parent? as usize;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::Piece;
    use proptest::prelude::*;

    fn name() -> impl Strategy<Value = NamePattern> {
        let piece = prop_oneof![
            2 => "[ab]{1,3}".prop_map(|text| Piece::Text(text.into())),
            1 => Just(Piece::Hole),
        ];
        prop::collection::vec(piece, 0..4).prop_map(NamePattern::from_pieces)
    }

    proptest! {
        #[test]
        fn finds_what_a_scan_finds(patterns in prop::collection::vec(name(), 0..30), wanted in name()) {
            let site = |file| Site::whole(file);
            let entries: Vec<_> =
                patterns.into_iter().enumerate().map(|(ix, own)| (own, site(ix as u32))).collect();
            let scan: Vec<_> =
                entries.iter().filter(|(own, _)| own.overlaps(&wanted)).map(|(_, site)| *site).collect();
            let index = Patterns::new(entries);
            prop_assert_eq!(index.overlapping(&wanted).collect::<Vec<_>>(), scan);
        }
    }
}
