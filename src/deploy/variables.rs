//! Templates and the classes that set what they read: a template that comes before the class
//! that sets its variable renders a hole.

use super::requirements::{Builder, Reason};
use super::units::Landing;
use crate::facts::Require;
use crate::finding::Place;
use crate::graph::{Graph, Resolution, Templates};
use crate::loader::{FileIx, Role};
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
        let sides = [Role::New, Role::Old].map(|role| match role {
            Role::Old => (role, self.old, self.new),
            _ => (role, self.new, self.old),
        });
        for (templates, (role, graph, other)) in
            self.new.templates().flat_map(|template| sides.map(|side| (template, side)))
        {
            let others = self.renderings(templates, other);
            for own in self.renderings(templates, graph) {
                let path = graph.snapshot.file(own.template).entry.path.as_str();
                // What the other version does not have, or does not render, is not read there.
                let Some(same) = other.snapshot.find(path) else { continue };
                let renders = |it: &Rendering| it.template == same && it.scope == own.scope;
                if self.units.of(path).is_empty() || !others.iter().any(renders) {
                    continue;
                }
                for read in &graph.snapshot.file(own.template).facts.requires {
                    self.variable(templates, role, &own, read, (graph, other));
                }
            }
        }
    }

    fn variable(
        &mut self,
        templates: &dyn Templates,
        role: Role,
        own: &Rendering,
        read: &Require,
        (graph, other): (&Graph<'_>, &Graph<'_>),
    ) {
        let Some(name) = templates.read(read) else { return };
        let Some(site) = templates.setter(graph, &own.scope, name) else { return };
        if templates.may_set(other, &own.scope, name) {
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
            entity: templates.variable(scope, name),
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
            self.tie(role, template, class, reason.clone());
        }
    }

    /// Renderings in definitions that change.
    fn renderings(&self, templates: &dyn Templates, graph: &Graph<'_>) -> Vec<Rendering> {
        let mut out = Vec::new();
        for path in self.units.all.iter().flat_map(|unit| &unit.paths) {
            let Some(file) = graph.snapshot.find(path) else { continue };
            let facts = &graph.snapshot.file(file).facts;
            for require in &facts.requires {
                if let Some(scope) = templates.scope(facts, require)
                    && let Resolution::Found(sites) = graph.resolve(require)
                    && let Some(site) = sites.first()
                {
                    out.push(Rendering { scope: scope.clone(), template: site.file });
                }
            }
        }
        out
    }
}
