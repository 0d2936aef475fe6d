//! Folders of pieces that something copies among the files of modules: what they read is declared
//! where they are put.
//!
//! (Source: "Terraform Language": "Standard Module Structure", which names the files that a module
//! has, even where they are empty.)

use super::{is_root, modules};
use crate::facts::{kinds, parent_folder, path_in};
use crate::graph::Graph;

/// Files that a folder has which is applied, or called, as it stands.
const STANDARD: [&str; 17] = [
    "main.tf",
    "variables.tf",
    "variable.tf",
    "vars.tf",
    "outputs.tf",
    "output.tf",
    "versions.tf",
    "version.tf",
    "terraform.tf",
    "backend.tf",
    "provider.tf",
    "providers.tf",
    "inputs.tf",
    "init.tf",
    "locals.tf",
    "data.tf",
    ".terraform.lock.hcl",
];

/// Whether nothing says that the files of a folder are a module: it keeps no state, nothing here
/// calls it, and it has neither an output, nor values, nor any file that modules have.
pub(super) fn is_pieces(graph: &Graph<'_>, folder: &str) -> bool {
    let has = |name: &str| graph.snapshot.find(&path_in(folder, name)).is_some();
    let values =
        |path: &smol_str::SmolStr| parent_folder(path) == folder && path.ends_with(".tfvars");
    !is_root(graph, folder)
        && !modules(graph).called.contains(folder)
        && !STANDARD.iter().any(|name| has(name))
        && !gives(graph, folder)
        && !graph.paths.under(folder).any(|(_, path)| values(path))
}

/// Whether a folder has an output.
fn gives(graph: &Graph<'_>, folder: &str) -> bool {
    let all = graph.all(kinds::TERRAFORM_OUTPUT);
    if folder.is_empty() {
        return all.iter().any(|(own, _)| !own.contains('/'));
    }
    let begun = format!("{folder}/");
    let from = all.partition_point(|(own, _)| own.as_str() < begun.as_str());
    let mut own = all[from..].iter().take_while(|(own, _)| own.starts_with(&begun));
    own.any(|(own, _)| parent_folder(own) == folder)
}
