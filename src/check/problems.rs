//! Reports what extractors found wrong inside single files: `parse-error`,
//! `unsupported-syntax`, `limit-reached`, and rules that need one file alone.

use super::Context;
use crate::facts::Strength;
use crate::finding::{Finding, Place, Severity};

pub(super) fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    let snapshot = context.new.snapshot;
    for (ix, file) in snapshot.all_files() {
        for problem in &file.facts.problems {
            let place = |span| Place { tree: snapshot.role, file: ix, span };
            let mut finding =
                Finding::new(problem.rule, problem.message.clone(), place(problem.span))
                    .help(problem.help.clone());
            if problem.strength != Strength::Certain {
                finding.severity = finding.severity.min(Severity::Warning);
            }
            finding.entity = problem.entity.clone();
            for (span, message) in &problem.related {
                finding = finding.related(message.clone(), place(*span));
            }
            findings.push(finding);
        }
    }
}
