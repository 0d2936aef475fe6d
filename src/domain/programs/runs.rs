//! The commands that Ruby and Perl run: `system`, `exec`, backticks, pipes, Open3, and what
//! Facter and Puppet run for a fact or a provider.
//!
//! A single text is a shell's command line; several arguments are words that no shell reads.
//! What is interpolated is a hole.
//!
//! (Sources: Ruby's Kernel, IO and Open3; perlfunc on `system`, `exec` and `open`, perlop on
//! `qx`; Facter's `Core::Execution`, Puppet's `Util::Execution`.)

use crate::domain::commands::Lines;
use crate::extract::{Extractor, Settings, Source};
use crate::facts::{FileFacts, Strength, base_name};
use crate::syntax::script::lexer::{self, Language, in_name};
use crate::syntax::script::tokens::{Kind, Token, Tokens};
use crate::syntax::shebang::{Interpreter, interpreter};
use crate::syntax::shell::{Argument, CommandText};
use memchr::memmem;
use std::ops::Range;

/// Extracts the commands that programs of one language run.
pub struct Runs {
    /// Its name in statistics.
    pub system: &'static str,
    /// Endings of its files; none for scripts that their first line names.
    pub endings: &'static [&'static str],
    /// Its interpreter.
    pub interpreter: Interpreter,
    /// Words without which a file runs nothing.
    pub words: &'static [&'static str],
    /// Its tokens.
    pub language: &'static Language,
    /// Looks at a name, which may be a function that runs something.
    pub calls: Calls,
}

/// Looks at the name at an index.
type Calls = for<'r, 't> fn(&mut Reader<'r, 't>, usize, &str);

/// What ends arguments that stand in no parentheses.
pub(crate) const ENDS: &[&str] = &[
    ";", ")", "}", "]", "or", "and", "||", "&&", "if", "unless", "while", "until", "for",
    "foreach", "rescue", "?", "==", "!=",
];

impl Extractor for Runs {
    fn system(&self) -> &'static str {
        self.system
    }

    fn claims(&self, path: &str) -> bool {
        let base = base_name(path);
        match self.endings {
            [] => !base.contains('.'),
            // What a test runs, it runs on no host.
            endings => endings.iter().any(|ending| base.ends_with(ending)) && !is_test(path, base),
        }
    }

    fn accepts(&self, bytes: &[u8]) -> bool {
        (!self.endings.is_empty() || interpreter(bytes) == Some(self.interpreter))
            && self.words.iter().any(|word| memmem::find(bytes, word.as_bytes()).is_some())
    }

    fn by_contents(&self, _path: &str) -> bool {
        self.endings.is_empty()
    }

    fn extract(&self, source: &Source<'_>, _settings: &Settings, out: &mut FileFacts) {
        if !self.accepts(source.bytes) {
            return;
        }
        let tokens = lexer::tokens(source.text, self.language);
        let lines = Lines::new(source.path, "system()");
        let mut reader = Reader {
            text: source.text,
            tokens: &tokens,
            perl: self.language.perl,
            calls: self.calls,
            lines,
            out,
        };
        for ix in 0..tokens.len() {
            reader.token(ix);
        }
    }
}

fn is_test(path: &str, base: &str) -> bool {
    base.ends_with("_spec.rb") || path.split('/').any(|part| matches!(part, "spec" | "test" | "t"))
}

/// Reads one program.
pub struct Reader<'r, 't> {
    text: &'t str,
    /// Its tokens.
    pub tokens: &'r Tokens<'t>,
    perl: bool,
    calls: Calls,
    /// Where its command lines stand.
    pub lines: Lines<'t>,
    /// What they are added to.
    pub out: &'r mut FileFacts,
}

impl<'t> Reader<'_, 't> {
    fn token(&mut self, ix: usize) {
        let Some(token) = self.tokens.get(ix) else { return };
        if token.kind == Kind::Text {
            let written = self.written(token);
            let runs = written.starts_with('`')
                || self.prefix(written) == if self.perl { "qx" } else { "%x" };
            if runs && let Some(text) = self.literal(token) {
                self.lines.add(&text, self.out);
            }
            return;
        }
        let Some(name) = self.tokens.name(ix) else { return };
        (self.calls)(self, ix, name);
    }

    /// Notes what runs with these arguments.
    pub(crate) fn run(&mut self, parts: &[Range<usize>]) {
        let tokens = self.tokens;
        let (list, parts) = match parts {
            [only] if self.is_list(only) => match tokens.is(only.start, "[") {
                true => (true, tokens.arguments(only.start)),
                false => (true, vec![only.clone()]),
            },
            [only] => (false, vec![only.clone()]),
            parts => (true, parts.to_vec()),
        };
        let Some(first) = parts.first() else { return };
        if !list {
            if let Some(text) = self.joined(first) {
                self.lines.add(&text, self.out);
            }
            return;
        }
        let mut words: Vec<Argument> = Vec::new();
        for part in &parts {
            self.words(part, &mut words);
        }
        // What is run has to be known.
        if words
            .first()
            .is_some_and(|word| !word.word.splits && !word.word.text.prefix().is_empty())
        {
            self.lines.add_words(&words, Strength::Certain, self.out);
        }
    }

    /// `['a', 'b']`, `%w[a b]`, `qw(a b)`, with or without a splat.
    pub(crate) fn is_list(&self, part: &Range<usize>) -> bool {
        let at = part.start + usize::from(self.tokens.is(part.start, "*"));
        let opens = self.tokens.is(at, "[") && at == part.start && !self.perl
            || self.tokens.get(at).is_some_and(|token| token.kind == Kind::Open);
        opens && self.tokens.next(at) == part.end
    }

    /// The words of one argument.
    fn words(&self, part: &Range<usize>, words: &mut Vec<Argument>) {
        let tokens = self.tokens;
        let span = tokens.span(part.start);
        let splat = tokens.is(part.start, "*");
        let at = part.start + usize::from(splat);
        let opens = tokens.get(at).is_some_and(|token| token.kind == Kind::Open);
        if opens && tokens.next(at) == part.end {
            let inside = (at + 1..tokens.close(at)).filter_map(|ix| tokens.get(ix));
            words.extend(inside.map(|token| {
                let start = token.span.start as usize;
                Argument::new(CommandText::plain(&token.value, start))
            }));
            return;
        }
        let list = tokens.name(part.start).is_some_and(|name| name.starts_with('@'));
        let one = tokens.name(part.start).is_some_and(|name| name.starts_with('$')) || !self.perl;
        match self.joined(part) {
            Some(text) => words.push(Argument::new(text)),
            // A scalar is one word; what a call returns may be several.
            None if one && !splat && !list && part.len() == 1 => {
                let mut text = CommandText::default();
                text.hole(span.start as usize);
                words.push(Argument::new(text));
            }
            None => words.push(Argument::open(span)),
        }
    }

    /// A literal, and what is joined to it; `None` where none begins it.
    fn joined(&self, part: &Range<usize>) -> Option<CommandText> {
        let tokens = self.tokens;
        let mut out = self.literal(tokens.get(part.start)?)?;
        let plus = if self.perl { "." } else { "+" };
        let mut at = part.start + 1;
        while at < part.end {
            if !tokens.is(at, plus) {
                return None;
            }
            let from = at + 1;
            at = from;
            while at < part.end && !tokens.is(at, plus) {
                at = tokens.next(at);
            }
            let token = tokens.get(from)?;
            match self.literal(token).filter(|_| at == from + 1) {
                Some(text) => out.append(&text),
                None => out.hole(token.start),
            }
        }
        Some(out)
    }

    fn written(&self, token: &Token) -> &'t str {
        self.text.get(token.start..token.end).unwrap_or("")
    }

    /// What stands before the opening quote: `%q`, `qq`.
    fn prefix(&self, written: &'t str) -> &'t str {
        let end = written.find(|c: char| !c.is_alphanumeric() && c != '%').unwrap_or(0);
        &written[..end]
    }

    /// The text of a string literal; `None` for a regular expression or a document.
    pub(crate) fn literal(&self, token: &Token) -> Option<CommandText> {
        if token.kind != Kind::Text {
            return None;
        }
        let written = self.written(token);
        let prefix = self.prefix(written);
        let computed = match (prefix, written.chars().next()?) {
            ("", '"' | '`') | ("%x" | "%Q" | "%" | "qq", _) => true,
            ("qx", _) => !written[2..].trim_start().starts_with('\''),
            ("", '\'') | ("%q" | "q", _) => false,
            _ => return None,
        };
        let (start, end) = (token.span.start as usize, token.span.end as usize);
        let raw = self.text.get(start..end)?;
        let mut out = CommandText::default();
        let mut at = 0;
        while let Some(c) = raw.get(at..).and_then(|rest| rest.chars().next()) {
            let place = start + at;
            let rest = &raw[at + c.len_utf8()..];
            if c == '\\' {
                let Some(next) = rest.chars().next() else { break };
                at += 1 + next.len_utf8();
                match next {
                    'n' | 't' | 'r' if computed => {
                        out.push(if next == 'n' { "\n" } else { " " }, place)
                    }
                    '\n' if computed => {}
                    '\\' | '\'' | '"' | '`' => out.push(next.encode_utf8(&mut [0; 4]), place + 1),
                    _ if computed => out.push(next.encode_utf8(&mut [0; 4]), place + 1),
                    _ => {
                        out.push("\\", place);
                        out.push(next.encode_utf8(&mut [0; 4]), place + 1);
                    }
                }
                continue;
            }
            let len = if computed { self.hole(&raw[at..]) } else { 0 };
            if len > 0 {
                out.hole(place);
                at += len;
            } else {
                out.push(c.encode_utf8(&mut [0; 4]), place);
                at += c.len_utf8();
            }
        }
        Some(out)
    }

    /// How long the interpolation at the start of `text` is; zero where there is none.
    fn hole(&self, text: &str) -> usize {
        if !self.perl {
            return if text.starts_with("#{") { 1 + bracketed(&text[1..]) } else { 0 };
        }
        let bytes = text.as_bytes();
        let next = bytes.get(1).copied().unwrap_or(0);
        if !matches!(bytes.first(), Some(b'$' | b'@')) {
            return 0;
        }
        let mut len = match next {
            b'{' => 1 + bracketed(&text[1..]),
            b'$' if bytes[0] == b'$' && bytes.get(2).is_none_or(|c| !in_name(*c)) => return 2,
            next if in_name(next) || next == b'$' || next == b':' => {
                1 + text[1..]
                    .bytes()
                    .take_while(|c| in_name(*c) || matches!(c, b'$' | b':'))
                    .count()
            }
            _ => return 0,
        };
        while text.is_char_boundary(len) {
            let rest = &text[len..];
            let arrow = if rest.starts_with("->") { 2 } else { 0 };
            match rest.as_bytes().get(arrow) {
                Some(b'{' | b'[') => len += arrow + bracketed(&rest[arrow..]),
                _ => break,
            }
        }
        len.min(text.len())
    }
}

/// How long the brackets at the start of `text` are, with what they hold.
fn bracketed(text: &str) -> usize {
    let mut depth = 0;
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            b'{' | b'[' | b'(' => depth += 1,
            b'}' | b']' | b')' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return at + 1;
        }
    }
    text.len()
}
