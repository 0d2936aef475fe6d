//! How severe a rule is where.

use super::{Config, RuleLevel};
use crate::finding::Severity;
use globset::{Glob, GlobSet, GlobSetBuilder};
use serde::Deserialize;
use std::collections::BTreeMap;

/// Other levels for a part of the tree.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Override {
    /// Globs of the paths that it holds for.
    pub paths: Vec<String>,
    /// Severity by rule.
    pub rules: BTreeMap<String, RuleLevel>,
}

/// The levels of a configuration, ready to be asked.
pub struct Levels<'c> {
    rules: &'c BTreeMap<String, RuleLevel>,
    parts: Vec<(GlobSet, &'c BTreeMap<String, RuleLevel>)>,
}

impl Config {
    /// What it says of the severity of rules.
    pub fn levels(&self) -> Levels<'_> {
        let part = |own: &'_ Override| {
            let mut globs = GlobSetBuilder::new();
            // What is no glob was refused when the configuration was read.
            own.paths.iter().filter_map(|path| Glob::new(path).ok()).for_each(|glob| {
                globs.add(glob);
            });
            globs.build().ok()
        };
        let parts = self.overrides.iter().filter_map(|own| Some((part(own)?, &own.rules)));
        Levels { rules: &self.rules, parts: parts.collect() }
    }
}

impl Levels<'_> {
    /// Whether `rule` is reported anywhere, for what is costly to look for.
    pub fn has(&self, rule: &str) -> bool {
        let parts = self.parts.iter().map(|(_, rules)| *rules);
        let mut told = std::iter::once(self.rules).chain(parts).filter_map(|own| own.get(rule));
        let is_usual = || {
            !self.rules.contains_key(rule)
                && crate::catalog::find(rule).is_none_or(|page| page.enabled)
        };
        told.any(|level| level.severity().is_some()) || is_usual()
    }

    /// The severity of a finding of `rule` in the file at `path` that is `usual` by itself; none
    /// where it is not reported. The last entry that says something of both holds.
    pub fn severity(&self, rule: &str, path: &str, usual: Severity) -> Option<Severity> {
        let parts = self.parts.iter().rev();
        let mut told =
            parts.filter_map(|(paths, rules)| rules.get(rule).filter(|_| paths.is_match(path)));
        match told.next().or_else(|| self.rules.get(rule)) {
            Some(level) => level.severity(),
            None => crate::catalog::find(rule).is_none_or(|page| page.enabled).then_some(usual),
        }
    }
}
