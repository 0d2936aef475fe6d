//! `crosscheck packs`.

use super::options::write_out;
use super::query::{Format, json};
use super::{CLEAN, FINDINGS, Failure};
use clap::{Args, Subcommand};
use crosscheck::{PackReport, lint_pack, printable};
use serde::Serialize;
use std::path::PathBuf;

/// Arguments of `packs`.
#[derive(Args)]
pub struct Packs {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Check pack files, and run the cases that stand in them
    Lint(Lint),
}

/// Arguments of `packs lint`.
#[derive(Args)]
#[command(after_help = "Examples:
  crosscheck packs lint .crosscheck/packs/*.yaml
  crosscheck packs lint house.yaml --format json

Exit codes: 0 every file is right and every case holds, 1 not so, 2 wrong usage, 3 a file \
cannot be read")]
struct Lint {
    /// Pack files
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Report format
    #[arg(long, value_enum, default_value = "human", value_name = "FORMAT")]
    format: Format,
}

/// What the JSON format prints.
#[derive(Serialize)]
struct Answer {
    version: u32,
    packs: Vec<PackReport>,
}

impl Packs {
    /// Runs the command.
    pub fn run(&self) -> Result<u8, Failure> {
        match &self.command {
            Command::Lint(lint) => lint.run(),
        }
    }
}

impl Lint {
    fn run(&self) -> Result<u8, Failure> {
        let mut packs = Vec::new();
        for path in &self.files {
            let failed = |reason: String| {
                Failure::incomplete(format!("cannot read {}: {reason}", path.display()))
            };
            let bytes = std::fs::read(path).map_err(|error| failed(error.to_string()))?;
            let text = String::from_utf8(bytes).map_err(|_| failed("not valid UTF-8".into()))?;
            packs.push(lint_pack(&path.display().to_string(), &text));
        }
        let is_clean = packs.iter().all(PackReport::is_clean);
        let text = match self.format {
            Format::Human => printable(&packs.iter().map(spoken).collect::<String>()),
            Format::Json => json(&Answer { version: 1, packs })?,
        };
        write_out(text.as_bytes())?;
        Ok(if is_clean { CLEAN } else { FINDINGS })
    }
}

fn spoken(pack: &PackReport) -> String {
    let path = &pack.path;
    let mut text = String::new();
    for own in &pack.problems {
        let help = if own.help.is_empty() { String::new() } else { format!("; {}", own.help) };
        text.push_str(&format!("{path}:{}:{}: {}{help}\n", own.line, own.column, own.message));
    }
    for case in &pack.cases {
        for failure in &case.failures {
            let (line, column, name) = (case.line, case.column, &case.name);
            text.push_str(&format!("{path}:{line}:{column}: case `{name}`: {failure}\n"));
        }
    }
    let noun = |count: usize, one: &str, many: &str| match count {
        1 => format!("1 {one}"),
        _ => format!("{count} {many}"),
    };
    let failed = pack.cases.iter().filter(|case| !case.failures.is_empty()).count();
    let cases = match (pack.cases.len(), failed) {
        (0, _) if !pack.problems.is_empty() => "cases not run".to_owned(),
        (0, _) => "no cases".to_owned(),
        (all, 0) => format!("{} passed", noun(all, "case", "cases")),
        (all, failed) => format!("{failed} of {} failed", noun(all, "case", "cases")),
    };
    let entries = noun(pack.entries, "entry", "entries");
    let problems = noun(pack.problems.len(), "problem", "problems");
    text.push_str(&format!("{path}: {entries}, {problems}, {cases}\n"));
    text
}
