//! `crosscheck rollout`: in which order a change can land.

use super::options::{Run, Side, write_out};
use super::{CLEAN, FINDINGS, Failure};
use crate::config::Rollout as Settings;
use crate::deploy::{self, Deployment, Sheet, report};
use crate::graph::{Graph, PathKind};
use crate::session::Role;
use clap::{Args, ValueEnum};
use std::path::PathBuf;

/// Arguments of `rollout`.
#[derive(Args)]
pub struct Rollout {
    /// The tree that runs now
    old: String,
    /// The tree that shall run
    new: String,
    /// Judge an order instead: a file with one step a line, each a path, a folder or a unit
    #[arg(long, value_name = "FILE")]
    check_order: Option<PathBuf>,
    /// Report format
    #[arg(long, value_enum, default_value = "human", value_name = "FORMAT")]
    format: Format,
    /// Write the report to FILE
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    #[command(flatten)]
    run: Run,
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
    /// A page.
    Html,
    /// A task list.
    Markdown,
}

impl Rollout {
    /// Prints the plan; exit code 1 where some units have no safe order, or a given order is
    /// unsafe.
    pub fn run(&self) -> Result<u8, Failure> {
        let new = self.run.open(&self.new)?;
        let old = self.run.open(&self.old)?;
        let config = self.run.config(new.as_ref())?;
        let new = self.run.joined(new, &config, Side::New)?;
        let old = self.run.joined(old, &config, Side::Old)?;
        let policy = config.policy();
        let settings = config.rollout.clone().unwrap_or_default();
        let session = crate::pipeline::session(&config).map_err(Failure::usage)?;
        self.run.in_pool(|| {
            let new = session.load(Role::New, new);
            let old = session.load(Role::Old, old);
            let (new, old) = rayon::join(
                || Graph::with_policy(&new, &policy),
                || Graph::with_policy(&old, &policy),
            );
            let deployment =
                Deployment::plan(&old, &new, &settings, &config.joined, &config.packs.0.families);
            if let Some(path) = &self.check_order {
                return self.judge(path, &deployment, (&old, &new));
            }
            let windows = if settings.units.is_empty() && config.joined.is_empty() {
                deploy::windows(&deployment.units, &deployment.needs, &settings.order)
            } else {
                Vec::new()
            };
            let reached = deploy::reached(&old, &new, &deployment.units);
            let graphs = (&old, &new);
            let derived = &config.packs.0.derived;
            let today = crate::suppress::today();
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
            Ok(if deployment.plan.is_orderly() { CLEAN } else { FINDINGS })
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
        let mut out = String::new();
        for own in &broken {
            let clause = deployment.needs.clauses.iter().position(|c| c.reason == own.reason);
            let Some(edge) = clause.and_then(|ix| sheet.edges.get(ix)) else { continue };
            let until = match own.until {
                Some(line) if line == own.line => "within that step".to_owned(),
                Some(line) => format!("until line {line}"),
                None => "and stays so".to_owned(),
            };
            out.push_str(&format!(
                "{}:{}: `{}` lands too early: {}{}, {until}\n",
                path.display(),
                own.line,
                deployment.units.name(own.unit),
                edge.message,
                edge.from.as_ref().map(|from| format!(", {}", from.show())).unwrap_or_default()
            ));
        }
        for unit in &never {
            out.push_str(&format!(
                "{}: `{}` changes, and no step brings it\n",
                path.display(),
                deployment.units.name(*unit)
            ));
        }
        if broken.is_empty() && never.is_empty() {
            out.push_str("every state on the way is consistent\n");
        }
        let text = crate::report::escape::terminal(&out);
        self.write(&text)?;
        Ok(if broken.is_empty() && never.is_empty() { CLEAN } else { FINDINGS })
    }
}
