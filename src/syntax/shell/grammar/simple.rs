//! Simple commands and redirections.

use super::words::Place;
use super::{Heredoc, Read, Reader, Slip, Sort, Stop, Token};
use crate::syntax::shell::HOLE;
use std::ops::Range;

impl Reader<'_> {
    /// A simple command; whether it ends the script.
    pub(super) fn simple(&mut self) -> Read<bool> {
        let mut words: Vec<Range<usize>> = Vec::new();
        loop {
            match self.peek() {
                Token::Redirect => self.redirection()?,
                Token::Word => {
                    let place = if words.is_empty() { Place::Command } else { Place::Argument };
                    let word = self.word(place)?;
                    if !words.is_empty() || !self.sets(&word) {
                        words.push(word);
                    }
                }
                Token::Operator("(") => return self.unexpected(),
                _ => break,
            }
        }
        self.test(&words);
        let text = |ix: usize| words.get(ix).and_then(|own| self.text.get(own.clone()));
        // A script of two languages hides it from the other one in quotes.
        let quotes = ['\'', '"', '\\'];
        let name: String =
            text(0).unwrap_or_default().chars().filter(|c| !quotes.contains(c)).collect();
        Ok(match name.as_str() {
            "exit" | "return" => true,
            "exec" => words.len() > 1,
            "eval" => text(1).is_some_and(|own| own.contains("exec")),
            _ => false,
        })
    }

    /// `name=value` before a command.
    fn sets(&self, word: &Range<usize>) -> bool {
        let text = self.text.get(word.clone()).unwrap_or_default();
        text.split_once('=').is_some_and(|(name, _)| {
            let name = name.strip_suffix('+').unwrap_or(name);
            let name = name.split('[').next().unwrap_or_default();
            let named = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
            name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
                && name.bytes().all(named)
        })
    }

    /// `[` without its end or its blanks.
    fn test(&mut self, words: &[Range<usize>]) {
        let text = |own: &Range<usize>| self.text.get(own.clone()).unwrap_or_default();
        let (Some(first), Some(last)) = (words.first(), words.last()) else { return };
        let (name, end) = (text(first), text(last));
        let glued = ["[[", "["].into_iter().find_map(|own| Some((own, name.strip_prefix(own)?)));
        let (message, at) = match glued {
            Some(("[", "")) if end == "]" => return,
            Some(("[", "")) if words.len() > 1 && is_open(end) => return,
            Some(("[", "")) if words.len() > 1 && end.ends_with(']') => {
                let at = last.end - 1..last.end;
                (
                    "a blank is missing before this `]`: the shell takes it for a part of the word",
                    at,
                )
            }
            Some(("[", "")) => ("no `]` ends this `[`", first.clone()),
            Some((open, rest)) if rest.starts_with(['$', '"', '-', '!']) && end.ends_with(']') => {
                let at = first.start..first.start + open.len();
                (
                    "a blank is missing behind this `[`: the shell looks for a command of that name",
                    at,
                )
            }
            _ => return,
        };
        self.slips.push(Slip { message: message.to_owned(), at, begun: None, sort: Sort::Test });
    }

    pub(super) fn redirections(&mut self) -> Read {
        while self.peek() == Token::Redirect {
            self.redirection()?;
        }
        Ok(())
    }

    fn redirection(&mut self) -> Read {
        self.at += self.descriptor().unwrap_or(0);
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        let found = REDIRECTS.iter().find(|own| rest.starts_with(own.as_bytes()));
        let Some(operator) = found else { return Err(Stop::Unsure) };
        self.at += operator.len();
        if self.peek() != Token::Word {
            return self.unexpected();
        }
        let word = self.word(Place::Argument)?;
        if matches!(*operator, "<<" | "<<-") {
            let text = self.text.get(word.clone()).unwrap_or_default();
            // What a template puts in, or what shells do not read alike.
            self.is_doubted |= text.contains([HOLE, '$', '`', '\n']);
            let end: String = text.chars().filter(|c| !"'\"\\".contains(*c)).collect();
            self.heredocs.push(Heredoc { word, end, strips_tabs: *operator == "<<-" });
        }
        Ok(())
    }
}

/// Longest first.
const REDIRECTS: [&str; 12] =
    ["<<<", "<<-", "<<", "&>>", "&>", ">>", ">&", ">|", "<&", "<>", "<", ">"];

/// Whether only a run knows what a word is.
fn is_open(word: &str) -> bool {
    word.starts_with(['$', '`', HOLE]) || word.contains(HOLE)
}
