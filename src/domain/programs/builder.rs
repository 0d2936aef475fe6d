//! An interface while its declarations are read.

use crate::facts::{Arity, CommandLine, Entity, Interface, Param, Span, Syntax, kinds};
use crate::syntax::script::tokens::Tokens;
use smol_str::SmolStr;

/// Flags of one command beyond which no more are read.
const MAX_PARAMS: usize = 1000;

/// Sub-commands that the aliases of one add up to.
const MAX_COPIES: usize = 500;

/// A command whose flags are being read.
#[derive(Debug, Default)]
pub struct Builder {
    /// Its name, for a sub-command.
    pub name: SmolStr,
    /// Further names.
    pub aliases: Vec<SmolStr>,
    /// Its parameters.
    pub params: Vec<Param>,
    /// It takes more than is known.
    pub open: bool,
    /// How it reads arguments.
    pub syntax: Syntax,
    /// Sub-commands.
    pub subcommands: Vec<Builder>,
    /// What declares it.
    pub span: Span,
}

/// `-n` for one letter, `--name` for more.
pub fn dashed(name: &str) -> SmolStr {
    let mut chars = name.chars();
    match (chars.next(), chars.next()) {
        (Some(_), None) => format!("-{name}").into(),
        _ => format!("--{name}").into(),
    }
}

impl Builder {
    /// Adds a flag. The first long spelling is its name. `None` where it is one that is
    /// known already, or has no name.
    pub fn flag(
        &mut self,
        mut names: Vec<SmolStr>,
        values: Option<Arity>,
        span: Span,
    ) -> Option<&mut Param> {
        names.sort_by_key(|name| !name.starts_with("--"));
        let mut seen: Vec<SmolStr> = Vec::new();
        names.retain(|name| {
            let new = !seen.contains(name);
            seen.push(name.clone());
            new
        });
        let (name, aliases) = names.split_first()?;
        if self.params.len() >= MAX_PARAMS {
            self.open = true;
            return None;
        }
        if self.params.iter().any(|param| !param.positional && param.is_called(name)) {
            return None;
        }
        self.params.push(Param {
            aliases: aliases.iter().cloned().collect(),
            values,
            ..Param::new(name.clone(), span)
        });
        self.params.last_mut()
    }

    /// The flag of that spelling.
    pub fn find(&mut self, name: &str) -> Option<&mut Param> {
        self.params.iter_mut().find(|param| !param.positional && param.is_called(name))
    }

    /// Adds a positional argument.
    pub fn positional(&mut self, name: &str, values: Arity, span: Span) {
        self.params.push(Param {
            positional: true,
            required: values.min > 0,
            values: Some(values),
            ..Param::new(name, span)
        });
    }

    /// Whatever is not a flag is taken too: `name` in usage texts.
    pub fn takes_arguments(&mut self, name: &str) {
        if self.subcommands.is_empty() && !self.params.iter().any(|param| param.positional) {
            self.positional(name, Arity::ANY, self.span);
        }
    }

    /// A flag that the library adds by itself, where its spellings are free.
    pub fn implied(&mut self, names: &[&str], span: Span) {
        let free =
            names.iter().filter(|name| self.params.iter().all(|param| !param.is_called(name)));
        let free: Vec<SmolStr> = free.copied().map(SmolStr::new).collect();
        self.flag(free, Some(Arity::NONE), span);
    }

    /// The interface of the program in the file at `path`.
    pub fn interface(self, path: &str) -> Interface {
        let syntax = self.syntax;
        self.nested(&Entity::new(kinds::FILE, path), syntax).0
    }

    /// The interface, and how many sub-commands it has on all levels.
    fn nested(self, entity: &Entity, syntax: Syntax) -> (Interface, usize) {
        let mut subcommands = Vec::new();
        let mut open = self.open;
        let mut size = 1;
        for own in self.subcommands {
            let (name, aliases) = (own.name.clone(), own.aliases.clone());
            let (inner, count) = own.nested(entity, syntax);
            size += count;
            // An alias is a copy; copies of copies are bounded.
            if count * aliases.len() < MAX_COPIES {
                size += count * aliases.len();
                subcommands.extend(aliases.into_iter().map(|alias| (alias, inner.clone())));
            } else {
                open = true;
            }
            subcommands.push((name, inner));
        }
        subcommands.sort_by(|(a, x), (b, y)| (x.span.start, a).cmp(&(y.span.start, b)));
        let command = CommandLine { syntax, subcommands, ..CommandLine::default() };
        let interface = Interface {
            open,
            command: Some(Box::new(command)),
            ..Interface::new(entity.clone(), self.params, self.span)
        };
        (interface, size)
    }
}

/// Whether the token before `ix` is a dot.
pub fn is_method(tokens: &Tokens<'_>, ix: usize) -> bool {
    ix > 0 && tokens.is(ix - 1, ".")
}

/// `<name>`, `[name]`, `<names..>`.
pub fn argument(word: &str, span: Span, own: &mut Builder) {
    let required = word.starts_with('<');
    if !required && !word.starts_with('[') {
        return;
    }
    let inner = word.trim_matches(['<', '>', '[', ']']);
    let name = inner.trim_end_matches('.');
    let max = if name.len() < inner.len() { None } else { Some(1) };
    let name = name.split('|').next().unwrap_or(name);
    own.positional(name, Arity { min: u16::from(required), max }, span);
}
