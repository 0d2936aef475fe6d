//! What the files of a folder declare twice: Terraform stops before it reads anything else.
//!
//! (Source: "Terraform Language": "Files and Directories", "Override Files": all files of a folder
//! are one module, and only files that override may say a thing again.)

use super::details::detail;
use super::names::is_root;
use super::singles::{NAMED, is_override};
use crate::check::Context;
use crate::facts::{Detail, Entity, kinds, split_path};
use crate::finding::{Finding, Place, Severity};
use crate::graph::{Graph, Site};
use rustc_hash::FxHashSet;
use smol_str::SmolStr;

pub(super) fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    let graph = context.new;
    let mut called: Option<FxHashSet<SmolStr>> = None;
    for kind in NAMED {
        let all = graph.all(kind);
        for same in all.chunk_by(|(one, _), (other, _)| one == other).filter(|own| own.len() > 1) {
            let name = &same[0].0;
            let sites: Vec<Site> =
                same.iter().map(|(_, site)| *site).filter(|site| counts(graph, *site)).collect();
            let [first, second, ..] = sites.as_slice() else { continue };
            let tree = graph.snapshot.role;
            let place = |site: &Site| Place { tree, file: site.file, span: site.span };
            let (folder, own) = split_path(name);
            let message = format!("{} `{own}` is declared twice in this folder", kind.noun());
            // Files that nobody applies together may be pieces to choose from.
            let called = called.get_or_insert_with(|| folders(graph));
            let severity = match is_root(graph, folder) || called.contains(folder) {
                true => Severity::Error,
                false => Severity::Warning,
            };
            findings.push(
                Finding::new("duplicate-definition", message, place(second))
                    .severity(severity)
                    .label("declared again here")
                    .help("take one of them out: `terraform init` stops here")
                    .related("declared here", place(first))
                    .entity(Entity::new(kind, name.clone())),
            );
        }
    }
}

/// Whether a declaration is one beside others: not one that overrides them, nor one that OpenTofu
/// reads instead of Terraform's.
fn counts(graph: &Graph<'_>, site: Site) -> bool {
    let path = &graph.snapshot.file(site.file).entry.path;
    path.ends_with(".tf") && !is_override(path) && detail(graph, site) != Some(&Detail::Whole)
}

/// The folders that calls lead to.
fn folders(graph: &Graph<'_>) -> FxHashSet<SmolStr> {
    let calls = graph.all(kinds::TERRAFORM_CALL).iter();
    let details = calls.filter_map(|(_, site)| detail(graph, *site));
    details
        .filter_map(|own| match own {
            Detail::Folder(folder) => Some(SmolStr::new(&**folder)),
            _ => None,
        })
        .collect()
}
