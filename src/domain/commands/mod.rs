//! Command lines wherever they stand: in scripts, units, crontabs, images, monitoring.
//!
//! A command line becomes a [`Call`] of what it runs, with its words. Whether a word is a
//! flag or a flag's value only the interface of the command can tell, so that is left to
//! the check. A command that nothing in the tree provides stays open: silence.

mod given;
mod inherit;
mod options;
mod paths;
mod scalar;
mod target;

pub(crate) use inherit::inherit_environment;
pub(crate) use paths::looked_after;
pub(crate) use scalar::{scalar, templated_scalar};

use super::packages;
use crate::facts::{
    Call, Detail, Environment, FileFacts, NamePattern, Piece, Problem, Provide, Ref, Relation,
    Require, Span, Standing, Strength, Via, Word, kinds, parent_folder,
};
use crate::syntax::shell::lexer::{Text, Token};
use crate::syntax::shell::parse::{self, ShellWord, Simple};
use crate::syntax::shell::{Argument, CommandText};
use smallvec::SmallVec;
use smol_str::SmolStr;

/// Whether a text begins with the path of an installed program, and goes on.
pub fn runs_program(text: &str) -> bool {
    let first = text.split(char::is_whitespace).find(|word| !word.is_empty()).unwrap_or_default();
    let is_path = first.starts_with('/')
        && first.chars().all(|c| c.is_ascii_alphanumeric() || "/._+-".contains(c));
    let in_bin = first.rsplit('/').skip(1).any(|part| matches!(part, "bin" | "sbin" | "libexec"));
    is_path && in_bin && text.trim().len() > first.len()
}

/// Most shells that are run within each other, `sh -c 'sh -c …'`, and read.
const MAX_SHELLS: u32 = 4;

/// Where command lines stand.
pub struct Lines<'a> {
    /// The file, for paths that are relative to it.
    pub path: &'a str,
    /// The construct, as its users call it: `shell`, `exec`, `cron`.
    pub via: Via,
    /// The definition that holds them.
    pub within: Option<u32>,
}

impl<'a> Lines<'a> {
    /// Lines of the file at `path`, which no definition holds.
    pub fn new(path: &'a str, via: impl Into<Via>) -> Self {
        Self { path, via: via.into(), within: None }
    }

    /// The same, held by a definition.
    pub fn within(self, within: Option<u32>) -> Self {
        Self { within, ..self }
    }

    /// Adds a call for every command of `text`.
    pub fn add(&self, text: &CommandText, out: &mut FileFacts) {
        self.add_nested(text, &Environment::inherited(), out, 0);
    }

    /// Adds the call of a command whose words are already apart: an argument list, which no
    /// shell reads.
    pub fn add_words(&self, words: &[Argument], strength: Strength, out: &mut FileFacts) {
        let shell_word = |(ix, own): (usize, &Argument)| ShellWord {
            text: Text {
                pattern: own.word.text.clone(),
                splits: own.word.splits,
                quoted: own.word.text.pieces().iter().any(has_blank),
                substitutions: Vec::new(),
            },
            // Its place is looked up by its index.
            start: ix,
            end: ix,
        };
        let own: Vec<_> = words.iter().enumerate().map(shell_word).collect();
        let span = |word: &ShellWord| words[word.start].word.span;
        let inner = |word: &ShellWord| words[word.start].text.clone();
        let simple =
            Simple { words: own, assignments: Vec::new(), tested: strength != Strength::Certain };
        self.command(&simple, &Environment::inherited(), &span, &inner, out, 0);
    }

    fn add_nested(&self, text: &CommandText, given: &Environment, out: &mut FileFacts, depth: u32) {
        self.add_read(text, &crate::syntax::shell::lexer::tokens(text.as_str()), given, out, depth);
    }

    /// As [`Lines::add`], of a text whose tokens are known.
    pub(crate) fn add_read(
        &self,
        text: &CommandText,
        tokens: &[Token],
        given: &Environment,
        out: &mut FileFacts,
        depth: u32,
    ) {
        let mut exported = given.clone();
        let span = |word: &ShellWord| text.span(word.start, word.end);
        let inner = |word: &ShellWord| {
            let span = text.span(word.start + usize::from(word.text.quoted), word.end);
            CommandText::pattern(&word.text.pattern, span)
        };
        let read = parse::read(text.as_str(), tokens, &options::is_options);
        if let Some(at) = read.unread {
            unread(out, "substitutions", parse::MAX_DEPTH, text.span(at, at));
        }
        for word in &read.variables {
            self.add_assignment(&inner(word), out);
        }
        let mut moved = false;
        let from = out.requires.len();
        for mut simple in read.simple {
            moved |= leaves(&simple, text.as_str());
            // Relative to a folder that is not told, a path is another one.
            let is_path = |word: &ShellWord| {
                let own = word.text.pattern.prefix();
                own.contains('/') && !own.starts_with('/')
            };
            simple.tested |= moved && simple.words.iter().any(is_path);
            self.command(&simple, &exported, &span, &inner, out, depth);
            given::export(&simple, &mut exported, &span);
        }
        paths::looked_after(text.as_str(), &mut out.requires[from..]);
    }

    /// Adds the call of one command. `span` says where a word stands, `inner` what it is as a
    /// command line of its own.
    fn command(
        &self,
        simple: &Simple,
        given: &Environment,
        span: &dyn Fn(&ShellWord) -> Span,
        inner: &dyn Fn(&ShellWord) -> CommandText,
        out: &mut FileFacts,
        depth: u32,
    ) {
        let words = simple.words.as_slice();
        let strength = if simple.tested { Strength::Likely } else { Strength::Certain };
        let environment =
            |at: usize| given::environment(&words[..at], &simple.assignments, given, span);
        let patterns: SmallVec<[&NamePattern; 8]> =
            words.iter().map(|word| &word.text.pattern).collect();
        if let Some((silence, at)) = super::silences::command(&patterns) {
            super::silences::provide(out, &silence, span(&words[at]));
        }
        let folder = parent_folder(self.path);
        match target::target(words, folder) {
            None => {
                // `python3 -m pip install x`
                let module =
                    words.iter().position(|word| word.exact().is_some_and(|own| own == "-m"));
                let name = module.and_then(|at| words.get(at + 1)?.exact().map(SmolStr::as_str));
                if let (Some(at), Some("pip")) = (module, name) {
                    let own = arguments(&words[at + 2..], span);
                    packages::command("pip", &own, self.via, self.within, out);
                }
                let run = module.map_or(&words[..0], |at| &words[at + 1..]);
                self.named(run, strength, span, out);
                // Which module is run, the room of the language reads.
                let before = module.and_then(|at| words[..at].iter().rposition(is_interpreter));
                if let Some(at) = before.filter(|_| name != Some("pip"))
                    && let Some(own) = target::interpreter(&words[at])
                {
                    let any_of = smallvec::smallvec![Ref::exact(kinds::COMMAND, own)];
                    let rest = arguments(&words[at + 1..], span);
                    let place = span(&words[at]);
                    out.calls.push(call(any_of, rest, place, strength, &environment(at), self));
                }
            }
            Some(Ok(target)) => {
                // An interpreter's own flags: `python3 -u --x script`.
                let mut before = words[..target.at].iter();
                let from = before.rposition(|word| target::interpreter(word).is_some());
                let from = from.map_or(0, |at| at + 1);
                if (1..target.at).contains(&from)
                    && let Some(name) = target::interpreter(&words[from - 1])
                {
                    let own = arguments(&words[from..target.at], span);
                    let any_of = smallvec::smallvec![Ref::exact(kinds::COMMAND, name)];
                    push(out, any_of, own, span(&words[from - 1]), strength, given, self);
                }
                let own = arguments(&words[target.at + 1..], span);
                if let Some(name) = words[target.at].exact() {
                    packages::command(name, &own, self.via, self.within, out);
                }
                self.tasks(&words[target.at..], strength, span, out);
                let name = span(&words[target.at]);
                let environment = environment(target.at);
                for any_of in target::configured(&words[target.at..], folder) {
                    let call = call(any_of, Vec::new(), name, strength, &environment, self);
                    out.calls.push(Call { open: true, ..call });
                }
                self.named(&words[target.at..], strength, span, out);
                self.built(&words[target.at..], strength, span, out);
                self.made(&words[target.at..], folder, name, out);
                push(out, target.any_of, own, name, strength, &environment, self);
            }
            Some(Err(target::Nested(at))) => {
                let Some(word) = words.get(at) else { return };
                if depth < MAX_SHELLS {
                    self.add_nested(&inner(word), &environment(at), out, depth + 1);
                } else {
                    unread(out, "shells", MAX_SHELLS, span(word));
                }
            }
        }
    }
}

impl Lines<'_> {
    /// The folders of packages that a command of Go builds.
    fn built(
        &self,
        words: &[ShellWord],
        strength: Strength,
        span: &dyn Fn(&ShellWord) -> Span,
        out: &mut FileFacts,
    ) {
        for (word, any_of) in target::built(words, parent_folder(self.path)) {
            let Some(target) = any_of.first().cloned() else { continue };
            let require = Require::certain(target, span(word), "go", self.within);
            out.requires.push(Require { any_of, ..require }.with_strength(strength));
        }
    }

    /// The command that a build makes of a folder of the tree.
    fn made(&self, words: &[ShellWord], folder: &str, span: Span, out: &mut FileFacts) {
        let Some((made, folders)) = target::made(words, folder) else { return };
        out.provides.extend(folders.into_iter().map(|folder| Provide {
            kind: kinds::COMMAND,
            name: NamePattern::Exact(made.clone()),
            span,
            within: self.within,
            detail: Detail::leads(kinds::GO_PROGRAM, folder),
        }));
    }

    /// The paths and the services that a command names, where it runs among the files of the tree.
    fn named(
        &self,
        words: &[ShellWord],
        strength: Strength,
        span: &dyn Fn(&ShellWord) -> Span,
        out: &mut FileFacts,
    ) {
        // Elsewhere, paths are those of a host, or of an image.
        let strength = match self.via.wording {
            "hook" | "make" | "run" | "script" | "sh" => strength,
            // A script may be run from any folder.
            "shell" if !self.path.ends_with(".yml") && !self.path.ends_with(".yaml") => {
                strength.min(Strength::Likely)
            }
            _ => return,
        };
        if !Standing::of(self.path).is_live() {
            return;
        }
        let folder = parent_folder(self.path);
        let strength = strength.min(paths::firmness(words));
        for (at, any_of) in paths::read(words, folder) {
            let Some(word) = words.get(at) else { continue };
            let require = Require::any_of(any_of, span(word), paths::ARGUMENT, self.within);
            out.requires.push(require.with_strength(strength));
        }
        for (at, target) in paths::services(words, folder) {
            let Some(word) = words.get(at) else { continue };
            let require = Require::certain(target, span(word), paths::ARGUMENT, self.within);
            out.requires.push(require.with_strength(strength));
        }
    }

    /// The tasks that a command asks a tool for, by their names.
    fn tasks(
        &self,
        words: &[ShellWord],
        strength: Strength,
        span: &dyn Fn(&ShellWord) -> Span,
        out: &mut FileFacts,
    ) {
        let patterns: SmallVec<[&NamePattern; 8]> =
            words.iter().map(|word| &word.text.pattern).collect();
        for own in super::tasks::asked(&patterns) {
            // What an image or a package builds is mostly from elsewhere.
            let is_foreign = !Standing::of(self.path).is_live()
                || super::tasks::is_common(&own.name) && self.via.relation == Relation::Builds;
            let Some(word) = words.get(own.at).filter(|_| !is_foreign) else { continue };
            let target = Ref::exact(kinds::TASK, own.name);
            let require = Require::certain(target, span(word), self.via, self.within);
            out.requires.push(require.with_strength(own.strength.min(strength)));
        }
    }
}

/// Says that commands were left out for their depth.
fn unread(out: &mut FileFacts, what: &str, most: u32, at: Span) {
    let message = format!("{what} nest more than {most} deep; what these run was not read");
    out.problems.push(Problem::new("limit-reached", message, at));
}

/// Whether a command goes to another folder than that of the script, or the root of the tree.
fn leaves(simple: &Simple, text: &str) -> bool {
    let [name, rest @ ..] = simple.words.as_slice() else { return false };
    if !name.exact().is_some_and(|own| matches!(own.as_str(), "cd" | "pushd")) {
        return false;
    }
    let own = ["dirname", "$0", "BASH_SOURCE", "rev-parse", "%/*"];
    rest.last().is_some_and(|to| {
        let written = text.get(to.start..to.end).unwrap_or_default();
        !own.iter().any(|part| written.contains(part)) && !matches!(written, "." | "-")
    })
}

fn arguments(words: &[ShellWord], span: &dyn Fn(&ShellWord) -> Span) -> Vec<Word> {
    let word = |word: &ShellWord| Word {
        text: word.text.pattern.clone(),
        splits: word.text.splits,
        span: span(word),
    };
    words.iter().map(word).collect()
}

fn is_interpreter(word: &ShellWord) -> bool {
    target::interpreter(word).is_some()
}

fn has_blank(piece: &Piece) -> bool {
    matches!(piece, Piece::Text(text) if text.contains(char::is_whitespace))
}

/// Commands of the shell itself, and those of every system that no tree defines.
pub(crate) const BUILTIN: &[&str] = &[
    ":", "[", "[[", "alias", "awk", "basename", "bg", "break", "cat", "cd", "chgrp", "chmod",
    "chown", "continue", "cp", "cut", "date", "declare", "dirname", "echo", "exit", "export",
    "false", "fg", "find", "grep", "head", "hostname", "id", "kill", "let", "ln", "local", "ls",
    "mkdir", "mv", "printf", "pwd", "read", "readonly", "return", "rm", "rmdir", "sed", "set",
    "shift", "shopt", "sleep", "sort", "stat", "tail", "tee", "test", "touch", "tr", "trap",
    "true", "type", "typeset", "ulimit", "umask", "unset", "wait", "wc", "which",
];

fn push(
    out: &mut FileFacts,
    any_of: SmallVec<[Ref; 1]>,
    words: Vec<Word>,
    span: Span,
    strength: Strength,
    environment: &Environment,
    place: &Lines<'_>,
) {
    let is_builtin = any_of.iter().any(|target| {
        target.kind == kinds::COMMAND
            && target
                .name
                .as_exact()
                .is_some_and(|name| BUILTIN.binary_search(&name.as_str()).is_ok())
    });
    if is_builtin {
        return;
    }
    let require = Require::any_of(any_of.clone(), span, place.via, place.within);
    out.requires.push(require.with_strength(Strength::Guarded));
    out.calls.push(call(any_of, words, span, strength, environment, place));
}

fn call(
    any_of: SmallVec<[Ref; 1]>,
    words: Vec<Word>,
    span: Span,
    strength: Strength,
    environment: &Environment,
    place: &Lines<'_>,
) -> Call {
    Call {
        words,
        strength,
        within: place.within,
        environment: (!environment.is_inherited()).then(|| Box::new(environment.clone())),
        ..Call::new(any_of, span, place.via)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn calls(text: &str) -> Vec<String> {
        let mut out = FileFacts::default();
        let place = Lines::new("bin/run", "shell");
        place.add(&CommandText::plain(text, 0), &mut out);
        let show = |call: &Call| {
            let target = &call.any_of[0];
            let words: Vec<_> = call.words.iter().map(|word| word.text.to_string()).collect();
            format!("{}:{} {}", target.kind, target.name, words.join(" "))
        };
        out.calls.iter().map(show).collect()
    }

    #[test]
    fn the_list_is_sorted() {
        assert!(BUILTIN.is_sorted());
    }

    #[test]
    fn wrappers_and_interpreters_are_seen_through() {
        assert_eq!(
            calls("sudo -u x A=b timeout -k 5 10 /usr/bin/foo --bar"),
            ["deployed.path:/usr/bin/foo --bar"]
        );
        assert_eq!(
            calls("python3 -u /srv/x.py -a"),
            ["command:python3 -u", "deployed.path:/srv/x.py -a"]
        );
        assert_eq!(
            calls("bash x.sh 1; ./y 2; $DIR/z.py 3"),
            ["file:bin/x.sh 1", "file:bin/y 2", "file:bin/z.py 3"]
        );
        assert_eq!(calls("sh -c 'foo --x; bar'"), ["command:foo --x", "command:bar "]);
        assert_eq!(calls("ssh -p 22 host 'foo --x'"), ["command:foo --x"]);
        assert_eq!(calls("ssh host foo --x"), ["command:foo --x"]);
        assert_eq!(calls("find . | xargs -n 1 foo -v"), ["command:foo -v"]);
    }
}
