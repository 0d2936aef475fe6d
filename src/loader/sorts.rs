//! Which kinds a file's facts are of: small beside the facts, so that whoever looks for one kind
//! in a whole tree needs not walk through all that its files say.

use crate::facts::{FileFacts, Kind};
use std::ops::Deref;

/// What a file says, and of which kinds that is.
#[derive(Debug, Default, Clone)]
pub struct Told {
    facts: FileFacts,
    /// Kinds of what it asks for, of every alternative.
    pub asks_of: Box<[Kind]>,
    /// Kinds of what it provides.
    pub provides_of: Box<[Kind]>,
    /// Kinds of what it calls, of every alternative.
    pub calls_of: Box<[Kind]>,
}

impl Told {
    /// What a file says.
    pub fn new(facts: FileFacts) -> Self {
        let asks = facts.requires.iter().flat_map(|own| &own.any_of).map(|own| own.kind);
        let calls = facts.calls.iter().flat_map(|own| &own.any_of).map(|own| own.kind);
        let (asks_of, calls_of) = (each_once(asks), each_once(calls));
        let provides_of = each_once(facts.provides.iter().map(|own| own.kind));
        Self { facts, asks_of, provides_of, calls_of }
    }

    /// The facts.
    pub fn facts(&self) -> &FileFacts {
        &self.facts
    }
}

impl Deref for Told {
    type Target = FileFacts;

    fn deref(&self) -> &FileFacts {
        &self.facts
    }
}

/// Few kinds stand in one file, often many times in a row.
fn each_once(kinds: impl Iterator<Item = Kind>) -> Box<[Kind]> {
    let mut own: Vec<Kind> = Vec::new();
    for kind in kinds {
        if own.last() != Some(&kind) && !own.contains(&kind) {
            own.push(kind);
        }
    }
    own.into_boxed_slice()
}
