//! Providers that nothing uses: Terraform leaves them out, and never reads how they are configured.
//!
//! (Source: Terraform's "Provider Configuration"; its graph drops a provider that no resource, data
//! source or module below needs before it evaluates the block.)

use super::details::detail;
use crate::facts::{Detail, Ref, Sought, kinds, parent_folder, split_path};
use crate::graph::Graph;
use rustc_hash::FxHashSet;

/// How the scope of what stands in such a block begins; the provider follows.
pub(super) const BLOCK: &str = "provider ";

/// The provider in whose configuration a name is read.
pub(super) fn provider(target: &Ref) -> Option<&str> {
    match &target.scope.as_deref()?.sought {
        Sought::Inside(inside) => inside.strip_prefix(BLOCK),
        _ => None,
    }
}

/// Whether a name is read by the configuration of a provider alone that nothing uses.
pub(super) fn is_unused(graph: &Graph<'_>, target: &Ref) -> bool {
    let (Some(provider), Some(scope)) = (provider(target), &target.scope) else { return false };
    let mut seen = FxHashSet::default();
    !is_used(graph, parent_folder(&scope.from), provider, &mut seen)
}

fn is_used<'g>(
    graph: &'g Graph<'_>,
    folder: &'g str,
    provider: &str,
    seen: &mut FxHashSet<&'g str>,
) -> bool {
    if !seen.insert(folder) || seen.len() > 100 {
        return false;
    }
    // `google-beta` has the resources of `google`.
    let first = provider.split('-').next().unwrap_or(provider);
    let begins =
        |own: &str| own.strip_prefix(first).is_some_and(|rest| rest.starts_with(['_', '.']));
    let has = |kind| {
        let mut all = graph.all(kind).iter().map(|(own, _)| split_path(own));
        all.any(|(own, name)| own == folder && begins(name))
    };
    if has(kinds::TERRAFORM_RESOURCE) || has(kinds::TERRAFORM_DATA) {
        return true;
    }
    let calls = graph.all(kinds::TERRAFORM_CALL).iter();
    let mut calls = calls.filter(|(own, _)| split_path(own).0 == folder);
    calls.any(|(_, site)| match detail(graph, *site) {
        Some(Detail::Folder(module)) => is_used(graph, module, provider, seen),
        // What is not in the tree may use any.
        _ => true,
    })
}
