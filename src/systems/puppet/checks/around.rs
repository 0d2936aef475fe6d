//! Variables that a template finds around the scope that renders it.
//!
//! Up to version 3, a template got what the scope that declared its class or defined type had set,
//! too; manifests no longer did. (Source: Puppet 3.4, `Puppet::Parser::Scope#to_hash`, which walks
//! `parent`; 4.0 walks the enclosing scopes, of which a declaration is none.)

use super::templates::{is_set, scope_name};
use crate::extract::Names;
use crate::facts::{Relation, kinds};
use crate::graph::Graph;
use crate::loader::FileIx;
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
    for (ix, file) in graph.snapshot.files.iter().enumerate() {
        for require in &file.facts.requires {
            let Some(target) = require.any_of.first() else { continue };
            let is_scope = [kinds::PUPPET_CLASS, kinds::PUPPET_DEFINE].contains(&target.kind);
            // An heir has its parent's variables by another way.
            let declares =
                is_scope && !matches!(require.relation, Relation::Inherits | Relation::Names);
            let Some(name) = target.name.as_exact().filter(|_| declares) else { continue };
            let own = scope_name(graph, ix as FileIx, require);
            if own.as_ref() != Some(name) {
                all.entry(name.clone()).or_default().push(own);
            }
        }
    }
    all
}
