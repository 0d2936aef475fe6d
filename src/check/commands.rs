//! Calls of commands: their words against the interface of the program they run.

use super::called::{command_name, severity};
use super::{Context, environment};
use crate::compat::{Disagreement, Issue, judge, skipped};
use crate::facts::{Call, Entity, Interface, nearest_of};
use crate::finding::{Finding, Place};
use crate::session::{FileIx, Role};
use smol_str::SmolStr;

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
    for own in issues {
        let was_fine = before.as_ref().is_some_and(|(.., issues)| {
            !issues.iter().any(|issue| issue.issue.parameter() == own.issue.parameter())
        });
        let said = describe(&command, &own, was_fine);
        let mut finding = Finding::new(said.rule, said.message, place(own.span))
            .severity(severity(call))
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

/// A disagreement in words.
pub(super) struct Said {
    pub rule: &'static str,
    pub message: String,
    pub label: String,
    pub help: String,
}

/// Puts a disagreement into words; `newly` where the old version had none.
pub(super) fn describe(command: &str, own: &Disagreement<'_>, newly: bool) -> Said {
    let names =
        || own.interface.params.iter().filter(|param| !param.positional).map(|param| &param.name);
    let said = |rule, message, label: &str, help| Said { rule, message, label: label.into(), help };
    match &own.issue {
        Issue::Unknown(name) => {
            let help = match nearest_of(name, names().map(SmolStr::as_str)) {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!("it takes {}", list(names())),
            };
            if newly {
                let message = format!("`{command}` no longer takes `{name}`");
                said("removed-parameter", message, "still passed here", help)
            } else {
                let message = format!("`{command}` takes no `{name}`");
                said("unknown-parameter", message, "passed here", help)
            }
        }
        Issue::UnknownCommand(name) => {
            let commands = own.interface.command.iter().flat_map(|own| &own.subcommands);
            let known: Vec<&SmolStr> = commands.map(|(name, _)| name).collect();
            let near = nearest_of(name, known.iter().map(|name| name.as_str()));
            let help = match near {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!("it has {}", list(known.into_iter())),
            };
            let rule = if newly { "removed-parameter" } else { "unknown-parameter" };
            said(rule, format!("`{command}` has no sub-command `{name}`"), "used here", help)
        }
        Issue::Missing(param) if newly => said(
            "newly-required-parameter",
            format!("`{command}` now requires `{}`, which this call does not pass", param.name),
            "called here",
            "pass it, or give it a default".into(),
        ),
        Issue::Missing(param) => said(
            "missing-required-parameter",
            format!("`{command}` requires `{}`, which this call does not pass", param.name),
            "called here",
            "pass it, or give it a default".into(),
        ),
        Issue::Unset(param) => said(
            if newly { "newly-required-parameter" } else { "missing-required-parameter" },
            format!(
                "`{command}` {}requires the environment variable `{}`, which is not set here",
                if newly { "now " } else { "" },
                param.name
            ),
            "run here without it",
            "set it where the command is run, or give it a default".into(),
        ),
        Issue::MissingOneOf(names) => said(
            if newly { "newly-required-parameter" } else { "missing-required-parameter" },
            format!(
                "`{command}` requires one of {}, and this call passes none",
                list(names.iter())
            ),
            "called here",
            "pass one of them".into(),
        ),
        Issue::Choice(param, value) => said(
            "incompatible-value",
            format!("`{}` of `{command}` does not accept `{value}`", param.name),
            "passed here",
            format!("it accepts {}", list(param.choices.iter())),
        ),
        Issue::Switch(param) => said(
            "incompatible-value",
            format!("`{}` of `{command}` takes no value", param.name),
            "passed here with a value",
            "leave the value out".into(),
        ),
        Issue::NoValue(param) => said(
            "incompatible-value",
            format!("`{}` of `{command}` takes a value, and none is passed", param.name),
            "passed here without a value",
            "pass a value".into(),
        ),
        Issue::Exclusive(first, second) => said(
            "incompatible-value",
            format!("`{first}` and `{second}` of `{command}` exclude each other"),
            "both passed here",
            "pass one of them".into(),
        ),
        Issue::TooMany { passed, taken } => said(
            "unknown-parameter",
            format!("`{command}` takes {taken} positional arguments; this call passes {passed}"),
            "one too many",
            "leave it out".into(),
        ),
    }
}

fn list<'n>(names: impl Iterator<Item = &'n SmolStr>) -> String {
    let mut shown: Vec<String> = names.map(|name| format!("`{name}`")).collect();
    if shown.len() > 12 {
        shown.truncate(12);
        shown.push("…".into());
    }
    if shown.is_empty() { "no flags".into() } else { shown.join(", ") }
}
