//! A parser that a script builds, and the interface that it becomes.

use super::value::{Args, Value};
use crate::facts::{
    Arity, CommandLine, Effect, Entity, Group, Interface, Param, Span, Syntax, kinds,
};
use ruff_python_ast::{StmtClassDef, StmtFunctionDef};
use smol_str::SmolStr;

/// How many parameters, groups and sub-commands a parser may have.
const PARAMS: usize = 1000;

/// Which library reads the arguments.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Library {
    /// `argparse.ArgumentParser`.
    Argparse,
    /// `optparse.OptionParser`.
    Optparse,
    /// A command of click, or of typer, which builds on it.
    Click,
    /// `typer.Typer`.
    Typer,
    /// `getopt.getopt`.
    Getopt,
    /// `docopt.docopt`.
    Docopt,
    /// `absl.flags`, gflags.
    Absl,
}

/// What a parser leaves in its result for a flag.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stores {
    /// `True` where the flag is passed.
    True,
    /// `False` where it is passed.
    False,
    /// Its value.
    Value,
}

/// How far a parser was used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Parsed {
    /// Not at all.
    No,
    /// By `parse_known_args()`: what is left over is someone else's.
    Known,
    /// By `parse_args()`.
    Yes,
}

/// A parameter and where its value goes.
#[derive(Debug, Clone)]
pub(super) struct Declared {
    /// The parameter.
    pub param: Param,
    /// The attribute of the result.
    pub dest: SmolStr,
    /// What is stored there.
    pub stores: Stores,
}

impl Declared {
    /// Whether the value is false where the flag is not passed.
    pub fn is_false_by_default(&self) -> bool {
        let default = self.param.default.as_str();
        matches!(default, "" | "None" | "False" | "0" | "''" | "\"\"" | "[]" | "()" | "{}")
    }
}

/// A parser.
#[derive(Debug)]
pub(super) struct Parser<'a> {
    /// Its library.
    pub library: Library,
    /// The call that makes it.
    pub span: Span,
    /// Its parameters.
    pub params: Vec<Declared>,
    /// Groups of which one may be passed.
    pub groups: Vec<Group>,
    /// Sub-commands and their parsers.
    pub subcommands: Vec<(SmolStr, usize)>,
    /// Where the name of the sub-command is stored.
    pub dest: SmolStr,
    /// What `set_defaults()` stores.
    pub defaults: Vec<(SmolStr, Value<'a>)>,
    /// It takes what the file does not show.
    pub open: bool,
    /// Flags may be abbreviated.
    pub abbreviates: bool,
    /// Flags end at the first positional argument.
    pub stops_at_positional: bool,
    /// Characters that flags begin with.
    pub prefix_chars: SmolStr,
    /// How far it was used.
    pub parsed: Parsed,
    /// How many undecided branches its making stands in.
    pub branches: u32,
    /// The file's own class that it is an object of.
    pub class: Option<&'a StmtClassDef>,
    /// The function that is a command of click.
    pub function: Option<&'a StmtFunctionDef>,
    /// A command's name.
    pub name: SmolStr,
    /// A command that belongs to a group.
    pub attached: bool,
    /// It has the flags that install a shell's completion.
    pub completes: bool,
    /// What a sub-command does.
    pub effects: Vec<Effect>,
}

impl<'a> Parser<'a> {
    /// A parser without parameters.
    pub fn new(library: Library, span: Span, branches: u32) -> Self {
        Self {
            library,
            span,
            params: Vec::new(),
            groups: Vec::new(),
            subcommands: Vec::new(),
            dest: SmolStr::default(),
            defaults: Vec::new(),
            open: false,
            abbreviates: !matches!(library, Library::Click | Library::Typer | Library::Absl),
            stops_at_positional: false,
            prefix_chars: SmolStr::new_static("-"),
            parsed: Parsed::No,
            branches,
            class: None,
            function: None,
            name: SmolStr::default(),
            attached: false,
            completes: false,
            effects: Vec::new(),
        }
    }

    /// Adds a switch that the library brings: `--help`, `-h`.
    pub fn add_builtin(&mut self, names: &[&str]) {
        let mut param = Param::new(names[0], self.span);
        param.aliases = names[1..].iter().map(SmolStr::new).collect();
        param.values = Some(Arity::NONE);
        self.declare(Declared { param, dest: SmolStr::default(), stores: Stores::Value });
    }

    /// Adds `declared`. One that is already there by the same name is what another branch
    /// adds; spellings that another one has are taken from it (`conflict_handler`).
    pub fn declare(&mut self, declared: Declared) {
        if self.params.len() >= PARAMS {
            self.open = true;
            return;
        }
        let positional = declared.param.positional;
        let same = self.params.iter_mut().find(|param| {
            param.param.name == declared.param.name && param.param.positional == positional
        });
        if let Some(own) = same {
            own.param.required &= declared.param.required;
            if own.param.choices.is_empty() || declared.param.choices.is_empty() {
                own.param.choices.clear();
            } else {
                for choice in declared.param.choices {
                    if !own.param.choices.contains(&choice) {
                        own.param.choices.push(choice);
                    }
                }
            }
            if own.param.values != declared.param.values {
                own.param.values = None;
            }
            for alias in declared.param.aliases {
                if !own.param.is_called(&alias) {
                    own.param.aliases.push(alias);
                }
            }
            return;
        }
        if !positional {
            self.params.retain_mut(|param| {
                param.param.positional || give_up(&mut param.param, &declared.param)
            });
        }
        self.params.push(declared);
    }

    /// Takes over the parameters of another one (`parents=[other]`).
    pub fn inherit(&mut self, params: Vec<Declared>, groups: Vec<Group>) {
        for declared in params {
            if declared.param.name != "--help"
                || !self.params.iter().any(|param| param.param.name == "--help")
            {
                self.declare(declared);
            }
        }
        if self.groups.len() + groups.len() <= PARAMS {
            self.groups.extend(groups);
        }
    }

    /// Settings that the constructor takes.
    pub fn configure(&mut self, args: &Args<'_>) {
        self.open |= args.open;
        if let Some(prefix) = args.keyword("prefix_chars") {
            match prefix.text() {
                Some(chars) if !chars.is_empty() => self.prefix_chars = chars.clone(),
                _ => self.open = true,
            }
        }
        if args.is_false("allow_abbrev") {
            self.abbreviates = false;
        }
        // argparse reads more arguments from a file.
        if args.keyword("fromfile_prefix_chars").is_some_and(|value| !matches!(value, Value::None))
        {
            self.open = true;
        }
        let help = match self.library {
            Library::Argparse => "add_help",
            _ => "add_help_option",
        };
        if !args.is_false(help) && !args.is_true(help) && args.keyword(help).is_some() {
            self.open = true;
        }
        if !args.is_false(help) && self.library != Library::Click {
            let dash = self.prefix_chars.chars().find(|c| *c == '-');
            let dash = dash.or(self.prefix_chars.chars().next()).unwrap_or('-');
            self.add_builtin(&[&format!("{dash}{dash}help"), &format!("{dash}h")]);
        }
        let version = args.keyword("version").is_some_and(|value| !matches!(value, Value::None));
        match self.library {
            Library::Argparse if version => self.add_builtin(&["--version", "-v"]),
            Library::Optparse if version => self.add_builtin(&["--version"]),
            _ => {}
        }
    }
}

/// Takes the spellings of `new` from `old`; whether any is left.
fn give_up(old: &mut Param, new: &Param) -> bool {
    old.aliases.retain(|alias| !new.is_called(alias));
    if new.is_called(&old.name) {
        if old.aliases.is_empty() {
            return false;
        }
        old.name = old.aliases.remove(0);
    }
    true
}

/// The interface of parser `ix`. `effects` are those of the whole program.
pub(super) fn interface(
    parsers: &[Parser<'_>],
    ix: usize,
    path: &str,
    effects: Vec<Effect>,
) -> Interface {
    let mut budget = PARAMS;
    build(parsers, ix, path, effects, 0, &mut budget)
}

fn build(
    parsers: &[Parser<'_>],
    ix: usize,
    path: &str,
    effects: Vec<Effect>,
    depth: u32,
    budget: &mut usize,
) -> Interface {
    let parser = &parsers[ix];
    let mut params: Vec<Param> = parser.params.iter().map(|param| param.param.clone()).collect();
    if matches!(parser.library, Library::Optparse | Library::Getopt) {
        // What is no option is the script's own to read.
        let mut rest = Param::new("args", parser.span);
        rest.positional = true;
        rest.values = Some(Arity::ANY);
        params.push(rest);
    }
    let below = if depth < 8 { parser.subcommands.as_slice() } else { &[] };
    let mut open = parser.open;
    let mut subcommands = Vec::new();
    for (name, sub) in below.iter().filter(|(_, sub)| *sub != ix) {
        let Some(left) = budget.checked_sub(1) else {
            open = true;
            break;
        };
        *budget = left;
        let effects = parsers[*sub].effects.clone();
        let own = build(parsers, *sub, path, effects, depth + 1, budget);
        subcommands.push((name.clone(), own));
    }
    let is_known = |name: &SmolStr| params.iter().any(|param| param.name == *name);
    let groups = parser.groups.iter().filter(|group| !group.params.is_empty());
    let groups = groups.filter(|group| group.params.iter().all(is_known)).cloned().collect();
    Interface {
        open,
        command: Some(Box::new(CommandLine {
            syntax: Syntax {
                abbreviates: parser.abbreviates,
                single_dash: parser.library == Library::Absl,
                stops_at_positional: parser.stops_at_positional,
                ..Syntax::default()
            },
            subcommands,
            groups,
            effects,
        })),
        ..Interface::new(Entity::new(kinds::FILE, path), params, parser.span)
    }
}
