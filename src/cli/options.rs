//! Options that several commands share.

use super::nearby::Nearby;
use super::{CLEAN, FINDINGS, Failure, INCOMPLETE};
use clap::builder::PossibleValuesParser;
use clap::{Args, ValueEnum};
use crosscheck::{
    ConfigError, Detail, Options, Report, Severity, Style, Tree, Unfinished, catalog, printable,
};
use etcetera::BaseStrategy;
use std::io::{IsTerminal, Write};
use std::path::PathBuf;
use std::time::{Duration, Instant};

/// The rules' ids, which completion offers.
pub fn rule_ids() -> Nearby<PossibleValuesParser> {
    Nearby(PossibleValuesParser::new(catalog::pages().iter().map(|page| page.id.as_str())))
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
    /// End after this time with what was found so far, and exit with 3: 90s, 10m, 1h30m; 0 for
    /// no limit
    #[arg(long, value_name = "DURATION", default_value = "10m", value_parser = super::clock::duration)]
    pub timeout: Duration,
    /// Neither use nor keep facts of earlier runs (see `crosscheck cache`)
    #[arg(long)]
    pub no_cache: bool,
}

/// The world, and which findings of it are wanted.
#[derive(Args)]
pub struct Run {
    #[command(flatten)]
    world: World,
    /// Report only these rules; may be repeated
    #[arg(long, visible_alias = "select", value_name = "ID[,ID…]", value_delimiter = ',')]
    #[arg(value_parser = rule_ids(), hide_possible_values = true)]
    pub rule: Vec<String>,
    /// Do not report these rules; may be repeated
    #[arg(long, visible_alias = "ignore", value_name = "ID[,ID…]", value_delimiter = ',')]
    #[arg(value_parser = rule_ids(), hide_possible_values = true)]
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
    /// Print only the totals (human, concise and markdown formats)
    #[arg(short, long)]
    pub quiet: bool,
    /// Show every occurrence instead of grouping findings with the same cause (human,
    /// concise and markdown formats)
    #[arg(short, long, conflicts_with = "quiet")]
    pub verbose: bool,
    /// Colours in the human format
    #[arg(long, value_enum, default_value = "auto", value_name = "WHEN")]
    pub color: Color,
    /// Address below which the pages of rules lie (docs/rules), or that of a page with {rule} for
    /// its name, for links in SARIF, in Markdown and on terminals
    #[arg(long, value_name = "URL", value_parser = address)]
    pub pages: Option<String>,
}

/// An address that may stand in a link of any format.
pub fn address(text: &str) -> Result<String, String> {
    let is_plain =
        |c: char| c.is_ascii_graphic() && !matches!(c, '"' | '<' | '>' | '(' | ')' | '|' | '\\');
    let is_known = ["https://", "http://", "file:///"].iter().any(|own| text.starts_with(own));
    match is_known && text.chars().all(is_plain) {
        true => Ok(text.to_owned()),
        false => Err("write an address such as https://docs.example.org/rules".to_owned()),
    }
}

/// A report format.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// Excerpts for people.
    Human,
    /// One line per finding: `path:line:column: severity[rule] message`.
    Concise,
    /// The versioned JSON contract.
    Json,
    /// SARIF 2.1.0.
    Sarif,
    /// Annotations of GitHub Actions.
    Github,
    /// GitLab's code-quality report.
    Gitlab,
    /// JUnit XML, one test case per finding: failed from --fail-on on, otherwise passed.
    Junit,
    /// Checkstyle XML.
    Checkstyle,
    /// A comment on a merge request: errors first, the rest folded, cut at the host's limit.
    Markdown,
    /// A page that stands alone, for a browser or a printer.
    Html,
}

impl From<Format> for crosscheck::Format {
    fn from(format: Format) -> Self {
        match format {
            Format::Human => Self::Human,
            Format::Concise => Self::Concise,
            Format::Json => Self::Json,
            Format::Sarif => Self::Sarif,
            Format::Github => Self::Github,
            Format::Gitlab => Self::Gitlab,
            Format::Junit => Self::Junit,
            Format::Checkstyle => Self::Checkstyle,
            Format::Markdown => Self::Markdown,
            Format::Html => Self::Html,
        }
    }
}

/// Values of `--format` where a command answers with one page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum PageFormat {
    /// For people.
    Human,
    /// One JSON object, with all there is.
    Json,
    /// Tables for comments and wikis.
    Markdown,
    /// A page of its own.
    Html,
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

impl From<MinSeverity> for Severity {
    fn from(least: MinSeverity) -> Self {
        match least {
            MinSeverity::Error => Self::Error,
            MinSeverity::Warning => Self::Warning,
            MinSeverity::Note => Self::Note,
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
        self.least().is_some_and(|least| severity >= least)
    }

    /// The least severity that fails the run.
    fn least(self) -> Option<Severity> {
        match self {
            Self::Error => Some(Severity::Error),
            Self::Warning => Some(Severity::Warning),
            Self::Note => Some(Severity::Note),
            Self::Never => None,
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
    pub fn open(&self, spec: &str) -> Result<Tree, Failure> {
        Ok(Tree::open_in(&self.repo, spec)?)
    }

    /// What a question to a tree depends on beside it.
    pub fn options(&self) -> Result<Options, Failure> {
        let mut options = Options::new().today(super::clock::today());
        if !self.timeout.is_zero() {
            options = options.timeout(self.timeout.saturating_sub(super::clock::elapsed()));
        }
        if let Some(threads) = self.threads {
            options = options.threads(threads);
        }
        if let Some(folder) = cache_folder().filter(|_| !self.no_cache) {
            options = options.cache(folder);
        }
        if let Some(path) = &self.config {
            options = options.config_file(path);
        }
        for with in &self.with {
            let (name, spec) = with.split_once('=').ok_or_else(|| {
                Failure::usage(format!("--with {with}: write NAME=TREE, such as code=../code"))
            })?;
            let (old, new) = Tree::open_range(&self.repo, spec)?;
            options = options.join_change(name, old, new);
        }
        Ok(options)
    }
}

/// The exit code of a run that ends with `code` where nothing was left; says what was.
pub fn unless_unfinished(left: Option<Unfinished>, code: u8) -> u8 {
    let Some(left) = left else { return code };
    eprintln!("crosscheck: {left} (--timeout)");
    INCOMPLETE
}

/// The exit code of a run that ends with `code` where the clone holds nearly all contents; says how
/// many it lacks.
pub fn unless_absent(files: usize, code: u8) -> u8 {
    if files == 0 {
        return code;
    }
    let files = if files == 1 { "1 file".to_owned() } else { format!("{files} files") };
    eprintln!(
        "crosscheck: not completed: this clone lacks the contents of {files}; check a full clone"
    );
    INCOMPLETE
}

/// The variable that names the folder in which facts are kept; empty for none.
pub const CACHE_VARIABLE: &str = "CROSSCHECK_CACHE_DIR";

/// The folder in which facts are kept between runs; `None` where the user wants none, or has no
/// home.
pub fn cache_folder() -> Option<PathBuf> {
    if let Some(told) = std::env::var_os(CACHE_VARIABLE) {
        return Some(PathBuf::from(told)).filter(|folder| !folder.as_os_str().is_empty());
    }
    let user = etcetera::choose_base_strategy().ok()?;
    Some(user.cache_dir().join("crosscheck"))
}

/// Says what is wrong with a configuration that can be used.
pub fn warn(warnings: &[ConfigError]) {
    for warning in warnings {
        let text = Failure::config(warning.clone()).message;
        eprintln!("warning: {}", printable(text.trim_end()));
    }
}

impl Run {
    /// What a question for findings depends on beside its trees.
    pub fn options(&self) -> Result<Options, Failure> {
        let mut options = self.world.options()?;
        for rule in &self.rule {
            options = options.only_rule(rule);
        }
        for rule in &self.no_rule {
            options = options.without_rule(rule);
        }
        for index in &self.packages {
            options = options.package_index(index);
        }
        if let Some(path) = &self.baseline {
            options = options.baseline_file(path);
        }
        Ok(options)
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
    pub fn finish(&self, report: Report, started: Instant) -> Result<u8, Failure> {
        let fails = report.worst().is_some_and(|worst| self.fail_on.includes(worst));
        let mut shown = match self.min_severity {
            None => report,
            Some(least) => report.at_least(least.into()),
        };
        shown = shown.failing_from(self.fail_on.least());
        shown.took(started.elapsed());
        if let Some(pages) = &self.pages {
            shown = shown.link_rules(pages);
        }
        self.write(&shown)?;
        if self.stats {
            eprint!("{}", shown.summary().table());
        }
        let code = if fails { FINDINGS } else { CLEAN };
        let code = unless_absent(shown.summary().missing(), code);
        Ok(unless_unfinished(shown.summary().unfinished, code))
    }

    /// Writes every wanted report. The n-th `-o` belongs to the n-th `--format`; a
    /// format without one goes to standard output.
    pub fn write(&self, report: &Report) -> Result<(), Failure> {
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
            let style = Style::new().detail(detail).width(width);
            let style = if color { style.colored() } else { style };
            report.write((*format).into(), style, &mut text).map_err(|error| {
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
