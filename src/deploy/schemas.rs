//! Schemas of values, and the files of values that have to fit them: Helm refuses a chart of which
//! the one has landed and the other has not.
//!
//! (Source: Helm, "Schema Files"; JSON Schema: `required`, `additionalProperties`.)

use super::requirements::{Builder, Reason, opposite};
use crate::facts::{Arg, Call, Interface, Ref, Span, base_name, parent_folder, path_in};
use crate::finding::Place;
use crate::graph::Graph;
use crate::loader::{FileIx, Role};
use smol_str::SmolStr;

/// What a chart calls its schema.
const SCHEMA: &str = "values.schema.json";

/// In what values do not fit a schema of the other version, with the schema's place for it.
struct Misfit {
    name: SmolStr,
    what: String,
    span: Span,
}

impl<'b, 'g> Builder<'b, 'g> {
    /// Schemas that the values of their own version fit, and those of the other do not.
    pub(super) fn schemas(&mut self) {
        let all = self.units.all.iter().flat_map(|unit| &unit.paths);
        if !all.clone().any(|path| base_name(path) == SCHEMA) {
            return;
        }
        let paths: Vec<SmolStr> = all.filter(|path| self.callers.include(path)).cloned().collect();
        let (old, new): (&'b Graph<'g>, &'b Graph<'g>) = (self.old, self.new);
        for (role, own, other) in [(Role::Old, old, new), (Role::New, new, old)] {
            for path in &paths {
                // Where a file of values comes or goes as a whole, so does the use of it.
                let (Some(_), Some(file)) = (own.snapshot.find(path), other.snapshot.find(path))
                else {
                    continue;
                };
                for call in &other.snapshot.file(file).facts.calls {
                    for (at, schema) in own.callees(call) {
                        let list = self.path(role, at);
                        if base_name(list) == SCHEMA && !self.units.of(list).is_empty() {
                            self.valued(role, (path, call), (list, schema));
                        }
                    }
                }
            }
        }
    }

    /// `call` is what the values at `path` of the other version hand the schema of `role`.
    fn valued(
        &mut self,
        role: Role,
        (path, call): (&str, &Call),
        (list, schema): (&str, &Interface),
    ) {
        let Some(Misfit { name, what, span }) = self.misfit(role, (path, call), (list, schema))
        else {
            return;
        };
        let other = opposite(role);
        let place = |tree: Role, path: &str, span: Span| {
            let file = self.graph(tree).snapshot.find(path)?;
            Some(Place { tree, file, span })
        };
        let called = call.any_of.first().map(Ref::shown).unwrap_or_default();
        let reason = Reason {
            entity: schema.parameter(base_name(&called), &name),
            message: format!("the {} schema {what} the {} values", role.as_str(), other.as_str()),
            from: place(other, path, call.span),
            composed: None,
            to: place(role, list, span),
        };
        for (list, values) in self.pairs(list, path) {
            self.tie(role, list, values, reason.clone());
        }
    }

    fn misfit(
        &self,
        role: Role,
        (path, call): (&str, &Call),
        (list, schema): (&str, &Interface),
    ) -> Option<Misfit> {
        let other = opposite(role);
        let here = self.handed(role, path, call);
        let before = self.graph(other).interfaces(&schema.entity).next().map(|(_, own)| own);
        // What the chart sets by itself, no file of a release has to set.
        let by_itself = path_in(parent_folder(list), "values.yaml");
        let by_itself = match by_itself == path {
            true => &[],
            false => self.handed(other, &by_itself, call),
        };
        let is_wanted = |own: &Interface, name: &str| {
            own.params.iter().any(|param| param.required && param.name == name)
        };
        let lacking = schema.params.iter().filter(|param| param.required).find(|param| {
            !has(&call.args, &param.name)
                && has(here, &param.name)
                && !has(by_itself, &param.name)
                && !before.is_some_and(|own| is_wanted(own, &param.name))
        });
        if let Some(param) = lacking {
            let what = format!("requires `{}`, which is not among", param.name);
            return Some(Misfit { name: param.name.clone(), what, span: param.span });
        }
        // Of a schema that both versions have, its calls say what it no longer takes.
        if schema.open || before.is_some() {
            return None;
        }
        let is_taken = |name: &str| schema.params.iter().any(|param| param.name == name);
        let mut args = call.args.iter();
        let refused = args.find(|arg| !is_taken(&arg.name) && !has(here, &arg.name))?;
        let what = format!("does not take `{}`, which is among", refused.name);
        Some(Misfit { name: refused.name.clone(), what, span: schema.span })
    }

    /// What the values at `path` set of the object that `call` hands on.
    fn handed(&self, role: Role, path: &str, call: &Call) -> &'b [Arg] {
        let graph: &'b Graph<'g> = if role == Role::Old { self.old } else { self.new };
        let file: Option<FileIx> = graph.snapshot.find(path);
        let name = |own: &Call| own.any_of.first().map(|target| (target.kind, target.name.clone()));
        let calls = file.map(|file| &graph.snapshot.file(file).facts.calls[..]).unwrap_or_default();
        let own = calls.iter().find(|own| name(own) == name(call));
        own.map(|own| &own.args[..]).unwrap_or_default()
    }
}

fn has(args: &[Arg], name: &str) -> bool {
    args.iter().any(|own| own.name == name)
}
