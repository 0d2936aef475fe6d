//! `crosscheck facts`.

use super::options::{World, unless_unfinished, write_out};
use super::query::asked;
use super::{CLEAN, Failure};
use clap::{Args, ValueEnum};
use crosscheck::{
    Analysis, FactFilter, FactLine, FactSort, FactsFile, Repository, Tree, printable,
};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::Write as _;
use std::path::{Path, PathBuf};

/// How much is put together before it is written.
const CHUNK: usize = 1 << 16;

/// Arguments of `facts`.
#[derive(Args)]
#[command(after_help = "Examples:
  crosscheck facts                                     everything, file by file
  crosscheck facts --path modules/wiki --fact requires what one module needs
  crosscheck facts git:HEAD --kind 'haproxy.*' --format ndjson
  crosscheck facts git:HEAD --format parquet --name wiki -o facts/wiki.parquet --update

Exit codes: 0 printed, 2 wrong usage or configuration, 3 the tree cannot be read")]
pub struct Facts {
    /// The tree: a folder, an archive or git:REV
    #[arg(default_value = ".")]
    tree: String,
    /// Only files that match, or lie in such a folder; may be repeated
    #[arg(long, value_name = "GLOB")]
    path: Vec<String>,
    /// Only facts about things of this kind, such as puppet.class or 'helm.*'; of problems
    /// and silences the rule; may be repeated
    #[arg(long, value_name = "GLOB")]
    kind: Vec<String>,
    /// Only facts of this sort; may be repeated
    #[arg(long, value_enum, value_name = "SORT[,SORT…]", value_delimiter = ',')]
    fact: Vec<Sort>,
    /// Report format; ndjson is one JSON object a line, parquet a table for SQL that others can
    /// join (`crosscheck check --facts`)
    #[arg(long, value_enum, default_value = "human", value_name = "FORMAT")]
    format: Format,
    /// Every fact, also where one place of a file brings many things of one kind (human format)
    #[arg(long)]
    all: bool,
    /// Write to FILE
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// What the repository is called among others: a word, or the path below which it is joined;
    /// with ndjson each line says whose it is, and what becomes of what is required
    /// [default with parquet: its folder's name]
    #[arg(long, value_name = "NAME")]
    name: Option<String>,
    /// The revision, where TREE does not say it
    #[arg(long, value_name = "WORD")]
    revision: Option<String>,
    /// Leave FILE as it is where it has the facts of just this revision already
    #[arg(long, requires = "output")]
    update: bool,
    #[command(flatten)]
    world: World,
}

/// Values of `--format`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people, file by file.
    Human,
    /// One JSON object a line.
    #[value(alias = "json")]
    Ndjson,
    /// A table, and all that a check needs to join the repository.
    Parquet,
}

/// Values of `--fact`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Sort {
    /// What a file brings into being.
    Provides,
    /// What it needs.
    Requires,
    /// What something in it takes.
    Interface,
    /// What it passes to others.
    Call,
    /// What was not understood, or is wrong by itself.
    Problem,
    /// Comments that silence a rule.
    Silence,
}

impl From<Sort> for FactSort {
    fn from(sort: Sort) -> Self {
        match sort {
            Sort::Provides => Self::Provides,
            Sort::Requires => Self::Requires,
            Sort::Interface => Self::Interface,
            Sort::Call => Self::Call,
            Sort::Problem => Self::Problem,
            Sort::Silence => Self::Silence,
        }
    }
}

impl Facts {
    /// Prints what was read of the tree.
    pub fn run(&self) -> Result<u8, Failure> {
        let mut filter = FactFilter::new();
        for glob in &self.path {
            filter = filter.path(glob)?;
        }
        for glob in &self.kind {
            filter = filter.kind(glob)?;
        }
        for sort in &self.fact {
            filter = filter.sort((*sort).into());
        }
        if self.update && (self.world.config.is_some() || self.format != Format::Parquet) {
            return Err(Failure::usage(
                "--update goes with --format parquet, and not with --config: a file of facts does \
                 not say which configuration it was read by",
            ));
        }
        let tree = self.world.open(&self.tree)?;
        let repository = self.repository(&tree)?;
        if self.format == Format::Parquet {
            return self.table(repository, &filter);
        }
        let analysis = asked(&self.world, &self.tree)?;
        let mut out = Out::new(self.output.as_deref())?;
        let mut text = String::new();
        let mut listing = Listing { is_whole: self.all, ..Listing::default() };
        let mut take = |line: FactLine| -> Result<(), Failure> {
            match self.format {
                Format::Ndjson => {
                    let line = serde_json::to_string(&line);
                    text.push_str(&line.map_err(|error| Failure::incomplete(error.to_string()))?);
                    text.push('\n');
                }
                Format::Human | Format::Parquet => listing.add(line, &mut text),
            }
            if text.len() > CHUNK {
                out.write(text.as_bytes())?;
                text.clear();
            }
            Ok(())
        };
        match repository.filter(|_| self.format == Format::Ndjson) {
            Some(own) => analysis.fact_lines_of(&own, &filter, take)?,
            None => analysis.fact_lines(&filter).try_for_each(&mut take)?,
        }
        if self.format == Format::Human {
            listing.end(&mut text);
        }
        out.write(text.as_bytes())?;
        out.finish()?;
        self.tell_of_nothing(&analysis)?;
        Ok(unless_unfinished(analysis.unfinished(), CLEAN))
    }

    /// Says which of the globs match nothing: each is more likely a mistake than a question.
    fn tell_of_nothing(&self, analysis: &Analysis) -> Result<(), Failure> {
        for glob in &self.path {
            let filter = FactFilter::new().path(glob)?;
            if analysis.fact_lines(&filter).next().is_none() {
                eprintln!("crosscheck: nothing was read of a file that matches --path {glob}");
            }
        }
        for glob in &self.kind {
            let filter = FactFilter::new().kind(glob)?;
            if analysis.fact_lines(&filter).next().is_none() {
                eprintln!(
                    "crosscheck: no fact of the tree is of a kind that matches --kind {glob}"
                );
            }
        }
        Ok(())
    }

    /// What the tree is called; nothing where nobody asks.
    fn repository(&self, tree: &Tree) -> Result<Option<Repository>, Failure> {
        let default = || match self.format {
            Format::Parquet => tree.folder_name(),
            Format::Human | Format::Ndjson => None,
        };
        let Some(name) = self.name.clone().or_else(default) else { return Ok(None) };
        let revision = self.revision.clone().or_else(|| tree.revision_name());
        Ok(Some(Repository::new(name, revision.unwrap_or_default())?))
    }

    fn table(&self, repository: Option<Repository>, filter: &FactFilter) -> Result<u8, Failure> {
        let usage = |text: &str| Err(Failure::usage(text));
        let Some(path) = &self.output else { return usage("--format parquet needs -o FILE") };
        let Some(own) = repository else { return usage("--format parquet needs --name NAME") };
        if !filter.is_everything() {
            return usage(
                "--format parquet writes everything: leave out --path, --kind and --fact",
            );
        }
        if self.update && FactsFile::is_current(path, &own) {
            eprintln!("crosscheck: {} is up to date", path.display());
            return Ok(CLEAN);
        }
        let analysis = asked(&self.world, &self.tree)?;
        let mut out = Out::new(Some(path))?;
        if let Out::File(file) = &mut out {
            analysis.write_facts(&own, std::io::BufWriter::new(&mut file.new))?;
        }
        out.finish()?;
        Ok(CLEAN)
    }
}

/// Where facts go. A file is there as a whole or not at all: others read it meanwhile.
enum Out {
    Standard,
    File(Box<NewFile>),
}

struct NewFile {
    new: tempfile::NamedTempFile,
    path: PathBuf,
}

impl Out {
    fn new(path: Option<&Path>) -> Result<Self, Failure> {
        let Some(path) = path else { return Ok(Self::Standard) };
        let folder = path.parent().filter(|own| !own.as_os_str().is_empty());
        let mut builder = tempfile::Builder::new();
        #[cfg(unix)]
        builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
        let new = builder.tempfile_in(folder.unwrap_or(Path::new(".")));
        let new = new.map_err(|error| unwritten(path, &error))?;
        Ok(Self::File(Box::new(NewFile { new, path: path.to_owned() })))
    }

    fn write(&mut self, text: &[u8]) -> Result<(), Failure> {
        match self {
            Self::Standard => write_out(text),
            Self::File(own) => {
                own.new.write_all(text).map_err(|error| unwritten(&own.path, &error))
            }
        }
    }

    fn finish(self) -> Result<(), Failure> {
        let Self::File(own) = self else { return Ok(()) };
        let NewFile { new, path } = *own;
        new.persist(&path).map(drop).map_err(|error| unwritten(&path, &error.error))
    }
}

fn unwritten(path: &Path, error: &std::io::Error) -> Failure {
    Failure::incomplete(format!("cannot write {}: {error}", path.display()))
}

/// Facts for people: by file, then by sort, each sort in the order of the file.
#[derive(Default)]
struct Listing {
    path: String,
    own: BTreeMap<FactSort, Vec<FactLine>>,
    files: usize,
    facts: usize,
    /// Whether nothing is left out.
    is_whole: bool,
}

impl Listing {
    fn add(&mut self, line: FactLine, text: &mut String) {
        if line.path != self.path {
            self.flush(text);
            self.path.clone_from(&line.path);
            self.files += 1;
        }
        self.facts += 1;
        self.own.entry(line.fact).or_default().push(line);
    }

    fn flush(&mut self, text: &mut String) {
        if self.own.is_empty() {
            return;
        }
        let _ = writeln!(text, "{}", printable(&self.path));
        for (sort, lines) in std::mem::take(&mut self.own) {
            let _ = writeln!(text, "  {}", title(sort));
            // What one place brings of a kind are the forms in which a name is looked for.
            let is_one = |a: &FactLine, b: &FactLine| {
                !self.is_whole
                    && sort == FactSort::Provides
                    && (a.line, a.column, &a.kind) == (b.line, b.column, &b.kind)
            };
            for alike in lines.chunk_by(is_one) {
                let Some((line, more)) = alike.split_first() else { continue };
                let place = format!("{}:{}", line.line, line.column);
                let more = match more.len() {
                    0 => String::new(),
                    many => format!("  (and {many} more; --all lists them)"),
                };
                let _ = writeln!(text, "    {place:<8} {}{more}", printable(&spoken(line)));
            }
        }
    }

    fn end(&mut self, text: &mut String) {
        self.flush(text);
        let noun = |count: usize, one: &str| match count {
            1 => format!("1 {one}"),
            _ => format!("{count} {one}s"),
        };
        let _ = writeln!(text, "{} in {}", noun(self.facts, "fact"), noun(self.files, "file"));
    }
}

fn title(sort: FactSort) -> &'static str {
    match sort {
        FactSort::Provides => "provides",
        FactSort::Requires => "requires",
        FactSort::Interface => "takes",
        FactSort::Call => "calls",
        FactSort::Problem => "problems",
        FactSort::Silence => "silences",
        _ => "says",
    }
}

/// A fact in one line.
fn spoken(line: &FactLine) -> String {
    let mut text = match line.fact {
        FactSort::Problem | FactSort::Silence => format!("[{}] {}", line.kind, line.name),
        _ => format!("{}:{}", line.kind, line.name),
    };
    for other in &line.or {
        let _ = write!(text, " or {other}");
    }
    if !line.params.is_empty() || line.fact == FactSort::Interface {
        let mut params: Vec<String> = line
            .params
            .iter()
            .map(|own| if own.required { own.name.clone() } else { format!("{}?", own.name) })
            .collect();
        params.extend(line.open.map(|_| "…".to_owned()));
        let _ = write!(text, "({})", params.join(", "));
    }
    if line.fact == FactSort::Call {
        let mut args: Vec<String> = line
            .args
            .iter()
            .map(|own| match &own.value {
                Some(value) => format!("{}={value}", own.name),
                None => own.name.clone(),
            })
            .collect();
        args.extend(line.open.map(|_| "…".to_owned()));
        let _ = write!(text, "({})", args.join(", "));
    }
    if let Some(detail) = &line.detail {
        let _ = write!(text, " = {detail}");
    }
    if let Some(via) = line.via {
        let _ = write!(text, "  by {via}");
    }
    if let Some(from) = &line.seen_from {
        let _ = write!(text, "  seen from {from}");
    }
    if line.fact != FactSort::Problem
        && let Some(strength) = line.strength.filter(|own| *own != "certain")
    {
        let _ = write!(text, "  ({strength})");
    }
    if let Some(within) = &line.within {
        let _ = write!(text, "  in {within}");
    }
    text
}
