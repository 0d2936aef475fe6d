//! The keys that changed files read, of each system.

use super::Compared;
use crate::facts::{
    Entity, FileFacts, Kind, NamePattern, Property, Ref, Relation, Require, Span, Strength,
    is_given, kinds,
};
use crate::graph::Graph;
use crate::loader::FileIx;
use rustc_hash::FxHashSet;
use smol_str::SmolStr;
use std::collections::BTreeMap;

/// A key of an environment, as one reader means it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Key {
    pub kind: Kind,
    pub name: SmolStr,
    /// The part of the tree that it belongs to, where it does to one.
    pub part: Option<SmolStr>,
}

impl Key {
    fn new(kind: Kind, name: SmolStr) -> Self {
        Self { kind, name, part: None }
    }

    /// Whether it is looked up by one name in all files, as a key of Hiera is.
    pub fn is_looked_up(&self) -> bool {
        self.kind.has(Property::LOOKED_UP)
    }

    /// Whether many things may set it beside files of values: tasks, units, manifests.
    pub fn is_variable(&self) -> bool {
        self.kind.has(Property::VARIABLE)
    }

    /// Whether it is said to be lacking only where production's file is known.
    pub fn needs_counterpart(&self) -> bool {
        !self.is_looked_up()
    }

    /// As findings name it.
    pub fn entity(&self) -> Entity {
        match &self.part {
            Some(part) => Entity::new(self.kind, format!("{part}/{}", self.name)),
            None => Entity::new(self.kind, self.name.clone()),
        }
    }
}

/// A changed place that reads a key.
pub(super) struct Reader {
    pub file: FileIx,
    pub span: Span,
    /// Whether the text before the change reads the key already.
    pub stands: bool,
    /// Without a value it reads nothing, and does not fail.
    pub is_blank: bool,
}

/// Keys that files of `changed` read, each with its first reader.
pub(super) fn of<'c>(
    compared: &Compared<'_>,
    changed: impl Iterator<Item = &'c SmolStr>,
) -> BTreeMap<Key, Reader> {
    let (before, after) = (compared.before, compared.after);
    let passed = passed(after);
    let mut readers = BTreeMap::new();
    let mut files = FxHashSet::default();
    for path in changed {
        let Some(file) = after.snapshot.find(path) else { continue };
        let own = after.snapshot.file(file);
        if !own.standing.is_live() {
            continue;
        }
        files.insert(file);
        let earlier =
            before.snapshot.find(path).map(|file| before.snapshot.file(file).facts.facts());
        let mut add = |key: Key, span: Span, stands: bool, is_blank: bool| {
            readers.entry(key).or_insert(Reader { file, span, stands, is_blank });
        };
        for require in own.facts.requires.iter().filter(|require| is_unguarded(require)) {
            if let Some(key) = key_of(after, require) {
                let stands = earlier.is_some_and(|earlier| {
                    earlier.requires.iter().any(|own| own.any_of == require.any_of)
                });
                let is_blank = key.kind == kinds::ENV && require.relation == Relation::FilledIn;
                add(key, require.span, stands, is_blank);
            }
        }
        parameters(&own.facts, earlier, &passed, &mut add);
        environment(&own.facts, earlier, &mut add);
    }
    of_parts(compared, &files, &mut readers);
    let stand = standing(before, &readers);
    for (key, reader) in &mut readers {
        reader.stands |= stand.contains(key);
    }
    readers
}

/// Keys of objects that files of `changed` begin to read, `KIND/NAME#KEY`, as pods read those of a
/// ConfigMap: each environment may make the object of its own.
pub(super) fn of_objects<'c>(
    compared: &Compared<'_>,
    changed: impl Iterator<Item = &'c SmolStr>,
) -> BTreeMap<Key, Reader> {
    let mut readers = BTreeMap::new();
    for path in changed {
        let (before, after) = (compared.before.snapshot, compared.after.snapshot);
        let (Some(earlier), Some(file)) = (before.find(path), after.find(path)) else { continue };
        let earlier = &before.file(earlier).facts.requires;
        let own = after.file(file);
        let is_begun = |require: &&Require| {
            is_unguarded(require) && !earlier.iter().any(|own| own.any_of == require.any_of)
        };
        for require in own.facts.requires.iter().filter(is_begun) {
            let [target] = require.any_of.as_slice() else { continue };
            let Some(name) = target.name.as_exact().filter(|name| object_of(name).is_some()) else {
                continue;
            };
            let (span, stands, is_blank) = (require.span, !own.standing.is_live(), false);
            readers.entry(Key::new(target.kind, name.clone())).or_insert(Reader {
                file,
                span,
                stands,
                is_blank,
            });
        }
    }
    readers
}

/// The object that a key is of, with the mark behind it: `ConfigMap/web#`.
pub(super) fn object_of(name: &str) -> Option<&str> {
    let at = name.rfind('#')?;
    name[..at].contains('/').then(|| &name[..=at])
}

/// Whether the reader fails without the key. What is filled in is a mention elsewhere, so
/// that nothing but a gap is said of it.
fn is_unguarded(require: &Require) -> bool {
    let is_conditional = matches!(require.relation, Relation::InBranch | Relation::Sometimes)
        && require.any_of.first().is_some_and(|target| target.kind.has(Property::GIVEN));
    !is_conditional
        && (require.strength != Strength::Guarded || require.relation == Relation::FilledIn)
}

fn key_of(graph: &Graph<'_>, require: &Require) -> Option<Key> {
    match require.any_of.as_slice() {
        [Ref { kind, name: NamePattern::Exact(name), .. }]
            if kind.has(Property::KEY)
                && graph.part_keys().all(|part_key| part_key.kind() != *kind)
                && !(*kind == kinds::ENV && is_given(name)) =>
        {
            Some(Key::new(*kind, name.clone()))
        }
        _ => None,
    }
}

/// A class parameter without a default reads the key `CLASS::PARAMETER`, unless a call
/// passes it.
fn parameters(
    facts: &FileFacts,
    earlier: Option<&FileFacts>,
    passed: &FxHashSet<(&str, &str)>,
    add: &mut impl FnMut(Key, Span, bool, bool),
) {
    for interface in
        facts.interfaces.iter().filter(|interface| interface.entity.kind.has(Property::BY_DATA))
    {
        let class = &interface.entity.name;
        for param in interface.params.iter().filter(|param| param.required) {
            if passed.contains(&(class.as_str(), param.name.as_str()))
                || passed.contains(&(class.as_str(), "*"))
            {
                continue;
            }
            let stands = earlier.is_some_and(|earlier| {
                let own = earlier.interfaces.iter().find(|own| own.entity == interface.entity);
                let mut params = own.iter().flat_map(|own| &own.params);
                params.any(|own| own.name == param.name && own.required)
            });
            let name = SmolStr::from(format!("{class}::{}", param.name));
            add(Key::new(kinds::KEY, name), param.span, stands, false);
        }
    }
}

/// The parameters of classes that calls pass; `*` for a call that may pass any.
fn passed<'g>(graph: &Graph<'g>) -> FxHashSet<(&'g str, &'g str)> {
    let mut passed = FxHashSet::default();
    for call in graph.snapshot.files.iter().flat_map(|file| &file.facts.calls) {
        for target in call.any_of.iter().filter(|target| target.kind.has(Property::BY_DATA)) {
            let Some(class) = target.name.as_exact() else { continue };
            // Hiera fills an `include`: only what is written in a splat may be anything.
            if call.open && !call.args.is_empty() {
                passed.insert((class.as_str(), "*"));
            }
            passed.extend(call.args.iter().map(|arg| (class.as_str(), arg.name.as_str())));
        }
    }
    passed
}

/// Variables that a program does not do without.
fn environment(
    facts: &FileFacts,
    earlier: Option<&FileFacts>,
    add: &mut impl FnMut(Key, Span, bool, bool),
) {
    for param in facts.interfaces.iter().flat_map(|interface| &interface.environment) {
        if param.required && !is_given(&param.name) {
            let before = earlier.iter().flat_map(|own| &own.interfaces);
            let mut before = before.flat_map(|own| &own.environment);
            let stands = before.any(|own| own.name == param.name && own.required);
            add(Key::new(kinds::ENV, param.name.clone()), param.span, stands, false);
        }
    }
}

/// Keys of parts of the tree that the parts' files read.
fn of_parts(
    compared: &Compared<'_>,
    files: &FxHashSet<FileIx>,
    readers: &mut BTreeMap<Key, Reader>,
) {
    let (before, after) = (compared.before, compared.after);
    for keys in after.part_keys() {
        for part in keys.having(after, files) {
            let earlier: FxHashSet<SmolStr> =
                keys.needed(before, &part).into_iter().map(|(key, ..)| key).collect();
            for (name, file, span) in keys.needed(after, &part) {
                if !files.contains(&file) {
                    continue;
                }
                let stands = earlier.contains(&name);
                let key = Key { kind: keys.kind(), name, part: Some(part.clone()) };
                readers.entry(key).or_insert(Reader { file, span, stands, is_blank: false });
            }
        }
    }
}

/// Variables that something before the change reads already, wherever it stood.
fn standing(before: &Graph<'_>, readers: &BTreeMap<Key, Reader>) -> FxHashSet<Key> {
    let mut found = FxHashSet::default();
    if !readers.keys().any(Key::is_variable) {
        return found;
    }
    for file in before.snapshot.files.iter().filter(|file| file.standing.is_live()) {
        let requires =
            file.facts.requires.iter().filter(|require| require.relation == Relation::FilledIn);
        found.extend(requires.filter_map(|require| key_of(before, require)));
        let environment = file.facts.interfaces.iter().flat_map(|interface| &interface.environment);
        let required = environment.filter(|param| param.required);
        found.extend(required.map(|param| Key::new(kinds::ENV, param.name.clone())));
    }
    found.retain(|key| key.is_variable());
    found
}
