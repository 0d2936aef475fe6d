//! Calls of commands: their words against the interface of the program they run.

use super::called::{MOST_OF_CALL, command_name, cut, severity};
use super::disagreement::{Since, describe};
use super::{Context, environment};
use crate::compat::{Disagreement, Issue, judge, skipped};
use crate::facts::{Call, Entity, Interface};
use crate::finding::{Finding, Place, Severity};
use crate::loader::{FileIx, Role};

/// What `call` gets wrong about the program whose interface is `interface`.
pub(super) fn check(
    context: &Context<'_>,
    file: FileIx,
    call: &Call,
    (defined_in, interface): (FileIx, &Interface),
    findings: &mut Vec<Finding>,
) {
    let role = context.new.snapshot.role;
    let place = |span| Place { tree: role, file, span };
    let defined = |span| Place { tree: role, file: defined_in, span };
    let command = command_name(call);
    let old = context.old.and_then(|old| old.interfaces(&interface.entity).next());
    let issues = judge(interface, call);
    let before =
        old.filter(|_| !issues.is_empty()).map(|(file, old)| (file, old, judge(old, call)));
    for own in issues.into_iter().take(MOST_OF_CALL + 1) {
        let was_fine = before.as_ref().is_some_and(|(.., issues)| {
            !issues.iter().any(|issue| issue.issue.parameter() == own.issue.parameter())
        });
        let said = describe(&command, &own, if was_fine { Since::Change } else { Since::Before });
        let mut finding = Finding::new(said.rule, said.message, place(own.span))
            .severity(severity(call).min(most(&own)))
            .label(said.label)
            .help(said.help)
            .entity(own.issue.entity(interface, &command));
        if own.span != call.span {
            finding = finding.related("in this call", place(call.span));
        }
        let (message, span) = match &own.issue {
            Issue::Missing(param)
            | Issue::Choice(param, _)
            | Issue::Switch(param)
            | Issue::NoValue(param) => ("declared here", param.span),
            Issue::Unset(param) => ("read here", param.span),
            _ => ("its arguments are declared here", own.interface.span),
        };
        finding = finding.related(message, defined(span));
        if was_fine {
            finding = finding.of_change();
            if let (Issue::Unknown(name), Some((file, old, _))) = (&own.issue, &before)
                && let Some(param) = old.params.iter().find(|param| param.is_called(name))
            {
                let before = Place { tree: Role::Old, file: *file, span: param.span };
                finding = finding.related("taken before this change", before);
            }
        }
        findings.push(finding);
    }
    cut(findings);
    findings.extend(environment::dropped_here(context, file, call, (defined_in, interface)));
    let Some((old_file, old)) = old else { return };
    for behaviour in skipped(old, interface, call) {
        let flag = &behaviour.param.name;
        let what = &behaviour.now.what;
        let message = format!(
            "`{command}` now needs `{flag}` to call `{what}`, which it always did; this call does not pass it"
        );
        findings.push(
            Finding::new("newly-required-parameter", message, place(call.span))
                .severity(severity(call))
                .of_change()
                .label(format!("called here without `{flag}`"))
                .help(format!(
                    "pass `{flag}`, or keep `{what}` the default and add a switch that turns it off"
                ))
                .related("declared here", defined(behaviour.param.span))
                .related(format!("only done with `{flag}` now"), defined(behaviour.now.span))
                .related(
                    "always done before this change",
                    Place { tree: Role::Old, file: old_file, span: behaviour.before.span },
                )
                .entity(Entity::flag(&command, flag)),
        );
    }
}

/// What an issue comes to at most. A program that reads its flags up to the first other word
/// mostly leaves the words behind them alone.
fn most(own: &Disagreement<'_>) -> Severity {
    let command = own.interface.command.as_deref();
    match &own.issue {
        Issue::TooMany { .. } if command.is_some_and(|own| own.syntax.stops_at_positional) => {
            Severity::Warning
        }
        _ => Severity::Error,
    }
}
