//! The answer as it is printed and handed out.

use super::compare::{self, Compared, Row, Shelf};
use super::contents::Sort;
use super::pairs::{self, Pair};
use super::readers::Readers;
use super::since::{Age, Records};
use super::{Chain, Settings};
use crate::deadline::{Unfinished, Work};
use crate::facts::LineIndex;
use crate::graph::Graph;
use crate::loader::FileIx;
use crate::tree::History;
use rustc_hash::FxHashMap;
use serde::Serialize;
use std::collections::BTreeMap;

/// Most differences whose history is looked up.
const MAX_DATED: usize = 1_000;

/// Environments side by side.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Report {
    /// Version of this format: 1.
    pub version: u32,
    /// The environments that were found, earliest first.
    pub environments: Vec<Found>,
    /// Pairs of folders or files of environments that follow on each other, by place.
    pub steps: Vec<Step>,
    /// What differs: by step, in the order of files and lines, the earlier environment first.
    pub differences: Vec<Difference>,
    /// Files that differ from their twins and were not compared to their end: they are too large,
    /// or are not what their names say.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub unread: Vec<String>,
    /// Folders that are called like an environment and stand beside those that are compared, and
    /// that pair with none of them.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub left_out: Vec<Aside>,
    /// What was left, where the time of the run was over before its end: who reads something, and
    /// since when it differs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unfinished: Option<Unfinished>,
    /// Figures.
    pub summary: Summary,
}

/// An environment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Found {
    /// Its name.
    pub name: String,
    /// In how many places of the tree it was found.
    pub places: usize,
}

/// A folder that is called like an environment, and is compared with nothing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Aside {
    /// The folder.
    pub path: String,
    /// The environment that its name tells of.
    pub environment: String,
}

/// Two environments that follow on each other, in one place of the tree.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Step {
    /// The earlier environment.
    pub from: String,
    /// The later one.
    pub to: String,
    /// The folder or file of the earlier one.
    pub here: String,
    /// That of the later one.
    pub there: String,
    /// How many files both have.
    pub twins: usize,
    /// How many differences there are.
    pub differences: usize,
}

/// Which of two environments has something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Side {
    /// The earlier one: the later one may be behind.
    Earlier,
    /// The later one.
    Later,
}

/// What differs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum What {
    /// A folder.
    Folder,
    /// A file.
    File,
    /// A document of Kubernetes, a block of Terraform, a section.
    Resource,
    /// A key.
    Key,
    /// An item of a list.
    Item,
    /// A version of something that both have.
    Version,
}

/// One thing that one environment has and the other lacks, or a version that differs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Difference {
    /// The step that it is of: its place in `steps`, from 0.
    pub step: usize,
    /// The environment that has it.
    pub has: String,
    /// The one that lacks it.
    pub lacks: String,
    /// Which of the two has it.
    pub side: Side,
    /// What it is.
    pub what: What,
    /// Its name; none of a whole file or folder.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Where it is.
    #[serde(flatten)]
    pub place: Place,
    /// The file, or folder, that lacks it, or that is lacking.
    pub twin: String,
    /// How many files a folder holds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub files: Option<usize>,
    /// The two versions.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub versions: Option<Versions>,
    /// Who reads it, at most five places.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub readers: Vec<Read>,
    /// Why it is meant to differ.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expected: Option<Expected>,
    /// The commit that brought it to the environment that has it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub since: Option<Until>,
}

/// A place in the tree.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Place {
    /// The file or the folder.
    pub path: String,
    /// Line, from 1.
    pub line: u32,
    /// Column in Unicode scalar values, from 1.
    pub column: u32,
}

/// The versions of one thing in two environments.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Versions {
    /// In the earlier one.
    pub from: String,
    /// In the later one.
    pub to: String,
}

/// A place that reads something.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Read {
    /// Where.
    #[serde(flatten)]
    pub place: Place,
    /// The construct.
    pub via: String,
}

/// Why a difference is expected.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Expected {
    /// Who says so.
    pub by: Named,
    /// Why.
    pub reason: String,
}

/// Who says that a difference is expected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Named {
    /// The configuration.
    Declared,
    /// The history.
    Learned,
}

/// The commit that brought something.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Until {
    /// Its id; of what is older than the commits that were read, the oldest of them.
    pub commit: String,
    /// Its day.
    pub date: String,
    /// The first line of its message.
    pub subject: String,
    /// Whether the thing is older than that.
    pub older: bool,
}

/// Figures.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Summary {
    /// Pairs of places.
    pub steps: usize,
    /// Files that were compared with their twins.
    pub twins: usize,
    /// Differences that nobody expects, of things that the earlier environment has.
    pub behind: usize,
    /// Those of things that the later one has.
    pub ahead: usize,
    /// Differences that are expected.
    pub expected: usize,
    /// Commits of the history that was read.
    pub commits: usize,
    /// Whether all differences are listed.
    pub complete: bool,
}

/// Compares the environments of a tree, by its `history` if there is one.
pub fn answer(graph: &Graph<'_>, settings: &Settings, history: Option<&History>) -> Report {
    let snapshot = graph.snapshot;
    let chain = &settings.chain;
    let paths: Vec<&str> = snapshot.files.iter().map(|file| file.entry.path.as_str()).collect();
    let pairs = pairs::pairs(&paths, chain, &settings.rules);
    let mut shelf = Shelf::new(snapshot, chain);
    let Compared { rows, is_complete, unread } = compare::compare(&mut shelf, &pairs);
    let unread = unread.iter().map(ToString::to_string).collect();
    let mut readers = (!rows.is_empty()).then(|| Readers::new(graph));
    let mut records = history.map(|history| Records::new(history, chain));
    let mut places = Places { graph, lines: FxHashMap::default() };
    let mut dated = 0;
    let mut differences = Vec::with_capacity(rows.len());
    for row in &rows {
        let mut own = difference(chain, row, &mut places);
        let is_time = snapshot.deadline.allows(Work::Checks);
        let read =
            readers.as_mut().filter(|_| is_time).map(|readers| readers.of(row)).unwrap_or_default();
        own.readers = read
            .into_iter()
            .map(|own| Read { place: places.of(own.file, own.span.start), via: own.via.into() })
            .collect();
        let meant = settings.expected.iter().find(|meant| meant.covers(row));
        own.expected =
            meant.map(|meant| Expected { by: Named::Declared, reason: meant.reason.clone() });
        if let Some(records) = records.as_mut().filter(|_| is_time && dated < MAX_DATED) {
            dated += 1;
            date(records, row, &mut own);
        }
        differences.push(own);
    }
    let steps = steps(chain, &pairs, &rows);
    let count = |side: Side| {
        differences.iter().filter(|own| own.expected.is_none() && own.side == side).count()
    };
    let summary = Summary {
        steps: steps.len(),
        twins: pairs.iter().map(|pair| pair.twins.len()).sum(),
        behind: count(Side::Earlier),
        ahead: count(Side::Later),
        expected: differences.iter().filter(|own| own.expected.is_some()).count(),
        commits: history.map_or(0, |history| history.commits().len()),
        complete: is_complete,
    };
    let environments = found(chain, &pairs);
    let left_out = pairs::left_out(&paths, chain, &pairs);
    let left_out = left_out.into_iter().map(|(path, rank)| Aside {
        path: path.to_owned(),
        environment: chain.name(rank).to_owned(),
    });
    let left_out = left_out.collect();
    let unfinished = snapshot.deadline.unfinished();
    Report { version: 1, environments, steps, differences, unread, left_out, unfinished, summary }
}

fn date(records: &mut Records<'_>, row: &Row, own: &mut Difference) {
    let told = records.told(row);
    own.since = told.since.map(|since| Until {
        commit: since.commit,
        date: since.day,
        subject: since.subject,
        older: since.age == Age::Older,
    });
    if own.expected.is_none()
        && let Some((commits, day)) = told.always
    {
        let reason = format!("it differs in all of {commits} commits since {day}");
        own.expected = Some(Expected { by: Named::Learned, reason });
    }
}

fn difference(chain: &Chain, row: &Row, places: &mut Places<'_, '_>) -> Difference {
    let file = places.graph.snapshot.find(&row.path);
    let place = match file {
        Some(file) => places.of(file, row.span.start),
        None => Place { path: row.path.to_string(), line: 1, column: 1 },
    };
    let (what, files, versions) = match &row.what {
        compare::What::Folder(count) => (What::Folder, Some(*count), None),
        compare::What::File => (What::File, None, None),
        compare::What::Part(Sort::Resource) => (What::Resource, None, None),
        compare::What::Part(Sort::Key) => (What::Key, None, None),
        compare::What::Part(Sort::Item) => (What::Item, None, None),
        compare::What::Version(from, to) => {
            (What::Version, None, Some(Versions { from: from.to_string(), to: to.to_string() }))
        }
    };
    Difference {
        step: row.step,
        has: chain.name(row.owner()).to_owned(),
        lacks: chain.name(row.other()).to_owned(),
        side: match row.side {
            compare::Side::Earlier => Side::Earlier,
            compare::Side::Later => Side::Later,
        },
        what,
        name: (!row.shown.is_empty()).then(|| row.shown.to_string()),
        place,
        twin: row.twin.to_string(),
        files,
        versions,
        readers: Vec::new(),
        expected: None,
        since: None,
    }
}

/// Lines of files, each indexed once.
struct Places<'g, 's> {
    graph: &'g Graph<'s>,
    lines: FxHashMap<FileIx, (Vec<u8>, LineIndex)>,
}

impl Places<'_, '_> {
    fn of(&mut self, file: FileIx, at: u32) -> Place {
        let snapshot = self.graph.snapshot;
        let (text, lines) = self.lines.entry(file).or_insert_with(|| {
            let text = snapshot.contents(file);
            let lines = LineIndex::new(&text);
            (text, lines)
        });
        let at = lines.position(at, text);
        let path = snapshot.file(file).entry.path.to_string();
        Place { path, line: at.line, column: at.column }
    }
}

fn found(chain: &Chain, pairs: &[Pair]) -> Vec<Found> {
    let mut places: BTreeMap<usize, std::collections::BTreeSet<&str>> = BTreeMap::new();
    for pair in pairs {
        places.entry(pair.from).or_default().insert(&pair.here);
        places.entry(pair.to).or_default().insert(&pair.there);
    }
    let name = |rank| chain.name(rank).to_owned();
    places.into_iter().map(|(rank, own)| Found { name: name(rank), places: own.len() }).collect()
}

fn steps(chain: &Chain, pairs: &[Pair], rows: &[Row]) -> Vec<Step> {
    let mut counts = vec![0; pairs.len()];
    for row in rows {
        counts[row.step] += 1;
    }
    let step = |(ix, pair): (usize, &Pair)| Step {
        from: chain.name(pair.from).to_owned(),
        to: chain.name(pair.to).to_owned(),
        here: pair.here.to_string(),
        there: pair.there.to_string(),
        twins: pair.twins.len(),
        differences: counts.get(ix).copied().unwrap_or(0),
    };
    pairs.iter().enumerate().map(step).collect()
}
