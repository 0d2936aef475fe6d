//! Interfaces (parameters of a class, a defined type, a command…) and calls of them.

use super::{
    Arg, Entity, Environment, NamePattern, Ref, Relation, Span, Strength, Via, Wording, kinds,
};
use serde::{Deserialize, Serialize};
use smallvec::SmallVec;
use smol_str::SmolStr;

/// The parameters that an entity takes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Interface {
    /// What is called. A script's interface is its file's: `file:bin/deploy`; which command
    /// names lead to the file is said by `command` provides.
    pub entity: Entity,
    /// Its parameters, in source order.
    pub params: Vec<Param>,
    /// Takes arguments beyond `params` too; then no argument is unknown.
    pub open: bool,
    /// The definition's name.
    pub span: Span,
    /// What only a command line has; `None` for classes, functions, roles.
    #[serde(deserialize_with = "super::nested::read")]
    pub command: Option<Box<CommandLine>>,
    /// Environment variables that it reads, by name without sigil. Required is one that it
    /// always reads and does not do without.
    pub environment: Vec<Param>,
}

impl Interface {
    /// A closed interface.
    pub fn new(entity: Entity, params: Vec<Param>, span: Span) -> Self {
        Self { entity, params, open: false, span, command: None, environment: Vec::new() }
    }

    /// A program of which nothing is known but the environment variables that it reads.
    pub fn of_environment(entity: Entity, environment: Vec<Param>) -> Self {
        let span = environment.first().map_or(Span::default(), |first| first.span);
        let command = Some(Box::default());
        Self { entity, params: Vec::new(), open: true, span, command, environment }
    }

    /// One of its parameters as an entity, under the name by which the interface is called.
    pub fn parameter(&self, called: &str, name: &str) -> Entity {
        if self.entity.kind == kinds::FILE {
            Entity::flag(called, name)
        } else {
            Entity::parameter(called, name)
        }
    }
}

/// The part of an interface that only a command line has.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CommandLine {
    /// How its arguments are read.
    pub syntax: Syntax,
    /// Sub-commands, by name. Their interfaces carry the same entity as their parent.
    pub subcommands: Vec<(SmolStr, Interface)>,
    /// Groups of parameters of which at most, or exactly, one may be passed.
    pub groups: Vec<Group>,
    /// What the program does when it is called, each with the flag that it depends on.
    pub effects: Vec<Effect>,
}

/// How a program reads its arguments.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Syntax {
    /// It is a function: each argument is passed by its place or by its name.
    #[serde(default)]
    pub function: bool,
    /// An unambiguous beginning of a long flag stands for it (getopt_long, argparse,
    /// optparse, OptionParser, Getopt::Long).
    pub abbreviates: bool,
    /// `-name` is one flag, not a cluster of short ones (Go's `flag`, Java).
    pub single_dash: bool,
    /// There are no flags: every argument counts by its place, as a function's do.
    pub positional_only: bool,
    /// Flags end at the first positional argument (POSIX getopts, Go's `flag`).
    pub stops_at_positional: bool,
    /// The case of letters in a long flag does not matter (Getopt::Long, OptionParser).
    pub ignores_case: bool,
    /// A switch may be passed as `--flag=true` (Go, yargs).
    pub valued_switches: bool,
}

/// Parameters that exclude each other, of which one may be required.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Group {
    /// Names of its parameters.
    pub params: Vec<SmolStr>,
    /// One of them must be passed.
    pub required: bool,
}

/// Something that a program does: a call in its main path.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Effect {
    /// The callee, normalised without arguments: `register_proxy`, `proxy.register`.
    pub what: SmolStr,
    /// The flag (its [`Param::name`]) that must be passed, or must not be, for it to
    /// happen; `None` for what always happens.
    pub guard: Option<(SmolStr, Passed)>,
    /// The call.
    pub span: Span,
}

/// Whether a guard wants its flag passed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Passed {
    /// `if args.flag:`
    Yes,
    /// `if not args.flag:`
    No,
}

/// How many values: inclusive bounds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Arity {
    /// At least.
    pub min: u16,
    /// At most; `None` for any number.
    pub max: Option<u16>,
}

impl Arity {
    /// No value: a switch.
    pub const NONE: Self = Self { min: 0, max: Some(0) };
    /// Exactly one value.
    pub const ONE: Self = Self { min: 1, max: Some(1) };
    /// One value or none.
    pub const OPTIONAL: Self = Self { min: 0, max: Some(1) };
    /// Any number of values.
    pub const ANY: Self = Self { min: 0, max: None };
}

/// One parameter of an interface.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Param {
    /// Name, without sigil: `port`; of a flag its first long spelling with the dashes:
    /// `--register-proxy`; of a positional argument its name in usage texts: `dest`.
    pub name: SmolStr,
    /// Further spellings: `-r`.
    #[serde(with = "super::few")]
    pub aliases: SmallVec<[SmolStr; 1]>,
    /// Passed by position (only on command lines).
    pub positional: bool,
    /// Must be passed: it has no default.
    pub required: bool,
    /// How many values a flag or a positional argument takes; `None` where that has no
    /// meaning or is not known.
    pub values: Option<Arity>,
    /// The only values that it accepts; empty means any.
    pub choices: Vec<SmolStr>,
    /// Its type, as written; empty when none is.
    pub ty: SmolStr,
    /// Its default, as written; empty when none is.
    pub default: SmolStr,
    /// The parameter's name in the definition.
    pub span: Span,
}

impl Param {
    /// An optional parameter of which only the name is known.
    pub fn new(name: impl Into<SmolStr>, span: Span) -> Self {
        Self {
            name: name.into(),
            aliases: SmallVec::new(),
            positional: false,
            required: false,
            values: None,
            choices: Vec::new(),
            ty: SmolStr::default(),
            default: SmolStr::default(),
            span,
        }
    }

    /// Whether `name` is one of its spellings.
    pub fn is_called(&self, name: &str) -> bool {
        self.name == name || self.aliases.iter().any(|alias| alias == name)
    }
}

/// One use of an interface.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Call {
    /// What is called; the first target that exists is meant.
    #[serde(serialize_with = "super::few::serialize", deserialize_with = "super::few::not_empty")]
    pub any_of: SmallVec<[Ref; 1]>,
    /// The arguments, in source order.
    pub args: Vec<Arg>,
    /// The words after a command's name, in order. Which of them are flags and which are
    /// values only the interface can tell.
    pub words: Vec<Word>,
    /// Arguments may come from elsewhere too (a splat, Hiera, a resource default
    /// whose scope is not known): nothing is missing for certain.
    pub open: bool,
    /// The callee's name at the call.
    pub span: Span,
    /// How certain a failure is.
    pub strength: Strength,
    /// What it is to the file, or to the definition that it stands in.
    pub relation: Relation,
    /// The construct, as its users call it: `resource`, `class {}`, `create_resources`. For
    /// reports alone.
    #[serde(deserialize_with = "super::relation::read")]
    pub via: Wording,
    /// The definition (index into [`super::FileFacts::provides`]) that it stands in.
    pub within: Option<u32>,
    /// The environment that it gives; `None` for that of whoever makes the call.
    pub environment: Option<Box<Environment>>,
}

impl Call {
    /// A call that passes nothing and may not fail, in the environment of whoever makes it.
    pub fn new(any_of: SmallVec<[Ref; 1]>, span: Span, via: impl Into<Via>) -> Self {
        let Via { relation, wording } = via.into();
        Self {
            any_of,
            args: Vec::new(),
            words: Vec::new(),
            open: false,
            span,
            strength: Strength::Certain,
            relation,
            via: wording,
            within: None,
            environment: None,
        }
    }
}

/// One word of a command line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Word {
    /// Its text, with holes where it is built at run time.
    pub text: NamePattern,
    /// May become any number of words, or none: an unquoted variable, `"$@"`, a splat.
    pub splits: bool,
    /// Where it stands.
    pub span: Span,
}
