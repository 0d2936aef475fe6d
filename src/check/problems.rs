//! Reports what extractors found wrong inside single files: `parse-error`,
//! `unsupported-syntax`, `limit-reached`, and rules that need one file alone.

use super::Context;
use crate::facts::{Problem, Strength};
use crate::finding::{Finding, Place, Remedy, Severity};
use crate::graph::{Graph, Site};
use crate::loader::{ABSENT, FileIx, Snapshot};
use std::collections::BTreeMap;

/// Most further places that a note on several files names.
const MAX_PLACES: usize = 5;

/// Rule, message and severity → the files that share them.
type Shared<'s> = BTreeMap<(&'static str, &'s str, Severity), Vec<(FileIx, &'s Problem)>>;

pub(super) fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    let snapshot = context.new.snapshot;
    let mut shared: Shared<'_> = BTreeMap::new();
    for (ix, file) in snapshot.all_files() {
        for problem in &file.facts.problems {
            let severity = match problem.strength {
                // Of a change it is told whatever stood before: see `absent`.
                _ if problem.message == ABSENT && context.old.is_some() => continue,
                Strength::Guarded => Some(Severity::Note),
                _ if problem.message == ABSENT => Some(Severity::Warning),
                _ => None,
            };
            if let Some(severity) = severity {
                let key = (problem.rule, problem.message.as_str(), severity);
                shared.entry(key).or_default().push((ix, problem));
                continue;
            }
            let place = |span| Place { tree: snapshot.role, file: ix, span };
            let mut finding =
                Finding::new(problem.rule, problem.message.clone(), place(problem.span))
                    .help(problem.help.clone());
            // What did not parse before stops no deploy that it did not stop before.
            let standing =
                || problem.rule == "parse-error" && was_broken(context.old, &file.entry.path);
            let refused = || match (problem.rule, problem.strength) {
                ("duplicate-definition", Strength::Likely) => {
                    let key = Site { file: ix, span: problem.span, provide: None };
                    context.new.refuses_doubled(key)
                }
                _ => None,
            };
            if let Some(who) = refused() {
                finding = finding.help(who);
            } else if problem.strength != Strength::Certain || standing() {
                finding.severity = finding.severity.min(Severity::Warning);
            }
            finding.entity = problem.entity.clone();
            finding.remedy = problem.meant.clone().map(Remedy::word);
            for (span, message) in &problem.related {
                finding = finding.related(message.clone(), place(*span));
            }
            findings.push(finding);
        }
    }
    findings.extend(told(snapshot, shared));
}

/// What is said of files whose contents the repository of a tree does not hold: none of them was
/// compared with anything.
pub fn absent(snapshot: &Snapshot) -> Vec<Finding> {
    let mut shared: Shared<'_> = BTreeMap::new();
    for (ix, file) in snapshot.all_files() {
        let problems = file.facts.problems.iter();
        for own in problems.filter(|own| own.message == ABSENT && own.strength != Strength::Guarded)
        {
            let key = (own.rule, own.message.as_str(), Severity::Warning);
            shared.entry(key).or_default().push((ix, own));
        }
    }
    told(snapshot, shared).into_iter().map(Finding::of_change).collect()
}

/// What was left unread with good reason, said once for all files.
fn told(snapshot: &Snapshot, shared: Shared<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for ((rule, message, severity), found) in shared {
        let place = |(file, problem): &(FileIx, &Problem)| Place {
            tree: snapshot.role,
            file: *file,
            span: problem.span,
        };
        let Some((first, others)) = found.split_first() else { continue };
        let message = match others.len() {
            0 => message.to_owned(),
            more if message == ABSENT => {
                format!("this clone lacks the contents of {} files, which were not read", more + 1)
            }
            more => format!("{message} (so are {more} more files)"),
        };
        let mut finding =
            Finding::new(rule, message, place(first)).severity(severity).help(first.1.help.clone());
        for other in others.iter().take(MAX_PLACES) {
            finding = finding.related("and this file", place(other));
        }
        findings.push(finding);
    }
    findings
}

fn was_broken(old: Option<&Graph<'_>>, path: &str) -> bool {
    old.is_some_and(|old| {
        let before = old.snapshot.find(path).map(|file| old.snapshot.file(file));
        before.is_some_and(|file| {
            file.facts.problems.iter().any(|problem| problem.rule == "parse-error")
        })
    })
}
