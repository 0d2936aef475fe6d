//! Command lines that PHP hands to a shell, or runs itself.
//!
//! (Sources: PHP manual, "Program execution Functions"; MediaWiki's `Shell::command`.)

use super::Walk;
use crate::domain::commands::Lines;
use crate::facts::{Piece, Strength};
use crate::syntax::php::{Kind, Token};
use crate::syntax::shell::{Argument, CommandText};
use crate::systems::php::fold::{Constants, IP, ROOT, balanced, term};

/// Functions whose first argument is a command line, lower case.
const FUNCTIONS: [&str; 8] = [
    "exec",
    "passthru",
    "popen",
    "proc_open",
    "shell_exec",
    "system",
    "wfshellexec",
    "wfshellexecwithstderr",
];

impl<'a> Walk<'_, 'a> {
    /// `exec( 'foo --x ' . escapeshellarg( $y ) )`, `Shell::command( 'foo' )->params( '--x' )`.
    pub(super) fn command(&mut self, ix: usize, word: &str) {
        let word = word.trim_start_matches('\\');
        let defined = ix.checked_sub(1).and_then(|ix| self.name(ix)) == Some("function");
        if FUNCTIONS.contains(&word) && self.punct(ix + 1, "(") && !defined {
            let arguments = self.arguments(ix + 1);
            let Some(first) = arguments.first() else { return };
            match list(first) {
                Some(items) => {
                    let words: Vec<Argument> =
                        items.iter().map(|item| self.argument(item)).collect();
                    self.lines().add_words(&words, Strength::Certain, self.out);
                }
                None => {
                    if let Some(text) = self.text(first) {
                        self.lines().add(&text, self.out);
                    }
                }
            }
        } else if word.rsplit('\\').next() == Some("shell")
            && self.punct(ix + 1, "::")
            && self.name(ix + 2) == Some("command")
            && self.punct(ix + 3, "(")
        {
            self.shell_command(ix + 3);
        }
    }

    /// `` `foo --x` ``.
    pub(super) fn backticks(&mut self, ix: usize) {
        if let Some(text) = self.text(&self.tokens[ix..=ix]) {
            self.lines().add(&text, self.out);
        }
    }

    fn lines(&self) -> Lines<'a> {
        Lines::new(self.source.path, "exec()")
    }

    /// The words of a chain of calls that begins with the bracket at `open`.
    fn shell_command(&mut self, mut open: usize) {
        let mut words = Vec::new();
        loop {
            for argument in self.arguments(open) {
                match list(argument) {
                    Some(items) => words.extend(items.iter().map(|item| self.argument(item))),
                    None => words.push(self.argument(argument)),
                }
            }
            let mut at = open + balanced(&self.tokens[open..]);
            // Limits and environment stand between.
            loop {
                let arrow = self.punct(at, "->");
                let Some(name) = self.name(at + 1).filter(|_| arrow && self.punct(at + 2, "("))
                else {
                    if let Some(last) = words.last().map(|own: &Argument| own.word.span)
                        && !matches!(self.at(at - 1).map(|token| token.text), Some(")"))
                    {
                        words.push(Argument::open(last));
                    }
                    return self.run(words);
                };
                at += 2;
                match name {
                    "params" | "unsafeParams" => break,
                    "execute" => return self.run(words),
                    _ => at += balanced(&self.tokens[at..]),
                }
            }
            open = at;
        }
    }

    /// A chain that ends before `execute()` may get more parameters later.
    fn run(&mut self, words: Vec<Argument>) {
        self.lines().add_words(&words, Strength::Certain, self.out);
    }

    /// The arguments of the call whose bracket is at `open`.
    fn arguments(&self, open: usize) -> Vec<&'_ [Token<'a>]> {
        let end = open + balanced(&self.tokens[open..]);
        parts(self.tokens.get(open + 1..end.saturating_sub(1)).unwrap_or_default())
    }

    /// One word of an argument list.
    fn argument(&self, tokens: &[Token<'a>]) -> Argument {
        let span = tokens.first().map(|token| token.span).unwrap_or_default();
        let Some(text) = self.text(tokens) else { return Argument::open(span) };
        let bare = tokens.len() == 1 && tokens[0].kind == Kind::Variable;
        match bare && text.to_pattern().as_exact().is_none() {
            // It may hold a list.
            true => Argument::open(span),
            false => Argument::new(text),
        }
    }

    /// A concatenation as command text; `None` where it is something else.
    fn text(&self, tokens: &[Token<'a>]) -> Option<CommandText> {
        let mut out = CommandText::default();
        let mut at = 0;
        loop {
            let token = tokens.get(at)?;
            let place = token.span.start as usize;
            let quoted = token.kind == Kind::Name
                && matches!(
                    token.text.trim_start_matches('\\'),
                    "escapeshellarg" | "wfEscapeShellArg"
                );
            let (value, used) = term(&tokens[at..], self.source.path, &self.constants, 0);
            match token.kind {
                // One word, whatever it holds.
                _ if quoted && used > 1 => {
                    out.push("'", place);
                    out.hole(place);
                    out.push("'", place);
                }
                Kind::Literal | Kind::Template => {
                    literal(token, self.source.text, &self.constants, &mut out)
                }
                _ => pieces(&value?.pieces(), place, &mut out),
            }
            at += used.max(1);
            match tokens.get(at) {
                None => return Some(out),
                Some(dot) if dot.kind == Kind::Punct && dot.text == "." => at += 1,
                Some(_) => return None,
            }
        }
    }
}

/// What is known of a value, all at one place.
fn pieces(pieces: &[Piece], place: usize, out: &mut CommandText) {
    for piece in pieces {
        let Piece::Text(text) = piece else {
            out.hole(place);
            continue;
        };
        let text = text.replace(ROOT, ".");
        for (ix, part) in text.split(IP).enumerate() {
            if ix > 0 {
                out.hole(place);
            }
            out.push_at(part, place);
        }
    }
}

/// A quoted text, each part at its place.
fn literal(token: &Token<'_>, source: &str, constants: &Constants, out: &mut CommandText) {
    let raw = token.text;
    // A heredoc's text begins on its own line.
    let written = source.get(token.span.range()).unwrap_or_default();
    let start = token.span.start as usize + written.find(raw).unwrap_or(0);
    let single = written.starts_with('\'');
    let mut at = 0;
    while let Some(c) = raw[at..].chars().next() {
        let rest = &raw[at..];
        let place = start + at;
        let next = rest[c.len_utf8()..].chars().next();
        if c == '\\'
            && let Some(next) = next
        {
            at += 1 + next.len_utf8();
            match next {
                '\\' | '\'' if single => out.push(next.encode_utf8(&mut [0; 4]), place + 1),
                'n' | 't' | 'r' if !single => out.push(" ", place),
                '"' | '\\' | '$' | '`' if !single => {
                    out.push(next.encode_utf8(&mut [0; 4]), place + 1);
                }
                _ => {
                    out.push("\\", place);
                    out.push(next.encode_utf8(&mut [0; 4]), place + 1);
                }
            }
            continue;
        }
        let name = next.is_some_and(|c| c.is_alphabetic() || c == '_');
        let is_variable = !single
            && token.kind == Kind::Template
            && ((c == '$' && (name || next == Some('{'))) || (c == '{' && next == Some('$')));
        if !is_variable {
            out.push(c.encode_utf8(&mut [0; 4]), place);
            at += c.len_utf8();
            continue;
        }
        let len = variable(rest);
        let value = constants.interpolated(&rest[..len]);
        pieces(&value.pieces(), place, out);
        at += len;
    }
}

/// How long the variable at the start of `text` is: `$a`, `$a[b]`, `$a->b`, `{$…}`, `${…}`.
fn variable(text: &str) -> usize {
    if text.starts_with('{') || text.starts_with("${") {
        return text.find('}').map_or(text.len(), |end| end + 1);
    }
    let ident = |text: &str| {
        text.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_')).unwrap_or(text.len())
    };
    let end = 1 + ident(&text[1..]);
    let rest = &text[end..];
    if rest.starts_with('[') {
        rest.find(']').map_or(text.len(), |close| end + close + 1)
    } else if let Some(member) = rest.strip_prefix("->") {
        end + 2 + ident(member)
    } else {
        end
    }
    .max(1)
}

/// The items of `[ … ]` or `array( … )`.
fn list<'t, 'a>(tokens: &'t [Token<'a>]) -> Option<Vec<&'t [Token<'a>]>> {
    let inner = match tokens {
        [open, inner @ .., close] if open.text == "[" && close.text == "]" => inner,
        [name, open, inner @ .., close]
            if name.text.eq_ignore_ascii_case("array") && open.text == "(" && close.text == ")" =>
        {
            inner
        }
        _ => return None,
    };
    (tokens[0].kind != Kind::Literal).then(|| parts(inner))
}

/// Splits at the commas that stand outside brackets.
fn parts<'t, 'a>(tokens: &'t [Token<'a>]) -> Vec<&'t [Token<'a>]> {
    let mut out = Vec::new();
    let mut start = 0;
    let mut at = 0;
    while let Some(token) = tokens.get(at) {
        let punct = token.kind == Kind::Punct;
        if punct && token.text == "," {
            out.push(&tokens[start..at]);
            start = at + 1;
        }
        at += if punct && matches!(token.text, "(" | "[" | "{") {
            balanced(&tokens[at..])
        } else {
            1
        };
    }
    out.push(tokens.get(start..).unwrap_or_default());
    out.retain(|part| !part.is_empty());
    out
}
