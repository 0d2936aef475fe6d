//! `crosscheck environments`.

use super::options::{PageFormat, World, unless_unfinished, write_out};
use super::query::{asked, json};
use super::{CLEAN, Failure};
use clap::Args;
use crosscheck::environments::{Page, Side};
use crosscheck::printable;

/// Arguments of `environments`.
#[derive(Args)]
#[command(after_help = "Examples:
  crosscheck environments
  crosscheck environments git:main --format html > environments.html
  crosscheck environments git:HEAD:apps/wiki --both --history 0

Environments are told by the names of files and folders (values-staging.yaml beside
values-production.yaml, overlays/stage beside overlays/prod, X-dev beside X-preprod), or as
`environments` in crosscheck.yaml says.

Exit codes: 0 printed, 2 wrong usage or configuration, 3 the tree cannot be read or has no two
environments")]
pub struct Environments {
    /// The tree: a folder, an archive or git:REV
    #[arg(default_value = ".")]
    tree: String,
    /// Also list what only the later environment has
    #[arg(long)]
    both: bool,
    /// How many commits are read to say since when something differs; 0 for none
    #[arg(long, value_name = "COMMITS", default_value_t = 5000)]
    history: usize,
    /// Report format
    #[arg(long, value_enum, default_value = "human", value_name = "FORMAT")]
    format: PageFormat,
    #[command(flatten)]
    world: World,
}

impl Environments {
    /// Prints what one environment has and the next lacks.
    pub fn run(&self) -> Result<u8, Failure> {
        let report = asked(&self.world, &self.tree)?.environments(self.history)?;
        let later = self.both.then_some(Side::Later);
        let text = match self.format {
            PageFormat::Human => printable(&report.page(Page::Text, later)),
            PageFormat::Json => json(&report)?,
            PageFormat::Markdown => report.page(Page::Markdown, later),
            PageFormat::Html => report.page(Page::Html, later),
        };
        write_out(text.as_bytes())?;
        Ok(unless_unfinished(report.unfinished, CLEAN))
    }
}
