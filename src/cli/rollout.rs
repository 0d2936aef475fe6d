//! `crosscheck rollout`: in which order a change can land.

use super::options::{FailOn, World, warn, write_out};
use super::{CLEAN, FINDINGS, Failure};
use clap::{Args, ValueEnum};
use crosscheck::rollout::Callers;
use crosscheck::{Analysis, Severity};
use std::mem::ManuallyDrop;
use std::path::{Path, PathBuf};

/// Arguments of `rollout`.
#[derive(Args)]
pub struct Rollout {
    /// The tree that is deployed now
    old: String,
    /// The tree to deploy
    new: String,
    /// Check the order in FILE instead of planning one: one step a line, each a path, a folder
    /// or a unit
    #[arg(long, value_name = "FILE")]
    check_order: Option<PathBuf>,
    /// Exit with 1 if the plan has at least this severity: `error` for units without a safe
    /// order, and for an order that breaks something; `warning` also for every need that some
    /// order breaks; `note` also for units whose order is not known
    #[arg(long, value_enum, default_value = "error", value_name = "SEVERITY")]
    fail_on: FailOn,
    /// Count tests and documentation as callers
    #[arg(long)]
    with_tests: bool,
    /// Report format
    #[arg(long, value_enum, default_value = "human", value_name = "FORMAT")]
    format: Format,
    /// Write the report to FILE
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    #[command(flatten)]
    run: World,
}

/// Values of `--format`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// A numbered plan.
    Human,
    /// Waves, edges and components.
    Json,
    /// A Mermaid flow chart.
    Mermaid,
    /// A Graphviz graph.
    Dot,
    /// A page with the graph.
    Html,
    /// A task list.
    Markdown,
}

impl From<Format> for crosscheck::rollout::Format {
    fn from(format: Format) -> Self {
        match format {
            Format::Human => Self::Human,
            Format::Json => Self::Json,
            Format::Mermaid => Self::Mermaid,
            Format::Dot => Self::Dot,
            Format::Html => Self::Html,
            Format::Markdown => Self::Markdown,
        }
    }
}

impl Rollout {
    /// Prints the plan; exit code 1 where it says something as severe as `--fail-on`.
    pub fn run(&self) -> Result<u8, Failure> {
        let new = self.run.open(&self.new)?;
        let old = self.run.open(&self.old)?;
        let analysis = Analysis::new(new, &self.run.options()?)?;
        warn(analysis.warnings());
        let analysis = ManuallyDrop::new(analysis.against(old)?);
        let callers = if self.with_tests { Callers::All } else { Callers::Live };
        if let Some(path) = &self.check_order {
            return self.judge(path, &analysis, callers);
        }
        let report = analysis.rollout(callers)?;
        self.write(&report.text(self.format.into()))?;
        Ok(self.code(report.worst))
    }

    fn write(&self, text: &str) -> Result<(), Failure> {
        match &self.output {
            None => write_out(text.as_bytes()),
            Some(path) => std::fs::write(path, text).map_err(|error| {
                Failure::incomplete(format!("cannot write {}: {error}", path.display()))
            }),
        }
    }

    fn judge(&self, path: &Path, analysis: &Analysis, callers: Callers) -> Result<u8, Failure> {
        let order = std::fs::read_to_string(path)
            .map_err(|error| Failure::usage(format!("cannot read {}: {error}", path.display())))?;
        let judged = analysis
            .check_order(&order, callers)
            .map_err(|error| Failure::usage(format!("{}: {error}", path.display())))?;
        let text = match self.format {
            Format::Json => judged.json(),
            _ => judged.text(&path.to_string_lossy()),
        };
        self.write(&text)?;
        Ok(self.code((!judged.safe).then_some(Severity::Error)))
    }

    fn code(&self, worst: Option<Severity>) -> u8 {
        match worst.is_some_and(|worst| self.fail_on.includes(worst)) {
            true => FINDINGS,
            false => CLEAN,
        }
    }
}
