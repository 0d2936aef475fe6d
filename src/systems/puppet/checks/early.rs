//! Variables that are read before they are assigned, and that nothing around the class has.

use crate::check::Context;
use crate::facts::{Entity, kinds};
use crate::finding::{Finding, Place, Severity};
use crate::systems::puppet::early::NEEDED;
use crate::systems::puppet::names::may_be_outer;

pub(crate) fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    let graph = context.new;
    for (ix, file) in context.asking(&[kinds::PUPPET_EARLY_VARIABLE]) {
        let path = file.entry.path.as_str();
        for require in &file.facts.requires {
            let target = require.any_of.first();
            let Some(target) = target.filter(|own| own.kind == kinds::PUPPET_EARLY_VARIABLE) else {
                continue;
            };
            let Some(whole) = target.name.as_exact() else { continue };
            let Some((_, name)) = whole.rsplit_once("::") else { continue };
            if !file.standing.is_live()
                || graph.snapshot.layout.is_nested(path)
                || graph.is_partly_read(ix)
                || graph.is_unloadable(ix)
                || may_be_outer(graph, name)
            {
                continue;
            }
            let place = |span| Place { tree: graph.snapshot.role, file: ix, span };
            let message = format!("`${name}` is read before it is assigned");
            let severity = match require.via == NEEDED {
                true => Severity::Error,
                false => Severity::Warning,
            };
            let mut finding = Finding::new("unresolved-reference", message, place(require.span))
                .severity(severity)
                .label("there is no such variable yet")
                .help("assign it first: Puppet evaluates a body from its beginning to its end")
                .entity(Entity::new(kinds::PUPPET_VARIABLE, whole.clone()));
            let set = file.facts.provides.iter().find(|own| {
                own.kind == kinds::PUPPET_VARIABLE && own.name.as_exact() == Some(whole)
            });
            if let Some(set) = set {
                finding = finding.related("assigned here", place(set.span));
            }
            findings.push(finding);
        }
    }
}
