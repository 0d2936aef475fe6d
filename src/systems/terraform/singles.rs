//! What the files of a folder declare, each once.
//!
//! (Source: "Terraform Language": "Files and Directories", "Override Files".)

use crate::facts::{Entity, Kind, kinds, parent_folder, split_path};
use crate::graph::{Graph, Single, Singles};
use crate::loader::FileIx;
use rustc_hash::FxHashSet;
use smol_str::SmolStr;

/// Blocks with a name.
pub(super) struct Blocks;

/// What has a name that stands once in a folder.
pub(super) const NAMED: [Kind; 6] = [
    kinds::TERRAFORM_CALL,
    kinds::TERRAFORM_DATA,
    kinds::TERRAFORM_LOCAL,
    kinds::TERRAFORM_OUTPUT,
    kinds::TERRAFORM_RESOURCE,
    kinds::TERRAFORM_VARIABLE,
];

/// Whether what a file declares is merged into what the others do.
pub(super) fn is_override(path: &str) -> bool {
    let name = split_path(path).1;
    let stem = name.split('.').next().unwrap_or_default();
    stem == "override" || stem.ends_with("_override")
}

impl Singles for Blocks {
    fn declared(&self, graph: &Graph<'_>, file: FileIx) -> Vec<Single> {
        let file = graph.snapshot.file(file);
        let path = &file.entry.path;
        if !file.systems.contains(&"terraform") || is_override(path) {
            return Vec::new();
        }
        let blocks = file.facts.provides.iter().filter(|own| NAMED.contains(&own.kind));
        let single = |own: &crate::facts::Provide| {
            let entity = Entity::new(own.kind, own.name.as_exact()?.clone());
            Some(Single { entity, holder: path.clone(), span: own.span })
        };
        blocks.filter_map(single).collect()
    }

    fn with_both(&self, _graph: &Graph<'_>, one: &str, other: &str) -> FxHashSet<SmolStr> {
        let (one, other) = (parent_folder(one), parent_folder(other));
        (one == other).then(|| one.into()).into_iter().collect()
    }

    fn loaders(&self, _graph: &Graph<'_>, _holder: &str) -> Vec<FileIx> {
        Vec::new()
    }

    fn lost(&self, entity: &Entity) -> Option<&'static str> {
        let is_built = [kinds::TERRAFORM_RESOURCE, kinds::TERRAFORM_CALL].contains(&entity.kind);
        is_built.then_some("an apply destroys what it built")
    }
}
