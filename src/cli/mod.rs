//! The command line: one file per command; arguments only, no analysis.

mod baseline;
mod cache;
mod check;
mod clock;
mod environments;
mod facts;
mod failure;
mod help;
mod hook;
mod init;
mod interface;
mod options;
mod packs;
mod promote;
mod query;
mod rollout;
mod rules;
mod shell;

use clap::{Parser, Subcommand};
use std::process::ExitCode;

pub use failure::Failure;

/// Nothing at or above `--fail-on`.
pub const CLEAN: u8 = 0;
/// Findings at or above `--fail-on`.
pub const FINDINGS: u8 = 1;
/// Wrong usage or configuration.
pub const USAGE: u8 = 2;
/// The check could not be completed.
pub const INCOMPLETE: u8 = 3;

/// Pre-flight consistency checker for configuration trees.
#[derive(Parser)]
#[command(name = "crosscheck", version, about, max_term_width = 100)]
#[command(after_long_help = help::PROGRAM)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Check a tree or, with --against, what a change breaks
    Check(check::Check),
    /// Check what is about to be committed or pushed (for git hooks and pre-commit)
    Hook(hook::Hook),
    /// Check whether a promotion from staging to production is complete
    Promote(promote::Promote),
    /// Plan the order in which a change can land, wave by wave
    Rollout(rollout::Rollout),
    /// Show the shortest chain of references from one thing to another
    Why(query::Why),
    /// Show what breaks if a file, class or other thing is removed
    Impact(query::Impact),
    /// Show what a command or class accepts and who calls it; with --against, whether a
    /// change breaks the callers
    Interface(interface::Show),
    /// Compare environments side by side: what one has and the next lacks, and since when
    Environments(environments::Environments),
    /// Print what was read of each file: what it provides, requires, takes and passes
    Facts(facts::Facts),
    /// Check files of facts about the world (packs)
    Packs(packs::Packs),
    /// Explain a rule: what it reports, why, how to fix it, how to silence it
    Explain(rules::Explain),
    /// List all rules
    Rules(rules::Rules),
    /// Accept the findings a tree has today, as a baseline
    Baseline(baseline::Write),
    /// Inspect a tree and write a commented crosscheck.yaml
    Init(init::Init),
    /// Show or remove the facts that are kept between runs
    Cache(cache::Cache),
    /// Print completions for a shell
    Completions(shell::Completions),
    /// Print the manual page, or write a page for each command to a folder
    Man(shell::Man),
}

/// Runs the command line and returns the exit code.
pub fn run() -> ExitCode {
    clock::elapsed();
    let cli = Cli::parse();
    let outcome = match cli.command {
        Command::Check(command) => command.run(),
        Command::Hook(command) => command.run(),
        Command::Promote(command) => command.run(),
        Command::Rollout(command) => command.run(),
        Command::Why(command) => command.run(),
        Command::Impact(command) => command.run(),
        Command::Interface(command) => command.run(),
        Command::Environments(command) => command.run(),
        Command::Facts(command) => command.run(),
        Command::Packs(command) => command.run(),
        Command::Explain(command) => command.run(),
        Command::Rules(command) => command.run(),
        Command::Baseline(command) => command.run(),
        Command::Init(command) => command.run(),
        Command::Cache(command) => command.run(),
        Command::Completions(command) => command.run(),
        Command::Man(command) => command.run(),
    };
    match outcome {
        Ok(code) => ExitCode::from(code),
        Err(failure) => {
            eprintln!("crosscheck: {}", crosscheck::printable(failure.message.trim_end()));
            ExitCode::from(failure.code)
        }
    }
}
