//! Options that several commands share.

use super::Failure;
use crate::finding::Severity;
use crate::report::{Detail, Format, Report, Style};
use clap::{Args, ValueEnum};
use std::io::{IsTerminal, Write};
use std::path::PathBuf;

/// Where trees come from and how the run is done.
#[derive(Args)]
pub struct Run {
    /// Repository for `git:` and `index:` trees (bare ones too)
    #[arg(short = 'C', long, value_name = "DIR", default_value = ".")]
    pub repo: PathBuf,
    /// Configuration [default: crosscheck.yaml at the tree's root]
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// Number of threads [default: all cores]
    #[arg(long, value_name = "N")]
    pub threads: Option<usize>,
}

/// How findings are reported.
#[derive(Args)]
pub struct Output {
    /// Report format; may be repeated, each with its own -o
    #[arg(long, value_enum, value_name = "FORMAT")]
    pub format: Vec<Format>,
    /// Write the report to FILE (pairs with --format)
    #[arg(short, long = "output", value_name = "FILE")]
    pub output: Vec<PathBuf>,
    /// Least severity that makes the exit code 1
    #[arg(long, value_enum, default_value = "error", value_name = "SEVERITY")]
    pub fail_on: FailOn,
    /// Colours in the human format
    #[arg(long, value_enum, default_value = "auto", value_name = "WHEN")]
    pub color: Color,
    /// Print only the summary of the human format, and no remarks
    #[arg(short, long)]
    pub quiet: bool,
    /// Show every place in the human format, where else like ones are counted
    #[arg(short, long, conflicts_with = "quiet")]
    pub verbose: bool,
    /// Print to standard error how much of the tree was understood, by system
    #[arg(long)]
    pub stats: bool,
}

/// Values of `--fail-on`.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum FailOn {
    /// Errors only.
    Error,
    /// Warnings too.
    Warning,
    /// Notes too.
    Note,
    /// Nothing.
    Never,
}

/// Values of `--color`.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Color {
    /// On a terminal, unless `NO_COLOR` is set.
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

impl FailOn {
    /// Whether a finding of `severity` fails the run.
    pub fn includes(self, severity: Severity) -> bool {
        match self {
            Self::Error => severity >= Severity::Error,
            Self::Warning => severity >= Severity::Warning,
            Self::Note => true,
            Self::Never => false,
        }
    }
}

impl Run {
    /// Runs `work` on a pool of the wanted size. Its threads have large stacks: parsers
    /// recurse.
    pub fn in_pool<T: Send>(&self, work: impl FnOnce() -> T + Send) -> Result<T, Failure> {
        let mut builder = rayon::ThreadPoolBuilder::new().stack_size(16 << 20);
        if let Some(threads) = self.threads {
            builder = builder.num_threads(threads.max(1));
        }
        let pool = builder
            .build()
            .map_err(|error| Failure::incomplete(format!("cannot start threads: {error}")))?;
        Ok(pool.install(work))
    }
}

impl Output {
    /// Refuses combinations that have no meaning, before any work is done.
    pub fn validate(&self) -> Result<(), Failure> {
        let to_stdout = self.format.len().max(1).saturating_sub(self.output.len());
        if self.output.len() > self.format.len().max(1) {
            return Err(Failure::usage("more -o than --format: give each report its format"));
        }
        if to_stdout > 1 {
            return Err(Failure::usage("several --format need a -o FILE each, but for the last one"));
        }
        Ok(())
    }

    /// Writes every wanted report. The n-th `-o` belongs to the n-th `--format`; a
    /// format without one goes to standard output.
    pub fn write(&self, report: &Report<'_>) -> Result<(), Failure> {
        let formats = if self.format.is_empty() { &[Format::Human][..] } else { &self.format };
        for (ix, format) in formats.iter().enumerate() {
            let path = self.output.get(ix);
            let style = Style {
                color: if path.is_none() { self.use_color() } else { self.color == Color::Always },
                detail: match (self.quiet, self.verbose) {
                    (true, _) => Detail::Summary,
                    (_, true) => Detail::All,
                    _ => Detail::Grouped,
                },
            };
            let mut text = Vec::new();
            report.write(*format, style, &mut text).map_err(|error| {
                Failure::incomplete(format!("cannot write the report: {error}"))
            })?;
            match path {
                None => print_bytes(&text)?,
                Some(path) => std::fs::write(path, text).map_err(|error| {
                    Failure::incomplete(format!("cannot write {}: {error}", path.display()))
                })?,
            }
        }
        if self.stats {
            eprint!("{}", report.summary.table());
        }
        Ok(())
    }

    fn use_color(&self) -> bool {
        self.color.applies()
    }
}

impl Color {
    /// Whether standard output is coloured.
    pub fn applies(self) -> bool {
        match self {
            Self::Always => true,
            Self::Never => false,
            Self::Auto => {
                std::io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none()
            }
        }
    }
}

/// Prints to standard output. A closed pipe is the reader's choice, not a failure.
pub fn print(text: &str) -> Result<(), Failure> {
    print_bytes(text.as_bytes())
}

fn print_bytes(text: &[u8]) -> Result<(), Failure> {
    let mut out = std::io::stdout().lock();
    match out.write_all(text).and_then(|()| out.flush()) {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => {
            Err(Failure::incomplete(format!("cannot write to standard output: {error}")))
        }
        _ => Ok(()),
    }
}
