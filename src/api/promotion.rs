//! Promotions from one tree to another.

use super::settings::{self, Side};
use super::{Error, Options, Tree, analysis};
use crate::config::{Config, ConfigError};
use crate::finding::FindingScope;
use crate::loader::Snapshot;
use crate::mapping::{self, Mapping, Rule, default_rules};
use crate::packages::{Index, Known};
use crate::pipeline;
use crate::promote::{self, Applied, Changes, Sides, Stand, Trees, Verdict};
use crate::report::{self, Report, Sources, Summary};
use crate::suppress::Silences;
use crate::tree;
use crate::twins;
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
    /// Where a path is not in staging, or the mapping or the baseline cannot be used.
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
            let Asked { trees, sides, candidate, verdict, .. } = asked;
            let baseline = settings::required_baseline(
                &self.options,
                &self.config,
                trees.production.as_ref(),
            )?;
            let sources = Sources::new(vec![candidate, &sides.production, &sides.staging]);
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
            let summary = Summary { compared: true, ..Summary::of(candidate) };
            Ok(Report::new(findings, summary, sources))
        })
    }

    /// The smallest set of further paths without which the promotion lacks something.
    ///
    /// # Errors
    /// Where a path is not in staging, or the mapping cannot be used.
    pub fn completion(&self) -> Result<Completion, Error> {
        self.ask(|Asked { trees, verdict, .. }| {
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
        self.ask(|Asked { trees, sides, mut changes, verdict, .. }| {
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
        let rules = rules(config, staging.as_ref(), stand, &self.paths)?;
        let step = self.step(&rules, staging.as_ref())?;
        let mapping =
            Mapping::of_step(&rules, step).map_err(|error| Error::Usage(error.to_string()))?;
        let loader = settings::loader(&self.options, config, &self.production)?;
        self.pool.install(|| {
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
            answer(Asked { trees, sides, candidate, changes, verdict })
        })
    }

    fn changes(&self, trees: &Trees, candidate: Option<&dyn tree::Tree>) -> Result<Changes, Error> {
        match candidate {
            Some(candidate) => Ok(trees.changes_to(candidate)),
            None if self.paths.is_empty() => Ok(trees.all_changes()),
            None => trees.changes_of(&self.paths).map_err(|error| Error::Usage(error.to_string())),
        }
    }

    /// The step of a chain of environments that is promoted: as asked for, or that of the
    /// paths, or the last.
    fn step(&self, rules: &[Rule], staging: &dyn tree::Tree) -> Result<usize, Error> {
        let steps = mapping::steps(rules);
        if let Some(name) = &self.from {
            let has = |rule: &Rule| {
                rule.staging.split(['/', '.', '-', '_']).any(|word| word == name.as_str())
            };
            let mut named = rules.iter().zip(&steps).filter(|(rule, _)| has(rule));
            return named.next().map(|(_, step)| *step).ok_or_else(|| {
                Error::Usage(format!(
                    "--from {name}: no rule of the mapping begins with an environment of that name"
                ))
            });
        }
        if steps.iter().all(|step| *step == 0) {
            return Ok(0);
        }
        let covers = |path: &str| {
            let wanted = |prefix: &SmolStr| {
                let prefix = prefix.trim_start_matches("./").trim_end_matches('/');
                let rest = path.strip_prefix(prefix);
                rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
            };
            self.paths.iter().any(wanted)
        };
        let paths = staging.entries().iter().map(|entry| entry.path.as_str());
        let paths: Vec<&str> = paths.filter(|path| covers(path)).collect();
        let is_meant = |rule: &Rule| paths.iter().any(|path| rule.begins_with(path));
        let meant = rules.iter().zip(&steps).filter(|(rule, _)| is_meant(rule));
        let meant: std::collections::BTreeSet<usize> = meant.map(|(_, step)| *step).collect();
        match meant.len() {
            0 | 1 => Ok(meant.first().copied().unwrap_or(0)),
            _ => Err(Error::Usage(
                "the paths belong to several steps of the chain of environments: promote them \
                 one after the other, or choose one with --from"
                    .into(),
            )),
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
}

/// Most pairs of folders that are promoted without being named.
const MAX_PAIRS: usize = 40;

/// The configured mapping; without one, what names of files and folders show where both
/// environments stand in one tree, and the default one.
fn rules(
    config: &Config,
    tree: &dyn tree::Tree,
    stand: Stand,
    wanted: &[SmolStr],
) -> Result<Vec<Rule>, Error> {
    if !config.mapping.is_empty() {
        let rule = |pair: &crate::config::Mapping| Rule::new(&pair.staging, &pair.production);
        return Ok(config.mapping.iter().map(rule).collect());
    }
    let mut rules = Vec::new();
    if stand == Stand::OneTree {
        let settings = twins::Settings::of(config).map_err(Error::Usage)?;
        let paths: Vec<&str> = tree.entries().iter().map(|entry| entry.path.as_str()).collect();
        rules = twins::rules(&paths, &settings, |here| {
            let here = here.trim_end_matches('/');
            let is_in = |own: &str, folder: &str| {
                own.strip_prefix(folder)
                    .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
            };
            let named =
                |own: &SmolStr| own.trim_start_matches("./").trim_end_matches('/').to_owned();
            wanted.is_empty()
                || wanted.iter().map(named).any(|own| is_in(&own, here) || is_in(here, &own))
        });
        // All at once would be no promotion.
        if wanted.is_empty() && rules.len() > MAX_PAIRS {
            rules.clear();
        }
    }
    let known = default_rules().into_iter().filter(|rule| !rules.contains(rule));
    let known: Vec<Rule> = known.collect();
    rules.extend(known);
    Ok(rules)
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
