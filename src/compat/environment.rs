//! Environment variables: which of those that a program requires a call does not give.

use crate::facts::{Call, Environment, Interface, Param};

fn required(interface: &Interface) -> impl Iterator<Item = &Param> {
    interface.environment.iter().filter(|param| param.required)
}

/// Variables that `interface` requires and `call` is known not to give: its environment is
/// known as a whole.
pub fn unset<'i>(interface: &'i Interface, call: &Call) -> Vec<&'i Param> {
    let known = |own: &&Environment| !own.open && own.sources.is_empty();
    match call.environment.as_deref().filter(known) {
        Some(own) => required(interface).filter(|param| !own.sets(&param.name)).collect(),
        None => Vec::new(),
    }
}

/// Variables that `interface` requires and `call` does not give any more: `before`, the same
/// call at the old version, set them. Silent where they may come some new way.
pub fn dropped<'i>(interface: &'i Interface, before: &Call, call: &Call) -> Vec<&'i Param> {
    let Some(old) = before.environment.as_deref() else { return Vec::new() };
    let inherited = Environment::inherited();
    let new = call.environment.as_deref().unwrap_or(&inherited);
    let wider =
        new.open && !old.open || new.sources.iter().any(|source| !old.sources.contains(source));
    if wider {
        return Vec::new();
    }
    let gone = |param: &&Param| old.sets(&param.name) && !new.sets(&param.name);
    required(interface).filter(gone).collect()
}
