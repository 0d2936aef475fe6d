//! `crosscheck facts`.

use super::options::{World, unless_unfinished, write_out};
use super::query::asked;
use super::{CLEAN, Failure};
use clap::{Args, ValueEnum};
use crosscheck::{FactFilter, FactLine, FactSort, printable};
use std::collections::BTreeMap;
use std::fmt::Write;

/// How much is put together before it is written.
const CHUNK: usize = 1 << 16;

/// Arguments of `facts`.
#[derive(Args)]
#[command(after_help = "Examples:
  crosscheck facts                                     everything, file by file
  crosscheck facts --path modules/wiki --fact requires what one module needs
  crosscheck facts git:HEAD --kind 'haproxy.*' --format ndjson

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
    /// Report format; ndjson is one JSON object a line
    #[arg(long, value_enum, default_value = "human", value_name = "FORMAT")]
    format: Format,
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
        let analysis = asked(&self.world, &self.tree)?;
        let mut text = String::new();
        let mut listing = Listing::default();
        for line in analysis.fact_lines(&filter) {
            match self.format {
                Format::Human => listing.add(line, &mut text),
                Format::Ndjson => {
                    let line = serde_json::to_string(&line);
                    text.push_str(&line.map_err(|error| Failure::incomplete(error.to_string()))?);
                    text.push('\n');
                }
            }
            if text.len() > CHUNK {
                write_out(text.as_bytes())?;
                text.clear();
            }
        }
        if self.format == Format::Human {
            listing.end(&mut text);
        }
        write_out(text.as_bytes())?;
        Ok(unless_unfinished(analysis.unfinished(), CLEAN))
    }
}

/// Facts for people: by file, then by sort, each sort in the order of the file.
#[derive(Default)]
struct Listing {
    path: String,
    own: BTreeMap<FactSort, Vec<FactLine>>,
    files: usize,
    facts: usize,
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
            for line in lines {
                let place = format!("{}:{}", line.line, line.column);
                let _ = writeln!(text, "    {place:<8} {}", printable(&spoken(&line)));
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
