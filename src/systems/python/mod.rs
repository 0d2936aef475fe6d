//! Python: the command lines of scripts, what they do under which flag, the commands that
//! packages install, the commands that programs run, and what modules take from each other.

mod calls;
mod declare;
mod docopt;
mod entries;
mod environment;
mod fold;
mod getopt;
mod lines;
mod names;
mod parser;
mod pyproject;
mod routes;
mod run;
mod scope;
mod settings;
mod started;
mod symbols;
mod uses;
mod value;

use crate::check::Check;
use crate::domain::pages::Pages;
use crate::extract::{Extractor, Settings, Source};
use crate::facts::{FileFacts, Interface, Problem, Span, base_name};
use crate::graph::Graph;
use crate::syntax::shebang::{Interpreter, interpreter};
use crate::systems::System;
use memchr::memmem;
use parser::{Library, Parsed, Parser};
use ruff_python_ast::Stmt;
use ruff_python_parser::ParseError;
use run::Run;
use symbols::Parse;

/// Python.
pub(super) struct Room;

impl System for Room {
    fn name(&self) -> &'static str {
        "python"
    }

    fn readers(&self) -> &'static [&'static dyn Extractor] {
        &[&Python, &PythonScript, &Pages]
    }

    fn names(&self, graph: &mut Graph<'_>) {
        names::install(graph);
    }

    fn checks(&self) -> &'static [Check] {
        &[started::check]
    }
}

/// Syntax trees that are deeper are not read.
const MAX_DEPTH: usize = 600;

/// Words without which a file says nothing to us.
const WORDS: &[&str] = &[
    "argparse",
    "optparse",
    "add_argument",
    "add_option",
    "getopt",
    "click",
    "typer",
    "docopt",
    "absl",
    "gflags",
    "subprocess",
    "os.system",
    "os.popen",
    "environ",
    "getenv",
    "setup(",
];

/// Extracts from files that are named as Python.
pub struct Python;

/// Extracts from scripts without an ending whose first line starts Python.
pub struct PythonScript;

impl Extractor for Python {
    fn system(&self) -> &'static str {
        "python"
    }

    fn claims(&self, path: &str) -> bool {
        let base = base_name(path);
        base.ends_with(".py") || matches!(base, "setup.cfg" | "pyproject.toml")
    }

    fn extract(&self, source: &Source<'_>, _settings: &Settings, out: &mut FileFacts) {
        match source.path.rsplit('/').next() {
            Some("setup.cfg") => entries::setup_cfg(source.path, source.text, out),
            Some("pyproject.toml") => pyproject::read(source.path, source.text, out),
            _ => module(source, out),
        }
    }
}

impl Extractor for PythonScript {
    fn system(&self) -> &'static str {
        "python"
    }

    fn claims(&self, path: &str) -> bool {
        !base_name(path).contains('.')
    }

    fn accepts(&self, bytes: &[u8]) -> bool {
        interpreter(bytes) == Some(Interpreter::Python)
    }

    fn by_contents(&self, _path: &str) -> bool {
        true
    }

    fn extract(&self, source: &Source<'_>, _settings: &Settings, out: &mut FileFacts) {
        if self.accepts(source.bytes) {
            module(source, out);
        }
    }
}

fn module(source: &Source<'_>, out: &mut FileFacts) {
    let text = source.text;
    let runs = WORDS.iter().any(|word| memmem::find(text.as_bytes(), word.as_bytes()).is_some());
    let serves = routes::may_serve(text);
    if !runs && !serves && !symbols::may_have(text) {
        return;
    }
    if !crate::syntax::python_depth::is_shallow(text, MAX_DEPTH) {
        let message = format!("code nests deeper than {MAX_DEPTH} levels; it was not read");
        out.problems.push(Problem::new("limit-reached", message, Span::default()));
        return;
    }
    // Errors are no concern of ours: Python 2 makes some, and the tree is there all the same.
    let parsed =
        ruff_python_parser::parse_unchecked_source(text, ruff_python_ast::PySourceType::Python);
    let body = parsed.suite();
    let whole = if parsed.errors().is_empty() { Parse::Whole } else { Parse::InPart };
    out.problems.extend(colon(text, parsed.errors()));
    symbols::symbols(source, body, whole, out);
    if settings::WORDS.iter().any(|word| memmem::find(text.as_bytes(), word.as_bytes()).is_some()) {
        settings::names(body, source, out);
    }
    if serves {
        routes::routes(body, text, out);
    }
    if !runs {
        return;
    }
    let mut run = Run::new(text, body);
    if let Some(mut interface) = interface(&mut run, body, source.path) {
        if takes_by_hand(text) {
            open(&mut interface);
        }
        out.interfaces.push(interface);
    }
    environment::extract(body, source, out);
    if let Some(setup) = run.setup.take() {
        entries::setup(&setup, source.path, text, out);
    }
    calls::calls(body, source.path, out);
}

/// Words of which each begins a line that ends with `:`, whatever the version.
const OPENING: [&str; 3] = ["else", "finally", "try"];

/// The first line of one of those words alone: no version of Python reads it.
fn colon(text: &str, errors: &[ParseError]) -> Option<Problem> {
    // A template may fill in what is missing.
    if text.contains("{{") || text.contains("{%") {
        return None;
    }
    errors.iter().find_map(|error| {
        let at = error.location.start().to_usize().min(text.len());
        let before = text.get(..at)?;
        let from = before.rfind('\n').map_or(0, |at| at + 1);
        let line = text[from..].lines().next()?;
        let word = line.split('#').next()?.trim();
        OPENING.contains(&word).then(|| {
            let start = from + line.len() - line.trim_start().len();
            Problem::new(
                "parse-error",
                format!("`:` is missing behind `{word}`"),
                Span::new(start, start + word.len()),
            )
        })
    })
}

/// Whether the text compares words with flags: it takes some before the parser does.
fn takes_by_hand(text: &str) -> bool {
    ["== \"--", "== '--"]
        .iter()
        .any(|word| memmem::find(text.as_bytes(), word.as_bytes()).is_some())
}

fn open(interface: &mut Interface) {
    interface.open = true;
    let command = interface.command.iter_mut();
    command.flat_map(|own| &mut own.subcommands).for_each(|(_, own)| open(own));
}

/// The interface of the script.
fn interface<'a>(run: &mut Run<'a>, body: &'a [Stmt], path: &str) -> Option<Interface> {
    let unused = |run: &Run<'_>| run.parsers.iter().all(|parser| parser.parsed == Parsed::No);
    if unused(run) {
        run.enter_commands();
    }
    if unused(run) {
        run.enter_functions(body);
    }
    let ix = main_parser(&run.parsers)?;
    merge_first_passes(&mut run.parsers, ix);
    if run.parsers[ix].library == Library::Getopt {
        getopt::join_spellings(&mut run.parsers[ix], body);
    }
    if run.is_cut() {
        run.parsers[ix].open = true;
    }
    if run.is_cut_below() {
        run.parsers.iter_mut().for_each(|parser| parser.effects.clear());
    }
    let effects = std::mem::take(&mut run.effects);
    Some(parser::interface(&run.parsers, ix, path, effects))
}

/// The parser that reads the script's arguments. Where several do, it takes more than it
/// shows.
fn main_parser(parsers: &[Parser<'_>]) -> Option<usize> {
    let of = |parsed: Parsed| {
        let own = parsers.iter().enumerate().filter(move |(_, own)| own.parsed == parsed);
        own.map(|(ix, _)| ix).filter(|ix| {
            !parsers.iter().any(|other| other.subcommands.iter().any(|(_, sub)| sub == ix))
        })
    };
    of(Parsed::Yes).next().or_else(|| of(Parsed::Known).next_back())
}

/// Adds to `ix` what parsers before it took (`parse_known_args()`), and opens it where
/// another one reads arguments as well.
fn merge_first_passes(parsers: &mut [Parser<'_>], ix: usize) {
    let others: Vec<usize> = (0..parsers.len()).filter(|other| *other != ix).collect();
    for other in others {
        match parsers[other].parsed {
            Parsed::No => {}
            Parsed::Yes if matches!(parsers[other].library, Library::Click | Library::Typer) => {}
            Parsed::Yes => parsers[ix].open = true,
            Parsed::Known => {
                let first = &parsers[other];
                let (params, groups, open) =
                    (first.params.clone(), first.groups.clone(), first.open);
                parsers[ix].inherit(params, groups);
                parsers[ix].open |= open;
            }
        }
    }
    if parsers[ix].parsed == Parsed::Known {
        parsers[ix].open = true;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_without_a_colon() {
        let said = |text: &str| {
            let kind = ruff_python_ast::PySourceType::Python;
            let parsed = ruff_python_parser::parse_unchecked_source(text, kind);
            colon(text, parsed.errors()).map(|own| own.message)
        };
        let text = "if a:\n    b()\nelse\n    c()\n";
        assert_eq!(said(text).as_deref(), Some("`:` is missing behind `else`"));
        assert_eq!(said("if a:\n    print 'b'\nelse:\n    c()\n"), None);
        assert_eq!(said(&format!("{text}# {{{{ x }}}}\n")), None);
    }
}
