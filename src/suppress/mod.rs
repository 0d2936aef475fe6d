//! Silences: inline comments, configuration, and the baseline.
//!
//! A silenced finding is marked, never dropped. What silences nothing any more is
//! reported, so that silences do not outlive their reason.

mod baseline;
mod block;

pub use baseline::{Baseline, Entry};

use crate::config::{Config, Levels, Places};
use crate::facts::{Allow, LineIndex, Span};
use crate::finding::{Finding, Means, Place, Remedy, Severity, Silence};
use crate::graph::Policy;
use crate::loader::{FileIx, Snapshot};
use crate::report::{Resolved, Sources};
use globset::{Glob, GlobMatcher};
use rustc_hash::{FxHashMap, FxHashSet};

/// What silences are judged by.
pub struct Silences<'s> {
    /// The configuration.
    pub config: &'s Config,
    /// What it says about what lives elsewhere.
    pub policy: &'s Policy,
    /// The baseline, if there is one.
    pub baseline: Option<&'s Baseline>,
    /// The day, as `YYYY-MM-DD`, that decides what expired.
    pub today: &'s str,
}

/// Which findings there are: those that nothing explains away, or only some of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Extent {
    /// All of the tree's, so that a silence without one is known to be unused.
    Whole,
    /// What a change brings: a silence may cover what stood before.
    Change,
}

/// Marks findings that something silences. Returns notes on silences that do nothing or
/// give no reason.
pub fn apply(
    findings: &mut [Resolved],
    silences: &Silences<'_>,
    sources: &Sources<'_>,
    snapshot: &Snapshot,
    extent: Extent,
) -> Vec<Finding> {
    let Silences { config, policy, baseline, today } = *silences;
    let mut notes = unexplained(snapshot);
    inline(findings, config, sources, snapshot, extent, &mut notes);
    configured(findings, silences, snapshot, extent, &mut notes);
    if let Some(baseline) = baseline {
        let known: FxHashMap<&str, &Entry> =
            baseline.entries.iter().map(|entry| (entry.fingerprint.as_str(), entry)).collect();
        for finding in findings.iter_mut().filter(|finding| finding.silenced.is_none()) {
            if let Some(entry) =
                known.get(finding.fingerprint.as_str()).filter(|entry| entry.holds(today))
            {
                finding.silenced = Some(entry.silence());
            }
        }
        if extent == Extent::Whole {
            fixed_notes(findings, config, baseline, snapshot, &mut notes);
        }
    }
    if extent == Extent::Whole
        && let Some(place) = config_place(snapshot)
    {
        for glob in policy.unused() {
            let message = format!(
                "nothing needs the `provided-elsewhere` entry `{}` any more",
                glob.as_str()
            );
            notes.push(Finding::new("unused-silence", message, place).severity(Severity::Note));
        }
    }
    notes
}

/// Notes on silences that give no reason.
pub fn unexplained(snapshot: &Snapshot) -> Vec<Finding> {
    let mut notes = Vec::new();
    for (ix, file) in snapshot.files.iter().enumerate() {
        for allow in file.facts.allows.iter().filter(|allow| allow.reason.is_empty()) {
            let place = Place { tree: snapshot.role, file: ix as FileIx, span: allow.span };
            notes.push(
                Finding::new("unexplained-silence", "this silence gives no reason", place)
                    .severity(Severity::Note)
                    .help("write after the parenthesis why the finding is acceptable"),
            );
        }
    }
    notes
}

/// Entries of a baseline that no finding has any more, of rules that ran.
pub fn fixed<'b>(baseline: &'b Baseline, findings: &[Resolved], config: &Config) -> Vec<&'b Entry> {
    let found: FxHashSet<&str> =
        findings.iter().map(|finding| finding.fingerprint.as_str()).collect();
    let levels = config.levels();
    let is_fixed = |entry: &&Entry| {
        runs(&levels, &entry.rule, &entry.path) && !found.contains(entry.fingerprint.as_str())
    };
    baseline.entries.iter().filter(is_fixed).collect()
}

/// A note on each fixed entry, where the baseline stands in the tree.
fn fixed_notes(
    findings: &[Resolved],
    config: &Config,
    baseline: &Baseline,
    snapshot: &Snapshot,
    notes: &mut Vec<Finding>,
) {
    let Some(file) = baseline.path.as_deref().and_then(|path| snapshot.find(path)) else { return };
    let bytes = snapshot.raw(file);
    for entry in fixed(baseline, findings, config) {
        let print = entry.fingerprint.as_bytes();
        let at = memchr::memmem::find(&bytes, print).unwrap_or_default();
        let span = Span::new(at, at + print.len());
        let message = format!("fixed: `{}` in {} is not found any more", entry.rule, entry.path);
        let place = Place { tree: snapshot.role, file, span };
        notes.push(
            Finding::new("unused-silence", message, place)
                .severity(Severity::Note)
                .help("`crosscheck baseline --prune` writes the baseline without it"),
        );
    }
}

/// Whether `rule` reports anything at `path`: a silence of one that does not is not stale.
fn runs(levels: &Levels<'_>, rule: &str, path: &str) -> bool {
    levels.severity(rule, path, Severity::Note).is_some()
}

fn config_place(snapshot: &Snapshot) -> Option<Place> {
    let file = snapshot.find(crate::config::FILE_NAME)?;
    Some(Place { tree: snapshot.role, file, span: Default::default() })
}

/// The lines that a comment covers.
struct Covered<'a> {
    allow: &'a Allow,
    from: u32,
    to: u32,
    /// The last line that this one or any before it covers.
    reached: u32,
}

impl<'a> Covered<'a> {
    /// Those of the comments of a file, in its order; `last` tells the last line of one that
    /// begins on a line.
    fn of(allows: &'a [Allow], index: &LineIndex, last: impl Fn(u32) -> u32) -> Vec<Self> {
        let own = allows.iter().map(|allow| {
            let from = index.line(allow.span.start);
            Self { allow, from, to: last(from), reached: 0 }
        });
        let mut all: Vec<Self> = own.collect();
        all.sort_by_key(|own| (own.from, own.allow.span.start));
        let mut reached = 0;
        for own in &mut all {
            reached = reached.max(own.to);
            own.reached = reached;
        }
        all
    }
}

fn inline(
    findings: &mut [Resolved],
    config: &Config,
    sources: &Sources<'_>,
    snapshot: &Snapshot,
    extent: Extent,
    notes: &mut Vec<Finding>,
) {
    let mut used: FxHashSet<(FileIx, u32)> = FxHashSet::default();
    let mut covered: FxHashMap<FileIx, Vec<Covered<'_>>> = FxHashMap::default();
    for finding in findings.iter_mut().filter(|finding| finding.primary.tree == snapshot.role) {
        let file = finding.primary.source.0;
        let allows = &snapshot.file(file).facts.allows;
        if allows.is_empty() {
            continue;
        }
        let covered = covered.entry(file).or_insert_with(|| {
            let source = sources.get(snapshot.role, file);
            let path = &snapshot.file(file).entry.path;
            Covered::of(allows, &source.1, |line| {
                block::last_line(path, &source.0, &source.1, line)
            })
        });
        let at = finding.primary.start.line;
        let above = covered.partition_point(|own| own.from <= at);
        // The last one that covers it tells why.
        let near = covered[..above].iter().rev().take_while(|own| own.reached >= at);
        for own in near.filter(|own| own.to >= at) {
            if !own.allow.rules.iter().any(|rule| rule == finding.rule) {
                continue;
            }
            used.insert((file, own.allow.span.start));
            finding.silenced.get_or_insert_with(|| {
                let reason = own.allow.reason.to_string();
                Silence { by: Means::Inline, reason }
            });
        }
    }
    let levels = config.levels();
    for (ix, file) in snapshot.files.iter().enumerate() {
        for allow in &file.facts.allows {
            let place = Place { tree: snapshot.role, file: ix as FileIx, span: allow.span };
            // With a change alone, a silence may cover a standing finding.
            let runs = allow.rules.iter().all(|rule| runs(&levels, rule, &file.entry.path));
            if extent == Extent::Whole && runs && !used.contains(&(ix as FileIx, allow.span.start))
            {
                let message = "this silence covers nothing any more";
                notes.push(
                    Finding::new("unused-silence", message, place)
                        .severity(Severity::Note)
                        .help("remove it")
                        .remedy(Remedy::without_comment()),
                );
            }
        }
    }
}

fn configured(
    findings: &mut [Resolved],
    silences: &Silences<'_>,
    snapshot: &Snapshot,
    extent: Extent,
    notes: &mut Vec<Finding>,
) {
    let Silences { config, today, .. } = *silences;
    let place = config_place(snapshot);
    let text = place.map(|own| String::from_utf8_lossy(&snapshot.raw(own.file)).into_owned());
    let levels = config.levels();
    let mut places = None;
    for (ix, ignore) in config.ignore.iter().enumerate() {
        let path: Option<GlobMatcher> = ignore
            .path
            .as_deref()
            .and_then(|path| Glob::new(path).ok())
            .map(|glob| glob.compile_matcher());
        let expired = ignore.expires.as_deref().is_some_and(|date| date < today);
        let mut used = false;
        for finding in findings.iter_mut() {
            let covered = finding.rule == ignore.rule
                && (ignore.path.is_none()
                    || path
                        .as_ref()
                        .is_some_and(|path| path.is_match(finding.primary.path.as_str())))
                && ignore.entity.as_ref().is_none_or(|glob| {
                    finding.entity.as_ref().is_some_and(|entity| glob.matches(entity))
                });
            if covered {
                used = true;
                if !expired {
                    finding.silenced.get_or_insert_with(|| Silence {
                        by: Means::Config,
                        reason: ignore.reason.clone(),
                    });
                }
            }
        }
        let Some(place) = place else { continue };
        let date = ignore.expires.as_deref().unwrap_or_default();
        let message = if expired && used {
            format!("the silence of `{}` expired on {date}", ignore.rule)
        } else if extent == Extent::Whole && !used && runs(&levels, &ignore.rule, "") {
            let expired = if expired { format!("expired on {date}, and ") } else { String::new() };
            format!(
                "the `ignore` entry for `{}` ({}) {expired}covers nothing any more",
                ignore.rule, ignore.reason
            )
        } else {
            continue;
        };
        // A configuration from elsewhere stands in no file of the tree.
        let places = text.as_ref().map(|text| places.get_or_insert_with(|| Places::of(text)));
        let span = places.and_then(|own| own.ignore(ix, &ignore.rule));
        let place = Place { span: span.unwrap_or_default(), ..place };
        notes.push(Finding::new("unused-silence", message, place).severity(Severity::Note));
    }
}
