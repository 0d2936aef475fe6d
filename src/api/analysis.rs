//! A tree, or a change of one, that can be asked.

use super::settings::{self, Side};
use super::{Error, Options, Tree};
use crate::config::{Config, ConfigError};
use crate::loader::Loader;
use crate::packages::Index;
use crate::pipeline::{self, Before, World};
use crate::tree;
use std::fmt;
use std::sync::{Arc, OnceLock};

/// A tree, or the change from one tree to another, with the configuration that it is read by.
///
/// It reads its trees when the first question is asked, and only once. Each answer is owned and
/// outlives it.
///
/// ```
/// use crosscheck::{Analysis, Options, Tree};
///
/// # fn main() -> Result<(), crosscheck::Error> {
/// let old = Tree::open("fixtures/library/old")?;
/// let new = Tree::open("fixtures/library/new")?;
/// let analysis = Analysis::new(new, &Options::new())?.against(old)?;
/// let report = analysis.check()?;
/// let rules: Vec<&str> = report.findings().map(|finding| finding.rule).collect();
/// assert_eq!(rules, ["newly-required-parameter", "removed-but-referenced"]);
/// # Ok(())
/// # }
/// ```
pub struct Analysis {
    tree: Tree,
    pub(super) new: Arc<dyn tree::Tree>,
    before: Option<Before>,
    /// The tree before, as it was opened.
    old: Option<Tree>,
    pub(super) options: Options,
    pub(super) config: Config,
    warnings: Vec<ConfigError>,
    indexes: Vec<Index>,
    loader: Loader,
    pool: rayon::ThreadPool,
    world: OnceLock<World>,
}

impl Analysis {
    /// Prepares questions about one tree: reads its configuration, and no other file yet.
    ///
    /// # Errors
    /// Where the tree is an empty folder, its configuration or something that the options name
    /// cannot be used, or a package index cannot be read.
    pub fn new(tree: Tree, options: &Options) -> Result<Self, Error> {
        let (config, warnings) = settings::config(options, &tree)?;
        let new = settings::joined(options, &config, &tree, Side::New)?;
        let indexes = options.indexes.iter().map(|spec| Index::open(spec));
        Ok(Self {
            new,
            before: None,
            old: None,
            warnings,
            indexes: indexes.collect::<Result<_, _>>()?,
            loader: settings::loader(options, &config, &tree)?,
            pool: pool(options)?,
            options: options.clone(),
            config,
            tree,
            world: OnceLock::new(),
        })
    }

    /// Makes the questions be about the change from `old`: a check reports what the change
    /// introduces.
    ///
    /// # Errors
    /// Where the tree is an empty folder, or one that is joined to it cannot be read.
    pub fn against(mut self, old: Tree) -> Result<Self, Error> {
        let config = pipeline::config_before(&self.config, old.view()?.as_ref());
        let tree = settings::joined(&self.options, &self.config, &old, Side::Old)?;
        self.old = Some(old);
        self.before = Some(Before { tree, config });
        self.world = OnceLock::new();
        Ok(self)
    }

    /// What is to be said of the configuration though it can be used: things that it names and
    /// nothing knows.
    pub fn warnings(&self) -> &[ConfigError] {
        &self.warnings
    }

    /// The tree that is asked.
    pub fn tree(&self) -> &Tree {
        &self.tree
    }

    /// The same questions about a tree that is like this one but for some files.
    ///
    /// # Errors
    /// As those of [`Analysis::new`] and [`Analysis::against`].
    pub(super) fn with(&self, files: Vec<(String, Vec<u8>)>) -> Result<Self, Error> {
        let own = Self::new(self.tree.with(files), &self.options)?;
        match &self.old {
            Some(old) => own.against(old.clone()),
            None => Ok(own),
        }
    }

    /// The trees with their facts.
    pub(super) fn world(&self) -> &World {
        self.world.get_or_init(|| {
            let load = || {
                pipeline::load(
                    &self.config,
                    &self.loader,
                    self.new.clone(),
                    self.before.as_ref(),
                    self.indexes.clone(),
                )
            };
            let mut world = self.run(load);
            self.loader.save();
            let origin = |old: &Tree| (old.label().to_owned(), old.repository().to_owned());
            world.origin = self.old.as_ref().map(origin);
            world
        })
    }

    /// The trees with their facts, all of them.
    ///
    /// # Errors
    /// Where the time was over before all files were read.
    pub(super) fn whole_world(&self) -> Result<&World, Error> {
        let world = self.world();
        self.finished(world)
    }

    /// `answer`, unless something was left for it.
    pub(super) fn finished<T>(&self, answer: T) -> Result<T, Error> {
        settings::finished(&self.options, answer)
    }

    /// Runs `work` on the analysis's threads, whose stacks are large: parsers recurse.
    pub(super) fn run<T: Send>(&self, work: impl FnOnce() -> T + Send) -> T {
        self.pool.install(work)
    }
}

/// Threads of the wanted number.
pub fn pool(options: &Options) -> Result<rayon::ThreadPool, Error> {
    let mut builder = rayon::ThreadPoolBuilder::new().stack_size(64 << 20);
    if let Some(threads) = options.threads {
        builder = builder.num_threads(threads.max(1));
    }
    builder.build().map_err(|error| Error::Threads(error.to_string()))
}

impl fmt::Debug for Analysis {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Analysis")
            .field("tree", &self.tree)
            .field("is_change", &self.before.is_some())
            .finish_non_exhaustive()
    }
}
