//! Which folders and files a promotion is about, where both environments stand in one tree.

use super::Error;
use crate::config::Config;
use crate::loader::{Loader, Role};
use crate::mapping::{self, Mapping, Rule, default_rules};
use crate::promote::Stand;
use crate::report::Promotes;
use crate::survey;
use crate::tree::Tree;
use crate::twins;
use smol_str::SmolStr;
use std::collections::BTreeSet;
use std::sync::Arc;

/// Most pairs of folders that are promoted without being named.
const MAX_PAIRS: usize = 40;

/// The configured mapping; without one, what names of files and folders show where both
/// environments stand in one tree, and the default one.
pub fn rules(
    config: &Config,
    tree: &Arc<dyn Tree>,
    loader: &Loader,
    (stand, wanted): (Stand, &[SmolStr]),
) -> Result<Vec<Rule>, Error> {
    if !config.mapping.is_empty() {
        let rule = |pair: &crate::config::Mapping| Rule::new(&pair.staging, &pair.production);
        return Ok(config.mapping.iter().map(rule).collect());
    }
    let mut rules = Vec::new();
    if stand == Stand::OneTree {
        let settings = twins::Settings::of(config).map_err(Error::Usage)?;
        let paths: Vec<&str> = tree.entries().iter().map(|entry| entry.path.as_str()).collect();
        rules = twins::rules(&paths, &settings, |here| {
            let here = here.trim_end_matches('/');
            wanted.is_empty()
                || wanted.iter().any(|own| {
                    let own = plain(own);
                    covers(own, here) || covers(here, own)
                })
        });
        leave_objects(&mut rules, tree, loader);
        // All at once would be no promotion.
        if wanted.is_empty() && rules.len() > MAX_PAIRS {
            return Err(Error::NothingPairs {
                what: format!("{} pairs of folders of environments are too many", rules.len()),
                help: "name those to promote as PATH".into(),
            });
        }
    }
    let known = default_rules().into_iter().filter(|rule| !rules.contains(rule));
    let known: Vec<Rule> = known.collect();
    rules.extend(known);
    Ok(rules)
}

/// Drops the pairs that are two objects beside each other and no two environments.
fn leave_objects(rules: &mut Vec<Rule>, tree: &Arc<dyn Tree>, loader: &Loader) {
    let is_named = |rule: &Rule| {
        let folder = rule.staging.trim_end_matches('*').trim_end_matches('/');
        !mapping::is_environment(crate::facts::base_name(folder))
    };
    // What folders hold is looked at where their names leave it open.
    if !rules.iter().any(is_named) {
        return;
    }
    let snapshot = loader.load(Role::Staging, tree.clone());
    let files = &snapshot.files;
    let files: Vec<survey::Read<'_>> =
        files.iter().map(|file| (file.entry.path.as_str(), file.facts.facts())).collect();
    rules.retain(|rule| !survey::pairs_objects(&files, rule));
}

/// The step of a chain of environments that is promoted: as asked for, or that of the paths, or
/// the last.
pub fn step(
    rules: &[Rule],
    staging: &dyn Tree,
    from: Option<&str>,
    wanted: &[SmolStr],
) -> Result<usize, Error> {
    let steps = mapping::steps(rules);
    if let Some(name) = from {
        let has = |rule: &Rule| rule.staging.split(['/', '.', '-', '_']).any(|word| word == name);
        let mut named = rules.iter().zip(&steps).filter(|(rule, _)| has(rule));
        return named.next().map(|(_, step)| *step).ok_or_else(|| {
            Error::Usage(format!(
                "--from {name}: no rule of the mapping begins with an environment of that name"
            ))
        });
    }
    if steps.iter().all(|step| *step == 0) {
        return Ok(0);
    }
    let is_wanted = |path: &str| wanted.iter().any(|own| covers(plain(own), path));
    let paths = staging.entries().iter().map(|entry| entry.path.as_str());
    let paths: Vec<&str> = paths.filter(|path| is_wanted(path)).collect();
    let is_meant = |rule: &Rule| paths.iter().any(|path| rule.begins_with(path));
    let meant = rules.iter().zip(&steps).filter(|(rule, _)| is_meant(rule));
    let meant: BTreeSet<usize> = meant.map(|(_, step)| *step).collect();
    match meant.len() {
        0 | 1 => Ok(meant.first().copied().unwrap_or(0)),
        _ => Err(Error::Usage(
            "the paths belong to several steps of the chain of environments: promote them \
             one after the other, or choose one with --from"
                .into(),
        )),
    }
}

/// What is promoted to what within one tree, of `wanted` or of all.
///
/// # Errors
/// [`Error::NothingPairs`] where that is nothing.
pub fn promotes(
    rules: &[Rule],
    step: usize,
    tree: &dyn Tree,
    wanted: &[SmolStr],
) -> Result<Vec<Promotes>, Error> {
    let entries = tree.entries();
    let has = |path: &str| entries.binary_search_by(|own| own.path.as_str().cmp(path)).is_ok();
    let is_wanted =
        |path: &str| wanted.is_empty() || wanted.iter().any(|own| covers(plain(own), path));
    let all = mapping::steps(rules);
    let mut found: Vec<(SmolStr, SmolStr)> = Vec::new();
    for rule in rules.iter().zip(all).filter(|(_, own)| *own == step).map(|(rule, _)| rule) {
        let own = Mapping::new(std::slice::from_ref(rule))
            .map_err(|error| Error::Usage(error.to_string()))?;
        let begun = |glob: &str, path: &str| {
            path.starts_with(glob.trim_start_matches("./").split('*').next().unwrap_or_default())
        };
        let pairs = |path: &str| {
            let here = || {
                is_wanted(path)
                    && begun(&rule.staging, path)
                    && (own.to_production(path).is_some()
                        || own.pairs(path).any(|there| has(&there)))
            };
            // What staging has no more goes in production, too.
            let there =
                || begun(&rule.production, path) && own.to_staging(path).any(|own| is_wanted(&own));
            here() || !wanted.is_empty() && there()
        };
        if entries.iter().any(|entry| pairs(&entry.path)) {
            found.push((shown(&rule.staging), shown(&rule.production)));
        }
    }
    if !found.is_empty() {
        return Ok(found.into_iter().map(|(from, to)| Promotes::new(from, to)).collect());
    }
    let help = "`mapping` in crosscheck.yaml says which folders and files correspond";
    Err(match wanted {
        [] => Error::NothingPairs {
            what: format!("nothing in {} pairs with another environment", tree.label()),
            help: format!("{help}, and `crosscheck init --print` proposes pairs"),
        },
        wanted => {
            let named: Vec<String> = wanted.iter().map(|own| format!("`{own}`")).collect();
            Error::NothingPairs {
                what: format!("nothing pairs with {}", named.join(", ")),
                help: format!("{help}, and `crosscheck environments` shows those that are seen"),
            }
        }
    })
}

/// A glob without what stands for all that is below.
fn shown(glob: &SmolStr) -> SmolStr {
    glob.strip_suffix("**")
        .filter(|own| !own.contains('*'))
        .map_or_else(|| glob.clone(), Into::into)
}

/// A path as it was asked for, without `./` before it and `/` behind it.
fn plain(path: &str) -> &str {
    let path = path.trim_start_matches("./").trim_end_matches('/');
    if path == "." { "" } else { path }
}

/// Whether `path` is `folder` or lies in it.
fn covers(folder: &str, path: &str) -> bool {
    let rest = path.strip_prefix(folder);
    folder.is_empty() || rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}
