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
    /// Names of files that commands up to here may have written where they run.
    made: Vec<String>,
    /// How many conditions around this task ask which roles a play has.
    of_roles: usize,
}

/// What conditions outside of a task ask.
#[derive(Clone, Copy)]
pub(super) struct Outer {
    existing: usize,
    of_roles: usize,
}

impl Asked {
    /// Enters a task or block. Returns what [`Asked::leave`] wants.
    pub fn enter(&mut self, task: &Node<'_>) -> Outer {
        let outer = Outer { existing: self.existing.len(), of_roles: self.of_roles };
        for condition in task.get("when").map(texts).unwrap_or_default() {
            let text = condition.text.as_str();
            // `ansible_role_names`, `ansible_play_role_names`, and `role_names` before them.
            self.of_roles += usize::from(text.contains("role_names"));
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
        for (key, value) in task.entries() {
            let is_command =
                key.as_str().is_some_and(|key| matches!(short(key), "shell" | "command" | "raw"));
            if is_command && self.made.len() < KNOWN {
                let cmd = value.get("cmd").unwrap_or(value);
                self.made.extend(cmd.as_str().into_iter().flat_map(made));
            }
        }
        outer
    }

    /// Leaves it.
    pub fn leave(&mut self, outer: Outer) {
        self.existing.truncate(outer.existing);
        self.of_roles = outer.of_roles;
    }

    /// Whether a task runs only beside some role, which may bring what it names.
    pub fn is_beside_a_role(&self) -> bool {
        self.of_roles > 0
    }

    /// Whether a task uses the file at `path` only where it exists.
    pub fn covers(&self, path: &str) -> bool {
        self.existing.iter().any(|file| file == base_name(path))
            || self.made.iter().any(|file| file == path)
    }
}

/// Files that a command may write where it runs: `> data.yml`, `-o data.yml`.
fn made(text: &str) -> impl Iterator<Item = String> {
    let mut before = "";
    let words = text.split(|c: char| c.is_whitespace() || ";'\"|&".contains(c));
    let names = words.filter(|word| !word.is_empty()).filter_map(move |word| {
        let is_output =
            [word, before].iter().any(|own| own.starts_with(['>', '-'])) || before == "tee";
        before = word;
        is_output.then(|| word.trim_start_matches(['>', '.', '/']))
    });
    let is_name = |name: &&str| {
        let (stem, ending) = name.rsplit_once('.').unwrap_or_default();
        let is_plain = |c: char| c.is_ascii_alphanumeric() || "_-.".contains(c);
        !stem.is_empty() && !ending.is_empty() && name.chars().all(is_plain)
    };
    names.filter(is_name).map(str::to_owned)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_that_commands_write() {
        let made = |text: &str| made(text).collect::<Vec<_>>();
        assert_eq!(made("echo \"a: b\" >> data.yaml"), ["data.yaml"]);
        assert_eq!(made("python get.py -v info.yml"), ["info.yml"]);
        assert_eq!(made("x | tee ./a.txt >b.txt"), ["a.txt", "b.txt"]);
        assert_eq!(made("sh install.sh < a.sql > /etc/motd.txt"), [""; 0]);
    }
}
