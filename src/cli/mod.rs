//! The command line: one file per command; arguments only, no analysis.

mod baseline;
mod cache;
mod check;
mod clock;
mod environments;
mod facts;
mod failure;
mod fix;
mod graph;
mod help;
mod hook;
mod init;
mod interface;
mod lsp;
mod nearby;
mod options;
mod packs;
mod promote;
mod query;
mod replay;
mod rollout;
mod rules;
mod shell;
mod tour;

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
    /// Show what each rule would have said over the history of a repository, and what was mended
    Replay(replay::Replay),
    /// Compare environments side by side: what one has and the next lacks, and since when
    Environments(environments::Environments),
    /// Print the dependency graph, of a whole tree or around one thing, for other programs
    Graph(graph::Graph),
    /// Print what was read of each file: what it provides, requires, takes and passes
    Facts(facts::Facts),
    /// Answer an editor, by the language server protocol: findings as you type, definitions, uses
    Lsp(lsp::Lsp),
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
    /// Show the incidents behind the project on trees that come with the program
    Tour(tour::Tour),
    /// Print completions for a shell
    Completions(shell::Completions),
    /// Print the manual page, or write a page for each command to a folder
    Man(shell::Man),
}

/// Runs the command line and returns the exit code.
pub fn run() -> ExitCode {
    clock::elapsed();
    let cli = Cli::parse();
    let outcome = cli.command.run();
    match outcome {
        Ok(code) => ExitCode::from(code),
        Err(failure) => {
            eprintln!("crosscheck: {}", crosscheck::printable(failure.message.trim_end()));
            ExitCode::from(failure.code)
        }
    }
}

impl Command {
    fn run(self) -> Result<u8, Failure> {
        match self {
            Self::Check(command) => command.run(),
            Self::Hook(command) => command.run(),
            Self::Promote(command) => command.run(),
            Self::Rollout(command) => command.run(),
            Self::Why(command) => command.run(),
            Self::Impact(command) => command.run(),
            Self::Interface(command) => command.run(),
            Self::Replay(command) => command.run(),
            Self::Environments(command) => command.run(),
            Self::Graph(command) => command.run(),
            Self::Facts(command) => command.run(),
            Self::Lsp(command) => command.run(),
            Self::Packs(command) => command.run(),
            Self::Explain(command) => command.run(),
            Self::Rules(command) => command.run(),
            Self::Baseline(command) => command.run(),
            Self::Init(command) => command.run(),
            Self::Cache(command) => command.run(),
            Self::Tour(command) => command.run(),
            Self::Completions(command) => command.run(),
            Self::Man(command) => command.run(),
        }
    }
}
