//! How paths of staging and production correspond.

mod names;

pub use names::{ENVIRONMENTS, differ_in_environment, is_environment};

use regex::Regex;
use smol_str::SmolStr;

/// A pair of globs, as configuration writes it. The wildcards of one side stand, in
/// order, for the same text on the other: `*` within a path segment, `**` across them.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Rule {
    /// Paths of staging.
    pub staging: SmolStr,
    /// The same in production.
    pub production: SmolStr,
}

impl Rule {
    /// A rule from its two globs.
    pub fn new(staging: impl Into<SmolStr>, production: impl Into<SmolStr>) -> Self {
        Self { staging: staging.into(), production: production.into() }
    }

    /// Whether it begins with `path`.
    pub fn begins_with(&self, path: &str) -> bool {
        Glob::new(&self.staging).is_ok_and(|glob| glob.pattern.is_match(path))
    }

    /// Whether it maps whole folders, whose files are promoted. Any other rule pairs
    /// files that differ on purpose: their keys are compared, and neither replaces the other.
    fn maps_folders(&self) -> bool {
        self.staging.ends_with("**") && self.production.ends_with("**")
    }
}

/// The rules that hold where configuration gives none; every other path is the same
/// in both.
pub fn default_rules() -> Vec<Rule> {
    [
        ("modules-staging/**", "modules/**"),
        ("overlays/staging/**", "overlays/production/**"),
        ("**/overlays/staging/**", "**/overlays/production/**"),
        ("**/overlays/stage/**", "**/overlays/prod/**"),
        ("**/values-staging.yaml", "**/values-production.yaml"),
        ("**/values-staging.yaml", "**/values-prod.yaml"),
        ("**/values-staging.yaml", "**/values.yaml"),
        ("values-staging.yaml", "values-production.yaml"),
        ("values-staging.yaml", "values-prod.yaml"),
        ("values-staging.yaml", "values.yaml"),
        ("**/staging.values.yaml", "**/production.values.yaml"),
        ("**/staging.values.yaml", "**/prod.values.yaml"),
        ("**/*_stg", "**/*_prod"),
        ("*_stg", "*_prod"),
        ("**/*_stg/*", "**/*_prod/*"),
        ("**/*_stg.*", "**/*_prod.*"),
        ("**/*-labs.php", "**/*.php"),
        ("*-labs.php", "*.php"),
    ]
    .map(|(staging, production)| Rule::new(staging, production))
    .into()
}

/// A rule that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("mapping {staging} → {production}: {reason}")]
pub struct MappingError {
    staging: SmolStr,
    production: SmolStr,
    reason: String,
}

/// How many steps of a chain of environments (development → integration → staging →
/// production) follow on each rule; 0 for those that lead to the last environment. A rule
/// follows on another where it begins with what that one leads to.
pub fn steps(rules: &[Rule]) -> Vec<usize> {
    let mut left = vec![0; rules.len()];
    // A ring has no last environment, and never comes to rest.
    for _ in 0..=rules.len() {
        let mut has_changed = false;
        for (ix, rule) in rules.iter().enumerate() {
            // A folder that stands at the same path in both trees follows on nothing.
            let follows =
                |own: &Rule| own.staging == rule.production && own.production != rule.production;
            let next = rules.iter().zip(&left).filter(|(own, _)| follows(own));
            let steps = next.map(|(_, steps)| steps + 1).max().unwrap_or(0);
            if steps > left[ix] {
                left[ix] = steps;
                has_changed = true;
            }
        }
        if !has_changed {
            return left;
        }
    }
    vec![0; rules.len()]
}

/// Compiled rules.
#[derive(Debug, Clone)]
pub struct Mapping {
    folders: Vec<Compiled>,
    pairs: Vec<Compiled>,
    /// Files of environments that stand before or behind those of the rules in a chain.
    aside: Vec<Glob>,
    /// Further environments follow on those that the rules lead to.
    is_early: bool,
}

#[derive(Debug, Clone)]
struct Compiled {
    staging: Glob,
    production: Glob,
}

impl Mapping {
    /// Compiles `rules`; the first that matches a path holds.
    pub fn new(rules: &[Rule]) -> Result<Self, MappingError> {
        let mut mapping =
            Self { folders: Vec::new(), pairs: Vec::new(), aside: Vec::new(), is_early: false };
        for rule in rules {
            let failed = |reason: String| MappingError {
                staging: rule.staging.clone(),
                production: rule.production.clone(),
                reason,
            };
            let staging = Glob::new(&rule.staging).map_err(|error| failed(error.to_string()))?;
            let production =
                Glob::new(&rule.production).map_err(|error| failed(error.to_string()))?;
            let wildcards = |glob: &Glob| {
                let wild = glob.pieces.iter().filter(|piece| !matches!(piece, GlobPiece::Text(_)));
                wild.cloned().collect::<Vec<_>>()
            };
            if wildcards(&staging) != wildcards(&production) {
                return Err(failed("both sides need the same wildcards in the same order".into()));
            }
            let compiled = Compiled { staging, production };
            if rule.maps_folders() {
                mapping.folders.push(compiled);
            } else {
                mapping.pairs.push(compiled);
            }
        }
        Ok(mapping)
    }

    /// Compiles the rules of one step of a chain: those on which `step` others follow.
    pub fn of_step(rules: &[Rule], step: usize) -> Result<Self, MappingError> {
        let all = steps(rules);
        let own = rules.iter().zip(&all).filter(|(_, own)| **own == step);
        let mut mapping = Self::new(&own.map(|(rule, _)| rule.clone()).collect::<Vec<_>>())?;
        mapping.is_early = step > 0;
        for (rule, other) in rules.iter().zip(&all) {
            let glob = match other.cmp(&step) {
                std::cmp::Ordering::Greater => &rule.staging,
                std::cmp::Ordering::Less => &rule.production,
                std::cmp::Ordering::Equal => continue,
            };
            // What is no rule has been refused.
            mapping.aside.extend(Glob::new(glob).ok());
        }
        Ok(mapping)
    }

    /// Whether the environment that the rules lead to is not the last of its chain.
    pub fn is_early(&self) -> bool {
        self.is_early
    }

    /// Whether a rule leads to `path`.
    pub fn is_target(&self, path: &str) -> bool {
        let mut rules = self.folders.iter().chain(&self.pairs);
        rules.any(|rule| rule.production.pattern.is_match(path))
    }

    /// Whether `path` is of another environment of a chain than those of the rules.
    pub fn is_aside(&self, path: &str) -> bool {
        let mut rules = self.folders.iter().chain(&self.pairs);
        self.aside.iter().any(|glob| glob.pattern.is_match(path))
            && !rules.any(|rule| {
                rule.staging.pattern.is_match(path) || rule.production.pattern.is_match(path)
            })
    }

    /// Where production has what staging has at `path`, if a folder rule says so;
    /// without one it is the same path.
    pub fn to_production(&self, path: &str) -> Option<SmolStr> {
        self.folders.iter().find_map(|rule| rule.staging.rewrite(path, &rule.production))
    }

    /// Where staging has what production has at `path`, by every folder rule.
    pub fn to_staging<'m>(&'m self, path: &'m str) -> impl Iterator<Item = SmolStr> + 'm {
        self.folders.iter().filter_map(move |rule| rule.production.rewrite(path, &rule.staging))
    }

    /// Files of production whose keys may be compared with those of staging's `path`, in the
    /// order of the rules.
    pub fn pairs<'m>(&'m self, path: &'m str) -> impl Iterator<Item = SmolStr> + 'm {
        self.pairs.iter().filter_map(move |rule| rule.staging.rewrite(path, &rule.production))
    }

    /// The production file whose keys are compared with those of staging's `path`.
    pub fn paired(&self, path: &str) -> Option<SmolStr> {
        self.pairs(path).next()
    }

    /// The staging files whose keys are compared with those of production's `path`.
    pub fn paired_staging<'m>(&'m self, path: &'m str) -> impl Iterator<Item = SmolStr> + 'm {
        self.pairs.iter().filter_map(move |rule| rule.production.rewrite(path, &rule.staging))
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum GlobPiece {
    Text(String),
    Segment,
    Any,
}

#[derive(Debug, Clone)]
struct Glob {
    pieces: Vec<GlobPiece>,
    pattern: Regex,
}

impl Glob {
    fn new(glob: &str) -> Result<Self, regex::Error> {
        let mut pieces = Vec::new();
        let mut text = String::new();
        let mut rest = glob.trim_start_matches("./").chars().peekable();
        while let Some(c) = rest.next() {
            if c != '*' {
                text.push(c);
                continue;
            }
            if !text.is_empty() {
                pieces.push(GlobPiece::Text(std::mem::take(&mut text)));
            }
            let is_any = rest.next_if_eq(&'*').is_some();
            pieces.push(if is_any { GlobPiece::Any } else { GlobPiece::Segment });
        }
        if !text.is_empty() {
            pieces.push(GlobPiece::Text(text));
        }
        let body: String = pieces
            .iter()
            .map(|piece| match piece {
                GlobPiece::Text(text) => regex::escape(text),
                GlobPiece::Segment => "([^/]*)".to_owned(),
                GlobPiece::Any => "(.*)".to_owned(),
            })
            .collect();
        Ok(Self { pieces, pattern: Regex::new(&format!("(?s)^{body}$"))? })
    }

    /// `path` with the text of each wildcard put into `other`; `None` without a match.
    fn rewrite(&self, path: &str, other: &Glob) -> Option<SmolStr> {
        let captures = self.pattern.captures(path)?;
        let mut out = String::new();
        let mut wildcard = 0;
        for piece in &other.pieces {
            match piece {
                GlobPiece::Text(text) => out.push_str(text),
                GlobPiece::Segment | GlobPiece::Any => {
                    wildcard += 1;
                    out.push_str(captures.get(wildcard)?.as_str());
                }
            }
        }
        Some(out.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wildcards_carry_their_text_over() {
        let mapping = Mapping::new(&default_rules()).unwrap();
        let to = |path| mapping.to_production(path);
        assert_eq!(to("modules-staging/wiki/a.pp").unwrap(), "modules/wiki/a.pp");
        assert_eq!(to("k8s/overlays/staging/x.yaml").unwrap(), "k8s/overlays/production/x.yaml");
        assert_eq!(to("manifests/site.pp"), None);
        let back: Vec<_> = mapping.to_staging("modules/wiki/a.pp").collect();
        assert_eq!(back, ["modules-staging/wiki/a.pp"]);
        let values: Vec<_> = mapping.pairs("chart/values-staging.yaml").collect();
        assert_eq!(values.first().unwrap(), "chart/values-production.yaml");
        assert_eq!(values.last().unwrap(), "chart/values.yaml");
        assert_eq!(mapping.paired("wmf-config/A-labs.php").unwrap(), "wmf-config/A.php");
        assert_eq!(mapping.paired("inventory/group_stg").unwrap(), "inventory/group_prod");
        assert_eq!(mapping.paired("wmf-config/A.php"), None);
    }

    #[test]
    fn a_chain_has_steps() {
        let rules = [
            Rule::new("v-dev.yaml", "v-int.yaml"),
            Rule::new("v-int.yaml", "v-stg.yaml"),
            Rule::new("v-stg.yaml", "v-prod.yaml"),
            Rule::new("a-stg", "a"),
        ];
        assert_eq!(steps(&rules), [2, 1, 0, 0]);
        let middle = Mapping::of_step(&rules, 1).unwrap();
        assert_eq!(middle.paired("v-int.yaml").unwrap(), "v-stg.yaml");
        assert_eq!(middle.paired("v-stg.yaml"), None);
        assert!(middle.is_target("v-stg.yaml") && middle.is_early());
        let aside: Vec<&str> = ["v-dev.yaml", "v-int.yaml", "v-stg.yaml", "v-prod.yaml"]
            .into_iter()
            .filter(|path| middle.is_aside(path))
            .collect();
        assert_eq!(aside, ["v-dev.yaml", "v-prod.yaml"]);
        let ring = [Rule::new("a", "b"), Rule::new("b", "a")];
        assert_eq!(steps(&ring), [0, 0]);
        assert_eq!(steps(&[Rule::new("vars/**", "vars/**"), Rule::new("a-stg", "a")]), [0, 0]);
    }

    #[test]
    fn sides_with_other_wildcards_are_refused() {
        let error = Mapping::new(&[Rule::new("a/**", "b/*")]).unwrap_err();
        insta::assert_snapshot!(error, @"mapping a/** → b/*: both sides need the same wildcards in the same order");
        assert!(Mapping::new(&[Rule::new("a/*/c", "b/c")]).is_err());
    }
}
