//! Words of a shell: quotes, what is put in, lists.

use super::{Level, Read, Reader, Stop, Token, refuse};
use crate::syntax::shell::HOLE;
use std::ops::Range;

/// Whether a word stands in double quotes.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Quoting {
    Bare,
    Double,
}

/// Whether a word can be the first of a command.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    Command,
    Argument,
}

impl Reader<'_> {
    /// Passes a word.
    pub(super) fn word(&mut self, place: Place) -> Read<Range<usize>> {
        let start = self.at;
        while let Some(&byte) = self.bytes.get(self.at) {
            match byte {
                b' ' | b'\t' | b'\n' | b';' | b'&' | b'|' | b')' => break,
                b'<' | b'>' if self.bytes.get(self.at + 1) == Some(&b'(') => {
                    self.substitution(self.at..self.at + 2)?;
                }
                b'<' | b'>' => break,
                b'(' if self.follows(start, b"?*+@!") => self.pattern()?,
                b'(' if self.assigns(start) => self.items()?,
                b'(' => break,
                b'[' if place == Place::Command && self.is_name(start) => self.subscript(),
                _ => self.part(Quoting::Bare)?,
            }
        }
        if self.text[start..self.at].starts_with(HOLE) && place == Place::Command {
            self.is_doubted = true;
        }
        // Not to stand still, whatever comes.
        if self.at == start { Err(Stop::Unsure) } else { Ok(start..self.at) }
    }

    /// Passes a quote, an expansion or a letter.
    fn part(&mut self, quoting: Quoting) -> Read {
        let start = self.at;
        match self.bytes.get(start) {
            Some(b'\\') => {
                let next = self.text.get(start + 1..).and_then(|rest| rest.chars().next());
                self.at += 1 + next.map_or(0, char::len_utf8);
            }
            Some(b'\'') => {
                let rest = self.bytes.get(start + 1..).unwrap_or_default();
                match memchr::memchr(b'\'', rest) {
                    Some(len) => self.at += len + 2,
                    None => return unclosed(start..start + 1),
                }
            }
            Some(b'"') => self.double()?,
            Some(b'`') => self.backquoted()?,
            Some(b'$') => self.dollar(quoting)?,
            _ => self.at += 1,
        }
        Ok(())
    }

    fn double(&mut self) -> Read {
        self.deeper()?;
        let start = self.at;
        self.at += 1;
        loop {
            match self.bytes.get(self.at) {
                None => return unclosed(start..start + 1),
                Some(b'"') => break,
                Some(b'\'') => self.at += 1,
                Some(_) => self.part(Quoting::Double)?,
            }
        }
        self.at += 1;
        self.depth -= 1;
        Ok(())
    }

    fn backquoted(&mut self) -> Read {
        let start = self.at;
        self.at += 1;
        loop {
            match self.bytes.get(self.at) {
                None => return unclosed(start..start + 1),
                Some(b'`') => break,
                Some(b'\\') => self.at += 2,
                Some(_) => self.at += 1,
            }
        }
        self.at += 1;
        Ok(())
    }

    fn dollar(&mut self, quoting: Quoting) -> Read {
        let start = self.at;
        match self.bytes.get(start + 1..).unwrap_or_default() {
            [b'(', b'(', ..] => {
                self.at += 3;
                // `$((a) | b)`, which shells do not agree on.
                if !self.arithmetic()? {
                    return Err(Stop::Unsure);
                }
            }
            [b'(', ..] => self.substitution(start..start + 2)?,
            [b'{', b' ' | b'\t' | b'\n' | b'|', ..] | [b'[', ..] => return Err(Stop::Unsure),
            [b'{', ..] => self.parameter(quoting)?,
            [b'\'', ..] if quoting == Quoting::Bare => {
                self.at += 2;
                loop {
                    match self.bytes.get(self.at) {
                        None => return unclosed(start..start + 2),
                        Some(b'\'') => break,
                        Some(b'\\') => self.at += 2,
                        Some(_) => self.at += 1,
                    }
                }
                self.at += 1;
            }
            _ => self.at += 1,
        }
        Ok(())
    }

    /// `${…}`, which the first brace ends that no quote holds.
    fn parameter(&mut self, quoting: Quoting) -> Read {
        self.deeper()?;
        let start = self.at;
        self.at += 2;
        loop {
            match self.bytes.get(self.at) {
                None => return self.missing("`}`", &(start..start + 2)),
                Some(b'}') => break,
                Some(b'\'') if quoting == Quoting::Double => {
                    // A quote or a letter, as the shell and the operator have it.
                    self.is_doubted = true;
                    self.at += 1;
                }
                Some(_) => self.part(quoting)?,
            }
        }
        self.at += 1;
        self.depth -= 1;
        Ok(())
    }

    /// `$(…)`, `<(…)`, `>(…)`.
    fn substitution(&mut self, open: Range<usize>) -> Read {
        // Bodies of here-documents that wait outside: where they begin is not agreed on.
        self.is_doubted |= !self.heredocs.is_empty();
        self.at = open.end;
        self.list(Level::Inner)?;
        self.is_doubted |= !self.heredocs.is_empty();
        match self.peek() {
            Token::Operator(")") => self.at += 1,
            Token::End => return self.missing("`)`", &(open)),
            _ => return self.unexpected(),
        }
        Ok(())
    }

    /// Behind `((`: passes what `))` ends; whether that comes.
    pub(super) fn arithmetic(&mut self) -> Read<bool> {
        self.deeper()?;
        let mut open = 0usize;
        loop {
            match self.bytes.get(self.at) {
                None => return Ok(false),
                Some(b'(') => {
                    open += 1;
                    self.at += 1;
                }
                Some(b')') if open > 0 => {
                    open -= 1;
                    self.at += 1;
                }
                Some(b')') => break,
                Some(b'\'' | b'#') => self.at += 1,
                Some(b'"' | b'`') => {
                    self.is_doubted = true;
                    self.at += 1;
                }
                Some(_) => self.part(Quoting::Double)?,
            }
        }
        self.depth -= 1;
        let ends = self.bytes.get(self.at + 1) == Some(&b')');
        self.at += if ends { 2 } else { 0 };
        Ok(ends)
    }

    /// `(…)` of an extended pattern.
    fn pattern(&mut self) -> Read {
        let start = self.at;
        let mut open = 0usize;
        loop {
            match self.bytes.get(self.at) {
                None => return self.missing("`)`", &(start..start + 1)),
                Some(b'(') => {
                    open += 1;
                    self.at += 1;
                }
                Some(b')') => {
                    self.at += 1;
                    open -= 1;
                    if open == 0 {
                        return Ok(());
                    }
                }
                Some(_) => self.part(Quoting::Bare)?,
            }
        }
    }

    /// `(…)` of an array.
    fn items(&mut self) -> Read {
        self.deeper()?;
        let start = self.at;
        self.at += 1;
        loop {
            self.newlines();
            match self.peek() {
                Token::Operator(")") => break,
                Token::End => return self.missing("`)`", &(start..start + 1)),
                Token::Word if self.bytes.get(self.at) == Some(&b'[') => {
                    self.subscript();
                    if matches!(self.bytes.get(self.at), Some(b'(')) {
                        return Err(Stop::Unsure);
                    }
                    if !matches!(self.bytes.get(self.at), Some(b' ' | b'\t' | b'\n' | b')')) {
                        self.word(Place::Argument)?;
                    }
                }
                Token::Word => {
                    self.word(Place::Argument)?;
                }
                _ => return Err(Stop::Unsure),
            }
        }
        self.at += 1;
        self.depth -= 1;
        Ok(())
    }

    /// `[…]=`: passes it; else the bracket.
    fn subscript(&mut self) {
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        let line = memchr::memchr(b'\n', rest).unwrap_or(rest.len());
        let close = rest[..line].windows(2).take(200).position(|own| own == b"]=" || own == b"]+");
        let open = |byte: &u8| matches!(byte, b';' | b'&' | b'|' | b'<' | b'>');
        match close.filter(|close| !rest[..*close].iter().any(open)) {
            Some(close) => self.at += close + 1,
            None => self.at += 1,
        }
    }

    fn follows(&self, start: usize, bytes: &[u8]) -> bool {
        let before = self.at.checked_sub(1).filter(|at| *at >= start);
        before.is_some_and(|at| self.bytes.get(at).is_some_and(|byte| bytes.contains(byte)))
    }

    fn is_name(&self, start: usize) -> bool {
        let own = &self.bytes[start..self.at];
        !own.is_empty() && own.iter().all(|byte| byte.is_ascii_alphanumeric() || *byte == b'_')
    }

    /// Whether the word up to here sets a variable.
    fn assigns(&self, start: usize) -> bool {
        let own = &self.text[start..self.at];
        let Some(name) = own.strip_suffix('=') else { return false };
        let name = name.strip_suffix('+').unwrap_or(name);
        let name = name.split('[').next().unwrap_or_default();
        !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
    }
}

fn unclosed<T>(at: Range<usize>) -> Read<T> {
    refuse("nothing closes this quote".to_owned(), at, None)
}
