//! Checks: one file per rule or family, over one graph, a pair, or a promotion.
//!
//! A check knows facts and graphs, never a file format, and only adds findings.

mod called;
mod commands;
mod derived;
mod disagreement;
mod environment;
mod floating;
pub mod gap;
mod hiera;
mod interfaces;
mod known;
mod packages;
mod problems;
mod redirects;
mod references;
mod releases;
mod runs;
mod skew;
mod standing;
mod templates;
mod twice;
mod values;

use crate::finding::Finding;
use crate::graph::Graph;
use crate::packages::Known;
use rayon::prelude::*;
use smol_str::SmolStr;

/// What a check looks at.
pub struct Context<'g> {
    /// The tree that is checked.
    pub new: &'g Graph<'g>,
    /// The tree before the change, with `--against`.
    pub old: Option<&'g Graph<'g>>,
    /// Whether only what differs between two trees will be reported. Some findings are
    /// worth saying only then: standing ones of their sort are too often explained by
    /// data that no tree holds.
    pub comparing: bool,
    /// The tree that is promoted from.
    pub staging: Option<&'g Graph<'g>>,
    /// Package indexes and mappings that were given.
    pub packages: &'g Known,
    /// Names of the trees that are joined to the main one: top-level folders of the world.
    pub joined: &'g [SmolStr],
}

impl<'g> Context<'g> {
    /// A context of one tree alone; see [`Context::comparing`].
    pub fn of_tree(graph: &'g Graph<'g>, comparing: bool, packages: &'g Known) -> Self {
        Self { new: graph, old: None, comparing, staging: None, packages, joined: &[] }
    }
}

/// A check over one tree or a change.
pub type Check = fn(&Context<'_>, &mut Vec<Finding>);

/// All checks of `crosscheck check`, in a fixed order.
pub const CHECKS: &[Check] = &[
    problems::check,
    references::check,
    interfaces::check,
    hiera::check,
    packages::check,
    templates::check,
    values::check,
    releases::check,
    skew::check,
    derived::check,
    known::check,
    runs::check,
    twice::check,
    redirects::check,
];

/// Runs every check, in parallel, and weighs what is found outside of the live tree. Findings are unsorted and unfiltered, and in the same
/// order whatever the number of threads.
pub fn run(context: &Context<'_>) -> Vec<Finding> {
    let run = |check: &Check| {
        let mut findings = Vec::new();
        check(context, &mut findings);
        findings
    };
    let found: Vec<Vec<Finding>> = CHECKS.par_iter().map(run).collect();
    found.into_iter().flatten().filter_map(|finding| standing::weigh(context, finding)).collect()
}
