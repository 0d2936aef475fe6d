//! Data that moves from one file to another, and data for what a text has just begun to use.

use super::requirements::{Builder, Reason};
use crate::facts::{Entity, FileFacts, Property, Span, kinds, parent_folder};
use crate::finding::Place;
use crate::graph::Graph;
use crate::loader::{FileIx, Role};
use rustc_hash::{FxHashMap, FxHashSet};
use smol_str::SmolStr;

/// Classes that a text uses at one version alone, with the place of each.
type Used = FxHashMap<SmolStr, Span>;

impl<'b, 'g> Builder<'b, 'g> {
    /// Entries of data that go from one file and come in another one of its folder.
    pub(super) fn moved_entries(&mut self) {
        let paths: Vec<SmolStr> =
            self.units.all.iter().flat_map(|unit| &unit.paths).cloned().collect();
        for path in &paths {
            let Some(file) = self.old.snapshot.find(path) else { continue };
            let mut told: FxHashSet<SmolStr> = FxHashSet::default();
            for entry in entries(&self.old.snapshot.file(file).facts) {
                let after = |at: &str| {
                    self.new.providers(entry.0.kind, &entry.0.name).find(|site| {
                        let own = self.path(Role::New, site.file);
                        own == at || at.is_empty() && parent_folder(own) == parent_folder(path)
                    })
                };
                // What any file has at both versions is never lost.
                let stays = self.old.providers(entry.0.kind, &entry.0.name).any(|site| {
                    let own = self.path(Role::Old, site.file);
                    self.units.of(own).is_empty() || after(own).is_some()
                });
                let Some(site) = after("").filter(|_| !stays) else { continue };
                let other = self.path(Role::New, site.file);
                if !told.insert(other.into()) {
                    continue;
                }
                let reason = Reason {
                    message: format!(
                        "{} goes from `{path}`, and comes in `{other}`: in between nothing has it",
                        entry.0.spoken()
                    ),
                    entity: entry.0,
                    from: Some(Place { tree: Role::Old, file, span: entry.1 }),
                    composed: None,
                    to: Some(Place { tree: Role::New, file: site.file, span: site.span }),
                };
                for (from, to) in self.pairs(path, other) {
                    self.add(vec![from], vec![to], reason.clone());
                }
            }
        }
    }

    /// Classes that a text uses at one version alone, and whose parameters data sets at that
    /// version alone.
    pub(super) fn of_classes(&mut self) {
        let (old, new): (&'b Graph<'g>, &'b Graph<'g>) = (self.old, self.new);
        let paths: Vec<SmolStr> =
            self.units.all.iter().flat_map(|unit| &unit.paths).cloned().collect();
        for (role, own, other) in [(Role::Old, old, new), (Role::New, new, old)] {
            let mut data: Vec<(&SmolStr, FileIx, SmolStr, Span)> = Vec::new();
            for path in &paths {
                let Some(file) = own.snapshot.find(path) else { continue };
                let mut last = SmolStr::default();
                for (key, span) in keys(&own.snapshot.file(file).facts) {
                    // Modules from before there were such keys have one of a single word.
                    let own = key.rsplit_once("::").or_else(|| key.split_once('_'));
                    let Some((class, _)) = own else { continue };
                    if class != last && !sets(other, class) {
                        last = class.into();
                        data.push((path, file, last.clone(), span));
                    }
                }
            }
            if data.is_empty() {
                continue;
            }
            for path in &paths {
                if !self.callers.include(path) {
                    continue;
                }
                let Some(file) = own.snapshot.find(path) else { continue };
                let mut used = classes(&own.snapshot.file(file).facts);
                if let Some(then) = other.snapshot.find(path) {
                    let known = classes(&other.snapshot.file(then).facts);
                    used.retain(|name, _| !known.contains_key(name));
                }
                for (set, at, class, span) in &data {
                    let Some(from) = used.get(class).filter(|_| *set != path) else { continue };
                    let from = Place { tree: role, file, span: *from };
                    let to = Place { tree: role, file: *at, span: *span };
                    self.of_class(role, class, (path, from), (set, to));
                }
            }
        }
    }

    fn of_class(
        &mut self,
        role: Role,
        class: &SmolStr,
        (user, from): (&str, Place),
        (data, to): (&str, Place),
    ) {
        let state = if role == Role::Old { "go" } else { "come" };
        let reason = Reason {
            entity: Entity::new(kinds::KEY, class.clone()),
            message: format!(
                "the {} text uses class `{class}`, whose parameters in `{data}` {state} with this change",
                role.as_str()
            ),
            from: Some(from),
            composed: None,
            to: Some(to),
        };
        for view in self.views.clone().into_iter().filter(|(from, to)| from == to) {
            let Some((own, data)) = self.both(user, data, &view) else { continue };
            for (live, _) in self.live(role, user, &view) {
                let live = live.unwrap_or(own);
                self.tie(role, live, data, reason.clone());
            }
        }
    }
}

/// Entries of data that a file has.
fn entries(facts: &FileFacts) -> Vec<(Entity, Span)> {
    let all = facts.provides.iter().filter(|own| own.kind.has(Property::ENTRY));
    all.filter_map(|own| Some((Entity::new(own.kind, own.name.as_exact()?.clone()), own.span)))
        .collect()
}

/// The keys that a file of data sets.
fn keys(facts: &FileFacts) -> impl Iterator<Item = (&SmolStr, Span)> {
    let all = facts.provides.iter().filter(|own| own.kind == kinds::KEY);
    all.filter_map(|own| Some((own.name.as_exact()?, own.span)))
}

/// Whether any data of a tree sets a parameter of a class.
fn sets(graph: &Graph<'_>, class: &str) -> bool {
    let all = graph.all(kinds::KEY);
    let from = all.partition_point(|(key, _)| key.as_str() < class);
    all[from..].iter().map_while(|(key, _)| key.strip_prefix(class)).any(|rest| {
        let name = rest.strip_prefix("::").or_else(|| rest.strip_prefix('_'));
        name.is_some_and(|own| !own.contains("::"))
    })
}

/// The classes that a text uses by name.
fn classes(facts: &FileFacts) -> Used {
    let mut out = Used::default();
    for require in &facts.requires {
        for target in require.any_of.iter().filter(|own| own.sought().has(Property::BY_DATA)) {
            if let Some(name) = target.name.as_exact() {
                let name = name.trim_start_matches("::");
                out.entry(name.into()).or_insert(require.span);
            }
        }
    }
    out
}
