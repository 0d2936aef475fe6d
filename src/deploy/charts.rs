//! Objects of a chart: all of its templates are rendered together, so that an object which moves
//! from one to another is there twice, or gone, while one of them has landed; and what names an
//! object needs it.

use super::requirements::{Builder, Reason};
use super::units::Landing;
use crate::facts::{Entity, Span, kinds, path_in};
use crate::finding::Place;
use crate::loader::Role;
use crate::syntax::objects::{Object, declared, used};
use smol_str::SmolStr;
use std::collections::BTreeMap;

/// How many templates of one chart are compared.
const MOST_FILES: usize = 100;

/// The texts of a chart's changed templates, at either version, by path.
type Templates = BTreeMap<SmolStr, [Option<String>; 2]>;

/// What is said of two of them.
struct Tie<'t> {
    /// The file of the object, and the role of the tree that has it there.
    holder: (&'t SmolStr, Role),
    object: &'t Object,
    /// The other file, and the place in its text.
    other: (&'t SmolStr, Role, usize),
}

impl Builder<'_, '_> {
    /// What the changed templates of each chart have of one another.
    pub(super) fn charts(&mut self) {
        let mut charts: BTreeMap<SmolStr, Templates> = BTreeMap::new();
        for path in self.units.all.iter().flat_map(|unit| &unit.paths) {
            if !self.callers.include(path) || !path.ends_with(".yaml") && !path.ends_with(".yml") {
                continue;
            }
            let Some(at) = path.rfind("/templates/") else { continue };
            let is_chart = |own: &crate::graph::Graph<'_>| {
                own.snapshot.find(&path_in(&path[..at], "Chart.yaml")).is_some()
            };
            if is_chart(self.old) && is_chart(self.new) {
                let texts = [self.old, self.new].map(|graph| {
                    let bytes = graph.snapshot.contents(graph.snapshot.find(path)?);
                    String::from_utf8(bytes).ok()
                });
                charts.entry(path[..at].into()).or_default().insert(path.clone(), texts);
            }
        }
        for (_, templates) in charts.into_iter().filter(|(_, own)| own.len() <= MOST_FILES) {
            self.chart(&templates);
        }
    }

    fn chart(&mut self, templates: &Templates) {
        let objects = |version: usize| {
            let all = templates.iter();
            all.map(|(path, texts)| {
                (path, texts[version].as_deref().map(declared).unwrap_or_default())
            })
            .collect::<BTreeMap<_, _>>()
        };
        let versions = [objects(0), objects(1)];
        let has = |version: usize, path: &SmolStr, object: &Object| {
            versions[version]
                .get(path)
                .is_some_and(|all| all.iter().any(|own| is_same(own, object)))
        };
        for (version, role) in [(0, Role::Old), (1, Role::New)] {
            let other = 1 - version;
            for (path, all) in &versions[version] {
                for object in all.iter().filter(|own| !has(other, path, own)) {
                    let others = || templates.keys().filter(|own| own.as_str() != path.as_str());
                    // It comes in the place of another one's, or it goes into another one.
                    let twin = others().find(|own| has(other, own, object));
                    if let Some(twin) = twin {
                        let is_moved = role == Role::Old && !has(version, twin, object);
                        if is_moved && let Some(at) = place(&versions[other][twin], object) {
                            let other = (twin, Role::New, at);
                            self.moves(&Tie { holder: (path, role), object, other });
                        }
                        continue;
                    }
                    for user in others() {
                        let uses = |version: usize| {
                            templates[user][version].as_deref().and_then(|own| used(own, object))
                        };
                        if let (Some(at), None) = (uses(version), uses(other)) {
                            let other = (user, role, at);
                            self.named(&Tie { holder: (path, role), object, other });
                        }
                    }
                }
            }
        }
    }

    fn reason(&self, tie: &Tie<'_>, message: String) -> Option<Reason> {
        let Tie { holder: (path, role), object, other: (user, version, at) } = tie;
        let of = |role: Role, path: &SmolStr, at: usize, length: usize| {
            let file = self.graph(role).snapshot.find(path)?;
            Some(Place { tree: role, file, span: Span::new(at, at + length) })
        };
        Some(Reason {
            entity: Entity::new(kinds::NAME, format!("{}/{}", object.kind, object.name)),
            message,
            from: Some(of(*version, user, *at, object.name.len())?),
            composed: None,
            to: Some(of(*role, path, object.start, object.name.len())?),
        })
    }

    fn moves(&mut self, tie: &Tie<'_>) {
        let ((path, _), (twin, ..)) = (tie.holder, tie.other);
        let name = format!("`{}/{}`", tie.object.kind, tie.object.name);
        let twice = self.reason(
            tie,
            format!("the new text declares {name}, which the old text of `{path}` declares too"),
        );
        let gone = self.reason(
            tie,
            format!("{name} moves to `{twin}`, and is gone where neither declares it"),
        );
        let (Some(twice), Some(gone)) = (twice, gone) else { return };
        for (from, to) in self.pairs(path, twin) {
            self.add(vec![to], vec![from], twice.clone());
            self.add(vec![from], vec![to], gone.clone());
        }
    }

    fn named(&mut self, tie: &Tie<'_>) {
        let ((path, role), (user, ..)) = (tie.holder, tie.other);
        let (version, state) = match role {
            Role::Old => ("old", "goes"),
            _ => ("new", "comes"),
        };
        let message = format!(
            "the {version} text names object `{}/{}`, and it {state} with this change",
            tie.object.kind, tie.object.name
        );
        let Some(reason) = self.reason(tie, message) else { return };
        for (holder, user) in self.pairs(path, user) {
            match role {
                Role::Old => self.add(vec![holder], vec![user], reason.clone()),
                _ => self.add(vec![user], vec![holder], reason.clone()),
            }
        }
    }

    /// The units of two paths, on each group of hosts.
    pub(super) fn pairs(&self, one: &str, other: &str) -> Vec<(u32, u32)> {
        let views = self.views.iter().filter(|(from, to)| from == to);
        let both = views.filter_map(|view| match (self.met(one, view), self.met(other, view)) {
            (Landing::With(one), Landing::With(other)) => Some((one, other)),
            _ => None,
        });
        both.collect()
    }
}

fn is_same(one: &Object, other: &Object) -> bool {
    one.kind == other.kind && one.name == other.name
}

fn place(all: &[Object], object: &Object) -> Option<usize> {
    all.iter().find(|own| is_same(own, object)).map(|own| own.start)
}
