//! `crosscheck baseline`.

use super::options::{Run, Side};
use super::rules::print;
use super::{CLEAN, Failure};
use crate::config::Config;
use crate::pipeline;
use crate::suppress::{Baseline, Entry, Silences};
use crate::tree::Tree;
use clap::Args;
use std::path::PathBuf;

/// Arguments of `baseline`.
#[derive(Args)]
#[command(after_long_help = super::help::BASELINE)]
pub struct Write {
    /// The tree to check
    #[arg(default_value = ".")]
    tree: String,
    /// File to write [default: standard output]
    #[arg(short, long)]
    output: Option<PathBuf>,
    /// Only remove entries whose findings are fixed; add none
    #[arg(long)]
    prune: bool,
    #[command(flatten)]
    run: Run,
}

impl Write {
    /// Writes all present findings as a baseline; entries of the one before that still
    /// match keep their kind, reason and expiry.
    pub fn run(&self) -> Result<u8, Failure> {
        let tree = self.run.open(&self.tree)?;
        let config = self.run.config(tree.as_ref())?;
        let tree = self.run.joined(tree, &config, Side::New)?;
        let policy = config.policy();
        let today = super::clock::today();
        let before = self.before(&config, tree.as_ref())?;
        let indexes = self.run.indexes()?;
        let world = self
            .run
            .in_pool(|| pipeline::load(&config, tree, None, indexes))?
            .map_err(Failure::usage)?;
        let mut baseline = self.run.in_pool(|| {
            let sources = world.sources();
            let silences =
                Silences { config: &config, policy: &policy, baseline: None, today: &today };
            Baseline::of(&pipeline::check(&world, &silences, &sources))
        })?;
        for entry in &mut baseline.entries {
            let known = before.iter().flat_map(|before| &before.entries);
            if let Some(known) = known.into_iter().find(|known| known.is(entry)) {
                *entry = known.clone();
            }
        }
        if self.prune {
            let before = before.as_ref().ok_or_else(|| {
                Failure::usage(
                    "no baseline to prune: name one with --baseline or in crosscheck.yaml",
                )
            })?;
            let known = |entry: &Entry| before.entries.iter().any(|own| own.is(entry));
            baseline.entries.retain(known);
            let dropped = before.entries.len() - baseline.entries.len();
            eprintln!("{dropped} fixed, {} left", baseline.entries.len());
        }
        match &self.output {
            None => print(&mut std::io::stdout().lock(), &baseline.to_text()),
            Some(path) => {
                std::fs::write(path, baseline.to_text()).map_err(|error| {
                    Failure::incomplete(format!("cannot write {}: {error}", path.display()))
                })?;
                eprintln!("{} findings written to {}", baseline.entries.len(), path.display());
                Ok(CLEAN)
            }
        }
    }
}

impl Write {
    /// The baseline so far. One that the configuration names may not be there yet.
    fn before(&self, config: &Config, tree: &dyn Tree) -> Result<Option<Baseline>, Failure> {
        match (&self.run.baseline, &config.baseline) {
            (None, Some(path)) => pipeline::baseline_in(tree, path).map_err(Failure::usage),
            _ => self.run.baseline(config, tree),
        }
    }
}
