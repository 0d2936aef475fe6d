//! JavaScript: commander.
//!
//! (Source: commander's README, "Options", "Commands" and "Command-arguments".)

use crate::domain::programs::builder::{Builder, argument, is_method};
use crate::facts::{Arity, Span};
use crate::syntax::script::tokens::Tokens;
use smol_str::SmolStr;
use std::collections::BTreeMap;
use std::ops::Range;

/// The commands of a file; the first is the program.
struct Commands {
    list: Vec<(Builder, Option<usize>)>,
    /// Variables that hold one.
    variables: BTreeMap<SmolStr, usize>,
}

/// The program that a file describes.
pub fn read(tokens: &Tokens<'_>) -> Option<Builder> {
    let mut own = Commands { list: vec![(Builder::default(), None)], variables: BTreeMap::new() };
    // The command that each call is about: the receiver, or what the call before it made.
    let mut current = 0;
    let mut next = 0;
    while next < tokens.len() {
        let ix = next;
        next += 1;
        if tokens.is(ix, "new") && tokens.is(ix + 1, "Command") {
            current = own.create(tokens, ix);
            continue;
        }
        let Some(method) = tokens.name(ix).filter(|_| is_method(tokens, ix)) else { continue };
        if !tokens.is(ix + 1, "(") {
            continue;
        }
        if let Some(receiver) = ix.checked_sub(2).and_then(|at| tokens.name(at)) {
            // `this.option()`, `program.option()`.
            current = own.variables.get(receiver).copied().unwrap_or(0);
        }
        current = own.call(tokens, ix, method, current);
        if matches!(method, "action" | "hook") {
            // What is run later declares nothing.
            next = tokens.next(ix + 1);
        }
    }
    own.finish()
}

impl Commands {
    fn push(&mut self, builder: Builder, parent: Option<usize>) -> usize {
        self.list.push((builder, parent));
        self.list.len() - 1
    }

    /// The variable that the statement around `at` assigns.
    fn name(&mut self, tokens: &Tokens<'_>, at: usize, command: usize) {
        let Some(equals) = at.checked_sub(1).filter(|ix| tokens.is(*ix, "=")) else { return };
        if let Some(name) = equals.checked_sub(1).and_then(|ix| tokens.name(ix)) {
            self.variables.insert(name.into(), command);
        }
    }

    /// `const x = new Command('name')`.
    fn create(&mut self, tokens: &Tokens<'_>, at: usize) -> usize {
        let parts = if tokens.is(at + 2, "(") { tokens.arguments(at + 2) } else { Vec::new() };
        let first =
            self.list.len() == 1 && self.list[0].0.params.is_empty() && self.variables.is_empty();
        let name = parts.first().and_then(|part| tokens.only(part)).cloned().unwrap_or_default();
        let span = tokens.span(parts.first().map_or(at, |part| part.start));
        let ix =
            if first { 0 } else { self.push(Builder { name, span, ..Builder::default() }, None) };
        self.name(tokens, at, ix);
        // `x.addCommand(new Command('name'))`.
        if at >= 3 && tokens.is(at - 1, "(") && tokens.is(at - 2, "addCommand") && ix > 0 {
            let parent = at.checked_sub(4).and_then(|own| tokens.name(own));
            let parent = parent.and_then(|name| self.variables.get(name)).copied().unwrap_or(0);
            self.list[ix].1 = Some(parent);
        }
        ix
    }

    /// One method; which command the next one of the chain is about.
    fn call(&mut self, tokens: &Tokens<'_>, at: usize, method: &str, current: usize) -> usize {
        let parts = tokens.arguments(at + 1);
        let text = parts.first().and_then(|part| tokens.only(part)).cloned();
        let span = parts.first().map_or(Span::default(), |part| tokens.span(part.start));
        match method {
            "option" | "requiredOption" => {
                let own = &mut self.list[current].0;
                match text {
                    Some(flags) => {
                        let required = method == "requiredOption" && parts.len() < 3;
                        option(&flags, span, required, own);
                    }
                    None => own.open = true,
                }
            }
            "addOption" => self.add_option(tokens, at, current),
            "argument" | "arguments" => {
                let own = &mut self.list[current].0;
                match text {
                    Some(usage) => {
                        for word in usage.split_whitespace() {
                            let bare = format!("<{word}>");
                            let word = if word.starts_with(['<', '[']) { word } else { &bare };
                            argument(word, span, own);
                        }
                        // A default makes it optional.
                        if parts.len() > 2
                            && let Some(param) = own.params.last_mut()
                        {
                            param.required = false;
                            param.values = param.values.map(|value| Arity { min: 0, ..value });
                        }
                    }
                    None => own.open = true,
                }
            }
            "command" => return self.command(tokens, at, &parts, current),
            "alias" => self.list[current].0.aliases.extend(text),
            "aliases" => {
                let names = parts.first().and_then(|part| tokens.strings(part)).unwrap_or_default();
                self.list[current].0.aliases.extend(names.into_iter().map(|(name, _)| name));
            }
            "version" if !parts.is_empty() => {
                let flags = parts.get(1).and_then(|part| tokens.only(part)).cloned();
                let flags = flags.unwrap_or_else(|| "-V, --version".into());
                option(&flags, tokens.span(at), false, &mut self.list[current].0);
            }
            "allowUnknownOption" if !parts.iter().any(|part| tokens.is(part.start, "false")) => {
                self.list[current].0.open = true;
            }
            "addCommand" => {
                let part = parts.first().cloned().unwrap_or(0..0);
                let known = tokens.name(part.start).filter(|_| part.len() == 1);
                match known.and_then(|name| self.variables.get(name)).copied() {
                    Some(ix) if ix != current && ix != 0 => self.list[ix].1 = Some(current),
                    _ if tokens.is(part.start, "new") => {}
                    _ => self.list[current].0.open = true,
                }
            }
            "enablePositionalOptions" | "name" | "description" | "action" | "usage" => {}
            _ => {}
        }
        current
    }

    /// `.command('name <x>', 'description', …)`; which command the next method is about.
    fn command(
        &mut self,
        tokens: &Tokens<'_>,
        at: usize,
        parts: &[Range<usize>],
        current: usize,
    ) -> usize {
        let first = parts.first();
        let Some(usage) = first.and_then(|part| tokens.only(part)) else {
            self.list[current].0.open = true;
            return current;
        };
        let span = first.map_or(Span::default(), |part| tokens.span(part.start));
        let mut words = usage.split_whitespace();
        let name = SmolStr::new(words.next().unwrap_or_default());
        let mut sub = Builder { name, span, ..Builder::default() };
        words.for_each(|word| argument(word, span, &mut sub));
        // With a description it is a program of its own.
        let external = parts.get(1).is_some_and(|part| tokens.string(part.start).is_some());
        sub.open = external;
        let default = parts.iter().any(|part| tokens.source(part.clone()).contains("isDefault"));
        self.list[current].0.open |= default;
        let ix = self.push(sub, Some(current));
        // `const x = program.command('name')`: the receiver stands before.
        let start = at.saturating_sub(2);
        self.name(tokens, start, ix);
        if external { current } else { ix }
    }

    /// `.addOption(new Option('-s, --size <s>', 'd').choices(['a', 'b']).makeOptionMandatory())`.
    fn add_option(&mut self, tokens: &Tokens<'_>, at: usize, current: usize) {
        let own = &mut self.list[current].0;
        let open = at + 1;
        let flags = (open..tokens.close(open)).find(|ix| tokens.string(*ix).is_some());
        let (Some(flags), true) = (flags, tokens.is(open + 1, "new")) else {
            own.open = true;
            return;
        };
        let Some(text) = tokens.string(flags).cloned() else { return };
        let Some(index) = option(&text, tokens.span(flags), false, own) else { return };
        let mut defaulted = false;
        for ix in flags..tokens.close(open) {
            let parts = if tokens.is(ix + 1, "(") { tokens.arguments(ix + 1) } else { continue };
            let param = &mut own.params[index];
            match tokens.name(ix) {
                Some("choices") => {
                    let list =
                        parts.first().and_then(|part| tokens.strings(part)).unwrap_or_default();
                    param.choices = list.into_iter().map(|(choice, _)| choice).collect();
                }
                Some("makeOptionMandatory") => {
                    param.required = !parts.iter().any(|part| tokens.is(part.start, "false"));
                }
                Some("default" | "env") => defaulted = true,
                _ => {}
            }
        }
        own.params[index].required &= !defaulted;
    }

    /// Puts sub-commands into their parents.
    fn finish(mut self) -> Option<Builder> {
        for (own, _) in &mut self.list {
            own.implied(&["--help", "-h"], own.span);
        }
        // A command stands after its parent, or is added to one that stands after it.
        while self.list.len() > 1 {
            let has_children = |ix: usize| self.list.iter().any(|(_, parent)| *parent == Some(ix));
            let leaf = (1..self.list.len()).rev().find(|ix| !has_children(*ix));
            // Two that hold each other.
            let at = leaf.unwrap_or(self.list.len() - 1);
            let (mut own, parent) = self.list.remove(at);
            own.takes_arguments("args");
            let Some(parent) = parent.filter(|parent| leaf.is_some() && *parent != at) else {
                // Added where the file does not show.
                self.list[0].0.open = true;
                for (_, parent) in &mut self.list {
                    *parent = parent
                        .filter(|own| *own != at)
                        .map(|parent| parent - usize::from(parent > at));
                }
                continue;
            };
            for (_, other) in &mut self.list {
                *other = other.map(|other| other - usize::from(other > at));
            }
            let parent = parent - usize::from(parent > at);
            self.list[parent].0.subcommands.insert(0, own);
        }
        let (mut root, _) = self.list.pop()?;
        let says =
            root.params.iter().any(|param| param.name != "--help") || !root.subcommands.is_empty();
        root.span = root.params.first().map_or(root.span, |param| param.span);
        if !root.subcommands.is_empty() {
            root.subcommands.push(Builder {
                name: "help".into(),
                open: true,
                ..Builder::default()
            });
        }
        root.takes_arguments("args");
        says.then_some(root)
    }
}

/// `-f, --file <x>`; the index of the flag.
fn option(flags: &str, span: Span, required: bool, own: &mut Builder) -> Option<usize> {
    let mut names = Vec::new();
    let mut values = Arity::NONE;
    for word in flags.split([' ', ',', '|']).filter(|word| !word.is_empty()) {
        if word.starts_with('-') {
            // `--file=<x>`.
            names.push(SmolStr::new(word.split('=').next().unwrap_or(word)));
        } else {
            let many = word.contains("...");
            let max = if many { None } else { Some(1) };
            values = Arity { min: u16::from(word.starts_with('<')), max };
        }
    }
    own.flag(names, Some(values), span)?.required = required;
    Some(own.params.len() - 1)
}
