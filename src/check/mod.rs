//! Checks: one file per rule or family, over one graph, a pair, or a promotion.
//!
//! A check knows facts and graphs, never a file format, and only adds findings.

mod absent;
mod called;
mod commands;
mod derived;
mod disagreement;
mod environment;
pub mod environment_gap;
mod floating;
mod flood;
mod given;
mod gone;
mod hints;
pub mod in_use;
mod interfaces;
mod known;
mod links;
mod overlay;
mod packages;
mod places;
pub mod problems;
mod redirects;
mod references;
mod renames;
mod runs;
mod skew;
mod standing;
mod turned;
mod uncovered;
mod unfound;
mod unplaced;
mod unput;

use crate::deadline::Work;
use crate::facts::Kind;
use crate::finding::{Finding, Place, Severity};
use crate::graph::{Graph, Install, Moved};
use crate::loader::{FileIx, SnapshotFile};
use crate::packages::Known;
use rayon::prelude::*;
use rustc_hash::{FxHashMap, FxHashSet};
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
    /// What the change can have moved, where that is known.
    pub moved: Option<&'g Moved>,
    /// What becomes of what stood before the change.
    pub stood: Stood,
    /// When it is told what leads to the text of a finding.
    pub telling: Telling,
    /// The tree that is promoted from.
    pub staging: Option<&'g Graph<'g>>,
    /// Package indexes and mappings that were given.
    pub packages: &'g Known,
    /// Names of the trees that are joined to the main one: top-level folders of the world.
    pub joined: &'g [SmolStr],
    /// The files of the checked tree that findings are asked of; without, all.
    pub focus: Option<&'g FxHashSet<FileIx>>,
}

/// What becomes of findings that stood before a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stood {
    /// They are found anew.
    Anew,
    /// They are found from what was kept of the tree before, and kept for the next change.
    Kept,
}

/// When it is told what leads to the text of a finding: that takes long to find out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Telling {
    /// With each that is found.
    Now,
    /// Of those that are left once they have been compared.
    Later,
}

impl<'g> Context<'g> {
    /// A context of one tree alone.
    pub fn of_tree(graph: &'g Graph<'g>, packages: &'g Known) -> Self {
        Self {
            new: graph,
            old: None,
            comparing: false,
            moved: None,
            stood: Stood::Anew,
            telling: Telling::Now,
            staging: None,
            packages,
            joined: &[],
            focus: None,
        }
    }

    /// A context of a tree whose findings are compared with those of another; see
    /// [`Context::comparing`].
    pub fn of_side(graph: &'g Graph<'g>, packages: &'g Known) -> Self {
        Self { comparing: true, ..Self::of_tree(graph, packages) }
    }

    /// The same, of which nobody is told what does not differ.
    pub fn of_change(graph: &'g Graph<'g>, packages: &'g Known) -> Self {
        Self { telling: Telling::Later, ..Self::of_side(graph, packages) }
    }

    /// Whether findings in this file of the checked tree are asked for. A check that takes long may
    /// leave out the others where what it says of one file does not depend on what it says of
    /// another.
    pub fn asks(&self, file: FileIx) -> bool {
        let is_unreadable = || file as usize >= self.new.snapshot.files.len();
        self.focus.is_none_or(|own| own.contains(&file) || is_unreadable())
    }

    /// Whether a finding is asked for.
    fn wants(&self, finding: &Finding) -> bool {
        finding.primary.tree != self.new.snapshot.role || self.asks(finding.primary.file)
    }

    /// The files of the checked tree that findings are asked of.
    pub fn files(&self) -> impl Iterator<Item = (FileIx, &'g SnapshotFile)> {
        let all = self.new.snapshot.files.iter().enumerate();
        all.map(|(ix, file)| (ix as FileIx, file)).filter(|(ix, _)| self.asks(*ix))
    }

    /// Those of them that ask for anything of these kinds.
    pub fn asking(&self, kinds: &[Kind]) -> impl Iterator<Item = (FileIx, &'g SnapshotFile)> {
        self.new.asking(kinds).filter(|(ix, _)| self.asks(*ix))
    }

    /// Those of them that provide anything of these kinds.
    pub fn providing(&self, kinds: &[Kind]) -> impl Iterator<Item = (FileIx, &'g SnapshotFile)> {
        self.new.providing(kinds).filter(|(ix, _)| self.asks(*ix))
    }

    /// Those of them that call anything of these kinds.
    pub fn calling(&self, kinds: &[Kind]) -> impl Iterator<Item = (FileIx, &'g SnapshotFile)> {
        self.new.calling(kinds).filter(|(ix, _)| self.asks(*ix))
    }
}

/// Lets a graph gather what the weighing of findings asks it for.
pub fn add_views(graph: &mut Graph<'_>) {
    graph.add_view::<in_use::InUse>();
    graph.add_view::<places::Places>();
}

/// A check over one tree or a change.
pub type Check = fn(&Context<'_>, &mut Vec<Finding>);

/// What systems bring to a run beside their readers.
#[derive(Clone, Copy)]
pub struct Systems {
    /// Tells a graph how their names resolve.
    pub names: Install,
    /// Checks that only one of them can have.
    pub checks: &'static [Check],
}

/// The checks of `crosscheck check` that hold for all systems, in a fixed order.
pub const CHECKS: &[Check] = &[
    problems::check,
    references::check,
    interfaces::check,
    packages::check,
    skew::check,
    derived::check,
    known::check,
    runs::check,
    overlay::check,
    redirects::check,
    unplaced::check,
    unput::check,
];

/// What is wrong within single files: all that can be said of a tree of which not every file was
/// read.
pub fn run_within_files(context: &Context<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    problems::check(context, &mut findings);
    findings.into_iter().filter_map(|finding| standing::weigh(context, finding)).collect()
}

/// Runs every check, in parallel, and weighs what is found outside of the live tree. Findings
/// are unsorted and unfiltered, and in the same order whatever the number of threads.
pub fn run(context: &Context<'_>, systems: Systems) -> Vec<Finding> {
    run_with(context, systems.checks)
}

/// As [`run`], with the checks of some systems alone.
pub fn run_with(context: &Context<'_>, of_systems: &[Check]) -> Vec<Finding> {
    let run = |check: &Check| {
        let mut findings = Vec::new();
        if !context.new.snapshot.deadline.allows(Work::Checks) {
            return findings;
        }
        check(context, &mut findings);
        findings
    };
    let mut found: Vec<Vec<Finding>> = CHECKS.par_iter().chain(of_systems).map(run).collect();
    once(&mut found);
    let found = found.into_iter().flatten().filter(|finding| context.wants(finding));
    let found = found.filter_map(|finding| standing::weigh(context, finding)).collect();
    flood::gather(context, found)
}

/// What several checks find at one place, of one sort, is told by the one that takes it for the
/// worst, and by the first of those.
fn once(found: &mut [Vec<Finding>]) {
    let of = |own: &Finding| match own.rule {
        "unresolved-reference" | "removed-but-referenced" => Some(("missing", own.primary)),
        rule @ ("unknown-parameter" | "incompatible-value") => Some((rule, own.primary)),
        _ => None,
    };
    let mut worst: FxHashMap<(&str, Place), (Severity, usize)> = FxHashMap::default();
    for (ix, all) in found.iter().enumerate() {
        for own in all {
            let Some(key) = of(own) else { continue };
            let known = worst.entry(key).or_insert((own.severity, ix));
            if own.severity > known.0 {
                *known = (own.severity, ix);
            }
        }
    }
    for (ix, all) in found.iter_mut().enumerate() {
        all.retain(|own| of(own).is_none_or(|key| worst.get(&key).is_none_or(|own| own.1 == ix)));
    }
}
