//! Values that come from another level of the data while a change is under way.
//!
//! Where one level loses a key that a level below has with another value, hosts of the first get
//! the other's, silently. Whatever reads the key no longer has to be there first; what reads it
//! from now on has to wait for the level that brings its value.

use super::requirements::{Builder, Reason};
use super::units::Landing;
use crate::facts::{Entity, FileFacts, Property, Span, kinds};
use crate::finding::Place;
use crate::graph::{Graph, Site};
use crate::loader::{FileIx, Role};
use rustc_hash::{FxHashMap, FxHashSet};
use smol_str::SmolStr;

/// What reads a key at one version alone.
type Readers = FxHashMap<SmolStr, Vec<(FileIx, Span)>>;

impl<'b, 'g> Builder<'b, 'g> {
    /// Keys that a level loses or gains, of which a level below has another value.
    pub(super) fn levels(&mut self) {
        for role in [Role::Old, Role::New] {
            let (own, other) = match role {
                Role::Old => (self.old, self.new),
                _ => (self.new, self.old),
            };
            let readers = self.readers(own, other);
            if readers.is_empty() {
                continue;
            }
            let paths: Vec<SmolStr> =
                self.units.all.iter().flat_map(|unit| &unit.paths).cloned().collect();
            for path in paths {
                let Some(file) = own.snapshot.find(&path) else { continue };
                let after = other.snapshot.find(&path).map(|own| &other.snapshot.file(own).facts);
                for (key, span, value) in keys(&own.snapshot.file(file).facts) {
                    let held = after.is_some_and(|own| keys(own).any(|own| own.0 == key));
                    let Some(all) = readers.get(key).filter(|_| !held) else { continue };
                    let Some(below) = own.level_below(&path, key) else { continue };
                    if !value.is_empty() && text(own, below) == value {
                        continue;
                    }
                    let lower = own.snapshot.file(below.file).entry.path.clone();
                    let at = Place { tree: role, file, span };
                    for (reader, span) in all.clone() {
                        let from = Place { tree: role, file: reader, span };
                        self.level(role, key, &path, &lower, from, at);
                    }
                }
            }
        }
    }

    fn level(
        &mut self,
        role: Role,
        key: &SmolStr,
        path: &str,
        lower: &str,
        from: Place,
        at: Place,
    ) {
        let version = if role == Role::Old { "old" } else { "new" };
        let message = format!(
            "the {version} text reads key `{key}`: without `{path}`, its hosts get the value of `{lower}`"
        );
        let reason = Reason {
            entity: Entity::new(kinds::KEY, key.clone()),
            message,
            from: Some(from),
            composed: None,
            to: Some(at),
        };
        let reader = self.path(role, from.file).to_owned();
        for view in self.views.clone().into_iter().filter(|(from, to)| from == to) {
            let (data, text) = (self.met(path, &view), self.met(&reader, &view));
            if let (Landing::With(data), Landing::With(text)) = (data, text) {
                self.tie(role, text, data, reason.clone());
            }
        }
    }

    /// What changed files read at the version of `own` and not at the other.
    fn readers(&self, own: &Graph<'_>, other: &Graph<'_>) -> Readers {
        let mut found = Readers::default();
        for path in self.units.all.iter().flat_map(|unit| &unit.paths) {
            let Some(file) = own.snapshot.find(path) else { continue };
            let after = other.snapshot.find(path).map(|own| reads(&other.snapshot.file(own).facts));
            let after: FxHashSet<SmolStr> =
                after.into_iter().flatten().map(|(key, _)| key).collect();
            for (key, span) in reads(&own.snapshot.file(file).facts) {
                if !after.contains(&key) {
                    found.entry(key).or_default().push((file, span));
                }
            }
        }
        found
    }
}

/// The keys that a file sets, with their places and values.
fn keys(facts: &FileFacts) -> impl Iterator<Item = (&SmolStr, Span, &str)> {
    let all = facts.provides.iter().filter(|own| own.kind == kinds::KEY);
    all.filter_map(|own| Some((own.name.as_exact()?, own.span, own.detail.text())))
}

/// The keys that a file reads: by name, or as parameters of its classes.
fn reads(facts: &FileFacts) -> Vec<(SmolStr, Span)> {
    let named = facts.requires.iter().flat_map(|own| {
        let keys = own.any_of.iter().filter(|target| target.kind == kinds::KEY);
        keys.filter_map(|target| Some((target.name.as_exact()?.clone(), own.span)))
    });
    let classes = facts.interfaces.iter().filter(|own| own.entity.kind.has(Property::BY_DATA));
    let params = classes.flat_map(|own| {
        let key = |name: &str| SmolStr::from(format!("{}::{name}", own.entity.name));
        own.params.iter().map(move |param| (key(&param.name), param.span))
    });
    named.chain(params).collect()
}

fn text<'g>(graph: &'g Graph<'_>, site: Site) -> &'g str {
    let provides = &graph.snapshot.file(site.file).facts.provides;
    site.provide.and_then(|ix| provides.get(ix as usize)).map_or("", |own| own.detail.text())
}
