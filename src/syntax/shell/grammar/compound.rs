//! Commands that hold others.

use super::words::Place;
use super::{Level, Read, Reader, Stop, Token};
use std::ops::Range;

impl Reader<'_> {
    /// `if … then … elif … then … else … fi`
    pub(super) fn conditional(&mut self) -> Read {
        let open = self.keyword();
        self.commands(&open)?;
        self.expect("then", &open)?;
        self.commands(&open)?;
        loop {
            self.peek();
            match self.plain_word() {
                "elif" => {
                    self.keyword();
                    self.commands(&open)?;
                    self.expect("then", &open)?;
                    self.commands(&open)?;
                }
                "else" => {
                    self.keyword();
                    self.commands(&open)?;
                    break;
                }
                _ => break,
            }
        }
        self.expect("fi", &open)
    }

    /// `while … do … done`
    pub(super) fn looped(&mut self) -> Read {
        let open = self.keyword();
        self.commands(&open)?;
        self.body_of(&open)
    }

    /// `for x in …; do … done`, `for ((…)) do … done`
    pub(super) fn each(&mut self) -> Read {
        let open = self.keyword();
        match self.peek() {
            Token::Operator("(") if self.bytes[self.at..].starts_with(b"((") => {
                self.at += 2;
                if !self.arithmetic()? {
                    return Err(Stop::Unsure);
                }
            }
            Token::Word => {
                self.word(Place::Argument)?;
                self.newlines();
                if self.peek() == Token::Word && self.plain_word() == "in" {
                    self.at += 2;
                    while self.peek() == Token::Word {
                        self.word(Place::Argument)?;
                    }
                    if !matches!(self.peek(), Token::Operator(";") | Token::Newline) {
                        return self.missing("`do`", &open);
                    }
                }
            }
            _ => return self.unexpected(),
        }
        if self.peek() == Token::Operator(";") {
            self.at += 1;
        }
        self.newlines();
        if self.peek() == Token::Word && self.plain_word() == "{" {
            return self.group();
        }
        self.body_of(&open)
    }

    fn body_of(&mut self, open: &Range<usize>) -> Read {
        self.expect("do", open)?;
        self.commands(open)?;
        self.expect("done", open)
    }

    /// `{ …; }`
    pub(super) fn group(&mut self) -> Read {
        let open = self.keyword();
        self.commands(&open)?;
        self.expect("}", &open)
    }

    /// `( … )`
    pub(super) fn subshell(&mut self) -> Read {
        let open = self.at..self.at + 1;
        self.at += 1;
        self.commands(&open)?;
        match self.peek() {
            Token::Operator(")") => self.at += 1,
            _ => return self.missing("`)`", &open),
        }
        Ok(())
    }

    /// `case … in a|b) …;; esac`
    pub(super) fn case(&mut self) -> Read {
        let open = self.keyword();
        if self.peek() != Token::Word {
            return self.unexpected();
        }
        self.word(Place::Argument)?;
        self.newlines();
        self.expect("in", &open)?;
        loop {
            self.newlines();
            match self.peek() {
                Token::Word if self.plain_word() == "esac" => break,
                Token::Operator("(") => self.at += 1,
                _ => {}
            }
            self.patterns(&open)?;
            self.list(Level::Inner)?;
            match self.peek() {
                Token::Operator(own @ (";;" | ";&" | ";;&")) => self.at += own.len(),
                Token::Word if self.plain_word() == "esac" => break,
                _ => return self.missing("`;;`", &open),
            }
        }
        self.keyword();
        Ok(())
    }

    fn patterns(&mut self, open: &Range<usize>) -> Read {
        loop {
            if self.peek() != Token::Word {
                return self.missing("`)`", open);
            }
            self.word(Place::Argument)?;
            match self.peek() {
                Token::Operator("|") => self.at += 1,
                Token::Operator(")") => break,
                _ => return self.missing("`)`", open),
            }
        }
        self.at += 1;
        Ok(())
    }

    /// `function name { …; }`
    pub(super) fn function(&mut self) -> Read {
        self.keyword();
        if self.peek() != Token::Word {
            return Err(Stop::Unsure);
        }
        self.word(Place::Argument)?;
        self.declares(self.at);
        self.newlines();
        self.command()?;
        Ok(())
    }

    /// `[[ … ]]`
    pub(super) fn tested(&mut self) -> Read {
        let open = self.keyword();
        let mut matches = false;
        loop {
            match self.peek() {
                Token::Word if matches && self.bytes[self.at..].get(1) == Some(&b'(') => {
                    self.at += 1
                }
                Token::End => return self.missing("`]]`", &open),
                Token::Newline => self.newline(),
                Token::Operator(";" | ";;") if !matches => return self.missing("`]]`", &open),
                Token::Operator(";" | ";;") => return Err(Stop::Unsure),
                Token::Operator(own) => self.at += own.len(),
                Token::Redirect => self.at += self.descriptor().unwrap_or(0) + 1,
                Token::Word if self.plain_word() == "]]" => break,
                Token::Word => {
                    let word = self.word(Place::Argument)?;
                    matches |= self.text.get(word) == Some("=~");
                }
            }
        }
        self.keyword();
        Ok(())
    }

    /// Commands of which there must be one.
    fn commands(&mut self, open: &Range<usize>) -> Read {
        if self.list(Level::Inner)? { Ok(()) } else { self.missing("a command", open) }
    }

    fn expect(&mut self, word: &'static str, open: &Range<usize>) -> Read {
        if self.peek() == Token::Word && self.plain_word() == word {
            self.at += word.len();
            return Ok(());
        }
        self.missing(&format!("`{word}`"), open)
    }

    /// Passes the word that stands here.
    fn keyword(&mut self) -> Range<usize> {
        let start = self.at_next();
        self.at += self.plain_word().len();
        start..self.at
    }
}
