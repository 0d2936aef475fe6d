//! What the rules would have said of a repository's history.

use super::settings::{self, Side};
use super::{Day, Error, Options, Tree, analysis};
use crate::config::Config;
use crate::deadline::Work;
use crate::extract::Settings;
use crate::ledger::Record;
use crate::loader::Loader;
use crate::packages::Index;
use crate::pipeline::{self, Before, Walk};
use crate::suppress::Silences;
use crate::tree::{Extent, GitTree, History};
use std::path::{Path, PathBuf};
use std::sync::Arc;

pub use crate::ledger::{Brought, Fate, Made, Mended, NotJudged, Page, Report, Rule, Summary};

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
    mut told: impl FnMut(usize, usize) + Send,
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
    };
    let pool = analysis::pool(options)?;
    pool.install(|| run.all(&history, &mut told));
    if let Some(own) = &run.loader {
        own.loader.save();
    }
    run.record.stand(run.walk.standing());
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
}

/// A loader, and what it was made for: as long as that stays, it serves the next commit.
struct Kept {
    loader: Loader,
    settings: Settings,
    exclude: Vec<String>,
}

impl Run<'_> {
    fn all(&mut self, history: &History, told: &mut impl FnMut(usize, usize)) {
        let count = history.commits().len();
        let mut before: Option<Arc<GitTree>> = None;
        for ix in 1..count {
            if !self.options.deadline.allows(Work::Checks) {
                return;
            }
            // They stand newest first.
            let place = count - 1 - ix;
            let old = before.take().map_or_else(|| history.tree(place + 1).map(Arc::new), Ok);
            let judged = old.and_then(|old| Ok((old, Arc::new(history.tree(place)?))));
            let reason = match judged {
                Err(error) => Some(error.to_string()),
                Ok((old, new)) => {
                    before = Some(new.clone());
                    self.commit(ix, old, new).err().map(|error| error.to_string())
                }
            };
            if let Some(reason) = reason {
                self.record.miss(ix, reason);
            }
            told(ix, count - 1);
        }
    }

    /// Judges one commit.
    fn commit(&mut self, ix: usize, old: Arc<GitTree>, new: Arc<GitTree>) -> Result<(), Error> {
        let (old, new) =
            (Tree::revision(old, &self.repository), Tree::revision(new, &self.repository));
        let (config, _) = settings::config(self.options, &new)?;
        let before = Before {
            config: pipeline::config_before(&config, old.view()?.as_ref()),
            tree: settings::joined(self.options, &config, &old, Side::Old)?,
        };
        let view = settings::joined(self.options, &config, &new, Side::New)?;
        let baseline = settings::required_baseline(self.options, &config, view.as_ref())?;
        self.prepare(&config, &new)?;
        let Some(Kept { loader, .. }) = &self.loader else { return Ok(()) };
        let mut world = pipeline::load(&config, loader, view, Some(&before), self.indexes.clone());
        world.origin = Some((old.label().to_owned(), self.repository.clone()));
        let sources = world.sources();
        let policy = config.policy();
        let (baseline, today) = (baseline.as_ref(), self.options.day());
        let silences = Silences { config: &config, policy: &policy, baseline, today };
        if let Some(step) = self.walk.step(&world, &silences, &sources) {
            self.record.add(ix, step.brought, &step.mended);
        }
        Ok(())
    }

    /// Sees to it that the loader is one for this configuration.
    fn prepare(&mut self, config: &Config, tree: &Tree) -> Result<(), Error> {
        let settings = config.settings();
        let serves = |own: &Kept| own.settings == settings && own.exclude == config.exclude;
        if !self.loader.as_ref().is_some_and(serves) {
            if let Some(own) = self.loader.take() {
                own.loader.save();
            }
            let loader = settings::loader(self.options, config, tree)?;
            self.loader = Some(Kept { loader, settings, exclude: config.exclude.clone() });
        }
        Ok(())
    }
}
