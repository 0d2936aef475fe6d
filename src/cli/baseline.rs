//! `crosscheck baseline` and `crosscheck init`.

use super::options::{Run, Side};
use super::rules::print;
use super::{CLEAN, Failure};
use crate::config::Config;
use crate::pipeline;
use crate::suppress::{Baseline, Entry};
use crate::tree::Tree;
use clap::Args;
use std::path::PathBuf;

/// Arguments of `baseline`.
#[derive(Args)]
#[command(after_long_help = super::help::BASELINE)]
pub struct Write {
    /// The tree
    #[arg(default_value = ".")]
    tree: String,
    /// File to write [default: standard output]
    #[arg(short, long)]
    output: Option<PathBuf>,
    /// Only drop the entries of the baseline that are fixed, and add none
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
        let before = self.before(&config, tree.as_ref())?;
        let indexes = self.run.indexes()?;
        let world = self
            .run
            .in_pool(|| pipeline::load(&config, tree, None, indexes))?
            .map_err(Failure::usage)?;
        let mut baseline = self.run.in_pool(|| {
            let sources = world.sources();
            Baseline::of(&pipeline::check(&world, &config, &policy, None, &sources))
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

/// Arguments of `init`.
#[derive(Args)]
pub struct Init {
    /// Folder to write crosscheck.yaml into
    #[arg(default_value = ".")]
    dir: PathBuf,
}

/// What `init` writes.
const TEMPLATE: &str = "\
# Crosscheck's configuration; every key is optional.
version: 1

# Functions that declare classes, with the prefix they put before each argument.
#puppet:
#  wrappers:
#    role: 'role::'

# The version that HAProxy configurations are written for.
#haproxy:
#  version: '2.8'

# Versions of the commands that run on the hosts, by name.
#versions:
#  java: '17'
#  kubectl: '1.30'

# Things that live outside this tree, each with a reason.
#provided-elsewhere:
#- entity: puppet.class:passwords::*
#  reason: in the private repository

# Further trees of the same world: folders of this tree or of its repository.
#with:
#  code: ../code

# How changes reach the hosts, for `crosscheck rollout` and the rules about states on the way.
#rollout:
#  mechanism: rsync-delete-after
#  units:
#  - name: service
#    paths: ['service/**']
#    mechanism: symlink
#    restarts: [wiki]
#  services:
#  - name: wiki
#    traffic: ['/wiki/*']

# Levels: off, note, warning, error.
#rules:
#  limit-reached: note

# Findings that are silenced.
#ignore:
#- rule: unresolved-reference
#  path: modules/legacy/**
#  reason: goes away with the migration
#  expires: '2027-06-30'

# Paths that are not analysed.
#exclude:
#- vendor/**
";

impl Init {
    /// Writes a commented configuration; never overwrites one.
    pub fn run(&self) -> Result<u8, Failure> {
        let path = self.dir.join(crate::config::FILE_NAME);
        let file = std::fs::OpenOptions::new().write(true).create_new(true).open(&path);
        file.and_then(|mut file| std::io::Write::write_all(&mut file, TEMPLATE.as_bytes()))
            .map_err(|error| {
                Failure::usage(format!("cannot create {}: {error}", path.display()))
            })?;
        eprintln!("wrote {}", path.display());
        Ok(CLEAN)
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_template_is_valid_also_uncommented() {
        crate::config::Config::parse(super::TEMPLATE).unwrap();
        let uncommented: String = super::TEMPLATE
            .lines()
            .filter(|line| !line.starts_with("# ") || line.starts_with("#  "))
            .map(|line| format!("{}\n", line.trim_start_matches('#')))
            .collect();
        let config = crate::config::Config::parse(&uncommented).unwrap();
        assert_eq!(config.ignore.len(), 1);
    }
}
