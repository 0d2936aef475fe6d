//! Bare words of ERB templates: variables to Puppet 3, an error to Puppet 4 and later.

use super::templates::{is_set, renderings, scope_name};
use crate::check::Context;
use crate::extract::Names;
use crate::facts::{Entity, kinds};
use crate::finding::{Finding, Place, Severity};
use crate::graph::Resolution;
use rustc_hash::FxHashSet;

/// Words that whatever renders the template has as a variable: that is what was meant.
pub(crate) fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    let graph = context.new;
    if graph.snapshot.layout.names == Names::Relative {
        return;
    }
    let mut seen = FxHashSet::default();
    for (file, require) in renderings(graph) {
        let Some(scope) = scope_name(graph, file, require) else { continue };
        let Resolution::Found(sites) = graph.resolve(require) else { continue };
        let Some(template) = sites.first() else { continue };
        for read in &graph.snapshot.file(template.file).facts.requires {
            let Some(target) =
                read.any_of.first().filter(|own| own.kind == kinds::PUPPET_BARE_WORD)
            else {
                continue;
            };
            let Some(name) = target.name.as_exact() else { continue };
            if !is_set(graph, &scope, name, 0) || !seen.insert((template.file, name.clone())) {
                continue;
            }
            let place = |file, span| Place { tree: graph.snapshot.role, file, span };
            let message = format!("the template reads the variable `{name}` without its `@`");
            findings.push(
                Finding::new("unresolved-reference", message, place(template.file, read.span))
                    .severity(Severity::Warning)
                    .label("read here")
                    .help(format!("Puppet 4 and later cannot render it: write `@{name}`"))
                    .related("rendered here", place(file, require.span))
                    .entity(Entity::new(kinds::PUPPET_VARIABLE, format!("{scope}::{name}"))),
            );
        }
    }
}
