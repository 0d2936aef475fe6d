//! `crosscheck check`.

use super::Failure;
use super::options::{Output, Run, Side};
use crate::pipeline;
use crate::report::Summary;
use clap::Args;
use std::time::Instant;

/// Arguments of `check`.
#[derive(Args)]
pub struct Check {
    /// The tree to check: DIR, ARCHIVE.tar[.gz|.xz|.zst], git:REV, git:REV:SUBDIR or index:
    #[arg(default_value = ".")]
    tree: String,
    /// The tree before the change: report only what the change introduces
    #[arg(long, value_name = "TREE")]
    against: Option<String>,
    #[command(flatten)]
    run: Run,
    #[command(flatten)]
    output: Output,
}

impl Check {
    /// Runs the command.
    pub fn run(&self) -> Result<u8, Failure> {
        let started = Instant::now();
        self.output.validate()?;
        let new = self.run.open(&self.tree)?;
        let old = self.against.as_deref().map(|spec| self.run.open(spec)).transpose()?;
        let config = self.run.config(new.as_ref())?;
        let new = self.run.joined(new, &config, Side::New)?;
        let old = old.map(|old| self.run.joined(old, &config, Side::Old)).transpose()?;
        let policy = config.policy();
        let baseline = self.run.baseline()?;
        let indexes = self.run.indexes()?;
        let world = self
            .run
            .in_pool(|| pipeline::load(&config, new, old, indexes))?
            .map_err(Failure::usage)?;
        // The process ends with the report: taking a million facts apart first would only
        // make its user wait.
        let world = std::mem::ManuallyDrop::new(world);
        if !world.has_facts() {
            return Err(Failure::incomplete(format!(
                "{} holds no file of a system that crosscheck knows: nothing to check",
                self.tree
            )));
        }
        self.run.in_pool(|| {
            let sources = world.sources();
            let findings = pipeline::check(&world, &config, &policy, baseline.as_ref(), &sources);
            let summary = Summary {
                compared: world.old.is_some() || baseline.is_some(),
                ..Summary::of(&world.new)
            };
            self.output.finish(&findings, summary, &sources, started)
        })?
    }
}
