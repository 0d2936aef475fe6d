//! A disagreement between a call and the program that it runs, in words.

use crate::compat::{Disagreement, Issue};
use crate::facts::{Param, nearest_of};
use smol_str::SmolStr;

/// A disagreement in words.
pub(super) struct Said {
    pub rule: &'static str,
    pub message: String,
    pub label: String,
    pub help: String,
}

/// Since when a call and an interface disagree.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Since {
    /// The change that is looked at.
    Change,
    /// The version before it, or longer.
    Before,
}

/// Puts a disagreement into words.
pub(super) fn describe(command: &str, own: &Disagreement<'_>, since: Since) -> Said {
    let newly = since == Since::Change;
    let said = |rule, message, label: &str, help: String| Said::new(rule, message, label, help);
    match &own.issue {
        Issue::Unknown(name) => unknown(command, own, name, newly),
        Issue::UnknownCommand(name) => unknown_command(command, own, name, newly),
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

impl Said {
    fn new(rule: &'static str, message: String, label: &str, help: String) -> Self {
        Self { rule, message, label: label.into(), help }
    }
}

fn unknown(command: &str, own: &Disagreement<'_>, name: &str, newly: bool) -> Said {
    let is_function = own.interface.command.as_ref().is_some_and(|own| own.syntax.function);
    let flags = own.interface.params.iter().filter(|param| is_function || !param.positional);
    let names = || flags.clone().map(|param: &Param| &param.name);
    let help = match nearest_of(name, names().map(SmolStr::as_str)) {
        Some(near) => format!("did you mean `{near}`?"),
        None if is_function && own.interface.params.is_empty() => "it takes nothing".into(),
        None => format!("it takes {}", list(names())),
    };
    if newly {
        let message = format!("`{command}` no longer takes `{name}`");
        Said::new("removed-parameter", message, "still passed here", help)
    } else {
        let message = format!("`{command}` takes no `{name}`");
        Said::new("unknown-parameter", message, "passed here", help)
    }
}

fn unknown_command(command: &str, own: &Disagreement<'_>, name: &str, newly: bool) -> Said {
    let commands = own.interface.command.iter().flat_map(|own| &own.subcommands);
    let known: Vec<&SmolStr> = commands.map(|(name, _)| name).collect();
    let help = match nearest_of(name, known.iter().map(|name| name.as_str())) {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("it has {}", list(known.into_iter())),
    };
    let rule = if newly { "removed-parameter" } else { "unknown-parameter" };
    Said::new(rule, format!("`{command}` has no sub-command `{name}`"), "used here", help)
}

fn list<'n>(names: impl Iterator<Item = &'n SmolStr>) -> String {
    let mut shown: Vec<String> = names.map(|name| format!("`{name}`")).collect();
    if shown.len() > 12 {
        shown.truncate(12);
        shown.push("…".into());
    }
    if shown.is_empty() { "no flags".into() } else { shown.join(", ") }
}
