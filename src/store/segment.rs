//! One file of a store: entries by name, each with what it holds under.
//!
//! The file begins with a magic line, the number of entries and the checksum of the table; then
//! come the table, sorted, and what it leads to. A part that was damaged reads as if it were not
//! there: whoever asks makes the entry anew.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};

/// How a file begins. Its number is raised with the format.
const MAGIC: &[u8; 19] = b"crosscheck facts 1\n";
/// Bytes before the table.
const HEAD: usize = MAGIC.len() + 8;
/// Bytes of a row of the table: name, terms, checksum, place, length.
const ROW: usize = 20 + 9 + 12;

/// How a file's name ends while it is written.
pub const UNFINISHED: &str = "new";

/// The name of an entry: a hash of what it is made from.
pub type Name = [u8; 20];

/// What an entry holds under, for whoever made it: a byte and a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Terms {
    /// Which settings it rests on.
    pub asked: u8,
    /// What they were.
    pub digest: u64,
}

/// One entry, to be written.
pub type Entry = (Name, Terms, Vec<u8>);

/// A file of entries, as it was read.
pub struct Segment {
    /// Where it lies.
    pub path: PathBuf,
    bytes: Vec<u8>,
    rows: usize,
    /// For each row, whether it was asked for.
    used: Box<[AtomicBool]>,
}

/// Which entries are meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Which {
    /// All.
    All,
    /// Those that this run asked for.
    Used,
}

/// A row of the table.
#[derive(Clone, Copy)]
struct Row<'s>(&'s [u8]);

impl Row<'_> {
    fn name(&self) -> &[u8] {
        &self.0[..20]
    }

    fn number(&self, at: usize) -> u32 {
        let mut four = [0; 4];
        four.copy_from_slice(&self.0[at..at + 4]);
        u32::from_le_bytes(four)
    }

    fn terms(&self) -> Terms {
        let mut eight = [0; 8];
        eight.copy_from_slice(&self.0[21..29]);
        Terms { asked: self.0[20], digest: u64::from_le_bytes(eight) }
    }
}

impl Segment {
    /// Reads a file; `None` where it is none of ours, or its table is damaged.
    pub fn read(path: PathBuf) -> Option<Self> {
        let bytes = std::fs::read(&path).ok()?;
        let head = bytes.get(..HEAD)?;
        let number = |at: usize| Some(u32::from_le_bytes(head.get(at..at + 4)?.try_into().ok()?));
        let rows = number(MAGIC.len())? as usize;
        let table = bytes.get(HEAD..HEAD.checked_add(rows.checked_mul(ROW)?)?)?;
        let whole = head.starts_with(MAGIC) && checksum(table) == number(MAGIC.len() + 4)?;
        whole.then_some(())?;
        let used = (0..rows).map(|_| AtomicBool::new(false)).collect();
        Some(Self { path, rows, used, bytes })
    }

    fn row(&self, ix: usize) -> Row<'_> {
        Row(&self.bytes[HEAD + ix * ROW..HEAD + (ix + 1) * ROW])
    }

    /// The entry of this name that holds under what `holds` says.
    pub fn find(&self, name: &Name, holds: impl Fn(Terms) -> bool) -> Option<&[u8]> {
        let (mut low, mut high) = (0, self.rows);
        while low < high {
            let middle = low + (high - low) / 2;
            match self.row(middle).name() < name.as_slice() {
                true => low = middle + 1,
                false => high = middle,
            }
        }
        let own = (low..self.rows).take_while(|ix| self.row(*ix).name() == name);
        own.filter(|ix| holds(self.row(*ix).terms())).find_map(|ix| {
            self.used[ix].store(true, Ordering::Relaxed);
            self.contents(self.row(ix))
        })
    }

    fn contents(&self, row: Row<'_>) -> Option<&[u8]> {
        let (sum, from, length) = (row.number(29), row.number(33), row.number(37));
        let from = from as usize;
        let own = self.bytes.get(from..from.checked_add(length as usize)?)?;
        (checksum(own) == sum).then_some(own)
    }

    /// Its sound entries: all, or those that were asked for.
    pub fn entries(&self, which: Which) -> impl Iterator<Item = (Name, Terms, &[u8])> {
        let is_wanted =
            move |ix: &usize| which == Which::All || self.used[*ix].load(Ordering::Relaxed);
        (0..self.rows)
            .filter(is_wanted)
            .map(|ix| self.row(ix))
            .filter_map(|row| Some((row.name().try_into().ok()?, row.terms(), self.contents(row)?)))
    }

    /// Whether any was asked for.
    pub fn is_used(&self) -> bool {
        self.used.iter().any(|own| own.load(Ordering::Relaxed))
    }

    /// How many entries it has that are facts.
    pub fn facts(&self) -> usize {
        (0..self.rows).filter(|ix| self.row(*ix).terms().asked & super::ASIDE == 0).count()
    }

    /// Its size in bytes.
    pub fn size(&self) -> u64 {
        self.bytes.len() as u64
    }
}

/// The bytes of a file with these entries; `None` where they are more than one file can hold.
pub fn encode(entries: &[(Name, Terms, &[u8])]) -> Option<Vec<u8>> {
    let mut sorted: Vec<&(Name, Terms, &[u8])> = entries.iter().collect();
    sorted.sort_by_key(|(name, terms, _)| (*name, *terms));
    sorted.dedup_by_key(|(name, terms, _)| (*name, *terms));
    let start = HEAD + sorted.len() * ROW;
    let total = start + sorted.iter().map(|(_, _, own)| own.len()).sum::<usize>();
    u32::try_from(total).ok()?;
    let mut out = Vec::with_capacity(total);
    out.extend_from_slice(MAGIC);
    out.extend_from_slice(&(sorted.len() as u32).to_le_bytes());
    out.extend_from_slice(&[0; 4]);
    let mut at = start;
    for (name, terms, own) in &sorted {
        out.extend_from_slice(name);
        out.push(terms.asked);
        out.extend_from_slice(&terms.digest.to_le_bytes());
        for number in [checksum(own), at as u32, own.len() as u32] {
            out.extend_from_slice(&number.to_le_bytes());
        }
        at += own.len();
    }
    let sum = checksum(&out[HEAD..]).to_le_bytes();
    out[MAGIC.len() + 4..HEAD].copy_from_slice(&sum);
    sorted.iter().for_each(|(_, _, own)| out.extend_from_slice(own));
    Some(out)
}

/// Writes a file so that others see all of it or nothing.
///
/// # Errors
/// What the system says; nothing is left behind.
pub fn write(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let made = path.with_extension(UNFINISHED);
    let written = std::fs::write(&made, bytes).and_then(|()| std::fs::rename(&made, path));
    if written.is_err() {
        let _ = std::fs::remove_file(&made);
    }
    written
}

fn checksum(bytes: &[u8]) -> u32 {
    let mut sum = flate2::Crc::new();
    sum.update(bytes);
    sum.sum()
}
