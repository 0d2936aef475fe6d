//! `crosscheck baseline`.

use super::options::{Run, warn};
use super::rules::print;
use super::{CLEAN, Failure};
use clap::Args;
use crosscheck::Analysis;
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
    /// Only remove entries whose findings are fixed, of the baseline that the configuration or
    /// --baseline names, else of that in --output; add none
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
        let mut analysis = Analysis::new(tree.clone(), &self.run.options()?)?;
        if let Some(own) = self.output.as_ref().filter(|own| self.prune && own.is_file())
            && analysis.baseline()?.is_none()
        {
            analysis = Analysis::new(tree, &self.run.options()?.baseline_file(own))?;
        }
        warn(analysis.warnings());
        let mut baseline = analysis.new_baseline()?;
        if self.prune {
            let before = analysis.baseline()?.ok_or_else(|| {
                Failure::usage(
                    "no baseline to prune: name one with --baseline or in crosscheck.yaml, or with \
                     -o the one that is written anew",
                )
            })?;
            baseline.keep_known(&before);
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
