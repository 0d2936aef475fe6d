//! What a question depends on beside its trees.

use super::{Day, Tree};
use crate::config::{Config, RuleLevel};
use crate::deadline::Deadline;
use crate::fleet::Bundle;
use crate::severity::Severity;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

/// What a question depends on beside its trees: the configuration, joined trees, the choice of
/// rules, the baseline, package indexes, the day and the number of threads.
///
/// The default reads `crosscheck.yaml` at the tree's root and runs the rules that it does not
/// turn off; nothing has expired.
///
/// ```
/// use crosscheck::{Day, Options};
///
/// let options = Options::new()
///     .config_text("rules: {unreferenced-file: note}")
///     .without_rule("derived-out-of-date")
///     .today(Day::today())
///     .threads(2);
/// # let _ = options;
/// ```
#[derive(Debug, Clone, Default)]
pub struct Options {
    pub(super) config: ConfigSource,
    pub(super) joined: Vec<Joined>,
    pub(super) bundles: Vec<Arc<Bundle>>,
    only: Vec<String>,
    without: Vec<String>,
    pub(super) baseline: Option<PathBuf>,
    pub(super) indexes: Vec<String>,
    pub(super) today: Option<Day>,
    pub(super) threads: Option<usize>,
    pub(super) cache: Option<PathBuf>,
    pub(super) deadline: Deadline,
}

/// Where the configuration comes from.
#[derive(Debug, Clone, Default)]
pub(super) enum ConfigSource {
    /// `crosscheck.yaml` at the tree's root.
    #[default]
    Tree,
    /// A file that may lie anywhere.
    File(PathBuf),
    /// A text.
    Text(String),
}

/// A tree that is joined under a name, before and after a change.
#[derive(Debug, Clone)]
pub(super) struct Joined {
    pub name: String,
    pub old: Tree,
    pub new: Tree,
}

impl Options {
    /// The default options.
    pub fn new() -> Self {
        Self::default()
    }

    /// Reads the configuration from a file instead of the tree's own.
    pub fn config_file(mut self, path: impl AsRef<Path>) -> Self {
        self.config = ConfigSource::File(path.as_ref().to_owned());
        self
    }

    /// Takes this configuration instead of the tree's own.
    pub fn config_text(mut self, text: impl Into<String>) -> Self {
        self.config = ConfigSource::Text(text.into());
        self
    }

    /// Joins a tree that does not change, such as the code beside its configuration, as a
    /// folder called `name`.
    pub fn join(self, name: impl Into<String>, tree: Tree) -> Self {
        self.join_change(name, tree.clone(), tree)
    }

    /// Joins a tree that changes too.
    pub fn join_change(mut self, name: impl Into<String>, old: Tree, new: Tree) -> Self {
        self.joined.push(Joined { name: name.into(), old, new });
        self
    }

    /// Reports only this rule, and the others that are named so.
    pub fn only_rule(mut self, id: impl Into<String>) -> Self {
        self.only.push(id.into());
        self
    }

    /// Does not report this rule.
    pub fn without_rule(mut self, id: impl Into<String>) -> Self {
        self.without.push(id.into());
        self
    }

    /// Reads the baseline from a file instead of the one that the configuration names.
    pub fn baseline_file(mut self, path: impl AsRef<Path>) -> Self {
        self.baseline = Some(path.as_ref().to_owned());
        self
    }

    /// Checks pinned versions against a package index: `[NAME=]PATH` of a folder or file of
    /// rpm-md or Debian metadata.
    pub fn package_index(mut self, spec: impl Into<String>) -> Self {
        self.indexes.push(spec.into());
        self
    }

    /// The day that decides what has expired. Without it nothing has.
    pub fn today(mut self, day: Day) -> Self {
        self.today = Some(day);
        self
    }

    /// The number of threads; by default that of the machine's cores. No answer depends on it.
    pub fn threads(mut self, number: usize) -> Self {
        self.threads = Some(number);
        self
    }

    /// Ends what is asked with these options this long from now. A check and a promotion then
    /// report what they have found so far, and what they have left
    /// ([`Summary::unfinished`](crate::Summary::unfinished)); other questions have no answer
    /// ([`Error::Unfinished`](crate::Error::Unfinished)). Within the time, no answer depends on
    /// it. A piece of work that has begun is finished.
    pub fn timeout(self, time: Duration) -> Self {
        self.until(Deadline::after(time))
    }

    /// Ends what is asked with these options at that time.
    pub(crate) fn until(mut self, deadline: Deadline) -> Self {
        self.deadline = deadline;
        self
    }

    /// Keeps what is read of files in this folder, and takes from it what earlier runs read:
    /// only what changed since is read again. Without it nothing is kept. No answer depends on it:
    /// what is missing, damaged or of another version of the program is read anew, and a folder that
    /// cannot be written or lies in the tree is not used. It is bounded (1 GiB), and several runs
    /// may use it at once.
    pub fn cache(mut self, folder: impl AsRef<Path>) -> Self {
        self.cache = Some(folder.as_ref().to_owned());
        self
    }

    /// The day as configuration writes it; empty, and thus before every other, without one.
    pub(super) fn day(&self) -> &str {
        self.today.as_ref().map_or("", Day::as_str)
    }

    /// Turns the rules of `config` on and off as chosen.
    pub(super) fn choose_rules(&self, config: &mut Config) {
        for page in crate::catalog::pages() {
            if !self.only.is_empty() && !self.only.contains(&page.id) {
                config.rules.insert(page.id.clone(), RuleLevel::Off);
            } else if self.only.contains(&page.id) && !page.enabled {
                let level = match page.severity {
                    Severity::Note => RuleLevel::Note,
                    Severity::Warning => RuleLevel::Warning,
                    Severity::Error => RuleLevel::Error,
                };
                config.rules.entry(page.id.clone()).or_insert(level);
            }
            if self.without.contains(&page.id) {
                config.rules.insert(page.id.clone(), RuleLevel::Off);
            }
        }
    }
}
