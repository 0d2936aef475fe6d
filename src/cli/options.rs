//! Options that several commands share.

use super::Failure;
use crate::finding::Severity;
use crate::report::{Format, Report};
use clap::{Args, ValueEnum};
use std::io::{IsTerminal, Write};
use std::path::PathBuf;

/// Where trees come from and how the run is done.
#[derive(Args)]
pub struct Run {
    /// Repository for `git:` and `index:` trees (bare ones too)
    #[arg(short = 'C', long, value_name = "DIR", default_value = ".")]
    pub repo: PathBuf,
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
    /// Writes every wanted report.
    pub fn write(&self, report: &Report<'_>) -> Result<(), Failure> {
        let formats = if self.format.is_empty() { &[Format::Human][..] } else { &self.format };
        if self.output.len() > formats.len() {
            return Err(Failure::usage("more -o than --format"));
        }
        for (ix, format) in formats.iter().enumerate() {
            let failed = |error: std::io::Error| {
                Failure::incomplete(format!("cannot write the report: {error}"))
            };
            let mut text = Vec::new();
            match self.output.get(ix) {
                Some(path) => {
                    report.write(*format, self.color == Color::Always, &mut text).map_err(failed)?;
                    std::fs::write(path, text).map_err(|error| {
                        Failure::incomplete(format!("cannot write {}: {error}", path.display()))
                    })?;
                }
                None => {
                    let mut out = std::io::stdout().lock();
                    report.write(*format, self.use_color(), &mut text).map_err(failed)?;
                    // A closed pipe is the reader's choice.
                    match out.write_all(&text).and_then(|()| out.flush()) {
                        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => {
                            return Err(failed(error));
                        }
                        _ => {}
                    }
                }
            }
        }
        Ok(())
    }

    fn use_color(&self) -> bool {
        match self.color {
            Color::Always => true,
            Color::Never => false,
            Color::Auto => {
                std::io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none()
            }
        }
    }
}
