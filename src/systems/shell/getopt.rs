//! Flags that a script hands to `getopts` or `getopt`.

use super::interface::Reader;
use crate::facts::{Arity, Span};
use crate::syntax::shell::lexer::{Kind, tokens};
use smol_str::SmolStr;

impl Reader<'_> {
    /// `ab:c` of `getopts`.
    pub(super) fn short_flags(&mut self, list: &str, ix: usize) {
        let list = list.trim_start_matches([':', '+', '-']);
        let mut letters = list.chars().peekable();
        while let Some(letter) = letters.next() {
            let mut colons = 0;
            while letters.next_if_eq(&':').is_some() {
                colons += 1;
            }
            let values = [Arity::NONE, Arity::ONE, Arity::OPTIONAL][colons.min(2)];
            self.add(&[format!("-{letter}").into()], values, self.span(ix));
        }
    }

    /// Whether the branch of `--`, behind which `getopt` puts what is no flag, reads arguments.
    pub(super) fn reads_behind_flags(&self) -> bool {
        let branch = self.body.split_once("--)").map_or("", |(_, rest)| rest);
        let branch = branch.split(";;").next().unwrap_or_default();
        ["$1", "$2", "${1", "${2", "$@", "$*"].iter().any(|word| branch.contains(word))
    }

    /// `getopt -o ab: --long x,y: -- "$@"`; whether more flags may be meant.
    pub(super) fn getopt(&mut self) -> Option<bool> {
        let at = self.body.match_indices("getopt").map(|(at, _)| at).find(|at| {
            let rest = &self.body[at + 6..];
            rest.starts_with([' ', '\t'])
                && rest.lines().take(4).any(|line| line.contains("--"))
                && self.functions.is_own_at(*at)
        })?;
        let line = self.body[at..].replace("\\\n", "  ");
        let line = line.lines().next()?;
        let own = tokens(line);
        let text = |ix: usize| match own.get(ix).map(|token| &token.kind) {
            Some(Kind::Word(text)) => text.pattern.as_exact().cloned(),
            _ => None,
        };
        let mut found = false;
        let mut open = false;
        for ix in 1..own.len() {
            let Some(word) = text(ix) else { continue };
            let (name, value, holder) = match word.split_once('=') {
                Some((name, value)) => (name.to_owned(), Some(SmolStr::new(value)), ix),
                None => (word.to_string(), text(ix + 1), ix + 1),
            };
            let is_long = matches!(name.as_str(), "-l" | "--long" | "--longoptions" | "--longopts");
            let is_short = matches!(name.as_str(), "-o" | "--options");
            if !is_long && !is_short {
                if word == "--" {
                    break;
                }
                continue;
            }
            found = true;
            let Some(value) = value else {
                open = true;
                continue;
            };
            let span = own
                .get(holder)
                .map_or(Span::default(), |token| self.text.span(at + token.start, at + token.end));
            let list: Vec<&str> = if is_long {
                value.split(',').filter(|flag| !flag.is_empty()).collect()
            } else {
                Vec::new()
            };
            for flag in list {
                let bare = flag.trim_end_matches(':');
                let values =
                    [Arity::NONE, Arity::ONE, Arity::OPTIONAL][(flag.len() - bare.len()).min(2)];
                self.add(&[format!("--{bare}").into()], values, span);
            }
            if is_short {
                let before = self.params.len();
                self.short_flags(&value, 0);
                self.params[before..].iter_mut().for_each(|param| param.span = span);
            }
        }
        found.then_some(open)
    }
}
