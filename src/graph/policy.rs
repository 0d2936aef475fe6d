//! What the user knows about namespaces that the tree itself cannot say.

use crate::facts::{Entity, Kind, NamePattern, Piece, Ref};
use std::fmt;

/// Entities of one kind whose name matches: `puppet.class:passwords::*`. `*` stands for
/// any text, separators included.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EntityPattern {
    kind: Kind,
    name: NamePattern,
}

impl EntityPattern {
    /// Parses `KIND:NAME`. `None` without a colon or with an empty side.
    pub fn parse(text: &str) -> Option<Self> {
        let entity = Entity::parse(text)?;
        let mut pieces = Vec::new();
        for (ix, part) in entity.name.split('*').enumerate() {
            if ix > 0 {
                pieces.push(Piece::Hole);
            }
            pieces.push(Piece::Text(part.into()));
        }
        Some(Self { kind: entity.kind, name: NamePattern::from_pieces(pieces) })
    }

    /// Whether it names this entity.
    pub fn matches(&self, entity: &Entity) -> bool {
        self.kind == entity.kind && self.name.matches(&entity.name)
    }

    /// Whether some text that `name` can stand for matches.
    pub fn touches(&self, kind: &Kind, name: &NamePattern) -> bool {
        self.kind == *kind && self.name.overlaps(name)
    }

    /// Whether it names a reference, or the entity that the reference came down to.
    pub(super) fn names(&self, target: &Ref, entity: &Entity) -> bool {
        self.touches(&target.kind, &target.name) || self.matches(entity)
    }

    /// Whether every text that `name` can stand for matches. A name built at run time
    /// is covered where its literal beginning is, and the pattern ends in `*`.
    fn covers(&self, kind: &Kind, name: &NamePattern) -> bool {
        if self.kind != *kind {
            return false;
        }
        match (name, &self.name) {
            (NamePattern::Exact(exact), own) => own.matches(exact),
            (_, NamePattern::Exact(_)) => false,
            (built, NamePattern::Pattern(own)) => match &own[..] {
                [Piece::Hole] => true,
                [Piece::Text(prefix), Piece::Hole] => built.prefix().starts_with(prefix.as_str()),
                _ => false,
            },
        }
    }
}

impl fmt::Display for EntityPattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.kind, self.name)
    }
}

/// Namespaces as configured; it has the last word over what the tree suggests.
#[derive(Debug, Clone, Default)]
pub struct Policy {
    /// The tree is authoritative for these names.
    pub closed: Vec<EntityPattern>,
    /// The tree is not authoritative for these.
    pub open: Vec<EntityPattern>,
    /// These live outside the tree for certain.
    pub elsewhere: Vec<EntityPattern>,
}

impl Policy {
    /// Whether the reference, or the entity that it came down to, is said to live
    /// elsewhere.
    pub(super) fn says_elsewhere(&self, target: &Ref, entity: &Entity) -> bool {
        any_names(&self.elsewhere, target, entity)
    }

    /// Whether the tree is said not to be authoritative for it.
    pub(super) fn opens(&self, target: &Ref, entity: &Entity) -> bool {
        any_names(&self.open, target, entity)
    }

    /// Whether the tree is said to be authoritative for everything that the reference
    /// can stand for. `open` is stronger.
    pub(super) fn closes(&self, target: &Ref) -> bool {
        self.closed.iter().any(|own| own.covers(&target.kind, &target.name))
            && !self.open.iter().any(|own| own.touches(&target.kind, &target.name))
    }
}

fn any_names(patterns: &[EntityPattern], target: &Ref, entity: &Entity) -> bool {
    patterns.iter().any(|own| own.names(target, entity))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_closed_prefix_covers_names_that_are_built_below_it() {
        let closed = EntityPattern::parse("puppet.class:wiki::*").into_iter().collect();
        let policy = Policy { closed, ..Policy::default() };
        let class = Kind::named("puppet.class");
        let built = |prefix: &str| {
            let pieces = [Piece::Text(prefix.into()), Piece::Hole];
            Ref::new(class.clone(), NamePattern::from_pieces(pieces))
        };
        assert!(policy.closes(&built("wiki::role::")));
        assert!(!policy.closes(&built("wi")));
        assert!(policy.closes(&Ref::exact(class.clone(), "wiki::a")));
        assert!(!policy.closes(&Ref::exact(Kind::named("file"), "wiki::a")));
    }

    #[test]
    fn brackets_are_plain_text() {
        let pattern = EntityPattern::parse("puppet.resource:File[/etc/*]").expect("valid");
        let entity = Entity::parse("puppet.resource:File[/etc/motd]").expect("valid");
        assert!(pattern.matches(&entity));
        assert_eq!(pattern.to_string(), "puppet.resource:File[/etc/*]");
    }
}
