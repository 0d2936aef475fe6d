//! Resources of classes: a catalogue has each once.

use super::checks::Above;
use crate::facts::{Entity, kinds};
use crate::graph::{Graph, Single, Singles};
use crate::loader::FileIx;
use rustc_hash::FxHashSet;
use smol_str::SmolStr;

/// Resources that classes declare whatever the host.
pub(super) struct Resources;

impl Singles for Resources {
    fn declared(&self, graph: &Graph<'_>, file: FileIx) -> Vec<Single> {
        let file = graph.snapshot.file(file);
        let provides = &file.facts.provides;
        let all = provides.iter().filter(|own| own.kind == kinds::PUPPET_ALWAYS);
        let single = |own: &crate::facts::Provide| {
            let holder = provides.get(own.within? as usize)?;
            let holder = holder.name.as_exact().filter(|_| holder.kind == kinds::PUPPET_CLASS)?;
            let entity = Entity::new(kinds::PUPPET_RESOURCE, own.name.to_string());
            Some(Single { entity, holder: holder.clone(), span: own.span })
        };
        all.filter_map(single).collect()
    }

    fn with_both(&self, graph: &Graph<'_>, one: &str, other: &str) -> FxHashSet<SmolStr> {
        let above = graph.view::<Above>();
        above.map(|above| above.with_both(graph, one, other)).unwrap_or_default()
    }

    fn loaders(&self, graph: &Graph<'_>, holder: &str) -> Vec<FileIx> {
        graph.providers(kinds::PUPPET_FIRM_INCLUDE, holder).map(|site| site.file).collect()
    }
}
