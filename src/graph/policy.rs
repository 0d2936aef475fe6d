//! What configuration says about namespaces, applied to each resolution.

use crate::facts::{Entity, NamePattern};
use serde::{Deserialize, Deserializer};
use std::sync::atomic::{AtomicBool, Ordering};

/// `kind:name` with `*` for anything.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EntityGlob {
    text: String,
    pattern: NamePattern,
}

impl EntityGlob {
    /// A glob from its text.
    pub fn new(text: &str) -> Self {
        Self { text: text.to_owned(), pattern: NamePattern::with_marks(text, &['*']) }
    }

    /// Whether it covers `entity`.
    pub fn matches(&self, entity: &Entity) -> bool {
        self.pattern.matches(&entity.to_string())
    }

    /// Whether it covers `text` as a whole.
    pub fn covers_text(&self, text: &str) -> bool {
        self.pattern.matches(text)
    }

    /// As written.
    pub fn as_str(&self) -> &str {
        &self.text
    }
}

/// Any text is taken; the configuration refuses one without a known kind, with its place.
impl<'de> Deserialize<'de> for EntityGlob {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Ok(Self::new(&text))
    }
}

/// What a policy says of an entity that nothing in the tree provides.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// The tree should hold it.
    Closed,
    /// It lives elsewhere.
    Elsewhere,
}

/// Declared namespaces.
#[derive(Debug, Default)]
pub struct Policy {
    closed: Vec<EntityGlob>,
    open: Vec<EntityGlob>,
    elsewhere: Vec<(EntityGlob, AtomicBool)>,
}

impl Policy {
    /// A policy from its parts.
    pub fn new(closed: Vec<EntityGlob>, open: Vec<EntityGlob>, elsewhere: Vec<EntityGlob>) -> Self {
        let elsewhere = elsewhere.into_iter().map(|glob| (glob, AtomicBool::new(false))).collect();
        Self { closed, open, elsewhere }
    }

    /// Whether it declares nothing.
    pub fn is_empty(&self) -> bool {
        self.closed.is_empty() && self.open.is_empty() && self.elsewhere.is_empty()
    }

    /// What is declared of `entity`, if anything.
    pub fn verdict(&self, entity: &Entity) -> Option<Verdict> {
        if self.is_empty() {
            return None;
        }
        if let Some((_, used)) = self.elsewhere.iter().find(|(glob, _)| glob.matches(entity)) {
            used.store(true, Ordering::Relaxed);
            return Some(Verdict::Elsewhere);
        }
        if self.open.iter().any(|glob| glob.matches(entity)) {
            return Some(Verdict::Elsewhere);
        }
        self.closed.iter().any(|glob| glob.matches(entity)).then_some(Verdict::Closed)
    }

    /// Entries of `provided-elsewhere` that no reference needed.
    pub fn unused(&self) -> impl Iterator<Item = &EntityGlob> {
        let unused = self.elsewhere.iter().filter(|(_, used)| !used.load(Ordering::Relaxed));
        unused.map(|(glob, _)| glob)
    }
}
