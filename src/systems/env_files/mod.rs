//! Files of environment variables: `.env`, `web.env`, `.env.staging`, `/etc/default/*`, `/etc/sysconfig/*`.
//!
//! What `.env` sets is given to the compose file beside it. (Sources: systemd.exec(5),
//! "EnvironmentFile="; Compose file reference, "env_file", "interpolation".)

mod lost;

use crate::domain::addresses::hosts;
use crate::extract::{Extractor, Settings, Source};
use crate::facts::{
    Call, Detail, Environment, FileFacts, NamePattern, Problem, Provide, Ref, Require, Scope, Span,
    Strength, base_name, is_variable_name, join_path, kinds, parent_folder, rendered,
};
use crate::syntax::lines::lines;
use crate::syntax::shebang;
use crate::syntax::shell::{CommandText, HOLE};
use crate::systems::System;
use std::collections::BTreeMap;

/// Environment files.
pub(super) struct Room;

impl System for Room {
    fn name(&self) -> &'static str {
        "env_files"
    }

    fn readers(&self) -> &'static [&'static dyn Extractor] {
        &[&Variables]
    }

    fn checks(&self) -> &'static [crate::check::Check] {
        &[lost::check]
    }
}

/// The names that a compose file has, as the tool looks for it.
/// (Source: Compose's documentation, "How Compose works".)
const COMPOSE: &[&str] =
    &["compose.yaml", "compose.yml", "docker-compose.yaml", "docker-compose.yml"];

/// Extracts from files of variables.
pub struct Variables;

impl Extractor for Variables {
    fn system(&self) -> &'static str {
        "env"
    }

    fn claims(&self, path: &str) -> bool {
        let path = rendered(path);
        let own = base_name(path);
        let folder = path.rsplit('/').nth(1);
        own.ends_with(".env")
            || own.starts_with(".env.")
            || matches!(own, "dot_env" | "dotenv")
            || matches!(folder, Some("default" | "sysconfig")) && !own.contains('.')
    }

    fn accepts(&self, bytes: &[u8]) -> bool {
        !shebang::is_script(bytes) && memchr::memchr(b'=', bytes).is_some()
    }

    fn by_contents(&self, _path: &str) -> bool {
        true
    }

    fn extract(&self, source: &Source<'_>, _settings: &Settings, out: &mut FileFacts) {
        if !self.accepts(source.bytes) {
            return;
        }
        let Some(set) = settings(source.text) else { return };
        quotes(source.text, &mut out.problems);
        words(&set, &mut out.problems);
        for (name, span) in &set {
            out.provides.push(Provide {
                kind: kinds::ENV,
                name: name.clone(),
                span: *span,
                within: None,
                detail: Detail::None,
            });
        }
        reached(source, out);
        if base_name(source.path) == ".env" {
            out.calls.push(compose(source.path, &set));
        }
    }
}

/// The hosts by one word that values name: services of a project that takes its variables from here.
fn reached(source: &Source<'_>, out: &mut FileFacts) {
    let scope = Scope::of(source.path);
    for (start, line) in lines(source.text) {
        let Some((name, value)) = line.split_once('=') else { continue };
        let name = name.trim().trim_start_matches("export ");
        if !is_variable_name(name) {
            continue;
        }
        for host in hosts(name, value.trim().trim_matches(['"', '\''])) {
            let at = start + line.find(value).unwrap_or_default();
            let span = Span::new(at, at + value.trim_end().len());
            let target = Ref::exact(kinds::SERVICE_HOST, host).seen_from(scope.clone());
            let require = Require::certain(target, span, "address", None);
            out.requires.push(require.with_strength(Strength::Likely));
        }
    }
}

/// So many variables begin with the word that was meant.
const SEVERAL: usize = 2;
/// Shorter words are like too many others.
const SHORT: usize = 4;

/// Variables that alone begin with a word two letters of which stand the other way round in the word
/// that others begin with: `EZDI_URL` among `EZID_…`.
fn words(set: &[(NamePattern, Span)], problems: &mut Vec<Problem>) {
    let names = || set.iter().filter_map(|(name, span)| Some((name.as_exact()?, *span)));
    let split = |name: &'_ str| name.split_once('_').map(|(a, b)| (a.to_owned(), b.to_owned()));
    let mut counts: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (name, _) in names() {
        let Some((first, rest)) = split(name) else { continue };
        counts.entry(first).or_default().push(rest);
    }
    for (name, span) in names() {
        let Some((first, rest)) = split(name) else { continue };
        let is_plain = first.len() >= SHORT && first.bytes().all(|own| own.is_ascii_uppercase());
        if !is_plain || counts.get(&first).is_none_or(|own| own.len() != 1) {
            continue;
        }
        let near =
            counts.iter().find(|(own, others)| others.len() >= SEVERAL && is_turned(&first, own));
        let Some((meant, _)) = near else { continue };
        problems.push(Problem {
            help: format!("did you mean `{meant}_{rest}`?"),
            meant: Some(format!("{meant}_{rest}").into()),
            strength: Strength::Likely,
            ..Problem::new(
                "unresolved-reference",
                format!("`{name}` stands among variables that begin with `{meant}_`"),
                span,
            )
        });
    }
}

/// Whether two letters that stand side by side are the other way round.
fn is_turned(word: &str, own: &str) -> bool {
    let apart: Vec<usize> = word
        .bytes()
        .zip(own.bytes())
        .enumerate()
        .filter(|(_, (a, b))| a != b)
        .map(|(at, _)| at)
        .collect();
    let [first, second] = apart[..] else { return false };
    let at = |text: &str, ix: usize| text.as_bytes().get(ix).copied();
    word.len() == own.len()
        && second == first + 1
        && at(word, first) == at(own, second)
        && at(word, second) == at(own, first)
}

/// Values of one word that end with a quote which nothing opens: it is part of the value, or the
/// program that reads the file refuses it.
fn quotes(text: &str, problems: &mut Vec<Problem>) {
    for (start, line) in lines(text) {
        let Some((name, value)) = line.trim_end().split_once('=') else { continue };
        let name = name.trim_start().trim_start_matches("export ");
        let quote = value.chars().next_back().filter(|own| matches!(own, '"' | '\''));
        let (Some(quote), true) = (quote, is_variable_name(name)) else { continue };
        let inner = &value[..value.len() - 1];
        // What a template fills in has quotes of its own.
        let mut plain = String::new();
        let mut rest = inner;
        while let Some((before, after)) = rest.split_once("{{") {
            plain.push_str(before);
            plain.push_str("{{}}");
            rest = after.split_once("}}").map_or("", |(_, after)| after);
        }
        plain.push_str(rest);
        let is_word = plain.len() > 2
            && plain.bytes().all(|own| own.is_ascii_alphanumeric() || b"._-/:@,+{}".contains(&own));
        if !is_word || plain.bytes().all(|own| own.is_ascii_digit()) {
            continue;
        }
        let at = start + line.trim_end().len() - value.len();
        problems.push(Problem {
            help: "open it before the value, or take it away".to_owned(),
            strength: Strength::Likely,
            ..Problem::new(
                "incompatible-value",
                format!("this value ends with a `{quote}` that nothing opens"),
                Span::new(at, at + value.len()),
            )
        });
    }
}

/// The variables that a file sets; `None` where it is something else.
fn settings(text: &str) -> Option<Vec<(NamePattern, Span)>> {
    let text = CommandText::of_file(text);
    let mut out = Vec::new();
    for (start, line) in lines(text.as_str()) {
        let own = line.trim_start().trim_start_matches("export ");
        if own.is_empty() || own.starts_with('#') {
            continue;
        }
        if own.starts_with(HOLE) {
            // Whatever a template puts there.
            out.push((NamePattern::any(), text.span(start, start)));
            continue;
        }
        // A value over several lines, and shell code.
        let name = own.split('=').next().unwrap_or_default().trim_end();
        if !own.contains('=') || !is_variable_name(name) {
            continue;
        }
        let at = start + (line.len() - own.len());
        out.push((NamePattern::exact(name), text.span(at, at + name.len())));
    }
    (!out.is_empty()).then_some(out)
}

/// What `.env` gives to the compose file beside it.
fn compose(path: &str, set: &[(NamePattern, Span)]) -> Call {
    let folder = parent_folder(path);
    let mut environment = Environment::inherited();
    for (name, span) in set {
        match name.as_exact() {
            Some(name) => environment.add(name, None, *span),
            None => environment.add_unknown(kinds::ENV),
        }
    }
    let files = COMPOSE.iter().filter_map(|name| join_path(folder, name));
    let any_of = files.map(|file| Ref::exact(kinds::FILE, file)).collect();
    let span = set.first().map_or(Span::default(), |(_, span)| *span);
    let environment = Some(Box::new(environment));
    Call { open: true, environment, ..Call::new(any_of, span, "env file") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_names() {
        let said = |text: &str| {
            let mut problems = Vec::new();
            words(&settings(text).unwrap_or_default(), &mut problems);
            problems.into_iter().map(|own| own.help).collect::<Vec<_>>()
        };
        assert_eq!(said("EZID_A=1\nEZID_B=2\nEZDI_C=3\n"), ["did you mean `EZID_C`?"]);
        for fine in ["EZID_A=1\nEZID_B=2\nEZIE_C=3\n", "MYSQL_A=1\nMYSQL_B=2\nSQL_A=3\n"] {
            assert!(said(fine).is_empty(), "{fine}");
        }
    }

    #[test]
    fn quotes_at_the_end() {
        let said = |text: &str| {
            let mut problems = Vec::new();
            quotes(text, &mut problems);
            problems.len()
        };
        assert_eq!(said("A=\"b\"\nSECRET={{ a.b }}\"\n"), 1);
        for fine in [
            "A=\"b\"",
            "A='b'",
            "A=\"{{ b }}\"",
            "A={{ \"b\" }}",
            "HEIGHT=6\"",
            "# A=b\"",
            "A=--x \"b\"",
        ] {
            assert_eq!(said(fine), 0, "{fine}");
        }
    }
}
