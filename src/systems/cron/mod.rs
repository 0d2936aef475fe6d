//! Crontabs: `/etc/cron.d` files with a user's name in each line, and those of one user.
//!
//! (Source: crontab(5) of Vixie cron, Debian and cronie.)

use crate::domain::commands::Lines;
use crate::extract::{Extractor, Settings, Source};
use crate::facts::{Environment, FileFacts, Problem, Ref, base_name, kinds, rendered};
use crate::syntax::lines::lines;
use crate::syntax::shebang;
use crate::syntax::shell::{CommandText, HOLE};
use crate::systems::System;

/// Cron.
pub(super) struct Room;

impl System for Room {
    fn name(&self) -> &'static str {
        "cron"
    }

    fn readers(&self) -> &'static [&'static dyn Extractor] {
        &[&Cron]
    }
}

/// Extracts from crontabs.
pub struct Cron;

impl Extractor for Cron {
    fn system(&self) -> &'static str {
        "cron"
    }

    fn claims(&self, path: &str) -> bool {
        let path = rendered(path);
        let own = base_name(path);
        let in_folder = path.rsplit('/').nth(1) == Some("cron.d");
        let named = own.ends_with(".cron")
            || own.ends_with(".crontab")
            || own.ends_with(".cron.d")
            || own.starts_with("crontab")
            || own.ends_with("-cron")
            || own.ends_with("_cron")
            || matches!(own, "cron" | "cron.d");
        let code = [".py", ".sh", ".pp", ".rb", ".php", ".yaml", ".yml", ".md", ".html", ".pl"];
        (in_folder || named) && !code.iter().any(|ending| own.ends_with(ending))
    }

    fn accepts(&self, bytes: &[u8]) -> bool {
        !shebang::is_script(bytes)
    }

    fn by_contents(&self, path: &str) -> bool {
        ["-cron", "_cron", "/cron"].iter().any(|ending| path.ends_with(ending))
    }

    fn extract(&self, source: &Source<'_>, _settings: &Settings, out: &mut FileFacts) {
        let text = CommandText::of_file(source.text);
        // Debian's cron reads this file through PAM.
        let mut environment = Environment::default();
        environment.sources.push(Ref::exact(kinds::ENV_EXTRA, "etc/environment"));
        for (start, line) in lines(text.as_str()) {
            if lacks_time(line) {
                let at = line.len() - line.trim_start().len();
                let span = text.span(start + at, start + line.trim_end().len());
                let mut problem =
                    Problem::new("parse-error", "this line has four fields of time", span);
                problem.help = "a line begins with minute, hour, day, month and weekday, each of \
                                them apart: cron passes over it, or refuses the file"
                    .to_owned();
                out.problems.push(problem);
            } else if let Some(from) = command(line, source.path) {
                let own = until_percent(&text.slice(start + from..start + line.len()));
                let from = out.calls.len();
                Lines::new(source.path, "cron").add(&own, out);
                crate::domain::commands::inherit_environment(&mut out.calls[from..], &environment);
            } else if let Some((name, value)) = setting(line) {
                let at = start + line.find(name).unwrap_or(0);
                environment.add(name, Some(value.into()), text.span(at, at + name.len()));
                if matches!(name, "BASH_ENV" | "ENV") {
                    environment.add_unknown(kinds::ENV);
                }
            } else if line.trim_start().starts_with(HOLE) {
                environment.add_unknown(kinds::ENV);
            }
        }
    }
}

/// What the shell gets: `%` ends it, `\%` is a `%`.
fn until_percent(line: &CommandText) -> CommandText {
    let all = line.as_str();
    let mut out = CommandText::default();
    let mut from = 0;
    for (at, _) in all.match_indices('%') {
        let escaped = all[from..at].ends_with('\\');
        out.append(&line.slice(from..at - usize::from(escaped)));
        from = at;
        if !escaped {
            return out;
        }
    }
    out.append(&line.slice(from..all.len()));
    out
}

/// Whether a line gives four times, and then a user of the system.
fn lacks_time(line: &str) -> bool {
    let words = words(line);
    let mut own = words.iter().map(|(_, word)| *word);
    let is_plain = |word: &str| {
        word.starts_with(|c: char| c == '*' || c.is_ascii_digit())
            && word.bytes().all(|byte| byte.is_ascii_digit() || b"*/,-".contains(&byte))
    };
    let times = own.by_ref().take(4).filter(|word| is_plain(word)).count();
    let user = own.next().unwrap_or_default();
    times == 4
        && line.contains('*')
        && matches!(user, "root" | "www-data" | "nobody" | "postgres" | "git")
        && own.next().is_some_and(|word| word.starts_with('/'))
}

/// Where the command of a line begins, behind its times and its user.
fn command(line: &str, path: &str) -> Option<usize> {
    let words = words(line);
    let first = words.first().map(|(_, word)| *word)?;
    if first.starts_with('#') || setting(line).is_some() {
        return None;
    }
    let at = if first.starts_with('@') {
        1
    } else {
        let times = words.iter().take(5).take_while(|(_, word)| is_time(word)).count();
        let whole = times == 1 && first.chars().all(|c| c == HOLE);
        if times != 5 && !whole {
            return None;
        }
        times
    };
    let (_, user) = words.get(at)?;
    let (start, next) = words.get(at + 1).copied().unwrap_or_default();
    let of_system = {
        let path = rendered(path);
        path.rsplit('/').nth(1) == Some("cron.d") || base_name(path).ends_with("cron.d")
    };
    // Elsewhere only what looks like a user before a command is one.
    let is_user = user.chars().all(|c| c.is_ascii_alphanumeric() || "_-.".contains(c) || c == HOLE)
        && !next.is_empty()
        && !next.starts_with('-')
        && (of_system || next.starts_with('/') || matches!(*user, "root" | "nobody"));
    if is_user {
        return Some(start);
    }
    (!of_system).then(|| words[at].0)
}

fn words(line: &str) -> Vec<(usize, &str)> {
    let mut out = Vec::new();
    let mut at = 0;
    for word in line.split(char::is_whitespace) {
        if !word.is_empty() {
            out.push((at, word));
        }
        // Blanks of a crontab are one byte each, or the offset would not fit.
        at += word.len() + line[at + word.len()..].chars().next().map_or(0, char::len_utf8);
    }
    out
}

fn is_time(word: &str) -> bool {
    let named = word.len() == 3 && word.chars().all(|c| c.is_ascii_alphabetic());
    named || word.chars().all(|c| c.is_ascii_digit() || "*/,-~".contains(c) || c == HOLE)
}

/// `NAME = value`.
fn setting(line: &str) -> Option<(&str, &str)> {
    let (name, value) = line.split_once('=')?;
    let name = name.trim().trim_matches(['"', '\'']);
    let named = !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    named.then(|| (name, value.trim().trim_matches(['"', '\''])))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(path: &str, line: &str) -> Option<String> {
        let from = command(line, path)?;
        Some(until_percent(&CommandText::plain(&line[from..], 0)).as_str().to_owned())
    }

    #[test]
    fn a_time_that_is_missing() {
        for line in ["* * * * root /bin/foo", "0 */2 * * www-data /bin/foo -a"] {
            assert!(lacks_time(line), "{line}");
        }
        for line in ["* * * * * root /bin/foo", "0 1 * * root foo", "* * * * backup /bin/foo"] {
            assert!(!lacks_time(line), "{line}");
        }
    }

    #[test]
    fn times_users_and_percent_signs() {
        let system = |line| shown("files/cron.d/x", line);
        assert_eq!(system("*/5 1-3 * jan mon root foo --x").as_deref(), Some("foo --x"));
        assert_eq!(system("@daily root foo").as_deref(), Some("foo"));
        assert_eq!(system("0 0 * * * root date +\\%F; foo%in").as_deref(), Some("date +%F; foo"));
        assert_eq!(system("MAILTO = a@b"), None);
        assert_eq!(system("# 0 0 * * * root foo"), None);
        let user = |line| shown("crontab", line);
        assert_eq!(user("0 0 * * * foo --x").as_deref(), Some("foo --x"));
        assert_eq!(user("0 0 * * * root /bin/foo").as_deref(), Some("/bin/foo"));
    }
}
