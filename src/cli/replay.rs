//! `crosscheck replay`.

use super::options::{MinSeverity, PageFormat, Run, unless_absent, unless_unfinished, write_out};
use super::query::json;
use super::{CLEAN, Failure, clock};
use clap::Args;
use crosscheck::replay::{Page, Range};
use crosscheck::{Day, Severity, catalog, printable, replay};
use std::io::{IsTerminal, Write};
use std::path::PathBuf;
use std::time::{Duration, Instant};

/// How many commits are replayed where nothing says how many.
const COMMITS: usize = 500;

/// Arguments of `replay`.
#[derive(Args)]
#[command(after_long_help = super::help::REPLAY)]
pub struct Replay {
    /// The commits: A..B, or B for the newest 500 up to it; with :FOLDER if the tree is a folder
    /// of the repository
    #[arg(value_name = "[A..]B", default_value = "HEAD")]
    range: String,
    /// Replay at most so many commits, the newest [default: 500, unless A.. or --since is given]
    #[arg(long, value_name = "N", value_parser = limit)]
    limit: Option<usize>,
    /// Replay only commits of this day and later: 2026-01-31, or 90d, 12w, 1y before today
    #[arg(long, value_name = "DAY", value_parser = day)]
    since: Option<Day>,
    /// Report format
    #[arg(long, value_enum, default_value = "human", value_name = "FORMAT")]
    format: PageFormat,
    /// Write the report to FILE
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Show only findings of at least this severity [default: warning; note where `--rule` chooses
    /// rules of that severity alone]
    #[arg(long, value_enum, value_name = "SEVERITY")]
    min_severity: Option<MinSeverity>,
    /// Show every finding (human format)
    #[arg(short, long)]
    verbose: bool,
    #[command(flatten)]
    run: Run,
}

impl Replay {
    /// Prints what the rules would have said.
    pub fn run(&self) -> Result<u8, Failure> {
        let started = Instant::now();
        let mut range = Range::parse(&self.range);
        if let Some(day) = &self.since {
            range = range.since(day.clone());
        }
        if let Some(limit) = self.limit.or_else(|| (!range.has_begin()).then_some(COMMITS)) {
            range = range.limit(limit);
        }
        let mut progress = Progress::new();
        let report = replay::replay(&self.run.repo, &range, &self.run.options()?, |done, of| {
            progress.tell(done, of);
        });
        progress.end();
        let mut report = report?.at_least(self.least());
        report.took(started.elapsed());
        let text = match self.format {
            PageFormat::Human if self.verbose => printable(&report.page(Page::FullText)),
            PageFormat::Human => printable(&report.page(Page::Text)),
            PageFormat::Json => json(&report)?,
            PageFormat::Markdown => report.page(Page::Markdown),
            PageFormat::Html => report.page(Page::Html),
        };
        match &self.output {
            None => write_out(text.as_bytes())?,
            Some(path) => std::fs::write(path, text).map_err(|error| {
                Failure::incomplete(format!("cannot write {}: {error}", path.display()))
            })?,
        }
        Ok(unless_unfinished(report.unfinished, unless_absent(report.absent, CLEAN)))
    }
}

impl Replay {
    /// The least severity that is shown.
    fn least(&self) -> Severity {
        let is_note =
            |id: &String| catalog::find(id).is_some_and(|page| page.severity == Severity::Note);
        match self.min_severity {
            Some(own) => own.into(),
            None if self.run.rule.iter().any(|id| !is_note(id)) => Severity::Warning,
            None if self.run.rule.is_empty() => Severity::Warning,
            None => Severity::Note,
        }
    }
}

/// How many commits at most.
fn limit(text: &str) -> Result<usize, String> {
    text.parse().ok().filter(|own| *own > 0).ok_or_else(|| "write a number from 1 up".to_owned())
}

/// A day, or how long ago it was.
fn day(text: &str) -> Result<Day, String> {
    if let Some(day) = Day::parse(text) {
        return Ok(day);
    }
    let wrong = || "write a day such as 2026-01-31, or how long ago: 90d, 12w, 1y".to_owned();
    let at = text.find(|c: char| !c.is_ascii_digit()).ok_or_else(wrong)?;
    let (number, unit) = text.split_at(at);
    let days = match unit {
        "d" => 1,
        "w" => 7,
        "y" => 365,
        _ => return Err(wrong()),
    };
    let number: u64 = number.parse().map_err(|_| wrong())?;
    Ok(clock::today_before(number.saturating_mul(days)))
}

/// Says on a terminal how far it is, where it takes longer than people wait without asking.
struct Progress {
    started: Instant,
    said: Option<Instant>,
    is_shown: bool,
}

impl Progress {
    fn new() -> Self {
        let is_shown = std::io::stderr().is_terminal();
        Self { started: Instant::now(), said: None, is_shown }
    }

    fn tell(&mut self, done: usize, of: usize) {
        let is_time = match self.said {
            None => self.started.elapsed() > Duration::from_secs(1),
            Some(said) => said.elapsed() > Duration::from_millis(200),
        };
        if self.is_shown && is_time {
            eprint!("\r{done} of {of} commits\x1b[K");
            let _ = std::io::stderr().flush();
            self.said = Some(Instant::now());
        }
    }

    fn end(&self) {
        if self.said.is_some() {
            eprint!("\r\x1b[K");
        }
    }
}
