//! Files that a history has changed together, and what a change leaves out of them.
//!
//! Association rules, after Rex (NSDI 2020): of the commits that changed one file, how many changed
//! another one too. Nothing is counted ahead: commits are kept by the files that they changed, and
//! asked for the few files of a change.

mod findings;

pub use findings::findings;

use crate::deadline::{Deadline, Work};
use crate::facts::day;
use crate::tree::{Commit, History, Past};
use rustc_hash::FxHashMap;
use smol_str::SmolStr;
use std::collections::{BTreeMap, VecDeque};

/// Most commits that rules are learned from: the newest before a change.
pub const COMMITS: usize = 2_000;
/// Commits and changes of more files are passed over: what they have in common is a wave of
/// renames or formatting, not one thought.
pub const FILES: usize = 10;
/// Fewest commits that changed both files.
const SUPPORT: usize = 5;
/// Least share of the commits that changed both, of those that changed either one, in percent. A
/// file that often changes by itself is left out: that it does so soon again says nothing.
const CONFIDENCE: usize = 80;
/// So many of the newest commits that changed the one must all have changed the other: habits end.
const RECENT: usize = 3;

/// What the newest commits of a history have changed.
#[derive(Debug, Clone, Default)]
pub struct Together {
    /// Oldest first.
    commits: VecDeque<Changed>,
    /// How many older commits were forgotten.
    forgotten: usize,
    /// By file, which commits changed it, counted over all that were learned.
    by_file: FxHashMap<SmolStr, VecDeque<usize>>,
}

/// What a commit has changed.
#[derive(Debug, Clone)]
struct Changed {
    id: String,
    seconds: i64,
    /// Sorted; none of a commit that is passed over.
    files: Vec<SmolStr>,
}

/// That who changes one file changes another one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rule {
    /// The file that was changed.
    pub changed: SmolStr,
    /// The one that was not.
    pub other: SmolStr,
    /// How many commits changed both.
    pub support: usize,
    /// How many changed the first.
    pub of: usize,
    /// The newest of those that changed both, with their days; the newest first.
    pub examples: Vec<String>,
}

impl Together {
    /// What the commits of a history changed, up to its newest; `None` where the time was over
    /// before its end.
    pub fn of(history: &History, deadline: &Deadline) -> Option<Self> {
        let mut own = Self::default();
        let past = history.past();
        for ix in (0..history.commits().len().saturating_sub(1).min(COMMITS)).rev() {
            if !deadline.allows(Work::Checks) {
                return None;
            }
            own.learn(&history.commits()[ix], &past, ix);
        }
        Some(own)
    }

    /// Takes in the `ix`th commit of a history, which follows on those so far.
    pub fn learn(&mut self, commit: &Commit, past: &Past<'_>, ix: usize) {
        let files = past.modified(ix, FILES).unwrap_or_default();
        self.add(commit.id.clone(), commit.seconds, files);
    }

    fn add(&mut self, id: String, seconds: i64, files: Vec<SmolStr>) {
        let number = self.forgotten + self.commits.len();
        for file in &files {
            self.by_file.entry(file.clone()).or_default().push_back(number);
        }
        self.commits.push_back(Changed { id, seconds, files });
        if self.commits.len() > COMMITS {
            self.forget();
        }
    }

    fn forget(&mut self) {
        let Some(oldest) = self.commits.pop_front() else { return };
        self.forgotten += 1;
        for file in &oldest.files {
            let Some(own) = self.by_file.get_mut(file) else { continue };
            own.pop_front();
            if own.is_empty() {
                self.by_file.remove(file);
            }
        }
    }

    /// The strongest rule for each file that belongs to one of those `changed`, by that file.
    fn rules(&self, changed: &[&SmolStr]) -> BTreeMap<SmolStr, Rule> {
        let mut best: BTreeMap<SmolStr, Rule> = BTreeMap::new();
        for file in changed {
            for rule in self.rules_of(file) {
                // Shares as products of whole numbers: a share in floating point may round.
                let is_better = |own: &Rule| rule.support * own.of > own.support * rule.of;
                if best.get(&rule.other).is_none_or(is_better) {
                    best.insert(rule.other.clone(), rule);
                }
            }
        }
        best
    }

    /// What nearly every commit that changed `file` has changed too.
    fn rules_of(&self, file: &SmolStr) -> Vec<Rule> {
        let Some(numbers) = self.by_file.get(file).filter(|own| own.len() >= SUPPORT) else {
            return Vec::new();
        };
        // Those that changed nothing else speak against a rule: they count.
        let commits: Vec<&Changed> = numbers
            .iter()
            .rev()
            .filter_map(|own| self.commits.get(own.checked_sub(self.forgotten)?))
            .collect();
        let mut counts: BTreeMap<&SmolStr, usize> = BTreeMap::new();
        for other in commits.iter().flat_map(|own| &own.files).filter(|own| *own != file) {
            *counts.entry(other).or_default() += 1;
        }
        let has = |own: &Changed, other: &SmolStr| own.files.binary_search(other).is_ok();
        let of = commits.len();
        let all = |other: &SmolStr| self.by_file.get(other).map_or(0, VecDeque::len);
        let strong = counts.into_iter().filter(|(other, support)| {
            *support >= SUPPORT
                && support * 100 >= CONFIDENCE * of.max(all(other))
                && commits.iter().take(RECENT).all(|own| has(own, other))
        });
        strong
            .map(|(other, support)| {
                let both = commits.iter().filter(|own| has(own, other)).take(2);
                let examples = both.map(|own| own.shown()).collect();
                Rule { changed: file.clone(), other: other.clone(), support, of, examples }
            })
            .collect()
    }
}

impl Changed {
    fn shown(&self) -> String {
        let short = self.id.get(..10).unwrap_or(&self.id);
        format!("{short} ({})", day(self.seconds.div_euclid(86_400)))
    }
}

#[cfg(test)]
mod tests {
    use super::{COMMITS, Rule, Together};
    use smol_str::SmolStr;

    fn learned(commits: &[&str]) -> Together {
        let mut own = Together::default();
        for (ix, files) in commits.iter().enumerate() {
            let mut files: Vec<SmolStr> = files.split_whitespace().map(SmolStr::from).collect();
            files.sort();
            own.add(format!("{ix:040}"), 86_400 * ix as i64, files);
        }
        own
    }

    fn rules(own: &Together, file: &str) -> Vec<Rule> {
        own.rules_of(&SmolStr::from(file))
    }

    #[test]
    fn a_rule_needs_support_confidence_and_a_habit_that_lasts() {
        let told = rules(&learned(&["a b"; 5]), "a");
        assert_eq!((told.len(), told[0].support, told[0].of), (1, 5, 5));
        assert_eq!(told[0].examples, ["0000000000 (1970-01-05)", "0000000000 (1970-01-04)"]);
        assert!(rules(&learned(&["a b"; 4]), "a").is_empty());
        // Two of seven did without: 71 %, whichever file they changed.
        let mut commits = vec!["a", "a", "a b", "a b", "a b", "a b", "a b"];
        assert!(rules(&learned(&commits), "a").is_empty());
        assert!(rules(&learned(&commits), "b").is_empty());
        // One of six did.
        commits.remove(0);
        assert_eq!(rules(&learned(&commits), "a").len(), 1);
        assert_eq!(rules(&learned(&commits), "b").len(), 1);
        // It did lately.
        commits.swap(0, 4);
        assert!(rules(&learned(&commits), "a").is_empty());
        assert_eq!(rules(&learned(&commits), "b").len(), 1);
    }

    #[test]
    fn what_is_too_old_is_forgotten() {
        let mut commits = vec!["a b"; 5];
        commits.extend(vec!["c"; COMMITS - 5]);
        assert_eq!(rules(&learned(&commits), "a").len(), 1);
        commits.push("c");
        let own = learned(&commits);
        assert!(rules(&own, "a").is_empty());
        assert_eq!((own.commits.len(), own.forgotten), (COMMITS, 1));
        commits.extend(vec!["c"; 4]);
        assert!(!learned(&commits).by_file.contains_key("a"));
    }

    #[test]
    fn each_file_is_told_of_once_by_the_strongest_rule() {
        let mut commits = vec!["a b c"; 9];
        commits.extend(["a", "a b c", "a b c", "a b c"]);
        // By name the weaker one is first.
        let own = learned(&commits);
        let (a, b) = (SmolStr::from("a"), SmolStr::from("b"));
        let told = own.rules(&[&a, &b]);
        assert_eq!((told["c"].changed.as_str(), told["c"].support, told["c"].of), ("b", 12, 12));
    }
}
