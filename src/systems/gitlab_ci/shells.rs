//! What a shell refuses of the commands of a job.
//!
//! (Source: GitLab's "CI/CD YAML syntax reference": the runner makes one script of the items of a
//! list, so that a loop may go over several.)

use super::File;
use crate::domain::commands::scalar;
use crate::domain::refused;
use crate::facts::Strength;
use crate::syntax::shell::CommandText;
use crate::syntax::yaml::Node;

/// What a runner of Windows is given: PowerShell.
const OTHERS: [&str; 7] =
    ["$env:", "Write-", "owershell", "pwsh", "-ErrorAction", "indows", "Get-ChildItem"];

/// What runs the lists of commands of a file.
#[derive(PartialEq)]
pub(super) enum Runner {
    Shell,
    /// Another program, or a shell with a text that is filled in before.
    Other,
}

impl Runner {
    /// As far as the whole text of the file tells.
    pub fn of(text: &str) -> Self {
        // Skeletons, and inputs of a component, are filled in before.
        let is_filled = ["{%", "<%", "$[["].iter().any(|mark| text.contains(mark));
        match is_filled || OTHERS.iter().any(|own| text.contains(own)) {
            true => Self::Other,
            false => Self::Shell,
        }
    }
}

impl File<'_> {
    /// Tells what the shell refuses of the lists of commands of a job.
    pub(super) fn refused(&mut self, job: &Node<'_>) {
        if self.runner != Runner::Shell {
            return;
        }
        for list in ["before_script", "script", "after_script"] {
            let items = job.get(list).map(super::several).unwrap_or_default();
            let mut all = CommandText::default();
            let mut end = 0;
            let is_told = items.iter().all(|item| {
                let Some(text) = item.as_str() else { return false };
                end = item.span.end as usize;
                all.append(&scalar(text, item.span, self.text));
                all.push("\n", end);
                true
            });
            if is_told {
                self.out.problems.extend(refused::problems(&all, end, Strength::Certain));
            }
        }
    }
}
