//! Go: commands of cobra and their flags.
//!
//! (Source: cobra's user guide, "Working with Flags" and "Positional and Custom Arguments".)

use super::declared::{Package, declared, first_string};
use crate::domain::programs::builder::{Builder, is_method};
use crate::facts::{Arity, Syntax};
use crate::syntax::script::tokens::{Kind, Tokens};
use smol_str::SmolStr;
use std::collections::BTreeMap;

/// The commands of a file.
#[derive(Default)]
struct Commands {
    list: Vec<Command>,
    /// Variables that hold a command, by the function they are in (0 outside of any).
    variables: BTreeMap<(usize, SmolStr), usize>,
    /// Functions that make one.
    makers: BTreeMap<SmolStr, usize>,
    /// Variables that hold a command's flags: `flags := cmd.Flags()`.
    flags: BTreeMap<(usize, SmolStr), usize>,
}

struct Command {
    own: Builder,
    parent: Option<usize>,
}

/// The program that a file describes.
pub fn read(tokens: &Tokens<'_>) -> Option<Builder> {
    let mut own = Commands::default();
    let has = |first: &str, then: &str| {
        (0..tokens.len()).any(|ix| tokens.is(ix, first) && tokens.is(ix + 1, then))
    };
    let is_program = has("package", "main") && has("func", "main");
    let functions = functions(tokens);
    own.find(tokens, &functions);
    own.describe(tokens, &functions);
    let mut root = own.finish()?;
    // Other files of a package add commands and flags.
    root.open |= !is_program;
    Some(root)
}

/// For each token the function that it is in: the index of its `func`, 0 outside.
fn functions(tokens: &Tokens<'_>) -> Vec<usize> {
    let mut of = vec![0; tokens.len()];
    let mut ix = 0;
    while ix < tokens.len() {
        let begins = tokens.is(ix, "func") && tokens.get(ix).is_some_and(|token| token.first);
        let head = if begins { ix..tokens.len().min(ix + 60) } else { 0..0 };
        let mut body =
            head.filter(|at| tokens.is(*at, "{") && !tokens.is(at.saturating_sub(1), "interface"));
        match body.next() {
            Some(body) => {
                let end = tokens.close(body);
                // 0 is no function.
                of[ix..end.min(tokens.len())].fill(ix + 1);
                ix = end.max(ix + 1);
            }
            None => ix += 1,
        }
    }
    of
}

impl Commands {
    /// `x := &cobra.Command{Use: "name", …}`.
    fn find(&mut self, tokens: &Tokens<'_>, functions: &[usize]) {
        for ix in 0..tokens.len() {
            let literal =
                tokens.is(ix, "Command") && is_method(tokens, ix) && tokens.is(ix + 1, "{");
            let Some(package) = ix.checked_sub(2).filter(|_| literal) else { continue };
            // `func f() *cobra.Command {` begins a body.
            if package > 0 && tokens.is(package - 1, "*") {
                continue;
            }
            let mut before = package;
            if before > 0 && tokens.is(before - 1, "&") {
                before -= 1;
            }
            let command = self.command(tokens, ix + 1);
            self.list.push(Command { own: command, parent: None });
            let number = self.list.len() - 1;
            let function = functions.get(ix).copied().unwrap_or(0);
            let assigned =
                before.checked_sub(1).filter(|at| tokens.is(*at, "=") || tokens.is(*at, ":="));
            let name = assigned.and_then(|at| {
                // `var x *cobra.Command = &cobra.Command{`.
                (at.saturating_sub(5)..at).rev().find_map(|at| {
                    tokens.name(at).filter(|own| !matches!(*own, "Command" | "cobra" | "var"))
                })
            });
            if let Some(name) = name {
                self.variables.insert((function, name.into()), number);
            }
            if function > 0 {
                // The first command of a function is what it returns.
                let at = function;
                let at = if tokens.is(at, "(") { tokens.next(at) } else { at };
                if let Some(name) = tokens.name(at) {
                    self.makers.entry(name.into()).or_insert(number);
                }
            }
        }
    }

    fn command(&self, tokens: &Tokens<'_>, open: usize) -> Builder {
        let mut own = Builder { open: false, span: tokens.span(open), ..Builder::default() };
        let mut arguments = None;
        for (key, value) in tokens.entries(open) {
            match key.as_ref().map(|(key, _)| key.as_str()) {
                Some("Use") => match tokens.string(value.start) {
                    Some(usage) => {
                        own.name = usage.split_whitespace().next().unwrap_or_default().into();
                        own.span = tokens.span(value.start);
                    }
                    None => own.open = true,
                },
                Some("Aliases") => {
                    let texts = value.filter_map(|ix| tokens.string(ix)).cloned();
                    own.aliases.extend(texts);
                }
                Some("Args") => arguments = Some(positional(tokens, value)),
                Some("DisableFlagParsing" | "FParseErrWhitelist") => own.open = true,
                _ => {}
            }
        }
        match arguments {
            Some(Some(values)) if values.max == Some(0) => {}
            Some(Some(values)) => {
                own.positional("args", values, own.span);
            }
            // Whatever it takes.
            _ => own.positional("args", Arity::ANY, own.span),
        }
        own
    }

    /// The command that the name at `ix` stands for there.
    fn look_up(&self, tokens: &Tokens<'_>, ix: usize, functions: &[usize]) -> Option<usize> {
        let name = SmolStr::new(tokens.name(ix)?);
        let function = functions.get(ix).copied().unwrap_or(0);
        let own = self.variables.get(&(function, name.clone()));
        own.or_else(|| self.variables.get(&(0, name.clone())))
            .or_else(|| self.makers.get(&name).filter(|_| tokens.is(ix + 1, "(")))
            .copied()
    }

    fn describe(&mut self, tokens: &Tokens<'_>, functions: &[usize]) {
        for ix in 0..tokens.len() {
            let Some(method) = tokens.name(ix).filter(|_| is_method(tokens, ix)) else { continue };
            let Some(receiver) = ix.checked_sub(2) else { continue };
            match method {
                "Flags" | "PersistentFlags" | "LocalFlags" => {
                    let assigned = tokens.is(receiver.wrapping_sub(1), ":=")
                        || tokens.is(receiver.wrapping_sub(1), "=");
                    let command = self.look_up(tokens, receiver, functions);
                    let name =
                        receiver.checked_sub(2).and_then(|at| tokens.name(at)).filter(|_| assigned);
                    if let (Some(command), Some(name)) = (command, name) {
                        let function = functions.get(ix).copied().unwrap_or(0);
                        self.flags.insert((function, name.into()), command);
                    }
                    continue;
                }
                "AddCommand" if tokens.is(ix + 1, "(") => {
                    let Some(parent) = self.look_up(tokens, receiver, functions) else { continue };
                    for part in tokens.arguments(ix + 1) {
                        match self.look_up(tokens, part.start, functions) {
                            Some(sub) if sub != parent => self.list[sub].parent = Some(parent),
                            _ => self.list[parent].own.open = true,
                        }
                    }
                    continue;
                }
                "MarkFlagRequired" | "MarkPersistentFlagRequired" => {
                    self.require(tokens, ix, functions);
                    continue;
                }
                "AddFlagSet" | "AddGoFlagSet" | "AddFlag" => {
                    match self.target(tokens, ix, functions) {
                        Some(command) => self.list[command].own.open = true,
                        None => self.list.iter_mut().for_each(|command| command.own.open = true),
                    }
                    continue;
                }
                _ => {}
            }
            let Some(command) = self.target(tokens, ix, functions) else { continue };
            let own = &mut self.list[command].own;
            match declared(tokens, ix, Package::Pflag) {
                Some(Ok(flag)) => flag.add(tokens, Package::Pflag, own),
                Some(Err(())) => own.open = true,
                None => {}
            }
        }
        for ix in 0..tokens.len() {
            // A flag with it may stand without a value.
            if tokens.is(ix, "NoOptDefVal")
                && let Some(name) = first_string(tokens, ix.saturating_sub(4)..ix)
                && let Some(name) = tokens.string(name)
            {
                let spelling = format!("--{name}");
                for command in &mut self.list {
                    command.own.find(&spelling).into_iter().for_each(|param| {
                        param.values = Some(Arity::OPTIONAL);
                    });
                }
            }
        }
    }

    /// The command whose flags the method at `ix` is called on: `cmd.Flags().X`, `flags.X`.
    fn target(&self, tokens: &Tokens<'_>, ix: usize, functions: &[usize]) -> Option<usize> {
        let before = ix.checked_sub(2)?;
        if tokens.is(before, ")") {
            let set = ix.checked_sub(4)?;
            let flags = tokens.is(set, "Flags")
                || tokens.is(set, "PersistentFlags")
                || tokens.is(set, "LocalFlags");
            return self.look_up(tokens, set.checked_sub(2)?, functions).filter(|_| flags);
        }
        let name = SmolStr::new(tokens.name(before)?);
        let function = functions.get(ix).copied().unwrap_or(0);
        self.flags.get(&(function, name)).copied()
    }

    /// `cmd.MarkFlagRequired("name")`, `cobra.MarkFlagRequired(cmd.Flags(), "name")`.
    fn require(&mut self, tokens: &Tokens<'_>, ix: usize, functions: &[usize]) {
        let close = if tokens.is(ix + 1, "(") { tokens.close(ix + 1) } else { return };
        let Some(name) = first_string(tokens, ix + 2..close).and_then(|at| tokens.string(at))
        else {
            return;
        };
        let owner = [ix.wrapping_sub(2), ix + 2]
            .into_iter()
            .find_map(|at| self.look_up(tokens, at, functions));
        let spelling = format!("--{name}");
        if let Some(command) = owner
            && let Some(param) = self.list[command].own.find(&spelling)
        {
            param.required = true;
        }
    }

    fn finish(mut self) -> Option<Builder> {
        for number in 0..self.list.len() {
            let own = &mut self.list[number].own;
            own.implied(&["--help", "-h"], own.span);
        }
        // Leaves go into their parents until only roots are left.
        let mut roots = Vec::new();
        while let Some(at) = {
            let has_children = |ix: usize| self.list.iter().any(|own| own.parent == Some(ix));
            (0..self.list.len()).rev().find(|ix| !has_children(*ix))
        } {
            let command = self.list.remove(at);
            for other in &mut self.list {
                other.parent = other.parent.map(|parent| parent - usize::from(parent > at));
            }
            match command.parent.map(|parent| parent - usize::from(parent > at)) {
                Some(parent) => self.list[parent].own.subcommands.insert(0, command.own),
                None => roots.push(command.own),
            }
        }
        let count = roots.len();
        let mut root = roots.into_iter().rev().max_by_key(|root| root.subcommands.len())?;
        // A command that is added in another file, or other flags of the program's there.
        root.open |= count > 1;
        root.syntax = Syntax { valued_switches: true, ..Syntax::default() };
        if !root.subcommands.is_empty() {
            root.params.retain(|param| !param.positional);
            for name in ["help", "completion"] {
                root.subcommands.push(Builder {
                    name: name.into(),
                    open: true,
                    span: root.span,
                    ..Builder::default()
                });
            }
        }
        Some(root)
    }
}

/// `cobra.ExactArgs(2)`.
fn positional(tokens: &Tokens<'_>, value: std::ops::Range<usize>) -> Option<Arity> {
    let named = |name: &str| value.clone().any(|ix| tokens.is(ix, name));
    let mut numbers = value.clone().filter_map(|ix| {
        let token = tokens.get(ix).filter(|token| token.kind == Kind::Number)?;
        token.value.parse::<u16>().ok()
    });
    if named("MatchAll") {
        return None;
    }
    if named("NoArgs") {
        return Some(Arity::NONE);
    }
    if named("ExactArgs") {
        return numbers.next().map(|count| Arity { min: count, max: Some(count) });
    }
    if named("MinimumNArgs") {
        return numbers.next().map(|min| Arity { min, max: None });
    }
    if named("MaximumNArgs") {
        return numbers.next().map(|max| Arity { min: 0, max: Some(max) });
    }
    if named("RangeArgs") {
        return numbers.next().zip(numbers.next()).map(|(min, max)| Arity { min, max: Some(max) });
    }
    None
}
