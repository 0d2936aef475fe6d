//! From options to the configuration of a tree, and the trees of its world.

use super::cache::cached;
use super::options::ConfigSource;
use super::{Error, Options, Tree, given};
use crate::config::{self, Config, ConfigError};
use crate::loader::Loader;
use crate::pipeline;
use crate::suppress::Baseline;
use crate::tree::{self, JoinedTree, Refused, open_named};
use smol_str::SmolStr;
use std::path::Path;
use std::sync::Arc;

/// Which end of a change a tree stands at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// Before it.
    Old,
    /// After it, or where nothing changes.
    New,
}

/// The configuration of `tree`, and what is to be said of it though it can be used.
pub fn config(options: &Options, tree: &Tree) -> Result<(Config, Vec<ConfigError>), Error> {
    let view = tree.view()?.as_ref();
    let file = match &options.config {
        ConfigSource::File(path) => Some((path, given::read(path)?)),
        ConfigSource::Tree | ConfigSource::Text(_) => None,
    };
    let refuse = |error: ConfigError| match (&file, &options.config) {
        (Some((path, given)), _) => given.config_error(path, error),
        (None, ConfigSource::Text(_)) => error.in_file("the given configuration"),
        (None, _) => error.in_file(config::FILE_NAME),
    };
    let mut config = match (&file, &options.config) {
        (Some((path, given)), _) => {
            let mut config = Config::parse(&given.text).map_err(refuse)?;
            config.source = author(path, tree);
            config
        }
        (None, ConfigSource::Text(text)) => {
            let mut config = Config::parse(text).map_err(refuse)?;
            config.source = config::Source::User;
            config
        }
        (None, _) => pipeline::discover_config(view)?,
    };
    let joined = options.joined.iter().map(|own| SmolStr::new(&own.name));
    config.joined = joined.chain(config.with.keys().map(SmolStr::from)).collect();
    config.given = options.bundles.iter().map(|own| own.name().into()).collect();
    config.joined.sort();
    config.joined.dedup();
    pipeline::discover_settings(view, &mut config).map_err(Error::Usage)?;
    let warnings = config.kinds().map_err(refuse)?.into_iter().map(refuse).collect();
    options.choose_rules(&mut config);
    Ok((config, warnings))
}

/// Who wrote the configuration in the file at `path`.
fn author(path: &Path, tree: &Tree) -> config::Source {
    let is_own = path.canonicalize().is_ok_and(|path| {
        tree::folder_of(tree.label(), tree.repository()).is_some_and(|own| path.starts_with(own))
    });
    if is_own { config::Source::Tree } else { config::Source::User }
}

/// `tree` with the further trees of its world, from the options and from `config`.
pub fn joined(
    options: &Options,
    config: &Config,
    tree: &Tree,
    side: Side,
) -> Result<Arc<dyn tree::Tree>, Error> {
    let main = tree.view()?;
    let mut others: Vec<(String, Arc<dyn tree::Tree>)> = Vec::new();
    for own in &options.joined {
        let end = if side == Side::Old { &own.old } else { &own.new };
        others.push((own.name.clone(), end.any_view().clone()));
    }
    for (name, spec) in &config.with {
        if others.iter().any(|(own, _)| own == name) {
            continue;
        }
        let (old, new) = tree::range(spec);
        let end = if side == Side::Old { old } else { new };
        let other = match config.source {
            config::Source::User => tree::open(&end, tree.repository())?,
            config::Source::Found | config::Source::Tree => {
                match open_named(main, tree.repository(), &end) {
                    // What the change brings was not there before.
                    Err(Refused::Absent) if side == Side::Old => continue,
                    other => other.map_err(|refused| refused_with(name, spec, refused))?,
                }
            }
        };
        others.push((name.clone(), other));
    }
    if others.is_empty() {
        return Ok(main.clone());
    }
    let joined = JoinedTree::new(main.clone(), others).map_err(Error::Usage)?;
    Ok(Arc::new(joined))
}

/// The error about an entry under `with` of the analysed tree's own configuration.
fn refused_with(name: &str, spec: &str, refused: Refused) -> Error {
    Error::Usage(format!(
        "{}: `with: {{{name}: {spec}}}` is refused: {refused}. What a tree's own configuration \
         names stays inside that tree; to join another, run with `--with {name}={spec}`, or name \
         a configuration outside the tree with --config",
        config::FILE_NAME
    ))
}

/// What reads `tree`, as its configuration says, for as long as the options allow.
pub fn loader(options: &Options, config: &Config, tree: &Tree) -> Result<Loader, Error> {
    let loader = pipeline::loader(config).map_err(Error::Usage)?;
    let given = options.bundles.iter().flat_map(|own| own.given());
    Ok(cached(loader.giving(given).until(options.deadline.clone()), options, tree))
}

/// `answer`, unless the time was over before all that it rests on was done.
pub fn finished<T>(options: &Options, answer: T) -> Result<T, Error> {
    match options.deadline.unfinished() {
        Some(left) => Err(Error::Unfinished(left)),
        None => Ok(answer),
    }
}

/// The baseline, if one is named: by the options, or by the configuration as a path of `tree`,
/// which may not have it.
pub fn baseline(
    options: &Options,
    config: &Config,
    tree: &dyn tree::Tree,
) -> Result<Option<Baseline>, Error> {
    if let Some(path) = &options.baseline {
        let given = given::read(path)?;
        let baseline = Baseline::parse(&given.text);
        return baseline.map(Some).map_err(|error| Error::Usage(given.explain(path, &error)));
    }
    match &config.baseline {
        Some(path) => pipeline::baseline_in(tree, path).map_err(Error::Usage),
        None => Ok(None),
    }
}

/// The baseline that findings are compared with; that which is named has to be there.
pub fn required_baseline(
    options: &Options,
    config: &Config,
    tree: &dyn tree::Tree,
) -> Result<Option<Baseline>, Error> {
    match (baseline(options, config, tree)?, &config.baseline) {
        (None, Some(path)) => Err(Error::Usage(format!(
            "the configuration names the baseline {path}, which is not in the tree; \
             `crosscheck baseline -o {path}` writes it"
        ))),
        (found, _) => Ok(found),
    }
}
