//! Resources that two classes declare which one catalogue has both of.
//!
//! Counted are resources that stand outside of any condition: one class takes in the other, or
//! something takes in both, whatever the host or in one branch. (Source: "Duplicate declaration".)

use crate::check::Context;
use crate::extract::Names;
use crate::facts::{Detail, Entity, Provide, Relation, kinds};
use crate::finding::{Finding, Place};
use crate::graph::{Graph, View};
use crate::loader::FileIx;
use rustc_hash::{FxHashMap, FxHashSet};
use smol_str::SmolStr;

/// A class or a node, by its file and its place there.
pub(super) type Holder = (FileIx, u32);

pub(crate) fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    let graph = context.new;
    let mut declared: FxHashMap<&SmolStr, Vec<(Holder, &Provide)>> = FxHashMap::default();
    for (name, site) in graph.all(kinds::PUPPET_ALWAYS) {
        let Some((holder, own)) = holder(graph, site.file, site.provide) else { continue };
        declared.entry(name).or_default().push((holder, own));
    }
    declared.retain(|_, all| all.iter().any(|(holder, _)| *holder != all[0].0));
    if declared.is_empty() {
        return;
    }
    let Some(above) = graph.view::<Above>() else { return };
    let mut names: Vec<_> = declared.into_iter().collect();
    names.sort_by_key(|(name, _)| *name);
    for (name, all) in names {
        let mut told = FxHashSet::default();
        for (ix, (holder, own)) in all.iter().enumerate() {
            let around = above.of_holder(*holder);
            let first = all[..ix].iter().find(|(other, _)| {
                other != holder && !around.is_disjoint(&above.of_holder(*other))
            });
            let Some((other, first)) = first.filter(|_| told.insert(*holder)) else { continue };
            let place = |(file, _): Holder, own: &Provide| Place {
                tree: graph.snapshot.role,
                file,
                span: own.span,
            };
            let message = format!("`{name}` is declared twice in one catalogue");
            findings.push(
                Finding::new("duplicate-definition", message, place(*holder, own))
                    .help("Puppet refuses the catalogue: remove one of the two")
                    .related("declared here too", place(*other, first))
                    .entity(Entity::new(kinds::PUPPET_RESOURCE, name.clone())),
            );
        }
    }
}

/// Who declares what stands at a place, if the live tree loads it and all of it was read.
pub(super) fn holder<'g>(
    graph: &'g Graph<'_>,
    file: FileIx,
    provide: Option<u32>,
) -> Option<(Holder, &'g Provide)> {
    let own = graph.snapshot.file(file);
    let provide = own.facts.provides.get(provide? as usize)?;
    let counts = own.standing.is_live()
        && !graph.snapshot.layout.is_nested(&own.entry.path)
        && !graph.is_partly_read(file)
        && !graph.is_unloadable(file);
    counts.then_some(((file, provide.within?), provide))
}

/// What takes in what, whatever the host.
pub(in crate::systems::puppet) struct Above {
    taken: FxHashMap<Holder, Vec<Holder>>,
}

impl View for Above {
    fn of(graph: &Graph<'_>) -> Self {
        let mut taken: FxHashMap<Holder, Vec<Holder>> = FxHashMap::default();
        for (name, site) in graph.all(kinds::PUPPET_FIRM_INCLUDE) {
            let Some((own, provide)) = holder(graph, site.file, site.provide) else { continue };
            let Some(other) = class(graph, name, own) else { continue };
            // What a branch takes in comes with the class or node around it.
            let by = match provide.detail {
                Detail::Count(block) => {
                    let block = (own.0, u32::MAX - own.1.min(1 << 20) * 64 - block.min(63) as u32);
                    taken.entry(own).or_default().push(block);
                    block
                }
                _ => own,
            };
            taken.entry(other).or_default().push(by);
        }
        for (ix, file) in graph.snapshot.files.iter().enumerate() {
            let inherits = |own: &&crate::facts::Require| own.relation == Relation::Inherits;
            for require in file.facts.requires.iter().filter(inherits) {
                let (Some(within), [target]) = (require.within, require.any_of.as_slice()) else {
                    continue;
                };
                let own = (ix as FileIx, within);
                let name = target.name.as_exact();
                let parent = name.and_then(|name| match target.kind {
                    kinds::PUPPET_NODE => node(graph, name),
                    _ => class(graph, name, own),
                });
                if let Some(parent) = parent {
                    taken.entry(parent).or_default().push(own);
                }
            }
        }
        Self { taken }
    }
}

impl Above {
    /// A class and all that have it.
    pub(super) fn of_holder(&self, holder: Holder) -> FxHashSet<Holder> {
        let mut found: FxHashSet<Holder> = FxHashSet::default();
        let mut next = vec![holder];
        while let Some(own) = next.pop() {
            if found.insert(own) {
                next.extend(self.taken.get(&own).into_iter().flatten());
            }
        }
        found
    }

    /// What has both classes whatever the host: classes and nodes, by their names and files.
    pub(in crate::systems::puppet) fn with_both(
        &self,
        graph: &Graph<'_>,
        one: &str,
        other: &str,
    ) -> FxHashSet<SmolStr> {
        let of = |name: &str| {
            let site = graph.providers(kinds::PUPPET_CLASS, name).next()?;
            Some(self.of_holder((site.file, site.provide?)))
        };
        let (Some(one), Some(other)) = (of(one), of(other)) else { return FxHashSet::default() };
        let shown = |(file, at): &Holder| {
            let file = graph.snapshot.file(*file);
            let name = file.facts.provides.get(*at as usize)?.name.to_string();
            Some(SmolStr::from(format!("{name} {}", file.entry.path)))
        };
        one.intersection(&other).filter_map(shown).collect()
    }
}

/// The one node of a name.
fn node(graph: &Graph<'_>, name: &SmolStr) -> Option<Holder> {
    let mut sites = graph.providers(kinds::PUPPET_NODE, name);
    let first = sites.next().filter(|_| sites.next().is_none())?;
    Some((first.file, first.provide?))
}

/// The one class that a name means to `holder`.
fn class(graph: &Graph<'_>, name: &SmolStr, holder: Holder) -> Option<Holder> {
    let only = |name: &str| {
        let mut sites = graph.providers(kinds::PUPPET_CLASS, name);
        let first = sites.next();
        (first, sites.next().is_none())
    };
    // Old Puppet looks below the class itself first.
    if graph.snapshot.layout.names == Names::Relative {
        let provides = &graph.snapshot.file(holder.0).facts.provides;
        let own = provides.get(holder.1 as usize)?.name.as_exact()?;
        let mut scope = own.as_str();
        while !scope.is_empty() {
            if only(&format!("{scope}::{name}")).0.is_some() {
                return None;
            }
            scope = scope.rsplit_once("::").map_or("", |(outer, _)| outer);
        }
    }
    match only(name) {
        (Some(site), true) => Some((site.file, site.provide?)),
        _ => None,
    }
}
