//! Options that several commands share.

use super::{CLEAN, FINDINGS, Failure, given};
use crate::config::{self, Config, ConfigError, RuleLevel};
use crate::facts::nearest_of;
use crate::finding::Severity;
use crate::packages::Index;
use crate::report::{Detail, Format, Report, Resolved, Sources, Style, Summary};
use crate::suppress::Baseline;
use crate::tree::{JoinedTree, Refused, Tree, open_named};
use clap::builder::PossibleValuesParser;
use clap::{Args, ValueEnum};
use smol_str::SmolStr;
use std::borrow::Cow;
use std::io::{IsTerminal, Write};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Instant;

/// The failure for a rule that does not exist.
pub fn unknown_rule(id: &str) -> Failure {
    let ids = crate::catalog::pages().iter().map(|page| page.id.as_str());
    let near = nearest_of(id, ids).map(|near| format!("; did you mean `{near}`?"));
    let near = near.unwrap_or_else(|| "; `crosscheck rules` lists all".to_owned());
    Failure::usage(format!("unknown rule `{id}`{near}"))
}

/// Of `git:OLD..NEW`, the end on `side`; any other tree as it is.
fn end(spec: &str, side: Side) -> String {
    let (old, new) = crate::tree::range(spec);
    if side == Side::Old { old } else { new }
}

/// The failure for an entry under `with` of the analysed tree's own configuration.
fn refused_with(name: &str, spec: &str, refused: Refused) -> Failure {
    Failure::usage(format!(
        "{}: `with: {{{name}: {spec}}}` is refused: {refused}. What a tree's own configuration \
         names stays inside that tree; to join another, run with `--with {name}={spec}`, or name \
         a configuration outside the tree with --config",
        config::FILE_NAME
    ))
}

/// The rules' ids, which completion offers.
pub fn rule_ids() -> PossibleValuesParser {
    PossibleValuesParser::new(crate::catalog::pages().iter().map(|page| page.id.as_str()))
}

/// Which end of a change a tree stands at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// Before it.
    Old,
    /// After it, or where nothing changes.
    New,
}

/// Where trees come from, and what belongs to their world: what every command obeys.
#[derive(Args)]
pub struct World {
    /// Repository for `git:` and `index:` trees (bare ones too)
    #[arg(short = 'C', long, value_name = "DIR", default_value = ".")]
    pub repo: PathBuf,
    /// Number of threads [default: all cores]
    #[arg(long, value_name = "N")]
    pub threads: Option<usize>,
    /// Configuration file [default: crosscheck.yaml at the tree's root]
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// Another tree to join, such as the code beside its configuration; if it changes too,
    /// `REPOSITORY@git:OLD..NEW`; may be repeated
    #[arg(long, value_name = "NAME=TREE")]
    pub with: Vec<String>,
}

/// The world, and which findings of it are wanted.
#[derive(Args)]
pub struct Run {
    #[command(flatten)]
    world: World,
    /// Report only these rules; may be repeated
    #[arg(long, value_name = "ID[,ID…]", value_delimiter = ',', value_parser = rule_ids())]
    #[arg(hide_possible_values = true)]
    pub rule: Vec<String>,
    /// Do not report these rules; may be repeated
    #[arg(long, value_name = "ID[,ID…]", value_delimiter = ',', value_parser = rule_ids())]
    #[arg(hide_possible_values = true)]
    pub no_rule: Vec<String>,
    /// Baseline of accepted findings [default: the one that the configuration names]
    #[arg(long, value_name = "FILE")]
    pub baseline: Option<PathBuf>,
    /// Package index to check pinned versions against: a folder or file of rpm-md or Debian
    /// metadata, optionally named; may be repeated
    #[arg(long, value_name = "[NAME=]PATH")]
    pub packages: Vec<String>,
}

/// How findings are reported.
#[derive(Args)]
pub struct Output {
    /// Report format; may be repeated, each with its own -o [default: human]
    #[arg(long, value_enum, value_name = "FORMAT")]
    pub format: Vec<Format>,
    /// Write the report to FILE; the first -o belongs to the first --format, and so on
    #[arg(short, long = "output", value_name = "FILE")]
    pub output: Vec<PathBuf>,
    /// Exit with 1 if a finding has at least this severity
    #[arg(long, value_enum, default_value = "error", value_name = "SEVERITY")]
    pub fail_on: FailOn,
    /// Show only findings of at least this severity; does not affect the exit code
    #[arg(long, value_enum, value_name = "SEVERITY")]
    pub min_severity: Option<MinSeverity>,
    /// Print for each system how many files were read, and how many of them produced facts
    #[arg(long)]
    pub stats: bool,
    /// Print only the totals (human and concise formats)
    #[arg(short, long)]
    pub quiet: bool,
    /// Show every occurrence instead of grouping findings with the same cause (human and
    /// concise formats)
    #[arg(short, long, conflicts_with = "quiet")]
    pub verbose: bool,
    /// Colours in the human format
    #[arg(long, value_enum, default_value = "auto", value_name = "WHEN")]
    pub color: Color,
}

/// Values of `--fail-on`.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum FailOn {
    /// Errors.
    Error,
    /// Errors and warnings.
    Warning,
    /// Errors, warnings and notes.
    Note,
    /// Nothing.
    Never,
}

/// Values of `--min-severity`.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum MinSeverity {
    /// Errors.
    Error,
    /// Errors and warnings.
    Warning,
    /// Errors, warnings and notes.
    Note,
}

impl MinSeverity {
    fn shows(self, severity: Severity) -> bool {
        severity
            >= match self {
                Self::Error => Severity::Error,
                Self::Warning => Severity::Warning,
                Self::Note => Severity::Note,
            }
    }
}

/// Values of `--color`.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Color {
    /// On a terminal, unless `NO_COLOR` is set.
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

impl FailOn {
    /// Whether a finding of `severity` fails the run.
    pub fn includes(self, severity: Severity) -> bool {
        match self {
            Self::Error => severity >= Severity::Error,
            Self::Warning => severity >= Severity::Warning,
            Self::Note => true,
            Self::Never => false,
        }
    }
}

impl std::ops::Deref for Run {
    type Target = World;

    fn deref(&self) -> &World {
        &self.world
    }
}

impl World {
    /// Opens a tree.
    pub fn open(&self, spec: &str) -> Result<Arc<dyn Tree>, Failure> {
        let tree = crate::tree::open(spec, &self.repo)
            .map_err(|error| Failure::incomplete(error.to_string()))?;
        let is_empty = tree.entries().is_empty() && tree.problems().is_empty();
        if is_empty && !crate::tree::is_git(spec) {
            return Err(Failure::incomplete(format!("{spec} holds no files: nothing to check")));
        }
        Ok(tree)
    }

    /// `tree` with the further trees of its world, from the command line and from `config`;
    /// of a range, the end on `side`.
    pub fn joined(
        &self,
        tree: Arc<dyn Tree>,
        config: &Config,
        side: Side,
    ) -> Result<Arc<dyn Tree>, Failure> {
        let mut others: Vec<(String, Arc<dyn Tree>)> = Vec::new();
        for with in &self.with {
            let (name, spec) = with.split_once('=').ok_or_else(|| {
                Failure::usage(format!("--with {with}: write NAME=TREE, such as code=../code"))
            })?;
            others.push((name.to_owned(), self.beside(spec, side)?));
        }
        for (name, spec) in &config.with {
            if others.iter().any(|(own, _)| own == name) {
                continue;
            }
            let other = match config.source {
                config::Source::User => self.beside(spec, side)?,
                config::Source::Found | config::Source::Tree => match self.own(&tree, spec, side) {
                    // What the change brings was not there before.
                    Err(Refused::Absent) if side == Side::Old => continue,
                    other => other.map_err(|refused| refused_with(name, spec, refused))?,
                },
            };
            others.push((name.clone(), other));
        }
        if others.is_empty() {
            return Ok(tree);
        }
        JoinedTree::new(tree, others)
            .map(|joined| Arc::new(joined) as Arc<dyn Tree>)
            .map_err(Failure::usage)
    }

    /// A tree that the command line, or a configuration from outside the tree, names.
    fn beside(&self, spec: &str, side: Side) -> Result<Arc<dyn Tree>, Failure> {
        crate::tree::open(&end(spec, side), &self.repo)
            .map_err(|error| Failure::incomplete(error.to_string()))
    }

    /// A tree that the configuration of `tree` itself names.
    fn own(&self, tree: &Arc<dyn Tree>, spec: &str, side: Side) -> Result<Arc<dyn Tree>, Refused> {
        open_named(tree, &self.repo, &end(spec, side))
    }

    /// Who wrote the configuration at `path`, which `--config` names.
    fn source(&self, path: &std::path::Path, tree: &dyn Tree) -> config::Source {
        let is_own = path.canonicalize().is_ok_and(|path| {
            crate::tree::folder_of(tree.label(), &self.repo)
                .is_some_and(|own| path.starts_with(own))
        });
        if is_own { config::Source::Tree } else { config::Source::User }
    }

    /// The configuration of `tree`.
    pub fn config(&self, tree: &dyn Tree) -> Result<Config, Failure> {
        let given = match &self.config {
            Some(path) => Some((path, given::read(path)?)),
            None => None,
        };
        let refuse = |error: ConfigError| match &given {
            Some((path, given)) if !given.is_quotable() => {
                let error = error.in_file(path.display().to_string());
                Failure::usage(given.explain(path, &error.to_string()))
            }
            Some((path, _)) => Failure::config(error.in_file(path.display().to_string())),
            None => Failure::config(error.in_file(config::FILE_NAME)),
        };
        let mut config = match &given {
            Some((path, given)) => {
                let mut config = Config::parse(&given.text).map_err(&refuse)?;
                config.source = self.source(path, tree);
                config
            }
            None => crate::pipeline::discover_config(tree).map_err(Failure::config)?,
        };
        let named = self.with.iter().filter_map(|with| with.split_once('='));
        config.joined = named.map(|(name, _)| name.into()).collect();
        config.joined.extend(config.with.keys().map(SmolStr::from));
        config.joined.sort();
        config.joined.dedup();
        crate::pipeline::discover_settings(tree, &mut config).map_err(Failure::usage)?;
        for warning in config.kinds().map_err(&refuse)? {
            let text = refuse(warning).message;
            eprintln!("warning: {}", crate::report::escape::terminal(text.trim_end()));
        }
        Ok(config)
    }

    /// Runs `work` on a pool of the wanted size. Its threads have large stacks: parsers
    /// recurse.
    pub fn in_pool<T: Send>(&self, work: impl FnOnce() -> T + Send) -> Result<T, Failure> {
        let mut builder = rayon::ThreadPoolBuilder::new().stack_size(16 << 20);
        if let Some(threads) = self.threads {
            builder = builder.num_threads(threads.max(1));
        }
        let pool = builder
            .build()
            .map_err(|error| Failure::incomplete(format!("cannot start threads: {error}")))?;
        Ok(pool.install(work))
    }
}

impl Run {
    /// The configuration of `tree`, with the rules chosen on the command line.
    pub fn config(&self, tree: &dyn Tree) -> Result<Config, Failure> {
        let mut config = self.world.config(tree)?;
        for page in crate::catalog::pages() {
            if !self.rule.is_empty() && !self.rule.contains(&page.id) {
                config.rules.insert(page.id.clone(), RuleLevel::Off);
            } else if self.rule.contains(&page.id) && !page.enabled {
                let level = match page.severity {
                    Severity::Note => RuleLevel::Note,
                    Severity::Warning => RuleLevel::Warning,
                    Severity::Error => RuleLevel::Error,
                };
                config.rules.entry(page.id.clone()).or_insert(level);
            }
            if self.no_rule.contains(&page.id) {
                config.rules.insert(page.id.clone(), RuleLevel::Off);
            }
        }
        Ok(config)
    }

    /// The package indexes that are named.
    pub fn indexes(&self) -> Result<Vec<Index>, Failure> {
        let open = |spec: &String| {
            Index::open(spec).map_err(|error| Failure::incomplete(error.to_string()))
        };
        self.packages.iter().map(open).collect()
    }

    /// The baseline, if one is named: on the command line, or by the configuration as a path of
    /// `tree`.
    pub fn baseline(&self, config: &Config, tree: &dyn Tree) -> Result<Option<Baseline>, Failure> {
        if let Some(path) = &self.baseline {
            let given = given::read(path)?;
            return Baseline::parse(&given.text)
                .map(Some)
                .map_err(|error| Failure::usage(given.explain(path, &error)));
        }
        let Some(path) = &config.baseline else { return Ok(None) };
        match crate::pipeline::baseline_in(tree, path).map_err(Failure::usage)? {
            Some(baseline) => Ok(Some(baseline)),
            None => Err(Failure::usage(format!(
                "the configuration names the baseline {path}, which is not in the tree; \
                 `crosscheck baseline -o {path}` writes it"
            ))),
        }
    }
}

impl Output {
    /// Refuses combinations that have no meaning, before any work is done.
    pub fn validate(&self) -> Result<(), Failure> {
        let formats = self.format.len().max(1);
        if self.output.len() > formats {
            return Err(Failure::usage("more -o than --format: give each report its format"));
        }
        if formats - self.output.len() > 1 {
            return Err(Failure::usage("several --format need a -o each, but for the last one"));
        }
        Ok(())
    }

    /// Writes the reports and returns the exit code.
    pub fn finish(
        &self,
        findings: &[Resolved],
        mut summary: Summary,
        sources: &Sources<'_>,
        started: Instant,
    ) -> Result<u8, Failure> {
        summary.count(findings);
        let shown: Cow<'_, [Resolved]> = match self.min_severity {
            None => Cow::Borrowed(findings),
            Some(least) => {
                let (shown, hidden): (Vec<_>, Vec<_>) =
                    findings.iter().cloned().partition(|own| least.shows(own.severity));
                summary.hidden = hidden.iter().filter(|own| own.silenced.is_none()).count();
                Cow::Owned(shown)
            }
        };
        summary.elapsed_ms = started.elapsed().as_millis();
        self.write(&Report { findings: &shown, summary: &summary, sources })?;
        if self.stats {
            eprint!("{}", summary.table());
        }
        let fails = findings
            .iter()
            .any(|finding| finding.silenced.is_none() && self.fail_on.includes(finding.severity));
        Ok(if fails { FINDINGS } else { CLEAN })
    }

    /// Writes every wanted report. The n-th `-o` belongs to the n-th `--format`; a
    /// format without one goes to standard output.
    pub fn write(&self, report: &Report<'_>) -> Result<(), Failure> {
        let formats = if self.format.is_empty() { &[Format::Human][..] } else { &self.format };
        let detail = match (self.quiet, self.verbose) {
            (true, _) => Detail::Summary,
            (_, true) => Detail::All,
            _ => Detail::Grouped,
        };
        for (ix, format) in formats.iter().enumerate() {
            let path = self.output.get(ix);
            let color = if path.is_none() { self.use_color() } else { self.color == Color::Always };
            let mut text = Vec::new();
            let width = if path.is_none() { terminal_width() } else { None };
            let style = Style { color, detail, width };
            report.write(*format, style, &mut text).map_err(|error| {
                Failure::incomplete(format!("cannot write the report: {error}"))
            })?;
            match path {
                None => write_out(&text)?,
                Some(path) => std::fs::write(path, text).map_err(|error| {
                    Failure::incomplete(format!("cannot write {}: {error}", path.display()))
                })?,
            }
        }
        Ok(())
    }

    fn use_color(&self) -> bool {
        match self.color {
            Color::Always => true,
            Color::Never => false,
            Color::Auto => {
                std::io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none()
            }
        }
    }
}

/// Columns of the terminal that standard output goes to; what `COLUMNS` says where it is set.
fn terminal_width() -> Option<usize> {
    let told = std::env::var("COLUMNS").ok().and_then(|columns| columns.parse().ok());
    let measured = || terminal_size::terminal_size_of(std::io::stdout()).map(|(w, _)| w.0.into());
    told.filter(|columns| *columns > 0).or_else(measured)
}

/// Writes to standard output. A closed pipe is the reader's choice, not a failure.
pub fn write_out(text: &[u8]) -> Result<(), Failure> {
    let mut out = std::io::stdout().lock();
    match out.write_all(text).and_then(|()| out.flush()) {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => {
            Err(Failure::incomplete(format!("cannot write to standard output: {error}")))
        }
        _ => Ok(()),
    }
}
