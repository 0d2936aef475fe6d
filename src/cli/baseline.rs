//! `crosscheck baseline`: writes down what stands now.

use super::analysis::{Analysis, Choice, read_baseline};
use super::options::{Run, print};
use super::{CLEAN, Failure};
use crate::suppress::Baseline;
use clap::Args;
use std::path::PathBuf;

/// Arguments of `baseline`.
#[derive(Args)]
pub struct WriteBaseline {
    /// The tree whose findings are accepted
    #[arg(default_value = ".")]
    tree: String,
    /// Write to FILE; what an existing one says of a finding is kept
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    #[command(flatten)]
    run: Run,
}

impl WriteBaseline {
    /// Runs the command.
    pub fn run(&self) -> Result<u8, Failure> {
        let existing = self.output.as_deref().filter(|path| path.exists());
        let previous = existing.map(read_baseline).transpose()?;
        let analysis = Analysis::load(&self.run, &Choice::default(), &self.tree, None)?;
        let judged = analysis.judge(&self.run, &analysis.world.sources())?;
        let baseline = Baseline::of(&judged.findings, previous.as_ref());
        let text = baseline.write().map_err(|error| Failure::incomplete(error.to_string()))?;
        match &self.output {
            None => print(&text)?,
            Some(path) => {
                std::fs::write(path, text).map_err(|error| {
                    Failure::incomplete(format!("cannot write {}: {error}", path.display()))
                })?;
                eprintln!("crosscheck: {} findings in {}", baseline.len(), path.display());
            }
        }
        Ok(CLEAN)
    }
}
