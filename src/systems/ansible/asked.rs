//! Files whose existence a play asks about before it uses them.

use super::arguments::{Arguments, texts};
use super::shape::short;
use crate::facts::base_name;
use crate::syntax::yaml::Node;

/// How many of a file's `stat` tasks are remembered.
const KNOWN: usize = 64;

/// What the tasks up to here have found out, and what the conditions around this one ask.
#[derive(Default)]
pub(super) struct Asked {
    /// Variables that `stat` filled: name and the base name of the file.
    known: Vec<(String, String)>,
    /// Base names of files that exist where this task runs.
    existing: Vec<String>,
}

impl Asked {
    /// Enters a task or block. Returns what [`Asked::leave`] wants.
    pub fn enter(&mut self, task: &Node<'_>) -> usize {
        let outer = self.existing.len();
        for condition in task.get("when").map(texts).unwrap_or_default() {
            let text = condition.text.as_str();
            let asks = |variable: &str| {
                text.match_indices(&format!("{variable}.stat.exists"))
                    .any(|(at, _)| !text[..at].trim_end().ends_with("not"))
            };
            let known = self.known.iter().filter(|(variable, _)| asks(variable));
            let mut found: Vec<String> = known.map(|(_, file)| file.clone()).collect();
            if text.contains(" is file") || text.contains(" is exists") {
                let words = text.split(['\'', '"']).map(base_name);
                found.extend(words.filter(|word| !word.is_empty()).map(str::to_owned));
            }
            self.existing.extend(found);
        }
        if self.known.len() < KNOWN
            && let Some(known) = stat(task)
        {
            self.known.push(known);
        }
        outer
    }

    /// Leaves it.
    pub fn leave(&mut self, outer: usize) {
        self.existing.truncate(outer);
    }

    /// Whether a task uses the file at `path` only where it exists.
    pub fn covers(&self, path: &str) -> bool {
        self.existing.iter().any(|file| file == base_name(path))
    }
}

/// The variable that a `stat` task registers, and the base name of the file.
fn stat(task: &Node<'_>) -> Option<(String, String)> {
    let variable = task.get("register")?.as_str()?;
    task.entries().iter().find_map(|(key, value)| {
        let module = short(key.as_str()?);
        let arguments = Arguments::of(value, "");
        let is_stat = module == "stat"
            || matches!(module, "action" | "local_action")
                && (arguments
                    .get("module")
                    .is_some_and(|argument| short(&argument.text) == "stat")
                    || value.as_str().is_some_and(|text| {
                        text.split_whitespace().next().is_some_and(|own| short(own) == "stat")
                    }));
        let path = arguments.get("path").filter(|_| is_stat)?;
        let file = base_name(path.text.trim().trim_matches('"'));
        (!file.is_empty()).then(|| (variable.to_owned(), file.to_owned()))
    })
}
