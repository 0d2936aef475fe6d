//! `crosscheck promote`.

use super::options::{Output, Run, Side};
use super::{CLEAN, FINDINGS, Failure};
use crate::config::Config;
use crate::graph::Policy;
use crate::mapping::{self, Mapping, Rule, default_rules};
use crate::pipeline;
use crate::promote::{self, Applied, Changes, Sides, Trees, Verdict};
use crate::report::{self, Sources, Summary};
use crate::suppress::Silences;
use crate::tree::Tree;
use clap::Args;
use rustc_hash::FxHashSet;
use smol_str::SmolStr;
use std::io::Write;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Instant;

/// Arguments of `promote`.
#[derive(Args)]
#[command(after_long_help = super::help::PROMOTE)]
pub struct Promote {
    /// The tree to promote from
    #[arg(long, value_name = "TREE")]
    staging: String,
    /// The tree to promote to; may be the same one, if `mapping` in crosscheck.yaml pairs its
    /// folders
    #[arg(long, value_name = "TREE")]
    production: String,
    /// Files and folders of staging to promote [default: all that differs]
    #[arg(value_name = "PATH")]
    paths: Vec<SmolStr>,
    /// In a chain of environments, the one to promote from: a word in the paths of its files
    /// [default: the one that PATH belongs to, or the last before production]
    #[arg(long, value_name = "NAME")]
    from: Option<String>,
    /// Check this tree as what production becomes, instead of making it from the paths
    #[arg(long, value_name = "TREE", conflicts_with_all = ["paths", "complete", "apply"])]
    candidate: Option<String>,
    /// Print only the paths that must be promoted too, one a line; exit with 1 if there are any
    #[arg(long)]
    complete: bool,
    /// Write the promotion, completed with the paths that it needs, into DIR
    #[arg(long, value_name = "DIR", conflicts_with = "complete")]
    apply: Option<PathBuf>,
    #[command(flatten)]
    run: Run,
    #[command(flatten)]
    output: Output,
}

impl Promote {
    /// Runs the command.
    pub fn run(&self) -> Result<u8, Failure> {
        let started = Instant::now();
        let staging = self.run.open(&self.staging)?;
        let production = self.run.open(&self.production)?;
        let given = self.candidate.as_deref().map(|spec| self.run.open(spec)).transpose()?;
        let config = self.run.config(production.as_ref())?;
        let join = |tree| self.run.joined(tree, &config, Side::New);
        let (staging, production) = (join(staging)?, join(production)?);
        let given = given.map(join).transpose()?;
        let policy = config.policy();
        let rules = rules(&config);
        let step = self.step(&rules, staging.as_ref())?;
        let mapping =
            Mapping::of_step(&rules, step).map_err(|error| Failure::usage(error.to_string()))?;
        let is_one_tree = self.staging == self.production;
        self.run.in_pool(|| {
            let trees = Trees::new(staging, production, mapping, is_one_tree);
            self.check(&trees, given, &config, &policy, started)
        })?
    }

    /// The step of a chain of environments that is promoted: as asked for, or that of the
    /// paths, or the last.
    fn step(&self, rules: &[Rule], staging: &dyn Tree) -> Result<usize, Failure> {
        let steps = mapping::steps(rules);
        if let Some(name) = &self.from {
            let has = |rule: &Rule| {
                rule.staging.split(['/', '.', '-', '_']).any(|word| word == name.as_str())
            };
            let mut own = rules.iter().zip(&steps).filter(|(rule, _)| has(rule));
            return own.next().map(|(_, step)| *step).ok_or_else(|| {
                Failure::usage(format!(
                    "--from {name}: no rule of the mapping begins with an environment of that name"
                ))
            });
        }
        if steps.iter().all(|step| *step == 0) {
            return Ok(0);
        }
        let covers = |path: &str| {
            let wanted = |own: &SmolStr| {
                let own = own.trim_start_matches("./").trim_end_matches('/');
                path.strip_prefix(own).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
            };
            self.paths.iter().any(wanted)
        };
        let paths: Vec<&str> = staging.entries().iter().map(|own| own.path.as_str()).collect();
        let paths: Vec<&str> = paths.into_iter().filter(|path| covers(path)).collect();
        let is_meant = |rule: &Rule| paths.iter().any(|path| rule.begins_with(path));
        let meant = rules.iter().zip(&steps).filter(|(rule, _)| is_meant(rule));
        let meant: std::collections::BTreeSet<usize> = meant.map(|(_, step)| *step).collect();
        match meant.len() {
            0 | 1 => Ok(meant.first().copied().unwrap_or(0)),
            _ => Err(Failure::usage(
                "the paths belong to several steps of the chain of environments: promote them \
                 one after the other, or choose one with --from",
            )),
        }
    }

    fn check(
        &self,
        trees: &Trees,
        given: Option<Arc<dyn Tree>>,
        config: &Config,
        policy: &Policy,
        started: Instant,
    ) -> Result<u8, Failure> {
        let changes = match &given {
            Some(candidate) => trees.changes_to(candidate.as_ref()),
            None if self.paths.is_empty() => trees.all_changes(),
            None => {
                trees.changes_of(&self.paths).map_err(|error| Failure::usage(error.to_string()))?
            }
        };
        let session = pipeline::session(config).map_err(Failure::usage)?;
        let packages = config.known(self.run.indexes()?);
        let sides = Sides::load(trees, session, policy, crate::pipeline::systems());
        let candidate = match given {
            Some(tree) => sides.given(tree),
            None => sides.candidate(&changes),
        };
        let verdict = promote::check(trees, &sides, &candidate, &changes, &packages);
        if self.complete {
            let paths = promote::completion_paths(trees, &verdict.completion);
            let text: String = paths.iter().map(|path| format!("{path}\n")).collect();
            print(&text)?;
            tell(&verdict.by_hand);
            let is_complete = paths.is_empty() && verdict.by_hand.is_empty();
            return Ok(if is_complete { CLEAN } else { FINDINGS });
        }
        if let Some(dir) = &self.apply {
            let mut changes = changes;
            for path in promote::values_of_environment(trees, &sides, &changes, &self.paths) {
                changes.remove(&path);
                eprintln!(
                    "{} left out: it holds values of an environment; name it by its full path to copy it whole",
                    crate::report::escape::terminal(&path)
                );
            }
            return apply(trees, changes, verdict, dir);
        }
        let sources = Sources::new(vec![&candidate, &sides.production, &sides.staging]);
        let Verdict { findings, standing, .. } = verdict;
        let mut findings = report::resolve(pipeline::leveled(findings, config), &sources);
        let standing = report::resolve(pipeline::leveled(standing, config), &sources);
        let known: FxHashSet<&str> =
            standing.iter().map(|finding| finding.fingerprint.as_str()).collect();
        findings.retain(|finding| {
            finding.scope == crate::finding::Scope::Change
                || !known.contains(finding.fingerprint.as_str())
        });
        let baseline = self.run.baseline(config, trees.production.as_ref())?;
        let today = super::clock::today();
        let silences = Silences { config, policy, baseline: baseline.as_ref(), today: &today };
        let before = Some(&sides.production);
        let findings = pipeline::finish(findings, &candidate, before, &silences, &sources);
        let summary = Summary { compared: true, ..Summary::of(&candidate) };
        self.output.finish(&findings, summary, &sources, started)
    }
}

/// The configured mapping, or the default one.
fn rules(config: &Config) -> Vec<Rule> {
    if config.mapping.is_empty() {
        return default_rules();
    }
    let rule = |own: &crate::config::Mapping| Rule::new(&own.staging, &own.production);
    config.mapping.iter().map(rule).collect()
}

fn apply(
    trees: &Trees,
    mut changes: Changes,
    verdict: Verdict,
    dir: &std::path::Path,
) -> Result<u8, Failure> {
    changes.extend(verdict.completion);
    let applied = promote::apply(trees, &changes, dir)
        .map_err(|error| Failure::incomplete(error.to_string()))?;
    let lines = applied.iter().map(|applied| match applied {
        Applied::Wrote(path) => format!("wrote {path}\n"),
        Applied::Deleted(path) => format!("deleted {path}\n"),
    });
    print(&lines.collect::<String>())?;
    tell(&verdict.by_hand);
    Ok(if verdict.by_hand.is_empty() { CLEAN } else { FINDINGS })
}

/// Says on standard error what is left to be done by hand.
fn tell(by_hand: &[String]) {
    for line in by_hand {
        eprintln!("by hand: {}", crate::report::escape::terminal(line));
    }
}

fn print(text: &str) -> Result<(), Failure> {
    match std::io::stdout().lock().write_all(text.as_bytes()) {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => {
            Err(Failure::incomplete(format!("cannot write to standard output: {error}")))
        }
        _ => Ok(()),
    }
}
