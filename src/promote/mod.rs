//! Promotions: production with paths of staging put over it, and whether that is complete.

mod apply;
mod closure;
mod selection;

pub use apply::{Applied, ApplyError, apply};
pub use closure::{Graphs, Missed, Sides};
pub use selection::{Changes, Stand, Trees};

use crate::check::environment_gap::{self, Compared, Extent};
use crate::check::{self, Context};
use crate::deadline::Work;
use crate::facts::Require;
use crate::finding::{Finding, FindingScope, Place, Severity};
use crate::graph::{Graph, Resolution};
use crate::loader::{Role, Snapshot};
use crate::packages::Known;
use crate::tree::Change;
use rustc_hash::FxHashSet;
use smol_str::SmolStr;

/// What is known about a promotion.
pub struct Verdict {
    /// About the candidate and the promotion; places name `Role::Candidate`,
    /// `Role::Production` and `Role::Staging`.
    pub findings: Vec<Finding>,
    /// Of production alone: standing debt.
    pub standing: Vec<Finding>,
    /// The smallest further changes that satisfy what is missed.
    pub completion: Changes,
    /// Words on each key that somebody has to add to production's own files.
    pub by_hand: Vec<String>,
}

/// Checks `candidate`, which `changes` made of production.
pub fn check<'s>(
    trees: &Trees,
    sides: &'s Sides<'_>,
    candidate: &'s Snapshot,
    changes: &Changes,
    packages: &Known,
) -> Verdict {
    let graphs = Graphs::new(sides);
    let graph = sides.graph(candidate);
    let context = Context {
        old: Some(&graphs.production),
        staging: Some(&graphs.staging),
        ..Context::of_side(&graph, packages)
    };
    let alone = Context::of_side(&graphs.production, packages);
    let (mut findings, standing) =
        rayon::join(|| check::run(&context, sides.systems), || check::run(&alone, sides.systems));
    for finding in &mut findings {
        let places = finding.related.iter_mut().map(|related| &mut related.place);
        for place in places.chain([&mut finding.primary]) {
            if place.tree == Role::Old {
                place.tree = Role::Production;
            }
        }
    }
    let deadline = &candidate.deadline;
    let missed = match deadline.allows(Work::Checks) {
        true => sides.missed(&graphs, &graph),
        false => Vec::new(),
    };
    let completion =
        if missed.is_empty() { Changes::new() } else { sides.complete(&graphs, changes) };
    if deadline.unfinished().is_some() {
        // What completes it may be more, and what stood before is not known in full.
        findings.retain(|finding| finding.scope == FindingScope::Change);
        return Verdict { findings, standing, completion: Changes::new(), by_hand: Vec::new() };
    }
    let places: FxHashSet<Place> = missed.iter().map(|missed| place(&graph, missed)).collect();
    // The reference is told of once, by the rule that knows the remedy.
    findings.retain(|finding| {
        let is_reference =
            matches!(finding.rule, "unresolved-reference" | "removed-but-referenced");
        !(is_reference && places.contains(&finding.primary))
    });
    let help = completion_help(trees, &completion);
    findings
        .extend(missed.iter().filter_map(|missed| finding(trees, sides, &graph, missed, &help)));
    let compared = Compared {
        staging: &graphs.staging,
        before: &graphs.production,
        after: &graph,
        extent: Extent::Promotion,
    };
    let (gaps, by_hand) = environment_gap::check(trees, &compared, changes.keys());
    let findings = environment_gap::told(findings, gaps);
    Verdict { findings, standing, completion, by_hand }
}

/// The paths of `changes` that hold an environment's own values, and that none of `named`
/// asks for by its full path: they are not to be copied.
pub fn values_of_environment(
    trees: &Trees,
    sides: &Sides<'_>,
    changes: &Changes,
    named: &[SmolStr],
) -> Vec<SmolStr> {
    let is_named = |path: &SmolStr| {
        let own = trees.staging_path(path).unwrap_or(path);
        named.iter().any(|named| named.trim_start_matches("./") == own)
    };
    let holds = |path: &&SmolStr| {
        let sides = [&sides.staging, &sides.production];
        let found = sides.into_iter().find_map(|side| Some(side.file(side.find(path)?)));
        found.is_some_and(|file| environment_gap::is_environment(trees, path, &file.facts))
    };
    changes.keys().filter(holds).filter(|path| !is_named(path)).cloned().collect()
}

fn require<'g>(graph: &Graph<'g>, missed: &Missed) -> Option<&'g Require> {
    graph.snapshot.file(missed.file).facts.requires.get(missed.require)
}

fn place(graph: &Graph<'_>, missed: &Missed) -> Place {
    let span = require(graph, missed).map(|require| require.span).unwrap_or_default();
    Place { tree: Role::Candidate, file: missed.file, span }
}

fn finding(
    trees: &Trees,
    sides: &Sides<'_>,
    graph: &Graph<'_>,
    missed: &Missed,
    help: &str,
) -> Option<Finding> {
    let require = require(graph, missed)?;
    let entity = match graph.resolve(require) {
        Resolution::Missing(entity) | Resolution::Open(entity) => entity,
        Resolution::Found(_) | Resolution::Elsewhere => return None,
    };
    let message = format!("{} is required, and only staging provides it", entity.spoken());
    let mut finding = Finding::new("missed-promotion", message, place(graph, missed))
        .severity(Severity::Error)
        .label(format!("required here by `{}`", require.via))
        .help(help)
        .entity(entity);
    finding.scope = FindingScope::Change;
    if let Some(site) = missed.site {
        let target = &sides.staging.file(site.file).entry.path;
        let path = trees.staging_path(target).unwrap_or(target);
        finding = finding.related(
            format!("staging provides it in {path}"),
            Place { tree: Role::Staging, file: site.file, span: site.span },
        );
    }
    Some(finding)
}

/// The completion as staging paths, sorted; a deletion has production's path.
pub fn completion_paths(trees: &Trees, completion: &Changes) -> Vec<SmolStr> {
    let mut paths: Vec<SmolStr> = completion
        .iter()
        .map(|(target, change)| match change {
            Change::Put(_) => trees.staging_path(target).unwrap_or(target).clone(),
            Change::Delete => target.clone(),
        })
        .collect();
    paths.sort();
    paths
}

fn completion_help(trees: &Trees, completion: &Changes) -> String {
    let paths = completion_paths(trees, completion);
    let shown: String = paths.iter().take(8).map(|path| format!("\n  {path}")).collect();
    match paths.len() {
        0 => String::new(),
        len @ 1..=8 => format!("promote {} too:{shown}", if len == 1 { "this" } else { "these" }),
        len => format!("promote these too:{shown}\n  and {} more (--complete lists them)", len - 8),
    }
}
