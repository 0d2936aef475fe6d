//! What is said of files that were not read.

use super::{Snapshot, SnapshotFile, Told};
use crate::facts::{FileFacts, Problem, Span, Standing, Strength};
use crate::tree::{Entry, EntryKind, MAX_FILE_SIZE, TreeError, TreeProblem};
use smol_str::SmolStr;
use std::sync::Arc;

/// What is said of a file whose contents the repository does not hold.
pub const ABSENT: &str = "this clone lacks the contents of this file, which was not read";

impl Snapshot {
    /// How many files that a system reads by their paths have contents that the repository does
    /// not hold.
    pub fn absent(&self) -> usize {
        let is_absent = |own: &Problem| own.message == ABSENT && own.strength != Strength::Guarded;
        let files = self.files.iter();
        files.filter(|file| file.facts.problems.iter().any(is_absent)).count()
    }
}

/// Of how many files one that lacks its contents leaves an answer whole: large ones are often left
/// out of a clone, and a warning says so.
const FEW: usize = 10;

/// Whether `absent` of `files` are too many to call what was said of the others an answer.
pub fn is_too_much(absent: usize, files: usize) -> bool {
    absent > 0 && absent.saturating_mul(FEW) >= files
}

/// What makes a file one that a system reads.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Claim {
    /// Its path.
    ByPath,
    /// Its contents, if anything.
    ByContents,
}

/// Of a file that cannot be read. One that nothing but its contents would have claimed may be
/// none that matters.
pub fn unread(error: &TreeError, claim: Claim) -> FileFacts {
    let mut facts = FileFacts::default();
    let absent = matches!(error, TreeError::Absent { .. });
    let message = if absent { ABSENT.to_owned() } else { error.to_string() };
    let rule = if absent { "limit-reached" } else { "parse-error" };
    let mut problem = Problem::new(rule, message, Span::default());
    problem.strength = Strength::Likely;
    if absent {
        let help = "`git clone --filter` leaves contents out: check a full clone";
        problem.help = help.into();
        if claim == Claim::ByContents {
            problem.strength = Strength::Guarded;
        }
    }
    facts.problems.push(problem);
    facts
}

/// Of a file that is larger than any that is read.
pub fn too_large(size: u64) -> FileFacts {
    let mut facts = FileFacts::default();
    let message = format!(
        "{} MiB is over the limit of {} MiB for one file; it was not read",
        size >> 20,
        MAX_FILE_SIZE >> 20
    );
    facts.problems.push(Problem::new("limit-reached", message, Span::default()));
    facts
}

/// What cannot be listed, as a file of which nothing is known but that.
pub fn unreadable(problem: &TreeProblem) -> SnapshotFile {
    let path =
        if problem.path.is_empty() { SmolStr::new_static(".") } else { problem.path.clone() };
    let mut facts = FileFacts::default();
    let told = Problem::new(problem.rule, problem.message.clone(), Span::default());
    facts.problems.push(Problem { strength: Strength::Likely, ..told });
    let standing = Standing::of(&path);
    let entry = Entry { path, kind: EntryKind::File, size: None, id: None, mark: None };
    SnapshotFile {
        entry,
        id: None,
        facts: Arc::new(Told::new(facts)),
        systems: Vec::new(),
        modelled: Vec::new(),
        standing,
    }
}
