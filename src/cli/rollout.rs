//! `crosscheck rollout`: in which order a change can land.

use super::options::{FailOn, Side, World, write_out};
use super::{CLEAN, FINDINGS, Failure};
use crate::config::Rollout as Settings;
use crate::deploy::{self, Callers, Deployment, Order, OrderSheet, Sheet, report};
use crate::finding::Severity;
use crate::graph::{Graph, PathKind};
use crate::session::Role;
use clap::{Args, ValueEnum};
use std::path::PathBuf;

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

impl Rollout {
    /// Prints the plan; exit code 1 where it says something as severe as `--fail-on`.
    pub fn run(&self) -> Result<u8, Failure> {
        let new = self.run.open(&self.new)?;
        let old = self.run.open(&self.old)?;
        let config = self.run.config(new.as_ref())?;
        let new = self.run.joined(new, &config, Side::New)?;
        let before = crate::pipeline::config_before(&config, old.as_ref());
        let old = self.run.joined(old, &config, Side::Old)?;
        let policy_before = before.policy();
        let policy = config.policy();
        let settings = config.rollout.clone().unwrap_or_default();
        let session = crate::pipeline::session(&config).map_err(Failure::usage)?;
        self.run.in_pool(|| {
            let new = session.load(Role::New, new);
            let old = session.load_with(Role::Old, old, before.settings());
            let (new, old) = rayon::join(
                || crate::pipeline::graph(&new, &policy),
                || crate::pipeline::graph(&old, &policy_before),
            );
            let callers = if self.with_tests { Callers::All } else { Callers::Live };
            let families = &config.packs.0.families;
            let deployment =
                Deployment::plan(&old, &new, &settings, &config.joined, families, callers);
            if let Some(path) = &self.check_order {
                return self.judge(path, &deployment, (&old, &new));
            }
            let windows = if settings.units.is_empty() && config.joined.is_empty() {
                deploy::windows(
                    settings.mechanism,
                    &deployment.units,
                    &deployment.needs,
                    &settings.order,
                )
            } else {
                Vec::new()
            };
            let reached = deploy::reached(&old, &new, &deployment.units);
            let graphs = (&old, &new);
            let derived = &config.packs.0.derived;
            let today = super::clock::today();
            let sheet =
                Sheet::of(&deployment, &windows, &reached, graphs, &settings, derived, &today);
            let text = match self.format {
                Format::Human => report::human(&sheet),
                Format::Markdown => report::markdown(&sheet),
                Format::Json => {
                    let text = serde_json::to_string_pretty(&sheet)
                        .map_err(|error| Failure::incomplete(error.to_string()))?;
                    format!("{text}\n")
                }
                Format::Mermaid => report::mermaid(&sheet),
                Format::Dot => report::dot(&sheet),
                Format::Html => report::html(&sheet),
            };
            self.write(&text)?;
            Ok(self.code(worst(&deployment, &sheet)))
        })?
    }

    fn write(&self, text: &str) -> Result<(), Failure> {
        match &self.output {
            None => write_out(text.as_bytes()),
            Some(path) => std::fs::write(path, text).map_err(|error| {
                Failure::incomplete(format!("cannot write {}: {error}", path.display()))
            }),
        }
    }

    fn judge(
        &self,
        path: &PathBuf,
        deployment: &Deployment,
        graphs: (&Graph<'_>, &Graph<'_>),
    ) -> Result<u8, Failure> {
        let exists = |path: &str| {
            [graphs.0, graphs.1].iter().any(|graph| graph.paths.look_up(path) != PathKind::Absent)
        };
        let text = std::fs::read_to_string(path)
            .map_err(|error| Failure::usage(format!("cannot read {}: {error}", path.display())))?;
        let (broken, never) = deploy::check_order(deployment, &text, exists)
            .map_err(|error| Failure::usage(format!("{}: {error}", path.display())))?;
        let sheet = Sheet::of(deployment, &[], &[], graphs, &Settings::default(), &[], "");
        let judged = OrderSheet::of(deployment, &sheet, &broken, &never);
        let text = match self.format {
            Format::Json => {
                let text = serde_json::to_string_pretty(&judged)
                    .map_err(|error| Failure::incomplete(error.to_string()))?;
                format!("{text}\n")
            }
            _ => report::order(&judged, &path.to_string_lossy()),
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

/// The severest thing that a plan says.
fn worst(deployment: &Deployment, sheet: &Sheet) -> Option<Severity> {
    let undeclared = |down: &deploy::Down| {
        !down.routine && down.declared.is_none() && !down.watchers.is_empty() && !down.is_silenced()
    };
    if !deployment.plan.is_orderly() {
        Some(Severity::Error)
    } else if sheet.hazards > 0 || sheet.services.iter().any(undeclared) {
        Some(Severity::Warning)
    } else {
        let unknown = deployment.known.iter().any(|own| own.order == Order::Unknown);
        unknown.then_some(Severity::Note)
    }
}
