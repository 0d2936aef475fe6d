//! What every shell of the Bourne family refuses to read: blocks that nothing ends, quotes that
//! nothing closes, words where none can stand.
//!
//! As strict as `bash -n` for what it says, and silent from the first thing on that shells read
//! in more than one way. A shell reads on only as it runs, so what stands behind an `exit` or
//! `exec` of the script itself is never read.
//!
//! (Source: POSIX.1-2017, Shell Command Language, 2.10 "Shell Grammar"; Bash Reference Manual.)

mod compound;
mod simple;
mod tokens;
mod words;

use std::ops::Range;
use tokens::Token;

/// What a shell refuses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Slip {
    pub message: String,
    pub at: Range<usize>,
    /// What stands open there, and what to say of it.
    pub begun: Option<(Range<usize>, String)>,
    pub sort: Sort,
}

/// When a slip shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sort {
    /// The shell stops as it reads the script.
    Syntax,
    /// The command fails whenever it runs.
    Test,
    /// None: the rest of the script was not read, and nothing is known of it.
    Limit,
}

/// The slips of a script; nothing of one that is read in more than one way.
pub fn slips(text: &str) -> Vec<Slip> {
    // An alias may be any word; a carriage return is a letter to some shells, a blank to others.
    if text.contains(['\r', '\0']) || text.contains("expand_aliases") {
        return Vec::new();
    }
    if text.len() > LONGEST {
        let message =
            format!("over the limit of {LONGEST} bytes for the shell's grammar; it was not judged");
        return vec![limit(text, 0, message)];
    }
    let mut reader = Reader {
        text,
        bytes: text.as_bytes(),
        at: 0,
        depth: 0,
        heredocs: Vec::new(),
        lost: None,
        is_doubted: false,
        is_over: false,
        slips: Vec::new(),
    };
    match reader.script() {
        Ok(()) => {}
        Err(Stop::Refused(mut slip)) if !reader.is_doubted => {
            if let Some(lost) = reader.lost.take() {
                let name = text.get(lost.clone()).unwrap_or_default().trim_matches(['\'', '"']);
                slip.message = format!("no line `{name}` ends this here-document");
                (slip.at, slip.begun) = (lost, None);
            }
            reader.slips.push(*slip);
        }
        Err(Stop::Deep) => {
            let message =
                format!("commands nest more than {DEEPEST} deep; their syntax was not judged");
            return vec![limit(text, reader.at, message)];
        }
        Err(_) => return Vec::new(),
    }
    if reader.is_doubted { Vec::new() } else { reader.slips }
}

fn limit(text: &str, at: usize, message: String) -> Slip {
    let letter = text.get(at..).and_then(|rest| rest.chars().next());
    let end = at + letter.map_or(0, char::len_utf8);
    Slip { message, at: at..end, begun: None, sort: Sort::Limit }
}

/// Longer scripts are not read.
const LONGEST: usize = 400_000;

/// Deeper nesting is not read.
const DEEPEST: u32 = 60;

/// Why reading stopped.
enum Stop {
    Refused(Box<Slip>),
    /// Shells differ here.
    Unsure,
    /// It nests deeper than is read.
    Deep,
}

type Read<T = ()> = Result<T, Stop>;

struct Reader<'t> {
    text: &'t str,
    bytes: &'t [u8],
    at: usize,
    depth: u32,
    /// Here-documents whose bodies begin on the next line.
    heredocs: Vec<Heredoc>,
    /// The word of a here-document that nothing ends.
    lost: Option<Range<usize>>,
    /// Something was read that shells read in more than one way.
    is_doubted: bool,
    /// The script has ended itself.
    is_over: bool,
    slips: Vec<Slip>,
}

struct Heredoc {
    word: Range<usize>,
    end: String,
    strips_tabs: bool,
}

/// Where a list of commands stands.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Level {
    Script,
    Inner,
}

/// Words that end a list of commands, or a part of one.
const CLOSERS: [&str; 8] = ["then", "do", "done", "fi", "elif", "else", "esac", "}"];

impl Reader<'_> {
    fn script(&mut self) -> Read {
        self.list(Level::Script)?;
        if self.is_over {
            return Ok(());
        }
        match self.peek() {
            Token::End => Ok(()),
            _ => self.unexpected(),
        }
    }

    /// Commands up to what can begin none; whether there was any.
    fn list(&mut self, level: Level) -> Read<bool> {
        self.deeper()?;
        let mut any = false;
        loop {
            self.newlines();
            if self.ends_list() {
                break;
            }
            self.and_or(level)?;
            any = true;
            if self.is_over {
                break;
            }
            match self.peek() {
                Token::Operator(";" | "&") => self.at += 1,
                Token::Newline => {}
                _ if self.ends_list() => break,
                _ => return self.unexpected(),
            }
        }
        self.depth -= 1;
        Ok(any)
    }

    fn ends_list(&mut self) -> bool {
        match self.peek() {
            Token::End | Token::Operator(")" | ";;" | ";&" | ";;&") => true,
            Token::Word => CLOSERS.contains(&self.plain_word()),
            _ => false,
        }
    }

    fn and_or(&mut self, level: Level) -> Read {
        let mut ends = self.pipeline()?;
        while let Token::Operator("&&" | "||") = self.peek() {
            self.at += 2;
            self.newlines();
            self.pipeline()?;
            ends = false;
        }
        // What runs beside the script does not end it.
        ends &= self.peek() != Token::Operator("&");
        self.is_over |= ends && level == Level::Script;
        Ok(())
    }

    /// Whether it ends the script.
    fn pipeline(&mut self) -> Read<bool> {
        let mut is_timed = false;
        while self.peek() == Token::Word && matches!(self.plain_word(), "!" | "time") {
            is_timed = self.plain_word() == "time";
            self.at += self.plain_word().len();
            while is_timed && self.peek() == Token::Word && self.plain_word() == "-p" {
                self.at += 2;
            }
        }
        if is_timed && !matches!(self.peek(), Token::Word | Token::Redirect | Token::Operator("("))
        {
            return Ok(false);
        }
        let mut ends = self.command()?;
        while let Token::Operator(own @ ("|" | "|&")) = self.peek() {
            self.at += own.len();
            self.newlines();
            self.command()?;
            ends = false;
        }
        Ok(ends)
    }

    fn command(&mut self) -> Read<bool> {
        self.deeper()?;
        let start = self.at_next();
        let ends = match self.peek() {
            Token::Operator("(") => {
                let is_arithmetic = self.bytes[start..].starts_with(b"((") && {
                    self.at = start + 2;
                    self.arithmetic()?
                };
                if !is_arithmetic {
                    self.at = start;
                    self.subshell()?;
                }
                self.redirections()?;
                false
            }
            Token::Redirect => self.simple()?,
            Token::Word => self.worded()?,
            _ => return self.unexpected(),
        };
        self.depth -= 1;
        Ok(ends)
    }

    /// A command that begins with a word.
    fn worded(&mut self) -> Read<bool> {
        let word = self.plain_word();
        let (start, len) = (self.at, word.len());
        match word {
            "if" => self.conditional()?,
            "while" | "until" => self.looped()?,
            "for" | "select" => self.each()?,
            "case" => self.case()?,
            "{" => self.group()?,
            "[[" => self.tested()?,
            "function" => self.function()?,
            "coproc" => return Err(Stop::Unsure),
            _ if CLOSERS.contains(&word) => return self.unexpected(),
            _ if is_name(word) && self.declares(start + len) => {
                self.newlines();
                self.command()?;
                return Ok(false);
            }
            _ => return self.simple(),
        }
        self.redirections()?;
        Ok(false)
    }

    /// `name ()`: steps over it.
    fn declares(&mut self, from: usize) -> bool {
        let blanks = |from: usize| {
            let rest = self.bytes.get(from..).unwrap_or_default();
            from + rest.iter().take_while(|byte| matches!(byte, b' ' | b'\t')).count()
        };
        let open = blanks(from);
        let close = blanks(open + 1);
        let found = self.bytes.get(open) == Some(&b'(') && self.bytes.get(close) == Some(&b')');
        if found {
            self.at = close + 1;
        }
        found
    }

    fn deeper(&mut self) -> Read {
        self.depth += 1;
        if self.depth > DEEPEST { Err(Stop::Deep) } else { Ok(()) }
    }

    /// What stands next cannot stand here.
    fn unexpected<T>(&mut self) -> Read<T> {
        let (shown, at) = self.shown();
        refuse(format!("the shell does not expect {shown} here"), at, None)
    }

    /// What stands next, in words, and where.
    fn shown(&mut self) -> (String, Range<usize>) {
        let token = self.peek();
        let start = self.at;
        let (shown, len) = match token {
            Token::End => ("the end of the file".to_owned(), 0),
            Token::Newline => ("the end of the line".to_owned(), 1),
            Token::Operator(own) => (format!("`{own}`"), own.len()),
            Token::Redirect | Token::Word => {
                let rest = self.text.get(start..).unwrap_or_default();
                let ends = |c: char| c.is_whitespace() || ";|&()<>".contains(c);
                let len = rest.find(ends).unwrap_or(rest.len()).max(1).min(rest.len());
                let shown: String = rest.get(..len).unwrap_or_default().chars().take(30).collect();
                (format!("`{shown}`"), len)
            }
        };
        (shown, start..start + len)
    }

    /// `wanted` has to stand here, in what began at `open`.
    fn missing<T>(&mut self, wanted: &str, open: &Range<usize>) -> Read<T> {
        let name = self.text.get(open.clone()).unwrap_or_default();
        if self.peek() == Token::End {
            return refuse(format!("no {wanted} ends this `{name}`"), open.clone(), None);
        }
        let begun = Some((open.clone(), format!("in this `{name}`")));
        let (shown, at) = self.shown();
        refuse(format!("{wanted} is missing before {shown}"), at, begun)
    }
}

fn refuse<T>(message: String, at: Range<usize>, begun: Option<(Range<usize>, String)>) -> Read<T> {
    Err(Stop::Refused(Box::new(Slip { message, at, begun, sort: Sort::Syntax })))
}

/// Whether a function can be called that: no assignment, no pattern.
fn is_name(word: &str) -> bool {
    !word.is_empty() && !word.contains('=') && !word.ends_with(['?', '*', '+', '@', '!'])
}

#[cfg(test)]
mod tests;
