//! Nagios and Icinga 1 object files, also as templates: the commands that they define and
//! refer to.
//!
//! (Source: Nagios Core's documentation of object definitions: `define command`,
//! `check_command`, whose arguments follow the name behind `!`.)

use super::{Extractor, Settings, Source};
use crate::facts::{FileFacts, NamePattern, Piece, Provide, Ref, Require, Span, Strength, kinds};
use smol_str::SmolStr;

/// Extracts from object files.
pub struct Nagios;

impl Extractor for Nagios {
    fn system(&self) -> &'static str {
        "nagios"
    }

    fn claims(&self, path: &str) -> bool {
        [".cfg", ".cfg.erb", ".cfg.j2", ".cfg.epp"].iter().any(|ending| path.ends_with(ending))
    }

    fn accepts(&self, bytes: &[u8]) -> bool {
        ["command_name", "check_command"]
            .iter()
            .any(|word| memchr::memmem::find(bytes, word.as_bytes()).is_some())
    }

    fn extract(&self, source: &Source<'_>, _settings: &Settings, out: &mut FileFacts) {
        let mut offset = 0;
        for line in source.text.split_inclusive('\n') {
            let start = offset;
            offset += line.len();
            let code = line.split(';').next().unwrap_or_default();
            let (word, rest) = match code.trim_start().split_once(char::is_whitespace) {
                Some((word @ ("command_name" | "check_command"), rest)) => (word, rest),
                _ => continue,
            };
            let value = rest.trim();
            let Some(at) =
                line.find(rest).map(|at| start + at + rest.len() - rest.trim_start().len())
            else {
                continue;
            };
            let name = if word == "check_command" { before_arguments(value) } else { value };
            if name.is_empty() {
                continue;
            }
            let span = Span::new(at, at + name.len());
            let pattern = templated(name);
            if word == "command_name" {
                out.provides.push(Provide {
                    kind: kinds::NAGIOS_COMMAND,
                    name: pattern,
                    span,
                    within: None,
                    detail: SmolStr::default(),
                });
            } else if let Some(require) = requirement(pattern, span) {
                out.requires.push(require);
            }
        }
    }
}

/// The command of `NAME!arguments`, outside tags.
fn before_arguments(value: &str) -> &str {
    let mut depth = 0usize;
    for (at, c) in value.char_indices() {
        match c {
            '<' if value[at..].starts_with("<%") => depth += 1,
            '{' if value[at..].starts_with("{{") => depth += 1,
            '>' if value[..at].ends_with('%') => depth = depth.saturating_sub(1),
            '}' if value[..at].ends_with('}') => depth = depth.saturating_sub(1),
            '!' if depth == 0 => return value[..at].trim_end(),
            _ => {}
        }
    }
    value
}

/// The requirement of a command by name; none for one that is wholly computed.
pub(super) fn requirement(name: NamePattern, span: Span) -> Option<Require> {
    if name.prefix().is_empty() {
        return None;
    }
    let target = Ref::new(kinds::NAGIOS_COMMAND, name);
    let require = Require::certain(target, span, "check_command", None);
    Some(require.with_strength(Strength::Likely))
}

/// Text whose ERB and Jinja tags are holes.
pub(super) fn templated(text: &str) -> NamePattern {
    let mut pieces = Vec::new();
    let mut rest = text;
    let tags = [("<%", "%>"), ("{{", "}}"), ("{%", "%}")];
    loop {
        let next = tags.iter().filter_map(|(open, close)| Some((rest.find(open)?, *close))).min();
        let Some((at, close)) = next else { break };
        pieces.push(Piece::Text(rest[..at].into()));
        pieces.push(Piece::Hole);
        let inner = &rest[at + 2..];
        rest = inner.find(close).map_or("", |end| &inner[end + 2..]);
    }
    pieces.push(Piece::Text(rest.into()));
    NamePattern::from_pieces(pieces)
}
