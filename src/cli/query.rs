//! `crosscheck why` and `crosscheck impact`.

use super::options::{World, warn, write_out};
use super::{CLEAN, FINDINGS, Failure};
use clap::{Args, ValueEnum};
use crosscheck::query::Chain;
use crosscheck::{Analysis, printable};
use serde::Serialize;
use std::mem::ManuallyDrop;

const NAMES: &str = "\
A path (or the end of one), or the name of a class, defined type, role, command, backend and \
so on; KIND:NAME if the name is ambiguous.";

/// Arguments of `why`.
#[derive(Args)]
#[command(after_help = "Examples:
  crosscheck why role::wiki modules/wiki/files/motd
  crosscheck why site.yml roles/base git:HEAD

Exit codes: 0 a chain exists, 1 there is none, 2 no such name, 3 the tree cannot be read")]
pub struct Why {
    /// The thing that needs TO: a path, a class, a role, a command…
    #[arg(long_help = NAMES)]
    from: String,
    /// The thing that is needed
    #[arg(long_help = NAMES)]
    to: String,
    /// The tree: a folder, an archive or git:REV
    #[arg(default_value = ".")]
    tree: String,
    /// Report format
    #[arg(long, value_enum, default_value = "human", value_name = "FORMAT")]
    format: Format,
    #[command(flatten)]
    world: World,
}

/// Arguments of `impact`.
#[derive(Args)]
#[command(after_help = "Examples:
  crosscheck impact shop::payment
  crosscheck impact modules/wiki/templates git:HEAD --format json

Exit codes: 0 answered, 2 no such name, 3 the tree cannot be read")]
pub struct Impact {
    /// The thing to remove: a path, a class, a role, a command…
    #[arg(long_help = NAMES)]
    target: String,
    /// The tree: a folder, an archive or git:REV
    #[arg(default_value = ".")]
    tree: String,
    /// Report format
    #[arg(long, value_enum, default_value = "human", value_name = "FORMAT")]
    format: Format,
    #[command(flatten)]
    world: World,
}

/// Values of `--format` where a command answers one question.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Format {
    /// For people.
    Human,
    /// One JSON object.
    Json,
}

/// A tree that is asked, as its configuration says. It is never taken apart: the process ends
/// with the answer.
pub(super) fn asked(world: &World, tree: &str) -> Result<ManuallyDrop<Analysis>, Failure> {
    let analysis = Analysis::new(world.open(tree)?, &world.options()?)?;
    warn(analysis.warnings());
    Ok(ManuallyDrop::new(analysis))
}

/// An answer as one JSON object.
pub(super) fn json(answer: &impl Serialize) -> Result<String, Failure> {
    let text = serde_json::to_string_pretty(answer);
    text.map(|text| format!("{text}\n")).map_err(|error| Failure::incomplete(error.to_string()))
}

impl Why {
    /// Prints the shortest chain of references; exit code 1 where there is none.
    pub fn run(&self) -> Result<u8, Failure> {
        let chain = asked(&self.world, &self.tree)?.why(&self.from, &self.to)?;
        let text = match self.format {
            Format::Human => printable(&spoken(&chain)),
            Format::Json => json(&chain)?,
        };
        write_out(text.as_bytes())?;
        Ok(if chain.steps.is_some() { CLEAN } else { FINDINGS })
    }
}

fn spoken(chain: &Chain) -> String {
    let Some(steps) = &chain.steps else {
        return format!("{} does not need {}\n", chain.from.spoken(), chain.to.spoken());
    };
    let first = steps.first().map_or(&chain.from, |step| &step.from);
    let mut text = format!("{}\n", first.spoken());
    for step in steps {
        let place = format!("{}:{}:{}", step.path, step.line, step.column);
        text.push_str(&format!("  {} → {}  ({place})\n", step.via, step.to.spoken()));
    }
    if let Some(reason) = &chain.elsewhere {
        text.push_str(&format!("which lives elsewhere: {reason}\n"));
    }
    text
}

impl Impact {
    /// Prints everything that needs the target, nearest first.
    pub fn run(&self) -> Result<u8, Failure> {
        let impact = asked(&self.world, &self.tree)?.impact(&self.target)?;
        let text = match self.format {
            Format::Human => printable(&listed(&impact)),
            Format::Json => json(&impact)?,
        };
        write_out(text.as_bytes())?;
        Ok(CLEAN)
    }
}

fn listed(impact: &crosscheck::query::Impact) -> String {
    let mut text = String::new();
    for dependent in &impact.dependents {
        let indent = "  ".repeat(dependent.distance.min(8));
        let place = format!("{}:{}:{}", dependent.path, dependent.line, dependent.column);
        let what = dependent.entity.spoken();
        text.push_str(&format!("{indent}{what}  {} at {place}\n", dependent.via));
    }
    let (count, direct) = (impact.summary.dependents, impact.summary.direct);
    let verb = if count == 1 { "depends" } else { "depend" };
    let target = impact.target.spoken();
    text.push_str(&format!("{count} {verb} on {target}, {direct} of them directly\n"));
    if !impact.present {
        text.push_str(&match &impact.elsewhere {
            Some(reason) => format!("it lives elsewhere: {reason}\n"),
            None => "the tree itself does not have it\n".to_owned(),
        });
    }
    text
}
