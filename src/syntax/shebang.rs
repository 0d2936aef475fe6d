//! The first line of a script: which program runs it.

use super::tags::{Sort, tags};
use std::borrow::Cow;

/// The program that runs a script, as far as its language goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Interpreter {
    /// A shell of the Bourne family.
    Shell,
    /// Python.
    Python,
    /// Ruby.
    Ruby,
    /// Perl.
    Perl,
    /// Node.js.
    Node,
    /// Any other, or one that a template puts in.
    Other,
}

/// Longer first lines are cut off.
const LONGEST: usize = 200;

/// Whether a file begins as a script does.
pub(crate) fn is_script(bytes: &[u8]) -> bool {
    bytes.starts_with(b"#!")
}

/// What the first line calls; `None` where there is no such line.
pub(crate) fn interpreter(bytes: &[u8]) -> Option<Interpreter> {
    let line = bytes.strip_prefix(b"#!")?;
    let end = memchr::memchr(b'\n', line).unwrap_or(line.len()).min(LONGEST);
    let line = String::from_utf8_lossy(&line[..end]);
    Some(Interpreter::named(program(&without_tags(&line))))
}

/// Whether the first line calls a shell whose grammar is that of POSIX, or Bash's.
pub(crate) fn is_bourne_shell(bytes: &[u8]) -> bool {
    let line = bytes.split(|byte| *byte == b'\n').next().unwrap_or_default();
    let Some(line) = line.strip_prefix(b"#!").filter(|line| line.len() < LONGEST) else {
        return false;
    };
    let line = String::from_utf8_lossy(line);
    // `-x`, `-e` and the like; what else is handed to it may make it another.
    matches!(program(&line), "sh" | "bash" | "dash" | "ash")
}

impl Interpreter {
    /// By the name of the program, whatever its version: `python3.11`, `nodejs`, `ksh93`.
    fn named(program: &str) -> Self {
        match unversioned(program) {
            "sh" | "bash" | "dash" | "ksh" | "zsh" | "ash" => Self::Shell,
            "python" | "pythonw" | "ipython" | "pypy" => Self::Python,
            "ruby" | "jruby" => Self::Ruby,
            "perl" => Self::Perl,
            "node" | "nodejs" | "ts-node" | "babel-node" => Self::Node,
            _ => Self::Other,
        }
    }
}

/// A program's name without the version at its end.
pub(crate) fn unversioned(program: &str) -> &str {
    program.trim_end_matches(|c: char| c.is_ascii_digit() || c == '.')
}

/// The name of the program, also behind `/usr/bin/env`.
fn program(line: &str) -> &str {
    let mut words = line.split_whitespace();
    let mut word = words.next().unwrap_or_default();
    if last(word) == "env" {
        word = words.next().unwrap_or_default();
        loop {
            // `env -S program`, `env -Sprogram`, `env -u NAME program`, `env A=b program`.
            if let Some(split) = word.strip_prefix("-S").filter(|own| !own.is_empty()) {
                word = split;
                break;
            }
            if matches!(word, "-u" | "-C") {
                words.next();
            } else if !word.starts_with('-') && !word.contains('=') {
                break;
            }
            word = words.next().unwrap_or_default();
            if word.is_empty() {
                break;
            }
        }
    }
    last(word)
}

fn last(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

/// A first line without the tags of a template.
fn without_tags(line: &str) -> Cow<'_, str> {
    let mut at = 0;
    let mut kept = String::new();
    for tag in tags(line, Sort::CODE) {
        kept.push_str(&line[at..tag.range.start]);
        at = tag.range.end;
    }
    if at == 0 {
        return Cow::Borrowed(line);
    }
    kept.push_str(&line[at..]);
    Cow::Owned(kept)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn programs_with_and_without_env() {
        for (line, expected) in [
            ("#!/bin/sh", Interpreter::Shell),
            ("#! /bin/bash -eu\n", Interpreter::Shell),
            ("#!/usr/bin/env bash\r\n", Interpreter::Shell),
            ("#!/usr/bin/python3.11", Interpreter::Python),
            ("#!/usr/bin/env -S python3 -u", Interpreter::Python),
            ("#!/usr/bin/env -Spypy3", Interpreter::Python),
            ("#!/usr/bin/env -S PYTHONPATH=/srv/lib python", Interpreter::Python),
            ("#!/usr/bin/env -u PYTHONPATH perl5.36", Interpreter::Perl),
            ("#!/usr/bin/env A=b /opt/puppetlabs/puppet/bin/ruby", Interpreter::Ruby),
            ("#!/usr/bin/nodejs", Interpreter::Node),
            ("#!<%= @root %>/bin/python", Interpreter::Python),
            ("#!{{ python }}", Interpreter::Other),
            ("#!/usr/bin/make -f", Interpreter::Other),
            ("#!/usr/bin/env", Interpreter::Other),
            ("#!", Interpreter::Other),
        ] {
            assert_eq!(interpreter(line.as_bytes()), Some(expected), "{line}");
        }
        assert_eq!(interpreter(b"# !/bin/sh"), None);
    }

    #[test]
    fn folders_name_no_program() {
        let named = |line: &str| interpreter(line.as_bytes());
        assert_eq!(named("#!/opt/python-tools/bin/bash"), Some(Interpreter::Shell));
        assert_eq!(named("#!/srv/node_tools/venv/bin/python3"), Some(Interpreter::Python));
        assert_eq!(named("#!/home/perl/rubies/bin/make"), Some(Interpreter::Other));
    }
}
