//! `crosscheck check`.

use super::Failure;
use super::fix::{Mend, Then};
use super::options::{Output, Run};
use clap::Args;
use crosscheck::{Analysis, FactsFile, Report};
use std::mem::ManuallyDrop;
use std::path::PathBuf;
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
    /// The same, against the commit where TREE branched off REV, such as origin/main
    #[arg(long, value_name = "REV", conflicts_with = "against")]
    new_since: Option<String>,
    /// Facts of other repositories to join without their contents, as `crosscheck facts --format
    /// parquet` writes them; those of TREE itself are left out
    #[arg(long, value_name = "FILE", num_args = 1..)]
    facts: Vec<PathBuf>,
    #[command(flatten)]
    mend: Mend,
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
        self.mend.validate()?;
        let old = match (&self.against, &self.new_since) {
            (Some(spec), _) => Before::Tree(spec),
            (None, Some(revision)) => Before::Since(revision),
            (None, None) => Before::Nothing,
        };
        let analysis = analysis(&self.run, &self.tree, old, &self.facts)?;
        match self.mend.run(&analysis, analysis.check()?)? {
            Then::Print(report) => finish(*report, &self.output, started),
            Then::End(code) => Ok(code),
        }
    }
}

/// What a tree is compared with.
pub enum Before<'s> {
    /// Nothing: everything counts.
    Nothing,
    /// The tree that this names.
    Tree(&'s str),
    /// The same tree where it branched off this revision.
    Since(&'s str),
}

/// What a check of `tree` is about, with `before` for what the change from it introduces.
///
/// The process ends with the report: taking a million facts apart first would only make its
/// user wait.
pub fn analysis(
    run: &Run,
    tree: &str,
    before: Before<'_>,
    facts: &[PathBuf],
) -> Result<ManuallyDrop<Analysis>, Failure> {
    let new = run.open(tree)?;
    let old = match before {
        Before::Nothing => None,
        Before::Tree(spec) => Some(run.open(spec)?),
        Before::Since(revision) => Some(new.since(revision)?),
    };
    let mut options = run.options()?;
    let own = new.folder_name();
    for path in facts {
        let file = FactsFile::open(path)?;
        if Some(file.repository().name()) != own.as_deref() {
            options = options.join_facts(&file);
        }
    }
    let analysis = Analysis::new(new, &options)?;
    super::options::warn(analysis.warnings());
    Ok(ManuallyDrop::new(match old {
        Some(old) => analysis.against(old)?,
        None => analysis,
    }))
}

/// Writes a report as wanted, and returns the exit code.
pub fn finish(report: Report, output: &Output, started: Instant) -> Result<u8, Failure> {
    if report.fixed() > 0 {
        let fixed = match report.fixed() {
            1 => "1 entry of the baseline is".to_owned(),
            many => format!("{many} entries of the baseline are"),
        };
        eprintln!("crosscheck: {fixed} fixed; `crosscheck baseline --prune` writes it without");
    }
    output.finish(report, started)
}
