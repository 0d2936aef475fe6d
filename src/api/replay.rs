//! What the rules would have said of a repository's history.

use super::settings::{self, Side};
use super::{Day, Error, Options, Tree, analysis};
use crate::cochange::{self, Together};
use crate::config::Config;
use crate::deadline::Work;
use crate::extract::Settings;
use crate::ledger::Record;
use crate::loader::{Loader, Role, Snapshot, is_too_much, is_untouched};
use crate::packages::Index;
use crate::pipeline::{self, Quiet, Walk};
use crate::suppress::Silences;
use crate::tree::{self, Extent, GitTree, History, WatchedTree};
use rustc_hash::FxHashSet;
use smol_str::SmolStr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

pub use crate::ledger::{
    Brought, Fate, Heeded, Lowered, Made, Mended, NotJudged, Page, Proposals, Report, Rule,
    Silenced, Summary,
};

/// Which commits are replayed: those of the first-parent history of a revision.
///
/// ```
/// use crosscheck::replay::Range;
///
/// assert_eq!(Range::parse("v1..main"), Range::up_to("main").after("v1"));
/// assert_eq!(Range::parse("v1.."), Range::up_to("HEAD").after("v1"));
/// assert_eq!(Range::parse("main:puppet"), Range::up_to("main").below("puppet"));
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Range {
    to: String,
    folder: String,
    after: Option<String>,
    limit: Option<usize>,
    since: Option<Day>,
}

impl Range {
    /// All commits up to a revision.
    pub fn up_to(revision: impl Into<String>) -> Self {
        Self { to: revision.into(), folder: String::new(), after: None, limit: None, since: None }
    }

    /// `A..B`, `A..`, or `B`, each with `:FOLDER` for a tree that is a folder of the repository.
    pub fn parse(text: &str) -> Self {
        let (revisions, folder) = text.split_once(':').unwrap_or((text, ""));
        let range = match revisions.split_once("..") {
            Some((after, "")) => Self::up_to("HEAD").after(after),
            Some((after, to)) => Self::up_to(to.trim_start_matches('.')).after(after),
            None => Self::up_to(revisions),
        };
        range.below(folder)
    }

    /// Only those that this revision does not hold.
    pub fn after(self, revision: impl Into<String>) -> Self {
        Self { after: Some(revision.into()).filter(|own| !own.is_empty()), ..self }
    }

    /// Of this folder of the repository.
    pub fn below(self, folder: impl Into<String>) -> Self {
        Self { folder: folder.into(), ..self }
    }

    /// At most so many, the newest.
    pub fn limit(self, commits: usize) -> Self {
        Self { limit: Some(commits), ..self }
    }

    /// Only those of this day and later.
    pub fn since(self, day: Day) -> Self {
        Self { since: Some(day), ..self }
    }

    /// Whether something says where it begins.
    pub fn has_begin(&self) -> bool {
        self.after.is_some() || self.limit.is_some() || self.since.is_some()
    }
}

/// What checks of each commit of `range` against its first parent would have said, and what
/// became of that: see [`Report`]. `told` is called after each commit, with how many are done and
/// how many there are.
///
/// # Errors
/// Where there is no repository, or it does not hold a revision.
///
/// ```no_run
/// use crosscheck::replay::{Page, Range};
/// use crosscheck::{Options, replay};
///
/// # fn main() -> Result<(), crosscheck::Error> {
/// let range = Range::up_to("HEAD").limit(100);
/// let report = replay::replay("repository", &range, &Options::new(), |_, _| {})?;
/// println!("{}", report.page(Page::Text));
/// # Ok(())
/// # }
/// ```
pub fn replay(
    repository: impl AsRef<Path>,
    range: &Range,
    options: &Options,
    told: impl FnMut(usize, usize) + Send,
) -> Result<Report, Error> {
    replay_by(repository, range, options, told, Shortcuts::Taken)
}

/// Whether commits are passed over that are seen to bring nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shortcuts {
    /// They are.
    Taken,
    /// Each is judged, to no other end than to show that the answer is the same.
    #[cfg(test)]
    Refused,
}

/// As [`replay`].
pub(crate) fn replay_by(
    repository: impl AsRef<Path>,
    range: &Range,
    options: &Options,
    mut told: impl FnMut(usize, usize) + Send,
    shortcuts: Shortcuts,
) -> Result<Report, Error> {
    let no_day = |day: &Day| Error::Usage(format!("no calendar has the day {day}"));
    let since = range.since.as_ref().map(|day| day.unix_time().ok_or_else(|| no_day(day)));
    let since = since.transpose()?;
    let extent = Extent { limit: range.limit, since, without: range.after.clone() };
    let repository = repository.as_ref();
    let history = History::along(repository, &range.to, &range.folder, &extent)?;
    let indexes = options.indexes.iter().map(|spec| Index::open(spec));
    let mut run = Run {
        options,
        repository: repository.to_owned(),
        indexes: indexes.collect::<Result<_, _>>()?,
        loader: None,
        walk: Walk::default(),
        record: Record::of(history.commits().iter().rev()),
        shortcuts,
        tree: None,
        last: None,
        folder: range.folder.clone(),
        together: None,
    };
    let pool = analysis::pool(options)?;
    pool.install(|| run.all(&history, &mut told));
    if let Some(own) = &run.loader {
        own.loader.save();
    }
    run.record.stand(run.walk.standing());
    run.record.need(run.walk.needed());
    Ok(run.record.report(options.deadline.unfinished()))
}

/// A replay.
struct Run<'o> {
    options: &'o Options,
    repository: PathBuf,
    indexes: Vec<Index>,
    loader: Option<Kept>,
    walk: Walk,
    record: Record,
    shortcuts: Shortcuts,
    /// The tree of the commit before.
    tree: Option<Arc<GitTree>>,
    /// What is known of it, where it was judged.
    last: Option<Last>,
    /// The folder of the repository that is the tree's root.
    folder: String,
    /// What the commits up to it have changed together, once some configuration asks for it.
    together: Option<Arc<Together>>,
}

/// A loader, and what it was made for: as long as that stays, it serves the next commit.
struct Kept {
    loader: Loader,
    settings: Settings,
    exclude: Vec<String>,
}

/// A tree that was judged.
struct Last {
    snapshot: Snapshot,
    config: Config,
    /// Paths whose contents were read so far, beside by those who say what is in them.
    read: FxHashSet<SmolStr>,
}

/// A commit that is judged.
struct Commit {
    ix: usize,
    old: Arc<GitTree>,
    new: Arc<GitTree>,
    /// The paths that differ; none where they are not known.
    changed: Option<Vec<SmolStr>>,
    /// The id of the commit before.
    before: String,
}

impl Commit {
    /// Whether both trees say the same of how they are judged.
    fn has_same_configuration(&self) -> bool {
        let is_said = |path: &SmolStr| {
            path == crate::config::FILE_NAME || path.starts_with(crate::packs::FOLDER)
        };
        self.changed.as_ref().is_some_and(|own| !own.iter().any(is_said))
    }

    /// Whether both trees have the same paths, and `read` has none of those that differ.
    fn passes_by(&self, read: &FxHashSet<SmolStr>) -> bool {
        let Some(changed) = &self.changed else { return false };
        let find = |tree: &GitTree, path: &SmolStr| {
            let entries = tree::Tree::entries(tree);
            entries.binary_search_by(|own| own.path.cmp(path)).ok().map(|ix| entries[ix].kind)
        };
        changed.iter().all(|path| {
            let is_there = find(&self.old, path).is_some();
            is_there && find(&self.old, path) == find(&self.new, path) && !read.contains(path)
        })
    }
}

impl Run<'_> {
    fn all(&mut self, history: &History, told: &mut impl FnMut(usize, usize)) {
        let count = history.commits().len();
        let past = history.past();
        for ix in 1..count {
            if !self.options.deadline.allows(Work::Checks) {
                return;
            }
            // They stand newest first.
            if let Err(error) = self.next(history, ix, count - 1 - ix) {
                self.last = None;
                self.record.miss(ix, error.to_string());
            }
            if let Some(own) = &mut self.together {
                let place = count - 1 - ix;
                Arc::make_mut(own).learn(&history.commits()[place], &past, place);
            }
            told(ix, count - 1);
        }
    }

    /// Judges the commit at this place of the history.
    fn next(&mut self, history: &History, ix: usize, place: usize) -> Result<(), Error> {
        let before = self.tree.take();
        let (new, changed) = match &before {
            Some(before) => {
                let (tree, changed) = history.tree_after(place, before)?;
                (Arc::new(tree), Some(changed))
            }
            None => (Arc::new(history.tree(place)?), None),
        };
        self.tree = Some(new.clone());
        let old = match before {
            Some(before) => before,
            None => Arc::new(history.tree(place + 1)?),
        };
        let before = history.commits()[place + 1].id.clone();
        let commit = Commit { ix, old, new, changed, before };
        if self.shortcuts == Shortcuts::Taken && self.is_quiet(&commit) {
            self.record.add(ix, Vec::new(), &[]);
            return Ok(());
        }
        self.judge(&commit)
    }

    /// Whether it is seen without judging it that a commit brings nothing and mends nothing; then
    /// what is known of the tree before becomes what is known of its tree.
    fn is_quiet(&mut self, commit: &Commit) -> bool {
        let Some((last, Kept { loader, .. })) = self.last.as_mut().zip(self.loader.as_ref()) else {
            return false;
        };
        let Some(changed) = &commit.changed else { return false };
        let quiet = Quiet {
            config: &last.config,
            loader,
            walk: &self.walk,
            before: &last.snapshot,
            old: commit.old.as_ref(),
            new: commit.new.as_ref(),
            changed,
            read: &last.read,
        };
        if !self.options.joined.is_empty()
            || self.options.baseline.is_some()
            || self.together.is_some()
        {
            return false;
        }
        let Some(files) = quiet.files() else { return false };
        last.snapshot.put(commit.new.clone(), files);
        self.walk.forget_graph();
        true
    }

    /// Judges one commit.
    fn judge(&mut self, commit: &Commit) -> Result<(), Error> {
        let mut last = self.last.take();
        let watched = Arc::new(WatchedTree::new(commit.new.clone()));
        let revision = |view| Tree::revision(view, &self.repository);
        let (old, new) = (revision(commit.old.clone()), revision(watched.clone()));
        let kept = last.as_ref().filter(|own| commit.passes_by(&own.read));
        let config = match kept {
            Some(own) => own.config.clone(),
            None => settings::config(self.options, &new)?.0,
        };
        let before = match kept {
            Some(own) => own.config.clone(),
            None => pipeline::config_before(&config, old.view()?.as_ref()),
        };
        let view = settings::joined(self.options, &config, &new, Side::New)?;
        let baseline = settings::required_baseline(self.options, &config, view.as_ref())?;
        let is_same = self.prepare(&config, &new)?;
        let Some(Kept { loader, settings, .. }) = &self.loader else { return Ok(()) };
        let mut read =
            last.as_mut().map_or_else(Default::default, |own| std::mem::take(&mut own.read));
        read.extend(watched.read().map(|own| own.path.clone()));
        let is_alone = self.options.joined.is_empty() && config.with.is_empty();
        // What another loader has read is not taken over.
        let last = last.filter(|_| is_same && is_alone);
        if last.is_none() || !commit.has_same_configuration() || self.shortcuts != Shortcuts::Taken
        {
            self.walk.forget();
        }
        let snapshot = match &last {
            Some(own) => loader.load_over(&own.snapshot, view, is_untouched),
            None => loader.load(Role::New, view),
        };
        watched.forget();
        let stood = match last {
            Some(own) if before.settings() == *settings => own.snapshot.playing(Role::Old),
            _ => {
                self.walk.forget_graph();
                let tree = settings::joined(self.options, &config, &old, Side::Old)?;
                loader.load_with(Role::Old, tree, before.settings())
            }
        };
        for own in [&snapshot, &stood] {
            let absent = own.absent();
            if is_too_much(absent, own.files.len()) {
                self.record.lacks(absent);
            }
        }
        let indexes = self.indexes.clone();
        let mut world = pipeline::world(&config, snapshot, Some((stood, &before)), indexes);
        world.origin = Some((old.label().to_owned(), self.repository.clone()));
        world.together = self.together(&config, &commit.before);
        let sources = world.sources();
        let policy = config.policy();
        let (baseline, today) = (baseline.as_ref(), self.options.day());
        let silences = Silences { config: &config, policy: &policy, baseline, today };
        let Some(step) = self.walk.step(&world, &silences, &sources) else { return Ok(()) };
        drop(sources);
        self.record.add(commit.ix, step.brought, &step.mended);
        read.extend(watched.read().map(|own| own.path.clone()));
        if is_alone {
            self.last = Some(Last { snapshot: world.new, config, read });
        }
        Ok(())
    }

    /// What the commits up to `before` have changed together, where `config` asks for it.
    fn together(&mut self, config: &Config, before: &str) -> Option<Arc<Together>> {
        if !config.levels().has("co-change") {
            return None;
        }
        if self.together.is_none() {
            let extent = Extent { limit: Some(cochange::COMMITS), ..Extent::default() };
            let own = History::along(&self.repository, before, &self.folder, &extent).ok()?;
            self.together = Together::of(&own, &self.options.deadline).map(Arc::new);
        }
        self.together.clone()
    }

    /// Sees to it that the loader is one for this configuration; whether it is the one of before.
    fn prepare(&mut self, config: &Config, tree: &Tree) -> Result<bool, Error> {
        let settings = config.settings();
        let serves = |own: &Kept| own.settings == settings && own.exclude == config.exclude;
        let is_same = self.loader.as_ref().is_some_and(serves);
        if !is_same {
            if let Some(own) = self.loader.take() {
                own.loader.save();
            }
            let loader = settings::loader(self.options, config, tree)?;
            self.loader = Some(Kept { loader, settings, exclude: config.exclude.clone() });
        }
        Ok(is_same)
    }
}
