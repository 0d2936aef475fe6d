//! Loads trees: extracts facts once per unique (path, blob), and hands out
//! snapshots that checks and reports read.

mod after;
mod given;
mod hashed;
mod kept;
mod link;
mod ours;
mod over;
mod sorts;
mod unread;
mod words;

pub use given::Given;
pub use hashed::{Folders, Hashed};
pub use over::is_untouched;
pub use sorts::Told;
pub use unread::{ABSENT, is_too_much};
pub use words::Sought;

use crate::deadline::{Deadline, Work};
use crate::extract::Layout;
use crate::extract::{self, Extractor, Settings, Source};
use crate::facts::{FileFacts, LineIndex, Position, Problem, Span, Standing, Strength};
use crate::store::Store;
use crate::tree::{BlobId, Entry, EntryKind, MAX_FILE_SIZE, Reader, Tree};
use globset::GlobSet;
use kept::{Digests, Kept};
use link::symlink_facts;
use rayon::prelude::*;
use rustc_hash::FxHashMap;
use smol_str::SmolStr;
use std::borrow::Cow;
use std::sync::{Arc, Mutex, PoisonError};
use unread::{Claim, too_large, unread, unreadable};
use words::Texts;

pub use ours::is_baseline;

/// The part that a tree plays in a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Role {
    /// The tree before a change.
    Old,
    /// The tree that is checked.
    New,
    /// What is promoted from.
    Staging,
    /// What is promoted to.
    Production,
    /// What production would become.
    Candidate,
}

impl Role {
    /// As JSON writes it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Old => "old",
            Self::New => "new",
            Self::Staging => "staging",
            Self::Production => "production",
            Self::Candidate => "candidate",
        }
    }
}

/// One file of a snapshot.
#[derive(Clone)]
pub struct SnapshotFile {
    /// The tree entry.
    pub entry: Entry,
    /// Identity of the contents; `None` where no one needed to read a directory's file.
    pub id: Option<BlobId>,
    /// What it says.
    pub facts: Arc<Told>,
    /// The systems that claimed it, in registry order.
    pub systems: Vec<&'static str>,
    /// Those of them that took at least one fact from it.
    pub modelled: Vec<&'static str>,
    /// Whether it is deployed, or a test, an example, documentation.
    pub standing: Standing,
}

/// One tree with its facts. Files are sorted by path.
pub struct Snapshot {
    /// The part that it plays.
    pub role: Role,
    /// Where contents come from.
    pub tree: Arc<dyn Tree>,
    /// Where the tree keeps its Puppet modules.
    pub layout: Arc<Layout>,
    /// When the run that asks of it has to end.
    pub deadline: Deadline,
    /// Its files.
    pub files: Vec<SnapshotFile>,
    places: Hashed,
    /// What is known of the texts of trees that the same loader read.
    texts: Arc<Texts>,
    /// What the tree could not represent, each as a file that holds nothing but its
    /// problem. Their indexes follow those of `files`.
    pub unreadable: Vec<SnapshotFile>,
}

/// Index of a file in a [`Snapshot`].
pub type FileIx = u32;

impl Snapshot {
    /// Whether this tree has a file of another one at the same path, with the same facts.
    pub fn has_same(&self, file: &SnapshotFile) -> bool {
        let own = self.find(&file.entry.path).map(|ix| self.file(ix));
        own.is_some_and(|own| Arc::ptr_eq(&own.facts, &file.facts))
    }

    /// The file at `path`.
    pub fn find(&self, path: &str) -> Option<FileIx> {
        self.places.first(&self.files, |file| &file.entry.path, path).map(|ix| ix as FileIx)
    }

    /// The file with this index, an unreadable one too.
    pub fn file(&self, ix: FileIx) -> &SnapshotFile {
        let ix = ix as usize;
        match ix.checked_sub(self.files.len()) {
            None => &self.files[ix],
            Some(beyond) => &self.unreadable[beyond],
        }
    }

    /// Every file with its index, unreadable ones last.
    pub fn all_files(&self) -> impl Iterator<Item = (FileIx, &SnapshotFile)> {
        self.files.iter().chain(&self.unreadable).enumerate().map(|(ix, file)| (ix as FileIx, file))
    }

    /// Contents of a file, read again on demand; empty where it cannot be read any more, and of a
    /// baseline.
    pub fn contents(&self, ix: FileIx) -> Vec<u8> {
        let bytes = self.raw(ix);
        if is_baseline(&self.file(ix).entry.path, &bytes) { Vec::new() } else { bytes }
    }

    /// The same of any file.
    pub fn raw(&self, ix: FileIx) -> Vec<u8> {
        if ix as usize >= self.files.len() {
            return Vec::new();
        }
        self.tree.reader().read(ix as usize).unwrap_or_default()
    }

    /// Start and end position of a span.
    pub fn positions(&self, ix: FileIx, span: Span) -> (Position, Position) {
        let bytes = self.raw(ix);
        let index = LineIndex::new(&bytes);
        (index.position(span.start, &bytes), index.position(span.end, &bytes))
    }

    /// Identity of a file's contents, read now if no one did before.
    pub fn blob_id(&self, ix: FileIx) -> BlobId {
        let file = self.file(ix);
        file.id.or(file.entry.id).unwrap_or_else(|| BlobId::of(&self.raw(ix)))
    }
}

/// What reading a file gave.
#[derive(Clone)]
struct Outcome {
    facts: Arc<Told>,
    systems: Vec<&'static str>,
    modelled: Vec<&'static str>,
    standing: Standing,
}

impl Outcome {
    /// Of a file at `path` whose contents nobody could use.
    fn plain(path: &str, facts: Arc<Told>, systems: Vec<&'static str>) -> Self {
        Self { facts, systems, modelled: Vec::new(), standing: Standing::of(path) }
    }
}

/// All that facts depend on, and that tells one outcome from another: the settings (by their
/// number in the loader), the kind of entry (the same bytes may be a file here and a link's
/// target there), path and contents.
type Key = (usize, EntryKind, SmolStr, BlobId);

/// Extracts facts; shared by all trees of a run.
pub struct Loader {
    readers: &'static [&'static dyn Extractor],
    settings: Settings,
    /// Those of trees that are read otherwise.
    others: Mutex<Vec<Arc<Settings>>>,
    exclude: GlobSet,
    memo: Mutex<FxHashMap<Key, Outcome>>,
    kept: Option<Kept>,
    given: FxHashMap<SmolStr, Outcome>,
    deadline: Deadline,
    nothing: Arc<Told>,
    texts: Arc<Texts>,
}

/// How one tree is read.
#[derive(Clone, Copy)]
struct Reading<'s> {
    settings: &'s Settings,
    number: usize,
    /// What the settings are, where anything is kept between runs.
    digests: &'s Digests,
}

impl Loader {
    /// A loader with these readers and settings; paths that match `exclude` are not analysed.
    pub fn new(
        readers: &'static [&'static dyn Extractor],
        settings: Settings,
        exclude: GlobSet,
    ) -> Self {
        Self {
            readers,
            settings,
            others: Mutex::default(),
            exclude,
            memo: Mutex::default(),
            kept: None,
            given: FxHashMap::default(),
            deadline: Deadline::default(),
            nothing: Arc::default(),
            texts: Arc::default(),
        }
    }

    /// A loader that takes what earlier runs found from `store`, and adds to it what they did not.
    pub fn keeping(self, store: Store) -> Self {
        Self { kept: Some(Kept::new(store, self.readers)), ..self }
    }

    /// A loader that leaves what it cannot read until then: such files have no facts.
    pub fn until(self, deadline: Deadline) -> Self {
        Self { deadline, ..self }
    }

    /// Writes what is to outlive the run. A store that cannot be written costs the next run time
    /// and this one nothing.
    pub fn save(&self) {
        let _ = self.kept.as_ref().map(|own| own.store.save());
    }

    /// Extracts every file of `tree`, in parallel; the result does not depend on the
    /// number of threads.
    pub fn load(&self, role: Role, tree: Arc<dyn Tree>) -> Snapshot {
        self.read(role, tree, (&self.settings, 0), |_| None)
    }

    /// The same with settings of that tree's own.
    pub fn load_with(&self, role: Role, tree: Arc<dyn Tree>, settings: Settings) -> Snapshot {
        if settings == self.settings {
            return self.load(role, tree);
        }
        let mut others = self.others.lock().unwrap_or_else(PoisonError::into_inner);
        let known = others.iter().position(|other| **other == settings).unwrap_or_else(|| {
            others.push(Arc::new(settings));
            others.len() - 1
        });
        let settings = others[known].clone();
        drop(others);
        self.read(role, tree, (&settings, known + 1), |_| None)
    }

    fn read(
        &self,
        role: Role,
        tree: Arc<dyn Tree>,
        (settings, number): (&Settings, usize),
        known: impl Fn(&Entry) -> Option<SnapshotFile> + Sync,
    ) -> Snapshot {
        let digests = self.kept.as_ref().map(|_| kept::digests(settings)).unwrap_or_default();
        let reading = Reading { settings, number, digests: &digests };
        let file = |reader: &mut Box<dyn Reader + '_>, (ix, entry): (usize, &Entry)| {
            known(entry).unwrap_or_else(|| self.file(reader.as_mut(), ix, entry, reading))
        };
        let files: Vec<SnapshotFile> =
            tree.entries().par_iter().enumerate().map_init(|| tree.reader(), file).collect();
        let places = Hashed::of(&files, |file| &file.entry.path);
        let unreadable = tree.problems().iter().map(unreadable).collect();
        Snapshot {
            role,
            tree,
            layout: settings.layout.unasked().clone(),
            deadline: self.deadline.clone(),
            files,
            places,
            texts: self.texts.clone(),
            unreadable,
        }
    }

    fn file(
        &self,
        reader: &mut dyn Reader,
        ix: usize,
        entry: &Entry,
        reading: Reading<'_>,
    ) -> SnapshotFile {
        let path = entry.path.as_str();
        let holding = |id, own: Outcome| {
            let (entry, Outcome { facts, systems, modelled, standing }) = (entry.clone(), own);
            SnapshotFile { entry, id, facts, systems, modelled, standing }
        };
        let plain = |facts, systems| holding(entry.id, Outcome::plain(path, facts, systems));
        let nobodys = || plain(self.nothing.clone(), Vec::new());
        let is_file = entry.kind == EntryKind::File;
        let excluded = !self.exclude.is_empty() && self.exclude.is_match(path);
        let is_left = entry.kind == EntryKind::Submodule || excluded && is_file;
        if is_left || !self.deadline.allows(Work::Files) {
            return nobodys();
        }
        if let Some(own) = self.given.get(path) {
            return holding(entry.id, own.clone());
        }
        let key = |id| (reading.number, entry.kind, entry.path.clone(), id);
        let known = entry.id.or_else(|| self.identity(entry));
        if let Some(id) = known
            && let Some(own) = self.recall(&key(id), reading)
        {
            return holding(Some(id), own);
        }
        let claims = |reader: &&&'static dyn Extractor| {
            !excluded && reader.claims_under(path, reading.settings)
        };
        let (claimed, claims): (Vec<_>, _) =
            extract::asking(|| self.readers.iter().filter(claims).collect());
        if claimed.is_empty() && is_file {
            return nobodys();
        }
        // Large files without an ending are no scripts.
        let large = |size: u64| size > MAX_FILE_SIZE;
        let unclaimed = claimed.iter().all(|extractor| extractor.by_contents(path));
        if entry.size.is_some_and(large) && unclaimed && is_file {
            return nobodys();
        }
        let systems: Vec<_> = claimed.iter().map(|extractor| extractor.system()).collect();
        if entry.size.is_some_and(large) {
            return plain(Arc::new(Told::new(too_large(entry.size.unwrap_or(0)))), systems);
        }
        let bytes = match reader.read(ix) {
            Ok(bytes) => bytes,
            Err(error) => {
                let claim = if unclaimed { Claim::ByContents } else { Claim::ByPath };
                let mut facts = unread(&error, claim);
                claimed.iter().for_each(|extractor| extractor.unread(path, &mut facts));
                return plain(Arc::new(Told::new(facts)), systems);
            }
        };
        let id = entry.id.unwrap_or_else(|| BlobId::of(&bytes));
        if let (Some(kept), None, Some(mark)) = (&self.kept, known, entry.mark) {
            kept.identify(mark, id);
        }
        if entry.id.is_none()
            && let Some(own) = self.recall(&key(id), reading)
        {
            return holding(Some(id), own);
        }
        let claimed: Vec<_> =
            claimed.into_iter().filter(|extractor| extractor.accepts_at(path, &bytes)).collect();
        let systems: Vec<_> = claimed.iter().map(|extractor| extractor.system()).collect();
        let (own, asked) = extract::asking(|| match claimed.is_empty() && is_file {
            true => Outcome::plain(path, self.nothing.clone(), systems),
            false => outcome_of(entry, &bytes, &claimed, (systems, reading.settings)),
        });
        if let Some(kept) = &self.kept {
            kept.keep((entry.kind, path, id), &own, claims | asked, reading);
        }
        self.remember(key(id), &own);
        holding(Some(id), own)
    }

    /// What a file's contents were when an earlier run read them, where it has not been touched
    /// since.
    fn identity(&self, entry: &Entry) -> Option<BlobId> {
        let is_small = entry.size.is_some_and(|size| size <= MAX_FILE_SIZE);
        let mark = entry.mark.filter(|_| is_small && entry.kind == EntryKind::File)?;
        self.kept.as_ref()?.identity(mark)
    }

    fn remember(&self, key: Key, own: &Outcome) {
        if let Ok(mut memo) = self.memo.lock() {
            memo.insert(key, own.clone());
        }
    }

    fn recall(&self, key: &Key, reading: Reading<'_>) -> Option<Outcome> {
        if let Some(own) = self.memo.lock().ok()?.get(key) {
            return Some(own.clone());
        }
        let (_, kind, path, id) = key;
        let own = self.kept.as_ref()?.recall((*kind, path, *id), reading)?;
        self.remember(key.clone(), &own);
        Some(own)
    }
}

/// What `readers` say of a regular file.
pub fn facts_of(
    readers: &'static [&'static dyn Extractor],
    settings: &Settings,
    path: &str,
    bytes: &[u8],
) -> FileFacts {
    let takes = |reader: &&&'static dyn Extractor| {
        reader.claims_under(path, settings) && reader.accepts_at(path, bytes)
    };
    let claimed: Vec<_> = readers.iter().filter(takes).collect();
    if claimed.is_empty() {
        FileFacts::default()
    } else {
        extract_all(path, bytes, &claimed, settings).0
    }
}

/// What there is to say of an entry whose contents were read.
fn outcome_of(
    entry: &Entry,
    bytes: &[u8],
    claimed: &[&&'static dyn Extractor],
    (systems, settings): (Vec<&'static str>, &Settings),
) -> Outcome {
    let path = entry.path.as_str();
    if entry.kind == EntryKind::Symlink {
        return Outcome::plain(path, Arc::new(Told::new(symlink_facts(path, bytes))), Vec::new());
    }
    let (facts, modelled) = extract_all(path, bytes, claimed, settings);
    let facts = Arc::new(Told::new(facts));
    Outcome { facts, systems, modelled, standing: Standing::of(path) }
}

/// The facts of a file, and the systems that took any from it.
fn extract_all(
    path: &str,
    bytes: &[u8],
    claimed: &[&&'static dyn Extractor],
    settings: &Settings,
) -> (FileFacts, Vec<&'static str>) {
    let mut facts = FileFacts::default();
    let mut modelled = Vec::new();
    if bytes.len() as u64 > MAX_FILE_SIZE {
        return (too_large(bytes.len() as u64), modelled);
    }
    if let Some(program) = extract::encrypted_by(bytes) {
        let message = format!("encrypted by {program}: not read, and taken to define anything");
        let mut problem = Problem::new("unsupported-syntax", message, Span::default());
        problem.strength = Strength::Guarded;
        facts.problems.push(problem);
        claimed.iter().for_each(|extractor| extractor.unread(path, &mut facts));
        return (facts, modelled);
    }
    let text = text_of(path, bytes, &mut facts.problems);
    facts.allows = extract::allows(bytes);
    let source = Source::new(path, bytes, &text);
    for extractor in claimed {
        let before = facts.count();
        extractor.extract(&source, settings, &mut facts);
        if facts.count() > before {
            modelled.push(extractor.system());
        }
    }
    if let Some(at) = extract::conflict_in(path, &text) {
        // What parsers say of it is about the marks.
        facts.problems.retain(|own| own.rule != "parse-error");
        facts.problems.push(extract::conflict(at));
    }
    (facts, modelled)
}

/// The contents as text, as [`Source::text`] has them. Most programs take any bytes; the
/// readers of manifests, YAML and JSON refuse what is not UTF-8.
fn text_of<'b>(path: &str, bytes: &'b [u8], problems: &mut Vec<Problem>) -> Cow<'b, str> {
    let error = match std::str::from_utf8(bytes) {
        Ok(text) => return Cow::Borrowed(text),
        Err(error) => error,
    };
    let strict = [".pp", ".yaml", ".yml", ".eyaml", ".json"];
    // Policies of SELinux end like manifests.
    let is_other = path.ends_with(".pp") && extract::is_packed(bytes);
    if !is_other && strict.iter().any(|ending| path.ends_with(ending)) {
        let good = error.valid_up_to();
        let at = Span::new(good, good + error.error_len().unwrap_or(1));
        problems.push(Problem::new("parse-error", "not valid UTF-8", at));
    }
    let mut text = String::with_capacity(bytes.len());
    for chunk in bytes.utf8_chunks() {
        text.push_str(chunk.valid());
        chunk.invalid().iter().for_each(|_| text.push('?'));
    }
    Cow::Owned(text)
}
