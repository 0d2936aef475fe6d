//! What files ask for and do not find.

use super::{Context, Stood};
use crate::deadline::Work;
use crate::facts::{Entity, Relation, Require, Strength, base_name, has_blank, kinds};
use crate::graph::{Graph, Resolution, Site, Unfound};
use crate::loader::FileIx;
use rayon::prelude::*;

/// What each file asks for and does not find. Nearly everything is found. Resolving is the work; it
/// runs file by file in parallel.
pub(super) fn all(context: &Context<'_>) -> Vec<Unfound> {
    let graph = context.new;
    let asked = |ix| match context.asks(ix as FileIx) {
        true => of_file(context, ix as FileIx),
        false => Unfound::new(),
    };
    let all = (0..graph.snapshot.files.len()).into_par_iter().map(asked).collect();
    match context.stood {
        // Who asks of the tree after the next change need not ask again.
        Stood::Kept => graph.keep_unfound(all).to_vec(),
        Stood::Anew => all,
    }
}

/// What a file requires and the tree does not provide, and whether the tree is
/// authoritative for it.
fn of_file(context: &Context<'_>, ix: FileIx) -> Unfound {
    let graph = context.new;
    let moved = context.moved.filter(|own| !own.has(ix));
    let before = context.old.and_then(Graph::unfound).and_then(|all| all.get(ix as usize));
    let firm = graph.snapshot.file(ix).facts.requires.iter().enumerate().filter(|(_, require)| {
        // What may come from elsewhere counts where trees are compared.
        let awaits = context.old.is_some() && require.relation == Relation::Awaits;
        (require.strength != Strength::Guarded || awaits)
            && graph.snapshot.deadline.allows(Work::References)
    });
    let of_require = |(at, require): (usize, &Require)| {
        // What this change cannot have moved is as it was.
        if let Some((moved, before)) = moved.zip(before)
            && !moved.may_touch(graph, require)
        {
            return before.iter().find(|(own, ..)| *own as usize == at).cloned();
        }
        if graph.has(require) {
            return None;
        }
        let (entity, closed) = match graph.resolve_from(ix, require) {
            Resolution::Found(_) | Resolution::Elsewhere => return None,
            // A copy of the text is to name its own file.
            Resolution::Missing(own) if own.kind == kinds::FILE && has_blank(&own.name) => {
                return None;
            }
            Resolution::Missing(entity) => {
                let closed = !is_any_of_folder(require, &entity);
                (entity, closed)
            }
            Resolution::Open(entity) => {
                let place = Site { span: require.span, ..Site::whole(ix) };
                let sibling = graph.sibling(place, &entity).is_some();
                (entity, sibling)
            }
        };
        Some((at as u32, entity, closed))
    };
    firm.filter_map(of_require).collect()
}

/// Whether a name may be that of any file of a folder: the folder is then for those who use the
/// tree to fill.
fn is_any_of_folder(require: &Require, entity: &Entity) -> bool {
    let is_built = require.any_of.iter().all(|target| target.name.as_exact().is_none());
    let base = base_name(&entity.name);
    let is_any = base.contains('*') && !base.bytes().any(|byte| byte.is_ascii_alphanumeric());
    is_built && entity.kind == kinds::FILE && entity.name.contains('/') && is_any
}
