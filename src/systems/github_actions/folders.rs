//! Folders in which the commands of a job run.

use super::File;
use crate::facts::{Ref, Strength, join_path, kinds};
use crate::syntax::yaml::{Node, Value};

/// Programs that may make folders which no command line names.
const MAKERS: [&str; 13] = [
    "bash", "bun", "clone", "docker", "make", "npm", "pnpm", "python", "python3", "sh", "tar",
    "unzip", "yarn",
];

/// Programs that make what an argument names.
const WRITERS: [&str; 14] = [
    "mkdir", "git", "gh", "cp", "mv", "ln", "tar", "unzip", "rsync", "npx", "curl", "wget",
    "cargo", "cmake",
];

/// The folder that `working-directory` names, where it lies in the tree.
pub(super) fn folder(text: &str) -> Option<String> {
    let outside = text.starts_with(['/', '~']) || text.contains(['$', '\\', '*']);
    let folder = join_path("", text.trim_end_matches('/')).filter(|_| !outside)?;
    Some(folder.to_string())
}

/// Where the commands of a job run that name no folder.
pub(super) fn usual(job: &Node<'_>, root: &Node<'_>) -> Option<String> {
    let named = |node: &Node<'_>| {
        Some(node.get("defaults")?.get("run")?.get("working-directory")?.as_str()?.to_owned())
    };
    match named(job).or_else(|| named(root)) {
        Some(text) => folder(&text),
        None => Some(String::new()),
    }
}

impl File<'_> {
    /// The folders that the steps of a job run in, as far as no step before makes them.
    pub(super) fn folders(&mut self, job: &Node<'_>, steps: &[Node<'_>]) {
        let usual = job.get("defaults").and_then(|own| own.get("run"));
        let usual = usual.and_then(|own| own.get("working-directory"));
        for (at, step) in steps.iter().enumerate() {
            let Some(run) = step.get("run") else { continue };
            let Some(node) = step.get("working-directory").or(usual) else { continue };
            let Some(own) = node.as_str().and_then(folder).filter(|own| !own.is_empty()) else {
                continue;
            };
            // Whoever asks for it, or makes it, expects it not to be there.
            let made = steps[..at].iter().map(|step| makes(step, &own)).max();
            let strength = match made.unwrap_or(Made::No) {
                Made::No if step.get("if").is_none() && job.get("if").is_none() => {
                    Strength::Certain
                }
                Made::No | Made::Perhaps => Strength::Likely,
                Made::Yes => continue,
            };
            if run.as_str().is_some() {
                let target = Ref::exact(kinds::CI_FOLDER, own);
                self.require(target, node.span, "working-directory", strength);
            }
        }
    }
}

/// Whether other workflows may call a workflow, those of other repositories too.
pub(super) fn is_called(root: &Node<'_>) -> bool {
    let on = root.get("on");
    let listed = on.is_some_and(|own| own.items().iter().any(|own| own.as_str() == Some(CALLED)));
    listed || on.is_some_and(|own| own.get(CALLED).is_some() || own.as_str() == Some(CALLED))
}

/// Whether a workflow runs only where another calls it, or by hand: who offers it to others tries
/// it so.
pub(super) fn is_called_alone(root: &Node<'_>) -> bool {
    let is_own = |own: &str| [CALLED, "workflow_dispatch"].contains(&own);
    let is_own_node = |own: &Node<'_>| own.as_str().is_some_and(is_own);
    let alone = root.get("on").is_some_and(|on| {
        on.as_str().is_none_or(is_own)
            && on.items().iter().all(is_own_node)
            && on.entries().iter().all(|(key, _)| is_own_node(key))
    });
    alone && is_called(root)
}

/// What begins a workflow that others call.
const CALLED: &str = "workflow_call";

/// Whether a step makes a folder.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Made {
    No,
    Perhaps,
    Yes,
}

/// Whose actions make nothing of a tree, but where they are told to.
const OF_OTHERS: [&str; 5] =
    ["actions/", "aws-actions/", "azure/login", "docker/", "google-github-actions/"];

/// Whether a step makes a folder, or a file.
pub(super) fn makes(step: &Node<'_>, folder: &str) -> Made {
    let uses = step.get("uses").and_then(Node::as_str).unwrap_or_default();
    if uses.starts_with("./") || step.get("with").is_some_and(|own| names(own, folder)) {
        return Made::Yes;
    }
    let Some(text) = step.get("run").and_then(Node::as_str) else {
        // Another repository's action may do anything; those that set something up do not.
        let own = uses.split(['@', '/']).nth(1).unwrap_or_default();
        let known = uses.is_empty()
            || OF_OTHERS.iter().any(|by| uses.starts_with(by))
            || own.starts_with("setup-");
        return if known && !uses.contains("download-artifact") { Made::No } else { Made::Perhaps };
    };
    let within = step.get("working-directory").and_then(Node::as_str).and_then(self::folder);
    let mut made = Made::No;
    for line in text.lines() {
        let words: Vec<&str> = words(line).collect();
        for (at, word) in words.iter().enumerate() {
            let inner = join_path(within.as_deref().unwrap_or_default(), word);
            let is_named = is_at(word, folder) || inner.is_some_and(|own| is_at(&own, folder));
            // The name of a program, or of a package, is no folder.
            let writes = || words[..at].iter().any(|own| WRITERS.contains(own));
            if is_named && (word.contains('/') || writes()) {
                return Made::Yes;
            }
            let runs = word.starts_with("./") || MAKERS.contains(word);
            made = made.max(if runs { Made::Perhaps } else { Made::No });
        }
    }
    made
}

/// The words of a command line.
pub(super) fn words(text: &str) -> impl Iterator<Item = &str> {
    let apart = |c: char| c.is_whitespace() || "\"'=;&|()<>,:".contains(c);
    text.split(apart).filter(|word| !word.is_empty())
}

/// Whether a word of a command line is the folder, lies in it, or is named as a repository is.
pub(super) fn is_at(word: &str, folder: &str) -> bool {
    let word = word.trim_start_matches("./").trim_end_matches('/');
    let first = folder.split('/').next().unwrap_or(folder);
    let last = word.trim_end_matches(".git").rsplit('/').next().unwrap_or(word);
    let inside =
        word.strip_prefix(folder).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
    inside || word.contains('/') && (last == first || word.ends_with(folder))
}

/// Whether anything below a node names the folder.
fn names(node: &Node<'_>, folder: &str) -> bool {
    match &node.value {
        Value::Scalar { text, .. } => {
            is_at(text.trim(), folder)
                || words(text).any(|word| word.contains('/') && is_at(word, folder))
        }
        Value::Sequence(items) => items.iter().any(|own| names(own, folder)),
        Value::Mapping(entries) => entries.iter().any(|(_, own)| names(own, folder)),
        Value::Alias => false,
    }
}

#[cfg(test)]
mod tests {
    use super::is_at;

    #[test]
    fn what_names_a_folder() {
        for word in ["app", "./app/", "app/x", "https://host/me/app.git", "$HOME/app"] {
            assert!(is_at(word, "app"), "{word}");
        }
        for word in ["apps", "a/apps", "app.tar", "ansible>=3"] {
            assert!(!is_at(word, "app"), "{word}");
        }
    }
}
