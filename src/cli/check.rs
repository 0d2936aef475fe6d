//! `crosscheck check`.

use super::options::{Output, Run};
use super::{CLEAN, FINDINGS, Failure};
use crate::extract::Settings;
use crate::pipeline;
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
        let open = |spec: &str| {
            crate::tree::open(spec, &self.run.repo)
                .map_err(|error| Failure::incomplete(error.to_string()))
        };
        let new = open(&self.tree)?;
        let old = self.against.as_deref().map(open).transpose()?;
        let world = self.run.in_pool(|| pipeline::load(Settings::default(), new, old))?;
        let outcome = self.run.in_pool(|| pipeline::check(&world))?;
        let sources = world.sources();
        let mut findings = crate::report::resolve(outcome.findings, &sources);
        if let Some(old) = outcome.old_findings {
            let old = crate::report::resolve(old, &sources);
            pipeline::keep_introduced(&mut findings, &old, &world);
        }
        let mut summary = crate::report::Summary::of(&world.new);
        summary.count(&findings);
        summary.elapsed_ms = started.elapsed().as_millis();
        let report =
            crate::report::Report { findings: &findings, summary: &summary, sources: &sources };
        self.output.write(&report)?;
        let fails = findings
            .iter()
            .any(|finding| finding.silenced.is_none() && self.output.fail_on.includes(finding.severity));
        Ok(if fails { FINDINGS } else { CLEAN })
    }
}
