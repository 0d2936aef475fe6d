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
    let (Some(old_command), Some(new_command)) = (&old.command, &new.command) else {
        return Vec::new();
    };
    let mut out: Vec<Behaviour<'_>> = Vec::new();
    for now in &new_command.effects {
        let Some((flag, Passed::Yes)) = &now.guard else { continue };
        let Some(param) = new.params.iter().find(|param| param.is_called(flag)) else { continue };
        if param.required || old.params.iter().any(|own| own.is_called(&param.name)) {
            continue;
        }
        // Still done otherwise: without a guard, or in the other branch.
        let elsewhere = new_command.effects.iter().any(|other| {
            other.what == now.what
                && match &other.guard {
                    None => true,
                    Some((own, Passed::No)) => own == flag,
                    Some((_, Passed::Yes)) => false,
                }
        });
        if elsewhere {
            continue;
        }
        let always = |effect: &&Effect| effect.what == now.what && effect.guard.is_none();
        if let Some(before) = old_command.effects.iter().find(always) {
            // Of a chain of calls, the whole of it says most.
            let length = |effect: &Effect| effect.span.end - effect.span.start;
            match out.iter_mut().find(|known| known.param.name == param.name) {
                Some(known) if length(known.now) >= length(now) => {}
                Some(known) => *known = Behaviour { param, now, before },
                None => out.push(Behaviour { param, now, before }),
            }
        }
    }
    // Sub-commands pair by name.
    for (name, inner) in &new_command.subcommands {
        if let Some((_, before)) = old_command.subcommands.iter().find(|(own, _)| own == name) {
            out.extend(behaviours(before, inner));
        }
    }
    out
}

/// Those of [`behaviours`] that `call` does not ask for: what it made happen before and does
/// not any more. Silent where more may be passed than the call shows.
pub fn skipped<'i>(old: &'i Interface, new: &'i Interface, call: &Call) -> Vec<Behaviour<'i>> {
    let mut found = behaviours(old, new);
    if !found.is_empty() {
        let bound = bind(new, call);
        found.retain(|own| !bound.open && !bound.passes(&own.param.name));
    }
    found
}
