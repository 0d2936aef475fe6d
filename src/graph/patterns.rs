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
    /// The entries that begin so, by their ends; once all are there.
    entries: Vec<Entry>,
    /// How long the ends are that entries from this one on have.
    runs: Vec<(u32, usize)>,
}

impl Prefix {
    fn sort(&mut self) {
        self.entries.sort_unstable_by_key(|own| (own.end.length, own.end.bytes));
        for (ix, own) in self.entries.iter().enumerate() {
            if self.runs.last().is_none_or(|(length, _)| *length != own.end.length) {
                self.runs.push((own.end.length, ix));
            }
        }
    }

    /// The entries that may end as a name does.
    fn ending(&self, end: End) -> impl Iterator<Item = &Entry> {
        let until = self.runs.iter().skip(1).map(|(_, ix)| *ix).chain([self.entries.len()]);
        self.runs.iter().zip(until).flat_map(move |((length, from), until)| {
            let run = &self.entries[*from..until];
            // Ends that are longer than the name's own are looked through.
            let sought = (*length <= end.length).then(|| end.last(*length));
            let first =
                sought.map_or(0, |sought| run.partition_point(|own| own.end.bytes < sought));
            let is_it = move |own: &&Entry| sought.is_none_or(|sought| own.end.bytes == sought);
            run[first..].iter().take_while(is_it).filter(move |own| own.end.agrees(end))
        })
    }
}

/// An entry by its index.
#[derive(Clone, Copy)]
struct Entry {
    ix: u32,
    end: End,
}

/// The last literal bytes of a name, as many as a number holds. Of many patterns with one
/// beginning, most end otherwise: this tells without going to where their text lies.
#[derive(Clone, Copy)]
struct End {
    /// The last byte is the lowest one.
    bytes: u64,
    length: u32,
}

impl End {
    fn of(name: &NamePattern) -> Self {
        let text = name.suffix().as_bytes();
        let last = &text[text.len().saturating_sub(8)..];
        let bytes = last.iter().fold(0, |all, byte| all << 8 | u64::from(*byte));
        Self { bytes, length: last.len() as u32 }
    }

    /// Its last `length` bytes.
    fn last(self, length: u32) -> u64 {
        match length {
            0 => 0,
            length => self.bytes & u64::MAX >> (64 - 8 * length),
        }
    }

    /// Whether one name may end as another does: with all that both say of their end.
    fn agrees(self, other: Self) -> bool {
        let both = self.length.min(other.length);
        self.last(both) == other.last(both)
    }
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
            let own = Entry { ix, end: End::of(pattern) };
            match prefixes.last_mut() {
                Some(last) if last.text == text => last.entries.push(own),
                _ => {
                    let parent = enclosing(&prefixes, text);
                    let (text, runs) = (SmolStr::new(text), Vec::new());
                    prefixes.push(Prefix { text, parent, entries: vec![own], runs });
                }
            }
        }
        prefixes.iter_mut().for_each(Prefix::sort);
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
        let end = End::of(name);
        let mut keep = |prefix: &Prefix| {
            let overlaps = |own: &&Entry| self.entries[own.ix as usize].0.overlaps(name);
            let kept = prefix.ending(end).filter(overlaps);
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
