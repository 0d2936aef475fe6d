//! Variables that a scope of Puppet has, and those that a template finds around it.
//!
//! Up to version 3, a template got what the scope that declared its class or defined type had set,
//! too; manifests no longer did. (Source: Puppet 3.4, `Puppet::Parser::Scope#to_hash`, which walks
//! `parent`; 4.0 walks the enclosing scopes, of which a declaration is none.)

use crate::extract::Names;
use crate::facts::{NamePattern, Relation, Require, kinds};
use crate::graph::Graph;
use crate::loader::FileIx;
use crate::systems::puppet::every_scope;
use rustc_hash::FxHashMap;
use smol_str::SmolStr;

/// What declares each class and defined type; `None` for what stands in neither.
#[derive(Default)]
pub(super) struct Around(Option<FxHashMap<SmolStr, Vec<Option<SmolStr>>>>);

impl Around {
    /// Whether all that declares `scope` sets the variable, and Puppet may be one that hands it on.
    pub(super) fn is_set(&mut self, graph: &Graph<'_>, scope: &str, name: &str) -> bool {
        if graph.snapshot.layout.names == Names::Absolute {
            return false;
        }
        let declarers = self.0.get_or_insert_with(|| declarers(graph)).get(scope);
        declarers.is_some_and(|all| {
            all.iter().all(|own| own.as_ref().is_some_and(|own| is_set(graph, own, name, 0)))
        })
    }
}

fn declarers(graph: &Graph<'_>) -> FxHashMap<SmolStr, Vec<Option<SmolStr>>> {
    let mut all: FxHashMap<SmolStr, Vec<Option<SmolStr>>> = FxHashMap::default();
    for (ix, file) in graph.asking(&[kinds::PUPPET_CLASS, kinds::PUPPET_DEFINE]) {
        for require in &file.facts.requires {
            let Some(target) = require.any_of.first() else { continue };
            let is_scope = [kinds::PUPPET_CLASS, kinds::PUPPET_DEFINE].contains(&target.kind);
            // An heir has its parent's variables by another way.
            let declares =
                is_scope && !matches!(require.relation, Relation::Inherits | Relation::Names);
            let Some(name) = target.name.as_exact().filter(|_| declares) else { continue };
            let own = scope_name(graph, ix, require);
            if own.as_ref() != Some(name) {
                all.entry(name.clone()).or_default().push(own);
            }
        }
    }
    all
}

/// The class or defined type in whose body a call stands.
pub(super) fn scope_name(graph: &Graph<'_>, file: FileIx, require: &Require) -> Option<SmolStr> {
    let provide = graph.snapshot.file(file).facts.provides.get(require.within? as usize)?;
    let is_scope = provide.kind == kinds::PUPPET_CLASS || provide.kind == kinds::PUPPET_DEFINE;
    provide.name.as_exact().filter(|_| is_scope).cloned()
}

/// Whether `scope` has the variable: its own, an inherited one, or one of every scope.
pub(super) fn is_set(graph: &Graph<'_>, scope: &str, name: &str, depth: u32) -> bool {
    let own = NamePattern::exact(format!("{scope}::{name}"));
    if every_scope::has(name)
        || !graph.matching(kinds::PUPPET_VARIABLE, &own).is_empty()
        || graph.providers(kinds::PUPPET_VARIABLE, name).next().is_some()
        || !graph.matching(kinds::PUPPET_FACT, &NamePattern::exact(name)).is_empty()
    {
        return true;
    }
    depth < 8
        && graph.providers(kinds::PUPPET_CLASS, scope).any(|site| {
            let requires = &graph.snapshot.file(site.file).facts.requires;
            let parents = requires.iter().filter(|require| {
                require.within == site.provide && require.relation == Relation::Inherits
            });
            let mut names = parents
                .flat_map(|require| &require.any_of)
                .filter_map(|target| target.name.as_exact());
            names.any(|parent| is_set(graph, parent, name, depth + 1))
        })
}
