//! Which files a service is restarted for: a task that brings a file notifies a handler, and
//! the handler restarts the service.

use super::arguments::{Arguments, pattern, texts};
use super::shape::short;
use crate::facts::{Detail, Kind, NamePattern, Provide, Require, Strength, kinds};
use crate::syntax::yaml::{Node, Value};
use smol_str::SmolStr;

/// Modules that report no change: what they notify is never asked for.
const CHANGE_NOTHING: [&str; 12] = [
    "assert",
    "debug",
    "fail",
    "find",
    "getent",
    "include_vars",
    "pause",
    "ping",
    "set_fact",
    "slurp",
    "stat",
    "wait_for",
];

/// How certain it is that a task asks for its handlers, if it is run: a play fails for want of one
/// only then.
pub(super) fn strength(task: &Node<'_>) -> Strength {
    let says = task.get("changed_when").map(|own| own.as_str().unwrap_or_default());
    let changes_nothing = || {
        let mut keys = task.entries().iter().filter_map(|(key, _)| key.as_str());
        keys.any(|key| CHANGE_NOTHING.contains(&short(key)))
    };
    match says {
        Some(own) if own.eq_ignore_ascii_case("false") || own == "no" => Strength::Likely,
        None if changes_nothing() => Strength::Likely,
        _ => Strength::Certain,
    }
}

/// Takes note of a task with its requirements: the handlers that it notifies of its files.
pub(super) fn note(task: &Node<'_>, requires: &[Require], provides: &mut Vec<Provide>) {
    let Some(notify) = task.get("notify") else { return };
    let files: Vec<&SmolStr> = requires
        .iter()
        .flat_map(|require| &require.any_of)
        .filter(|target| [kinds::FILE, kinds::ANSIBLE_FAR_FILE].contains(&target.kind))
        .filter_map(|target| target.name.as_exact())
        .collect();
    for handler in texts(notify) {
        for file in &files {
            provides.push(Provide {
                kind: kinds::RESTART,
                name: NamePattern::exact(&handler.text),
                span: handler.span,
                within: None,
                detail: Detail::leads(kinds::FILE, (*file).clone()),
            });
        }
    }
}

/// Takes note of what a task or a handler is called: its name, and what it listens to.
pub(super) fn named(task: &Node<'_>, source: &str, kind: Kind, provides: &mut Vec<Provide>) {
    let restarted = service(task, source).unwrap_or_default();
    for key in ["name", "listen"] {
        for text in task.get(key).map(texts).unwrap_or_default() {
            let name = pattern(&text.text);
            // What may be any name answers to none.
            if name == NamePattern::any() {
                continue;
            }
            let detail = restarted.as_str().into();
            provides.push(Provide { kind, name, span: text.span, within: None, detail });
        }
    }
}

/// The service that a handler restarts.
fn service(task: &Node<'_>, source: &str) -> Option<String> {
    let restarts = |(key, value): &(Node<'_>, Node<'_>)| {
        let module = short(key.as_str()?);
        if !matches!(module, "service" | "systemd" | "systemd_service" | "action") {
            return None;
        }
        if module == "action"
            && !matches!(&value.value, Value::Scalar { text, .. } if text.starts_with("service "))
        {
            return None;
        }
        let arguments = Arguments::of(value, source);
        let state = arguments.get("state")?;
        let name = arguments.get("name")?;
        let is_plain = !name.text.contains(['{', '$']);
        (state.text == "restarted" && is_plain).then(|| name.text.clone())
    };
    task.entries().iter().find_map(restarts)
}
