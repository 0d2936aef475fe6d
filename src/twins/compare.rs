//! What one environment has and the next one lacks.

use super::contents::{Contents, Held, Sort, is_compared};
use super::pairs::Pair;
use super::words::{Chain, Rank};
use crate::facts::{Span, parent_folder};
use crate::loader::Snapshot;
use rustc_hash::{FxHashMap, FxHashSet};
use smol_str::{SmolStr, format_smolstr};
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

/// Most differences that are listed.
pub const MAX_ROWS: usize = 20_000;

/// Which environment of two has a thing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Side {
    /// The earlier one: the later one may be behind.
    Earlier,
    /// The later one.
    Later,
}

/// What differs.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum What {
    /// A folder, with the number of its files.
    Folder(usize),
    /// A file.
    File,
    /// A thing, a key or an item in a file that both have.
    Part(Sort),
    /// The version of something that both have: that of the one, and of the other.
    Version(SmolStr, SmolStr),
}

/// One difference between twins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// The pair that it is of.
    pub step: usize,
    /// The earlier environment.
    pub from: Rank,
    /// The later one.
    pub to: Rank,
    /// Which of them has it.
    pub side: Side,
    /// What it is.
    pub what: What,
    /// The file, or the folder, of the one that has it.
    pub path: SmolStr,
    /// Where the other has it not, or would.
    pub twin: SmolStr,
    /// As a reader writes it; of a whole file nothing.
    pub shown: SmolStr,
    /// Where it stands in `path`.
    pub span: Span,
    /// By what twins have alike.
    pub name: SmolStr,
}

impl Row {
    /// The environment that has it.
    pub fn owner(&self) -> Rank {
        match self.side {
            Side::Earlier => self.from,
            Side::Later => self.to,
        }
    }

    /// The environment that lacks it.
    pub fn other(&self) -> Rank {
        match self.side {
            Side::Earlier => self.to,
            Side::Later => self.from,
        }
    }
}

/// Contents of files, each read once.
pub struct Shelf<'s> {
    snapshot: &'s Snapshot,
    chain: &'s Chain,
    read: FxHashMap<(SmolStr, Rank), Option<Rc<Contents>>>,
    /// Resources in the files of a folder.
    folders: FxHashMap<(SmolStr, Rank), Rc<FxHashSet<SmolStr>>>,
}

impl<'s> Shelf<'s> {
    /// The files of a tree.
    pub fn new(snapshot: &'s Snapshot, chain: &'s Chain) -> Self {
        let (read, folders) = (FxHashMap::default(), FxHashMap::default());
        Self { snapshot, chain, read, folders }
    }

    /// The tree.
    pub fn snapshot(&self) -> &'s Snapshot {
        self.snapshot
    }

    /// What a file holds; `None` where it is not there, or not compared.
    pub fn contents(&mut self, path: &SmolStr, rank: Rank) -> Option<Rc<Contents>> {
        let key = (path.clone(), rank);
        if let Some(known) = self.read.get(&key) {
            return known.clone();
        }
        let file = self.snapshot.find(path);
        let own = file.and_then(|file| {
            Contents::read(path, &self.snapshot.contents(file), self.chain, rank).map(Rc::new)
        });
        self.read.insert(key, own.clone());
        own
    }

    fn is_same(&self, one: &str, other: &str) -> bool {
        let id = |path| self.snapshot.find(path).map(|file| self.snapshot.blob_id(file));
        id(one) == id(other)
    }

    /// Resources that the files beside a place define.
    fn resources(&mut self, folder: &str, rank: Rank) -> Rc<FxHashSet<SmolStr>> {
        let key = (SmolStr::new(folder), rank);
        if let Some(known) = self.folders.get(&key) {
            return known.clone();
        }
        let prefix = if folder.is_empty() { String::new() } else { format!("{folder}/") };
        let files = &self.snapshot.files;
        let from = files.partition_point(|file| file.entry.path.as_str() < prefix.as_str());
        let beside: Vec<SmolStr> = files[from..]
            .iter()
            .map(|file| &file.entry.path)
            .take_while(|path| path.starts_with(&prefix))
            .filter(|path| !path[prefix.len()..].contains('/'))
            .cloned()
            .collect();
        let mut found = FxHashSet::default();
        for path in beside.iter().take(2000) {
            if let Some(own) = self.contents(path, rank) {
                found.extend(own.resources().map(|(name, _)| name.clone()));
            }
        }
        let found = Rc::new(found);
        self.folders.insert(key, found.clone());
        found
    }
}

/// What a comparison found.
pub struct Compared {
    /// The differences, at most [`MAX_ROWS`].
    pub rows: Vec<Row>,
    /// Whether these are all.
    pub is_complete: bool,
    /// Files that differ from their twins and were not read to their end, sorted.
    pub unread: BTreeSet<SmolStr>,
}

/// The differences of `pairs`, in their order.
pub fn compare(shelf: &mut Shelf<'_>, pairs: &[Pair]) -> Compared {
    let mut rows = Vec::new();
    let mut unread = BTreeSet::new();
    for (step, pair) in pairs.iter().enumerate() {
        let before = rows.len();
        for (here, there) in &pair.twins {
            if shelf.is_same(here, there) {
                continue;
            }
            twins(shelf, pair, here, there, &mut rows);
            for (path, rank) in [(here, pair.from), (there, pair.to)] {
                let is_whole = |own: &Rc<Contents>| own.is_whole;
                if is_compared(path) && !shelf.contents(path, rank).as_ref().is_some_and(is_whole) {
                    unread.insert(path.clone());
                }
            }
        }
        files(shelf, pair, Side::Earlier, &mut rows);
        files(shelf, pair, Side::Later, &mut rows);
        rows[before..].iter_mut().for_each(|row| row.step = step);
        if rows.len() > MAX_ROWS {
            rows.truncate(MAX_ROWS);
            return Compared { rows, is_complete: false, unread };
        }
    }
    Compared { rows, is_complete: true, unread }
}

/// What twins differ in.
pub fn twins(
    shelf: &mut Shelf<'_>,
    pair: &Pair,
    here: &SmolStr,
    there: &SmolStr,
    rows: &mut Vec<Row>,
) {
    let (Some(own), Some(other)) =
        (shelf.contents(here, pair.from), shelf.contents(there, pair.to))
    else {
        return;
    };
    let row = |side, what, held: &Held, name: &SmolStr| {
        let (path, twin) = match side {
            Side::Earlier => (here, there),
            Side::Later => (there, here),
        };
        Row {
            step: 0,
            from: pair.from,
            to: pair.to,
            side,
            what,
            path: path.clone(),
            twin: twin.clone(),
            shown: held.shown.clone(),
            span: held.span,
            name: name.clone(),
        }
    };
    let alias = aliases(&own, &other);
    for (name, held) in &own.all {
        let twin = alias.there(name);
        if let Some(other) = other.get(&twin) {
            if let (Some(one), Some(two)) = (&held.version, &other.version)
                && one != two
            {
                let what = What::Version(one.clone(), two.clone());
                rows.push(row(Side::Earlier, what, held, name));
            }
        } else if other.is_whole && has_parent(&own, held, |name| other.has(&alias.there(name))) {
            let is_moved = held.sort == Sort::Resource
                && shelf.resources(parent_folder(there), pair.to).contains(name);
            if !is_moved {
                rows.push(row(Side::Earlier, What::Part(held.sort), held, name));
            }
        }
    }
    for (name, held) in &other.all {
        let twin = alias.here(name);
        if own.is_whole
            && !own.has(&twin)
            && has_parent(&other, held, |name| own.has(&alias.here(name)))
        {
            let is_moved = held.sort == Sort::Resource
                && shelf.resources(parent_folder(here), pair.from).contains(name);
            if !is_moved {
                rows.push(row(Side::Later, What::Part(held.sort), held, name));
            }
        }
    }
}

/// Whether what something lies below is in the twin too: else that is told of.
fn has_parent(own: &Contents, held: &Held, has: impl Fn(&SmolStr) -> bool) -> bool {
    let parent = held.parent.and_then(|ix| own.all.get(ix as usize));
    parent.is_none_or(|(name, _)| has(name))
}

/// Resources that are the only ones of their kind in both twins are the same, whatever they are
/// called.
#[derive(Default)]
struct Aliases(Vec<(SmolStr, SmolStr)>);

fn aliases(own: &Contents, other: &Contents) -> Aliases {
    let alone = |from: &Contents, to: &Contents| {
        let mut kinds: BTreeMap<SmolStr, Vec<SmolStr>> = BTreeMap::new();
        for (name, held) in from.resources() {
            // Of Terraform, names are what other files call things by.
            if held.parent.is_none() && !to.has(name) && held.shown.matches(' ').count() == 1 {
                let kind = held.shown.split(' ').next().unwrap_or_default();
                kinds.entry(kind.into()).or_default().push(name.clone());
            }
        }
        kinds
    };
    let (here, there) = (alone(own, other), alone(other, own));
    let is_kubernetes = |kind: &str| kind.starts_with(|c: char| c.is_ascii_uppercase());
    let found = here.into_iter().filter(|(kind, _)| is_kubernetes(kind)).filter_map(
        |(kind, names)| match (names.as_slice(), there.get(&kind)?.as_slice()) {
            ([one], [two]) => Some((one.clone(), two.clone())),
            _ => None,
        },
    );
    Aliases(found.collect())
}

impl Aliases {
    fn there(&self, name: &SmolStr) -> SmolStr {
        let own = self.0.iter().map(|(here, there)| (here, there));
        renamed(name, own)
    }

    fn here(&self, name: &SmolStr) -> SmolStr {
        let own = self.0.iter().map(|(here, there)| (there, here));
        renamed(name, own)
    }
}

fn renamed<'a>(
    name: &SmolStr,
    aliases: impl Iterator<Item = (&'a SmolStr, &'a SmolStr)>,
) -> SmolStr {
    for (from, to) in aliases {
        if let Some(rest) = name.strip_prefix(from.as_str())
            && (rest.is_empty() || rest.starts_with('\u{3}'))
        {
            return format_smolstr!("{to}{rest}");
        }
    }
    name.clone()
}

/// Files that one of the two has alone; a folder of which the other has nothing, as one.
fn files(shelf: &mut Shelf<'_>, pair: &Pair, side: Side, rows: &mut Vec<Row>) {
    let (list, own_rank, rank, root) = match side {
        Side::Earlier => (&pair.lacking, pair.from, pair.to, &pair.there),
        Side::Later => (&pair.beyond, pair.to, pair.from, &pair.here),
    };
    let mut folders: BTreeMap<(SmolStr, SmolStr), usize> = BTreeMap::new();
    let snapshot = shelf.snapshot;
    let is_there = |folder: &str| {
        let prefix = format!("{folder}/");
        let from =
            snapshot.files.partition_point(|file| file.entry.path.as_str() < prefix.as_str());
        snapshot.files.get(from).is_some_and(|file| file.entry.path.starts_with(&prefix))
    };
    let row = |what, path: &SmolStr, twin: &SmolStr| Row {
        step: 0,
        from: pair.from,
        to: pair.to,
        side,
        what,
        path: path.clone(),
        twin: twin.clone(),
        shown: SmolStr::default(),
        span: Span::default(),
        name: SmolStr::default(),
    };
    for (path, twin) in list {
        let rest = twin.get(root.len()..).unwrap_or_default();
        let mut ends = rest.match_indices('/').map(|(at, _)| root.len() + at);
        if let Some(end) = ends.find(|end| !is_there(&twin[..*end])) {
            let depth = twin[end..].matches('/').count();
            let own = path.match_indices('/').rev().nth(depth - 1).map_or(path.len(), |(at, _)| at);
            *folders.entry((path[..own].into(), twin[..end].into())).or_default() += 1;
            continue;
        }
        let is_moved = shelf.contents(path, own_rank).is_some_and(|own| {
            let names: Vec<SmolStr> = own.resources().map(|(name, _)| name.clone()).collect();
            let there = shelf.resources(parent_folder(twin), rank);
            !names.is_empty() && names.iter().all(|name| there.contains(name))
        });
        if !is_moved {
            rows.push(row(What::File, path, twin));
        }
    }
    for ((path, twin), count) in folders {
        rows.push(row(What::Folder(count), &path, &twin));
    }
}
