//! Nagios, Icinga 1 and NRPE: the command lines of checks.
//!
//! (Sources: Nagios Core documentation, "Object Definitions", "Understanding Macros";
//! nrpe.cfg, `command[NAME]=`.)

use crate::domain::commands::Lines;
use crate::extract::{Extractor, Settings, Source};
use crate::facts::{FileFacts, rendered};
use crate::syntax::lines::lines;
use crate::syntax::shell::CommandText;

/// Where distributions keep the plugins, which `$USER1$` names.
const PLUGINS: &str = "/usr/lib/nagios/plugins";

/// Extracts from monitoring configuration.
pub struct Nagios;

impl Extractor for Nagios {
    fn system(&self) -> &'static str {
        "nagios"
    }

    fn claims(&self, path: &str) -> bool {
        rendered(path).ends_with(".cfg")
    }

    fn accepts(&self, bytes: &[u8]) -> bool {
        memchr::memmem::find(bytes, b"command_line").is_some()
            || memchr::memmem::find(bytes, b"command[").is_some()
    }

    fn extract(&self, source: &Source<'_>, _settings: &Settings, out: &mut FileFacts) {
        let text = CommandText::of_file(source.text);
        let mut all = lines(text.as_str());
        while let Some((start, line)) = all.next() {
            let own = line.trim_start();
            let (value, via, in_object) = if let Some(rest) = own.strip_prefix("command_line")
                && rest.starts_with([' ', '\t'])
            {
                (rest, "command_line", true)
            } else if let Some((_, rest)) =
                own.strip_prefix("command[").and_then(|rest| rest.split_once("]="))
            {
                (rest, "nrpe", false)
            } else {
                continue;
            };
            let from = start + line.len() - value.len();
            let command = text.continued((from, value), ('\\', ""), &mut all);
            // A comment of an object definition.
            let command = if in_object { uncommented(&command) } else { command };
            let command = expanded(&command);
            Lines::new(source.path, via).add(&command, out);
        }
    }
}

/// Without `; comment`; `\;` is a `;`.
fn uncommented(text: &CommandText) -> CommandText {
    let all = text.as_str();
    let mut out = CommandText::default();
    let mut from = 0;
    for (at, _) in all.match_indices(';') {
        let escaped = all[from..at].ends_with('\\');
        out.append(&text.slice(from..at - usize::from(escaped)));
        from = at;
        if !escaped {
            return out;
        }
    }
    out.append(&text.slice(from..all.len()));
    out
}

/// `$NAME$` is a value, `$USER1$/` the plugins' folder, `$$` a `$`.
fn expanded(text: &CommandText) -> CommandText {
    let all = text.as_str();
    let mut out = CommandText::default();
    let mut from = 0;
    while let Some(at) = all[from..].find('$').map(|at| from + at) {
        out.append(&text.slice(from..at));
        let rest = &all[at + 1..];
        let place = text.span(at, at + 1).start as usize;
        let name = rest.find('$').map(|end| &rest[..end]);
        from = match name {
            Some("") => {
                out.push("$", place);
                at + 2
            }
            Some("USER1") => {
                out.push(PLUGINS, place);
                at + "$USER1$".len()
            }
            Some(name)
                if name.chars().all(|c| c.is_ascii_alphanumeric() || "_:,.-".contains(c)) =>
            {
                out.hole(place);
                at + 2 + name.len()
            }
            _ => {
                out.push("$", place);
                at + 1
            }
        };
    }
    out.append(&text.slice(from..all.len()));
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn macros_and_comments() {
        let text = CommandText::plain("$USER1$/a -H '$HOSTNAME$' $ARG1$ $$x \\; y ; z", 0);
        let shown = expanded(&uncommented(&text)).to_pattern().to_string();
        assert_eq!(shown, "/usr/lib/nagios/plugins/a -H '*' * $x ; y ");
    }
}
