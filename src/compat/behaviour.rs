//! Flags that a program needs although its parser does not: what it always did, it now does
//! only when the flag is passed.
//!
//! Incident 3: `webservice-runner` registered every job with the proxy; then it gained
//! `--register-proxy`, which guards the registration. Old callers run it without error, and
//! their jobs are never reached.

use super::bind::bind;
use crate::facts::{Call, Effect, Interface, Param, Passed};

/// An effect that became conditional.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Behaviour<'i> {
    /// The interface whose effect it is: the command's own, or a sub-command's.
    pub interface: &'i Interface,
    /// The flag that it now takes.
    pub param: &'i Param,
    /// The call under the flag.
    pub now: &'i Effect,
    /// The same call when it was unconditional.
    pub before: &'i Effect,
}

/// Effects of `old` that happened always and in `new` happen only under a flag that `old`
/// does not have.
pub fn behaviours<'i>(old: &'i Interface, new: &'i Interface) -> Vec<Behaviour<'i>> {
    let mut out = Vec::new();
    walk(old, new, &mut Vec::new(), &mut out);
    out
}

/// Looks at one command and its sub-commands. `above` are the commands that it is one of,
/// old and new.
fn walk<'i>(
    old: &'i Interface,
    new: &'i Interface,
    above: &mut Vec<(&'i Interface, &'i Interface)>,
    out: &mut Vec<Behaviour<'i>>,
) {
    let (Some(old_command), Some(new_command)) = (&old.command, &new.command) else { return };
    above.push((old, new));
    let start = out.len();
    for now in &new_command.effects {
        let Some((flag, Passed::Yes)) = &now.guard else { continue };
        // The innermost one's flag is meant.
        let mut known = above.iter().rev().flat_map(|(_, own)| &own.params);
        let Some(param) = known.find(|param| param.is_called(flag)) else { continue };
        let mut before = above.iter().flat_map(|(own, _)| &own.params);
        if param.required || before.any(|own| own.is_called(&param.name)) {
            continue;
        }
        // Still done otherwise: without a guard, or in the other branch.
        let otherwise = |other: &Effect| {
            other.what == now.what
                && match &other.guard {
                    None => true,
                    Some((own, Passed::No)) => own == flag,
                    Some((_, Passed::Yes)) => false,
                }
        };
        let does = |own: &Interface| effects(own).iter().any(otherwise);
        if above.iter().any(|(_, own)| does(own)) || below(new, &does) {
            continue;
        }
        let always = |effect: &&Effect| effect.what == now.what && effect.guard.is_none();
        if let Some(before) = old_command.effects.iter().find(always) {
            // Of a chain of calls, the whole of it says most.
            let length = |effect: &Effect| effect.span.end - effect.span.start;
            let own = Behaviour { interface: new, param, now, before };
            match out[start..].iter_mut().find(|known| known.param.name == param.name) {
                Some(known) if length(known.now) >= length(now) => {}
                Some(known) => *known = own,
                None => out.push(own),
            }
        }
    }
    // Sub-commands pair by name.
    for (name, inner) in &new_command.subcommands {
        if let Some((_, before)) = old_command.subcommands.iter().find(|(own, _)| own == name) {
            walk(before, inner, above, out);
        }
    }
    above.pop();
}

/// What a flag that both versions have made happen in `old`, and what it makes happen in `new`
/// in its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Replaced<'i> {
    /// The flag, as `new` has it.
    pub param: &'i Param,
    /// The call under it in `new`.
    pub now: &'i Effect,
    /// The call under it in `old`.
    pub before: &'i Effect,
}

/// Flags that keep their names and do something else: nothing of what one did in `old` is done
/// anywhere in `new`, nor the reverse.
pub fn replaced<'i>(old: &'i Interface, new: &'i Interface) -> Vec<Replaced<'i>> {
    let mut out = Vec::new();
    for param in &new.params {
        if !old.params.iter().any(|own| own.name == param.name) {
            continue;
        }
        let under = |own: &'i Interface| {
            let guarded = |effect: &&Effect| match &effect.guard {
                Some((flag, Passed::Yes)) => param.is_called(flag),
                _ => false,
            };
            effects(own).iter().filter(guarded).collect::<Vec<&'i Effect>>()
        };
        let (before, now) = (under(old), under(new));
        let does = |own: &Interface, what: &str| {
            let one = |own: &Interface| effects(own).iter().any(|effect| effect.what == what);
            one(own) || below(own, &one)
        };
        let is_other = before.iter().all(|effect| !does(new, &effect.what))
            && now.iter().all(|effect| !does(old, &effect.what));
        if let ([before, ..], [now, ..], true) = (&before[..], &now[..], is_other) {
            out.push(Replaced { param, now, before });
        }
    }
    out
}

fn effects(interface: &Interface) -> &[Effect] {
    interface.command.as_ref().map_or(&[], |own| &own.effects)
}

/// Whether any sub-command of `interface` satisfies `does`.
fn below(interface: &Interface, does: &impl Fn(&Interface) -> bool) -> bool {
    let subcommands = interface.command.iter().flat_map(|own| &own.subcommands);
    subcommands.into_iter().any(|(_, own)| does(own) || below(own, does))
}

/// Those of [`behaviours`] that `call` does not ask for: what it made happen before and does
/// not any more. Silent where more may be passed than the call shows.
pub fn skipped<'i>(old: &'i Interface, new: &'i Interface, call: &Call) -> Vec<Behaviour<'i>> {
    let mut found = behaviours(old, new);
    if !found.is_empty() {
        let bound = bind(new, call);
        // Another sub-command's effects are no concern of this call.
        let calls = |own: &Behaviour<'_>| {
            bound.path.iter().any(|called| std::ptr::eq(*called, own.interface))
        };
        found.retain(|own| !bound.open && calls(own) && !bound.passes(&own.param.name));
    }
    found
}
