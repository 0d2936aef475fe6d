//! Templates and the classes that set what they read: a template that comes before the class
//! that sets its variable renders a hole.

use super::clauses::{Builder, Reason};
use super::units::Landing;
use crate::facts::{Entity, IN_BRANCH, NamePattern, Require, kinds};
use crate::finding::Place;
use crate::graph::{Graph, Resolution, Site};
use crate::session::{FileIx, Role};
use smol_str::SmolStr;

/// A template that a class or defined type renders.
struct Rendering {
    scope: SmolStr,
    template: FileIx,
}

impl<'b, 'g> Builder<'b, 'g> {
    /// Variables that a template reads at one version, and that its class sets at that
    /// version alone.
    pub(super) fn variables(&mut self) {
        for role in [Role::New, Role::Old] {
            let (graph, other) = match role {
                Role::Old => (self.old, self.new),
                _ => (self.new, self.old),
            };
            let others = self.renderings(other);
            for own in self.renderings(graph) {
                let path = graph.snapshot.file(own.template).entry.path.as_str();
                // What the other version does not have, or does not render, is not read there.
                let Some(same) = other.snapshot.find(path) else { continue };
                let renders = |it: &Rendering| it.template == same && it.scope == own.scope;
                if self.units.of(path).is_empty() || !others.iter().any(renders) {
                    continue;
                }
                for read in &graph.snapshot.file(own.template).facts.requires {
                    self.variable(role, &own, read, (graph, other));
                }
            }
        }
    }

    fn variable(
        &mut self,
        role: Role,
        own: &Rendering,
        read: &Require,
        (graph, other): (&Graph<'_>, &Graph<'_>),
    ) {
        let Some(name) = variable(read) else { return };
        let Some(site) = setter(graph, &own.scope, name) else { return };
        if is_set(other, &own.scope, name) {
            return;
        }
        let template = graph.snapshot.file(own.template).entry.path.as_str();
        let class = graph.snapshot.file(site.file).entry.path.as_str();
        let (version, without) = match role {
            Role::Old => ("old", "new"),
            _ => ("new", "old"),
        };
        let scope = &own.scope;
        let reason = Reason {
            entity: Entity::new(kinds::PUPPET_VARIABLE, format!("{scope}::{name}")),
            message: format!(
                "the {version} template reads `@{name}`, which the {without} `{scope}` does not set"
            ),
            from: Some(Place { tree: role, file: own.template, span: read.span }),
            composed: None,
            to: Some(Place { tree: role, file: site.file, span: site.span }),
        };
        for view in self.views.clone().into_iter().filter(|(from, to)| from == to) {
            let (template, class) = (self.met(template, &view), self.met(class, &view));
            let (Landing::With(template), Landing::With(class)) = (template, class) else {
                continue;
            };
            match role {
                Role::Old => self.add(vec![class], vec![template], reason.clone()),
                _ => self.add(vec![template], vec![class], reason.clone()),
            }
        }
    }

    /// Renderings in classes that change.
    fn renderings(&self, graph: &Graph<'_>) -> Vec<Rendering> {
        let mut out = Vec::new();
        for path in self.units.all.iter().flat_map(|unit| &unit.paths) {
            let Some(file) = graph.snapshot.find(path) else { continue };
            let facts = &graph.snapshot.file(file).facts;
            for require in &facts.requires {
                let is_template = |kind| kind == kinds::PUPPET_TEMPLATE;
                if !require.any_of.first().is_some_and(|own| is_template(own.kind)) {
                    continue;
                }
                let within = require.within.and_then(|ix| facts.provides.get(ix as usize));
                let Some(scope) = within.filter(|own| {
                    own.kind == kinds::PUPPET_CLASS || own.kind == kinds::PUPPET_DEFINE
                }) else {
                    continue;
                };
                if let (Some(scope), Resolution::Found(sites)) =
                    (scope.name.as_exact(), graph.resolve(require))
                    && let Some(site) = sites.first()
                {
                    out.push(Rendering { scope: scope.clone(), template: site.file });
                }
            }
        }
        out
    }
}

/// A variable that is read whatever happens.
fn variable(read: &Require) -> Option<&SmolStr> {
    let target = read.any_of.first().filter(|_| read.via != IN_BRANCH)?;
    target.name.as_exact().filter(|_| target.kind == kinds::PUPPET_TEMPLATE_VARIABLE)
}

/// Where a scope sets a variable itself.
fn setter(graph: &Graph<'_>, scope: &str, name: &str) -> Option<Site> {
    graph.providers(kinds::PUPPET_VARIABLE, &format!("{scope}::{name}")).next()
}

/// Whether a scope has a variable, or may have it from a class that it inherits.
fn is_set(graph: &Graph<'_>, scope: &str, name: &str) -> bool {
    let own = NamePattern::exact(format!("{scope}::{name}"));
    let inherits = || {
        graph.providers(kinds::PUPPET_CLASS, scope).any(|site| {
            let requires = &graph.snapshot.file(site.file).facts.requires;
            requires.iter().any(|own| own.within == site.provide && own.via == "inherits")
        })
    };
    !graph.matching(kinds::PUPPET_VARIABLE, &own).is_empty()
        || graph.providers(kinds::PUPPET_VARIABLE, name).next().is_some()
        || graph.providers(kinds::PUPPET_FACT, name).next().is_some()
        || inherits()
}
