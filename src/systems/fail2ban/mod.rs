//! Fail2ban: jails, filters and actions, which are files of sections.
//!
//! (Source: Python's `configparser`, whose readers refuse what stands twice: "option 'port' in
//! section 'sshd' already exists"; Fail2ban's `configparserinc.py`, which keeps to that.)

use crate::extract::{Extractor, Settings, Source};
use crate::facts::{FileFacts, Problem, Span, Strength, rendered};
use crate::syntax::lines::lines;
use crate::systems::System;
use rustc_hash::FxHashMap;

/// Fail2ban.
pub(super) struct Room;

impl System for Room {
    fn name(&self) -> &'static str {
        "fail2ban"
    }

    fn readers(&self) -> &'static [&'static dyn Extractor] {
        &[&Sections]
    }
}

/// Extracts from files of sections.
pub struct Sections;

impl Extractor for Sections {
    fn system(&self) -> &'static str {
        "fail2ban"
    }

    fn claims(&self, path: &str) -> bool {
        let own = rendered(path);
        // Drop-ins of units hold some settings many times.
        let is_unit = ["systemd", ".service"].iter().any(|part| own.contains(part));
        !is_unit
            && own.contains("fail2ban")
            && [".conf", ".local"].iter().any(|end| own.ends_with(end))
            || ["jail.local", "jail.conf"].iter().any(|name| {
                own.strip_suffix(name).is_some_and(|rest| rest.is_empty() || rest.ends_with('/'))
            })
    }

    fn accepts(&self, bytes: &[u8]) -> bool {
        memchr::memchr(b'[', bytes).is_some() && memchr::memchr(b'=', bytes).is_some()
    }

    fn by_contents(&self, _path: &str) -> bool {
        true
    }

    fn extract(&self, source: &Source<'_>, _settings: &Settings, out: &mut FileFacts) {
        if self.accepts(source.bytes) {
            twice(source.text, &mut out.problems);
        }
    }
}

/// Options that stand twice in one section. What a template writes in some cases only, or in a
/// loop, may be one of two.
fn twice(text: &str, problems: &mut Vec<Problem>) {
    let mut known: FxHashMap<String, Span> = FxHashMap::default();
    let (mut depth, mut is_inside) = (0_usize, false);
    for (start, line) in lines(text) {
        let (opens, closes) = statements(line);
        let is_plain = depth == 0 && opens == 0 && closes == 0;
        depth = (depth + opens).saturating_sub(closes);
        // A section whose name a template makes up is another one.
        if line.starts_with('[') {
            known.clear();
            let name = line.trim_start_matches('[').split(']').next().unwrap_or_default();
            is_inside = !line.starts_with("[[") && !matches!(name, "Unit" | "Service" | "Install");
            continue;
        }
        let Some(name) = option(line).filter(|_| is_plain && is_inside) else { continue };
        let span = Span::new(start, start + name.len());
        let Some(first) = known.insert(name.to_ascii_lowercase(), span) else { continue };
        problems.push(Problem {
            help: "take one away: Fail2ban refuses the file, and does not start".to_owned(),
            strength: Strength::Certain,
            related: vec![(first, "the first".to_owned())],
            ..Problem::new("duplicate-definition", format!("`{name}` stands twice here"), span)
        });
    }
}

/// The name of the option that a line sets; one that is indented goes on with the line before.
fn option(line: &str) -> Option<&str> {
    let name = line.split(['=', ':']).next().filter(|name| name.len() < line.len())?.trim_end();
    let is_name = name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-.".contains(&byte));
    is_name.then_some(name)
}

/// How many blocks of a template a line opens, and how many it closes.
fn statements(line: &str) -> (usize, usize) {
    let (mut opens, mut closes) = (0, 0);
    for mark in ["{%", "<%"] {
        for part in line.split(mark).skip(1) {
            let word = part.trim_start_matches(['-', '+', ' ']);
            if mark == "<%" && part.starts_with('=') {
                continue;
            }
            if word.starts_with("end") || word.starts_with('}') {
                closes += 1;
            } else if !["else", "elif", "elsif", "set ", "import", "include"]
                .iter()
                .any(|own| word.starts_with(own))
            {
                opens += 1;
            }
        }
    }
    (opens, closes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_that_stand_twice() {
        let said = |text: &str| {
            let mut problems = Vec::new();
            twice(text, &mut problems);
            problems.into_iter().map(|own| own.message).collect::<Vec<_>>()
        };
        assert_eq!(said("[a]\nport = 1\nmaxretry = 2\nport = 3\n"), ["`port` stands twice here"]);
        for fine in [
            "[a]\nport = 1\n[b]\nport = 1\n",
            "[a]\n{% if x %}\nport = 1\n{% else %}\nport = 2\n{% endif %}\n",
            "[a]\nport = 1\n{% for b in c %}\n[{{ b }}]\nport = 2\n{% endfor %}\n",
            "[a]\n<% if @x -%>\nport = 1\n<% else -%>\nport = 2\n<% end -%>\n",
            "[a]\naction = b\n         action = c\n",
            "# port = 1\n# port = 1\n",
            "UserParameter=a\nUserParameter=b\n",
            "[Service]\nExecStart=\nExecStart=/a\n",
        ] {
            assert!(said(fine).is_empty(), "{fine}");
        }
    }

    #[test]
    fn files_of_fail2ban() {
        for path in ["files/fail2ban/jail.local", "a/etc_fail2ban_jail.d_a.conf.j2", "jail.local"] {
            assert!(Sections.claims(path), "{path}");
        }
        for path in ["roles/fail2ban/tasks/main.yml", "files/fail2ban.service.d/a.conf"] {
            assert!(!Sections.claims(path), "{path}");
        }
    }
}
