//! Templates and the classes and defined types whose variables they read.

use crate::facts::{Entity, FileFacts, NamePattern, Relation, Require, kinds};
use crate::graph::{Graph, Site, Templates};
use smol_str::SmolStr;

/// Templates that manifests render.
pub(super) struct Scopes;

impl Templates for Scopes {
    fn scope<'f>(&self, facts: &'f FileFacts, require: &Require) -> Option<&'f SmolStr> {
        let target = require.any_of.first().filter(|_| require.relation != Relation::Names)?;
        if target.kind != kinds::PUPPET_TEMPLATE {
            return None;
        }
        let within = require.within.and_then(|ix| facts.provides.get(ix as usize));
        let scope = within
            .filter(|own| own.kind == kinds::PUPPET_CLASS || own.kind == kinds::PUPPET_DEFINE);
        scope?.name.as_exact()
    }

    fn read<'r>(&self, read: &'r Require) -> Option<&'r SmolStr> {
        let target = read
            .any_of
            .first()
            .filter(|_| !matches!(read.relation, Relation::InBranch | Relation::AsksFor))?;
        target.name.as_exact().filter(|_| target.kind == kinds::PUPPET_TEMPLATE_VARIABLE)
    }

    fn setter(&self, graph: &Graph<'_>, scope: &str, name: &str) -> Option<Site> {
        graph.providers(kinds::PUPPET_VARIABLE, &format!("{scope}::{name}")).next()
    }

    /// A class may have it from one that it inherits.
    fn may_set(&self, graph: &Graph<'_>, scope: &str, name: &str) -> bool {
        let own = NamePattern::exact(format!("{scope}::{name}"));
        let inherits = || {
            graph.providers(kinds::PUPPET_CLASS, scope).any(|site| {
                let requires = &graph.snapshot.file(site.file).facts.requires;
                requires.iter().any(|require| {
                    require.within == site.provide && require.relation == Relation::Inherits
                })
            })
        };
        !graph.matching(kinds::PUPPET_VARIABLE, &own).is_empty()
            || graph.providers(kinds::PUPPET_VARIABLE, name).next().is_some()
            || graph.providers(kinds::PUPPET_FACT, name).next().is_some()
            || inherits()
    }

    fn variable(&self, scope: &str, name: &str) -> Entity {
        Entity::new(kinds::PUPPET_VARIABLE, format!("{scope}::{name}"))
    }
}
