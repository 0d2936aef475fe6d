//! `crosscheck check`.

use super::Failure;
use super::options::{Output, Run, Side};
use crate::config::Config;
use crate::pipeline::{self, Before};
use crate::report::{Resolved, Summary};
use crate::suppress::{Baseline, Silences};
use crate::tree::Tree;
use clap::Args;
use std::sync::Arc;
use std::time::Instant;

/// Arguments of `check`.
#[derive(Args)]
#[command(after_long_help = super::help::CHECK)]
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
        let compared = compare(&self.run, &self.output, &self.tree, self.against.as_deref())?;
        compared.ok_or_else(|| Failure::incomplete(nothing_to_check(&self.tree)))
    }
}

/// Says that no file of `tree` is of a kind that can be checked.
pub fn nothing_to_check(tree: &str) -> String {
    format!("{tree} holds no file of a system that crosscheck knows: nothing to check")
}

/// Checks `tree`, with `against` for what the change from it introduces. `None` where it holds
/// files, and none that can be checked.
pub fn compare(
    run: &Run,
    output: &Output,
    tree: &str,
    against: Option<&str>,
) -> Result<Option<u8>, Failure> {
    let started = Instant::now();
    output.validate()?;
    let new = run.open(tree)?;
    let old = against.map(|spec| run.open(spec)).transpose()?;
    let is_empty = new.entries().is_empty();
    let config = run.config(new.as_ref())?;
    let new = run.joined(new, &config, Side::New)?;
    let before = |old: Arc<dyn Tree>| {
        let own = pipeline::config_before(&config, old.as_ref());
        run.joined(old, &config, Side::Old).map(|tree| Before { tree, config: own })
    };
    let old = old.map(before).transpose()?;
    let policy = config.policy();
    let today = super::clock::today();
    let baseline = run.baseline(&config, new.as_ref())?;
    let indexes = run.indexes()?;
    let world =
        run.in_pool(|| pipeline::load(&config, new, old, indexes))?.map_err(Failure::usage)?;
    // The process ends with the report: taking a million facts apart first would only
    // make its user wait.
    let world = std::mem::ManuallyDrop::new(world);
    if !world.has_facts() && !is_empty {
        return Ok(None);
    }
    run.in_pool(|| {
        let sources = world.sources();
        let silences = Silences {
            config: &config,
            policy: &policy,
            baseline: baseline.as_ref(),
            today: &today,
        };
        let findings = pipeline::check(&world, &silences, &sources);
        let compared = world.old.is_some() || baseline.is_some();
        let summary = Summary { compared, ..Summary::of(&world.new) };
        if let Some(baseline) = baseline.as_ref().filter(|_| world.old.is_none()) {
            tell_fixed(baseline, &findings, &config);
        }
        output.finish(&findings, summary, &sources, started).map(Some)
    })?
}

/// Says how many entries of a baseline beside the tree are fixed; those of one in the tree are
/// findings.
fn tell_fixed(baseline: &Baseline, findings: &[Resolved], config: &Config) {
    let fixed = crate::suppress::fixed(baseline, findings, config).len();
    if fixed > 0 && baseline.path.is_none() {
        eprintln!(
            "crosscheck: {fixed} {} of the baseline fixed; `crosscheck baseline --prune` writes it \
             without",
            if fixed == 1 { "entry is" } else { "entries are" }
        );
    }
}
