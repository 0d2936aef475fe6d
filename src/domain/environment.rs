//! Environment variables that a program reads, as part of its interface.

use crate::facts::{Entity, FileFacts, Interface, Param, Span, is_given, kinds};
use rustc_hash::{FxHashMap, FxHashSet};
use smol_str::SmolStr;

/// Variables of one program beyond which no more are kept.
const MAX_VARIABLES: usize = 500;

/// What a program reads, while its text is gone through.
#[derive(Debug, Default)]
pub struct Reads {
    list: Vec<Param>,
    known: FxHashMap<SmolStr, usize>,
    own: FxHashSet<SmolStr>,
    guarded: FxHashSet<SmolStr>,
    /// Read before it sets them itself: `X=${X:?}`.
    early: FxHashSet<SmolStr>,
}

impl Reads {
    /// It reads `name`, which must be there.
    pub fn required(&mut self, name: &str, span: Span) {
        self.note(name);
        self.add(name, true, "", span);
    }

    /// It reads `name`, and does without it, or comes to it under some condition only.
    pub fn optional(&mut self, name: &str, default: &str, span: Span) {
        self.add(name, false, default, span);
    }

    /// It reads `name` and has an answer for its absence, here and wherever else it reads it.
    pub fn guarded(&mut self, name: &str, default: &str, span: Span) {
        self.note(name);
        self.optional(name, default, span);
        self.guarded.insert(name.into());
    }

    fn note(&mut self, name: &str) {
        if !self.own.contains(name) {
            self.early.insert(name.into());
        }
    }

    /// It sets `name` itself, from here on.
    pub fn sets(&mut self, name: &str) {
        self.own.insert(name.into());
    }

    fn add(&mut self, name: &str, required: bool, default: &str, span: Span) {
        if is_given(name) || self.own.contains(name) {
            return;
        }
        let own = Param { required, default: default.into(), ..Param::new(name, span) };
        match self.known.get(name) {
            Some(&ix) if required && !self.list[ix].required => self.list[ix] = own,
            Some(_) => {}
            None if self.list.len() < MAX_VARIABLES => {
                self.known.insert(name.into(), self.list.len());
                self.list.push(own);
            }
            None => {}
        }
    }

    /// No variable is required after all: what it reads may come from somewhere unseen.
    pub fn relax(&mut self) {
        self.list.iter_mut().for_each(|own| own.required = false);
    }

    /// Adds what was read to the interface of the program at `path`.
    pub fn attach(self, path: &str, out: &mut FileFacts) {
        let Self { list, own, guarded, early, .. } = self;
        let mut list: Vec<Param> = list
            .into_iter()
            .filter(|param| early.contains(&param.name) || !own.contains(&param.name))
            .collect();
        for param in &mut list {
            param.required &= !guarded.contains(&param.name);
        }
        if list.is_empty() {
            return;
        }
        let entity = Entity::new(kinds::FILE, path);
        match out.interfaces.iter_mut().find(|interface| interface.entity == entity) {
            Some(interface) => interface.environment = list,
            None => out.interfaces.push(Interface::of_environment(entity, list)),
        }
    }
}

/// The variables that the facts of a program say it reads, by name: with `!` where it does not do
/// without, and with its default.
#[cfg(test)]
pub(crate) fn shown(facts: FileFacts) -> Vec<String> {
    let mut all: Vec<_> = facts.interfaces.into_iter().flat_map(|own| own.environment).collect();
    all.sort_by(|a, b| a.name.cmp(&b.name));
    let show = |own: Param| {
        let sign = if own.required { "!" } else { "" };
        let default = if own.default.is_empty() { "" } else { "=" };
        format!("{}{sign}{default}{}", own.name, own.default)
    };
    all.into_iter().map(show).collect()
}
