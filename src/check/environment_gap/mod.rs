//! `environment-gap`: keys that staging's files set, production's lack, and promoted
//! files read.

mod beside;
mod data;
mod readers;
mod set;
mod text;

pub use beside::{Twins, of_twins};
pub use data::{Environments, is_environment};

use crate::facts::{Entity, NamePattern, Ref, Require, Span};
use crate::finding::{Finding, Place, Severity};
use crate::graph::{Graph, Resolution, Site};
use crate::loader::{FileIx, SnapshotFile};
use crate::mapping::{self, Mapping, Rule};
use readers::{Key, Reader};
use rustc_hash::FxHashSet;
use smol_str::SmolStr;

/// What is compared.
pub struct Compared<'g> {
    /// Where values of staging are.
    pub staging: &'g Graph<'g>,
    /// Production before the promotion, or the tree before the change.
    pub before: &'g Graph<'g>,
    /// What production becomes, or the tree after the change.
    pub after: &'g Graph<'g>,
    /// Which of the two it is.
    pub extent: Extent,
}

/// What a key is said of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Extent {
    /// Files are promoted from staging to production.
    Promotion,
    /// One tree changes that holds the values of both: only what the rules pair is compared.
    Change,
}

/// Finds the keys that files of `changed` read, that a file of staging's environment sets, and
/// that nothing of production's does. Values are never compared. Returns the findings with the
/// words on what is to be added by hand.
pub fn check<'c>(
    trees: &dyn Environments,
    compared: &Compared<'_>,
    changed: impl Iterator<Item = &'c SmolStr>,
) -> (Vec<Finding>, Vec<String>) {
    let mut lacking: Vec<(Key, Reader, Set)> = Vec::new();
    for (key, reader) in readers::of(compared, changed) {
        let own = Entity::new(key.kind, key.name.clone());
        if set::is_set(trees, compared.after, &key) || is_elsewhere(compared.after, &own) {
            continue;
        }
        let Some(set) = source(trees, compared, &key) else { continue };
        // Without a pair, what production lacked before the promotion is its standing debt.
        if reader.stands && !(set.is_paired && key.is_looked_up()) {
            continue;
        }
        lacking.push((key, reader, set));
    }
    // `required .Values.a.b` needs the map `a` too: one line is enough.
    let inner: FxHashSet<(FileIx, Span, SmolStr)> = lacking
        .iter()
        .filter_map(|(key, reader, _)| {
            let (outer, _) = key.name.rsplit_once('.')?;
            Some((reader.file, reader.span, outer.into()))
        })
        .collect();
    lacking
        .retain(|(key, reader, _)| !inner.contains(&(reader.file, reader.span, key.name.clone())));
    let variables = lacking.iter().filter(|(key, ..)| key.is_variable());
    let named: Vec<SmolStr> = variables.map(|(key, ..)| key.name.clone()).collect();
    let is_own = |path: &str| data::is_stagings(trees, path);
    let assigned = text::assigned(&is_own, compared.after.snapshot, &named);
    lacking.retain(|(key, ..)| !(key.is_variable() && assigned.contains(&key.name)));
    let by_hand = lacking.iter().map(|(key, _, set)| set.help(&key.name)).collect();
    let say = |(key, reader, set): &(Key, Reader, Set)| finding(key, reader, set, compared);
    (lacking.iter().map(say).collect(), by_hand)
}

/// Keys that a change begins to read and that only staging's side of a pair sets.
pub fn of_change(rules: &[Rule], old: &Graph<'_>, new: &Graph<'_>) -> Vec<Finding> {
    let changed = changed(old, new);
    let compared = Compared { staging: new, before: old, after: new, extent: Extent::Change };
    let last = mapping::steps(rules).into_iter().max().unwrap_or(0);
    // A rule that cannot be used is refused before.
    let steps = (0..=last).filter_map(|step| Mapping::of_step(rules, step).ok());
    let found = steps.flat_map(|step| check(&step, &compared, changed.iter().copied()).0);
    let mut found: Vec<Finding> = found.collect();
    // A key that every step lacks is said of the last one.
    let mut told = FxHashSet::default();
    found.retain(|finding| told.insert(finding.primary));
    found
}

/// Files that a change adds or alters.
fn changed<'g>(old: &Graph<'_>, new: &Graph<'g>) -> Vec<&'g SmolStr> {
    let files = new.snapshot.files.iter().enumerate();
    let is_changed = |(ix, file): &(usize, &'g SnapshotFile)| {
        let before = old.snapshot.find(&file.entry.path);
        before.is_none_or(|before| {
            old.snapshot.blob_id(before) != new.snapshot.blob_id(*ix as FileIx)
        })
    };
    files.filter(is_changed).map(|(_, file)| &file.entry.path).collect()
}

/// The findings with the gaps: a key that is said to be lacking is not said to be missing too.
pub fn told(mut findings: Vec<Finding>, gaps: Vec<Finding>) -> Vec<Finding> {
    let told: FxHashSet<Place> = gaps.iter().map(|gap| gap.primary).collect();
    findings.retain(|finding| {
        let is_reference =
            matches!(finding.rule, "unresolved-reference" | "removed-but-referenced");
        let is_parameter =
            matches!(finding.rule, "newly-required-parameter" | "missing-required-parameter");
        let is_told = || finding.related.iter().any(|related| told.contains(&related.place));
        !(is_reference && told.contains(&finding.primary) || is_parameter && is_told())
    });
    findings.extend(gaps);
    findings
}

/// Where staging sets a key, and where production would.
struct Set {
    site: Site,
    /// Staging's file.
    path: SmolStr,
    /// Its line.
    line: String,
    /// The line, or one beside it, holds what nobody should see.
    is_secret: bool,
    /// The file of production, where one corresponds.
    target: Option<String>,
    is_paired: bool,
    /// Neither of the two files is production's.
    is_early: bool,
}

impl Set {
    fn help(&self, name: &str) -> String {
        let Self { path, line, target, .. } = self;
        match target {
            Some(target) if self.is_early => format!(
                "add `{name}` to {target} with its own value; the line in {path} is `{line}`"
            ),
            Some(target) => format!(
                "add `{name}` to {target} with production's value; staging's line in {path} is `{line}`"
            ),
            None => format!(
                "add `{name}` to production's data with production's value; which file corresponds \
                 to {path} is not known (`mapping` in crosscheck.yaml can say it); staging's line is \
                 `{line}`"
            ),
        }
    }
}

fn finding(key: &Key, reader: &Reader, set: &Set, compared: &Compared<'_>) -> Finding {
    let place = |tree, file, span| Place { tree, file, span };
    let after = compared.after.snapshot;
    let lacking = match set.target.as_deref() {
        Some(target) if target == set.path => "production's",
        Some(target) => target,
        None => "production's data",
    };
    let whose = if set.is_early { "" } else { "staging's " };
    let message = format!("`{}` is set in {whose}{} and not in {lacking}", key.name, set.path);
    let label = match compared.extent {
        Extent::Promotion => "read here by a promoted file",
        Extent::Change => "read here since this change",
    };
    let severity = if reader.is_blank { Severity::Warning } else { Severity::Error };
    let mut finding =
        Finding::new("environment-gap", message, place(after.role, reader.file, reader.span))
            .severity(severity)
            .of_change()
            .label(label)
            .help(set.help(&key.name))
            .entity(key.entity());
    // A report shows the lines around a place.
    if !set.is_secret {
        let site = place(compared.staging.snapshot.role, set.site.file, set.site.span);
        let label = if set.is_early { "set here" } else { "set here in staging" };
        finding = finding.related(label, site);
    }
    let target = set.target.as_deref().and_then(|target| after.find(target));
    if let Some(target) = target {
        let lacks = place(after.role, target, Span::default());
        finding = finding.related("its counterpart lacks it", lacks);
    }
    finding
}

fn source(trees: &dyn Environments, compared: &Compared<'_>, key: &Key) -> Option<Set> {
    let staging = compared.staging.snapshot;
    let exists = |path: &str| compared.after.snapshot.find(path).is_some();
    let sites = compared.staging.matching(key.kind, &NamePattern::exact(key.name.clone()));
    let sets = sites.iter().filter_map(|site| {
        let file = staging.file(site.file);
        let path = &file.entry.path;
        // Of an environment that is neither of the two.
        if trees.mapping().is_aside(path) {
            return None;
        }
        let is_read = || set::is_read_for(compared.staging, site.file, key);
        if !data::is_environment(trees, path, &file.facts) || !file.standing.is_live() || !is_read()
        {
            return None;
        }
        let is_ruled = trees.mapping().paired(path).is_some();
        let target = data::counterpart(trees, path, exists);
        let contents = staging.contents(site.file);
        let line = text::line(&contents, site.span.start, &key.name);
        Some(Set {
            site: *site,
            path: trees.staging_path(path).unwrap_or(path).clone(),
            line,
            is_secret: text::is_near_secret(&contents, site.span.start),
            target,
            is_early: trees.mapping().is_early(),
            is_paired: is_ruled || trees.mapping().to_production(path).is_some(),
        })
    });
    let counts = |set: &Set| {
        // A pair whose production side is not there says nothing of production.
        let is_known = set.target.is_some() || !set.is_paired && !key.needs_counterpart();
        let is_pair = || set.is_paired && set.target.as_deref() != Some(set.path.as_str());
        is_known && (compared.extent == Extent::Promotion || is_pair())
    };
    let mut sets: Vec<Set> = sets.filter(counts).collect();
    sets.sort_by_key(|set| (set.target.is_none(), set.path.clone()));
    let set = sets.into_iter().next()?;
    // What is encrypted may set it.
    let target = set.target.as_deref().and_then(|target| compared.after.snapshot.find(target));
    let is_closed = |file| text::is_encrypted(&compared.after.snapshot.contents(file));
    (!target.is_some_and(is_closed)).then_some(set)
}

/// Whether configuration says that the key lives elsewhere.
fn is_elsewhere(graph: &Graph<'_>, key: &Entity) -> bool {
    let target = Ref::new(key.kind, NamePattern::exact(key.name.clone()));
    let require = Require::certain(target, Span::default(), "key", None);
    matches!(graph.resolve(&require), Resolution::Elsewhere)
}
