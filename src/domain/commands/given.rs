//! The environment that a command is run with: assignments before it, exports above it,
//! `env` around it.
//!
//! (Sources: POSIX.1-2017, 2.9.1 "Simple Commands" and `export`; env(1), sudo(8).)

use crate::facts::{Environment, NamePattern, Span, base_name, is_variable_name, kinds};
use crate::syntax::shell::parse::{ShellWord, Simple};

/// Exports of one script beyond which more may be exported than is kept.
const MAX_EXPORTS: usize = 64;

/// Commands that give another environment to what they run.
const ELSEWHERE: &[&str] = &["doas", "foreachwiki", "runuser", "ssh", "su", "sudo", "systemd-run"];

/// Where a word stands.
pub type Place<'p> = &'p dyn Fn(&ShellWord) -> Span;

/// Adds to `exported` what a command of a script does to what is exported.
pub fn export(simple: &Simple, exported: &mut Environment, place: Place<'_>) {
    let Some(name) = simple.words[0].exact() else { return };
    let words = &simple.words[1..];
    let has = |flag: char| {
        let flags = |word: &ShellWord| {
            word.exact().is_some_and(|own| own.starts_with('-') && own.contains(flag))
        };
        words.iter().any(flags)
    };
    match name.as_str() {
        "export" => {}
        "declare" | "typeset" if has('x') => {}
        "." | "source" | "eval" => return unknown(exported),
        "set"
            if has('a')
                || words.iter().any(|word| word.exact().is_some_and(|own| own == "allexport")) =>
        {
            return unknown(exported);
        }
        "unset" => {
            let gone =
                |name: &str| words.iter().any(|word| word.exact().is_some_and(|own| own == name));
            return exported.set.retain(|own| !gone(&own.name));
        }
        _ => return,
    }
    for word in words {
        if word.text.pattern.prefix().starts_with('-') {
            continue;
        }
        if exported.set.len() >= MAX_EXPORTS || !add(word, exported, place) {
            unknown(exported);
        }
    }
}

/// The environment of a command: `before` are the words in front of what is run.
pub fn environment(
    before: &[ShellWord],
    assignments: &[ShellWord],
    exported: &Environment,
    place: Place<'_>,
) -> Environment {
    let mut own = exported.clone();
    for word in assignments {
        if !add(word, &mut own, place) {
            unknown(&mut own);
        }
    }
    let mut wrapped = false;
    for word in before {
        let Some(text) = word.exact() else {
            if wrapped && word.text.pattern.prefix().contains('=') {
                add(word, &mut own, place);
            }
            continue;
        };
        let name = base_name(text);
        if ELSEWHERE.binary_search(&name).is_ok() {
            unknown(&mut own);
        }
        match text.as_str() {
            _ if name == "env" => wrapped = true,
            "-i" | "-" | "--ignore-environment" if wrapped => own = Environment::default(),
            // A login shell reads its own files.
            "-l" | "-lc" | "-cl" | "--login" | "-i" | "-ic" => unknown(&mut own),
            _ if text.contains('=') => drop(add(word, &mut own, place)),
            _ => {}
        }
    }
    own
}

/// Adds `NAME=value` or `NAME`; `false` where its name is not known.
fn add(word: &ShellWord, own: &mut Environment, place: Place<'_>) -> bool {
    let prefix = word.text.pattern.prefix();
    let name = match prefix.split_once('=') {
        Some((name, _)) => name.trim_end_matches('+'),
        None if word.exact().is_some() => prefix,
        None => return false,
    };
    if !is_variable_name(name) {
        return false;
    }
    let value = word.exact().and_then(|text| text.split_once('=')).map(|(_, value)| value.into());
    let span = place(word);
    let end = (span.start + name.len() as u32).min(span.end);
    own.add(name, value, Span { end, ..span });
    true
}

fn unknown(own: &mut Environment) {
    let any = |source: &crate::facts::Ref| matches!(source.name, NamePattern::Pattern(_));
    if !own.sources.iter().any(any) {
        own.add_unknown(kinds::ENV);
    }
}

#[cfg(test)]
mod tests {
    use super::super::Lines;
    use crate::facts::FileFacts;
    use crate::syntax::shell::CommandText;

    fn given(text: &str) -> Vec<String> {
        let mut out = FileFacts::default();
        let place = Lines::new("bin/run", "shell");
        place.add(&CommandText::plain(text, 0), &mut out);
        let show = |call: &crate::facts::Call| {
            let name = call.any_of[0].name.to_string();
            let Some(own) = &call.environment else { return name };
            let set: Vec<_> = own.set.iter().map(|own| own.name.as_str()).collect();
            let unknown = if own.sources.is_empty() { "" } else { " ?" };
            let closed = if own.open { "" } else { " only" };
            format!("{name} {}{unknown}{closed}", set.join(","))
        };
        out.calls.iter().map(show).collect()
    }

    #[test]
    fn assignments_and_exports() {
        assert_eq!(given("A=1 foo; bar"), ["foo A", "bar"]);
        assert_eq!(given("export A=1 B\nX=2\nfoo\nunset A\nC=3 bar"), ["foo A,B", "bar B,C"]);
        assert_eq!(given("declare -x A=1\nfoo"), ["foo A"]);
        assert_eq!(given("set -a\nfoo"), ["foo  ?"]);
        assert_eq!(given("export $(cat x)\nfoo"), ["foo  ?"]);
        assert_eq!(given("export A=1; sh -c 'B=2 foo'"), ["foo A,B"]);
    }

    #[test]
    fn wrappers() {
        assert_eq!(given("env A=1 foo"), ["foo A"]);
        assert_eq!(given("env -i A=1 foo --x B=2"), ["foo A only"]);
        assert_eq!(given("A=1 sudo -u x foo"), ["foo A ?"]);
        assert_eq!(given("ssh host 'A=1 foo'"), ["foo A ?"]);
        assert_eq!(given("bash -lc foo"), ["foo  ?"]);
    }
}
