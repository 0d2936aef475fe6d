//! `crosscheck check`.

use super::Failure;
use super::options::{Output, Run};
use clap::Args;
use crosscheck::{Analysis, Report};
use std::mem::ManuallyDrop;
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
        let started = Instant::now();
        self.output.validate()?;
        let analysis = analysis(&self.run, &self.tree, self.against.as_deref())?;
        finish(analysis.check()?, &self.output, started)
    }
}

/// What a check of `tree` is about, with `against` for what the change from it introduces.
///
/// The process ends with the report: taking a million facts apart first would only make its
/// user wait.
pub fn analysis(
    run: &Run,
    tree: &str,
    against: Option<&str>,
) -> Result<ManuallyDrop<Analysis>, Failure> {
    let new = run.open(tree)?;
    let old = against.map(|spec| run.open(spec)).transpose()?;
    let analysis = Analysis::new(new, &run.options()?)?;
    super::options::warn(analysis.warnings());
    Ok(ManuallyDrop::new(match old {
        Some(old) => analysis.against(old)?,
        None => analysis,
    }))
}

/// Writes a report as wanted, and returns the exit code.
pub fn finish(report: Report, output: &Output, started: Instant) -> Result<u8, Failure> {
    if report.fixed() > 0 {
        eprintln!(
            "crosscheck: {} {} of the baseline fixed; `crosscheck baseline --prune` writes it \
             without",
            report.fixed(),
            if report.fixed() == 1 { "entry is" } else { "entries are" }
        );
    }
    output.finish(report, started)
}
