//! Since when something differs, and whether it always did: from the history of the tree.

use super::compare::{Row, What};
use super::contents::Contents;
use super::words::{Chain, Rank};
use crate::facts::day;
use crate::tree::{BlobId, History, Past};
use rustc_hash::FxHashMap;
use smol_str::SmolStr;
use std::rc::Rc;

/// How many commits are looked at to learn what always differs.
const SAMPLES: usize = 8;
/// How long something has to differ before that is learned to be meant, seconds.
const SETTLED: i64 = 30 * 86_400;

/// Since when an environment has what another lacks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Since {
    /// The commit that brought it; the oldest that was looked at, where that has it already.
    pub commit: String,
    /// Its day, `YYYY-MM-DD`.
    pub day: String,
    /// The first line of its message.
    pub subject: String,
    /// Whether it is older than what was looked at.
    pub age: Age,
}

/// Whether the beginning of something was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Age {
    /// It came with that commit.
    Known,
    /// It is older than that commit.
    Older,
}

/// What a history says of a difference.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Told {
    /// Since when.
    pub since: Option<Since>,
    /// In how many commits it differs, and since which day, where it always did.
    pub always: Option<(usize, String)>,
}

/// A history that is asked.
pub struct Records<'h> {
    history: &'h History,
    past: Past<'h>,
    chain: &'h Chain,
    read: FxHashMap<(BlobId, Rank), Option<Rc<Contents>>>,
}

impl<'h> Records<'h> {
    /// Of this history.
    pub fn new(history: &'h History, chain: &'h Chain) -> Self {
        Self { past: history.past(), history, chain, read: FxHashMap::default() }
    }

    fn contents(&mut self, ix: usize, path: &str, rank: Rank) -> Option<Rc<Contents>> {
        let id = self.past.id(ix, path)?;
        if let Some(known) = self.read.get(&(id, rank)) {
            return known.clone();
        }
        let text = self.past.read(ix, path)?;
        let own = Contents::read(path, &text, self.chain, rank).map(Rc::new);
        self.read.insert((id, rank), own.clone());
        own
    }

    /// Whether a file held this at a commit.
    pub fn had(&mut self, ix: usize, path: &str, rank: Rank, name: &SmolStr) -> bool {
        self.contents(ix, path, rank).is_some_and(|own| own.has(name))
    }

    /// Whether there was a file or folder at a commit.
    pub fn is_there(&self, ix: usize, path: &str) -> bool {
        self.past.has(ix, path)
    }

    /// A commit's id, shortened, and its day.
    pub fn commit(&self, ix: usize) -> Option<(String, String)> {
        let commit = self.history.commits().get(ix)?;
        let id = commit.id.get(..10).unwrap_or(&commit.id).to_owned();
        Some((id, day(commit.seconds.div_euclid(86_400))))
    }

    fn has(&mut self, ix: usize, row: &Row) -> bool {
        let rank = row.owner();
        match &row.what {
            What::Folder(_) | What::File => self.past.has(ix, &row.path),
            What::Part(_) => self.had(ix, &row.path, rank, &row.name),
            What::Version(own, _) => {
                let contents = self.contents(ix, &row.path, rank);
                let held = contents.as_ref().and_then(|contents| contents.get(&row.name));
                held.and_then(|held| held.version.as_ref()) == Some(own)
            }
        }
    }

    /// Whether the twin was there and lacked it; nothing where there was no twin to lack it.
    fn lacked(&mut self, ix: usize, row: &Row) -> Option<bool> {
        match &row.what {
            What::Folder(_) | What::File => Some(!self.past.has(ix, &row.twin)),
            What::Part(_) => {
                let twin = self.contents(ix, &row.twin, row.other())?;
                Some(!twin.has(&row.name))
            }
            What::Version(..) => None,
        }
    }

    /// The index of the commit that brought something that is there now, by `has`; the last
    /// one where that has it too. A thing that went and came back is dated to one of its comings.
    pub fn first(&mut self, mut has: impl FnMut(&mut Self, usize) -> bool) -> Option<(usize, Age)> {
        let last = self.history.commits().len().checked_sub(1)?;
        if !has(self, 0) {
            return None;
        }
        if has(self, last) {
            let age = if self.history.is_cut { Age::Older } else { Age::Known };
            return Some((last, age));
        }
        let (mut there, mut before) = (0, last);
        while before - there > 1 {
            let middle = there + (before - there) / 2;
            if has(self, middle) { there = middle } else { before = middle }
        }
        Some((there, Age::Known))
    }

    /// What the history says of a difference.
    pub fn told(&mut self, row: &Row) -> Told {
        let Some((ix, age)) = self.first(|own, ix| own.has(ix, row)) else {
            return Told::default();
        };
        let commits = self.history.commits();
        let (Some(newest), Some(commit)) = (commits.first(), commits.get(ix)) else {
            return Told::default();
        };
        let since = Since {
            commit: commit.id.clone(),
            day: day(commit.seconds.div_euclid(86_400)),
            subject: commit.subject.clone(),
            age,
        };
        let is_settled = newest.seconds - commit.seconds >= SETTLED;
        let always = if is_settled { self.always(row) } else { None };
        Told { since: Some(since), always }
    }

    /// Whether it differs in every commit that is looked at.
    fn always(&mut self, row: &Row) -> Option<(usize, String)> {
        let last = self.history.commits().len().checked_sub(1)?;
        let mut seen = 0;
        let mut oldest = None;
        for sample in 0..SAMPLES {
            let ix = sample * last / (SAMPLES - 1);
            match (self.has(ix, row), self.lacked(ix, row)) {
                (true, Some(true)) => {
                    seen += 1;
                    oldest = Some(ix);
                }
                // Before one of the two was there, nothing could differ.
                (_, None) => {}
                _ => return None,
            }
        }
        let commits = self.history.commits();
        let (newest, oldest) = (commits.first()?, commits.get(oldest?)?);
        let is_long = newest.seconds - oldest.seconds >= SETTLED;
        (seen >= SAMPLES / 2 && is_long).then(|| (seen, day(oldest.seconds.div_euclid(86_400))))
    }
}
