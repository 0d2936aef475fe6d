//! Environments side by side: which files are twins, what one has and the next one lacks, who
//! reads it, whether that is expected, and since when it is so.

mod answer;
mod change;
mod compare;
mod contents;
mod page;
mod pairs;
mod readers;
mod relabel;
mod since;
mod words;

pub use answer::{
    Aside, Difference, Expected, Found, Named, Place, Read, Report, Side, Step, Summary, Until,
    Versions, What, answer,
};
pub use change::Change;
pub use page::Page;
pub use relabel::relabel;
pub use words::Chain;

use crate::config::{Config, Environment};
use crate::mapping::Rule;
use globset::{Glob, GlobMatcher};
use smol_str::SmolStr;

/// How environments are told apart, and what may differ.
#[derive(Debug, Clone, Default)]
pub struct Settings {
    /// Their chain.
    pub chain: Chain,
    /// Pairs that the configuration names.
    pub rules: Vec<Rule>,
    /// Differences that are meant.
    pub expected: Vec<Meant>,
}

/// Differences that are meant.
#[derive(Debug, Clone)]
pub struct Meant {
    /// Of files of either environment; of all without it.
    pub path: Option<GlobMatcher>,
    /// Of keys, items and resources; of all without it.
    pub key: Option<GlobMatcher>,
    /// Why.
    pub reason: String,
}

impl Settings {
    /// What a configuration says.
    ///
    /// # Errors
    /// What is wrong with a glob.
    pub fn of(config: &Config) -> Result<Self, String> {
        let declared = &config.environments;
        let chain = match declared.chain.as_slice() {
            [] => Chain::default(),
            chain => Chain::declared(chain.iter().map(Environment::words).collect()),
        };
        let glob = |text: &Option<String>| -> Result<Option<GlobMatcher>, String> {
            let own = text.as_deref().map(Glob::new).transpose();
            Ok(own.map_err(|error| error.to_string())?.map(|own| own.compile_matcher()))
        };
        let meant = declared.may_differ.iter().map(|own| {
            Ok(Meant { path: glob(&own.path)?, key: glob(&own.key)?, reason: own.reason.clone() })
        });
        let expected = meant.collect::<Result<_, String>>()?;
        let rules = config.mapping.iter().map(|own| Rule::new(&own.staging, &own.production));
        Ok(Self { chain, rules: rules.collect(), expected })
    }
}

impl Meant {
    fn covers(&self, row: &compare::Row) -> bool {
        let is_path = |own: &GlobMatcher| own.is_match(&row.path) || own.is_match(&row.twin);
        self.path.as_ref().is_none_or(is_path)
            && self.key.as_ref().is_none_or(|own| !row.shown.is_empty() && own.is_match(&row.shown))
    }
}

/// Folders of code that are promoted from one environment to the next as a whole, as rules: those
/// whose earlier side is `wanted`. Values of an environment stay where they are.
pub fn rules(paths: &[&str], settings: &Settings, wanted: impl Fn(&str) -> bool) -> Vec<Rule> {
    let is_code = |(path, _): &(SmolStr, SmolStr)| {
        path.ends_with(".tf") || path.ends_with("kustomization.yaml") || path.ends_with(".pp")
    };
    let pairs = pairs::pairs(paths, &settings.chain, &[]);
    let own = pairs.iter().filter(|pair| {
        pair.here.ends_with('/') && wanted(&pair.here) && pair.twins.iter().any(is_code)
    });
    own.map(|pair| Rule::new(format!("{}**", pair.here), format!("{}**", pair.there))).collect()
}
