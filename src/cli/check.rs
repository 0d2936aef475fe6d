//! `crosscheck check`.

use super::analysis::{Analysis, Choice};
use super::options::{Output, Run};
use super::{CLEAN, FINDINGS, Failure};
use crate::report::{Report, Summary};
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
    choice: Choice,
    #[command(flatten)]
    output: Output,
}

impl Check {
    /// Runs the command.
    pub fn run(&self) -> Result<u8, Failure> {
        let started = Instant::now();
        self.output.validate()?;
        let analysis = Analysis::load(&self.run, &self.choice, &self.tree, self.against.as_deref())?;
        let sources = analysis.world.sources();
        let judged = analysis.judge(&self.run, &sources)?;
        if !self.output.quiet {
            for stale in &judged.stale {
                eprintln!("crosscheck: {stale}");
            }
        }
        let mut summary = Summary::of(&analysis.world.new);
        summary.count(&judged.findings);
        summary.compared = self.against.is_some();
        summary.baselined = analysis.baseline.is_some();
        summary.elapsed_ms = started.elapsed().as_millis();
        let report = Report { findings: &judged.findings, summary: &summary, sources: &sources };
        self.output.write(&report)?;
        let counts = judged.findings.iter().filter(|finding| finding.silenced.is_none());
        let fails = counts.into_iter().any(|finding| self.output.fail_on.includes(finding.severity));
        Ok(if fails { FINDINGS } else { CLEAN })
    }
}
