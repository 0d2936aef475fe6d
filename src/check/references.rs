//! `unresolved-reference` and `removed-but-referenced`.

use super::Context;
use crate::facts::{Entity, Strength};
use crate::finding::{Finding, Place, Severity};
use crate::graph::Resolution;
use crate::session::FileIx;

pub(super) fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    let graph = context.new;
    for (ix, file) in graph.snapshot.files.iter().enumerate() {
        for require in &file.facts.requires {
            if require.strength == Strength::Guarded {
                continue;
            }
            let Resolution::Missing(entity) = graph.resolve(require) else {
                continue;
            };
            let place = Place { tree: graph.snapshot.role, file: ix as FileIx, span: require.span };
            findings.push(unresolved(context, entity, place, &require.via, require.strength));
        }
    }
}

fn unresolved(
    context: &Context<'_>,
    entity: Entity,
    place: Place,
    via: &str,
    strength: Strength,
) -> Finding {
    let near = context.new.nearest(&entity.kind, &entity.name);
    let severity = if strength == Strength::Certain { Severity::Error } else { Severity::Warning };
    let help = near.map(|near| format!("did you mean `{near}`?")).unwrap_or_default();
    Finding::new("unresolved-reference", format!("`{}` does not exist", entity.name), place)
        .severity(severity)
        .label(format!("required by `{via}`"))
        .help(help)
        .entity(entity)
}
