//! From options to an analysed world: trees, configuration, baseline.

use super::Failure;
use super::options::Run;
use crate::catalog;
use crate::config::{self, Config};
use crate::pipeline::{self, World};
use crate::report::Sources;
use crate::suppress::{Baseline, Judged, Selection, Terms};
use crate::tree::{self, Tree};
use clap::Args;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Which rules run and what is known already.
#[derive(Args, Default)]
pub struct Choice {
    /// Run only this rule (repeatable), also where it is off by default
    #[arg(long = "rule", value_name = "ID")]
    only: Vec<String>,
    /// Do not run this rule (repeatable)
    #[arg(long = "no-rule", value_name = "ID")]
    never: Vec<String>,
    /// Findings that are known: a file that `crosscheck baseline` wrote
    #[arg(long, value_name = "FILE")]
    baseline: Option<PathBuf>,
}

/// Everything that a command analyses.
pub struct Analysis {
    /// The configuration of the new tree.
    pub config: Config,
    /// The trees with their facts.
    pub world: World,
    /// Known findings.
    pub baseline: Option<Baseline>,
    selection: Selection,
}

/// Opens a tree, or says why it cannot be.
pub fn open(spec: &str, run: &Run) -> Result<Arc<dyn Tree>, Failure> {
    tree::open(spec, &run.repo).map_err(|error| Failure::incomplete(error.to_string()))
}

/// The configuration that `--config` names, or the one at the root of `tree`.
pub fn configuration(run: &Run, tree: &dyn Tree) -> Result<Config, Failure> {
    let usage = |error: config::ConfigError| Failure::usage(error.to_string());
    if let Some(path) = &run.config {
        let text = read_file(path)?;
        return config::read(&text, &path.display().to_string()).map_err(usage);
    }
    match config::discover(tree).map_err(usage)? {
        Some(text) => config::read(&text, config::FILE_NAME).map_err(usage),
        None => Ok(Config::default()),
    }
}

/// Reads a file that an option names.
pub fn read_file(path: &Path) -> Result<String, Failure> {
    std::fs::read_to_string(path)
        .map_err(|error| Failure::usage(format!("cannot read {}: {error}", path.display())))
}

/// Reads a baseline file.
pub fn read_baseline(path: &Path) -> Result<Baseline, Failure> {
    Baseline::read(&read_file(path)?)
        .map_err(|error| Failure::usage(format!("{}: {error}", path.display())))
}

impl Analysis {
    /// Opens the trees and extracts their facts.
    pub fn load(
        run: &Run,
        choice: &Choice,
        new: &str,
        old: Option<&str>,
    ) -> Result<Self, Failure> {
        for rule in choice.only.iter().chain(&choice.never) {
            catalog::known(rule).map_err(Failure::usage)?;
        }
        let baseline = choice.baseline.as_deref().map(read_baseline).transpose()?;
        let selection = Selection { only: choice.only.clone(), never: choice.never.clone() };
        let new_tree = open(new, run)?;
        let old_tree = old.map(|old| open(old, run)).transpose()?;
        let config = configuration(run, new_tree.as_ref())?;
        if new_tree.entries().is_empty() && old_tree.as_ref().is_none_or(|old| old.entries().is_empty()) {
            return Err(Failure::incomplete(format!("{new} holds no files: nothing to check")));
        }
        let world = run.in_pool(|| pipeline::load(&config, new_tree, old_tree))?;
        if !world.has_facts() {
            let message = format!("{new} holds no file of a system that crosscheck knows: nothing to check");
            return Err(Failure::incomplete(message));
        }
        Ok(Self { config, world, baseline, selection })
    }

    /// Runs every check and applies every silence.
    pub fn judge(&self, run: &Run, sources: &Sources<'_>) -> Result<Judged, Failure> {
        let outcome = run.in_pool(|| pipeline::check(&self.world, &self.config))?;
        let terms = Terms {
            config: &self.config,
            selection: &self.selection,
            baseline: self.baseline.as_ref(),
            today: jiff::Timestamp::now().to_zoned(jiff::tz::TimeZone::UTC).date(),
        };
        Ok(pipeline::judge(&self.world, outcome, sources, &terms))
    }
}
