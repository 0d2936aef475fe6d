//! Servers whose configurations are read by their lines alone: keepalived, Postfix, Dovecot, BIND,
//! PostgreSQL, logrotate, sudo, and the accounts of `sysusers.d`. What they name of the tree may also be on the
//! host, so that only what went is missed.

mod bind;
mod hosts;
mod keepalived;
mod mail;
mod sysusers;

use crate::domain::servers;
use crate::extract::{Extractor, Settings, Source};
use crate::facts::{FileFacts, Span, Strength, base_name, rendered};
use crate::systems::System;

/// These servers.
pub(super) struct Room;

impl System for Room {
    fn name(&self) -> &'static str {
        "daemons"
    }

    fn readers(&self) -> &'static [&'static dyn Extractor] {
        &[&Daemons]
    }
}

/// Extracts from their configurations.
pub struct Daemons;

/// Whose configuration a file is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Daemon {
    Bind,
    Dovecot,
    Keepalived,
    Logrotate,
    Postfix,
    Sudoers,
    Sysusers,
}

impl Daemon {
    fn of(path: &str) -> Option<Self> {
        let path = rendered(path);
        let name = base_name(path);
        let inside = |folder: &str| path.split('/').rev().skip(1).any(|own| own == folder);
        match name {
            "master.cf" | "main.cf" => Some(Self::Postfix),
            _ if is_code(name) => None,
            "sudoers" => Some(Self::Sudoers),
            _ if inside("sudoers.d") || name.ends_with(".sudoers") => Some(Self::Sudoers),
            "logrotate.conf" => Some(Self::Logrotate),
            _ if inside("logrotate.d") || inside("logrotate") || name.ends_with(".logrotate") => {
                Some(Self::Logrotate)
            }
            _ if name.starts_with("named.conf") => Some(Self::Bind),
            _ if name.starts_with("dovecot") && name.contains(".conf") => Some(Self::Dovecot),
            _ if inside("dovecot") && name.contains(".conf") => Some(Self::Dovecot),
            _ if !name.ends_with(".conf") => None,
            _ if name.starts_with("keepalived") || inside("keepalived") => Some(Self::Keepalived),
            _ if inside("sysusers.d") => Some(Self::Sysusers),
            _ if inside("bind") || inside("named") => Some(Self::Bind),
            _ => None,
        }
    }
}

/// Whether a file in a folder of configurations is none by its ending.
fn is_code(name: &str) -> bool {
    let endings = [
        ".md", ".pp", ".py", ".rb", ".sh", ".yaml", ".yml", ".json", ".tf", ".html", ".rst", ".pl",
    ];
    endings.iter().any(|ending| name.ends_with(ending)) || name.starts_with("README")
}

impl Extractor for Daemons {
    fn system(&self) -> &'static str {
        "daemons"
    }

    fn claims(&self, path: &str) -> bool {
        Daemon::of(path).is_some()
    }

    fn extract(&self, source: &Source<'_>, _settings: &Settings, out: &mut FileFacts) {
        match Daemon::of(source.path) {
            Some(Daemon::Bind) => bind::collect(source, out),
            Some(Daemon::Dovecot) => mail::dovecot(source, out),
            Some(Daemon::Keepalived) => keepalived::collect(source, out),
            Some(Daemon::Logrotate) => hosts::logrotate(source, out),
            Some(Daemon::Sudoers) => hosts::sudoers(source, out),
            Some(Daemon::Postfix) => mail::postfix(source, out),
            Some(Daemon::Sysusers) => sysusers::collect(source, out),
            None => {}
        }
    }
}

/// A word of a text, and where it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Word<'t> {
    text: &'t str,
    at: usize,
}

impl<'t> Word<'t> {
    fn span(&self) -> Span {
        Span::new(self.at, self.at + self.text.len())
    }

    /// Without quotes around it.
    fn bare(self) -> Self {
        let text = self.text.trim_start_matches(['"', '\'']);
        let at = self.at + self.text.len() - text.len();
        Self { text: text.trim_end_matches(['"', '\'']), at }
    }

    /// What follows a beginning of it.
    fn after(self, begin: &str) -> Option<Self> {
        let text = self.text.strip_prefix(begin)?;
        Some(Self { text, at: self.at + begin.len() })
    }

    /// Whether nothing of it is filled in.
    fn is_plain(&self) -> bool {
        !self.text.is_empty()
            && self
                .text
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b"-_./:@".contains(&byte))
    }
}

/// The words of a line, parted by blanks and by these characters.
fn words<'t>(line: &'t str, start: usize, also: &[char]) -> Vec<Word<'t>> {
    let parts = |c: char| c.is_whitespace() || also.contains(&c);
    let mut at = 0;
    let mut found = Vec::new();
    for text in line.split(parts) {
        if !text.is_empty() {
            found.push(Word { text, at: start + at });
        }
        at += text.len();
        at += line[at..].chars().next().map_or(0, char::len_utf8);
    }
    found
}

/// Requires the file of a path that a configuration names, in the same overlay of `/`.
fn file(
    source: &Source<'_>,
    word: Word<'_>,
    via: &'static str,
    strength: Strength,
    out: &mut FileFacts,
) {
    let own = word.bare();
    if own.is_plain() && own.text.contains(['/', '.']) {
        servers::require_file(source.path, (own.text, own.span()), via, strength, out);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What a file provides, and what it requires.
    pub(super) fn shown(path: &str, text: &str) -> (Vec<String>, Vec<String>) {
        let mut out = FileFacts::default();
        assert!(Daemons.claims(path), "{path}");
        Daemons.extract(&Source::of(path, text), &Settings::default(), &mut out);
        let provides = out.provides.iter().map(|own| own.name.to_string()).collect();
        let requires = out.requires.iter().map(|own| own.any_of[0].name.to_string()).collect();
        (provides, requires)
    }

    /// What a file has run, as it names it.
    pub(super) fn called(path: &str, text: &str) -> Vec<String> {
        let mut out = FileFacts::default();
        assert!(Daemons.claims(path), "{path}");
        Daemons.extract(&Source::of(path, text), &Settings::default(), &mut out);
        out.calls.iter().map(|own| own.any_of[0].name.to_string()).collect()
    }

    #[test]
    fn words_know_where_they_stand() {
        let own = words("  file \"a b\";", 10, &['"', ';']);
        let at: Vec<_> = own.iter().map(|word| (word.text, word.at)).collect();
        assert_eq!(at, [("file", 12), ("a", 18), ("b", 20)]);
    }

    #[test]
    fn whose_a_file_is_its_path_says() {
        for (path, is) in [
            ("etc/bind/named.conf.local", Some(Daemon::Bind)),
            ("etc/postfix/master.cf", Some(Daemon::Postfix)),
            ("files/dovecot/conf.d/10-auth.conf.j2", Some(Daemon::Dovecot)),
            ("etc/keepalived/conf.d/a.conf", Some(Daemon::Keepalived)),
            ("usr/lib/sysusers.d/a.conf", Some(Daemon::Sysusers)),
            ("etc/a.conf", None),
            ("keepalived/a.yml", None),
        ] {
            assert_eq!(Daemon::of(path), is, "{path}");
        }
    }
}
