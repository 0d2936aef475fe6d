//! systemd units and drop-ins: `Exec*=` lines.
//!
//! (Sources: systemd.service(5), "COMMAND LINES"; systemd.syntax(7), "Quoting";
//! systemd.unit(5), "Specifiers".)

use super::{base, lines, rendered};
use crate::extract::shell::{CommandText, HOLE, Lines};
use crate::extract::{Extractor, Settings, Source};
use crate::facts::{FileFacts, NamePattern, Piece, Strength, Word};
use smol_str::SmolStr;

/// Extracts from units.
pub struct Systemd;

impl Extractor for Systemd {
    fn system(&self) -> &'static str {
        "systemd"
    }

    fn claims(&self, path: &str) -> bool {
        let path = rendered(path);
        let units = [".service", ".socket", ".mount", ".timer", ".swap", ".automount"];
        let other = [".systemd", ".systemd_override", ".upstart_systemd"];
        units.iter().chain(&other).any(|ending| path.ends_with(ending)) || is_drop_in(path)
    }

    fn accepts(&self, bytes: &[u8]) -> bool {
        memchr::memmem::find(bytes, b"Exec").is_some()
    }

    fn extract(&self, source: &Source<'_>, _settings: &Settings, out: &mut FileFacts) {
        let text = CommandText::of_file(source.text);
        let is_comment = |line: &str| line.trim_start().starts_with(['#', ';']);
        let mut lines = lines(text.as_str()).filter(|(_, line)| !is_comment(line));
        while let Some((mut start, mut line)) = lines.next() {
            let mut logical = CommandText::default();
            // A continued line: a blank stands for the backslash; comments in between count
            // for nothing.
            while let Some(cut) = line.trim_end().strip_suffix('\\') {
                logical.append(&text.slice(start..start + cut.len()));
                logical.push(" ", start + cut.len());
                let Some(next) = lines.next() else {
                    line = "";
                    break;
                };
                (start, line) = next;
            }
            logical.append(&text.slice(start..start + line.len()));
            let Some((key, value)) = logical.as_str().split_once('=') else { continue };
            let key = key.trim();
            if key.starts_with("Exec") && key.bytes().all(|byte| byte.is_ascii_alphabetic()) {
                commands(value, &logical, source.path, out);
            }
        }
    }
}

fn is_drop_in(path: &str) -> bool {
    let Some((folder, base)) = path.rsplit_once('/') else { return false };
    let folder = self::base(folder);
    base.ends_with(".conf")
        && [".service.d", ".socket.d", ".mount.d", ".timer.d"].iter().any(|d| folder.ends_with(d))
}

/// Reads the commands of one `Exec…=` value, the end of `line`.
fn commands(value: &str, line: &CommandText, path: &str, out: &mut FileFacts) {
    let from = line.as_str().len() - value.len();
    let span = |start: usize, end: usize| line.span(from + start, from + end);
    let lead = value.len() - value.trim_start().len();
    let mut rest = lead;
    loop {
        // The prefixes of the program's name.
        let prefix = value[rest..].find(|c| !"@-:+!|".contains(c)).unwrap_or(0);
        let prefixes = &value[rest..rest + prefix];
        let expands = !prefixes.contains(':');
        let (mut words, next) = words(&value[rest + prefix..], expands);
        for word in &mut words {
            word.1 += rest + prefix;
            word.2 += rest + prefix;
        }
        if prefixes.contains('@') && words.len() > 1 {
            // The program's own idea of its name.
            words.remove(1);
        }
        let words: Vec<Word> = words
            .into_iter()
            .map(|(word, start, end)| Word { span: span(start, end), ..word })
            .collect();
        let strength = if prefixes.contains('-') { Strength::Likely } else { Strength::Certain };
        Lines { path, via: "systemd", within: None }.add_words(&words, strength, out);
        match next {
            Some(next) => rest += prefix + next,
            None => return,
        }
    }
}

/// The words up to the end or a lone `;`, each with its bounds, and where the next command
/// begins.
fn words(value: &str, expands: bool) -> (Vec<(Word, usize, usize)>, Option<usize>) {
    let mut out = Vec::new();
    let mut chars = value.char_indices().peekable();
    while let Some(&(start, c)) = chars.peek() {
        if c.is_whitespace() {
            chars.next();
            continue;
        }
        let mut word = Builder::default();
        let mut quote = None;
        let mut end = start;
        while let Some(&(at, c)) = chars.peek() {
            if quote.is_none() && c.is_whitespace() {
                break;
            }
            chars.next();
            end = at + c.len_utf8();
            match c {
                '"' | '\'' if quote == Some(c) => quote = None,
                '"' | '\'' if quote.is_none() => {
                    quote = Some(c);
                    word.more = true;
                }
                '\\' => {
                    let Some((at, next)) = chars.next() else { break };
                    end = at + next.len_utf8();
                    word.escape(next, &mut chars);
                }
                '%' => match chars.next() {
                    Some((at, next)) if next.is_ascii_alphanumeric() => {
                        end = at + 1;
                        word.hole();
                        word.more = true;
                    }
                    Some((at, next)) => {
                        end = at + next.len_utf8();
                        word.push(next);
                    }
                    None => word.push('%'),
                },
                '$' if expands => match chars.peek() {
                    Some((_, '$')) => {
                        chars.next();
                        word.push('$');
                    }
                    Some((_, '{')) => {
                        for (at, c) in chars.by_ref() {
                            end = at + c.len_utf8();
                            if c == '}' {
                                break;
                            }
                        }
                        word.hole();
                        word.more = true;
                    }
                    _ => word.push('$'),
                },
                HOLE => word.hole(),
                c => word.push(c),
            }
        }
        let written = &value[start..end];
        if written == ";" {
            return (out, Some(end + value[end..].len() - value[end..].trim_start().len()));
        }
        let variable = expands && is_variable(written.trim_matches(['"', '\'']));
        let first = start + usize::from(written.starts_with(['"', '\'']));
        let last = if end > first + 1 && written.ends_with(['"', '\'']) { end - 1 } else { end };
        out.push((word.finish(variable), first, last));
    }
    (out, None)
}

/// `$NAME` as a word of its own: any number of words.
fn is_variable(written: &str) -> bool {
    written.strip_prefix('$').is_some_and(|name| {
        !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
    })
}

#[derive(Default)]
struct Builder {
    pieces: Vec<Piece>,
    literal: String,
    /// Something beside holes of a template stands in the word.
    more: bool,
}

impl Builder {
    fn push(&mut self, c: char) {
        self.literal.push(c);
        self.more = true;
    }

    fn hole(&mut self) {
        self.pieces.push(Piece::Text(SmolStr::new(std::mem::take(&mut self.literal))));
        self.pieces.push(Piece::Hole);
    }

    fn escape(&mut self, c: char, chars: &mut std::iter::Peekable<std::str::CharIndices<'_>>) {
        let digits = match c {
            'x' => 2,
            'u' => 4,
            'U' => 8,
            '0'..='7' => 2,
            _ => 0,
        };
        if digits > 0 {
            for _ in 0..digits {
                chars.next_if(|(_, c)| c.is_ascii_hexdigit());
            }
            // Which character hardly matters; that it is one word does.
            self.hole();
            self.more = true;
            return;
        }
        self.push(match c {
            's' => ' ',
            't' => '\t',
            'n' => '\n',
            'r' => '\r',
            c => c,
        });
    }

    fn finish(mut self, variable: bool) -> Word {
        let holes = !self.pieces.is_empty();
        self.pieces.push(Piece::Text(self.literal.into()));
        let text = match variable {
            true => NamePattern::any(),
            false => NamePattern::from_pieces(self.pieces),
        };
        Word { text, splits: variable || (holes && !self.more), span: Default::default() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(value: &str) -> Vec<String> {
        let show = |(word, ..): (Word, usize, usize)| {
            format!("{}{}", word.text, if word.splits { "…" } else { "" })
        };
        words(value, true).0.into_iter().map(show).collect()
    }

    #[test]
    fn quoting() {
        assert_eq!(shown("/bin/a 'b c' \"d e\" f\\sg \\x41"), ["/bin/a", "b c", "d e", "f g", "*"]);
        assert_eq!(shown("/bin/a $X \"$X\" ${X} --y=${X} a$X $$X"), [
            "/bin/a", "*…", "*…", "*", "--y=*", "a$X", "$X"
        ]);
        assert_eq!(shown("/bin/a %i --n=%%x \\;"), ["/bin/a", "*", "--n=%x", ";"]);
    }

    #[test]
    fn a_lone_semicolon_begins_another_command() {
        let value = "/bin/a ; /bin/b";
        let (_, next) = words(value, true);
        assert_eq!(&value[next.unwrap()..], "/bin/b");
    }
}
