//! Scripts of the tree that steps run by their paths: without its script, the step fails.

use super::File;
use super::folders::{Made, folder, is_at, is_called, makes, usual, words};
use crate::check::Context;
use crate::facts::{Entity, Ref, Relation, Require, Strength, join_path, kinds, parent_folder};
use crate::finding::{Finding, Place, Remedy, Severity};
use crate::graph::{PathKind, Resolution, is_generated};
use crate::syntax::yaml::Node;

/// How a step names a script.
const RUN: &str = "script";

/// Scripts that are not there beside others. What a change takes away is told with all that
/// names it.
pub(super) fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    let graph = context.new;
    for (ix, file) in graph.asking(&[kinds::CI_SCRIPT]) {
        let is_own = |own: &&Require| own.any_of[0].kind == kinds::CI_SCRIPT;
        for own in file.facts.requires.iter().filter(is_own) {
            let target = &own.any_of[0];
            let (Some(path), Resolution::Missing(_)) =
                (target.name.as_exact(), graph.resolve_ref(target))
            else {
                continue;
            };
            let removed = context.old.is_some_and(|old| old.snapshot.find(path).is_some());
            let folder = graph.paths.look_up(parent_folder(path));
            if removed || folder != PathKind::Folder || is_generated(graph, path) {
                continue;
            }
            let place = Place { tree: graph.snapshot.role, file: ix, span: own.span };
            let severity = match own.relation {
                Relation::Sometimes => Severity::Warning,
                _ => Severity::Error,
            };
            let entity = Entity::new(kinds::FILE, path.clone());
            let finding = Finding::new(
                "unresolved-reference",
                format!("file `{path}` does not exist"),
                place,
            )
            .severity(severity)
            .label("run here");
            let near = graph.nearest(kinds::FILE, path);
            findings.push(
                match near {
                    Some(near) => finding
                        .help(format!("did you mean `{near}`?"))
                        .remedy(Remedy::nearest(path.as_str(), near)),
                    None => finding,
                }
                .entity(entity),
            );
        }
    }
}

/// Programs that run a script of the tree.
const SHELLS: [&str; 6] = ["bash", "sh", "node", "perl", "python", "python3"];

/// Endings of scripts.
const SCRIPTS: [&str; 6] = [".bash", ".js", ".pl", ".py", ".rb", ".sh"];

impl File<'_> {
    /// The scripts that lines of a job run by their paths, as far as nothing before them names
    /// these: `./ci/build.sh`, `bash ci/build.sh`.
    pub(super) fn scripts(&mut self, job: &Node<'_>, root: &Node<'_>, steps: &[Node<'_>]) {
        // One that others call sees the tree of whoever calls it.
        if is_called(root) {
            return;
        }
        let usual = usual(job, root);
        for (at, step) in steps.iter().enumerate() {
            let (Some(node), None) = (step.get("run"), step.get("shell")) else { continue };
            let Some(text) = node.as_str() else { continue };
            let within = match step.get("working-directory").map(|own| own.as_str()) {
                None => usual.clone(),
                Some(own) => own.and_then(folder),
            };
            let moves = words(text).any(|word| matches!(word, "cd" | "pushd" | "docker" | "if"));
            let Some(within) = within.filter(|_| !moves) else { continue };
            for line in text.lines() {
                let Some(word) = script(line) else { continue };
                // What is written down before, or asked for, may be made there.
                let names_it = |text: &str| words(text).filter(|own| is_at(own, word)).count();
                let before = steps[..at].iter().map(|own| makes(own, word)).max();
                let Some(path) = join_path(&within, word) else { continue };
                let relation = match before.unwrap_or(Made::No) {
                    _ if names_it(text) > 1 => continue,
                    Made::No if step.get("if").or(job.get("if")).is_none() => Relation::Uses,
                    Made::No | Made::Perhaps => Relation::Sometimes,
                    Made::Yes => continue,
                };
                let target = Ref::exact(kinds::CI_SCRIPT, path);
                let require = Require::certain(target, node.span, relation.called(RUN), None);
                // The room's own check says what is not there.
                self.out.requires.push(require.with_strength(Strength::Guarded));
            }
        }
    }
}

/// The script that a line runs and does nothing else with, by its path.
fn script(line: &str) -> Option<&str> {
    let apart = line.contains(['$', '*', '|', '[', '`', '\\', '{']);
    let mut all = line.split_whitespace().filter(|_| !apart);
    let first = all.next()?;
    let word = if SHELLS.contains(&first) { all.next()? } else { first };
    let plain = word.strip_prefix("./").unwrap_or(word);
    let ends = SCRIPTS.iter().any(|ending| plain.ends_with(ending));
    let inside = plain.contains('/') && !plain.starts_with(['/', '~', '-', '.', '"', '\'']);
    (ends && inside).then_some(plain)
}
