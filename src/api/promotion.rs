//! Promotions from one tree to another.

use super::settings::{self, Side};
use super::{Error, Options, Tree, analysis, steps};
use crate::config::{Config, ConfigError};
use crate::finding::FindingScope;
use crate::loader::Snapshot;
use crate::mapping::Mapping;
use crate::packages::{Index, Known};
use crate::pipeline;
use crate::promote::{self, Applied, Changes, Sides, Stand, Trees, Verdict};
use crate::report::{self, Promotes, Report, Sources, Summary};
use crate::suppress::Silences;
use crate::tree;
use rustc_hash::FxHashSet;
use serde::Serialize;
use smol_str::SmolStr;
use std::path::Path;

/// A promotion from staging to production, with production's configuration.
///
/// ```
/// use crosscheck::{Options, Promotion, Tree};
///
/// # fn main() -> Result<(), crosscheck::Error> {
/// let production = Tree::of_files([("manifests/site.pp", "node default {}\n")]);
/// let staging = Tree::of_files([
///     ("manifests/site.pp", "node default { include web }\n"),
///     ("modules/web/manifests/init.pp", "class web {}\n"),
/// ]);
/// let promotion =
///     Promotion::new(staging, production, &Options::new())?.paths(["manifests/site.pp"]);
/// let completion = promotion.completion()?;
/// assert_eq!(completion.paths, ["modules/web/manifests/init.pp"]);
/// # Ok(())
/// # }
/// ```
pub struct Promotion {
    staging: Tree,
    production: Tree,
    candidate: Option<Tree>,
    paths: Vec<SmolStr>,
    from: Option<String>,
    options: Options,
    config: Config,
    warnings: Vec<ConfigError>,
    indexes: Vec<Index>,
    pool: rayon::ThreadPool,
}

/// What a promotion lacks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Completion {
    /// Paths that have to be promoted too, sorted: the smallest set. A path that has to go is
    /// production's.
    pub paths: Vec<String>,
    /// What somebody has to add to production's own files, in words.
    pub by_hand: Vec<String>,
}

/// What was written of a promotion.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Promoted {
    /// Production's paths that were written or deleted, in order.
    pub steps: Vec<PromotedPath>,
    /// Paths that were left out, since they hold values of an environment.
    pub left_out: Vec<String>,
    /// What somebody has to add to production's own files, in words.
    pub by_hand: Vec<String>,
}

/// What was done to a path.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum PromotedPath {
    /// It was written.
    Wrote(String),
    /// It was deleted.
    Deleted(String),
}

impl Promotion {
    /// Prepares the promotion of all that differs. `staging` and `production` may be one tree,
    /// if `mapping` of the configuration pairs its folders.
    ///
    /// # Errors
    /// Where a tree is an empty folder, the configuration or something that the options name
    /// cannot be used, or a package index cannot be read.
    pub fn new(staging: Tree, production: Tree, options: &Options) -> Result<Self, Error> {
        staging.view()?;
        let (config, warnings) = settings::config(options, &production)?;
        let indexes = options.indexes.iter().map(|spec| Index::open(spec));
        Ok(Self {
            candidate: None,
            paths: Vec::new(),
            from: None,
            warnings,
            indexes: indexes.collect::<Result<_, _>>()?,
            pool: analysis::pool(options)?,
            options: options.clone(),
            config,
            staging,
            production,
        })
    }

    /// Promotes these files and folders of staging instead of all that differs.
    pub fn paths<P: AsRef<str>>(mut self, paths: impl IntoIterator<Item = P>) -> Self {
        self.paths.extend(paths.into_iter().map(|path| SmolStr::new(path)));
        self
    }

    /// In a chain of environments, promotes from the one of this name: a word in the paths of
    /// its files. By default it is that of the paths, or the last before production.
    pub fn from_environment(mut self, name: impl Into<String>) -> Self {
        self.from = Some(name.into());
        self
    }

    /// Checks this tree as what production becomes, instead of making it from the paths.
    pub fn candidate(mut self, tree: Tree) -> Self {
        self.candidate = Some(tree);
        self
    }

    /// What is to be said of the configuration though it can be used.
    pub fn warnings(&self) -> &[ConfigError] {
        &self.warnings
    }

    /// Checks what production becomes: reports what the promotion lacks or breaks.
    ///
    /// # Errors
    /// Where a path is not in staging, or the mapping or the baseline cannot be used;
    /// [`Error::NothingPairs`] where both environments stand in one tree, and nothing of it pairs.
    ///
    /// ```
    /// use crosscheck::{Options, Promotion, Tree};
    ///
    /// # fn main() -> Result<(), crosscheck::Error> {
    /// let production = Tree::of_files([("manifests/site.pp", "node default {}\n")]);
    /// let staging = Tree::of_files([
    ///     ("manifests/site.pp", "node default { include web }\n"),
    ///     ("modules/web/manifests/init.pp", "class web {}\n"),
    /// ]);
    /// let promotion =
    ///     Promotion::new(staging, production, &Options::new())?.paths(["manifests/site.pp"]);
    /// let report = promotion.check()?;
    /// assert_eq!(report.findings().next().map(|finding| finding.rule), Some("missed-promotion"));
    /// # Ok(())
    /// # }
    /// ```
    pub fn check(&self) -> Result<Report, Error> {
        self.ask(|asked| {
            let Asked { trees, sides, candidate, verdict, promotes, .. } = asked;
            let baseline = settings::required_baseline(
                &self.options,
                &self.config,
                trees.production.as_ref(),
            )?;
            let promotes = promotes?;
            let sources = Sources::new(vec![candidate, &sides.production, &sides.staging]);
            let sources = if promotes.is_empty() { sources } else { sources.of_one_tree() };
            let Verdict { findings, standing, .. } = verdict;
            let resolve = |own| {
                report::resolve(pipeline::apply_levels(own, &self.config, &sources), &sources)
            };
            let (mut findings, standing) = (resolve(findings), resolve(standing));
            let known: FxHashSet<&str> =
                standing.iter().map(|finding| finding.fingerprint.as_str()).collect();
            findings.retain(|finding| {
                finding.scope == FindingScope::Change
                    || !known.contains(finding.fingerprint.as_str())
            });
            let policy = self.config.policy();
            let silences = Silences {
                config: &self.config,
                policy: &policy,
                baseline: baseline.as_ref(),
                today: self.options.day(),
            };
            let before = Some(&sides.production);
            let findings = pipeline::finish(findings, candidate, before, &silences, &sources);
            let absent = [candidate, &sides.production, &sides.staging].map(Snapshot::absent);
            let absent = absent.into_iter().max().unwrap_or_default();
            let summary = Summary { compared: true, absent, promotes, ..Summary::of(candidate) };
            Ok(Report::new(findings, summary, sources))
        })
    }

    /// The smallest set of further paths without which the promotion lacks something.
    ///
    /// # Errors
    /// Where a path is not in staging, or the mapping cannot be used.
    pub fn completion(&self) -> Result<Completion, Error> {
        self.ask(|Asked { trees, verdict, promotes, .. }| {
            promotes?;
            settings::finished(&self.options, ())?;
            let paths = promote::completion_paths(trees, &verdict.completion);
            let paths = paths.iter().map(ToString::to_string).collect();
            Ok(Completion { paths, by_hand: verdict.by_hand })
        })
    }

    /// Writes the promotion, completed with the paths that it needs, into a folder; nothing
    /// outside of it, and through no link.
    ///
    /// # Errors
    /// Where a path is not in staging, the mapping cannot be used, or a path cannot be written.
    ///
    /// ```
    /// use crosscheck::{Options, Promotion, Tree};
    ///
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let folder = tempfile::tempdir()?;
    /// let production = Tree::of_files([("manifests/site.pp", "node default {}\n")]);
    /// let staging = Tree::of_files([("manifests/site.pp", "node default { include web }\n")]);
    /// Promotion::new(staging, production, &Options::new())?.apply(folder.path())?;
    /// assert!(folder.path().join("manifests/site.pp").exists());
    /// # Ok(())
    /// # }
    /// ```
    pub fn apply(&self, folder: impl AsRef<Path>) -> Result<Promoted, Error> {
        let folder = folder.as_ref();
        self.ask(|Asked { trees, sides, mut changes, verdict, promotes, .. }| {
            promotes?;
            settings::finished(&self.options, ())?;
            let left_out = promote::values_of_environment(trees, sides, &changes, &self.paths);
            for path in &left_out {
                changes.remove(path);
            }
            changes.extend(verdict.completion);
            let step = |applied: Applied| match applied {
                Applied::Wrote(path) => PromotedPath::Wrote(path.into()),
                Applied::Deleted(path) => PromotedPath::Deleted(path.into()),
            };
            let steps = promote::apply(trees, &changes, folder)?;
            Ok(Promoted {
                steps: steps.into_iter().map(step).collect(),
                left_out: left_out.into_iter().map(String::from).collect(),
                by_hand: verdict.by_hand,
            })
        })
    }

    /// What `answer` makes of the checked promotion.
    fn ask<T: Send>(
        &self,
        answer: impl FnOnce(Asked<'_>) -> Result<T, Error> + Send,
    ) -> Result<T, Error> {
        let config = &self.config;
        let join = |tree: &Tree| settings::joined(&self.options, config, tree, Side::New);
        let (staging, production) = (join(&self.staging)?, join(&self.production)?);
        let given = self.candidate.as_ref().map(join).transpose()?;
        let policy = config.policy();
        let is_one_tree = self.staging.is(&self.production);
        let stand = if is_one_tree { Stand::OneTree } else { Stand::Apart };
        let loader = settings::loader(&self.options, config, &self.production)?;
        self.pool.install(|| {
            let rules = steps::rules(config, &staging, &loader, (stand, self.paths.as_slice()))?;
            let step = steps::step(&rules, staging.as_ref(), self.from.as_deref(), &self.paths)?;
            let mapping =
                Mapping::of_step(&rules, step).map_err(|error| Error::Usage(error.to_string()))?;
            // Between two trees every path has a counterpart, and a given candidate is one.
            let promotes = match (stand, &given) {
                (Stand::OneTree, None) => {
                    steps::promotes(&rules, step, staging.as_ref(), &self.paths)
                }
                _ => Ok(Vec::new()),
            };
            let trees = Trees::new(staging, production, mapping, stand);
            let changes = self.changes(&trees, given.as_deref())?;
            let sides = Sides::load(&trees, loader, &policy, pipeline::systems());
            let candidate = match given {
                Some(tree) => sides.given(tree),
                None => sides.candidate(&changes),
            };
            sides.save();
            settings::finished(&self.options, ())?;
            let packages: Known = config.known(self.indexes.clone());
            let verdict = promote::check(&trees, &sides, &candidate, &changes, &packages);
            let (trees, sides, candidate) = (&trees, &sides, &candidate);
            answer(Asked { trees, sides, candidate, changes, verdict, promotes })
        })
    }

    fn changes(&self, trees: &Trees, candidate: Option<&dyn tree::Tree>) -> Result<Changes, Error> {
        match candidate {
            Some(candidate) => Ok(trees.changes_to(candidate)),
            None if self.paths.is_empty() => Ok(trees.all_changes()),
            None => trees.changes_of(&self.paths).map_err(|error| Error::Usage(error.to_string())),
        }
    }
}

/// A checked promotion.
struct Asked<'a> {
    trees: &'a Trees,
    sides: &'a Sides<'a>,
    candidate: &'a Snapshot,
    changes: Changes,
    verdict: Verdict,
    /// What is promoted to what within one tree. What is wrong with the configuration is told before
    /// that nothing is.
    promotes: Result<Vec<Promotes>, Error>,
}

impl std::fmt::Debug for Promotion {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Promotion")
            .field("staging", &self.staging)
            .field("production", &self.production)
            .field("paths", &self.paths)
            .finish_non_exhaustive()
    }
}
