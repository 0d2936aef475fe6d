//! `crosscheck hook`: what a git hook or pre-commit asks.

use super::check::Before;
use super::options::{Output, Run};
use super::{CLEAN, Failure};
use clap::Args;
use crosscheck::{EMPTY_TREE, Error, merge_base};
use std::time::Instant;

/// Arguments of `hook`.
#[derive(Args)]
#[command(after_long_help = super::help::HOOK)]
pub struct Hook {
    /// The folder of the repository that holds the configuration tree [default: its root]
    #[arg(default_value = "", hide_default_value = true)]
    folder: String,
    #[command(flatten)]
    run: Run,
    #[command(flatten)]
    output: Output,
}

/// What is compared with what.
struct Question {
    tree: String,
    against: Option<String>,
}

impl Hook {
    /// Runs the command.
    pub fn run(&self) -> Result<u8, Failure> {
        let Some(question) = self.question()? else {
            eprintln!("crosscheck: the commit changes no file");
            return Ok(CLEAN);
        };
        let started = Instant::now();
        self.output.validate()?;
        let Question { tree, against } = question;
        let before = against.as_deref().map_or(Before::Nothing, Before::Tree);
        let analysis = super::check::analysis(&self.run, &tree, before, &[])?;
        match analysis.check() {
            // A commit to a repository that has no configuration yet is no failure.
            Err(error @ Error::NothingToCheck { .. }) => {
                eprintln!("crosscheck: {error}");
                Ok(CLEAN)
            }
            report => super::check::finish(report?, &self.output, started),
        }
    }

    fn question(&self) -> Result<Option<Question>, Failure> {
        let given = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
        let ends = given("PRE_COMMIT_FROM_REF").zip(given("PRE_COMMIT_TO_REF"));
        if let Some((from, to)) = ends {
            // What the other branch gained in the meantime was not taken away by this one.
            let base = merge_base(&self.run.repo, &from, &to)?;
            let against = Some(self.before(&base.unwrap_or(from)));
            return Ok(Some(Question { tree: self.revision(&to), against }));
        }
        let (tree, head) = (format!("index:{}", self.folder), self.before("HEAD"));
        let staged = self.run.open(&tree)?;
        let before = self.run.open(&head);
        let is_same = before.as_ref().is_ok_and(|before| staged.holds_the_same_as(before));
        if !is_same {
            return Ok(Some(Question { tree, against: Some(head) }));
        }
        // Git names its index to the hooks of a commit. Such a one without a staged change has
        // another message, and none of the defects that stand is its own.
        let is_commit = given("GIT_INDEX_FILE").is_some();
        Ok((!is_commit).then_some(Question { tree, against: None }))
    }

    fn revision(&self, rev: &str) -> String {
        match self.folder.as_str() {
            "" => format!("git:{rev}"),
            folder => format!("git:{rev}:{folder}"),
        }
    }

    /// The tree of `rev`; the empty one where it does not have the folder yet.
    fn before(&self, rev: &str) -> String {
        let spec = self.revision(rev);
        let is_new = self.run.open(&spec).is_err() && self.run.open(&format!("git:{rev}")).is_ok();
        if is_new { format!("git:{EMPTY_TREE}") } else { spec }
    }
}
