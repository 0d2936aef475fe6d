//! Two versions of one interface: what changed, and whether callers notice.

use super::behaviour::{behaviours, replaced};
use crate::facts::{Arity, Interface, Param, Span, kinds};
use smol_str::SmolStr;

/// Whether an interface's new version serves the callers of its old one, and the reverse.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// Callers of either version fit the other.
    Compatible,
    /// Old callers fit the new version; new callers may not fit the old one.
    CompatibleForCallers,
    /// Some call that fitted the old version does not fit the new one.
    Breaking,
}

/// One difference.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// How far it reaches.
    pub verdict: Verdict,
    /// The parameter's name; empty for the interface as a whole.
    pub parameter: SmolStr,
    /// What changed, one clause.
    pub what: String,
    /// Where the new version says so, if it does.
    pub new: Option<Span>,
    /// Where the old version says so, if it does.
    pub old: Option<Span>,
}

/// Every difference of `new` from `old`, in source order.
pub fn changes(old: &Interface, new: &Interface) -> Vec<Change> {
    let mut out = Vec::new();
    compare(old, new, "", &mut out);
    environment(old, new, &mut out);
    for behaviour in behaviours(old, new) {
        let what =
            format!("without it `{}`, which always happened, is skipped", behaviour.now.what);
        let change = Change {
            verdict: Verdict::Breaking,
            parameter: behaviour.param.name.clone(),
            what,
            new: Some(behaviour.now.span),
            old: Some(behaviour.before.span),
        };
        // A sub-command may have several names.
        if !out.contains(&change) {
            out.push(change);
        }
    }
    for own in replaced(old, new) {
        let what = format!("it called `{}`, and calls `{}`", own.before.what, own.now.what);
        out.push(Change {
            verdict: Verdict::CompatibleForCallers,
            parameter: own.param.name.clone(),
            what,
            new: Some(own.now.span),
            old: Some(own.before.span),
        });
    }
    out
}

/// The worst of all changes.
pub fn verdict(changes: &[Change]) -> Verdict {
    changes.iter().map(|change| change.verdict).max().unwrap_or(Verdict::Compatible)
}

fn compare(old: &Interface, new: &Interface, prefix: &str, out: &mut Vec<Change>) {
    use Verdict::{Breaking, CompatibleForCallers};
    let name = |param: &Param| SmolStr::from(format!("{prefix}{}", param.name));
    let mut say = |verdict, parameter, what: String, old, new| {
        out.push(Change { verdict, parameter, what, new, old });
    };
    for before in &old.params {
        let Some(after) = new.params.iter().find(|param| same(param, before)) else {
            let verdict = if new.open { CompatibleForCallers } else { Breaking };
            say(verdict, name(before), "removed".into(), Some(before.span), None);
            continue;
        };
        for (verdict, what) in parameter(before, after) {
            say(verdict, name(after), what, Some(before.span), Some(after.span));
        }
    }
    for after in &new.params {
        if old.params.iter().any(|before| same(after, before)) {
            continue;
        }
        let (verdict, what) = if after.required {
            (Breaking, "new and required")
        } else {
            (CompatibleForCallers, "new, optional")
        };
        say(verdict, name(after), what.into(), None, Some(after.span));
    }
    let empty = Vec::new();
    let commands = |interface: &Interface| {
        interface.command.as_ref().map_or(empty.clone(), |own| own.subcommands.clone())
    };
    for (sub, before) in commands(old) {
        match commands(new).iter().find(|(own, _)| *own == sub) {
            None => out.push(Change {
                verdict: Breaking,
                parameter: sub,
                what: "sub-command removed".into(),
                new: None,
                old: Some(before.span),
            }),
            Some((_, after)) => compare(&before, after, &format!("{prefix}{sub} "), out),
        }
    }
}

/// What changed of one parameter.
fn parameter(before: &Param, after: &Param) -> Vec<(Verdict, String)> {
    use Verdict::{Breaking, CompatibleForCallers};
    let mut out = Vec::new();
    let mut say = |verdict, what: String| out.push((verdict, what));
    for alias in std::iter::once(&before.name).chain(&before.aliases) {
        if !after.is_called(alias) && !before.positional {
            let what = format!("the spelling `{alias}` is gone");
            say(Breaking, what);
        }
    }
    if after.required && !before.required {
        say(Breaking, "newly required".into());
    } else if before.required && !after.required {
        let what = "no longer required".to_owned();
        say(CompatibleForCallers, what);
    }
    if let (Some(was), Some(is)) = (before.values, after.values)
        && was != is
    {
        let wider =
            is.min <= was.min && is.max.is_none_or(|max| was.max.is_some_and(|was| was <= max));
        let verdict = if wider { CompatibleForCallers } else { Breaking };
        let what = format!("took {}, takes {}", values(was), values(is));
        say(verdict, what);
    }
    let gone: Vec<&str> = before
        .choices
        .iter()
        .filter(|choice| !after.choices.contains(choice))
        .map(SmolStr::as_str)
        .collect();
    if !after.choices.is_empty() && (before.choices.is_empty() || !gone.is_empty()) {
        let what = if before.choices.is_empty() {
            format!("now only takes {}", after.choices.join(", "))
        } else {
            format!("no longer takes {}", gone.join(", "))
        };
        say(Breaking, what);
    } else if before.choices.len() < after.choices.len() {
        let what = "takes further values".to_owned();
        say(CompatibleForCallers, what);
    }
    out
}

/// Variables that are set and not read do no harm.
fn environment(old: &Interface, new: &Interface, out: &mut Vec<Change>) {
    let find = |all: &[Param], name: &str| all.iter().find(|own| own.name == name).cloned();
    for after in &new.environment {
        let before = find(&old.environment, &after.name);
        let (verdict, what) = match before.as_ref().map(|before| before.required) {
            None if after.required => (Verdict::Breaking, "newly read and required"),
            None => (Verdict::CompatibleForCallers, "newly read, optional"),
            Some(false) if after.required => (Verdict::Breaking, "newly required"),
            Some(true) if !after.required => (Verdict::CompatibleForCallers, "no longer required"),
            Some(_) => continue,
        };
        out.push(Change {
            verdict,
            parameter: variable(&after.name),
            what: what.into(),
            new: Some(after.span),
            old: before.map(|before| before.span),
        });
    }
    for before in &old.environment {
        if find(&new.environment, &before.name).is_none() {
            out.push(Change {
                verdict: Verdict::CompatibleForCallers,
                parameter: variable(&before.name),
                what: "no longer read".into(),
                new: None,
                old: Some(before.span),
            });
        }
    }
}

/// `env:NAME`.
fn variable(name: &str) -> SmolStr {
    format!("{}:{name}", kinds::ENV).into()
}

fn same(a: &Param, b: &Param) -> bool {
    a.positional == b.positional
        && (b.is_called(&a.name) || a.aliases.iter().any(|alias| b.is_called(alias)))
}

fn values(arity: Arity) -> String {
    match (arity.min, arity.max) {
        (0, Some(0)) => "no value".into(),
        (1, Some(1)) => "one value".into(),
        (0, Some(1)) => "one value or none".into(),
        (min, None) => format!("{min} values or more"),
        (min, Some(max)) if min == max => format!("{min} values"),
        (min, Some(max)) => format!("{min} to {max} values"),
    }
}
