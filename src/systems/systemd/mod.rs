//! systemd units and drop-ins: `Exec*=` lines, the environment that they run in, and flags
//! in it.
//!
//! (Sources: systemd.service(5), "COMMAND LINES"; systemd.syntax(7), "Quoting";
//! systemd.unit(5), "Specifiers"; systemd.exec(5), "Environment".)

mod names;
mod other;
mod outside;
mod spelling;
mod unit;

use crate::domain::commands::Lines;
use crate::extract::{Extractor, Settings, Source};
use crate::facts::{
    Arg, Environment, FileFacts, NamePattern, Ref, Strength, base_name, is_variable_name, kinds,
    rendered,
};
use crate::graph::Graph;
use crate::syntax::lines::lines;
use crate::syntax::shell::{Argument, CommandText, HOLE};
use crate::systems::System;

/// Systemd.
pub(super) struct Room;

impl System for Room {
    fn name(&self) -> &'static str {
        "systemd"
    }

    fn readers(&self) -> &'static [&'static dyn Extractor] {
        &[&Systemd]
    }

    fn checks(&self) -> &'static [crate::check::Check] {
        &[outside::check]
    }

    fn names(&self, graph: &mut Graph<'_>) {
        names::install(graph);
    }
}

/// Extracts from units.
pub struct Systemd;

impl Extractor for Systemd {
    fn system(&self) -> &'static str {
        "systemd"
    }

    fn claims(&self, path: &str) -> bool {
        let path = rendered(path);
        let units =
            [".service", ".socket", ".mount", ".timer", ".swap", ".automount", ".path", ".target"];
        let other = [".systemd", ".systemd_override", ".upstart_systemd"];
        units.iter().chain(&other).any(|ending| path.ends_with(ending)) || is_drop_in(path)
    }

    fn accepts(&self, bytes: &[u8]) -> bool {
        let has = |word: &[u8]| memchr::memmem::find(bytes, word).is_some();
        has(b"Exec")
            || has(b"Environment")
            || has(b"[Unit]")
            || has(b"[Install]")
            || has(b"Restart=")
    }

    fn extract(&self, source: &Source<'_>, _settings: &Settings, out: &mut FileFacts) {
        let text = CommandText::of_file(source.text);
        unit::unit(source, &text, out);
        if !is_drop_in(rendered(source.path)) {
            other::names(source, &text, out);
        }
        spellings(source, out);
        outside::of_unit(source.text, &mut out.problems);
        let assigned = assigned(source.text);
        let mut environment = Environment { open: !is_whole(source), ..Environment::default() };
        let from = out.calls.len();
        let is_comment = |line: &str| line.trim_start().starts_with(['#', ';']);
        let mut lines = lines(text.as_str()).filter(|(_, line)| !is_comment(line));
        while let Some(line) = lines.next() {
            // A blank stands for the backslash; comments in between count for nothing.
            let logical = text.continued(line, ('\\', " "), &mut lines);
            if logical.as_str().starts_with(HOLE) {
                // A template may put anything there.
                environment.add_unknown(kinds::ENV);
            }
            let Some((key, value)) = logical.as_str().split_once('=') else { continue };
            let key = key.trim();
            if key == "Environment" {
                let from = logical.as_str().len() - value.len();
                let flags = logical.slice(from..logical.as_str().len());
                let place = Lines::new(source.path, "systemd");
                for own in words(&flags, false).0 {
                    place.add_assignment(&own.text, out);
                }
            }
            if key.starts_with("Exec") && key.bytes().all(|byte| byte.is_ascii_alphabetic()) {
                commands(value, &logical, source.path, &assigned, out);
            } else {
                setting(key, value, &logical, &mut environment);
            }
        }
        if let Some(extra) = drop_ins(source.path) {
            environment.sources.push(Ref::exact(kinds::ENV_EXTRA, extra));
        }
        crate::domain::commands::inherit_environment(&mut out.calls[from..], &environment);
    }
}

/// What systemd passes over, line by line.
fn spellings(source: &Source<'_>, out: &mut FileFacts) {
    let mut section = "";
    for (start, line) in source.lines() {
        match line.trim().strip_prefix('[').and_then(|own| own.strip_suffix(']')) {
            Some(name) => {
                section = name;
                let start = start + line.find('[').unwrap_or(0);
                out.problems.extend(spelling::section(name, start));
            }
            None if line.starts_with(['#', ';']) => {}
            None => out.problems.extend(spelling::passed_over(section, line, start)),
        }
    }
}

/// Whether the file is a unit by itself, and no part of one.
fn is_whole(source: &Source<'_>) -> bool {
    let described = source.text.lines().any(|line| line.trim_start().starts_with("Description"));
    rendered(source.path).ends_with(".service") && described
}

/// The folder of a unit's drop-ins.
fn drop_ins(path: &str) -> Option<String> {
    let own = base_name(rendered(path));
    own.ends_with(".service").then(|| format!("{own}.d/"))
}

/// `Environment=` and its like.
fn setting(key: &str, value: &str, line: &CommandText, environment: &mut Environment) {
    match key {
        "Environment" if value.trim().is_empty() => environment.set.clear(),
        "Environment" => {
            let from = line.as_str().len() - value.len();
            let value = line.slice(from..line.as_str().len());
            for own in words(&value, false).0 {
                let prefix = own.word.text.prefix();
                match prefix.split_once('=').filter(|(name, _)| is_variable_name(name)) {
                    Some((name, rest)) => {
                        let exact = own.word.text.as_exact().map(|_| rest.into());
                        environment.add(name, exact, own.word.span);
                    }
                    None => environment.add_unknown(kinds::ENV),
                }
            }
        }
        "EnvironmentFile" if value.trim().is_empty() => environment.sources.clear(),
        "EnvironmentFile" => {
            let path = value.trim().trim_start_matches('-');
            match path.contains([HOLE, '%', '*', '?', '[']) {
                true => environment.add_unknown(kinds::ENV),
                false => environment.sources.push(Ref::exact(kinds::DEPLOYED_PATH, path)),
            }
        }
        "UnsetEnvironment" => {
            environment.set.retain(|own| value.split_whitespace().all(|name| name != own.name));
        }
        "PassEnvironment" | "PAMName" => environment.add_unknown(kinds::ENV),
        _ => {}
    }
}

/// Variables that the unit itself sets to a plain text; none where a file may set them anew.
fn assigned(text: &str) -> Vec<Arg> {
    let mut environment = Environment::default();
    let unknown = ["EnvironmentFile", "PassEnvironment", "UnsetEnvironment", "<%", "{%", "{{"];
    if unknown.iter().any(|word| text.contains(word)) {
        return Vec::new();
    }
    let text = CommandText::plain(text, 0);
    for (start, line) in lines(text.as_str()) {
        if let Some(value) = line.strip_prefix("Environment=") {
            let logical = text.slice(start..start + line.len());
            setting("Environment", value, &logical, &mut environment);
        }
    }
    let plain = |own: &Arg| {
        own.value.as_ref().is_some_and(|text| !text.contains(['%', '$', '"', '\'', '\\']))
    };
    environment.set.retain(plain);
    environment.set
}

/// Puts the words of a variable that is set here where `$NAME` stands.
fn expand(words: &mut Vec<Argument>, line: &CommandText, assigned: &[Arg]) {
    if assigned.is_empty() {
        return;
    }
    let named = |word: &Argument| {
        let all = line.as_str();
        assigned.iter().rev().find(|own| {
            let variable = format!("${}", own.name);
            all.match_indices(&variable)
                .any(|(at, text)| line.span(at, at + text.len()).start == word.word.span.start)
        })
    };
    let mut out = Vec::with_capacity(words.len());
    for word in words.drain(..) {
        match named(&word).filter(|_| word.word.splits) {
            Some(own) => {
                let value = own.value.as_deref().unwrap_or_default();
                out.extend(value.split_whitespace().map(|text| {
                    Argument::new(CommandText::pattern(&NamePattern::exact(text), word.word.span))
                }));
            }
            None => out.push(word),
        }
    }
    *words = out;
}

/// What a drop-in is by its unit.
const DROP_IN: &str = "drop-in of";

fn is_drop_in(path: &str) -> bool {
    let Some((folder, base)) = path.rsplit_once('/') else { return false };
    let folder = self::base_name(folder);
    base.ends_with(".conf")
        && [".service.d", ".socket.d", ".mount.d", ".timer.d"].iter().any(|d| folder.ends_with(d))
}

/// Reads the commands of one `Exec…=` value, the end of `line`.
fn commands(value: &str, line: &CommandText, path: &str, assigned: &[Arg], out: &mut FileFacts) {
    let all = line.as_str();
    let mut at = all.len() - value.trim_start().len();
    loop {
        // The prefixes of the program's name.
        let prefixes =
            all[at..].find(|c| !"@-:+!|".contains(c)).map_or("", |len| &all[at..at + len]);
        at += prefixes.len();
        let rest = line.slice(at..all.len());
        let (mut words, next) = words(&rest, !prefixes.contains(':'));
        if prefixes.contains('@') && words.len() > 1 {
            // The program's own idea of its name.
            words.remove(1);
        }
        expand(&mut words, line, assigned);
        let strength = if prefixes.contains('-') { Strength::Likely } else { Strength::Certain };
        Lines::new(path, "systemd").add_words(&words, strength, out);
        match next {
            Some(next) => at += next,
            None => return,
        }
    }
}

/// The words up to the end or a lone `;`, and where the next command begins.
fn words(line: &CommandText, expands: bool) -> (Vec<Argument>, Option<usize>) {
    let value = line.as_str();
    let mut out = Vec::new();
    let mut at = 0;
    while let Some(c) = value[at..].chars().next() {
        if c.is_whitespace() {
            at += c.len_utf8();
            continue;
        }
        let mut word = Word { line, text: CommandText::default(), only_holes: true };
        let end = word.read(at, expands);
        let written = &value[at..end];
        if written == ";" {
            let rest = &value[end..];
            return (out, Some(value.len() - rest.trim_start().len()));
        }
        let variable = expands && is_variable(written.trim_matches(['"', '\'']));
        if variable {
            word.text = CommandText::default();
            word.hole(at);
        }
        let only_holes = word.only_holes;
        let mut own = Argument::new(word.text);
        own.word.splits = variable || only_holes;
        if own.text.as_str().is_empty() {
            own.word.span = line.span(at, end);
        }
        out.push(own);
        at = end;
    }
    (out, None)
}

/// `$NAME` as a word of its own: any number of words.
fn is_variable(written: &str) -> bool {
    written.strip_prefix('$').is_some_and(|name| {
        !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
    })
}

struct Word<'l> {
    line: &'l CommandText,
    text: CommandText,
    /// Nothing but what a template puts there.
    only_holes: bool,
}

impl Word<'_> {
    fn place(&self, at: usize) -> usize {
        self.line.span(at, at + 1).start as usize
    }

    fn push(&mut self, at: usize, c: char) {
        self.only_holes = false;
        self.text.push(c.encode_utf8(&mut [0; 4]), self.place(at));
    }

    fn hole(&mut self, at: usize) {
        self.text.hole(self.place(at));
    }

    /// Reads the word that begins at `start`; returns its end.
    fn read(&mut self, start: usize, expands: bool) -> usize {
        let line = self.line.as_str();
        let mut quote = None;
        let mut at = start;
        while let Some(c) = line[at..].chars().next() {
            if quote.is_none() && c.is_whitespace() {
                break;
            }
            let own = at;
            at += c.len_utf8();
            let rest = &line[at..];
            let next = rest.chars().next();
            if c == HOLE {
                self.hole(own);
                continue;
            }
            self.only_holes = false;
            match c {
                '"' | '\'' if quote == Some(c) => quote = None,
                '"' | '\'' if quote.is_none() => quote = Some(c),
                '\\' => at += self.escape(own, rest),
                '%' => {
                    at += next.map_or(0, char::len_utf8);
                    match next {
                        // A specifier.
                        Some(c) if c.is_ascii_alphanumeric() => self.hole(own),
                        next => self.push(own, next.unwrap_or('%')),
                    }
                }
                '$' if expands && next == Some('$') => {
                    at += 1;
                    self.push(own, '$');
                }
                '$' if expands && next == Some('{') => {
                    at += rest.find('}').map_or(rest.len(), |end| end + 1);
                    self.hole(own);
                }
                c => self.push(own, c),
            }
        }
        at
    }

    /// What follows a backslash; returns how long it is.
    fn escape(&mut self, at: usize, rest: &str) -> usize {
        let Some(c) = rest.chars().next() else { return 0 };
        let digits = match c {
            'x' => 2,
            'u' => 4,
            'U' => 8,
            '0'..='7' => 2,
            _ => 0,
        };
        if digits > 0 {
            // Which character hardly matters; that it is one does.
            self.hole(at);
            return 1 + rest[1..].bytes().take(digits).take_while(u8::is_ascii_hexdigit).count();
        }
        self.push(
            at,
            match c {
                's' => ' ',
                't' => '\t',
                'n' => '\n',
                'r' => '\r',
                c => c,
            },
        );
        c.len_utf8()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(value: &str) -> Vec<String> {
        let show =
            |Argument { word, .. }| format!("{}{}", word.text, if word.splits { "…" } else { "" });
        words(&CommandText::plain(value, 0), true).0.into_iter().map(show).collect()
    }

    #[test]
    fn quoting() {
        assert_eq!(shown("/bin/a 'b c' \"d e\" f\\sg \\x41"), ["/bin/a", "b c", "d e", "f g", "*"]);
        assert_eq!(
            shown("/bin/a $X \"$X\" ${X} --y=${X} a$X $$X"),
            ["/bin/a", "*…", "*…", "*", "--y=*", "a$X", "$X"]
        );
        assert_eq!(shown("/bin/a %i --n=%%x \\;"), ["/bin/a", "*", "--n=%x", ";"]);
    }

    #[test]
    fn a_lone_semicolon_begins_another_command() {
        let value = "/bin/a ; /bin/b";
        let (_, next) = words(&CommandText::plain(value, 0), true);
        assert_eq!(&value[next.unwrap()..], "/bin/b");
    }
}
