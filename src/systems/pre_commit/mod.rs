//! Hooks of pre-commit that run what lies in the tree.
//!
//! (Source: pre-commit's documentation, "Repository local hooks", "script", "system": they run at
//! the root of the repository; "Executable `x` not found" fails the hook.)

use crate::domain::commands::{Lines, templated_scalar};
use crate::extract::{Extractor, Settings, Source};
use crate::facts::{FileFacts, base_name};
use crate::syntax::yaml::Node;
use crate::systems::System;

/// pre-commit.
pub(super) struct Room;

impl System for Room {
    fn name(&self) -> &'static str {
        "pre_commit"
    }

    fn readers(&self) -> &'static [&'static dyn Extractor] {
        &[&Hooks]
    }
}

/// Extracts from `.pre-commit-config.yaml` at the root of a tree.
pub struct Hooks;

/// Languages of hooks that run a command as it is written.
const PLAIN: [&str; 4] = ["script", "system", "unsupported", "unsupported_script"];

impl Extractor for Hooks {
    fn system(&self) -> &'static str {
        "pre-commit"
    }

    fn claims(&self, path: &str) -> bool {
        base_name(path) == path
            && matches!(path, ".pre-commit-config.yaml" | ".pre-commit-config.yml")
    }

    fn extract(&self, source: &Source<'_>, _settings: &Settings, out: &mut FileFacts) {
        let Some(root) = source.yaml().roots.first().filter(|_| source.yaml().is_whole()) else {
            return;
        };
        let text =
            |node: &Node<'_>, key: &str| node.get(key).and_then(Node::as_str).map(str::to_owned);
        for repository in root.get("repos").map(Node::items).unwrap_or_default() {
            if text(repository, "repo").as_deref() != Some("local") {
                continue;
            }
            for hook in repository.get("hooks").map(Node::items).unwrap_or_default() {
                let is_plain =
                    text(hook, "language").is_some_and(|own| PLAIN.contains(&own.as_str()));
                let Some(entry) = hook.get("entry").filter(|_| is_plain) else { continue };
                let line =
                    templated_scalar(entry.as_str().unwrap_or_default(), entry.span, source.text);
                Lines::new("hook", "hook").add(&line, out);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_of_local_hooks() {
        let text = "repos:\n  - repo: local\n    hooks:\n      - id: a\n        language: script\n        entry: ci/a.sh --all\n      - id: b\n        language: python\n        entry: ci/b.py\n      - id: c\n        language: system\n        entry: bash ci/c.sh\n  - repo: https://host/x\n    hooks:\n      - id: d\n        language: script\n        entry: ci/d.sh\n";
        let mut out = FileFacts::default();
        Hooks.extract(&Source::of(".pre-commit-config.yaml", text), &Settings::default(), &mut out);
        let all: Vec<_> = out.calls.iter().map(|call| call.any_of[0].name.to_string()).collect();
        assert_eq!(all, ["ci/a.sh", "ci/c.sh"]);
    }
}
