//! What a shell refuses of the commands of a step.
//!
//! (Source: GitHub's "Workflow syntax", `jobs.<job_id>.steps[*].shell`: the usual one is Bash, but
//! on Windows.)

use super::File;
use crate::domain::commands::templated_scalar;
use crate::domain::refused;
use crate::facts::Strength;
use crate::syntax::yaml::Node;

/// Which shell runs the steps of a job that name none.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Usual {
    Bourne,
    Other,
}

/// What the whole text of a file says of the shells of its steps.
pub(super) struct Hints {
    /// Which runner a matrix or an input names is told somewhere in the file, if anywhere.
    windows: bool,
    /// It is filled in before it is a workflow.
    skeleton: bool,
}

impl Hints {
    pub fn of(text: &str) -> Self {
        Self {
            windows: text.to_ascii_lowercase().contains("windows"),
            skeleton: ["{%", "<%"].iter().any(|mark| text.contains(mark)),
        }
    }
}

/// Whether a shell that is named is of the Bourne family: `bash`, `sh -e {0}`.
fn is_bourne(name: &str) -> bool {
    let program = name.split_whitespace().next().unwrap_or_default();
    matches!(program.rsplit('/').next(), Some("bash" | "sh"))
}

impl File<'_> {
    /// The shell of a job that says nothing else: `defaults.run.shell`, or that of its runner.
    pub(super) fn usual_shell(&self, job: &Node<'_>, root: &Node<'_>) -> Usual {
        let named = |node: &Node<'_>| {
            let own = node.get("defaults")?.get("run")?.get("shell")?;
            Some(own.as_str().is_some_and(is_bourne))
        };
        match named(job).or_else(|| named(root)) {
            Some(true) => Usual::Bourne,
            Some(false) => Usual::Other,
            None if job.get("runs-on").is_none() || self.shells.windows => Usual::Other,
            None => Usual::Bourne,
        }
    }

    /// Tells what the shell refuses of a step's commands.
    pub(super) fn refused(&mut self, step: &Node<'_>, usual: Usual) {
        let Some(run) = step.get("run") else { return };
        let is_read = match step.get("shell") {
            Some(own) => own.as_str().is_some_and(is_bourne),
            None => usual == Usual::Bourne,
        };
        let is_read = is_read && !self.shells.skeleton;
        let Some(text) = run.as_str().filter(|_| is_read) else { return };
        // What an expression puts in may be any text.
        let strength = match text.contains("${{") {
            true => Strength::Likely,
            false => Strength::Certain,
        };
        let lines = templated_scalar(text, run.span, self.text);
        let end = run.span.end as usize;
        self.out.problems.extend(refused::problems(&lines, end, strength));
    }
}
