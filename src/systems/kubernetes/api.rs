//! The fields of the objects that Kubernetes itself has, and what each holds.
//!
//! (Source: `rules/words/kubernetes.yaml`, which `scripts/kubernetes-fields` writes: all versions of
//! the API together, from 1.8 on.)

use crate::packs::inflate;
use rustc_hash::FxHashMap;
use std::sync::OnceLock;

/// A line for each kind and each type, deflated by `build.rs`.
const TEXT: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/words/kubernetes"));

/// What a field holds, as the list says it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Holds(&'static str);

/// What a field may hold.
#[derive(Debug, Clone, Copy)]
pub(super) enum Shape {
    /// Anything: what it is is not known, or several forms are taken.
    Anything,
    Text,
    Whole,
    Number,
    Truth,
    /// A list of such.
    List(Holds),
    /// A mapping of any keys to such.
    Mapping(Holds),
    Object(&'static Type),
}

/// An object, or a part of one.
#[derive(Debug)]
pub(super) struct Type {
    /// Sorted.
    fields: Vec<(&'static str, Holds)>,
}

impl Type {
    pub(super) fn field(&self, name: &str) -> Option<Holds> {
        let at = self.fields.binary_search_by(|(own, _)| (*own).cmp(name)).ok()?;
        self.fields.get(at).map(|(_, holds)| *holds)
    }

    pub(super) fn names(&self) -> impl Iterator<Item = &'static str> + use<'_> {
        self.fields.iter().map(|(name, _)| *name)
    }

    /// The only field whose object has a field of this name.
    pub(super) fn holder_of(&self, name: &str) -> Option<&'static str> {
        let mut found = self.fields.iter().filter(
            |(_, holds)| matches!(holds.shape(), Shape::Object(of) if of.field(name).is_some()),
        );
        let (only, _) = found.next()?;
        found.next().is_none().then_some(*only)
    }
}

impl Holds {
    pub(super) fn shape(self) -> Shape {
        match self.0.split_at_checked(1) {
            Some(("[", of)) => Shape::List(Holds(of)),
            Some(("{", of)) => Shape::Mapping(Holds(of)),
            Some(("s", "")) | None => Shape::Text,
            Some(("i", "")) => Shape::Whole,
            Some(("f", "")) => Shape::Number,
            Some(("b", "")) => Shape::Truth,
            _ => types().get(self.0).map_or(Shape::Anything, Shape::Object),
        }
    }
}

fn text() -> &'static str {
    static READ: OnceLock<String> = OnceLock::new();
    READ.get_or_init(|| inflate(TEXT))
}

fn lines() -> impl Iterator<Item = (&'static str, &'static str)> {
    text().lines().filter(|line| !line.starts_with('#')).filter_map(|line| line.split_once(": "))
}

fn types() -> &'static FxHashMap<&'static str, Type> {
    static READ: OnceLock<FxHashMap<&'static str, Type>> = OnceLock::new();
    READ.get_or_init(|| {
        let field = |word: &'static str| match word.split_once(':') {
            Some((name, holds)) => (name, Holds(holds)),
            None => (word, Holds("s")),
        };
        let read = |words: &'static str| {
            let mut fields: Vec<_> = words.split(' ').map(field).collect();
            fields.sort_unstable_by_key(|(name, _)| *name);
            Type { fields }
        };
        let all = lines().filter(|(name, _)| !name.contains('/'));
        all.map(|(name, words)| (name, read(words))).collect()
    })
}

/// The versions that have a kind, in order: `apps/v1`, `extensions/v1beta1`.
pub(super) fn versions(kind: &str) -> Vec<&'static str> {
    let all = lines().filter_map(|(name, _)| name.rsplit_once('/'));
    all.filter(|(_, own)| *own == kind).map(|(version, _)| version).collect()
}

/// An object of Kubernetes' own, by its version (`apps/v1`) and its kind.
pub(super) fn object(version: &str, kind: &str) -> Option<&'static Type> {
    static READ: OnceLock<FxHashMap<&'static str, &'static str>> = OnceLock::new();
    let kinds = READ.get_or_init(|| lines().filter(|(name, _)| name.contains('/')).collect());
    types().get(*kinds.get(format!("{version}/{kind}").as_str())?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_inflated_is_the_list() {
        assert_eq!(text(), include_str!("../../../rules/words/kubernetes.yaml"));
    }

    #[test]
    fn each_type_that_is_named_is_there() {
        for (name, own) in types() {
            for (field, holds) in &own.fields {
                let of = holds.0.trim_start_matches(['[', '{']);
                assert!(of.len() == 1 || types().contains_key(of), "{name}.{field}: {of}");
            }
        }
    }

    #[test]
    fn objects_are_found_by_version_and_kind() {
        assert!(object("apps/v1", "Deployment").is_some());
        assert!(object("v1", "Service").is_some());
        assert!(object("serving.knative.dev/v1", "Service").is_none());
        assert!(object("v1", "Config").is_none());
    }
}
