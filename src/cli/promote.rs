//! `crosscheck promote`.

use super::options::{Output, Run, warn, write_out};
use super::{CLEAN, FINDINGS, Failure};
use clap::Args;
use crosscheck::{PromotedPath, Promotion, printable};
use std::path::{Path, PathBuf};
use std::time::Instant;

/// Arguments of `promote`.
#[derive(Args)]
#[command(after_long_help = super::help::PROMOTE)]
pub struct Promote {
    /// The tree to promote from
    #[arg(long, value_name = "TREE")]
    staging: String,
    /// The tree to promote to; may be the same one, if `mapping` in crosscheck.yaml pairs its
    /// folders
    #[arg(long, value_name = "TREE")]
    production: String,
    /// Files and folders of staging to promote [default: all that differs]
    #[arg(value_name = "PATH")]
    paths: Vec<String>,
    /// In a chain of environments, the one to promote from: a word in the paths of its files
    /// [default: the one that PATH belongs to, or the last before production]
    #[arg(long, value_name = "NAME")]
    from: Option<String>,
    /// Check this tree as what production becomes, instead of making it from the paths
    #[arg(long, value_name = "TREE", conflicts_with_all = ["paths", "complete", "apply"])]
    candidate: Option<String>,
    /// Print only the paths that must be promoted too, one a line; exit with 1 if there are any
    #[arg(long)]
    complete: bool,
    /// Write the promotion, completed with the paths that it needs, into DIR: a folder that exists,
    /// such as a checkout of production
    #[arg(long, value_name = "DIR", conflicts_with = "complete")]
    apply: Option<PathBuf>,
    #[command(flatten)]
    run: Run,
    #[command(flatten)]
    output: Output,
}

impl Promote {
    /// Runs the command.
    pub fn run(&self) -> Result<u8, Failure> {
        let started = Instant::now();
        let staging = self.run.open(&self.staging)?;
        let production = self.run.open(&self.production)?;
        let candidate = self.candidate.as_deref().map(|spec| self.run.open(spec)).transpose()?;
        let mut promotion =
            Promotion::new(staging, production, &self.run.options()?)?.paths(&self.paths);
        warn(promotion.warnings());
        if let Some(tree) = candidate {
            promotion = promotion.candidate(tree);
        }
        if let Some(name) = &self.from {
            promotion = promotion.from_environment(name);
        }
        if self.complete {
            return complete(&promotion);
        }
        match &self.apply {
            Some(folder) => apply(&promotion, folder),
            None => self.output.finish(promotion.check()?, started),
        }
    }
}

fn complete(promotion: &Promotion) -> Result<u8, Failure> {
    let completion = promotion.completion()?;
    let text: String = completion.paths.iter().map(|path| format!("{path}\n")).collect();
    write_out(text.as_bytes())?;
    tell(&completion.by_hand);
    let is_complete = completion.paths.is_empty() && completion.by_hand.is_empty();
    Ok(if is_complete { CLEAN } else { FINDINGS })
}

fn apply(promotion: &Promotion, folder: &Path) -> Result<u8, Failure> {
    if !folder.is_dir() {
        return Err(Failure::usage(format!(
            "there is no folder {}: --apply writes into one that exists, such as a checkout of \
             production",
            folder.display()
        )));
    }
    let promoted = promotion.apply(folder)?;
    for path in &promoted.left_out {
        eprintln!(
            "{} left out: it holds values of an environment; name it by its full path to copy it whole",
            printable(path)
        );
    }
    let lines = promoted.steps.iter().map(|step| match step {
        PromotedPath::Wrote(path) => format!("wrote {path}\n"),
        PromotedPath::Deleted(path) => format!("deleted {path}\n"),
    });
    write_out(lines.collect::<String>().as_bytes())?;
    tell(&promoted.by_hand);
    Ok(if promoted.by_hand.is_empty() { CLEAN } else { FINDINGS })
}

/// Says on standard error what is left to be done by hand.
fn tell(by_hand: &[String]) {
    for line in by_hand {
        eprintln!("by hand: {}", printable(line));
    }
}
